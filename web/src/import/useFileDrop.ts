import { useEffect, useRef, useState } from "react";

/**
 * Files may be dropped anywhere on the page; true while one is held over it. With null they are let fall: a browser
 * that opened the file would leave the page.
 */
export function useFileDrop(onDrop: ((transfer: DataTransfer) => void) | null): boolean {
  const [over, setOver] = useState(false);
  const latest = useRef(onDrop);
  latest.current = onDrop;
  useEffect(() => {
    // Text that is dragged into a field is the field's own business.
    const holdsFile = (event: DragEvent) => event.dataTransfer?.types.includes("Files") === true;
    const drag = (event: DragEvent) => {
      if (!holdsFile(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) event.dataTransfer.dropEffect = latest.current === null ? "none" : "copy";
      setOver(latest.current !== null);
    };
    const leave = (event: DragEvent) => {
      if (event.relatedTarget === null) setOver(false);
    };
    const drop = (event: DragEvent) => {
      setOver(false);
      if (!holdsFile(event)) return;
      event.preventDefault();
      if (event.dataTransfer !== null) latest.current?.(event.dataTransfer);
    };
    document.addEventListener("dragover", drag);
    document.addEventListener("dragleave", leave);
    document.addEventListener("drop", drop);
    return () => {
      document.removeEventListener("dragover", drag);
      document.removeEventListener("dragleave", leave);
      document.removeEventListener("drop", drop);
    };
  }, []);
  return over;
}
