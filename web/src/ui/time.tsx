import { useSyncExternalStore } from "react";
import { texts } from "../texts/en";

/**
 * The server's clock is what invitations expire by (and the dev server's can be moved), so relative times are
 * counted from it: every answer's Date header corrects this offset.
 */
let offset = 0;
const listeners = new Set<() => void>();
let minute = Math.floor(Date.now() / 30_000);

export function setServerTime(date: Date): void {
  const next = date.getTime() - Date.now();
  // The header has whole seconds; below that there is nothing to correct.
  if (Math.abs(next - offset) < 2000) return;
  offset = next;
  for (const listener of listeners) listener();
}

export function serverNow(): number {
  return Date.now() + offset;
}

setInterval(() => {
  minute = Math.floor(Date.now() / 30_000);
  for (const listener of listeners) listener();
}, 30_000);

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

const absolute = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "long" });
const steps = [
  ["year", 365 * 86_400],
  ["month", 30 * 86_400],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
] as const;

/** "in 3 h", "2 days ago"; never more than there is: 119 minutes are "1 h". Pure, for tests. */
export function relativeTime(instant: Date, now: number): string {
  const seconds = (instant.getTime() - now) / 1000;
  for (const [unit, length] of steps) {
    const count = Math.floor(Math.abs(seconds) / length);
    if (count > 0) return (seconds < 0 ? texts.time.ago : texts.time.in)(texts.time[unit](count));
  }
  return texts.common.justNow;
}

export function absoluteTime(instant: string): string {
  return absolute.format(new Date(instant));
}

export function useServerNow(): number {
  // The snapshot must be the same between two renders that nothing has moved.
  useSyncExternalStore(subscribe, () => `${minute}:${offset}`);
  return serverNow();
}

/** A relative time, with the absolute one and its zone on hover and for screen readers. */
export function Time({ at, prefix }: { at: string; prefix?: string }) {
  const now = useServerNow();
  const full = absoluteTime(at);
  const text = relativeTime(new Date(at), now);
  return (
    <time dateTime={at} title={full}>
      {prefix ? `${prefix} ${text}` : text}
      <span className="visually-hidden"> ({full})</span>
    </time>
  );
}

const numbers = new Intl.NumberFormat();
export const count = (n: number): string => numbers.format(n);
