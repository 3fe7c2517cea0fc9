import type { Focus, SheetSession } from "./session";
import { cellText, type Issue, type RowView, valueText } from "./validator";

/** What many rows have in common: a suggestion that serves several of them, rows that seem to be no people. */
export interface Findings {
  readonly offers: readonly Offer[];
  readonly odd: readonly Odd[];
  /** A column that is refused in most rows, and for which nothing can be suggested: it may be another one. */
  readonly suspect: string | null;
  /** False where not every problem was looked at, there being very many. */
  readonly complete: boolean;
}

/** A kind of suggestion in a column. */
export interface Offer {
  readonly code: string;
  readonly field: string;
  /** How many rows have it. */
  readonly rows: number;
  /** The first of them. */
  readonly at: Focus;
  readonly before: string;
  readonly after: string;
  /** What the validator says of it. */
  readonly message: string;
}

/** Rows that seem to be no people, by what is said of them. */
export interface Odd {
  readonly code: string;
  readonly positions: Uint32Array;
  /** As many of their numbers as are named. */
  readonly numbers: readonly number[];
}

export const nothingFound: Findings = { offers: [], odd: [], suspect: null, complete: true };

/** Codes of rows that are left out rather than corrected. */
const ODD = ["looks_like_total", "header_repeated"];
const NAMED = 4;
/** Says nothing about the column. */
const TWICE = "duplicate_in_file";
/** Fewer bad cells are just bad cells. */
const FEW = 4;
/** So many of the first and last refused rows are looked at: totals stand at the end. */
const FIRST = 1500;
const LAST = 500;

/** Valid, but very likely not what was meant: a person may say that it is. */
const DOUBTFUL = ["email_domain_typo", "names_swapped", "full_name_in_one_cell"];

/** Whether what was typed can stand although something else is suggested. */
export function isDoubt(issue: Issue | undefined): boolean {
  return issue !== undefined && DOUBTFUL.includes(issue.code);
}

/** What a refused cell would be corrected to, if a person says so. */
export function suggestion(issues: readonly Issue[]): Issue | undefined {
  return issues.find((issue) => issue.severity === "error" && issue.correction !== null);
}

/** What a suggestion changes, in words: of the names of a person both, though only one cell says it. */
export function changeOf(row: RowView, field: string, issue: Issue): { before: string; after: string } {
  const { first_name: first, last_name: last } = issue.params;
  if (typeof first === "string" && typeof last === "string") {
    const names = [row.cells.first_name, row.cells.last_name].map(cellText).filter((name) => name !== "");
    return { before: names.join(" · "), after: `${first} · ${last}` };
  }
  return { before: cellText(row.cells[field]), after: valueText(issue.correction ?? "") };
}

/** `total`: how many rows the sheet has; `share`: which part of its problems these rows are. */
export function findingsOf(rows: Iterable<RowView>, total: number, share = 1): Findings {
  const bad = new Map<string, number>();
  const offers = new Map<string, Offer>();
  const odd = new Map<string, { code: string; positions: number[]; numbers: number[] }>();
  for (const row of rows) {
    for (const { code } of row.issues ?? []) {
      if (!ODD.includes(code)) continue;
      const found = odd.get(code) ?? { code, positions: [], numbers: [] };
      found.positions.push(row.position);
      if (found.numbers.length < NAMED) found.numbers.push(row.row);
      odd.set(code, found);
    }
    // What is said of two cells at once, such as swapped names, is one suggestion.
    const counted = new Set<string>();
    const offered = Object.values(row.cells).some((cell) => suggestion(cell.issues) !== undefined);
    for (const [field, cell] of Object.entries(row.cells)) {
      const issue = suggestion(cell.issues);
      const wrong = cell.issues.some(({ severity, code }) => severity === "error" && code !== TWICE);
      if (!offered && wrong) bad.set(field, (bad.get(field) ?? 0) + 1);
      if (issue === undefined || counted.has(issue.code)) continue;
      counted.add(issue.code);
      const key = `${issue.code} ${field}`;
      const known = offers.get(key) ?? {
        code: issue.code,
        field,
        rows: 0,
        at: { position: row.position, field },
        ...changeOf(row, field, issue),
        message: issue.message,
      };
      offers.set(key, { ...known, rows: known.rows + 1 });
    }
  }
  return {
    offers: [...offers.values()].sort((a, b) => b.rows - a.rows),
    odd: [...odd.values()].map((found) => ({ ...found, positions: Uint32Array.from(found.positions) })),
    suspect: [...bad].find(([, n]) => n >= FEW && (n * 2) / share > total)?.[0] ?? null,
    complete: share === 1,
  };
}

/** Looks through the refused rows. */
export async function readFindings(session: SheetSession): Promise<Findings> {
  const problems = await session.problems();
  const { rows } = session.snapshot().counts;
  if (problems.length <= FIRST + LAST) return findingsOf(await session.rows(problems), rows);
  const ends = Uint32Array.from([...problems.subarray(0, FIRST), ...problems.subarray(-LAST)]);
  return findingsOf(await session.rows(ends), rows, ends.length / problems.length);
}
