import type { AuditFilter } from "../api/client";
import type { Id } from "../api/types";
import type { Patch } from "../router";

/** What the trail can be narrowed to beside an organization; each stands under its own name in the URL. */
export const FILTERS = ["actor", "target", "action", "from", "to"] as const;

const DAY = /^\d{4}-\d{2}-\d{2}$/;

/** The instant at which a day of the calendar begins for whoever looks at it, plus some days. */
function beginning(day: string, plus = 0): string | undefined {
  if (!DAY.test(day)) return undefined;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  const at = new Date(year, month - 1, date + plus);
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}

/** The trail that a URL shows. Days are whole days of the reader's own: `to` is shown with its evening. */
export function filterOf(search: URLSearchParams, organization: Id | undefined): AuditFilter {
  const filter: AuditFilter = {};
  const set = (name: keyof AuditFilter, value: string | null | undefined) => {
    if (value) filter[name] = value;
  };
  set("organization", organization);
  for (const name of ["actor", "target", "action"] as const) set(name, search.get(name));
  set("from", beginning(search.get("from") ?? ""));
  set("to", beginning(search.get("to") ?? "", 1));
  return filter;
}

export function isFiltered(search: URLSearchParams): boolean {
  return FILTERS.some((name) => search.has(name));
}

export function cleared(): Patch {
  return Object.fromEntries(FILTERS.map((name) => [name, null]));
}

/** The day so many days before that of `now`, by the reader's calendar. */
export function dayBefore(now: Date, days: number): string {
  const at = new Date(now.getFullYear(), now.getMonth(), now.getDate() - days);
  const two = (n: number) => String(n).padStart(2, "0");
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}-${two(at.getDate())}`;
}
