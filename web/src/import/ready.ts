import type { Work } from "./flow";
import { givesPasswords, type Here, tallyOf } from "./here";
import type { Plan } from "./sentence";
import type { SheetState } from "./session";
import type { Issue } from "./validator";

/** What keeps an import from starting, or null. The first that applies; each has its own way out. */
export type Obstacle =
  | { readonly what: "file"; readonly issues: readonly Issue[] }
  | { readonly what: "empty" }
  | { readonly what: "nothing_good"; readonly rows: number }
  | { readonly what: "refused_rows"; readonly rows: number }
  | { readonly what: "already_here"; readonly rows: number }
  | { readonly what: "nobody_new" }
  | { readonly what: "no_passwords" }
  | { readonly what: "without_role"; readonly rows: number };

/** Who is here already, as far as it still holds: of a sheet that was changed since, it has to be asked again. */
export function hereOf(work: Work, state: SheetState): Here | null {
  return work.here?.edits === state.edits ? work.here : null;
}

export function obstacle(work: Work, state: SheetState): Obstacle | null {
  const { counts, marked } = state;
  const issues = state.issues.filter((issue) => issue.severity === "error");
  if (issues.length > 0) return { what: "file", issues };
  if (counts.rows === 0) return { what: "empty" };
  const refused = counts.refused + marked;
  if (counts.accepted + counts.corrected === 0) return { what: "nothing_good", rows: refused };
  if (work.mode === "atomic" && refused > 0) return { what: "refused_rows", rows: refused };
  const here = hereOf(work, state);
  const tally = here === null ? null : tallyOf(here, work.onExisting);
  if (work.mode === "atomic" && tally !== null && tally.refuse > 0) return { what: "already_here", rows: tally.refuse };
  if (tally !== null && rowsOf(work, state) === tally.skip + tally.refuse) return { what: "nobody_new" };
  if (work.facts.invitations === "by_credential_mode" && givesPasswords(work.credentials) && !hasPasswords(work))
    return { what: "no_passwords" };
  const unroled = withoutRole(work, state);
  if (work.facts.rolesRequired && unroled > 0) return { what: "without_role", rows: unroled };
  return null;
}

/** The sheet has a column of passwords, or rows that are typed in can have them. */
export function hasPasswords({ session, bytes }: Pick<Work, "session" | "bytes">): boolean {
  return bytes === null || session.info.columns.some(({ field, index }) => field === "password" && index !== null);
}

/** Rows that need a role and have none: who is here already needs none. */
function withoutRole(work: Work, state: SheetState): number {
  const here = hereOf(work, state)?.people.filter(({ roled }) => !roled).length ?? 0;
  return Math.max(0, state.counts.without_role - here);
}

/** How many rows are handed over: in atomic mode every row, once all are good. */
function rowsOf(work: Work, state: SheetState): number {
  const { counts } = state;
  return work.mode === "atomic" ? counts.rows : counts.accepted + counts.corrected;
}

export function planOf(work: Work, state: SheetState): Plan {
  const { counts } = state;
  const { facts } = work;
  const here = hereOf(work, state);
  const mailed = facts.invitations === "by_credential_mode";
  return {
    people: rowsOf(work, state) - (here?.people.length ?? 0),
    kind: work.kind,
    organization: work.organization?.name ?? null,
    entry: mailed
      ? work.credentials
      : facts.invitations === "always" || (facts.invitations === "opt_in" && work.invite)
        ? "link"
        : "not_sent",
    expiresAfter: facts.expiresAfterHours,
    mode: work.mode,
    onExisting: work.onExisting,
    here: here === null ? null : tallyOf(here, work.onExisting),
    refused: counts.refused,
    removed: state.removed,
  };
}
