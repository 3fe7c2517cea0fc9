/** One value that an edit changed; a nested one is named by its path (`properties.badge`). */
export interface Change {
  field: string;
  before: unknown;
  after: unknown;
}

export const isNothing = (value: unknown) =>
  value === null || value === undefined || value === "" || (Array.isArray(value) && value.length === 0);

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Leaves of a value by their paths, in the order they are written in. */
function leaves(value: unknown, path: string, into: Map<string, unknown>): void {
  if (!isRecord(value)) into.set(path, value);
  else for (const [name, inner] of Object.entries(value)) leaves(inner, path ? `${path}.${name}` : name, into);
}

/** Whether two values say the same. Lists are sets here: no list of an account has an order that means anything. */
export function same(a: unknown, b: unknown): boolean {
  if (isNothing(a) && isNothing(b)) return true;
  const key = (value: unknown) =>
    JSON.stringify(Array.isArray(value) ? value.map((v) => JSON.stringify(v)).sort() : value);
  return key(a) === key(b);
}

/** What a person looks for first; the trail holds its values by the alphabet. */
const FIRST = [
  "first_name",
  "last_name",
  "name",
  "email",
  "phone",
  "username",
  "status",
  "roles",
  "organizations",
  "groups",
];
function rank(field: string): number {
  const at = FIRST.indexOf(field);
  return at === -1 ? FIRST.length : at;
}

/**
 * What is different between two states of a thing, as the audit trail holds them: objects, one of which may be
 * absent (it was made, or it is gone). What is nothing on both sides is no change.
 */
export function changesOf(before: unknown, after: unknown): Change[] {
  const left = new Map<string, unknown>();
  const right = new Map<string, unknown>();
  if (!isNothing(before)) leaves(before, "", left);
  if (!isNothing(after)) leaves(after, "", right);
  const fields = [...right.keys(), ...[...left.keys()].filter((field) => !right.has(field))];
  return fields
    .map((field) => ({ field, before: left.get(field), after: right.get(field) }))
    .filter((change) => !same(change.before, change.after))
    .sort((a, b) => rank(a.field) - rank(b.field));
}

/** What a list gained and lost. */
export function difference(before: unknown, after: unknown): { added: unknown[]; removed: unknown[] } | null {
  const list = (value: unknown) => (Array.isArray(value) ? value : isNothing(value) ? [] : null);
  const [old, now] = [list(before), list(after)];
  if (!old || !now || (old.length === 0 && now.length === 0)) return null;
  return {
    added: now.filter((value) => !old.some((other) => same(other, value))),
    removed: old.filter((value) => !now.some((other) => same(other, value))),
  };
}
