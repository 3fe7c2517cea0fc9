/** The validator's own types under the names they have here, and what the wizard reads out of them. No rule is known here. */

import type { Issue, SheetCell, SheetRow, Value } from "@rollcall/validator";
import type { RemoteSheet } from "@rollcall/validator/client";

export type {
  Change,
  Issue,
  Mapping,
  RowFilter as Filter,
  SheetCell as Cell,
  SheetCounts as Counts,
  SheetField as FieldInfo,
  SheetInfo,
  Value,
} from "@rollcall/validator";

/** The open sheet in the worker, as far as it is used here. */
export type SheetHandle = Omit<RemoteSheet, "statuses" | "next" | "reportJson">;

/** A row, with what is said of it as a whole beside what is said of its cells. */
export type RowView = SheetRow & { issues?: readonly Issue[] };

/** A value, or a list of them, as one line of text. */
export function valueText(value: Value): string {
  return typeof value === "string" ? value : value.join("; ");
}

export function cellText(cell: SheetCell | undefined): string {
  return cell === undefined ? "" : valueText(cell.value);
}

/** The text as it stood before a correction that is in force, or null. */
export function textBefore(cell: SheetCell | undefined): string | null {
  return cell?.before === undefined || cell.kept === true ? null : valueText(cell.before);
}

/** The first thing that keeps a cell from being imported, if any. */
export function cellError(cell: SheetCell | undefined): Issue | undefined {
  return cell?.issues.find((issue) => issue.severity === "error");
}

/** Nothing stands in any of its cells but what stands for nothing. */
export function isEmptyRow(row: RowView, usual: Usual): boolean {
  return Object.entries(row.cells).every(
    ([field, cell]) => cell.before === undefined && (cell.value.length === 0 || valueText(cell.value) === usual[field]),
  );
}

/** What an empty cell stands for, by its field. */
export type Usual = Readonly<Record<string, string>>;

/** What the empty cells of a row stand for, where nothing was typed into it yet. */
export function usualValues(row: RowView | undefined): Usual {
  const cells = Object.entries(row?.cells ?? {}).filter(([, cell]) => cell.value.length > 0);
  return Object.fromEntries(cells.map(([field, cell]) => [field, valueText(cell.value)]));
}
