/**
 * Import profiles as they are edited. A profile is data that the validator understands; what it may hold is the
 * server's to judge, and the form offers only what its base has.
 */

export interface Named {
  readonly id: string;
  readonly name: string;
}

export interface Rule {
  readonly type: string;
  readonly max?: number;
  readonly list?: string;
  readonly multiple?: boolean;
  readonly [other: string]: unknown;
}

export interface Column {
  readonly field: string;
  readonly title: string;
  readonly titles?: readonly string[];
  readonly required: boolean;
  readonly rule: Rule;
  readonly default?: string | null;
  readonly default_first?: boolean;
}

/** A built-in profile, as far as the form reads it. */
export interface Base {
  readonly id: string;
  readonly title: string;
  readonly kind: string | null;
  readonly columns: readonly Column[];
  readonly limits: { readonly rows: number; readonly bytes: number };
  readonly modes: readonly string[];
  readonly invitation: { readonly policy: string; readonly expires_after_hours: number };
  readonly mfa: string;
  readonly phone_at_acceptance: boolean;
  readonly role: RoleRule;
  readonly credentials: readonly string[];
  readonly lists: readonly {
    readonly name: string;
    readonly items: readonly Named[];
    /** The organization's entries come to them. */
    readonly open: boolean;
  }[];
  readonly username: { readonly domain: string | null } | null;
  /** For a profile that makes whatever kind is named: what each asks for. */
  readonly kinds: readonly KindRules[];
}

interface RoleRule {
  readonly required_at_commit: boolean;
  readonly multiple: boolean;
}

interface KindRules {
  readonly kind: string;
  readonly invitation: Base["invitation"];
  readonly mfa: string;
  readonly phone_at_acceptance: boolean;
  readonly role: RoleRule;
  readonly roles: readonly Named[];
}

/** What a custom profile changes of its base; the document that is exported, imported and sent. */
export interface Definition {
  readonly base: string;
  readonly title: string;
  /** Of a base that makes any kind: the one that this makes. */
  readonly kind?: string;
  readonly columns?: readonly ColumnChange[];
  readonly limits?: { readonly rows?: number; readonly bytes?: number };
  readonly modes?: readonly string[];
  readonly invitation?: { readonly policy?: string; readonly expires_after_hours?: number };
  readonly mfa?: string;
  readonly phone_at_acceptance?: boolean;
  readonly role?: Partial<RoleRule>;
  readonly credentials?: readonly string[];
  /** By list, the identifiers of the entries that rows may name. */
  readonly lists?: Readonly<Record<string, readonly string[]>>;
}

/** A column that is kept, with what is other than in the base. */
export interface ColumnChange {
  readonly field: string;
  readonly title?: string;
  readonly titles?: readonly string[];
  readonly required?: boolean;
  readonly rule?: Rule;
  /** An empty one takes the base's away. */
  readonly default?: string;
}

export interface ColumnDraft {
  readonly field: string;
  readonly used: boolean;
  readonly title: string;
  /** Titles that mean this column, beside those of the base. */
  readonly titles: readonly string[];
  readonly required: boolean;
  /** What may stand in it; the form sets its `max` only. */
  readonly rule: Rule;
  /** Most characters, as typed; of a rule without such a limit empty. */
  readonly max: string;
  readonly fallback: string;
}

/** The form's values. */
export interface ProfileDraft {
  readonly title: string;
  readonly kind: string;
  readonly columns: readonly ColumnDraft[];
  readonly rows: string;
  readonly megabytes: string;
  /** The first is offered first. */
  readonly modes: readonly string[];
  /** Identifiers of the roles that rows may have; null for every one that there is. */
  readonly roles: readonly string[] | null;
  /** What a definition says of other lists, such as sites: the form leaves it as it is. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
  readonly roleNeeded: boolean;
  readonly severalRoles: boolean;
  readonly policy: string;
  readonly hours: string;
  readonly mfa: boolean;
  readonly phone: boolean;
  readonly credentials: readonly string[];
}

const MEGABYTE = 1024 * 1024;

/** The list that says what people may do: a role, or for portal users a type. */
export function roleList(base: Base): Base["lists"][number] | undefined {
  const field = base.columns.find(({ field }) => field === "role" || field === "user_type");
  return base.lists.find(({ name }) => name === field?.rule.list);
}

/** The base as it is for one kind; of one that makes any kind, that of end users where none is named. */
export function ofKind(base: Base, kind: string | undefined): Base {
  const wanted = kind ?? base.kind ?? "end_user";
  const rules = base.kinds.find((each) => each.kind === wanted);
  if (rules === undefined) return base;
  const { invitation, mfa, phone_at_acceptance, role, roles } = rules;
  return {
    ...base,
    kind: wanted,
    invitation,
    mfa,
    phone_at_acceptance,
    role,
    lists: base.lists.map((list) => (list.name === "roles" ? { ...list, items: roles } : list)),
  };
}

/** Why a column cannot be left out, if it cannot. */
export function kept(base: Base, column: Column): "required" | "default" | null {
  if (column.required) return "required";
  return column.default || column.field === base.username?.domain ? "default" : null;
}

export const REQUIRED = "required";

export function draftOf(of: Base, definition: Definition | null): ProfileDraft {
  const d = definition;
  const base = ofKind(of, d?.kind);
  const own = new Map(d?.columns?.map((column) => [column.field, column]));
  const order = d?.columns?.map(({ field }) => field) ?? base.columns.map(({ field }) => field);
  const columns = [...base.columns].sort((a, b) => place(order, a.field) - place(order, b.field));
  const list = roleList(base);
  const all = list?.items.map(({ id }) => id) ?? [];
  const { [list?.name ?? ""]: roles, ...lists } = d?.lists ?? {};
  return {
    title: d?.title ?? "",
    kind: base.kind ?? "",
    columns: columns.map((column) => {
      const change = own.get(column.field);
      const rule = change?.rule ?? column.rule;
      return {
        field: column.field,
        used: d?.columns === undefined || change !== undefined,
        title: change?.title ?? column.title,
        titles: change?.titles ?? [],
        required: change?.required ?? column.required,
        rule,
        max: text(rule.max),
        fallback: change?.default ?? column.default ?? "",
      };
    }),
    rows: String(d?.limits?.rows ?? base.limits.rows),
    megabytes: megabytes(d?.limits?.bytes ?? base.limits.bytes),
    modes: d?.modes ?? base.modes,
    roles: roles === undefined || (list?.open === false && same([...roles].sort(), [...all].sort())) ? null : roles,
    lists,
    roleNeeded: d?.role?.required_at_commit ?? base.role.required_at_commit,
    severalRoles: d?.role?.multiple ?? base.role.multiple,
    policy: d?.invitation?.policy ?? base.invitation.policy,
    hours: String(d?.invitation?.expires_after_hours ?? base.invitation.expires_after_hours),
    mfa: (d?.mfa ?? base.mfa) === REQUIRED,
    phone: d?.phone_at_acceptance ?? base.phone_at_acceptance,
    credentials: d?.credentials ?? base.credentials,
  };
}

/** The same form for another kind: what the kind decides is as that kind has it. */
export function withKind(draft: ProfileDraft, of: Base, kind: string): ProfileDraft {
  const fresh = draftOf(of, { base: of.id, title: "", kind });
  const { roles, roleNeeded, severalRoles, policy, hours, mfa, phone } = fresh;
  return { ...draft, kind, roles, roleNeeded, severalRoles, policy, hours, mfa, phone };
}

/** What stands last in an order that does not name it. */
const place = (order: readonly string[], field: string): number => {
  const at = order.indexOf(field);
  return at < 0 ? order.length : at;
};

const text = (value: number | undefined): string => (value === undefined ? "" : String(value));

/** A limit in bytes as megabytes; the byte below a whole one is shown as it. */
const megabytes = (bytes: number): string => String(Number((bytes / MEGABYTE).toFixed(3)));

/** A whole number that was typed; null where it is none. */
export function numberOf(typed: string): number | null {
  return /^\d+$/.test(typed.trim()) ? Number(typed.trim()) : null;
}

function bytesOf(draft: ProfileDraft, base: Base): number | null {
  if (draft.megabytes === megabytes(base.limits.bytes)) return base.limits.bytes;
  const typed = Number(draft.megabytes.trim().replace(",", "."));
  return draft.megabytes.trim() !== "" && Number.isFinite(typed) && typed > 0 ? Math.floor(typed * MEGABYTE) : null;
}

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);

/** The document to send: only what is other than in the base. */
export function definitionOf(draft: ProfileDraft, of: Base): Definition {
  const base = ofKind(of, draft.kind);
  const columns = draft.columns.filter(({ used }) => used).map((column) => columnChange(column, base));
  const plain = base.columns.map(({ field }) => ({ field }));
  const rows = numberOf(draft.rows);
  const bytes = bytesOf(draft, base);
  const hours = numberOf(draft.hours);
  const list = roleList(base);
  const lists = list === undefined || draft.roles === null ? draft.lists : { ...draft.lists, [list.name]: draft.roles };
  const policy = only(draft.policy, base.invitation.policy, "policy");
  const expires = hours === null ? {} : only(hours, base.invitation.expires_after_hours, "expires_after_hours");
  const limits = {
    ...(rows === null ? {} : only(rows, base.limits.rows, "rows")),
    ...(bytes === null ? {} : only(bytes, base.limits.bytes, "bytes")),
  };
  const role = {
    ...only(draft.roleNeeded, base.role.required_at_commit, "required_at_commit"),
    ...only(draft.severalRoles, base.role.multiple, "multiple"),
  };
  return {
    base: base.id,
    title: draft.title.trim(),
    ...(of.kinds.length === 0 ? {} : { kind: draft.kind }),
    ...only(columns, plain, "columns"),
    ...only(limits, {}, "limits"),
    ...only(draft.modes, base.modes, "modes"),
    ...only({ ...policy, ...expires }, {}, "invitation"),
    ...only(draft.mfa ? REQUIRED : "as_organization", base.mfa, "mfa"),
    ...only(draft.phone, base.phone_at_acceptance, "phone_at_acceptance"),
    ...only(role, {}, "role"),
    ...only(draft.credentials, base.credentials, "credentials"),
    ...only(lists, {}, "lists"),
  };
}

/** A part that is said only where it is other than in the base. */
const only = (value: unknown, usual: unknown, name: string): Record<string, unknown> =>
  same(value, usual) ? {} : { [name]: value };

function columnChange(draft: ColumnDraft, base: Base): ColumnChange {
  const column = base.columns.find(({ field }) => field === draft.field);
  const max = numberOf(draft.max);
  return {
    field: draft.field,
    ...only(draft.title.trim(), column?.title, "title"),
    ...only(draft.titles, [], "titles"),
    ...only(draft.required, column?.required, "required"),
    ...only(draft.fallback.trim(), column?.default ?? "", "default"),
    ...only(max === null ? draft.rule : { ...draft.rule, max }, column?.rule, "rule"),
  };
}

/** What of the form cannot be sent, by its part; what the rules allow beyond that the server says. */
export function mistakes(draft: ProfileDraft, of: Base): ReadonlySet<string> {
  const base = ofKind(of, draft.kind);
  const wrong = new Set<string>();
  const within = (name: string, typed: string, max: number) => {
    const n = numberOf(typed);
    if (n === null || n < 1 || n > max) wrong.add(name);
  };
  if (draft.title.trim() === "") wrong.add("title");
  within("rows", draft.rows, base.limits.rows);
  const bytes = bytesOf(draft, base);
  if (bytes === null || bytes > base.limits.bytes) wrong.add("megabytes");
  within("hours", draft.hours, base.invitation.expires_after_hours);
  if (draft.modes.length === 0) wrong.add("modes");
  if (draft.credentials.length === 0) wrong.add("credentials");
  if (draft.roles?.length === 0) wrong.add("roles");
  for (const column of draft.columns) {
    if (!column.used) continue;
    if (column.title.trim() === "") wrong.add(`title:${column.field}`);
    const max = base.columns.find(({ field }) => field === column.field)?.rule.max;
    if (max !== undefined) within(`max:${column.field}`, column.max, max);
  }
  return wrong;
}

/** A file that was exported, or null where it is none. */
export function readDefinition(json: string): Definition | null {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== "object" || value === null) return null;
    const { base, title } = value as Record<string, unknown>;
    return typeof base === "string" && typeof title === "string" ? (value as Definition) : null;
  } catch {
    return null;
  }
}
