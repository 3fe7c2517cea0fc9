import { qrPath } from "../ui/qr";
import { svg } from "./dom";

/** A QR code, black on white in dark mode too: that is what cameras read best. */
export function qrCode(text: string, label: string): SVGElement {
  const { size, path } = qrPath(text);
  return svg(
    "svg",
    { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, class: "qr", "shape-rendering": "crispEdges" },
    svg("rect", { width: String(size), height: String(size), fill: "#fff" }),
    svg("path", { d: path, fill: "#000" }),
  );
}
