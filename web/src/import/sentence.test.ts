import { describe, expect, test } from "vitest";
import { buttonWords, duration, type Plan, sentence, takenAway, timeLeft, visibleBlanks } from "./sentence";

const plan: Plan = {
  people: 500,
  kind: "end_user",
  organization: "Acme",
  entry: "link",
  expiresAfter: 24,
  mode: "atomic",
  onExisting: "refuse",
  here: null,
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
      says: "500 people will be created in Acme and get an invitation that expires 24 hours after its mail is sent. People who are already here are skipped. Rows that fail do not stop the others. 7 rows with problems stay behind.",
    },
    {
      name: "while rows are refused and it is all or nothing",
      plan: { refused: 7, removed: 0 },
      says: "500 people will be created in Acme and get an invitation that expires 24 hours after its mail is sent, once the 7 rows with problems are corrected or removed. All or nothing.",
    },
    {
      name: "without invitations",
      plan: { entry: "not_sent", removed: 0 },
      says: "500 people will be created in Acme; no invitations are sent. All or nothing.",
    },
    {
      name: "with generated passwords",
      plan: { people: 2, entry: "generate_and_mail", removed: 0 },
      says: "2 people will be created in Acme and get a generated password by mail, which they change when they first sign in. All or nothing.",
    },
    {
      name: "with passwords that nobody mails",
      plan: { people: 1, entry: "specify_only", removed: 0 },
      says: "1 person will be created in Acme and signs in with the password of their row, which is not mailed and is changed at the first sign-in. All or nothing.",
    },
    {
      name: "some of whom are here already, dealt with in several ways",
      plan: { people: 3, removed: 0, here: { refuse: 0, skip: 1, update: 400, invite: 11, add_to_group: 0 } },
      says: "3 people will be created in Acme and get an invitation that expires 24 hours after its mail is sent. 1 person who is already here is skipped, 400 are updated and 11 are invited again unless they have registered. All or nothing.",
    },
    {
      name: "nobody of whom is new",
      plan: { people: 0, removed: 0, here: { refuse: 0, skip: 0, update: 0, invite: 0, add_to_group: 12 } },
      says: "Nobody new is created. 12 people who are already here are added to the groups of their rows. All or nothing.",
    },
    {
      name: "some of whom count as a problem",
      plan: {
        people: 3,
        mode: "partial",
        removed: 0,
        here: { refuse: 2, skip: 0, update: 0, invite: 0, add_to_group: 0 },
      },
      says: "3 people will be created in Acme and get an invitation that expires 24 hours after its mail is sent. 2 rows of people who are already here stay behind. Rows that fail do not stop the others.",
    },
  ])("$name", ({ plan: change, says }) => {
    expect(sentence({ ...plan, ...change })).toBe(says);
  });
});

test.each<[string, Partial<Plan>, string]>([
  ["nobody was looked for", {}, "Import 500 people"],
  [
    "some are updated",
    { people: 3, here: { refuse: 0, skip: 9, update: 400, invite: 0, add_to_group: 1 } },
    "Import 3 people, update 400, add 1 to groups",
  ],
  [
    "nobody is new",
    { people: 0, here: { refuse: 0, skip: 0, update: 0, invite: 12, add_to_group: 0 } },
    "Invite 12 people again",
  ],
  [
    "everybody is skipped",
    { people: 0, here: { refuse: 0, skip: 12, update: 0, invite: 0, add_to_group: 0 } },
    "Import nobody",
  ],
])("the button says what it does where %s", (_, change, says) =>
  expect(buttonWords({ ...plan, ...change })).toBe(says),
);

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
