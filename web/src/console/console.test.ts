// @vitest-environment happy-dom
import { describe, expect, test } from "vitest";
import { ApiProblem } from "../api/problem";
import { withSearch } from "../router";
import { relativeTime } from "../ui/time";
import { matches } from "./CommandPalette";
import { initials } from "./Frame";
import { routeOf } from "./routes";

describe("times", () => {
  const now = Date.parse("2026-11-21T12:00:00Z");
  test.each([
    ["this very minute", "2026-11-21T12:00:30Z", "just now"],
    ["never more than is left", "2026-11-21T13:59:00Z", "in 1 h"],
    ["minutes", "2026-11-21T11:55:00Z", "5 min ago"],
    ["one day", "2026-11-22T13:00:00Z", "in 1 day"],
    ["weeks are days", "2026-12-05T12:00:00Z", "in 14 days"],
    ["months", "2026-08-21T12:00:00Z", "3 months ago"],
  ])("%s", (_name, at, expected) => {
    expect(relativeTime(new Date(at), now)).toBe(expected);
  });
});

describe("the command palette finds", () => {
  test.each([
    ["by the beginning of a word", "Import users", "us", true],
    ["by several beginnings in any order", "Roles & groups", "gr ro", true],
    ["not by the middle of a word", "Import users", "port", false],
    ["everything by nothing", "Settings", "", true],
  ] as [string, string, string, boolean][])("%s", (_name, title, query, expected) => {
    expect(matches(title, query)).toBe(expected);
  });
});

test("a route holds what stands under it, and no more", () => {
  expect(routeOf("/import/check")?.path).toBe("/import");
  expect(routeOf("/imports/i_1")?.path).toBe("/imports");
  expect(routeOf("/importance")).toBeUndefined();
});

test("parameters are changed in place and taken away by null", () => {
  expect(withSearch({ user: null, q: "a b" }, "/users", "?user=1&kind=technician")).toBe(
    "/users?kind=technician&q=a+b",
  );
  expect(withSearch({ q: "" }, "/users", "?q=x")).toBe("/users");
});

test("initials are of whole characters", () => {
  expect(initials("Ana Meyer")).toBe("AM");
  expect(initials("😀 x")).toBe("😀X");
});

test("an answer that is no problem document still makes a problem", async () => {
  const problem = await ApiProblem.from(new Response("<html>", { status: 502 }));
  expect([problem.code, problem.status, problem.transient, problem.errors]).toEqual(["http_502", 502, true, []]);
});
