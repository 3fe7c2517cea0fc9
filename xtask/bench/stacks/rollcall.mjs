// The validator. Like the others it is asked for a byte for each row, and keeps the sheet; what is wrong with which row is
// text when somebody looks at it.
import { builtInProfile, check as report, init, loadXlsx, Sheet } from "@rollcall/validator";

/** The end-user profile, which stops at 100,000 rows, without that limit. */
function profile() {
  const { hash: _, ...profile } = JSON.parse(builtInProfile("end-user"));
  return JSON.stringify({ ...profile, limits: { rows: 1_000_000, bytes: 500_000_000 } });
}

export const load = init;
export const loadMore = loadXlsx;

let sheet;

export function check(bytes) {
  sheet?.free();
  sheet = Sheet.parse(bytes, profile());
  return { statuses: sheet.statuses() };
}

/** The whole report as objects, as a program wants it that has no use for the sheet. */
export function checkToReport(bytes) {
  return JSON.parse(report(bytes, profile()));
}

/** What is wrong, as the others name it: row, field, code. */
export function issues(bytes) {
  return checkToReport(bytes).rows.flatMap(({ row, issues }) => issues.map(({ field, code }) => [row - 1, field, code]));
}
