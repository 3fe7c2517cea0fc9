import { expect, test, vi } from "vitest";
import { ApiProblem } from "../api/problem";
import type { Import } from "../api/types";
import { HandOvers } from "./handOver";
import { type KeptUpload, pageShelf, type Shelf } from "./shelf";
import type { UploadApi } from "./upload";

const staged = { id: "i1", status: "staged" } as Import;

function stage(down: { is: boolean } = { is: false }) {
  const api: UploadApi = {
    startImport: async () => staged,
    stageImport: async () => staged,
    import: async () => staged,
    putChunk: async (_id, chunk, rows) => {
      if (down.is) throw ApiProblem.unreachable();
      return { chunk, rows: rows.length };
    },
    commitImport: async () => ({ ...staged, status: "checking" }),
    cancelImport: vi.fn(async () => staged),
  };
  const shelf = pageShelf();
  const over: boolean[] = [];
  const ports = { api, pause: async () => {}, hold: <T>(_key: string, work: () => Promise<T>) => work() };
  return { api, shelf, over, make: (on: Shelf = shelf) => new HandOvers(on, ports, (_about, kept) => over.push(kept)) };
}

const about = (patch: Partial<KeptUpload> = {}): KeptUpload => ({
  key: "k1",
  by: "me",
  name: "Sheet",
  kind: "end_user",
  organization: null,
  options: { profile: "modern" },
  profileHash: "h",
  total: 2500,
  chunks: 3,
  importId: null,
  whole: false,
  since: 0,
  ...patch,
});
const read = async (start: number, n: number) =>
  Array.from({ length: Math.min(n, 2500 - start) }, (_, at) => ({ row: start + at + 1 }));
const at = (all: HandOvers) => all.all().get("k1")?.stage.at;

test("rows are made ready, sent and forgotten", async () => {
  const { make, shelf, over } = stage();
  const all = make();
  const seen: string[] = [];
  all.subscribe(() => seen.push(`${at(all)} ${all.all().get("k1")?.done}`));
  await all.begin(about(), read);
  expect(seen).toContain("packing 2500");
  expect(seen).toContain("sending 1000");
  expect(all.all().get("k1")?.stage).toMatchObject({ at: "over", started: { status: "checking" } });
  expect([over, await shelf.all()]).toEqual([[true], []]);
});

test("a lost line stops it, and it goes on when there is one again", async () => {
  const down = { is: true };
  const { make, shelf } = stage(down);
  const all = make();
  await all.begin(about(), read);
  expect(at(all)).toBe("stopped");
  expect(await shelf.waiting("k1")).toHaveLength(3);
  down.is = false;
  all.online();
  await vi.waitFor(() => expect(at(all)).toBe("over"));
});

test("another page of the same person takes it up where it was, and nobody else's", async () => {
  const { make } = stage({ is: true });
  await make().begin(about(), read);
  const next = make();
  expect(await next.open("k1", "somebody")).toBe(false);
  expect(await next.open("k1", "me")).toBe(true);
  expect(next.all().get("k1")).toMatchObject({ kept: true, done: 0, stage: { at: "paused" } });
});

test("given up, it is erased here and on the server", async () => {
  const { make, shelf, api } = stage({ is: true });
  const all = make();
  await all.begin(about(), read);
  await all.giveUp("k1");
  expect([all.all().size, await shelf.all(), await shelf.waiting("k1")]).toEqual([0, [], []]);
  expect(api.cancelImport).toHaveBeenCalledWith("i1");
});

test("given up while the rows are made ready, nothing is sent or left", async () => {
  const { make, shelf, over } = stage();
  const all = make();
  await all.begin(about(), async (start, n) => {
    if (start === 1000) await all.giveUp("k1");
    return read(start, n);
  });
  expect([all.all().size, over, await shelf.all(), await shelf.waiting("k1")]).toEqual([0, [], [], []]);
});

test("signed out, nobody's rows are left, wherever their imports were", async () => {
  const { make, shelf, over } = stage({ is: true });
  const all = make();
  await shelf.put(about({ key: "elsewhere", by: "somebody", whole: true }));
  await shelf.putRows("elsewhere", 0, [{ row: 1 }]);
  await all.begin(about(), read);
  expect([await all.unsent("me"), await all.unsent("somebody")]).toEqual([1, 2]);
  await all.leave();
  expect([all.all().size, await all.unsent("me"), over]).toEqual([0, 0, []]);
  expect([await shelf.all(), await shelf.waiting("k1"), await shelf.waiting("elsewhere")]).toEqual([[], [], []]);
});

test("signed out while the rows are made ready, none of them is left", async () => {
  const { make, shelf } = stage();
  const all = make();
  await all.begin(about(), async (start, n) => {
    if (start === 1000) await all.leave();
    return read(start, n);
  });
  expect([all.all().size, await shelf.all(), await shelf.waiting("k1")]).toEqual([0, [], []]);
});

test("rows with passwords are never put into the browser's store", async () => {
  const { make, shelf, over } = stage({ is: true });
  const all = make();
  await all.begin(about({ options: { profile: "organization-user", credentials: "specify_and_mail" } }), read);
  expect(all.all().get("k1")).toMatchObject({ kept: false, stage: { at: "stopped" } });
  expect([await shelf.all(), await shelf.waiting("k1"), over]).toEqual([[], [], []]);
});

test("a browser that keeps nothing sends all the same", async () => {
  const { make, over } = stage();
  const full: Shelf = { ...pageShelf(), putRows: () => Promise.reject(new DOMException("full", "QuotaExceededError")) };
  const all = make(full);
  await all.begin(about(), read);
  expect([at(all), over]).toEqual(["over", [false]]);
});

test("a sheet that can no longer be read stops it", async () => {
  const { make } = stage();
  const all = make();
  await all.begin(about(), () => Promise.reject(new Error("the worker has ended")));
  expect(all.all().get("k1")?.stage).toMatchObject({ at: "stopped", problem: { detail: "the worker has ended" } });
});
