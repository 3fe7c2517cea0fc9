import type { OrganizationPatch } from "../api/client";
import type { CredentialMode, OrganizationSettings } from "../api/types";
import { differing } from "../ui/merge";

/** The form, flat: numbers as they are typed. */
export interface SettingsDraft {
  name: string;
  default_country: string;
  mfa_required: boolean;
  min_length: string;
  lockout_attempts: string;
  lockout_minutes: string;
  blocked_words: string[];
  credential_modes: CredentialMode[];
  domains: string[];
}

export const MODES: readonly CredentialMode[] = ["link", "generate_and_mail", "specify_and_mail", "specify_only"];

/** What the numbers may be. The server decides; this is said beside the fields before it is asked. */
export const LIMITS = {
  min_length: [12, 64],
  lockout_attempts: [3, 20],
  lockout_minutes: [5, 1440],
} as const;
export type NumberName = keyof typeof LIMITS;

export const draftOf = (settings: OrganizationSettings): SettingsDraft => ({
  name: settings.name,
  default_country: settings.default_country ?? "",
  mfa_required: settings.mfa_required,
  min_length: String(settings.password_policy.min_length),
  lockout_attempts: String(settings.password_policy.lockout_attempts),
  lockout_minutes: String(settings.password_policy.lockout_minutes),
  blocked_words: settings.password_policy.blocked_words,
  credential_modes: MODES.filter((mode) => settings.credential_modes.includes(mode)),
  domains: settings.domains,
});

/** The number, or null where it is none or out of its limits. */
export function numberOf(draft: SettingsDraft, name: NumberName): number | null {
  const [from, to] = LIMITS[name];
  const text = draft[name].trim();
  const value = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  return value >= from && value <= to ? value : null;
}

/** Domains as they are sent: blanks at the ends, an @ before it and capitals are how people type them. */
export const domainsOf = (domains: readonly string[]): string[] =>
  domains.map((domain) => domain.trim().replace(/^@/, "").toLowerCase()).filter(Boolean);

/** Whether everything can be sent. */
export function complete(draft: SettingsDraft): boolean {
  return (
    draft.name.trim() !== "" && (Object.keys(LIMITS) as NumberName[]).every((name) => numberOf(draft, name) !== null)
  );
}

/** Only what differs is sent; the policy goes as a whole, since its parts are one rule. */
export function patchOf(before: SettingsDraft, draft: SettingsDraft): OrganizationPatch {
  const changed = new Set<string>(differing(before, { ...draft, domains: domainsOf(draft.domains) }));
  const patch: OrganizationPatch = {};
  if (changed.has("name")) patch.name = draft.name.trim();
  if (changed.has("default_country")) patch.default_country = draft.default_country || null;
  if (changed.has("mfa_required")) patch.mfa_required = draft.mfa_required;
  if (changed.has("credential_modes")) patch.credential_modes = draft.credential_modes;
  if (changed.has("domains")) patch.domains = domainsOf(draft.domains);
  if (["min_length", "lockout_attempts", "lockout_minutes", "blocked_words"].some((name) => changed.has(name)))
    patch.password_policy = {
      min_length: numberOf(draft, "min_length") ?? 0,
      lockout_attempts: numberOf(draft, "lockout_attempts") ?? 0,
      lockout_minutes: numberOf(draft, "lockout_minutes") ?? 0,
      blocked_words: draft.blocked_words,
    };
  return patch;
}

/** The domain at that place becomes the first. */
export function primary(domains: readonly string[], at: number): string[] {
  const one = domains[at];
  return one === undefined ? [...domains] : [one, ...domains.filter((_, i) => i !== at)];
}
