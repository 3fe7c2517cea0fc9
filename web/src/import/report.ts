import type { Import, ImportReport, ServerIssue, UndoStayed } from "../api";
import { resultTexts } from "./resultTexts";
import { sentenceCase } from "./sentence";
import { count, texts } from "./texts";

/** A row that was not imported, and why. */
export interface RefusedRow {
  readonly row: number;
  readonly field: string | null;
  readonly code: string;
  readonly value: string | null;
  readonly reason: string;
  /** Left out as the caller wished, and nothing to repair. */
  readonly leftOut: boolean;
}

interface ReportRow {
  readonly row: number;
  readonly status?: string;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly issues?: readonly {
    readonly field?: string | null;
    readonly code: string;
    readonly severity?: string;
    readonly message?: string;
  }[];
}

/** Every refused row of an import: by the validator on the server, and by what only the server knows. */
export function refusedRows(answer: Pick<ImportReport, "report" | "server">): RefusedRow[] {
  const rows = reportRows(answer.report);
  const values = new Map(rows.map((row) => [row.row, row.values ?? {}]));
  const checked = rows.flatMap((row) =>
    (row.issues ?? [])
      .filter((issue) => issue.severity === "error")
      .map((issue) => ({
        row: row.row,
        field: issue.field ?? null,
        code: issue.code,
        value: textOf(values.get(row.row), issue.field ?? null),
        reason: sentenceCase(issue.message ?? issue.code.replaceAll("_", " ")),
        leftOut: false,
      })),
  );
  const server = answer.server.issues.filter(isOpen).map((issue) => ({
    row: issue.row,
    field: issue.field,
    code: issue.code,
    value: textOf(values.get(issue.row), issue.field),
    reason: serverReason(issue),
    leftOut: issue.severity === "skipped",
  }));
  return [...checked, ...server].sort((a, b) => a.row - b.row);
}

/** The row was refused or left out; of the others the server says what it did. */
const isOpen = ({ severity }: ServerIssue): boolean => severity === undefined || !(severity in resultTexts.done);

function serverReason({ code, severity, detail }: ServerIssue): string {
  const { here } = resultTexts;
  if (code === "already_exists" && severity === "skipped") return here.already_exists_left_out ?? "";
  return texts.server[code] ?? here[code] ?? sentenceCase(detail ?? code.replaceAll("_", " "));
}

/** A row of somebody who was here before, and what was done to them. */
export interface DoneRow {
  readonly row: number;
  readonly what: string;
}

export function doneRows(answer: Pick<ImportReport, "server">): DoneRow[] {
  return answer.server.issues
    .filter((issue) => !isOpen(issue))
    .map(({ row, severity }) => ({ row, what: resultTexts.done[severity ?? ""] ?? "" }));
}

/** The import's log as text to copy: what happened, then a line for each row that was not imported. */
export function logText(
  done: Import,
  refused: readonly RefusedRow[],
  others: readonly DoneRow[],
  title: (field: string) => string,
): string {
  const t = texts.result;
  const head = [
    `Import ${done.id}`,
    `${texts.imports.facts.started}: ${done.created_at}`,
    ...(done.finished_at === null ? [] : [`${texts.imports.facts.finished}: ${done.finished_at}`]),
    `${texts.imports.facts.status}: ${done.status}`,
    `${t.counts.rows}: ${count(done.counts.rows)}, ${t.counts.imported}: ${count(done.counts.imported)}, ${done.counts.updated ? `${resultTexts.updated}: ${count(done.counts.updated)}, ` : ""}${t.counts.skipped}: ${count(done.counts.skipped)}, ${t.counts.failed}: ${count(done.counts.failed)}`,
  ];
  const lines = [
    ...refused.map((row) => ({
      row: row.row,
      text: `${t.row} ${row.row}${row.field === null ? "" : `, ${title(row.field)}`}${row.value === null ? "" : ` (${row.value})`}: ${row.reason}`,
    })),
    ...others.map(({ row, what }) => ({ row, text: `${t.row} ${row}: ${what}` })),
  ].sort((a, b) => a.row - b.row);
  return [...head, ...lines.map(({ text }) => text)].join("\n");
}

function reportRows(report: unknown): readonly ReportRow[] {
  if (typeof report !== "object" || report === null || !("rows" in report) || !Array.isArray(report.rows)) return [];
  return report.rows as ReportRow[];
}

function textOf(values: Readonly<Record<string, unknown>> | undefined, field: string | null): string | null {
  const value = field === null ? undefined : values?.[field];
  if (typeof value === "string") return value;
  return Array.isArray(value) ? value.join("; ") : null;
}

/** What a report says, whole. */
export interface Whole {
  readonly refused: readonly RefusedRow[];
  /** Who was here before, and what was done to them. */
  readonly others: readonly DoneRow[];
  readonly undo: { readonly removed: number; readonly stayed: readonly UndoStayed[] } | null;
}

/** The whole report, page by page. */
export async function wholeReport(page: (fromRow: number | undefined) => Promise<ImportReport>): Promise<Whole> {
  const refused: RefusedRow[] = [];
  const others: DoneRow[] = [];
  const stayed: UndoStayed[] = [];
  let removed: number | null = null;
  let from: number | undefined;
  do {
    const answer = await page(from);
    refused.push(...refusedRows(answer));
    others.push(...doneRows(answer));
    if (answer.undo) {
      removed = answer.undo.removed;
      stayed.push(...answer.undo.stayed);
    }
    from = answer.next_row;
  } while (from !== undefined);
  return { refused, others, undo: removed === null ? null : { removed, stayed } };
}

/** The rows that were not imported, as a table for a spreadsheet. */
export function reportTable(rows: readonly RefusedRow[], title: (field: string) => string): string[][] {
  const t = texts.result;
  return [
    [t.row, t.field, t.value, t.code, t.reason],
    ...rows.map((row) => [
      String(row.row),
      row.field === null ? "" : title(row.field),
      row.value ?? "",
      row.code,
      row.reason,
    ]),
  ];
}
