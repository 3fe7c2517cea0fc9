import type { PropertyValue } from "../api";
import type { Assignment, SheetSession } from "./session";
import type { Cell, FieldInfo, Value } from "./validator";

/** Fields whose entries have a value each: `Desk=12`. */
const PROPERTIES = "properties";

export const isProperties = (field: FieldInfo): boolean => field.field === PROPERTIES;

const listOf = (value: Value): string[] => (typeof value === "string" ? (value === "" ? [] : [value]) : [...value]);

export const valuesOf = (cell: Cell | undefined): string[] => (cell === undefined ? [] : listOf(cell.value));

/** What an entry is about: of a property its name, otherwise the entry itself. */
const about = (field: string, entry: string): string =>
  field === PROPERTIES && entry.includes("=") ? entry.slice(0, entry.indexOf("=")) : entry;

/** What a row has with what it is given; of a property the new value. */
export function joined(field: string, has: readonly string[], given: readonly string[]): string[] {
  const replaced = new Set(given.map((entry) => about(field, entry)));
  return [...has.filter((entry) => !replaced.has(about(field, entry))), ...given];
}

/** A property's value as a cell has it. */
export function propertyEntry(name: string, value: PropertyValue): string {
  const text =
    typeof value === "boolean" ? (value ? "yes" : "no") : Array.isArray(value) ? value.join(" + ") : String(value);
  return `${name}=${text}`;
}

/** The entry of that property among a row's, without its name; null where it has none. */
export function propertyText(entries: readonly string[], name: string): string | null {
  const entry = entries.find((each) => about(PROPERTIES, each) === name);
  return entry === undefined ? null : entry.slice(name.length + 1);
}

const AT_ONCE = 2000;

/** To these rows (null: all) what is given beside what each has: rows that have the same become one assignment. */
export async function beside(
  session: Pick<SheetSession, "rows" | "positions">,
  field: string,
  given: readonly string[],
  positions: Uint32Array | null,
): Promise<Assignment[]> {
  const to = positions ?? (await session.positions("all"));
  const groups = new Map<string, { values: string[]; positions: number[] }>();
  for (let start = 0; start < to.length; start += AT_ONCE) {
    for (const row of await session.rows(to.subarray(start, start + AT_ONCE))) {
      const has = valuesOf(row.cells[field]);
      const values = joined(field, has, given);
      if (values.length === has.length && values.every((value, at) => value === has[at])) continue;
      const key = JSON.stringify(values);
      const group = groups.get(key) ?? { values, positions: [] };
      group.positions.push(row.position);
      groups.set(key, group);
    }
  }
  return [...groups.values()].map((group) => ({
    field,
    values: group.values,
    positions: Uint32Array.from(group.positions),
  }));
}
