import { expect, test } from "vitest";
import type { ImportRow } from "../api/client";
import { ApiProblem } from "../api/problem";
import type { ServerIssue } from "../api/types";
import { askWho, givesPasswords, type Here, type HereApi, personOf, tallyOf, toSend, withOwn } from "./here";

const people = [1, 2, 3].map((row) => ({
  row,
  name: "Ana",
  email: `a${row}@example.org`,
  grouped: row === 1,
  roled: true,
}));
const here: Here = { edits: 0, asked: 5, people, own: new Map() };

test("everyone is dealt with in one way, but for rows with a way of their own", () => {
  const own = withOwn(withOwn(here, 2, "update", "skip"), 3, "skip", "skip");
  expect([...own.own]).toEqual([[2, "update"]]);
  expect(tallyOf(own, "skip")).toEqual({ refuse: 0, skip: 2, update: 1, invite: 0, add_to_group: 0 });
  // Back to that of all others is no exception any more.
  expect(withOwn(own, 2, "skip", "skip").own.size).toBe(0);
});

test("a row is handed over with its own way, and the others as they are", () => {
  const own = withOwn(here, 2, "update", "skip");
  expect(toSend({ row: 2, email: "x" }, own, false)).toEqual({ row: 2, email: "x", on_existing: "update" });
  expect(toSend({ row: 1, email: "x" }, own, false)).toEqual({ row: 1, email: "x" });
  expect(toSend({ row: 2, email: "x" }, null, true)).toEqual({ row: 2, email: "x" });
});

test("passwords leave the browser only where those of the rows are to be used", () => {
  const row = { row: 1, email: "x", password: "violet anvil harbour" };
  expect(toSend(row, null, givesPasswords("specify_only"))).toEqual(row);
  for (const mode of ["link", "generate_and_mail"] as const)
    expect(toSend(row, null, givesPasswords(mode))).toEqual({ row: 1, email: "x" });
});

test.each<[string, ImportRow, string]>([
  ["both names", { row: 1, first_name: "Ana", last_name: "García", email: "a@example.org" }, "Ana García"],
  ["one name", { row: 1, first_name: "李", last_name: "", email: "a@example.org" }, "李"],
  ["a user name only", { row: 1, username: "ana", email: "a@example.org" }, "ana"],
])("a person is called by %s", (_, row, name) => expect(personOf(row).name).toBe(name));

const asked = (total: number) => ({
  total,
  profileHash: "h",
  read: async (start: number, n: number): Promise<ImportRow[]> =>
    Array.from({ length: Math.min(n, total - start) }, (_, at) => ({
      row: start + at + 1,
      email: `p${start + at + 1}`,
    })),
});

function server(answer: (rows: readonly ImportRow[], turn: number) => ServerIssue[]) {
  const calls: unknown[] = [];
  const api: HereApi = {
    tryImport: async (options, body) => {
      calls.push([options.on_existing, body.rows.length]);
      return { report: { rows: [] }, server: { issues: answer(body.rows, calls.length) } };
    },
  };
  return { api, calls };
}
const options = { profile: "modern", on_existing: "update" } as const;

test("the server is asked by the thousand, and who is here is told from what it refuses", async () => {
  const { api, calls } = server((rows) =>
    rows.flatMap(({ row }): ServerIssue[] =>
      Number(row) % 1000 === 1
        ? [{ row: Number(row), field: "email", code: "already_exists", severity: "skipped" }]
        : Number(row) === 2002
          ? [{ row: 2002, field: "email", code: "email_taken", severity: "error" }]
          : [],
    ),
  );
  const seen: number[] = [];
  const found = await askWho(asked(2500), options, (rows) => seen.push(rows), new AbortController().signal, api);
  expect(calls).toEqual([
    ["skip", 1000],
    ["skip", 1000],
    ["skip", 500],
  ]);
  expect(found.people.map(({ row, email }) => [row, email])).toEqual([
    [1, "p1"],
    [1001, "p1001"],
    [2001, "p2001"],
  ]);
  expect(found.refused.map(({ row, code }) => [row, code])).toEqual([[2002, "email_taken"]]);
  expect(seen.at(-1)).toBe(2500);
});

test("where one request fails, no further one is made", async () => {
  const { api, calls } = server((_rows, turn) => {
    if (turn === 2) throw new ApiProblem(409, { code: "rules_changed" });
    return [];
  });
  await expect(askWho(asked(20_000), options, () => {}, new AbortController().signal, api)).rejects.toMatchObject({
    code: "rules_changed",
  });
  expect(calls.length).toBeLessThan(6);
});
