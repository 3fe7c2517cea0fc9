import { describe, expect, it } from "vitest";
import type { OrganizationSettings } from "../api/types";
import { countries } from "./countries";
import { complete, domainsOf, draftOf, numberOf, patchOf, primary } from "./draft";

const stored: OrganizationSettings = {
  id: "org_1",
  name: "Acme",
  default_country: "DE",
  created_at: "2026-11-21T09:00:00.000Z",
  counts: { users: 3, active: 1 },
  version: 7,
  mfa_required: false,
  password_policy: { min_length: 12, lockout_attempts: 10, lockout_minutes: 10, blocked_words: ["acme"] },
  credential_modes: ["specify_only", "link"],
  domains: ["acme.example"],
};
const before = draftOf(stored);

describe("only what was changed is sent", () => {
  it.each([
    ["nothing", {}, {}],
    ["a name with blanks", { name: " Acme Ltd " }, { name: "Acme Ltd" }],
    ["no country", { default_country: "" }, { default_country: null }],
    ["a mode", { credential_modes: ["link" as const] }, { credential_modes: ["link"] }],
    [
      "one number takes its policy along",
      { lockout_minutes: "60" },
      { password_policy: { ...stored.password_policy, lockout_minutes: 60 } },
    ],
    ["an empty line of domains is no change", { domains: ["acme.example", " "] }, {}],
    ["a domain as people type it", { domains: ["@Acme.Org"] }, { domains: ["acme.org"] }],
  ])("%s", (_, change, patch) => {
    expect(patchOf(before, { ...before, ...change })).toEqual(patch);
  });
});

describe("numbers within their limits", () => {
  it.each([
    ["min_length", "12", 12],
    ["min_length", "11", null],
    ["min_length", "64", 64],
    ["min_length", "65", null],
    ["lockout_attempts", " 3 ", 3],
    ["lockout_minutes", "1440", 1440],
    ["lockout_minutes", "4", null],
    ["lockout_minutes", "ten", null],
    ["lockout_minutes", "1e3", null],
    ["lockout_minutes", "", null],
  ] as const)("%s %j", (name, text, value) => {
    const draft = { ...before, [name]: text };
    expect(numberOf(draft, name)).toBe(value);
    expect(complete(draft)).toBe(value !== null);
  });
});

it("shows the modes in one order", () => {
  expect(before.credential_modes).toEqual(["link", "specify_only"]);
});

it("makes a domain the first", () => {
  expect(primary(["a", "b", "c"], 2)).toEqual(["c", "a", "b"]);
  expect(primary(["a"], 4)).toEqual(["a"]);
  expect(domainsOf([" A.example", ""])).toEqual(["a.example"]);
});

it("names countries once, by their present codes", () => {
  const all = countries();
  expect(all.find(({ id }) => id === "DE")?.name).toBe("Germany");
  for (const gone of ["DD", "SU", "YU", "EU", "ZZ"]) expect(all.map(({ id }) => id)).not.toContain(gone);
  expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
});
