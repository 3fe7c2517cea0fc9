import { encode } from "uqr";
import { svg } from "./dom";

/** A QR code as one SVG path, black on white in dark mode too: that is what cameras read best. */
export function qrCode(text: string, label: string): SVGElement {
  const { data, size } = encode(text, { ecc: "M", border: 4 });
  let path = "";
  data.forEach((row, y) => {
    for (let x = 0; x < size; x++) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x += 1;
      path += `M${from} ${y}h${x - from + 1}v1h-${x - from + 1}z`;
    }
  });
  return svg(
    "svg",
    { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": label, class: "qr", "shape-rendering": "crispEdges" },
    svg("rect", { width: String(size), height: String(size), fill: "#fff" }),
    svg("path", { d: path, fill: "#000" }),
  );
}
