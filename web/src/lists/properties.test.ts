import { describe, expect, it } from "vitest";
import { consequence } from "./groups";
import { nameError } from "./names";
import { choicesOf, keyError, keyFor, moved, newProperty, pasted, twice } from "./properties";

describe("the key that a name suggests", () => {
  it.each([
    ["Cost centre", "cost_centre"],
    ["  Start date (EU) ", "start_date_eu"],
    ["Größe", "grosse"],
    ["2nd phone", "nd_phone"],
    ["№", "no"],
    ["部署", ""],
    ["x".repeat(60), "x".repeat(40)],
    [`${"x".repeat(39)} y`, "x".repeat(39)],
  ])("%j", (name, key) => {
    expect(keyFor(name)).toBe(key);
  });
});

it("each key stands for one property", () => {
  const entries = [{ id: "1", name: "Badge number", key: "badge", version: 1 }];
  expect(keyError(" badge ", entries)).toBe("“Badge number” has this key already.");
  expect(keyError("", entries)).toBe("Enter a key.");
  expect(keyError("badge_2", entries)).toBeUndefined();
});

describe("choices", () => {
  it("are sent without blanks and empty ones", () => {
    expect(choicesOf([" a ", "", "b"])).toEqual(["a", "b"]);
    expect(newProperty({ name: " Shift ", key: "shift", type: "choice", choices: ["Early ", ""] })).toEqual({
      name: "Shift",
      key: "shift",
      type: "choice",
      choices: ["Early"],
    });
  });

  it("are not sent where the type has none", () => {
    expect(newProperty({ name: "Badge", key: "badge", type: "text", choices: ["left over"] })).toEqual({
      name: "Badge",
      key: "badge",
      type: "text",
    });
  });

  it("each stands once", () => {
    expect(twice(["a", "b", " a"])).toBe("a");
    expect(twice(["a", "A", "", ""])).toBeNull();
  });

  it("a pasted column takes the place of the one it was pasted into", () => {
    expect(pasted(["first", "", "last"], 1, "two\nthree\r\n\n")).toEqual(["first", "two", "three", "last"]);
  });

  it("move by one place and stop at the ends", () => {
    expect(moved(["a", "b", "c"], 1, -1)).toEqual(["b", "a", "c"]);
    expect(moved(["a", "b", "c"], 2, 1)).toEqual(["a", "b", "c"]);
  });
});

describe("names of a list", () => {
  const entries = [
    { id: "1", name: "Hamburg", version: 1 },
    { id: "2", name: "Bremen", version: 1 },
  ];
  it.each([
    ["Berlin", undefined, undefined],
    ["  ", undefined, "Enter a name."],
    [" Hamburg ", undefined, "“Hamburg” is there already."],
    ["hamburg", undefined, undefined],
    ["Hamburg", entries[0], undefined],
    ["Bremen", entries[0], "“Bremen” is there already."],
  ])("%j", (name, self, error) => {
    expect(nameError(name, entries, self)).toBe(error);
  });
});

describe("what saving a group does at once", () => {
  const active = { name: "Field", active: true, modules: ["tickets"] };
  it.each([
    ["nothing for a new one", null, active, null],
    ["a new name", active, { ...active, name: "Field staff" }, null],
    ["deactivating", active, { ...active, active: false }, /lose/],
    ["activating", { ...active, active: false }, active, /get/],
    [
      "activating without modules",
      { name: "x", active: false, modules: [] },
      { name: "x", active: true, modules: [] },
      null,
    ],
    ["another module of an active one", active, { ...active, modules: [] }, /at once/],
    [
      "another module of an inactive one",
      { ...active, active: false },
      { ...active, active: false, modules: [] },
      null,
    ],
  ])("%s", (_, before, draft, expected) => {
    const said = consequence(before, draft);
    if (expected === null) expect(said).toBeNull();
    else expect(said).toMatch(expected);
  });
});
