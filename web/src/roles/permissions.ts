import type { Permission, Role } from "../api/types";
import { texts } from "./texts";

export interface PermissionEntry {
  name: string;
  title: string;
  /** Null where it would only say the title again. */
  description: string | null;
}

export interface PermissionGroup {
  id: keyof typeof texts.groups;
  title: string;
  entries: PermissionEntry[];
}

/** What a permission's name begins with tells what it is about. */
const ABOUT: Record<string, keyof typeof texts.groups> = {
  users: "people",
  credentials: "people",
  invitations: "people",
  imports: "imports",
  organizations: "organizations",
  roles: "access",
  lists: "access",
};

const area = (name: string): string => name.split(".", 1)[0] ?? name;

/** What a sentence says, however it is written: "Delete users." says what "Delete people" says. */
const says = (text: string): string => text.toLowerCase().replace(/\.$/, "").replace("users", "people");

/** Every permission under what it is about, in the server's order. */
export function grouped(permissions: readonly Permission[]): PermissionGroup[] {
  return (Object.keys(texts.groups) as (keyof typeof texts.groups)[])
    .map((id) => ({
      id,
      title: texts.groups[id],
      entries: permissions
        .filter(({ name }) => (ABOUT[area(name)] ?? "other") === id)
        .map(({ name, description }) => {
          const title = texts.names[name] ?? description;
          return { name, title, description: says(description) === says(title) ? null : description };
        }),
    }))
    .filter((group) => group.entries.length > 0);
}

/** What a permission is of no use without: to change something one must see it. */
export function needed(name: string): string | null {
  if (/^(credentials|invitations)\./.test(name)) return "users.read";
  return /\.(write|delete)$/.test(name) && area(name) !== "api_keys" ? `${area(name)}.read` : null;
}

/** Ticks some, with what they are of no use without where that can be given. `also` is what came with them. */
export function tick(chosen: readonly string[], names: readonly string[], held: ReadonlySet<string>) {
  const next = new Set([...chosen, ...names.filter((name) => held.has(name))]);
  const also: string[] = [];
  for (const name of [...next]) {
    const need = needed(name);
    if (names.includes(name) && need && held.has(need) && !next.has(need)) {
      next.add(need);
      also.push(need);
    }
  }
  return { chosen: [...next], also };
}

/** Takes some away, with what is of no use without them. What one does not hold stays as it was. */
export function untick(chosen: readonly string[], names: readonly string[], held: ReadonlySet<string>) {
  const gone = new Set(names.filter((name) => held.has(name)));
  const also = chosen.filter((name) => {
    const need = needed(name);
    return !gone.has(name) && held.has(name) && need !== null && gone.has(need);
  });
  for (const name of also) gone.add(name);
  return { chosen: chosen.filter((name) => !gone.has(name)), also };
}

/** In the order of `order`; what is not in it comes last. */
export function inOrder(chosen: readonly string[], order: readonly Permission[]): string[] {
  const place = (name: string) => {
    const at = order.findIndex((permission) => permission.name === name);
    return at < 0 ? order.length : at;
  };
  return [...chosen].sort((a, b) => place(a) - place(b));
}

/** Why a role can only be looked at, or null where it can be changed. */
export function readOnly(
  role: Role,
  mine: { may: boolean; held: ReadonlySet<string> },
): { why: "built-in" | "not-held" | "may-not"; missing: number } | null {
  const missing = role.permissions.filter((name) => !mine.held.has(name)).length;
  if (role.built_in) return { why: "built-in", missing };
  if (!mine.may) return { why: "may-not", missing };
  return missing > 0 ? { why: "not-held", missing } : null;
}

/** The roles by the first kind that can have them: who belongs to the whole deployment first. */
export function byKind(roles: readonly Role[]): { kind: string; roles: Role[] }[] {
  const kinds = ["technician", "end_user", "member"];
  return kinds
    .map((kind) => ({ kind, roles: roles.filter((role) => role.kinds[0] === kind) }))
    .filter((group) => group.roles.length > 0);
}
