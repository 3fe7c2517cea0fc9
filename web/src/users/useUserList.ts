import { useCallback, useEffect, useRef, useState } from "react";
import { api, type UserFilter } from "../api/client";
import { type ApiProblem, asProblem, isAbort } from "../api/problem";
import type { User } from "../api/types";

const PAGE = 100;
/** People register and mails come back while one looks: asked again this often, while the page is visible. */
const POLL = 5000;

type State =
  | { at: "loading" }
  | { at: "failed"; problem: ApiProblem }
  | { at: "loaded"; users: User[]; cursor: string | null; more: "idle" | "loading" | ApiProblem };

export interface UserList {
  state: State;
  more: () => void;
  reload: () => void;
  /** Shows a changed user at once, without asking for the list again. */
  patch: (user: User) => void;
}

/** Users of a filter, page by page; kept fresh by asking for the first page again. */
export function useUserList(filter: UserFilter): UserList {
  const key = JSON.stringify(filter);
  const [state, setState] = useState<State>({ at: "loading" });
  const [turn, setTurn] = useState(0);
  const busy = useRef<AbortController | null>(null);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is a wish to load again
  useEffect(() => {
    const abort = new AbortController();
    busy.current = abort;
    setState({ at: "loading" });
    const wanted = JSON.parse(key) as UserFilter;
    api.users({ ...wanted, limit: PAGE }, abort.signal).then(
      (page) => setState({ at: "loaded", users: page.items, cursor: page.next_cursor, more: "idle" }),
      (error) => {
        if (!isAbort(error)) setState({ at: "failed", problem: asProblem(error) });
      },
    );
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible") return;
      api.users({ ...wanted, limit: PAGE }, abort.signal).then(
        (page) => setState((old) => refreshed(old, page.items, page.next_cursor)),
        () => {
          // A missed refresh is made up for by the next; the list on screen is still right as of its time.
        },
      );
    }, POLL);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [key, turn]);

  const shown = useRef(state);
  shown.current = state;
  const more = useCallback(() => {
    const old = shown.current;
    if (old.at !== "loaded" || !old.cursor || old.more === "loading") return;
    const cursor = old.cursor;
    const signal = busy.current?.signal;
    // Only an answer for the place where the list still ends may be added to it.
    const stillThere = (now: State): now is State & { at: "loaded" } => now.at === "loaded" && now.cursor === cursor;
    setState((now) => (stillThere(now) ? { ...now, more: "loading" } : now));
    api.users({ ...(JSON.parse(key) as UserFilter), limit: PAGE, cursor }, signal).then(
      (page) => setState((now) => (stillThere(now) ? appended(now, page.items, page.next_cursor) : now)),
      (error) => {
        if (!isAbort(error)) setState((now) => (stillThere(now) ? { ...now, more: asProblem(error) } : now));
      },
    );
  }, [key]);

  const patch = useCallback((user: User) => {
    setState((old) =>
      old.at === "loaded" ? { ...old, users: old.users.map((u) => (u.id === user.id ? user : u)) } : old,
    );
  }, []);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  return { state, more, reload, patch };
}

function appended(old: State, users: User[], cursor: string | null): State {
  if (old.at !== "loaded") return old;
  const known = new Set(old.users.map((user) => user.id));
  return { ...old, users: [...old.users, ...users.filter((user) => !known.has(user.id))], cursor, more: "idle" };
}

/** A fresh first page: the whole list where there is only one page, else news for rows that are shown. */
export function refreshed(old: State, first: User[], cursor: string | null): State {
  if (old.at !== "loaded") return old;
  if (old.users.length <= PAGE && old.more !== "loading") return { ...old, users: first, cursor };
  const news = new Map(first.map((user) => [user.id, user]));
  return { ...old, users: old.users.map((user) => news.get(user.id) ?? user) };
}
