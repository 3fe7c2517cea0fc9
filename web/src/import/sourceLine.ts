import { rollcallColumn } from "./reading";
import { sheetTexts } from "./sheetTexts";
import { texts } from "./texts";
import type { SheetInfo } from "./validator";

const t = texts.check;

/** "UTF-8 · separated by tabs · header row found · 4 of 5 columns used" */
export function sourceLine(info: SheetInfo, byHand: boolean): string {
  if (byHand) return t.byHand;
  const { sheets } = info;
  const { format, encoding, delimiter, header, sheet } = info.source;
  const used = info.columns.filter((column) => column.index !== null).length;
  const words = sheetTexts.mapping;
  // Addresses with names, as mail programs copy them, have columns but nothing between them and no titles.
  const addresses = format === "text" && delimiter === null && used > 1;
  return [
    format === "xlsx" ? words.workbook : null,
    sheet === null ? null : sheets.length > 1 ? words.sheetOf(sheet, sheets.length) : words.sheetOnly(sheet),
    encoding === null ? null : (t.encodings[encoding.toLowerCase()] ?? encoding),
    delimiter === null ? null : t.separatedBy(t.delimiters[delimiter] ?? delimiter),
    addresses ? words.addresses : header ? t.headerYes : t.headerNo,
    t.columns(used, used + info.unmapped.filter((column) => rollcallColumn(column.title) === null).length),
  ]
    .filter((part) => part !== null)
    .join(" · ");
}
