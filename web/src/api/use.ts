import { useCallback, useEffect, useRef, useState } from "react";
import { type ApiProblem, asProblem, isAbort } from "./problem";

export interface Loaded<T> {
  /** The last good answer; stays while a newer one is on its way. */
  data: T | undefined;
  problem: ApiProblem | undefined;
  loading: boolean;
  reload: () => void;
}

/**
 * Loads when `load` changes (give it through useCallback) and again on `reload`; an answer that is no longer
 * wanted is aborted. With `poll`, asks again every so many milliseconds while the page is visible; an answer that takes
 * longer than that is waited for.
 */
export function useLoad<T>(load: ((signal: AbortSignal) => Promise<T>) | null, poll?: number | null): Loaded<T> {
  const [state, setState] = useState<{ data?: T | undefined; problem?: ApiProblem | undefined; loading: boolean }>({
    loading: load !== null,
  });
  const [turn, setTurn] = useState(0);
  const lastLoad = useRef(load);
  const waiting = useRef(false);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn is a wish to load again
  useEffect(() => {
    if (!load) return;
    const changed = lastLoad.current !== load;
    lastLoad.current = load;
    const abort = new AbortController();
    waiting.current = true;
    setState((old) => ({
      data: changed ? undefined : old.data,
      problem: changed ? undefined : old.problem,
      loading: true,
    }));
    load(abort.signal).then(
      (data) => {
        if (abort.signal.aborted) return;
        waiting.current = false;
        setState({ data, loading: false });
      },
      (error) => {
        if (abort.signal.aborted) return;
        waiting.current = false;
        setState((old) => ({ data: old.data, problem: asProblem(error), loading: false }));
      },
    );
    return () => {
      waiting.current = false;
      abort.abort();
    };
  }, [load, turn]);

  const reload = useCallback(() => setTurn((n) => n + 1), []);

  useEffect(() => {
    if (!poll) return;
    const timer = setInterval(() => {
      if (document.visibilityState === "visible" && !waiting.current) reload();
    }, poll);
    return () => clearInterval(timer);
  }, [poll, reload]);

  return { data: state.data, problem: state.problem, loading: state.loading, reload };
}

export type Action<A extends unknown[]> = {
  run: (...args: A) => Promise<boolean>;
  busy: boolean;
  problem: ApiProblem | undefined;
  clear: () => void;
};

/** A change that a person asked for: busy while it runs, with its problem beside it when it fails. */
export function useAction<A extends unknown[]>(act: (...args: A) => Promise<void>): Action<A> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const latest = useRef(act);
  latest.current = act;
  const run = useCallback(async (...args: A) => {
    setBusy(true);
    setProblem(undefined);
    try {
      await latest.current(...args);
      return true;
    } catch (error) {
      if (!isAbort(error)) setProblem(asProblem(error));
      return false;
    } finally {
      setBusy(false);
    }
  }, []);
  const clear = useCallback(() => setProblem(undefined), []);
  return { run, busy, problem, clear };
}
