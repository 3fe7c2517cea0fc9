import type { FieldInfo, SheetInfo } from "./validator";

export interface GridColumn {
  readonly field: string;
  readonly title: string;
  readonly required: boolean;
  readonly multiple: boolean;
  readonly options: FieldInfo["options"];
}

/** The columns to show: those that the sheet has and those that it needs; for rows entered by hand, all. */
export function checkColumns(info: SheetInfo, byHand: boolean): GridColumn[] {
  const inSheet = new Set(info.columns.filter((column) => column.index !== null).map((column) => column.field));
  // A list without entries cannot be filled.
  const fillable = (field: FieldInfo) => field.options === null || field.options.length > 0;
  return info.fields.filter((field) => field.required || inSheet.has(field.field) || (byHand && fillable(field)));
}

/** What people may do is named by their role, or in a sheet of portal users by their type. */
const isRole = ({ field }: FieldInfo): boolean => field === "role" || field === "user_type";

/** Fields whose values come from a list and can be given to many rows at once; the role before all others. */
export function assignableFields(info: SheetInfo): FieldInfo[] {
  return info.fields
    .filter((field) => field.options !== null && field.options.length > 0)
    .sort((a, b) => Number(isRole(b)) - Number(isRole(a)));
}

/** For assigning: who a row is, and what can be assigned. */
export function assignColumns(info: SheetInfo, byHand: boolean): GridColumn[] {
  const assignable = new Set(assignableFields(info).map((field) => field.field));
  const shown = checkColumns(info, byHand);
  const who = shown.filter((column) => !assignable.has(column.field)).slice(0, 3);
  return [...who, ...info.fields.filter((field) => assignable.has(field.field))];
}

/** Widths in pixels: what each column likes, a quarter less where that makes them fit, and spare room shared. */
export function columnWidths(columns: readonly GridColumn[], room: number): number[] {
  const wanted = columns.map((column) => (column.field === "email" || column.field === "username" ? 260 : 180));
  const sum = wanted.reduce((total, width) => total + width, 0);
  if (sum >= room) {
    const share = Math.max(0.75, room / sum);
    return wanted.map((width) => Math.floor(width * share));
  }
  let left = room;
  return wanted.map((width, at) => {
    const share = at === wanted.length - 1 ? left : Math.floor((width * room) / sum);
    left -= share;
    return share;
  });
}
