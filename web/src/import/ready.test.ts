import { expect, test } from "vitest";
import type { Work } from "./flow";
import type { Here, HerePerson } from "./here";
import { hereOf, obstacle, planOf } from "./ready";
import type { SheetState } from "./session";

const facts = { invitations: "always", rolesRequired: true, expiresAfterHours: 24 } as Work["facts"];
const work = (patch: Partial<Work> = {}): Work =>
  ({ facts, mode: "atomic", onExisting: "refuse", here: null, organization: null, kind: "end_user", ...patch }) as Work;
const state = (counts: Partial<SheetState["counts"]> = {}, patch: Partial<SheetState> = {}): SheetState =>
  ({
    counts: { rows: 5, accepted: 5, corrected: 0, refused: 0, without_role: 0, ...counts },
    issues: [],
    marked: 0,
    removed: 0,
    edits: 3,
    ...patch,
  }) as unknown as SheetState;
const credentials = (mode: Work["credentials"], index: number | null): Partial<Work> => ({
  facts: { ...facts, invitations: "by_credential_mode" },
  credentials: mode,
  bytes: new Uint8Array(),
  session: { info: { columns: [{ field: "password", index }] } } as unknown as Work["session"],
});
const people: HerePerson[] = [1, 2].map((row) => ({ row, name: "Ana", email: "a", grouped: false, roled: row === 1 }));
const here = (patch: Partial<Here> = {}): Here => ({ edits: 3, asked: 5, people, own: new Map(), ...patch });

test("who is here counts as long as the sheet is as it was", () => {
  expect(hereOf(work({ here: here() }), state())?.people).toHaveLength(2);
  expect(hereOf(work({ here: here() }), state({}, { edits: 4 }))).toBeNull();
});

test.each<{ name: string; work?: Partial<Work>; state?: SheetState; what: string | null; rows?: number }>([
  { name: "a good sheet", what: null },
  { name: "rows with problems", state: state({ accepted: 3, refused: 2 }), what: "refused_rows", rows: 2 },
  { name: "rows that the server refuses", state: state({}, { marked: 1 }), what: "refused_rows", rows: 1 },
  { name: "only the good rows", work: { mode: "partial" }, state: state({ accepted: 3, refused: 2 }), what: null },
  { name: "people who are here, as a problem", work: { here: here() }, what: "already_here", rows: 2 },
  {
    name: "one of them, the other by a way of its own",
    work: { here: here({ own: new Map([[1, "skip"]]) }) },
    what: "already_here",
    rows: 1,
  },
  { name: "people who are here, skipped", work: { here: here(), onExisting: "skip" }, what: null },
  {
    name: "nobody who is new, and nothing to do",
    work: { here: here(), onExisting: "skip" },
    state: state({ rows: 2, accepted: 2 }),
    what: "nobody_new",
  },
  {
    name: "nobody who is new, one of them to be updated",
    work: { here: here({ own: new Map([[1, "update"]]) }), onExisting: "skip" },
    state: state({ rows: 2, accepted: 2 }),
    what: null,
  },
  { name: "passwords of rows that have none", work: credentials("specify_and_mail", null), what: "no_passwords" },
  { name: "passwords of rows that have some", work: credentials("specify_and_mail", 3), what: null },
  { name: "generated passwords", work: credentials("generate_and_mail", null), what: null },
  { name: "people who are here, partly", work: { here: here(), mode: "partial" }, what: null },
  { name: "rows without a role", state: state({ without_role: 2 }), what: "without_role", rows: 2 },
  {
    name: "rows without a role, one of somebody who is here",
    work: { here: here(), onExisting: "skip" },
    state: state({ without_role: 2 }),
    what: "without_role",
    rows: 1,
  },
])("what keeps an import from starting: $name", ({ work: patch, state: now, what, rows }) => {
  const found = obstacle(work(patch), now ?? state());
  expect(found === null ? null : found.what).toBe(what);
  if (rows !== undefined) expect(found).toMatchObject({ rows });
});

test.each<[string, Partial<Work>, string]>([
  ["always invites", {}, "link"],
  ["asks, and nobody wants it", { facts: { ...facts, invitations: "opt_in" }, invite: false }, "not_sent"],
  ["asks, and somebody wants it", { facts: { ...facts, invitations: "opt_in" }, invite: true }, "link"],
  [
    "goes by credentials",
    { facts: { ...facts, invitations: "by_credential_mode" }, credentials: "specify_only" },
    "specify_only",
  ],
])("what people get to sign in where a profile %s", (_, patch, entry) => {
  expect(planOf(work(patch), state()).entry).toBe(entry);
});

test("who is here is not created", () => {
  expect(planOf(work({ here: here(), onExisting: "update" }), state())).toMatchObject({
    people: 3,
    here: { update: 2, refuse: 0 },
  });
});
