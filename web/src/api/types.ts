export type Id = string;
/** An instant as the API writes it, e.g. `2026-11-21T09:30:00.000Z`. */
export type Instant = string;

export interface Page<T> {
  items: T[];
  next_cursor: string | null;
}

export type UserKind = "technician" | "end_user" | "member";
export type UserStatus = "created" | "invited" | "active" | "locked_out" | "deactivated";
export type InvitationStatus = "pending" | "registered" | "expired" | "revoked" | "superseded";
export type Delivery = "queued" | "sent" | "delivered" | "bounced" | "complained" | "suppressed";

export interface Invitation {
  status: InvitationStatus;
  delivery: Delivery;
  /** Which mailing of it this is, from 1. */
  generation: number;
  queued_at: Instant;
  sent_at: Instant | null;
  /** When the receiving server took it, or it bounced. */
  delivery_at: Instant | null;
  /** Null while the mail is queued: the time starts when the mail service takes it. */
  expires_at: Instant | null;
  registered_at: Instant | null;
  /** How long it is good for once its mail is sent. */
  valid_hours: number;
}

export type PropertyValue = string | number | boolean | string[];

export interface User {
  id: Id;
  kind: UserKind;
  organization_id: Id | null;
  name: string;
  first_name: string | null;
  last_name: string | null;
  email: string;
  username: string | null;
  phone: string | null;
  roles: Id[];
  /** What a technician may do beside what their roles permit. */
  permissions: string[];
  /** Whose people they may see and touch. */
  organizations: "all" | Id[];
  groups: Id[];
  courses: Id[];
  services: Id[];
  all_module_access: boolean;
  /** What the groups come to; only where one user is asked for. */
  modules: string[] | null;
  status: UserStatus;
  locked_until: Instant | null;
  mfa: "not_enrolled" | "enrolled";
  invitation: Invitation | null;
  /** A new address that waits for its owner to confirm it. */
  email_change: { email: string; requested_at: Instant; expires_at: Instant } | null;
  password_reset: {
    requested_at: Instant;
    expires_at: Instant;
    status: "pending" | "used" | "expired" | "revoked";
  } | null;
  properties: Record<string, PropertyValue>;
  /** Null is the site that every organization has. */
  site: Id | null;
  language: string | null;
  time_zone: string | null;
  created_at: Instant;
  created_by: Id | null;
  last_sign_in_at: Instant | null;
  /** The account that nobody can deactivate, delete or give another role. */
  root: boolean;
  import_id: Id | null;
  version: number;
}

export interface Organization {
  id: Id;
  name: string;
  default_country: string | null;
  created_at: Instant;
  counts: { users: number; active: number };
  version: number;
}

/** How a first password may come about; a link to choose one's own always may. */
export type CredentialMode = "link" | "generate_and_mail" | "specify_and_mail" | "specify_only";

export interface PasswordPolicy {
  min_length: number;
  lockout_attempts: number;
  lockout_minutes: number;
  blocked_words: string[];
}

/** One organization with everything that can be set for it. */
export interface OrganizationSettings extends Organization {
  mfa_required: boolean;
  password_policy: PasswordPolicy;
  credential_modes: CredentialMode[];
  /** The first is the primary one. */
  domains: string[];
}

export interface Role {
  id: Id;
  name: string;
  description: string;
  kinds: UserKind[];
  permissions: string[];
  built_in: boolean;
  /** Whether a form, an API call or an import may give it. */
  assignable: boolean;
  /** Whose it is; null for built-in roles and for those of technicians, which are the whole deployment's. */
  organization_id: Id | null;
  version: number;
  /** Whether somebody has it; null where nobody looked. */
  in_use: boolean | null;
}

export interface Permission {
  name: string;
  description: string;
}

export type ListName = "groups" | "sites" | "properties" | "courses" | "services";
export type PropertyType = "text" | "number" | "date" | "yes_no" | "choice" | "list";

/** An entry of one of an organization's lists. What a list has beyond names stands only in its own entries. */
export interface Entry {
  id: Id;
  name: string;
  version: number;
  /** Access groups: whether the modules are granted. */
  active?: boolean;
  modules?: string[];
  /** User properties: what the values are stored under; never changes. */
  key?: string;
  type?: PropertyType;
  choices?: string[];
}

export type Severity = "info" | "warning" | "critical";
export type Priority = "low" | "normal" | "high";
export type Day = "mon" | "tue" | "wed" | "thu" | "fri" | "sat" | "sun";

/** On these days from one time of the day to another, in the person's time zone; `24:00` is midnight at its end. */
export interface Schedule {
  days: Day[];
  from: string;
  to: string;
}

/** The least that is told, of both: this and higher. */
export interface Threshold {
  severity: Severity | "off";
  priority: Priority;
}

export interface Notifications {
  organizations: "all" | Id[];
  /** Null: always. */
  schedule: Schedule | null;
  mail: Threshold;
  text: Threshold;
}

/** What people set for themselves. */
export interface MySettings {
  language: string | null;
  time_zone: string | null;
  idle_minutes: number;
  getting_started: boolean;
  notifications: Notifications;
}

export type MfaMethod = "totp" | "text";

export interface MyMfa {
  required: boolean;
  methods: MfaMethod[];
  recovery_codes_left: number;
}

/** Until when a session goes on: with nobody there, and at most. */
export interface SessionTimes {
  idle_until: Instant;
  expires_at: Instant;
  idle_minutes: number;
}

export interface Me {
  user: User;
  permissions: string[];
  organizations: "all" | Id[];
  settings: MySettings;
  mfa: MyMfa;
  /** What a new password must be. */
  password_policy: { min_length: number; blocked_words: string[] };
  /** Null for an API key. */
  session: ({ id: Id } & SessionTimes) | null;
}

/** Where somebody is signed in. */
export interface OpenSession {
  id: Id;
  created_at: Instant;
  last_seen_at: Instant;
  expires_at: Instant;
  source: string | null;
  device: string | null;
  current: boolean;
}

export interface AuditEvent {
  id: Id;
  at: Instant;
  /** Null for a scheduled job or a stranger with a link. */
  actor: { id: Id; name: string | null } | null;
  source: string | null;
  action: string;
  organization_id: Id | null;
  target: { id: Id; name: string | null } | null;
  before: unknown;
  after: unknown;
}

export interface ImportProfile {
  id: string;
  name: string;
  /** `any` where naming an organization or none decides. */
  kind: UserKind | "any";
  version: number;
  hash: string;
  /** The built-in profile that a custom one is made from; null in a built-in one. */
  base: string | null;
  /** Whose a custom one is; null for the whole deployment's. */
  organization_id: Id | null;
}

/** A custom profile as the answer to its being saved. */
export interface SavedProfile {
  id: string;
  name: string;
  base: string;
  organization_id: Id | null;
  version: number;
  written_by: Id;
  written_at: Instant;
}

export interface ApiKey {
  id: Id;
  name: string;
  created_at: Instant;
  /** From then on it opens nothing. */
  expires_at: Instant;
}

/** A key as it is shown once, when it is made. */
export interface NewApiKey extends ApiKey {
  key: string;
}

export type ImportStatus =
  | "staged"
  | "checking"
  | "running"
  | "committed"
  | "finished"
  | "rejected"
  | "cancelled"
  | "undoing"
  | "undone";

/** What becomes of people who are here already. */
export type OnExisting = "refuse" | "skip" | "update" | "invite" | "add_to_group";

export interface Import {
  id: Id;
  status: ImportStatus;
  visibility: "pending" | "committed" | "discarded";
  mode: "atomic" | "partial";
  profile: { id: string; version: number; hash: string };
  organization_id: Id | null;
  total_rows: number;
  counts: { rows: number; imported: number; updated?: number; skipped: number; failed: number };
  options: { role: string | null; on_existing: OnExisting; invite: boolean | null; credentials?: CredentialMode };
  progress: { phase: string; done: number; total: number };
  created_by: Id;
  problem: { code: string; detail: string } | null;
  commit_deadline?: Instant | null;
  /** While rows are still being handed over: which chunks have not arrived; only where one import is asked for. */
  staged?: { chunks: number; missing: number[] };
  /** Until when it can be undone; null where it cannot. */
  undo_deadline?: Instant | null;
  created_at: Instant;
  finished_at: Instant | null;
  report_url: string;
}

/** What only the server knows about a row: the address is taken, another import holds it, … */
export interface ServerIssue {
  row: number;
  field: string;
  code: string;
  /** `skipped`: the row was left out as the caller wished; the others: what was done to who was there already. */
  severity?: "error" | "skipped" | "updated" | "invited" | "added_to_group";
  detail?: string;
}

/** Somebody whom undoing an import did not take back, and why. */
export interface UndoStayed {
  row: number;
  user_id: Id;
  reason: string;
}

export interface ImportReport {
  report: unknown;
  server: { issues: ServerIssue[] };
  results?: { imported: number; updated?: number; skipped: number; failed: number };
  /** What undoing took back, and what it left. */
  undo?: { removed: number; stayed: UndoStayed[] } | null;
  /** Where the next page of a large report begins. */
  next_row?: number;
}
