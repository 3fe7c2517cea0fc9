// The validator, asked in three ways.
import { builtInProfile, check as report, init, loadXlsx, Sheet, verdicts } from "@rollcall/validator";

/** The end-user profile, which stops at 100,000 rows, without that limit. */
function profile() {
  const { hash: _, ...profile } = JSON.parse(builtInProfile("end-user"));
  return JSON.stringify({ ...profile, limits: { rows: 1_000_000, bytes: 500_000_000 } });
}

export const load = init;
export const loadMore = loadXlsx;

/** A byte for each row, no more. */
export function check(bytes) {
  return { statuses: verdicts(bytes, profile()) };
}

let sheet;

/** A byte for each row, and the sheet kept for an editor: what is wrong is text when somebody looks at it. */
export function checkToSheet(bytes) {
  sheet?.free();
  sheet = Sheet.parse(bytes, profile());
  return { statuses: sheet.statuses() };
}

/** The whole report as objects. */
export function checkToReport(bytes) {
  return JSON.parse(report(bytes, profile()));
}

/** What is wrong, as the others name it: row, field, code. */
export function issues(bytes) {
  return checkToReport(bytes).rows.flatMap(({ row, issues }) => issues.map(({ field, code }) => [row - 1, field, code]));
}
