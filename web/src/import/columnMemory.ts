import type { Id } from "../api";
import { mappingOf, rollcallColumn, sheetColumns, titleKey } from "./reading";
import type { Mapping, SheetInfo } from "./validator";

/**
 * How a person had the columns of a sheet read, remembered in this browser for an organization and a set of titles:
 * the next export of the same program is read the same way. Only titles are kept, nothing of people.
 */

/** Fields by title; null for a column that is left out. */
export type Remembered = Readonly<Record<string, string | null>>;

const PLACE = "rollcall.columns";
/** So many sets of titles are kept; the oldest go. */
const KEPT = 100;

type Store = Pick<Storage, "getItem" | "setItem">;
type Kept = [key: string, columns: Remembered][];

/** Each column with a name of its own: the second "Email" is another column than the first. */
function named(info: SheetInfo): { name: string; field: string | null; index: number }[] {
  const times = new Map<string, number>();
  return sheetColumns(info)
    .filter((column) => rollcallColumn(column.title) === null)
    .map(({ title, field, index }) => {
      const key = titleKey(title);
      const time = (times.get(key) ?? 0) + 1;
      times.set(key, time);
      return { name: time === 1 ? key : `${key} (${time})`, field, index };
    });
}

/** Names a set of titles in an organization; null where the sheet has no header to know it by. */
export function headerKey(organization: Id | null, info: SheetInfo): string | null {
  if (!info.source.header) return null;
  if (sheetColumns(info).every((column) => titleKey(column.title) === "")) return null;
  const names = named(info).map((column) => column.name);
  return `${organization ?? "all"} ${hash(names.sort().join("\n"))}`;
}

/** FNV-1a over 64 bits, in hexadecimal. */
function hash(text: string): string {
  let state = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text)) {
    state = BigInt.asUintN(64, (state ^ BigInt(byte)) * 0x100000001b3n);
  }
  return state.toString(16).padStart(16, "0");
}

function read(store: Store): Kept {
  try {
    const kept: unknown = JSON.parse(store.getItem(PLACE) ?? "[]");
    return Array.isArray(kept) ? kept.filter((entry) => Array.isArray(entry) && typeof entry[0] === "string") : [];
  } catch {
    return [];
  }
}

function write(store: Store, kept: Kept): void {
  try {
    store.setItem(PLACE, JSON.stringify(kept.slice(-KEPT)));
  } catch {
    // A browser that keeps nothing only remembers nothing.
  }
}

export function recall(key: string, store: Store = localStorage): Remembered | null {
  return read(store).find(([at]) => at === key)?.[1] ?? null;
}

/** Remembers how the columns are read now. */
export function remember(key: string, info: SheetInfo, store: Store = localStorage): void {
  const columns = Object.fromEntries(named(info).map(({ name, field }) => [name, field]));
  write(store, [...read(store).filter(([at]) => at !== key), [key, columns]]);
}

export function forget(key: string, store: Store = localStorage): void {
  write(
    store,
    read(store).filter(([at]) => at !== key),
  );
}

/** How to read this sheet with its columns as remembered; null where it is read like that already. */
export function rememberedMapping(info: SheetInfo, remembered: Remembered): Mapping | null {
  const known = new Set(info.fields.map((field) => field.field));
  const mapping = mappingOf(info);
  const columns = [...(mapping.columns ?? [])];
  for (const { name, index } of named(info)) {
    const field = remembered[name] ?? null;
    columns[index] = field !== null && known.has(field) ? field : null;
  }
  const same = columns.every((field, at) => field === (mapping.columns?.[at] ?? null));
  return same ? null : { ...mapping, columns };
}
