import { describe, expect, test } from "vitest";
import type { ImportProfile, Organization, UserKind } from "../api";
import { choiceOf, kindsFor, profilesFor, whomOf } from "./choice";

const profile = (id: string, kind: ImportProfile["kind"]): ImportProfile => ({
  id,
  kind,
  name: id,
  version: 1,
  hash: "h",
  base: null,
  organization_id: null,
});
const organization = (id: string) => ({ id, name: id.toUpperCase() }) as Organization;
const both: UserKind[] = ["technician", "end_user"];
const acme = organization("acme");
const globex = organization("globex");

describe("who is imported, and where", () => {
  test.each([
    { name: "nothing said", search: "", organizations: [acme, globex], kind: "technician", where: null },
    {
      name: "an organization chosen",
      search: "organization=globex",
      organizations: [acme, globex],
      kind: "end_user",
      where: "globex",
    },
    {
      name: "technicians, whatever organization is chosen",
      search: "kind=technician&organization=acme",
      organizations: [acme],
      kind: "technician",
      where: null,
    },
    {
      name: "end users of the only organization",
      search: "kind=end_user",
      organizations: [acme],
      kind: "end_user",
      where: "acme",
    },
    {
      name: "end users, nobody knows where yet",
      search: "kind=end_user",
      organizations: [acme, globex],
      kind: "end_user",
      where: null,
    },
    {
      name: "an organization that one cannot see",
      search: "organization=other",
      organizations: [acme, globex],
      kind: "end_user",
      where: null,
    },
  ])("$name", ({ search, organizations, kind, where }) => {
    const whom = whomOf(new URLSearchParams(search), both, organizations);
    expect([whom.kind, whom.organization?.id ?? null]).toEqual([kind, where]);
  });

  test("who belongs to one organization imports its people only", () => {
    const kinds = kindsFor(["acme"]);
    expect(kinds).toEqual(["end_user"]);
    expect(whomOf(new URLSearchParams("kind=technician"), kinds, [acme]).kind).toBe("end_user");
  });
});

test("members are offered where there are rules for them", () => {
  const rules = [profile("modern", "any"), profile("member", "member")];
  expect(kindsFor("all", rules)).toEqual(["technician", "end_user", "member"]);
  expect(kindsFor(["acme"], rules)).toEqual(["end_user", "member"]);
  expect(kindsFor("all", [profile("modern", "any")])).toEqual(["technician", "end_user"]);
});

test("the rules that take names as they are come first; those for another kind not at all", () => {
  const profiles = [profile("technician", "technician"), profile("end-user", "end_user"), profile("modern", "any")];
  expect(profilesFor(profiles, "end_user").map(({ id }) => id)).toEqual(["modern", "end-user"]);
  const whom = whomOf(new URLSearchParams("organization=acme"), both, [acme]);
  expect(choiceOf(new URLSearchParams("profile=end-user"), whom, profiles).profile?.id).toBe("end-user");
  expect(choiceOf(new URLSearchParams("profile=technician"), whom, profiles).profile?.id).toBe("modern");
});
