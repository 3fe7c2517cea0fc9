/**
 * What the wizard needs of `@rollcall/validator`: the sheet that lives in the worker's WebAssembly
 * memory, and the JSON that it answers with. No rule is known here, only shapes.
 */

/** One verdict on a cell, a row or the file. `message` is the validator's own sentence. */
export interface Issue {
  readonly code: string;
  readonly severity: "error" | "warning";
  readonly params?: Readonly<Record<string, unknown>>;
  readonly message: string;
  readonly correction: string | readonly string[] | null;
  readonly field?: string | null;
}

export interface Cell {
  readonly value: string | readonly string[];
  /** The text as it stood in the sheet, where a correction changed it. */
  readonly before?: string | null;
  /** True where the person refused the correction. */
  readonly kept?: boolean;
  readonly issues?: readonly Issue[];
}

export type RowStatus = "accepted" | "corrected" | "refused";

export interface RowView {
  readonly position: number;
  readonly row: number;
  readonly line: number;
  readonly status: RowStatus;
  readonly cells: Readonly<Record<string, Cell>>;
  /** Verdicts that belong to the row as a whole. */
  readonly issues?: readonly Issue[];
}

export interface Counts {
  readonly rows: number;
  readonly accepted: number;
  readonly corrected: number;
  readonly refused: number;
  readonly without_role: number;
}

export interface Option {
  readonly id: string;
  readonly name: string;
}

export interface FieldInfo {
  readonly field: string;
  readonly title: string;
  readonly required: boolean;
  readonly multiple: boolean;
  readonly options: readonly Option[] | null;
}

export interface ColumnInfo {
  readonly field: string;
  readonly title: string;
  readonly required: boolean;
  readonly samples: readonly string[];
  /** Where the column stands in the sheet; null where the sheet has none. */
  readonly index: number | null;
}

export interface UnmappedColumn {
  readonly index: number;
  readonly title: string;
  readonly samples: readonly string[];
}

export interface SourceInfo {
  readonly format: string;
  readonly encoding: string | null;
  readonly delimiter: string | null;
  readonly header: boolean;
}

export interface SheetInfo {
  readonly profile: { readonly id: string; readonly version: number | string; readonly hash: string };
  readonly source: SourceInfo;
  readonly issues: readonly Issue[];
  readonly columns: readonly ColumnInfo[];
  readonly unmapped: readonly UnmappedColumn[];
  readonly fields: readonly FieldInfo[];
}

/** Overrides what was detected; see the validator's README. */
export interface Mapping {
  readonly header: boolean;
  readonly delimiter?: string;
  readonly columns?: readonly (string | null)[];
}

export interface Change {
  readonly changed: readonly number[];
  readonly counts: Counts;
}

export type Filter = "all" | "problems" | "corrected" | "without_role";

/** The sheet in the worker. Every method answers with the validator's JSON or a typed array. */
export interface SheetHandle {
  info(): Promise<string>;
  counts(): Promise<string>;
  indices(filter: Filter): Promise<Uint32Array>;
  window(positions: Uint32Array): Promise<string>;
  setCell(position: number, field: string, text: string): Promise<string>;
  refuseCorrection(position: number, field: string): Promise<string>;
  takeCorrection(position: number, field: string): Promise<string>;
  fixAll(code: string, field: string): Promise<string>;
  remove(positions: Uint32Array): Promise<string>;
  assign(field: string, valuesJson: string, positions: Uint32Array | null): Promise<string>;
  paste(position: number, field: string, text: string): Promise<string>;
  addRows(count: number): Promise<string>;
  undo(): Promise<string>;
  redo(): Promise<string>;
  records(start: number, count: number): Promise<string>;
  removedCount(): Promise<number>;
  free(): Promise<void> | void;
}

/** A cell's value as one line of text. */
export function cellText(cell: Cell | undefined): string {
  if (cell === undefined) return "";
  return valueText(cell.value);
}

/** A value or a list of them as one line of text. */
export function valueText(value: string | readonly string[]): string {
  return typeof value === "string" ? value : value.join("; ");
}

/** The first thing that keeps a cell from being imported, if any. */
export function cellError(cell: Cell | undefined): Issue | undefined {
  return cell?.issues?.find((issue) => issue.severity === "error");
}
