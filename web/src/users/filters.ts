import type { UserFilter } from "../api/client";
import type { Id } from "../api/types";
import type { Patch } from "../router";

/** What the list can be narrowed to beside a search; each stands under its own name in the URL. */
export const FILTERS = ["kind", "status", "invitation", "delivery", "role", "group"] as const;
/** Within each organization; nothing else is indexed, and sorting a page at a time would not be sorting. */
export const SORTS = ["name", "-name"] as const;
export type Sort = (typeof SORTS)[number];

/** By name where the URL says nothing, or something that is no order. */
export function sortOf(search: URLSearchParams): Sort {
  return SORTS.find((sort) => sort === search.get("sort")) ?? "name";
}

/** The list that a URL shows: the same filter for the page, its export and a colleague who gets the link. */
export function filterOf(search: URLSearchParams, organization: Id | undefined): UserFilter {
  const filter: UserFilter = {};
  const set = (name: keyof UserFilter, value: string | null | undefined) => {
    if (value) filter[name] = value;
  };
  set("organization", organization);
  set("q", search.get("q"));
  for (const name of FILTERS) set(name, search.get(name));
  const sort = sortOf(search);
  if (sort !== "name") filter.sort = sort;
  return filter;
}

/** Whether it shows fewer people than there are, apart from the chosen organization. */
export function isFiltered(search: URLSearchParams): boolean {
  return Boolean(search.get("q")) || FILTERS.some((name) => search.has(name));
}

/** Takes every filter away; the organization and the order stay. */
export function cleared(): Patch {
  return { q: null, ...Object.fromEntries(FILTERS.map((name) => [name, null])) };
}
