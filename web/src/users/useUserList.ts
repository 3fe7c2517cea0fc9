import { useCallback } from "react";
import { api, type UserFilter } from "../api/client";
import { type Pages, type PagesOptions, usePages } from "../api/pages";
import type { User } from "../api/types";

/** A fresh first page: the whole list where it reaches as far as what is shown, else news for the rows that are shown. */
export function refreshed(shown: User[], first: User[], cursor: string | null) {
  if (cursor === null || first.length >= shown.length) return { items: first, cursor };
  const news = new Map(first.map((user) => [user.id, user]));
  return { items: shown.map((user) => news.get(user.id) ?? user) };
}

/** People register and mails come back while one looks. */
const options: PagesOptions<User> = { size: 100, poll: 5000, refreshed };

/** Users of a filter, page by page; kept fresh. */
export function useUserList(filter: UserFilter): Pages<User> {
  const key = JSON.stringify(filter);
  const fetchPage = useCallback(
    (cursor: string | undefined, signal: AbortSignal) =>
      api.users({ ...(JSON.parse(key) as UserFilter), limit: options.size, cursor }, signal),
    [key],
  );
  return usePages(fetchPage, options);
}
