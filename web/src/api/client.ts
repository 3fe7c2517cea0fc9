import type { Definition } from "../profiles/definition";
import { ApiProblem, isAbort } from "./problem";
import type {
  ApiKey,
  AuditEvent,
  CredentialMode,
  Entry,
  Id,
  Import,
  ImportProfile,
  ImportReport,
  ListName,
  Me,
  NewApiKey,
  OnExisting,
  OpenSession,
  Organization,
  OrganizationSettings,
  Page,
  Permission,
  PropertyValue,
  Role,
  SavedProfile,
  User,
  UserKind,
} from "./types";

export type Query = Record<string, string | number | boolean | null | undefined>;

export interface Request {
  query?: Query;
  /** Sent as JSON. */
  json?: unknown;
  /** Sent as it is, with its own media type. */
  body?: { type: string; data: BodyInit };
  /** The version that an edit was made on. */
  ifMatch?: number;
  /** Keeps a creating POST from happening twice; keep the same key when trying again. */
  idempotencyKey?: string;
  signal?: AbortSignal | undefined;
  /** What kind of answer is wanted; JSON where nothing is said. */
  accept?: string;
}

function url(path: string, query: Query | undefined): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {}))
    if (value !== undefined && value !== null && value !== "") parameters.set(name, String(value));
  const text = parameters.toString();
  return text ? `${path}?${text}` : path;
}

let onServerTime: (date: Date) => void = () => {};

/** Tells what the server's clock says with every answer: invitations expire by that clock, not by this machine's. */
export function watchServerTime(listener: (date: Date) => void): void {
  onServerTime = listener;
}

const signedOutListeners = new Set<() => void>();

/** Called when the session has ended under an open page. */
export function onSignedOut(listener: () => void): () => void {
  signedOutListeners.add(listener);
  return () => signedOutListeners.delete(listener);
}

/** One request; its good answer, a thrown ApiProblem, or the AbortError of the signal. */
async function send(method: string, path: string, options: Request): Promise<Response> {
  const headers = new Headers({ accept: options.accept ?? "application/json" });
  let body: BodyInit | null = null;
  if (options.json !== undefined) {
    headers.set("content-type", "application/json");
    body = JSON.stringify(options.json);
  } else if (options.body) {
    headers.set("content-type", options.body.type);
    body = options.body.data;
  }
  if (options.ifMatch !== undefined) headers.set("if-match", `"${options.ifMatch}"`);
  if (options.idempotencyKey) headers.set("idempotency-key", options.idempotencyKey);
  let response: Response;
  try {
    response = await fetch(url(path, options.query), {
      method,
      headers,
      body,
      credentials: "same-origin",
      signal: options.signal ?? null,
    });
  } catch (error) {
    if (isAbort(error)) throw error;
    throw ApiProblem.unreachable();
  }
  const date = response.headers.get("date");
  if (date) onServerTime(new Date(date));
  if (!response.ok) {
    const problem = await ApiProblem.from(response);
    if (problem.code === "not_authenticated") for (const listener of signedOutListeners) listener();
    throw problem;
  }
  return response;
}

/** One request; a JSON answer (or undefined for 204), a thrown ApiProblem, or the AbortError of the signal. */
export async function request<T>(method: string, path: string, options: Request = {}): Promise<T> {
  const response = await send(method, path, options);
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  return (text ? JSON.parse(text) : undefined) as T;
}

export type ExportFormat = "csv" | "xlsx";

const fileType = (format: ExportFormat): string =>
  format === "xlsx" ? "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" : "text/csv";

const segment = encodeURIComponent;
type Signal = AbortSignal | undefined;

export interface UserFilter {
  organization?: Id | undefined;
  kind?: string | undefined;
  status?: string | undefined;
  role?: string | undefined;
  group?: string | undefined;
  q?: string | undefined;
  invitation?: string | undefined;
  delivery?: string | undefined;
  sort?: string | undefined;
}

/** What the audit trail is narrowed to; instants as the API writes them. */
export interface AuditFilter {
  organization?: Id | undefined;
  actor?: Id | undefined;
  target?: Id | undefined;
  action?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

/** What an account may be given when it is made and changed to later. */
export interface Assignments {
  roles: Id[];
  permissions: string[];
  organizations: "all" | Id[];
  groups: Id[];
  site: Id | null;
  courses: Id[];
  services: Id[];
  all_module_access: boolean;
  language: string | null;
  time_zone: string | null;
}

export interface NewUser extends Partial<Assignments> {
  kind: UserKind;
  profile?: string;
  organization_id?: Id;
  first_name: string;
  last_name: string;
  email: string;
  username?: string;
  phone?: string;
  properties?: Record<string, PropertyValue>;
  invite?: boolean;
  credentials?: { mode: CredentialMode; password?: string };
}

export interface UserClone {
  first_name: string;
  last_name: string;
  email: string;
  phone?: string;
  username?: string;
  invite?: boolean;
}

/** Absent fields stay. Properties are merged; null removes one. */
export type UserPatch = Partial<
  Assignments & {
    first_name: string;
    last_name: string;
    email: string;
    phone: string | null;
    properties: Record<string, PropertyValue | null>;
  }
>;

/** What is done to an account as a whole, with nothing more to say. */
export type AccountAct = "deactivate" | "activate" | "unlock" | "reset-password" | "reset-mfa";

export interface ImportOptions {
  profile: string;
  organization?: Id | undefined;
  mode?: "atomic" | "partial" | undefined;
  role?: string | undefined;
  on_existing?: OnExisting | undefined;
  invite?: boolean | undefined;
  credentials?: CredentialMode | undefined;
}

export type TemplateFormat = "csv" | "xlsx" | "zip";

const templateTypes: Record<TemplateFormat, string> = {
  csv: "text/csv",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  zip: "application/zip",
};

export type ImportRow = Record<string, string | string[] | number>;

export type OrganizationPatch = Partial<
  Pick<
    OrganizationSettings,
    "name" | "default_country" | "mfa_required" | "password_policy" | "credential_modes" | "domains"
  >
>;

export interface NewRole {
  name: string;
  description: string;
  kind: UserKind;
  organization_id?: Id;
  permissions: string[];
}

export type RolePatch = Partial<Pick<NewRole, "name" | "description" | "permissions">>;

/** What can be said of an entry when it is made; a key and a type never change afterwards. */
export type NewEntry = Omit<Entry, "id" | "version">;
export type EntryPatch = Partial<Omit<NewEntry, "key" | "type">>;

export const api = {
  me: (signal?: Signal) => request<Me>("GET", "/v1/me", { signal }),
  signOut: () => request<void>("DELETE", "/v1/sessions/current"),

  organizations: (query: { cursor?: string | undefined; limit?: number } = {}, signal?: Signal) =>
    request<Page<Organization>>("GET", "/v1/organizations", { query, signal }),
  createOrganization: (organization: { name: string; default_country?: string }, idempotencyKey: string) =>
    request<Organization>("POST", "/v1/organizations", { json: organization, idempotencyKey }),
  organization: (id: Id, signal?: Signal) =>
    request<OrganizationSettings>("GET", `/v1/organizations/${segment(id)}`, { signal }),
  updateOrganization: (id: Id, version: number, patch: OrganizationPatch) =>
    request<OrganizationSettings>("PATCH", `/v1/organizations/${segment(id)}`, { json: patch, ifMatch: version }),

  roles: (
    query: { kind?: UserKind | undefined; organization?: Id | undefined; cursor?: string | undefined } = {},
    signal?: Signal,
  ) => request<Page<Role>>("GET", "/v1/roles", { query, signal }),
  role: (id: Id, signal?: Signal) => request<Role>("GET", `/v1/roles/${segment(id)}`, { signal }),
  createRole: (role: NewRole, idempotencyKey: string) =>
    request<Role>("POST", "/v1/roles", { json: role, idempotencyKey }),
  updateRole: (id: Id, version: number, patch: RolePatch) =>
    request<Role>("PATCH", `/v1/roles/${segment(id)}`, { json: patch, ifMatch: version }),
  deleteRole: (role: Role) => request<void>("DELETE", `/v1/roles/${segment(role.id)}`, { ifMatch: role.version }),
  permissions: (signal?: Signal) => request<{ items: Permission[] }>("GET", "/v1/permissions", { signal }),

  entries: (list: ListName, query: { organization: Id; cursor?: string | undefined }, signal?: Signal) =>
    request<Page<Entry>>("GET", `/v1/${list}`, { query: { ...query, limit: 100 }, signal }),
  createEntry: (list: ListName, organization: Id, entry: NewEntry, idempotencyKey: string) =>
    request<Entry>("POST", `/v1/${list}`, { query: { organization }, json: entry, idempotencyKey }),
  updateEntry: (list: ListName, organization: Id, id: Id, version: number, patch: EntryPatch) =>
    request<Entry>("PATCH", `/v1/${list}/${segment(id)}`, {
      query: { organization },
      json: patch,
      ifMatch: version,
    }),
  deleteEntry: (list: ListName, organization: Id, entry: Entry) =>
    request<void>("DELETE", `/v1/${list}/${segment(entry.id)}`, { query: { organization }, ifMatch: entry.version }),

  createApiKey: (key: { name: string; expires_in_days: number; password: string }, idempotencyKey: string) =>
    request<NewApiKey>("POST", "/v1/api-keys", { json: key, idempotencyKey }),
  apiKeys: (cursor?: string, signal?: Signal) =>
    request<Page<ApiKey>>("GET", "/v1/api-keys", { query: { cursor }, signal }),
  revokeApiKey: (id: Id) => request<void>("DELETE", `/v1/api-keys/${segment(id)}`),

  users: (filter: UserFilter & { cursor?: string | undefined; limit?: number }, signal?: Signal) =>
    request<Page<User>>("GET", "/v1/users", { query: { ...filter }, signal }),
  user: (id: Id, signal?: Signal) => request<User>("GET", `/v1/users/${segment(id)}`, { signal }),
  createUser: (user: NewUser, idempotencyKey: string) =>
    request<User>("POST", "/v1/users", { json: user, idempotencyKey }),
  updateUser: (user: User, patch: UserPatch) =>
    request<User>("PATCH", `/v1/users/${segment(user.id)}`, { json: patch, ifMatch: user.version }),
  sendInvitation: (id: Id) => request<User>("POST", `/v1/users/${segment(id)}/send-invitation`),
  resendInvitation: (id: Id) => request<User>("POST", `/v1/users/${segment(id)}/resend-invitation`),
  revokeInvitation: (id: Id) => request<User>("POST", `/v1/users/${segment(id)}/revoke-invitation`),
  cloneUser: (id: Id, clone: UserClone, idempotencyKey: string) =>
    request<User>("POST", `/v1/users/${segment(id)}/clone`, { json: clone, idempotencyKey }),
  changeAccount: (id: Id, act: AccountAct) => request<User>("POST", `/v1/users/${segment(id)}/${act}`, { json: {} }),
  deleteUser: (id: Id, version?: number) =>
    request<void>("DELETE", `/v1/users/${segment(id)}`, version === undefined ? {} : { ifMatch: version }),
  userSessions: (id: Id, signal?: Signal) =>
    request<{ items: OpenSession[] }>("GET", `/v1/users/${segment(id)}/sessions`, { signal }),
  userApiKeys: (id: Id, signal?: Signal) =>
    request<{ items: ApiKey[] }>("GET", `/v1/users/${segment(id)}/api-keys`, { signal }),
  endUserApiKeys: (id: Id) => request<void>("DELETE", `/v1/users/${segment(id)}/api-keys`),
  endUserSessions: (id: Id) => request<void>("DELETE", `/v1/users/${segment(id)}/sessions`),
  userAudit: (id: Id, cursor?: string, signal?: Signal) =>
    request<Page<AuditEvent>>("GET", `/v1/users/${segment(id)}/audit-events`, { query: { cursor }, signal }),
  auditEvents: (filter: AuditFilter & { cursor?: string | undefined; limit?: number }, signal?: Signal) =>
    request<Page<AuditEvent>>("GET", "/v1/audit-events", { query: { ...filter }, signal }),
  /** One file of an export: `/v1/users/export` or `/v1/audit-events/export`, with a list's filters. */
  exportPart: (path: string, query: Query, signal?: Signal) =>
    // API Gateway hands bytes over only to who accepts their type first of all.
    send("GET", path, {
      query,
      signal,
      accept: fileType(query.format === "xlsx" ? "xlsx" : "csv"),
    }).then(async (response) => ({
      data: new Uint8Array(await response.arrayBuffer()),
      next: response.headers.get("rollcall-next-cursor"),
    })),

  importProfiles: (organization?: Id, signal?: Signal) =>
    request<{ items: ImportProfile[] }>("GET", "/v1/import-profiles", { query: { organization }, signal }),
  /** The effective profile as JSON text, exactly what the validator takes. */
  effectiveProfile: async (id: string, organization?: Id, signal?: Signal): Promise<string> =>
    JSON.stringify(
      await request<unknown>("GET", `/v1/import-profiles/${segment(id)}`, { query: { organization }, signal }),
    ),

  /** An empty sheet with the profile's columns; the name is the server's where it gives one. */
  importTemplate: (id: string, organization: Id | undefined, format: TemplateFormat) =>
    send("GET", `/v1/import-profiles/${segment(id)}/template`, {
      query: { organization, format },
      // API Gateway hands bytes over only to who accepts their type first of all.
      accept: templateTypes[format],
    }).then(async (response) => ({
      blob: new Blob([await response.arrayBuffer()], { type: templateTypes[format] }),
      name:
        /filename="([^"]+)"/.exec(response.headers.get("content-disposition") ?? "")?.[1] ?? `rollcall-${id}.${format}`,
    })),

  /** What a profile says, to be edited, exported and imported: every part of it. */
  profileDefinition: (id: string, version?: number, signal?: Signal) =>
    request<Definition>("GET", `/v1/import-profiles/${segment(id)}/definition`, { query: { version }, signal }),
  createProfile: (definition: Definition, organization: Id | undefined, idempotencyKey: string) =>
    request<SavedProfile>("POST", "/v1/import-profiles", {
      query: { organization },
      json: definition,
      idempotencyKey,
    }),
  updateProfile: (id: string, version: number, definition: Definition) =>
    request<SavedProfile>("PUT", `/v1/import-profiles/${segment(id)}`, { json: definition, ifMatch: version }),
  deleteProfile: (id: string, version: number) =>
    request<void>("DELETE", `/v1/import-profiles/${segment(id)}`, { ifMatch: version }),
  /** The effective profile that a definition would make, as JSON text; nothing is stored. */
  previewProfile: async (definition: Definition, organization: Id | undefined, signal?: Signal): Promise<string> =>
    JSON.stringify(
      await request<unknown>("POST", "/v1/import-profiles/preview", {
        query: { organization },
        json: definition,
        signal,
      }),
    ),

  imports: (query: { cursor?: string | undefined; limit?: number; organization?: Id | undefined }, signal?: Signal) =>
    request<Page<Import>>("GET", "/v1/imports", { query, signal }),
  import: (id: Id, signal?: Signal) => request<Import>("GET", `/v1/imports/${segment(id)}`, { signal }),
  /** Small imports: all rows in one request, which commits itself. */
  startImport: (
    options: ImportOptions,
    rows: { profile_hash: string; rows: ImportRow[] },
    idempotencyKey: string,
    signal?: Signal,
  ) => request<Import>("POST", "/v1/imports", { query: { ...options }, json: rows, idempotencyKey, signal }),
  /** Large imports: say how many chunks will come, put them, commit. */
  stageImport: (
    options: ImportOptions,
    plan: { profile_hash: string; chunks: number; total_rows: number },
    idempotencyKey: string,
    signal?: Signal,
  ) => request<Import>("POST", "/v1/imports", { query: { ...options }, json: plan, idempotencyKey, signal }),
  putChunk: (id: Id, n: number, rows: ImportRow[], signal?: Signal) =>
    request<{ chunk: number; rows: number }>("PUT", `/v1/imports/${segment(id)}/chunks/${n}`, {
      json: { rows },
      signal,
    }),
  commitImport: (id: Id, signal?: Signal) => request<Import>("POST", `/v1/imports/${segment(id)}/commit`, { signal }),
  cancelImport: (id: Id) => request<Import>("POST", `/v1/imports/${segment(id)}/cancel`),
  /** Takes back what an import made, as far as its people have not begun. */
  undoImport: (id: Id) => request<Import>("POST", `/v1/imports/${segment(id)}/undo`, { json: {} }),
  /** Checks rows and says what only the server knows of them; nothing is kept. */
  tryImport: (options: ImportOptions, body: { profile_hash: string; rows: ImportRow[] }, signal?: Signal) =>
    request<ImportReport>("POST", "/v1/imports", { query: { ...options, dry_run: true }, json: body, signal }),
  /** A part of the file of rows that were not imported, to repair and bring back. */
  importReportPart: (id: Id, format: ExportFormat, fromRow?: string, signal?: Signal) =>
    send("GET", `/v1/imports/${segment(id)}/report`, {
      query: { format, from_row: fromRow },
      signal,
      accept: fileType(format),
    }).then(async (response) => ({
      data: new Uint8Array(await response.arrayBuffer()),
      next: response.headers.get("x-next-row"),
    })),
  importReport: (id: Id, fromRow?: number, signal?: Signal) =>
    request<ImportReport>("GET", `/v1/imports/${segment(id)}/report`, {
      query: { format: "json", from_row: fromRow },
      signal,
    }),
};

/** Every item of a paged list, asked for page by page; for short lists only (organizations, roles). */
export async function everyItem<T>(page: (cursor: string | undefined) => Promise<Page<T>>): Promise<T[]> {
  const items: T[] = [];
  let cursor: string | undefined;
  do {
    const answer = await page(cursor);
    items.push(...answer.items);
    cursor = answer.next_cursor ?? undefined;
  } while (cursor);
  return items;
}
