import { expect, test } from "vitest";
import { prefetchRange, RowCache } from "./rowCache";
import type { RowView } from "./validator";

const row = (position: number, first = "Ana"): RowView => ({
  position,
  row: position + 1,
  line: position + 2,
  status: "accepted",
  cells: { first_name: { value: first, issues: [] } },
  issues: [],
});

test("only rows that are not at hand are read", () => {
  const cache = new RowCache();
  cache.put([row(1), row(2)]);
  expect([...cache.missing([1, 2, 3, 4])]).toEqual([3, 4]);
});

test("a changed row keeps its text until the new one arrives", () => {
  const cache = new RowCache();
  cache.put([row(1)]);
  cache.invalidate([1]);
  expect(cache.get(1)?.cells.first_name?.value).toBe("Ana");
  expect([...cache.missing([1])]).toEqual([1]);
  cache.put([row(1, "Anna")]);
  expect(cache.get(1)?.cells.first_name?.value).toBe("Anna");
  expect([...cache.missing([1])]).toEqual([]);
});

test("rows that are not at hand need no second reading when they change", () => {
  const cache = new RowCache();
  cache.invalidate([7]);
  expect([...cache.missing([7])]).toEqual([7]);
});

test("the rows read longest ago make room", () => {
  const cache = new RowCache(3);
  cache.put([row(1), row(2), row(3)]);
  cache.put([row(1)]);
  cache.put([row(4)]);
  expect([1, 2, 3, 4].filter((position) => cache.get(position) !== undefined)).toEqual([1, 3, 4]);
});

test.each([
  { name: "downwards, two screens ahead", first: 100, last: 140, direction: 1 as const, range: [60, 220] },
  { name: "upwards, two screens ahead", first: 100, last: 140, direction: -1 as const, range: [20, 180] },
  { name: "at the top", first: 0, last: 40, direction: 1 as const, range: [0, 120] },
  { name: "at the end", first: 960, last: 1000, direction: 1 as const, range: [920, 1000] },
])("what is read ahead: $name", ({ first, last, direction, range }) => {
  const { from, to } = prefetchRange(first, last, direction, 1000);
  expect([from, to]).toEqual(range);
});
