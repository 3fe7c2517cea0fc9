/**
 * Ticked rows, by their position in the sheet. A range goes over the rows as they are listed, so
 * with a filter on, only rows that can be seen are ticked.
 */
export interface Selection {
  readonly ticked: ReadonlySet<number>;
  /** Where the next range starts: the position ticked or unticked last. */
  readonly anchor: number | null;
}

export const nothingTicked: Selection = { ticked: new Set(), anchor: null };

export function toggle(selection: Selection, position: number): Selection {
  const ticked = new Set(selection.ticked);
  if (!ticked.delete(position)) ticked.add(position);
  return { ticked, anchor: position };
}

/** Gives every listed row between the anchor and `position` the state the anchor has. */
export function extend(selection: Selection, position: number, listed: Uint32Array): Selection {
  const from = selection.anchor === null ? -1 : indexOf(listed, selection.anchor);
  const to = indexOf(listed, position);
  if (from < 0 || to < 0 || selection.anchor === null) return toggle(selection, position);
  const tick = selection.ticked.has(selection.anchor);
  const ticked = new Set(selection.ticked);
  for (const at of listed.subarray(Math.min(from, to), Math.max(from, to) + 1)) {
    if (tick) ticked.add(at);
    else ticked.delete(at);
  }
  return { ticked, anchor: position };
}

/** Ticks every listed row, or, when all of them are ticked, unticks them. */
export function toggleAll(selection: Selection, listed: Uint32Array): Selection {
  const tick = !allTicked(selection, listed);
  const ticked = new Set(selection.ticked);
  for (const position of listed) {
    if (tick) ticked.add(position);
    else ticked.delete(position);
  }
  return { ticked, anchor: null };
}

export function allTicked(selection: Selection, listed: Uint32Array): boolean {
  if (listed.length === 0 || selection.ticked.size < listed.length) return false;
  return listed.every((position) => selection.ticked.has(position));
}

/** The ticked positions in the order of the sheet. */
export function tickedPositions(selection: Selection): Uint32Array {
  return Uint32Array.from(selection.ticked).sort();
}

/** Where `position` stands in an ascending list, or -1. */
export function indexOf(listed: Uint32Array, position: number): number {
  const at = firstFrom(listed, position);
  return listed[at] === position ? at : -1;
}

/** The index of the first entry that is `position` or comes after it; the length if none does. */
export function firstFrom(listed: Uint32Array, position: number): number {
  let low = 0;
  let high = listed.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((listed[middle] ?? 0) < position) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** The union of an ascending list and some more positions, ascending. */
export function merged(listed: Uint32Array, more: Iterable<number>): Uint32Array {
  const all = new Set(listed);
  const before = all.size;
  for (const position of more) all.add(position);
  return all.size === before ? listed : Uint32Array.from(all).sort();
}
