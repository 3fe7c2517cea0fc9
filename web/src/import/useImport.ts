import { useEffect, useState } from "react";
import { type ApiProblem, api, asProblem, type Id, type Import, isAbort } from "../api";
import { noPace, observed, type Pace } from "./pace";

const settled = new Set<Import["status"]>(["finished", "rejected", "cancelled", "undone"]);

export function isSettled(status: Import["status"]): boolean {
  return settled.has(status);
}

export interface Watched {
  readonly data: Import | undefined;
  /** Why it could not be asked after; it goes on being asked when the server was only not reached. */
  readonly problem: ApiProblem | undefined;
  readonly pace: Pace;
  readonly refresh: () => void;
}

/** Asks after an import until it is over. */
export function useImport(id: Id): Watched {
  const [turn, setTurn] = useState(0);
  const [state, setState] = useState<{ id: Id; data?: Import; problem?: ApiProblem; pace: Pace }>({ id, pace: noPace });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new turn asks again
  useEffect(() => {
    const abort = new AbortController();
    let timer = 0;
    let failures = 0;
    const look = async () => {
      try {
        const data = await api.import(id, abort.signal);
        if (abort.signal.aborted) return;
        failures = 0;
        setState((old) => ({
          id,
          data,
          pace:
            old.id === id && old.data?.progress.phase === data.progress.phase
              ? observed(old.pace, performance.now(), data.progress.done)
              : observed(noPace, performance.now(), data.progress.done),
        }));
        if (!isSettled(data.status)) timer = window.setTimeout(look, data.total_rows > 5000 ? 800 : 400);
      } catch (error) {
        if (isAbort(error)) return;
        const problem = asProblem(error);
        setState((old) => ({ ...old, id, problem }));
        failures += 1;
        if (problem.transient) timer = window.setTimeout(look, Math.min(15_000, 500 * 2 ** failures));
      }
    };
    void look();
    return () => {
      abort.abort();
      clearTimeout(timer);
    };
  }, [id, turn]);
  const mine = state.id === id;
  return {
    data: mine ? state.data : undefined,
    problem: mine ? state.problem : undefined,
    pace: mine ? state.pace : noPace,
    refresh: () => setTurn((n) => n + 1),
  };
}
