import type { Work } from "./flow";
import type { Plan } from "./sentence";
import type { SheetState } from "./session";
import type { Issue } from "./validator";

/** What keeps an import from starting, or null. The first that applies; each has its own way out. */
export type Obstacle =
  | { readonly what: "file"; readonly issues: readonly Issue[] }
  | { readonly what: "empty" }
  | { readonly what: "nothing_good"; readonly rows: number }
  | { readonly what: "refused_rows"; readonly rows: number }
  | { readonly what: "without_role"; readonly rows: number };

export function obstacle(work: Work, state: SheetState): Obstacle | null {
  const { counts, marked } = state;
  const issues = state.issues.filter((issue) => issue.severity === "error");
  if (issues.length > 0) return { what: "file", issues };
  if (counts.rows === 0) return { what: "empty" };
  // Where those already here are skipped, the server's objections are no obstacle.
  const refused = counts.refused + (work.onExisting === "skip" ? 0 : marked);
  if (counts.accepted + counts.corrected === 0) return { what: "nothing_good", rows: refused };
  if (work.mode === "atomic" && refused > 0) return { what: "refused_rows", rows: refused };
  if (work.facts.rolesRequired && counts.without_role > 0) return { what: "without_role", rows: counts.without_role };
  return null;
}

/** How many people an import makes: in atomic mode every row, once all are good. */
export function peopleOf(work: Work, state: SheetState): number {
  const { counts } = state;
  return work.mode === "atomic" ? counts.rows : counts.accepted + counts.corrected;
}

export function planOf(work: Work, state: SheetState): Plan {
  const { counts } = state;
  const { facts } = work;
  return {
    people: peopleOf(work, state),
    kind: work.kind,
    organization: work.organization?.name ?? null,
    invitations:
      facts.invitations === "by_credential_mode"
        ? "by_credential_mode"
        : facts.invitations === "always" || (facts.invitations === "opt_in" && work.invite)
          ? "sent"
          : "not_sent",
    expiresAfter: facts.expiresAfterHours,
    mode: work.mode,
    onExisting: work.onExisting,
    refused: counts.refused,
    removed: state.removed,
  };
}
