import { describe, expect, test } from "vitest";
import { emptyDraft, patchOf, rebase, taking, type UserDraft } from "./draft";

const base: UserDraft = {
  ...emptyDraft,
  first_name: "Ana",
  last_name: "Meyer",
  email: "ana@example.com",
  phone: "+34612345678",
  roles: ["technician"],
  groups: ["grp_1", "grp_2"],
  properties: { badge: "7", remote: true },
};

describe("an edit sends", () => {
  test.each([
    ["nothing where nothing was changed", {}, {}],
    ["nothing for a list in another order", { groups: ["grp_2", "grp_1"] }, {}],
    ["only what was changed", { last_name: "Meyer-García" }, { last_name: "Meyer-García" }],
    ["null for an emptied phone", { phone: " " }, { phone: null }],
    ["only changed properties", { properties: { badge: "8", remote: true } }, { properties: { badge: "8" } }],
    ["null for an emptied property", { properties: { badge: "", remote: true } }, { properties: { badge: null } }],
    ["a property that is no", { properties: { badge: "7", remote: false } }, { properties: { remote: false } }],
    ["an emptied list as such", { groups: [] }, { groups: [] }],
    ["a scope", { organizations: ["org_1"] }, { organizations: ["org_1"] }],
  ] as [string, Partial<UserDraft>, object][])("%s", (_name, change, expected) => {
    expect(patchOf(base, { ...base, ...change })).toEqual(expected);
  });
});

describe("an edit that met another one", () => {
  test("keeps both where they touched different fields", () => {
    const mine = { ...base, last_name: "García" };
    const latest = { ...base, phone: "+49301234567", properties: { badge: "9", remote: true } };
    const { draft, theirs, both } = rebase(base, mine, latest);
    expect(draft).toEqual({ ...latest, last_name: "García" });
    expect(theirs.map((change) => change.field).sort()).toEqual(["phone", "properties.badge"]);
    expect(both).toEqual([]);
    expect(patchOf(latest, draft)).toEqual({ last_name: "García" });
  });

  test("says where both touched the same, and keeps one's own", () => {
    const { draft, both } = rebase(base, { ...base, phone: "" }, { ...base, phone: "+49301234567" });
    expect([draft.phone, both]).toEqual(["", ["phone"]]);
    expect(taking(draft, "phone", { ...base, phone: "+49301234567" }).phone).toBe("+49301234567");
  });

  test("has nothing to say where both did the same", () => {
    const same = { ...base, email: "ana.meyer@example.com" };
    expect(rebase(base, same, same).both).toEqual([]);
    expect(patchOf(same, rebase(base, same, same).draft)).toEqual({});
  });

  test("takes a property away again, though the other edit left it", () => {
    const mine = { ...base, properties: { remote: true } };
    const latest = { ...base, first_name: "Anna" };
    expect(patchOf(latest, rebase(base, mine, latest).draft)).toEqual({ properties: { badge: null } });
  });
});
