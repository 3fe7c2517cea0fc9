import { expect, test } from "vitest";
import { byteLimitWords, profileFacts, profileNote } from "./profile";

const profile = JSON.stringify({
  id: "modern",
  kind: null,
  columns: [
    {
      field: "first_name",
      title: "First name",
      required: true,
      rule: { type: "text", min: 1, max: 150, allow: ["letters", "apostrophes", "curly_apostrophes"] },
    },
    { field: "email", title: "Email", required: true, rule: { type: "email", max: 64, unicode: false, edges: "" } },
    {
      field: "phone",
      title: "Phone",
      required: false,
      rule: { type: "phone", digits_and_blanks_only: true, national: false },
    },
    { field: "role", title: "Role", required: false, rule: { type: "list", list: "roles", multiple: true } },
    { field: "groups", title: "Groups", required: false, rule: { type: "list", list: "groups", multiple: true } },
  ],
  limits: { rows: 100000, bytes: 1 },
  modes: ["atomic", "partial"],
  invitation: { policy: "always", expires_after_hours: 336 },
  role: { required_at_commit: true },
  lists: [
    {
      name: "roles",
      open: false,
      items: [
        { id: "a", name: "Administrator" },
        { id: "v", name: "Viewer" },
      ],
    },
    { name: "groups", open: true, items: [] },
  ],
  default_country: "ES",
  kinds: [
    {
      kind: "technician",
      invitation: { policy: "always", expires_after_hours: 24 },
      role: { required_at_commit: false },
    },
  ],
});

test("columns are told with their rules; a list without entries is left out", () => {
  expect(profileFacts(profile, "end_user").columns.map(({ title, rule }) => `${title}: ${rule}`)).toEqual([
    "First name: Letters and apostrophes, at most 150 characters",
    "Email: Unaccented letters, digits and signs, at most 64 characters",
    "Phone: With + and country code, digits and blanks only",
    "Role: Administrator, Viewer (several are possible)",
  ]);
});

test("a profile for any kind is told as it is for the one asked for", () => {
  expect(profileFacts(profile, "end_user")).toMatchObject({ expiresAfterHours: 336, rolesRequired: true });
  expect(profileFacts(profile, "technician")).toMatchObject({ expiresAfterHours: 24, rolesRequired: false });
});

const portal = JSON.stringify({
  id: "portal-user",
  columns: [
    {
      field: "first_name",
      title: "User name",
      required: true,
      rule: { type: "text", min: 1, max: 150, allow: ["printable"] },
    },
    { field: "email", title: "Email", required: true, rule: { type: "email", max: 254, unicode: false, edges: "" } },
    { field: "groups", title: "Groups", required: true, rule: { type: "list", list: "groups", multiple: true } },
    {
      field: "site",
      title: "Site",
      required: false,
      rule: { type: "list", list: "sites", multiple: false },
      default: "HQ",
    },
    { field: "domain", title: "Domain", required: false, rule: { type: "secret", max: 9 }, default_first: true },
  ],
  limits: { rows: 500, bytes: 10485759 },
  lists: [
    { name: "sites", items: [{ name: "HQ" }, { name: "Lisbon" }] },
    { name: "groups", items: [] },
  ],
});

test("what stands for an empty cell is told, and that a required list has no entry yet", () => {
  expect(profileFacts(portal, "end_user").columns.map(({ title, rule }) => `${title}: ${rule}`)).toEqual([
    "User name: Any visible characters, at most 150 characters",
    "Email: Unaccented letters, digits and signs, at most 254 characters",
    "Groups: None exists yet",
    "Site: HQ, Lisbon; empty: HQ",
    "Domain: at most 9 characters; empty: the organization’s first",
  ]);
});

test("a role is not asked for where the sheet settles it", () => {
  const settled = (column: object) =>
    profileFacts(
      JSON.stringify({ role: { required_at_commit: true, column: "role" }, columns: [{ field: "role", ...column }] }),
      "end_user",
    ).roleSettled;
  expect([settled({}), settled({ required: true }), settled({ default: "Standard" })]).toEqual([false, true, true]);
});

test("rules are chosen by what they ask for", () => {
  expect(profileNote(profileFacts(portal, "end_user"))).toBe("Needs user name, email and groups.");
});

test.each([
  { bytes: 10_485_759, words: "under 10 MB" },
  { bytes: 10_485_760, words: "up to 10 MB" },
  { bytes: 52_428_800, words: "up to 50 MB" },
  { bytes: 1_572_864, words: "up to 1.5 MB" },
  { bytes: 204_800, words: "up to 200 KB" },
])("a file of $bytes bytes: $words", ({ bytes, words }) => {
  expect(byteLimitWords(bytes)).toBe(words);
});
