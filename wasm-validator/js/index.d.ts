/**
 * Loads the WebAssembly module. Call it once before anything else; later calls answer the same promise, and after a
 * failure the next call tries again.
 *
 * @param source where the module is, if not beside this file. In Node a `file:` URL is read from disk.
 */
export function init(source?: ModuleSource): Promise<void>;

/**
 * Loads the second module, which reads and writes Excel workbooks. In browsers await it once before `check` or
 * `Sheet.parse` of a workbook and before `refusedXlsx`, which say so otherwise; in Node `init` loads both. Later calls
 * answer the same promise, and after a failure the next call tries again.
 *
 * @param source where the module is, if not beside this file
 */
export function loadXlsx(source?: ModuleSource): Promise<void>;

/** Whether these bytes are a workbook (or some other archive), so that `loadXlsx` is needed. */
export function isWorkbook(bytes: Uint8Array): boolean;

export type ModuleSource =
  | URL
  | string
  | Response
  | BufferSource
  | WebAssembly.Module
  | Promise<Response | BufferSource | WebAssembly.Module>;

/**
 * Checks a sheet. Never throws for what is in the sheet: an unreadable one gives a report that says so.
 *
 * @param bytes the file or the pasted text, in whatever encoding it came; an Excel workbook (.xlsx, .xlsm) too
 * @param profile id of a built-in profile (`profiles()`), or an effective profile's JSON
 * @param options `rows: "issues"` (default) lists rows with issues only, `"all"` lists all; `sheet` names a worksheet,
 *   without which the one in which most rows are good is checked
 * @returns the report as canonical JSON, byte for byte what `rollcall check` prints and the API answers: a {@link Report}
 * @throws if the profile is unknown or cannot be read, or `init` (for a workbook: `loadXlsx`) was not awaited
 */
export function check(bytes: Uint8Array, profile: string, options?: CheckOptions): string;

/**
 * Checks a sheet and answers no more than a byte for each row: 0 accepted, 1 corrected, 2 refused. The quickest way to
 * know; what there is to say of the file as such, `check` says. Never throws for what is in the sheet.
 *
 * @throws if the profile is unknown or cannot be read, or `init` (for a workbook: `loadXlsx`) was not awaited
 */
export function verdicts(bytes: Uint8Array, profile: string): Uint8Array;

/** Ids of the built-in profiles. */
export function profiles(): string[];

/** A built-in profile's JSON. Throws if there is none of this id. */
export function builtInProfile(id: string): string;

/**
 * Checks one value, for forms.
 *
 * @returns JSON: a {@link FieldVerdict}
 */
export function checkField(profile: string, field: string, text: string): string;

/**
 * A sheet that stays in the module's memory while a person edits it. An edit checks again only what it touches,
 * duplicates included. Rows are named by their position, from 0, in the sheet as it is now.
 *
 * Documents go in and out as JSON text; each method names the type to parse it to.
 */
export class Sheet {
  private constructor();

  /** Reads a sheet. `mapping` (JSON: {@link Mapping}) overrides what was detected. */
  static parse(bytes: Uint8Array, profile: string, mapping?: string): Sheet;
  /** An empty sheet to type into. */
  static blank(profile: string, rows: number): Sheet;

  /** JSON: {@link SheetInfo}. */
  info(): string;
  /** JSON: {@link SheetCounts}. */
  counts(): string;
  /** One byte a row: 0 accepted, 1 corrected, 2 refused. */
  statuses(): Uint8Array;
  /** The positions of the rows that a filter ({@link RowFilter}) leaves. */
  indices(filter: string): Uint32Array;
  /** The rows at these positions, JSON: {@link SheetRow}[]. */
  window(positions: Uint32Array): string;
  /** Types into a cell. JSON: {@link Change}, like all edits. */
  setCell(position: number, field: string, text: string): string;
  /** Keeps what a cell held instead of its correction, or of what is suggested for it. */
  refuseCorrection(position: number, field: string): string;
  /** Takes the correction that a refused cell suggests; where it is about both names, both cells in one step. */
  takeCorrection(position: number, field: string): string;
  /** Takes the same kind of correction wherever it is offered in this column. */
  fixAll(code: string, field: string): string;
  /** Removes rows. */
  remove(positions: Uint32Array): string;
  /** Gives a list column (JSON array of names) to these rows, or with `null` to all. */
  assign(field: string, valuesJson: string, positions: Uint32Array | null): string;
  /**
   * Pastes a tab-separated block from this row down and across these columns (JSON array of fields, in the order in
   * which they are shown); rows are added at the end as needed.
   */
  paste(position: number, fieldsJson: string, text: string): string;
  /** Adds empty rows at the end. */
  addRows(count: number): string;
  undo(): string;
  redo(): string;
  /** The next position under a filter after (before) this one, or -1. Start with -1. */
  next(position: number, filter: string, backwards: boolean): number;
  /** Accepted rows as the API takes them, JSON: {@link ImportRecord}[]. */
  records(start: number, count: number): string;
  /** The report of the sheet as it is now. */
  reportJson(rows: string): string;
  /**
   * The refused rows as they are now, as a CSV file: the sheet's own columns, `Rollcall row` and `Rollcall errors`. Safe
   * to open in a spreadsheet; read again after repair, its rows have their numbers.
   */
  refusedCsv(): Uint8Array;
  /** The same as an Excel workbook of text cells. Needs `loadXlsx`. */
  refusedXlsx(): Uint8Array;
  /** How many rows were removed. */
  removedCount(): number;
  /** Gives the memory back. The sheet must not be used afterwards. */
  free(): void;
}

export interface CheckOptions {
  rows?: "issues" | "all";
  /** Of a workbook: the name of the worksheet. */
  sheet?: string;
}

export type Status = "accepted" | "corrected" | "refused";
export type RowFilter = "all" | "problems" | "corrected" | "without_role";
export type Value = string | string[];

/** An issue as reports carry it. */
export interface ReportIssue {
  field: string | null;
  column: number | null;
  code: string;
  severity: "error" | "warning";
  params: Record<string, unknown>;
  correction: Value | null;
}

/** An issue as editors and forms need it: with text for people. */
export interface Issue {
  field: string | null;
  code: string;
  severity: "error" | "warning";
  params: Record<string, unknown>;
  message: string;
  correction: Value | null;
}

export interface Source {
  format: "text" | "xlsx";
  encoding: string | null;
  delimiter: string | null;
  header: boolean;
  sheet: string | null;
  columns: { index: number; title: string; field: string | null }[];
}

export interface Report {
  verdict: Status;
  profile: { id: string; version: number; hash: string };
  source: Source;
  counts: { rows: number; accepted: number; corrected: number; refused: number };
  issues: ReportIssue[];
  rows: { row: number; line: number; status: Status; values: Record<string, Value>; issues: ReportIssue[] }[];
}

export interface FieldVerdict {
  status: Status;
  value: Value;
  issues: Issue[];
}

export interface Mapping {
  /** Of a workbook: the name of the worksheet. */
  sheet?: string;
  header?: boolean;
  delimiter?: string;
  columns?: (string | null)[];
}

export interface SheetColumn {
  field: string;
  title: string;
  required: boolean;
  samples: string[];
  index: number | null;
}

export interface SheetField {
  field: string;
  title: string;
  required: boolean;
  multiple: boolean;
  options: { id: string; name: string }[] | null;
}

export interface SheetInfo {
  profile: { id: string; version: number; hash: string };
  source: Source;
  /** The worksheets that there are to choose from, each with the number of its rows that are not blank. Of a text: none. */
  sheets: { name: string; rows: number }[];
  issues: (ReportIssue & { message: string })[];
  columns: SheetColumn[];
  unmapped: { index: number; title: string; samples: string[] }[];
  fields: SheetField[];
  needs_role: boolean;
}

export interface SheetCounts {
  rows: number;
  accepted: number;
  corrected: number;
  refused: number;
  without_role: number;
}

export interface SheetCell {
  value: Value;
  /** The text before its correction. */
  before?: Value;
  /** The person refused the correction. */
  kept?: boolean;
  issues: Issue[];
}

export interface SheetRow {
  position: number;
  row: number;
  line: number;
  status: Status;
  cells: Record<string, SheetCell>;
  /** About the row as such, such as cells beyond the last column. */
  issues: Issue[];
}

export interface Change {
  /** Positions whose status or issues changed. */
  changed: number[];
  counts: SheetCounts;
}

export type ImportRecord = { row: number } & Record<string, Value | number>;
