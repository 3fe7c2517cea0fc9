import { expect, test } from "vitest";
import type { Import, ImportReport, ServerIssue } from "../api/types";
import { doneRows, logText, refusedRows, reportTable, wholeReport } from "./report";
import { csvCell } from "./sheetText";

const answer: ImportReport = {
  report: {
    rows: [
      {
        row: 3,
        values: { email: "ana@example.com", phone: "12" },
        issues: [
          { field: "phone", code: "phone_not_valid", severity: "error" },
          { field: "email", code: "blanks_trimmed", severity: "warning" },
        ],
      },
    ],
  },
  server: {
    issues: [
      { row: 9, field: "email", code: "already_exists", severity: "skipped", detail: "this person is here already" },
      { row: 1, field: "email", code: "email_taken", severity: "error", detail: "taken" },
      {
        row: 4,
        field: "email",
        code: "duplicate_in_import",
        severity: "error",
        detail: "row 2 of this import has the same",
      },
    ],
  },
};

test("refused rows come by row, from validator and server, without what was only corrected", () => {
  expect(refusedRows(answer)).toEqual([
    {
      row: 1,
      field: "email",
      code: "email_taken",
      value: null,
      reason: "This address belongs to somebody already.",
      leftOut: false,
    },
    { row: 3, field: "phone", code: "phone_not_valid", value: "12", reason: "Phone not valid.", leftOut: false },
    {
      row: 4,
      field: "email",
      code: "duplicate_in_import",
      value: null,
      reason: "Row 2 of this import has the same.",
      leftOut: false,
    },
    {
      row: 9,
      field: "email",
      code: "already_exists",
      value: null,
      reason: "This person is here already and was left out.",
      leftOut: true,
    },
  ]);
});

test("what was done to who was here before is no refusal", () => {
  const here = ["updated", "invited", "added_to_group"].map((severity, at) => ({
    row: at + 1,
    field: "email",
    code: "already_exists",
    severity: severity as ServerIssue["severity"],
  }));
  const answer = { report: {}, server: { issues: [...here, { row: 9, field: "email", code: "own_account" }] } };
  expect(refusedRows(answer).map(({ row, reason }) => [row, reason])).toEqual([
    [9, "This is your own account; somebody else has to change it."],
  ]);
  expect(doneRows(answer).map(({ row, what }) => `${row}: ${what}`)).toEqual([
    "1: Was here already and is updated.",
    "2: Was here already and is invited again.",
    "3: Was here already and is added to groups.",
  ]);
});

test("a report that could not be read has no rows", () => {
  expect(refusedRows({ report: undefined, server: { issues: [] } })).toEqual([]);
});

test("a large report is read page by page", async () => {
  const asked: (number | undefined)[] = [];
  const { refused, undo } = await wholeReport(async (from) => {
    asked.push(from);
    const issues = [{ row: (from ?? 0) + 1, field: "email", code: "email_taken" }];
    const undo = { removed: 9, stayed: [{ row: (from ?? 0) + 2, user_id: "u", reason: "registered" }] };
    return { report: { rows: [] }, server: { issues }, undo, ...(from === 200 ? {} : { next_row: (from ?? 0) + 100 }) };
  });
  expect(asked).toEqual([undefined, 100, 200]);
  expect(refused.map(({ row }) => row)).toEqual([1, 101, 201]);
  expect(undo?.removed).toBe(9);
  expect(undo?.stayed.map(({ row }) => row)).toEqual([2, 102, 202]);
});

test("the log says what happened and names each row with its reason", () => {
  const done = {
    id: "imp_1",
    status: "rejected",
    created_at: "2026-11-21T09:00:00.000Z",
    finished_at: null,
    counts: { rows: 500, imported: 0, skipped: 0, failed: 1 },
  } as Import;
  expect(logText(done, refusedRows(answer).slice(0, 2), [{ row: 2, what: "Updated." }], (field) => field)).toBe(
    [
      "Import imp_1",
      "Started: 2026-11-21T09:00:00.000Z",
      "Status: rejected",
      "Rows: 500, Imported: 0, Skipped: 0, Failed: 1",
      "Row 1, email: This address belongs to somebody already.",
      "Row 2: Updated.",
      "Row 3, phone (12): Phone not valid.",
    ].join("\n"),
  );
});

test("the report for a spreadsheet has a line per reason", () => {
  expect(reportTable(refusedRows(answer), (field) => field.toUpperCase())[2]).toEqual([
    "3",
    "PHONE",
    "12",
    "phone_not_valid",
    "Phone not valid.",
  ]);
});

test.each([
  { cell: "Ana", csv: "Ana" },
  { cell: "+34 612", csv: "'+34 612" },
  { cell: '=HYPERLINK("x")', csv: '"\'=HYPERLINK(""x"")"' },
  { cell: "-1", csv: "'-1" },
  { cell: "@x", csv: "'@x" },
  { cell: "a,b", csv: '"a,b"' },
  { cell: "two\nlines", csv: '"two\nlines"' },
])("a spreadsheet takes $cell for text", ({ cell, csv }) => expect(csvCell(cell)).toBe(csv));
