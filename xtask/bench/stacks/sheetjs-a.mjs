// SheetJS and the rules of (a).
import { e164, isAddress } from "./a.mjs";
import { checkRows } from "./rules.mjs";
import { cells } from "./sheetjs.mjs";

export function verdicts(bytes) {
  const [header, ...rows] = cells(bytes);
  return checkRows(header, rows, isAddress, e164);
}
