/** How fast something goes on, from what was seen of it: over the last seconds, not since the start. */
export interface Pace {
  readonly samples: readonly { readonly at: number; readonly done: number }[];
}

export const noPace: Pace = { samples: [] };

const WINDOW_MS = 12_000;

/** Adds what is done at the time `at` (milliseconds). Going back means a new phase: it starts over. */
export function observed(pace: Pace, at: number, done: number): Pace {
  const last = pace.samples.at(-1);
  if (last !== undefined && done < last.done) return { samples: [{ at, done }] };
  const samples = [...pace.samples.filter((sample) => at - sample.at <= WINDOW_MS), { at, done }];
  return { samples };
}

/** Per second; null until there is enough to say. */
export function perSecond(pace: Pace): number | null {
  const first = pace.samples[0];
  const last = pace.samples.at(-1);
  if (first === undefined || last === undefined || last.at - first.at < 800) return null;
  const rate = ((last.done - first.done) * 1000) / (last.at - first.at);
  return rate > 0 ? rate : null;
}

/** Seconds until `total` is done; null until there is enough to say. */
export function secondsLeft(pace: Pace, total: number): number | null {
  const rate = perSecond(pace);
  const last = pace.samples.at(-1);
  if (rate === null || last === undefined) return null;
  return Math.max(0, (total - last.done) / rate);
}
