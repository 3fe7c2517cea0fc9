import { expect, test } from "vitest";
import { profileFacts } from "./profile";

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
