import { api, type ExportFormat, type Query } from "./client";
import type { Id } from "./types";

export const exportTypes: Record<ExportFormat, string> = {
  csv: "text/csv;charset=utf-8",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
};

/** Where the first record of a CSV file ends; a quoted cell may hold line ends. */
function afterHeader(csv: Uint8Array): number {
  let quoted = false;
  for (let i = 0; i < csv.length; i++) {
    if (csv[i] === 0x22) quoted = !quoted;
    else if (csv[i] === 0x0a && !quoted) return i + 1;
  }
  return csv.length;
}

/** Pages of one list as one file: every page has the header, the file has it once. */
export function joinedCsv(parts: readonly Uint8Array<ArrayBuffer>[]): Uint8Array<ArrayBuffer>[] {
  return parts.map((part, index) => (index === 0 ? part : part.subarray(afterHeader(part))));
}

/** The rows of an import that failed: a CSV file as one; workbooks, which cannot be joined, part by part. */
export async function reportFiles(import_: Id, format: ExportFormat): Promise<Blob[]> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let from: string | undefined;
  do {
    const part = await api.importReportPart(import_, format, from);
    parts.push(part.data);
    from = part.next ?? undefined;
  } while (from !== undefined);
  const type = exportTypes[format];
  return format === "csv" ? [new Blob(joinedCsv(parts), { type })] : parts.map((part) => new Blob([part], { type }));
}

/** Hands a file to the browser. */
function save(parts: BlobPart[], type: string, name: string): void {
  const url = URL.createObjectURL(new Blob(parts, { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  // The download has its own hold on the data once it has begun.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

/**
 * Fetches a filtered list whole, page by page, and saves it: a CSV file as one; a workbook cannot be joined to another
 * here, so a list longer than a page becomes numbered ones.
 */
export async function exportList(
  path: string,
  query: Query,
  format: ExportFormat,
  name: string,
  options: { signal: AbortSignal; onPart: (parts: number) => void },
): Promise<number> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let cursor: string | undefined;
  do {
    const part = await api.exportPart(path, { ...query, format, cursor }, options.signal);
    parts.push(part.data);
    cursor = part.next ?? undefined;
    options.onPart(parts.length);
  } while (cursor);
  if (format === "csv") save(joinedCsv(parts), exportTypes.csv, `${name}.csv`);
  else
    for (const [index, part] of parts.entries())
      save([part], exportTypes.xlsx, parts.length === 1 ? `${name}.xlsx` : `${name}-${index + 1}.xlsx`);
  return parts.length;
}
