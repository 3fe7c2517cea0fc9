import { expect, test } from "vitest";
import { beside, joined, propertyEntry, propertyText } from "./giving";
import type { RowView } from "./validator";

test.each([
  { name: "a group more", field: "groups", has: ["Day"], given: ["Night"], gets: ["Day", "Night"] },
  { name: "a group that is there", field: "groups", has: ["Day", "Night"], given: ["Day"], gets: ["Night", "Day"] },
  {
    name: "another value of a property",
    field: "properties",
    has: ["Desk=1", "Floor=2"],
    given: ["Desk=7"],
    gets: ["Floor=2", "Desk=7"],
  },
  { name: "a group with an equals sign", field: "groups", has: ["A=1"], given: ["A=2"], gets: ["A=1", "A=2"] },
])("beside what a row has: $name", ({ field, has, given, gets }) => expect(joined(field, has, given)).toEqual(gets));

test.each([
  [12, "Desk=12"],
  [true, "Desk=yes"],
  [["a", "b"], "Desk=a + b"],
  ["by the window", "Desk=by the window"],
] as const)("a property's value %j stands as %s", (value, entry) => {
  expect(propertyEntry("Desk", value as string)).toBe(entry);
  expect(propertyText(["Floor=1", entry], "Desk")).toBe(entry.slice(5));
});

test("a property that a row lacks has no text", () => expect(propertyText(["Floor=1"], "Desk")).toBeNull());

test("rows that have the same are given to at once, and those that lack nothing not at all", async () => {
  const groups = [["Day"], [], ["Night"], ["Day"], []];
  const session = {
    positions: async () => Uint32Array.from(groups.keys()),
    rows: async (positions: Uint32Array) =>
      [...positions].map(
        (position) =>
          ({ position, cells: { groups: { value: groups[position] ?? [], issues: [] } } }) as unknown as RowView,
      ),
  };
  expect(await beside(session, "groups", ["Night"], null)).toEqual([
    { field: "groups", values: ["Day", "Night"], positions: Uint32Array.of(0, 3) },
    { field: "groups", values: ["Night"], positions: Uint32Array.of(1, 4) },
  ]);
});
