import type { Mode } from "./flow";

/**
 * What the wizard tells about a profile before a sheet is open. The profile is data that the validator understands;
 * here it is only read aloud.
 */
export interface ProfileFacts {
  readonly id: string;
  readonly kind: string | null;
  readonly columns: readonly ColumnFacts[];
  readonly rowLimit: number | null;
  /** The first is the default. */
  readonly modes: readonly Mode[];
  readonly invitations: "always" | "opt_in" | "never" | "by_credential_mode";
  readonly expiresAfterHours: number | null;
  readonly rolesRequired: boolean;
  /** More that is worth knowing before, as sentences. */
  readonly notes: readonly string[];
}

export interface ColumnFacts {
  readonly field: string;
  readonly title: string;
  readonly required: boolean;
  /** What may stand in it, in a few words. */
  readonly rule: string | null;
}

type Json = Readonly<Record<string, unknown>>;

export function profileFacts(json: string): ProfileFacts {
  const profile = object(JSON.parse(json));
  const invitation = object(profile.invitation);
  const limits = object(profile.limits);
  const role = object(profile.role);
  return {
    id: text(profile.id) ?? "",
    kind: text(profile.kind),
    columns: list(profile.columns).map((entry) => {
      const column = object(entry);
      return {
        field: text(column.field) ?? "",
        title: text(column.title) ?? text(column.field) ?? "",
        required: column.required === true,
        rule: null,
      };
    }),
    rowLimit: number(limits.rows) ?? number(profile.row_limit),
    modes: list(profile.modes).filter((mode): mode is Mode => mode === "atomic" || mode === "partial"),
    invitations: (text(invitation.policy) ?? "always") as ProfileFacts["invitations"],
    expiresAfterHours: number(invitation.expires_after_hours) ?? number(invitation.expires_after),
    rolesRequired: role.required_at_commit === true,
    notes: [],
  };
}

function object(value: unknown): Json {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Json) : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function text(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}

function number(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
