import { expect, test } from "vitest";
import { ApiProblem } from "../api/problem";
import type { Import } from "../api/types";
import { Upload, type UploadApi } from "./upload";

const answer = { id: "i1" } as Import;

function server(options: { fails?: (call: string, times: number) => ApiProblem | null } = {}) {
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
    putChunk: (_id, n, rows) => call(`chunk ${n}: ${rows.length}`, { chunk: n, rows: rows.length }),
    commitImport: () => call("commit", answer),
    cancelImport: () => call("cancel", answer),
  };
  return { api, calls, keys };
}

const rows = (total: number) => ({
  total,
  profileHash: "h",
  read: async (start: number, count: number) =>
    Array.from({ length: Math.min(count, total - start) }, (_, at) => ({ row: start + at + 1, first_name: "Ana" })),
});
const at_once = () => Promise.resolve();
const upload = (total: number, api: UploadApi) =>
  new Upload(rows(total), { profile: "modern" }, { api, key: "k1", pause: at_once });

test("up to a thousand rows go in one request", async () => {
  const { api, calls } = server();
  await upload(1000, api).run(() => {});
  expect(calls).toEqual(["start"]);
});

test("more are staged in chunks, then committed", async () => {
  const { api, calls } = server();
  const seen: number[] = [];
  await upload(2500, api).run((sent) => seen.push(sent));
  expect(calls[0]).toBe("stage 3 of 2500");
  expect(calls.slice(1, 4).sort()).toEqual(["chunk 0: 1000", "chunk 1: 1000", "chunk 2: 500"]);
  expect(calls[4]).toBe("commit");
  expect(seen.at(-1)).toBe(2500);
});

test("a lost answer is asked for again with the same key", async () => {
  const { api, calls, keys } = server({ fails: (_call, n) => (n < 3 ? ApiProblem.unreachable() : null) });
  await upload(10, api).run(() => {});
  expect(calls).toEqual(["start", "start", "start"]);
  expect(new Set(keys)).toEqual(new Set(["k1"]));
});

test("what the server refuses is not tried again", async () => {
  const refused = new ApiProblem(409, { code: "rules_changed" });
  const { api, calls } = server({ fails: () => refused });
  await expect(upload(10, api).run(() => {})).rejects.toBe(refused);
  expect(calls).toEqual(["start"]);
});

test("taken up again, it sends only what has not arrived", async () => {
  let down = true;
  const { api, calls } = server({
    fails: (call) => (down && call === "chunk 2: 500" ? ApiProblem.unreachable() : null),
  });
  const once = upload(2500, api);
  await expect(once.run(() => {})).rejects.toMatchObject({ code: "unreachable" });
  down = false;
  calls.length = 0;
  await once.run(() => {});
  expect(calls).toEqual(["chunk 2: 500", "commit"]);
});

test("given up, what was staged is thrown away", async () => {
  const { api, calls } = server({ fails: (call) => (call === "commit" ? new ApiProblem(409, {}) : null) });
  const once = upload(2500, api);
  await expect(once.run(() => {})).rejects.toBeInstanceOf(ApiProblem);
  await once.cancel();
  expect(calls.at(-1)).toBe("cancel");
});
