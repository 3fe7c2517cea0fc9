import type { SheetSession } from "./session";
import type { RowView } from "./validator";
import { cellText, valueText } from "./validator";

/**
 * A cell for a CSV file. A spreadsheet takes a leading `=`, `+`, `-` or `@` for a formula: an apostrophe before it
 * prevents that, and the validator takes it away again on the way back in.
 */
export function csvCell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",;\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** With a byte order mark, by which spreadsheets know that it is UTF-8. */
export function csvFile(rows: readonly (readonly string[])[]): Blob {
  const text = rows.map((row) => row.map(csvCell).join(",")).join("\r\n");
  return new Blob(["\uFEFF", text, "\r\n"], { type: "text/csv;charset=utf-8" });
}

export function download(blob: Blob, name: string): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}

/** The text of these rows as they stand, tab-separated without a header, for reading it again. */
export async function sheetAsText(
  session: SheetSession,
  positions: Uint32Array,
): Promise<{ bytes: Uint8Array; mapping: string }> {
  const fields = session.info.fields.map((field) => field.field);
  const lines: string[] = [];
  for await (const row of everyRow(session, positions)) {
    lines.push(fields.map((field) => tabCell(originalText(row, field))).join("\t"));
  }
  return {
    bytes: new TextEncoder().encode(`${lines.join("\n")}\n`),
    mapping: JSON.stringify({ header: false, delimiter: "\t", columns: fields }),
  };
}

async function* everyRow(session: SheetSession, positions: Uint32Array): AsyncGenerator<RowView> {
  const atOnce = 2000;
  for (let start = 0; start < positions.length; start += atOnce) {
    yield* await session.rows(positions.subarray(start, start + atOnce));
  }
}

function originalText(row: RowView, field: string): string {
  const cell = row.cells[field];
  return cell?.before === undefined ? cellText(cell) : valueText(cell.before);
}

function tabCell(text: string): string {
  return /["\t\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
