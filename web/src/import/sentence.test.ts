import { describe, expect, test } from "vitest";
import { duration, type Plan, sentence, takenAway, timeLeft, visibleBlanks } from "./sentence";

const plan: Plan = {
  people: 500,
  kind: "end_user",
  organization: "Acme",
  invitations: "sent",
  expiresAfter: 24,
  mode: "atomic",
  onExisting: "refuse",
  refused: 0,
  removed: 3,
};

describe("what will happen", () => {
  test.each<{ name: string; plan: Partial<Plan>; says: string }>([
    {
      name: "as the console's specification has it",
      plan: {},
      says: "500 people will be created in Acme and get an invitation that expires 24 hours after its mail is sent. All or nothing. 3 rows that you removed are not among them.",
    },
    {
      name: "technicians of the whole deployment",
      plan: { kind: "technician", organization: null, removed: 0 },
      says: "500 technicians will be created and get an invitation that expires 24 hours after its mail is sent. All or nothing.",
    },
    {
      name: "one person",
      plan: { people: 1, removed: 1, expiresAfter: 336 },
      says: "1 person will be created in Acme and gets an invitation that expires 14 days after its mail is sent. All or nothing. 1 row that you removed is not among them.",
    },
    {
      name: "only the good rows",
      plan: { mode: "partial", refused: 7, removed: 0, onExisting: "skip" },
      says: "500 people will be created in Acme and get an invitation that expires 24 hours after its mail is sent. Rows that fail do not stop the others. People who are already here are skipped. 7 rows with problems stay behind.",
    },
    {
      name: "while rows are refused and it is all or nothing",
      plan: { refused: 7, removed: 0 },
      says: "500 people will be created in Acme and get an invitation that expires 24 hours after its mail is sent, once the 7 rows with problems are corrected or removed. All or nothing.",
    },
    {
      name: "without invitations",
      plan: { invitations: "not_sent", removed: 0 },
      says: "500 people will be created in Acme; no invitations are sent. All or nothing.",
    },
  ])("$name", ({ plan: change, says }) => {
    expect(sentence({ ...plan, ...change })).toBe(says);
  });
});

test.each([
  [1, "1 hour"],
  [24, "24 hours"],
  [36, "36 hours"],
  [48, "2 days"],
  [336, "14 days"],
])("%i hours are said as %s", (hours, says) => expect(duration(hours)).toBe(says));

test.each([
  [0.2, "1 second"],
  [7.1, "8 seconds"],
  [41, "45 seconds"],
  [61, "2 minutes"],
  [600, "10 minutes"],
])("%d seconds left are said as %s", (seconds, says) => expect(timeLeft(seconds)).toBe(says));

test.each([
  { name: "an apostrophe before", before: "'+44 20", after: "+44 20", taken: { lead: "'", tail: "" } },
  { name: "blanks at both ends", before: " Ana  ", after: "Ana", taken: { lead: " ", tail: "  " } },
  { name: "more than the ends", before: "Jose\u0301", after: "Jos\u00e9", taken: null },
  { name: "everything", before: " ", after: "", taken: null },
])("what a correction took away: $name", ({ before, after, taken }) => expect(takenAway(before, after)).toEqual(taken));

test("blanks that one does not see are shown", () => {
  expect(visibleBlanks(" Ana\u00a0Maria\u200b  ")).toBe("␣Ana␣Maria◦␣␣");
  expect(visibleBlanks("Ana Maria")).toBe("Ana Maria");
});
