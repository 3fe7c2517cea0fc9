import { describe, expect, test } from "vitest";
import { cleared, dayBefore, filterOf, isFiltered } from "./filters";

const local = (year: number, month: number, day: number) => new Date(year, month - 1, day).toISOString();

describe("a URL shows a stretch of the trail", () => {
  test.each([
    ["all of it", "", {}],
    [
      "by who, to whom and what",
      "actor=usr_1&target=usr_2&action=user.updated&event=aud_1",
      { actor: "usr_1", target: "usr_2", action: "user.updated" },
    ],
    [
      "whole days, the last one with its evening",
      "from=2026-11-20&to=2026-11-21",
      { from: local(2026, 11, 20), to: local(2026, 11, 22) },
    ],
    ["over the end of a month", "to=2026-02-28", { to: local(2026, 3, 1) }],
    ["no time, where it is none", "from=yesterday", {}],
  ] as [string, string, object][])("%s", (_name, search, expected) => {
    expect(filterOf(new URLSearchParams(search), undefined)).toEqual(expected);
  });
});

test("an open event is no filter; clearing leaves it and the organization", () => {
  expect(isFiltered(new URLSearchParams("event=aud_1&organization=org_1"))).toBe(false);
  expect(Object.keys(cleared())).toEqual(["actor", "target", "action", "from", "to"]);
});

test("days are counted on the calendar", () => {
  expect(dayBefore(new Date(2026, 2, 1, 0, 30), 1)).toBe("2026-02-28");
  expect(dayBefore(new Date(2026, 10, 21, 23, 59), 0)).toBe("2026-11-21");
});
