import type { Mapping, SheetInfo } from "./validator";

/** How a sheet was read: its own columns, what is doubtful about them, and how to read it in another way. */

export interface SheetColumn {
  readonly index: number;
  readonly title: string;
  readonly samples: readonly string[];
  readonly field: string | null;
}

/** The sheet's own columns, in its order, with what each is read as. */
export function sheetColumns(info: SheetInfo): SheetColumn[] {
  const used = info.columns.flatMap((column) =>
    column.index === null ? [] : [{ ...column, index: column.index, title: ownTitle(info, column.index) }],
  );
  const unused = info.unmapped.map((column) => ({ ...column, field: null }));
  return [...used, ...unused].sort((a, b) => a.index - b.index);
}

function ownTitle(info: SheetInfo, index: number): string {
  return info.source.columns.find((column) => column.index === index)?.title ?? "";
}

/** The same columns with one of them read as another field; a field belongs to one column only. */
export function withField(columns: readonly SheetColumn[], index: number, field: string | null): (string | null)[] {
  const width = Math.max(-1, ...columns.map((column) => column.index)) + 1;
  const fields: (string | null)[] = Array.from({ length: width }, () => null);
  for (const column of columns) {
    if (column.index === index) fields[column.index] = field;
    else fields[column.index] = column.field === field ? null : column.field;
  }
  return fields;
}

/** How the sheet is read now, as a mapping that says all of it. */
export function mappingOf(info: SheetInfo): Mapping {
  const { source } = info;
  return {
    header: source.header,
    ...(source.delimiter === null ? {} : { delimiter: source.delimiter }),
    ...(source.sheet === null ? {} : { sheet: source.sheet }),
    columns: withField(sheetColumns(info), -1, null),
  };
}

/** Titles of the required columns that were not found. */
export function missingColumns(info: SheetInfo): string[] {
  return info.issues
    .filter((issue) => issue.code === "column_missing" && issue.severity === "error")
    .map((issue) => info.fields.find((field) => field.field === issue.field)?.title ?? issue.field ?? "");
}

/** A required column was not found, and there is one left that it might be: only a person can say. */
export function needsPerson(info: SheetInfo): boolean {
  const left = info.unmapped.some((column) => column.samples.length > 0 && rollcallColumn(column.title) === null);
  return left && missingColumns(info).length > 0;
}

/** What a column of a file of refused rows is; null for every other column. */
export function rollcallColumn(title: string): "row" | "errors" | null {
  const plain = titleKey(title);
  return plain === "rollcall row" ? "row" : plain === "rollcall errors" ? "errors" : null;
}

/** Whether the sheet is a repaired file of refused rows: its rows bring their numbers along. */
export function isRepaired(info: SheetInfo): boolean {
  return info.source.columns.some((column) => rollcallColumn(column.title) === "row");
}

/** Titles that differ in case, blanks or a star are the same title. */
export function titleKey(title: string): string {
  return title
    .normalize("NFKC")
    .replace(/\s+/g, " ")
    .replace(/[\s*]+$/, "")
    .trimStart()
    .toLowerCase();
}
