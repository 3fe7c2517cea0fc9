import { describe, expect, test } from "vitest";
import { changesOf, difference } from "./changes";

describe("what an event changed", () => {
  test.each([
    ["one value of many", { phone: null, name: "A" }, { phone: "+34", name: "A" }, ["phone: undefined → +34"]],
    [
      "nested values by their paths",
      { invitation: { status: "pending", n: 1 } },
      { invitation: { status: "expired", n: 1 } },
      ["invitation.status: pending → expired"],
    ],
    [
      "a value that is only on one side",
      { a: 1 },
      { a: 1, properties: { badge: "7" } },
      ["properties.badge: undefined → 7"],
    ],
    ["something that is gone", { a: 1 }, null, ["a: 1 → undefined"]],
    ["something that was made, without its empty values", null, { a: 1, b: null, c: [], d: "" }, ["a: undefined → 1"]],
    ["nothing: a list in another order", { roles: ["x", "y"] }, { roles: ["y", "x"] }, []],
    ["false is a value", { all: true }, { all: false }, ["all: true → false"]],
    ["plain values", "pending", "sent", [": pending → sent"]],
  ] as [string, unknown, unknown, string[]][])("%s", (_name, before, after, expected) => {
    const said = changesOf(before, after).map(
      (c) => `${c.field}: ${c.before ?? "undefined"} → ${c.after ?? "undefined"}`,
    );
    expect(said).toEqual(expected);
  });
});

test("what a person looks for first stands first, the rest as it comes", () => {
  const after = { all_module_access: true, courses: ["c"], email: "a@b", first_name: "A", roles: ["r"] };
  const fields = changesOf(null, after).map((change) => change.field);
  expect(fields).toEqual(["first_name", "email", "roles", "all_module_access", "courses"]);
});

describe("what a list gained and lost", () => {
  test.each([
    ["both", ["a", "b"], ["b", "c"], { added: ["c"], removed: ["a"] }],
    ["all of it, where there was none", null, ["a"], { added: ["a"], removed: [] }],
    ["no list at all", "all", ["a"], null],
  ] as [string, unknown, unknown, unknown][])("%s", (_name, before, after, expected) => {
    expect(difference(before, after)).toEqual(expected);
  });
});
