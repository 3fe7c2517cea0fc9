// SheetJS: a workbook's cells as texts.
import { read, utils } from "xlsx";

/** The cells of the first worksheet. */
export function cells(bytes) {
  const book = read(bytes, { type: "array", dense: true });
  return utils.sheet_to_json(book.Sheets[book.SheetNames[0]], { header: 1, raw: false, defval: "" });
}
