import type { RowView } from "./validator";

/**
 * Rows whose text is at hand. A row that changed stays readable until its new text arrives, so
 * nothing on screen ever goes blank because of an edit.
 */
export class RowCache {
  readonly #rows = new Map<number, RowView>();
  readonly #stale = new Set<number>();
  readonly #capacity: number;

  constructor(capacity = 3000) {
    this.#capacity = capacity;
  }

  get(position: number): RowView | undefined {
    return this.#rows.get(position);
  }

  /** Those of `positions` that have to be read, in their order. */
  missing(positions: Iterable<number>): Uint32Array {
    const wanted: number[] = [];
    for (const position of positions) {
      if (!this.#rows.has(position) || this.#stale.has(position)) wanted.push(position);
    }
    return Uint32Array.from(wanted);
  }

  /** Takes rows in. Where there are too many, those that were read longest ago go. */
  put(rows: Iterable<RowView>): void {
    for (const row of rows) {
      this.#rows.delete(row.position);
      this.#rows.set(row.position, row);
      this.#stale.delete(row.position);
    }
    for (const position of this.#rows.keys()) {
      if (this.#rows.size <= this.#capacity) break;
      this.#rows.delete(position);
      this.#stale.delete(position);
    }
  }

  /** These rows must be read again; until then they keep their text. */
  invalidate(positions: Iterable<number>): void {
    for (const position of positions) if (this.#rows.has(position)) this.#stale.add(position);
  }

  /** Any row may read differently now. */
  invalidateAll(): void {
    this.invalidate(this.#rows.keys());
  }
}

/** The listed rows to have at hand for a visible range: itself, a screen behind and two ahead. */
export function prefetchRange(
  first: number,
  last: number,
  direction: 1 | -1,
  length: number,
): { from: number; to: number } {
  const screen = Math.max(20, last - first);
  const before = direction < 0 ? 2 * screen : screen;
  const after = direction < 0 ? screen : 2 * screen;
  return { from: Math.max(0, first - before), to: Math.min(length, last + after) };
}
