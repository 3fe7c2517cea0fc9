import { expect, test } from "vitest";
import { ApiProblem } from "../api/problem";
import type { Import } from "../api/types";
import { type KeptUpload, pageShelf, type Shelf, unfinished } from "./shelf";
import { canGoOn, pack, rowsIn, Upload, type UploadApi } from "./upload";

const answer = { id: "i1", status: "staged" } as Import;

function server(
  options: { fails?: (call: string, times: number) => ApiProblem | null; now?: () => Partial<Import> } = {},
) {
  const calls: string[] = [];
  const keys: string[] = [];
  const times = new Map<string, number>();
  const call = <T>(name: string, result: T): Promise<T> => {
    const n = (times.get(name) ?? 0) + 1;
    times.set(name, n);
    calls.push(name);
    const problem = options.fails?.(name, n) ?? null;
    return problem === null ? Promise.resolve(result) : Promise.reject(problem);
  };
  const api: UploadApi = {
    startImport: (_options, _rows, key) => {
      keys.push(key);
      return call("start", answer);
    },
    stageImport: (_options, plan, key) => {
      keys.push(key);
      return call(`stage ${plan.chunks} of ${plan.total_rows}`, answer);
    },
    import: () => call("look", { ...answer, ...options.now?.() }),
    putChunk: (_id, n, rows) => call(`chunk ${n}: ${rows.length}`, { chunk: n, rows: rows.length }),
    commitImport: () => call("commit", { ...answer, status: "checking" as const }),
    cancelImport: () => call("cancel", answer),
  };
  return { api, calls, keys };
}

const kept = (total: number, patch: Partial<KeptUpload> = {}): KeptUpload => ({
  key: "k1",
  by: "me",
  name: "Sheet",
  kind: "end_user",
  organization: null,
  options: { profile: "modern" },
  profileHash: "h",
  total,
  chunks: Math.ceil(total / 1000),
  importId: null,
  whole: false,
  since: 0,
  ...patch,
});
const read = (total: number) => async (start: number, count: number) =>
  Array.from({ length: Math.min(count, total - start) }, (_, at) => ({ row: start + at + 1, first_name: "Ana" }));
const atOnce = () => Promise.resolve();
const nobodyElse = <T>(_key: string, work: () => Promise<T>) => work();

async function upload(total: number, api: UploadApi, shelf: Shelf = pageShelf()) {
  const about = await pack(kept(total), shelf, read(total), () => {});
  return new Upload(about, shelf, { api, pause: atOnce, hold: nobodyElse });
}

test("up to a thousand rows go in one request, and are erased here", async () => {
  const { api, calls } = server();
  const shelf = pageShelf();
  await (await upload(1000, api, shelf)).run(() => {});
  expect(calls).toEqual(["start"]);
  expect([await shelf.all(), await shelf.waiting("k1")]).toEqual([[], []]);
});

test("more are staged in chunks, then committed, and erased here", async () => {
  const { api, calls } = server();
  const shelf = pageShelf();
  const seen: number[] = [];
  await (await upload(2500, api, shelf)).run((sent) => seen.push(sent));
  expect(calls[0]).toBe("stage 3 of 2500");
  expect(calls.slice(1, 4).sort()).toEqual(["chunk 0: 1000", "chunk 1: 1000", "chunk 2: 500"]);
  expect(calls[4]).toBe("commit");
  expect([seen[0], seen.at(-1)]).toEqual([0, 2500]);
  expect([await shelf.all(), await shelf.waiting("k1")]).toEqual([[], []]);
});

test("a lost answer is asked for again with the same key", async () => {
  const { api, calls, keys } = server({ fails: (_call, n) => (n < 3 ? ApiProblem.unreachable() : null) });
  await (await upload(10, api)).run(() => {});
  expect(calls).toEqual(["start", "start", "start"]);
  expect(new Set(keys)).toEqual(new Set(["k1"]));
});

test("a server that says when to come back is asked again then", async () => {
  const busy = new ApiProblem(429, { code: "rate_limited" }, 7);
  const { api } = server({ fails: (_call, n) => (n < 3 ? busy : null) });
  const waited: number[] = [];
  const shelf = pageShelf();
  const about = await pack(kept(10), shelf, read(10), () => {});
  const pause = async (milliseconds: number) => void waited.push(milliseconds);
  await new Upload(about, shelf, { api, pause, hold: nobodyElse }).run(() => {});
  expect(waited).toEqual([7000, 7000]);
});

test("what the server refuses is not tried again, and not kept", async () => {
  const refused = new ApiProblem(409, { code: "rules_changed" });
  const { api, calls } = server({ fails: () => refused });
  const shelf = pageShelf();
  await expect((await upload(10, api, shelf)).run(() => {})).rejects.toBe(refused);
  expect(calls).toEqual(["start"]);
  expect(await shelf.all()).toEqual([]);
});

test("who is signed out meanwhile has the rows still, and sends them after signing in", async () => {
  const { api, calls } = server({
    fails: (_call, n) => (n === 1 ? new ApiProblem(401, { code: "not_authenticated" }) : null),
  });
  const shelf = pageShelf();
  const once = await upload(10, api, shelf);
  await expect(once.run(() => {})).rejects.toSatisfy(canGoOn);
  expect(await shelf.waiting("k1")).toEqual([0]);
  await once.run(() => {});
  expect(calls).toEqual(["start", "start"]);
  expect(await shelf.all()).toEqual([]);
});

test("what was withdrawn meanwhile is not sent, and not kept", async () => {
  const { api, calls } = server({ now: () => ({ status: "cancelled" }) });
  const shelf = pageShelf();
  const about = await pack(kept(2500, { importId: "i1" }), shelf, read(2500), () => {});
  const gone = new Upload(about, shelf, { api, hold: nobodyElse }).run(() => {});
  await expect(gone).rejects.toMatchObject({ code: "upload_gone" });
  expect(calls).toEqual(["look"]);
  expect([await shelf.all(), await shelf.waiting("k1")]).toEqual([[], []]);
});

test("taken up by another page, it sends only what has not arrived", async () => {
  let down = true;
  const { api, calls } = server({
    fails: (call) => (down && call === "chunk 2: 500" ? ApiProblem.unreachable() : null),
    now: () => ({ staged: { chunks: 3, missing: [2] } }),
  });
  const shelf = pageShelf();
  const once = await upload(2500, api, shelf);
  await expect(once.run(() => {})).rejects.toMatchObject({ code: "unreachable" });
  down = false;
  calls.length = 0;
  const [found] = await unfinished(shelf, "me", 1000, () => false);
  expect(found).toMatchObject({ importId: "i1" });
  const again = new Upload(found as KeptUpload, shelf, { api, pause: atOnce, hold: nobodyElse });
  const seen: number[] = [];
  await again.run((sent) => seen.push(sent));
  expect(calls).toEqual(["look", "chunk 2: 500", "commit"]);
  expect(seen[0]).toBe(2000);
});

test("a chunk whose answer was lost is not sent twice, and one that is nowhere ends it", async () => {
  let missing = [1, 2];
  const { api, calls } = server({ now: () => ({ staged: { chunks: 3, missing } }) });
  const shelf = pageShelf();
  const about = await pack(kept(2500, { importId: "i1" }), shelf, read(2500), () => {});
  const page = () => new Upload(about, shelf, { api, pause: atOnce, hold: nobodyElse });
  await page().run(() => {});
  expect(calls.filter((call) => call.startsWith("chunk")).sort()).toEqual(["chunk 1: 1000", "chunk 2: 500"]);
  missing = [0];
  await expect(page().run(() => {})).rejects.toMatchObject({ code: "upload_gone" });
});

test("what the server has already begun with is not sent again", async () => {
  const { api, calls } = server({ now: () => ({ status: "running" }) });
  const shelf = pageShelf();
  const about = await pack(kept(2500, { importId: "i1" }), shelf, read(2500), () => {});
  await new Upload(about, shelf, { api, hold: nobodyElse }).run(() => {});
  expect(calls).toEqual(["look"]);
  expect(await shelf.all()).toEqual([]);
});

test("paused, it finishes what is on its way; continued, it sends the rest", async () => {
  const shelf = pageShelf();
  const { api, calls } = server();
  let once: Upload | undefined;
  const slow: UploadApi = {
    ...api,
    putChunk: (id, n, rows) => {
      if (n === 0) once?.pause();
      return api.putChunk(id, n, rows);
    },
  };
  once = await upload(6000, slow, shelf);
  expect(await once.run(() => {})).toBeNull();
  const sent = calls.filter((call) => call.startsWith("chunk")).length;
  expect(sent).toBeGreaterThan(0);
  expect(sent).toBeLessThan(4);
  expect(rowsIn(once.about, await shelf.waiting("k1"))).toBe(6000 - sent * 1000);
  expect(await once.run(() => {})).toMatchObject({ status: "checking" });
  expect(new Set(calls.filter((call) => call.startsWith("chunk"))).size).toBe(6);
});

test("given up, what was staged is thrown away, here too", async () => {
  const { api, calls } = server({ fails: (call) => (call === "commit" ? new ApiProblem(409, {}) : null) });
  const shelf = pageShelf();
  const once = await upload(2500, api, shelf);
  await expect(once.run(() => {})).rejects.toBeInstanceOf(ApiProblem);
  await once.cancel();
  expect(calls.at(-1)).toBe("cancel");
  expect(await shelf.all()).toEqual([]);
});

function signal(): [Promise<void>, () => void] {
  let give = () => {};
  const given = new Promise<void>((resolve) => {
    give = resolve;
  });
  return [given, give];
}

test("given up before the server has answered, what it makes of the rows is thrown away when it does", async () => {
  for (const [total, announced] of [
    [2500, "stage 3 of 2500"],
    [10, "start"],
  ] as const) {
    const { api, calls } = server();
    const [asked, ask] = signal();
    const [answered, answerNow] = signal();
    const late = async (made: Promise<Import>) => {
      ask();
      await answered;
      return made;
    };
    const slow: UploadApi = {
      ...api,
      stageImport: (...call) => late(api.stageImport(...call)),
      startImport: (...call) => late(api.startImport(...call)),
    };
    const shelf = pageShelf();
    const once = await upload(total, slow, shelf);
    const run = once.run(() => {}).catch((error: unknown) => error);
    await asked;
    const given = once.cancel();
    answerNow();
    await given;
    expect(await run).toMatchObject({ name: "AbortError" });
    expect(calls).toEqual([announced, "cancel"]);
    expect([await shelf.all(), await shelf.waiting("k1")]).toEqual([[], []]);
  }
});

test("what cannot be taken up again is erased, and nothing of another person is offered", async () => {
  const hour = 60 * 60 * 1000;
  const shelf = pageShelf();
  for (const [key, patch] of Object.entries({
    mine: { whole: true, since: 2 * hour },
    older: { whole: true, since: hour },
    expired: { whole: true, since: -23 * hour },
    theirs: { whole: true, by: "somebody", since: 2 * hour },
    broken: { since: hour },
    packing: { since: 2 * hour },
    sending: { whole: true, by: "somebody", since: 2 * hour },
  }))
    await shelf.put(kept(2500, { key, ...patch }));
  const found = await unfinished(shelf, "me", 2 * hour, (key) => key === "sending");
  expect(found.map(({ key }) => key)).toEqual(["mine", "older"]);
  expect((await shelf.all()).map(({ key }) => key)).toEqual(["mine", "older", "packing", "sending"]);
});
