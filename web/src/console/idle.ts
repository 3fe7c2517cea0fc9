import type { SessionTimes } from "../api/types";

/** So long before its end the person is asked whether they are still there. */
export const PROMPT_MS = 60_000;
/** Activity is told to the server at most this often. */
export const KEEP_EVERY_MS = 60_000;

/** What all tabs of a session know, in milliseconds of the server's clock. */
export interface Watch {
  session: string;
  /** When the session ends with nobody there. */
  until: number;
  /** When it ends in any case. */
  expires: number;
  /** When a tab last told the server that somebody is there. */
  kept: number;
}

export type Phase =
  | { at: "awake"; next: number }
  | { at: "asking"; seconds: number; next: number }
  | { at: "over"; why: "idle" | "expired" };

/** Where a session stands at a moment. `next` is when to look again. */
export function phaseAt(watch: Watch, now: number): Phase {
  if (now >= watch.expires) return { at: "over", why: "expired" };
  // No answer can carry it over that end, so there is nothing to ask.
  if (watch.expires <= watch.until) return { at: "awake", next: watch.expires };
  if (now >= watch.until) return { at: "over", why: "idle" };
  const left = watch.until - now;
  if (left > PROMPT_MS) return { at: "awake", next: watch.until - PROMPT_MS };
  const seconds = Math.ceil(left / 1000);
  return { at: "asking", seconds, next: watch.until - (seconds - 1) * 1000 };
}

export interface Ports {
  /** The server's time. */
  now: () => number;
  /** What the tabs of this browser share; null where the browser keeps nothing. */
  store: Pick<Storage, "getItem" | "setItem"> | null;
  keep: () => Promise<SessionTimes>;
  /** Calls back after so many milliseconds; answers how to call that off. */
  later: (ms: number, run: () => void) => () => void;
}

const KEY = "rollcall.session";

/**
 * One tab's view of the session's time. All tabs read and write the same watch, so that activity or an answer in one
 * of them counts in all. Only time stamps are compared, never timers: a tab that slept is right as soon as it looks.
 */
export class IdleClock {
  readonly #ports: Ports;
  #watch: Watch;
  #minutes: number;
  #callOff: (() => void) | null = null;

  constructor(session: { id: string } & SessionTimes, ports: Ports) {
    this.#ports = ports;
    this.#minutes = session.idle_minutes;
    this.#watch = { session: session.id, kept: 0, until: 0, expires: 0 };
    this.told(session);
  }

  /** What an answer of the server says of the session's time. */
  told(times: SessionTimes): void {
    this.#read();
    this.#minutes = times.idle_minutes;
    this.#write({ until: Date.parse(times.idle_until), expires: Date.parse(times.expires_at) });
  }

  phase(): Phase {
    this.#read();
    return phaseAt(this.#watch, this.#ports.now());
  }

  /** Somebody does something. While the prompt stands only its answer counts. */
  active(): void {
    if (this.#callOff || this.phase().at !== "awake") return;
    const due = this.#watch.kept + KEEP_EVERY_MS;
    const tell = () => void this.#keep().catch(() => {});
    const wait = due - this.#ports.now();
    if (wait <= 0) {
      tell();
      return;
    }
    // The last activity of a minute counts too: it is told when the minute is over, by whichever tab comes first,
    // unless this machine slept meanwhile and waking up would pass for activity.
    this.#callOff = this.#ports.later(wait, () => {
      this.#callOff = null;
      if (this.phase().at === "over") return;
      const late = this.#ports.now() - due;
      if (late < KEEP_EVERY_MS && this.#watch.kept + KEEP_EVERY_MS <= this.#ports.now()) tell();
    });
  }

  /** The prompt's answer. Other tabs believe it before the server has said so, and stay. */
  answer(): Promise<void> {
    return this.#keep();
  }

  stop(): void {
    this.#callOff?.();
    this.#callOff = null;
  }

  async #keep(): Promise<void> {
    this.#read();
    const before = this.#watch;
    const now = this.#ports.now();
    this.#write({ kept: now, until: Math.max(before.until, now + this.#minutes * 60_000 + PROMPT_MS) });
    try {
      this.told(await this.#ports.keep());
    } catch (error) {
      this.#read();
      if (this.#watch.kept === now) this.#write({ kept: before.kept, until: before.until });
      throw error;
    }
  }

  #read(): void {
    const watch = parse(this.#ports.store?.getItem(KEY) ?? null);
    // Another session's watch is none of ours.
    if (watch?.session === this.#watch.session) this.#watch = watch;
  }

  #write(change: Partial<Watch>): void {
    this.#watch = { ...this.#watch, ...change };
    try {
      this.#ports.store?.setItem(KEY, JSON.stringify(this.#watch));
    } catch {
      // A full or forbidden store: this tab goes by what it knows itself.
    }
  }
}

function parse(text: string | null): Watch | null {
  if (text === null) return null;
  try {
    const watch = JSON.parse(text) as Partial<Watch> | null;
    const numbers = [watch?.until, watch?.expires, watch?.kept];
    return typeof watch?.session === "string" && numbers.every((n) => typeof n === "number") ? (watch as Watch) : null;
  } catch {
    return null;
  }
}
