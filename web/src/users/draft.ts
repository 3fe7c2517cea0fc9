import type { UserPatch } from "../api/client";
import type { Id, PropertyValue, User } from "../api/types";
import { type Change, changesOf, same } from "../audit/changes";

export type TextFieldName = "first_name" | "last_name" | "email" | "phone" | "username";

/** What a form about an account holds: texts as they are typed, everything else as it is stored. */
export interface UserDraft {
  first_name: string;
  last_name: string;
  email: string;
  phone: string;
  /** Chosen when the account is made; never afterwards. */
  username: string;
  language: string | null;
  time_zone: string | null;
  roles: Id[];
  permissions: string[];
  organizations: "all" | Id[];
  groups: Id[];
  site: Id | null;
  courses: Id[];
  services: Id[];
  all_module_access: boolean;
  properties: Record<string, PropertyValue | null>;
}

export const emptyDraft: UserDraft = {
  first_name: "",
  last_name: "",
  email: "",
  phone: "",
  username: "",
  language: null,
  time_zone: null,
  roles: [],
  permissions: [],
  organizations: "all",
  groups: [],
  site: null,
  courses: [],
  services: [],
  all_module_access: false,
  properties: {},
};

export const draftOf = (user: User): UserDraft => ({
  first_name: user.first_name ?? "",
  last_name: user.last_name ?? "",
  email: user.email,
  phone: user.phone ?? "",
  username: user.username ?? "",
  language: user.language,
  time_zone: user.time_zone,
  roles: user.roles,
  permissions: user.permissions,
  organizations: user.organizations,
  groups: user.groups,
  site: user.site,
  courses: user.courses,
  services: user.services,
  all_module_access: user.all_module_access,
  properties: user.properties,
});

const PLAIN = [
  "first_name",
  "last_name",
  "email",
  "language",
  "time_zone",
  "roles",
  "permissions",
  "organizations",
  "groups",
  "site",
  "courses",
  "services",
  "all_module_access",
] as const;

/** What is sent: only what was changed; an emptied phone or property is null. */
export function patchOf(before: UserDraft, draft: UserDraft): UserPatch {
  const patch: Record<string, unknown> = {};
  for (const field of PLAIN) if (!same(before[field], draft[field])) patch[field] = draft[field];
  if (draft.phone !== before.phone) patch.phone = draft.phone.trim() || null;
  const properties: Record<string, PropertyValue | null> = {};
  for (const key of new Set([...Object.keys(before.properties), ...Object.keys(draft.properties)])) {
    const value = draft.properties[key] ?? null;
    if (!same(before.properties[key], value)) properties[key] = isNothing(value) ? null : value;
  }
  if (Object.keys(properties).length > 0) patch.properties = properties;
  return patch as UserPatch;
}

const isNothing = (value: PropertyValue | null) => value === "" || (Array.isArray(value) && value.length === 0);

/** The value of a field by its path, as changes name it. */
export function valueAt(draft: UserDraft, field: string): unknown {
  const [name, key] = field.split(".") as [keyof UserDraft, string | undefined];
  return key === undefined ? draft[name] : draft.properties[key];
}

export function withValue(draft: UserDraft, field: string, value: unknown): UserDraft {
  const [name, key] = field.split(".") as [keyof UserDraft, string | undefined];
  if (key === undefined) return { ...draft, [name]: value };
  return { ...draft, properties: { ...draft.properties, [key]: (value ?? null) as PropertyValue | null } };
}

export interface Rebased {
  /** The newest state with one's own changes on top. */
  draft: UserDraft;
  /** What somebody else changed meanwhile. */
  theirs: Change[];
  /** What both changed, and not to the same: one's own stands until the person says otherwise. */
  both: string[];
}

/** Carries an edit that was made on an older state over to the newest one. */
export function rebase(base: UserDraft, mine: UserDraft, latest: UserDraft): Rebased {
  const theirs = changesOf(base, latest);
  let draft = latest;
  const both: string[] = [];
  for (const { field, after } of changesOf(base, mine)) {
    draft = withValue(draft, field, after ?? emptyOf(field));
    if (theirs.some((change) => change.field === field) && !same(valueAt(latest, field), after)) both.push(field);
  }
  return { draft, theirs, both };
}

/** What a field holds when it holds nothing. */
function emptyOf(field: string): unknown {
  return field.startsWith("properties.") ? null : emptyDraft[field as keyof UserDraft];
}
