import { describe, expect, test } from "vitest";
import { cleared, filterOf, isFiltered, sortOf } from "./filters";

describe("a URL shows a list", () => {
  test.each([
    ["all of it", "", undefined, {}],
    ["of the chosen organization", "", "org_1", { organization: "org_1" }],
    [
      "searched and filtered",
      "q=ana&kind=technician&status=locked_out&group=grp_1&user=usr_1&tab=access",
      undefined,
      { q: "ana", kind: "technician", status: "locked_out", group: "grp_1" },
    ],
    ["in another order", "sort=-name", undefined, { sort: "-name" }],
    ["by name, where the order is unknown", "sort=shoe_size", undefined, {}],
  ] as [string, string, string | undefined, object][])("%s", (_name, search, organization, expected) => {
    expect(filterOf(new URLSearchParams(search), organization)).toEqual(expected);
  });
});

test("an order and an open row are no filter; a search is", () => {
  expect(isFiltered(new URLSearchParams("sort=-name&user=usr_1"))).toBe(false);
  expect(isFiltered(new URLSearchParams("q=a"))).toBe(true);
  expect(sortOf(new URLSearchParams("sort=-name"))).toBe("-name");
});

test("clearing takes every filter and leaves the order", () => {
  const search = new URLSearchParams("q=a&kind=member&status=active&sort=-name&organization=org_1");
  for (const [name, value] of Object.entries(cleared())) if (value === null) search.delete(name);
  expect(search.toString()).toBe("sort=-name&organization=org_1");
});
