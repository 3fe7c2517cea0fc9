import type { ImportProfile, Organization, UserKind } from "../api";

/** What the URL presets, completed: who is imported, where, and by which rules. */
export interface Choice {
  readonly kind: UserKind;
  readonly organization: Organization | null;
  readonly profile: ImportProfile | null;
}

/** Profiles that make this kind, and those that make any. The order is the server's; the ones for any come first. */
export function profilesFor(profiles: readonly ImportProfile[], kind: UserKind): ImportProfile[] {
  const fits = profiles.filter((profile) => profile.kind === kind || makesAny(profile));
  return [...fits.filter(makesAny), ...fits.filter((profile) => !makesAny(profile))];
}

function makesAny(profile: ImportProfile): boolean {
  return !["technician", "end_user", "member"].includes(profile.kind);
}

export function choiceOf(
  search: URLSearchParams,
  profiles: readonly ImportProfile[],
  organizations: readonly Organization[],
): Choice {
  const organizationId = search.get("organization");
  const wanted = search.get("kind");
  const kind: UserKind =
    wanted === "technician" || wanted === "end_user" ? wanted : organizationId === null ? "technician" : "end_user";
  const fits = profilesFor(profiles, kind);
  const only = organizations.length === 1 ? organizations[0] : undefined;
  return {
    kind,
    organization:
      kind === "technician" ? null : (organizations.find((each) => each.id === organizationId) ?? only ?? null),
    profile: fits.find((each) => each.id === search.get("profile")) ?? fits[0] ?? null,
  };
}
