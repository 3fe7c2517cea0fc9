import { describe, expect, it } from "vitest";
import type { Role } from "../api/types";
import { byKind, grouped, inOrder, needed, readOnly, tick, untick } from "./permissions";

const all = new Set(["users.read", "users.write", "users.delete", "credentials.write", "roles.read", "roles.write"]);

describe("permissions in groups", () => {
  it("puts each under what it is about, and what is new under the last", () => {
    const groups = grouped([
      { name: "users.read", description: "See users." },
      { name: "users.delete", description: "Delete users." },
      { name: "credentials.write", description: "Reset." },
      { name: "lists.read", description: "See lists." },
      { name: "brand_new.read", description: "Something new." },
    ]);
    expect(groups.map(({ id, entries }) => [id, entries.map(({ name }) => name)])).toEqual([
      ["people", ["users.read", "users.delete", "credentials.write"]],
      ["access", ["lists.read"]],
      ["other", ["brand_new.read"]],
    ]);
    expect(groups[0]?.entries[1]).toEqual({ name: "users.delete", title: "Delete people", description: null });
    expect(groups.at(-1)?.entries[0]).toEqual({ name: "brand_new.read", title: "Something new.", description: null });
  });

  it.each([
    ["users.write", "users.read"],
    ["users.delete", "users.read"],
    ["credentials.write", "users.read"],
    ["invitations.write", "users.read"],
    ["users.read", null],
    ["api_keys.write", null],
    ["billing.read", null],
  ])("%s is of no use without %s", (name, need) => {
    expect(needed(name)).toBe(need);
  });
});

describe("ticking", () => {
  it.each([
    ["what it needs comes along", [], ["users.write"], all, ["users.write", "users.read"], ["users.read"]],
    ["what is there already does not", ["users.read"], ["users.write"], all, ["users.read", "users.write"], []],
    ["what one does not hold cannot be ticked", [], ["roles.write"], new Set(["users.read"]), [], []],
    ["nor does it come along", [], ["users.write"], new Set(["users.write"]), ["users.write"], []],
  ])("%s", (_, chosen, names, held, expected, also) => {
    expect(tick(chosen, names, held)).toEqual({ chosen: expected, also });
  });
});

describe("unticking", () => {
  it.each([
    [
      "what needs it goes along",
      ["users.read", "users.write", "roles.read"],
      ["users.read"],
      all,
      ["roles.read"],
      ["users.write"],
    ],
    ["what stands alone goes alone", ["users.read", "users.write"], ["users.write"], all, ["users.read"], []],
    [
      "what one does not hold stays",
      ["users.read", "users.delete"],
      ["users.read"],
      new Set(["users.read"]),
      ["users.delete"],
      [],
    ],
  ])("%s", (_, chosen, names, held, expected, also) => {
    expect(untick(chosen, names, held)).toEqual({ chosen: expected, also });
  });
});

it("keeps the server's order", () => {
  const order = [
    { name: "a", description: "" },
    { name: "b", description: "" },
  ];
  expect(inOrder(["new", "b", "a"], order)).toEqual(["a", "b", "new"]);
});

const role = (patch: Partial<Role>): Role => ({
  id: "role_1",
  name: "Desk",
  description: "",
  kinds: ["technician"],
  permissions: ["users.read"],
  built_in: false,
  assignable: true,
  organization_id: null,
  version: 1,
  in_use: null,
  ...patch,
});

describe("whether a role can be changed", () => {
  it.each([
    ["one's own to change", role({}), { may: true, held: all }, null],
    ["built in", role({ built_in: true }), { may: true, held: all }, "built-in"],
    ["without the permission", role({}), { may: false, held: all }, "may-not"],
    ["holding more than oneself", role({ permissions: ["audit.read"] }), { may: true, held: all }, "not-held"],
  ])("%s", (_, it, mine, why) => {
    expect(readOnly(it, mine)?.why ?? null).toBe(why);
  });

  it("lists each role once, under the first of its kinds", () => {
    const root = role({ id: "root", kinds: ["technician", "member"] });
    expect(byKind([root, role({ id: "m", kinds: ["member"] })])).toEqual([
      { kind: "technician", roles: [root] },
      { kind: "member", roles: [role({ id: "m", kinds: ["member"] })] },
    ]);
  });
});
