import { useEffect, useSyncExternalStore } from "react";
import { type ApiProblem, asProblem } from "./problem";

export interface Kept<T> {
  data: T | undefined;
  problem: ApiProblem | undefined;
  loading: boolean;
}

const nothing: Kept<never> = { data: undefined, problem: undefined, loading: false };

const every = new Set<{ forget: () => void }>();

/**
 * What many parts of the console ask for and what seldom changes (roles, lists): asked for once per key, shown
 * everywhere, asked for again when somebody says that it changed. Old data stay until the new ones are here.
 */
export class Shared<T> {
  readonly #load: (key: string) => Promise<T>;
  readonly #kept = new Map<string, Kept<T>>();
  readonly #turns = new Map<string, number>();
  readonly #listeners = new Set<() => void>();

  constructor(load: (key: string) => Promise<T>) {
    this.#load = load;
    every.add(this);
  }

  #set(key: string, kept: Kept<T>): void {
    this.#kept.set(key, kept);
    for (const listener of this.#listeners) listener();
  }

  get(key: string): Kept<T> {
    return this.#kept.get(key) ?? nothing;
  }

  /** Asks again. An answer that a later question has overtaken is dropped. */
  async refresh(key: string): Promise<void> {
    const turn = (this.#turns.get(key) ?? 0) + 1;
    this.#turns.set(key, turn);
    this.#set(key, { ...this.get(key), problem: undefined, loading: true });
    try {
      const data = await this.#load(key);
      if (this.#turns.get(key) === turn) this.#set(key, { data, problem: undefined, loading: false });
    } catch (error) {
      if (this.#turns.get(key) === turn)
        this.#set(key, { data: this.get(key).data, problem: asProblem(error), loading: false });
    }
  }

  /** Puts what an answer said into what is shown, before it is asked for again. */
  patch(key: string, change: (data: T) => T): void {
    const { data } = this.get(key);
    if (data !== undefined) this.#set(key, { ...this.get(key), data: change(data) });
  }

  /** Everything is asked for again when it is next looked at: another person may have signed in. */
  forget(): void {
    for (const [key, turn] of this.#turns) this.#turns.set(key, turn + 1);
    this.#kept.clear();
    for (const listener of this.#listeners) listener();
  }

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  };
}

/** Null asks for nothing. What failed is tried again by the next part of a page that wants it. */
export function useShared<T>(shared: Shared<T>, key: string | null): Kept<T> {
  const kept = useSyncExternalStore(shared.subscribe, () => (key === null ? nothing : shared.get(key)));
  const missing = kept === nothing;
  useEffect(() => {
    if (key !== null && (missing || shared.get(key).problem)) void shared.refresh(key);
  }, [shared, key, missing]);
  return kept;
}

/** Another person may have signed in: nothing that the last one saw is kept. */
export function forgetShared(): void {
  for (const shared of every) shared.forget();
}
