import type { UserPatch } from "../api/client";
import type { Id, PropertyValue, User } from "../api/types";
import { type Change, same } from "../audit/changes";
import { merge } from "../ui/merge";

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
  /** Null for a new account: as its role brings it, which the server knows. */
  all_module_access: boolean | null;
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
  all_module_access: null,
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

/** A draft as a flat record: properties under names of their own, lists in an order that means nothing. */
function flat({ properties, ...plain }: UserDraft): Record<string, unknown> {
  const named = Object.entries(properties).map(([key, value]) => [`${PROPERTY}${key}`, value] as const);
  const sorted = [...Object.entries(plain), ...named].map(([name, value]) => [
    name,
    Array.isArray(value) ? [...value].sort() : value,
  ]);
  return Object.fromEntries(sorted);
}

const PROPERTY = "properties.";

function unflat(record: Record<string, unknown>): UserDraft {
  const properties: Record<string, unknown> = {};
  const plain: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(record))
    if (!name.startsWith(PROPERTY)) plain[name] = value;
    else if (value !== undefined) properties[name.slice(PROPERTY.length)] = value;
  return { ...plain, properties } as unknown as UserDraft;
}

/** The draft with one field as it is in another one. */
export function taking(draft: UserDraft, field: string, from: UserDraft): UserDraft {
  return unflat({ ...flat(draft), [field]: flat(from)[field] });
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
  const [before, after] = [flat(base), flat(latest)];
  const { draft, theirs, both } = merge(before, flat(mine), after);
  return {
    draft: unflat(draft),
    theirs: theirs.map((field) => ({ field, before: before[field], after: after[field] })),
    both,
  };
}
