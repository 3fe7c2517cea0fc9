import { expect, test } from "vitest";
import { findingsOf } from "./findings";
import type { Issue, RowView } from "./validator";

const issue = (code: string, correction: string | null = null): Issue => ({
  field: null,
  code,
  severity: "error",
  params: {},
  message: code,
  correction,
});
const row = (position: number, cells: Record<string, [string, Issue?]>, ...issues: Issue[]): RowView => ({
  position,
  row: position + 1,
  line: position + 2,
  status: "refused",
  cells: Object.fromEntries(
    Object.entries(cells).map(([field, [value, one]]) => [field, { value, issues: one === undefined ? [] : [one] }]),
  ),
  issues,
});
const typo = (at: number) => row(at, { email: [`p${at}@gmial.com`, issue("email_domain_typo", `p${at}@gmail.com`)] });

test("what serves several rows is offered once, the most frequent first", () => {
  const lost = row(7, { phone: ["491511", issue("phone_plus_lost", "+491511")] });
  const { offers } = findingsOf([lost, typo(3), typo(9)], 20);
  expect(offers.map(({ code, rows, before, after }) => [code, rows, before, after])).toEqual([
    ["email_domain_typo", 2, "p3@gmial.com", "p3@gmail.com"],
    ["phone_plus_lost", 1, "491511", "+491511"],
  ]);
  expect(offers[0]?.at).toEqual({ position: 3, field: "email" });
});

test("swapped names are one suggestion, though both cells say it", () => {
  const swapped = row(0, {
    first_name: ["Smith", issue("names_swapped", "Alice")],
    last_name: ["Alice", issue("names_swapped", "Smith")],
  });
  expect(findingsOf([swapped], 20).offers.map(({ field, rows }) => [field, rows])).toEqual([["first_name", 1]]);
});

test("where it is about both names of a person, both are shown", () => {
  const about = (code: string) => ({ ...issue(code, "Cy"), params: { first_name: "Cy", last_name: "Odd" } });
  const swapped = row(0, { first_name: ["Odd", about("names_swapped")], last_name: ["Cy"] });
  const whole = row(1, { first_name: ["Cy Odd", about("full_name_in_one_cell")], last_name: [""] });
  expect(findingsOf([swapped, whole], 20).offers.map(({ before, after }) => `${before} → ${after}`)).toEqual([
    "Odd · Cy → Cy · Odd",
    "Cy Odd → Cy · Odd",
  ]);
});

test("a problem without a suggestion is no offer, a warning with one neither", () => {
  const warning: Issue = { ...issue("blanks_trimmed", "Ana"), severity: "warning" };
  expect(
    findingsOf([row(0, { email: ["bad", issue("email_not_valid")], first_name: ["Ana ", warning] })], 20).offers,
  ).toEqual([]);
});

test("totals and repeated titles are gathered; the first of their numbers are named", () => {
  const totals = Array.from({ length: 6 }, (_, at) => row(at * 10, {}, issue("looks_like_total")));
  const { odd } = findingsOf(
    [...totals, row(5, {}, issue("header_repeated")), row(6, {}, issue("too_many_cells"))],
    99,
  );
  expect(odd.map(({ code, positions, numbers }) => [code, [...positions], numbers])).toEqual([
    ["looks_like_total", [0, 10, 20, 30, 40, 50], [1, 11, 21, 31]],
    ["header_repeated", [5], [6]],
  ]);
});

test.each([
  { name: "most of its values are wrong", bad: 6, total: 10, code: "phone_not_valid", suspect: "phone" },
  { name: "half of them are", bad: 5, total: 10, code: "phone_not_valid", suspect: null },
  { name: "there are few rows", bad: 3, total: 3, code: "phone_not_valid", suspect: null },
  { name: "they are right, but twice there", bad: 10, total: 10, code: "duplicate_in_file", suspect: null },
])("a column is doubted: $name", ({ bad, total, code, suspect }) => {
  const rows = Array.from({ length: bad }, (_, at) => row(at, { phone: ["x", issue(code)] }));
  expect(findingsOf(rows, total).suspect).toBe(suspect);
});

test("a column that is empty because of the one beside it is not doubted", () => {
  const rows = Array.from({ length: 9 }, (_, at) =>
    row(at, { first_name: ["Ann Lee", issue("full_name_in_one_cell", "Ann")], last_name: ["", issue("required")] }),
  );
  expect(findingsOf(rows, 10).suspect).toBeNull();
});

test("of very many problems only some are looked at, and it is said", () => {
  const rows = Array.from({ length: 100 }, (_, at) => row(at, { phone: ["x", issue("phone_not_valid")] }));
  expect(findingsOf(rows, 1000, 0.1)).toMatchObject({ suspect: "phone", complete: false });
});
