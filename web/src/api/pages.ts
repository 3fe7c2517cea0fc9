import { useCallback, useEffect, useRef, useState } from "react";
import { type ApiProblem, asProblem, isAbort } from "./problem";
import type { Id, Page } from "./types";

export type More = "idle" | "loading" | ApiProblem;

export type PagesState<T> =
  | { at: "loading" }
  | { at: "failed"; problem: ApiProblem }
  | { at: "loaded"; items: T[]; cursor: string | null; more: More };

export interface Pages<T> {
  state: PagesState<T>;
  more: () => void;
  reload: () => void;
  /** Shows a changed item at once, without asking for the list again. */
  patch: (item: T) => void;
  /** Takes an item that is gone off the list. */
  drop: (id: Id) => void;
}

export interface PagesOptions<T> {
  /** So many are wanted at once. */
  size: number;
  /** The first page is asked for again this often in milliseconds, while the page is visible. */
  poll: number;
  /** What a fresh first page makes of what is shown. */
  refreshed: (shown: T[], first: T[], cursor: string | null) => { items: T[]; cursor?: string | null };
}

/**
 * A list, page by page, kept fresh. An answer may be short, or even empty, and still have a next one (the server reads
 * only so much at once): it is asked on until there is a page, showing what was found on the way. `fetchPage` and
 * `options` must be stable; a new `fetchPage` is a new list.
 */
export function usePages<T extends { id: Id }>(
  fetchPage: (cursor: string | undefined, signal: AbortSignal) => Promise<Page<T>>,
  options: PagesOptions<T>,
): Pages<T> {
  const [state, setState] = useState<PagesState<T>>({ at: "loading" });
  const [turn, setTurn] = useState(0);
  const busy = useRef<AbortController | null>(null);
  const shown = useRef(state);
  shown.current = state;
  // What was asked before something changed here does not know of it.
  const changes = useRef(0);

  const extend = useCallback(
    async (from: string | undefined, signal: AbortSignal) => {
      let cursor = from;
      let found = 0;
      do {
        const page: Page<T> = await fetchPage(cursor, signal);
        signal.throwIfAborted();
        found += page.items.length;
        cursor = page.next_cursor ?? undefined;
        const more = cursor && found < options.size ? "loading" : "idle";
        setState((old) => extended(old, page.items, page.next_cursor, more));
      } while (cursor && found < options.size);
    },
    [fetchPage, options],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is a wish to load again
  useEffect(() => {
    const abort = new AbortController();
    busy.current = abort;
    setState({ at: "loading" });
    extend(undefined, abort.signal).catch((error) => {
      if (!isAbort(error)) setState((old) => stuck(old, asProblem(error)));
    });
    const timer = setInterval(() => {
      if (document.visibilityState !== "visible" || shown.current.at !== "loaded") return;
      const before = changes.current;
      fetchPage(undefined, abort.signal).then(
        (page) => {
          if (abort.signal.aborted || changes.current !== before) return;
          setState((old) =>
            old.at === "loaded" && old.more !== "loading"
              ? { ...old, ...options.refreshed(old.items, page.items, page.next_cursor) }
              : old,
          );
        },
        () => {
          // A missed refresh is made up for by the next; the list on screen is still right as of its time.
        },
      );
    }, options.poll);
    return () => {
      abort.abort();
      clearInterval(timer);
    };
  }, [extend, fetchPage, options, turn]);

  const more = useCallback(() => {
    const old = shown.current;
    const signal = busy.current?.signal;
    if (old.at !== "loaded" || !old.cursor || old.more === "loading" || !signal) return;
    setState({ ...old, more: "loading" });
    extend(old.cursor, signal).catch((error) => {
      if (!isAbort(error)) setState((now) => stuck(now, asProblem(error)));
    });
  }, [extend]);

  const patch = useCallback((item: T) => {
    changes.current += 1;
    setState((old) =>
      old.at === "loaded" ? { ...old, items: old.items.map((each) => (each.id === item.id ? item : each)) } : old,
    );
  }, []);
  const drop = useCallback((id: Id) => {
    changes.current += 1;
    setState((old) => (old.at === "loaded" ? { ...old, items: old.items.filter((each) => each.id !== id) } : old));
  }, []);

  const reload = useCallback(() => setTurn((n) => n + 1), []);
  return { state, more, reload, patch, drop };
}

/** More of the list; what is shown already is not shown twice. */
export function extended<T extends { id: Id }>(
  old: PagesState<T>,
  items: T[],
  cursor: string | null,
  more: More,
): PagesState<T> {
  const before = old.at === "loaded" ? old.items : [];
  const known = new Set(before.map((item) => item.id));
  return { at: "loaded", items: [...before, ...items.filter((item) => !known.has(item.id))], cursor, more };
}

/** What was found stays; where it went on is asked for again when the person says so. */
function stuck<T>(old: PagesState<T>, problem: ApiProblem): PagesState<T> {
  return old.at === "loaded" ? { ...old, more: problem } : { at: "failed", problem };
}
