import type { ImportProfile, Me, Organization, UserKind } from "../api";
import { texts } from "./texts";

/** What the URL presets, completed: who is imported, where, and by which rules. */
export interface Choice {
  readonly kind: UserKind;
  readonly organization: Organization | null;
  readonly profile: ImportProfile | null;
}

/** Who and where, which decide by which rules. */
export type Whom = Omit<Choice, "profile">;

/** Profiles that make this kind, or any, in the order in which they are offered. */
export function profilesFor(profiles: readonly ImportProfile[], kind: UserKind): ImportProfile[] {
  const order = Object.keys(texts.source.rulesNote);
  const place = ({ id }: ImportProfile) => (order.includes(id) ? order.indexOf(id) : order.length);
  return profiles
    .filter((profile) => profile.kind === kind || profile.kind === "any")
    .sort((a, b) => place(a) - place(b));
}

/** The kinds that a person may import: technicians belong to the whole deployment; members are made where rules for them are. */
export function kindsFor(organizations: Me["organizations"], profiles: readonly ImportProfile[] = []): UserKind[] {
  const members = profiles.some((profile) => profile.kind === "member");
  return [
    ...(organizations === "all" ? (["technician"] as const) : []),
    "end_user",
    ...(members ? (["member"] as const) : []),
  ];
}

export function whomOf(
  search: URLSearchParams,
  kinds: readonly UserKind[],
  organizations: readonly Organization[],
): Whom {
  const organizationId = search.get("organization");
  const wanted = search.get("kind");
  const usual = organizationId === null ? (kinds[0] ?? "end_user") : "end_user";
  const kind = kinds.find((each) => each === wanted) ?? usual;
  const only = organizations.length === 1 ? organizations[0] : undefined;
  return {
    kind,
    organization:
      kind === "technician" ? null : (organizations.find((each) => each.id === organizationId) ?? only ?? null),
  };
}

export function choiceOf(search: URLSearchParams, whom: Whom, profiles: readonly ImportProfile[]): Choice {
  const fits = profilesFor(profiles, whom.kind);
  return { ...whom, profile: fits.find((each) => each.id === search.get("profile")) ?? fits[0] ?? null };
}
