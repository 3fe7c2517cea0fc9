import { describe, expect, test } from "vitest";
import { IdleClock, type Phase, type Ports, phaseAt, type Watch } from "./idle";

const MINUTE = 60_000;
const START = Date.parse("2026-11-21T09:00:00.000Z");
const LIMIT = 15;

/** Tabs of one browser and a server that keeps a session for 15 minutes and one more to answer in. */
function browser() {
  const shared = new Map<string, string>();
  const timers: { at: number; run: () => void }[] = [];
  const it = {
    now: START,
    /** The server's own idea, and how often it was told. */
    until: START + (LIMIT + 1) * MINUTE,
    keeps: 0,
    down: false,
    times: () => ({
      idle_until: new Date(it.until).toISOString(),
      expires_at: new Date(START + 7 * 24 * 60 * MINUTE).toISOString(),
      idle_minutes: LIMIT,
    }),
    tab(options: { store?: boolean } = {}) {
      const ports: Ports = {
        now: () => it.now,
        store:
          options.store === false
            ? null
            : { getItem: (key) => shared.get(key) ?? null, setItem: (key, value) => void shared.set(key, value) },
        keep: async () => {
          if (it.down) throw new Error("no answer");
          it.keeps += 1;
          it.until = it.now + (LIMIT + 1) * MINUTE;
          return it.times();
        },
        later: (ms, run) => {
          const timer = { at: it.now + ms, run };
          timers.push(timer);
          return () => void timers.splice(timers.indexOf(timer), 1);
        },
      };
      return new IdleClock({ id: "ses_1", ...it.times() }, ports);
    },
    /** Time goes by; timers ring when it is over, as they do for tabs that sleep. */
    async sleep(ms: number) {
      it.now += ms;
      for (const timer of timers.filter(({ at }) => at <= it.now)) {
        timers.splice(timers.indexOf(timer), 1);
        timer.run();
      }
      await Promise.resolve();
      await Promise.resolve();
    },
    /** Time goes by with the tabs awake. */
    async pass(ms: number) {
      const end = it.now + ms;
      while (it.now < end) await it.sleep(Math.min(1000, end - it.now));
    },
  };
  return it;
}

describe("where a session stands", () => {
  const watch: Watch = { session: "s", until: 100_000, expires: 1_000_000, kept: 0 };
  test.each([
    ["long before", watch, 0, { at: "awake", next: 40_000 }],
    ["a moment before the prompt", watch, 39_999, { at: "awake", next: 40_000 }],
    ["when the prompt begins", watch, 40_000, { at: "asking", seconds: 60, next: 41_000 }],
    ["in its last second", watch, 99_001, { at: "asking", seconds: 1, next: 100_000 }],
    ["when nobody answered", watch, 100_000, { at: "over", why: "idle" }],
    ["hours later, in a tab that slept", watch, 900_000, { at: "over", why: "idle" }],
    ["the end that nothing moves asks nothing", { ...watch, expires: 90_000 }, 89_000, { at: "awake", next: 90_000 }],
    ["and says so", { ...watch, expires: 90_000 }, 90_000, { at: "over", why: "expired" }],
  ] as [string, Watch, number, Phase][])("%s", (_name, given, now, expected) => {
    expect(phaseAt(given, now)).toEqual(expected);
  });
});

describe("tabs of one browser", () => {
  test("activity in one keeps the others awake, and the server hears of it once a minute", async () => {
    const all = browser();
    const [one, two] = [all.tab(), all.tab()];
    await all.pass(10 * MINUTE);
    for (let i = 0; i < 50; i++) {
      one.active();
      two.active();
    }
    await all.pass(59_000);
    expect(all.keeps).toBe(1);
    await all.pass(1000);
    expect(all.keeps).toBe(2);
    await all.pass(14 * MINUTE);
    expect(two.phase()).toEqual({ at: "awake", next: START + 26 * MINUTE });
    await all.pass(MINUTE);
    expect([one.phase().at, two.phase().at]).toEqual(["asking", "asking"]);
  });

  test("the last activity of a minute counts, though it is told later", async () => {
    const all = browser();
    const tab = all.tab();
    tab.active();
    await all.pass(30_000);
    tab.active();
    tab.active();
    expect(all.keeps).toBe(1);
    await all.pass(30_000);
    expect(all.keeps).toBe(2);
    expect(tab.phase()).toEqual({ at: "awake", next: START + 16 * MINUTE });
  });

  test("waking up from sleep is no activity", async () => {
    const all = browser();
    const tab = all.tab();
    tab.active();
    await all.pass(1000);
    tab.active();
    await all.sleep(10 * MINUTE);
    expect(all.keeps).toBe(1);
    expect(tab.phase()).toEqual({ at: "awake", next: START + 15 * MINUTE });
  });

  test("an answer in one closes the prompt of the others before the server has answered", async () => {
    const all = browser();
    const [one, two] = [all.tab(), all.tab()];
    await all.pass((LIMIT + 1) * MINUTE - 500);
    expect(two.phase()).toMatchObject({ at: "asking", seconds: 1 });
    const answered = one.answer();
    expect(two.phase().at).toBe("awake");
    await answered;
    expect(two.phase().at).toBe("awake");
  });

  test("moving the mouse under the prompt is no answer", async () => {
    const all = browser();
    const tab = all.tab();
    await all.pass(LIMIT * MINUTE + 1);
    tab.active();
    await all.pass(1000);
    expect(all.keeps).toBe(0);
    expect(tab.phase().at).toBe("asking");
  });

  test("an answer that the server did not get changes nothing", async () => {
    const all = browser();
    const [one, two] = [all.tab(), all.tab()];
    await all.pass(LIMIT * MINUTE + 30_000);
    all.down = true;
    await expect(one.answer()).rejects.toThrow("no answer");
    expect([one.phase(), two.phase()]).toMatchObject([
      { at: "asking", seconds: 30 },
      { at: "asking", seconds: 30 },
    ]);
  });

  test("a browser that keeps nothing has tabs of their own", async () => {
    const all = browser();
    const [one, two] = [all.tab({ store: false }), all.tab({ store: false })];
    await all.pass(10 * MINUTE);
    one.active();
    await all.pass(6 * MINUTE);
    expect([one.phase().at, two.phase()]).toEqual(["awake", { at: "over", why: "idle" }]);
  });

  test("a shorter limit that was just chosen counts at once in every tab", async () => {
    const all = browser();
    const [one, two] = [all.tab(), all.tab()];
    all.until = START + 6 * MINUTE;
    one.told({ ...all.times(), idle_minutes: 5 });
    expect(two.phase()).toEqual({ at: "awake", next: START + 5 * MINUTE });
  });

  test("a tab that stopped tells nothing more", async () => {
    const all = browser();
    const tab = all.tab();
    tab.active();
    await all.pass(1000);
    tab.active();
    tab.stop();
    await all.pass(MINUTE);
    expect(all.keeps).toBe(1);
  });
});
