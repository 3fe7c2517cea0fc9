/** A form's values, flat: each field by its name. */
export type Draft = Readonly<Record<string, unknown>>;

/** Fields in which two states of a thing differ. The order of a list counts: the first domain is the primary one. */
export function differing<D extends object>(a: D, b: D): (keyof D & string)[] {
  const names = new Set([...Object.keys(a), ...Object.keys(b)]) as Set<keyof D & string>;
  return [...names].filter((name) => JSON.stringify(a[name]) !== JSON.stringify(b[name]));
}

export interface Merge<D> {
  /** The newest state with one's own changes on top. */
  draft: D;
  /** What somebody else changed meanwhile. */
  theirs: string[];
  /** What both changed, and not to the same: one's own replaces theirs. */
  both: string[];
}

/** Carries an edit that was made on an older state over to the newest one. */
export function merge<D extends object>(base: D, mine: D, latest: D): Merge<D> {
  const theirs = differing(base, latest);
  const own = differing(base, mine);
  const draft = { ...latest };
  for (const field of own) draft[field] = mine[field];
  const apart = new Set(differing(mine, latest));
  return { draft, theirs, both: own.filter((field) => theirs.includes(field) && apart.has(field)) };
}
