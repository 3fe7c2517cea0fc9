import { expect, test } from "vitest";
import { ApiProblem } from "../api/problem";
import { chosen, flowOf, type Result, type Step, stepOf, unsaved, type WizardState, type Work } from "./flow";
import type { HandOver } from "./handOver";

const empty: WizardState = { work: null, reading: null, failure: null };
const work = { importId: null, upload: null } as Work;
const nowhere: Result = { import: null, upload: null };
const sending = { kept: true, done: 0, stage: { at: "sending" } } as HandOver;
const handing = (handOver: HandOver) => new Map([["u1", handOver]]);

test.each([
  ["/import", null],
  ["/import/", null],
  ["/import/check", "check"],
  ["/import/elsewhere", null],
])("the path %s names the step %s", (path, step) => expect(stepOf(path)).toBe(step));

test.each<{ name: string; state: Partial<WizardState>; step: Step | null; to: Step; at?: Partial<Result> }>([
  { name: "no step is the first", state: {}, step: null, to: "source" },
  { name: "a link to Check without a sheet", state: {}, step: "check", to: "source" },
  { name: "a result without an import", state: { work }, step: "result", to: "confirm" },
  {
    name: "going back while rows are sent",
    state: { work: { ...work, upload: "u1" } },
    step: "check",
    to: "result",
    at: { upload: "u1" },
  },
  {
    name: "going back after they were handed over",
    state: { work: { ...work, upload: "u1", importId: "i1" } },
    step: "confirm",
    to: "result",
    at: { import: "i1" },
  },
])("goes elsewhere: $name", ({ state, step, to, at }) => {
  const flow = flowOf({ ...empty, ...state }, step, nowhere, new Map());
  expect(flow).toEqual({ step: "elsewhere", to, at: { ...nowhere, ...at } });
});

test("a result can be watched from its link alone", () => {
  const flow = flowOf(empty, "result", { import: "i1", upload: null }, new Map());
  expect(flow).toEqual({ step: "result", stage: "watching", work: null, importId: "i1" });
});

test("the sheet stays at hand for repairs only with the import that took it", () => {
  const state = { ...empty, work: { ...work, importId: "i1" } };
  expect(flowOf(state, "result", { import: "i1", upload: null }, new Map())).toMatchObject({ work: state.work });
  expect(flowOf(state, "result", { import: "i2", upload: null }, new Map())).toMatchObject({ work: null });
});

test("what is handed over is shown with its sheet, or without it after a reload", () => {
  const at = { import: null, upload: "u1" };
  const mine = { ...work, upload: "u1" };
  const stage = { at: "stopped", problem: ApiProblem.unreachable() } as const;
  const stopped = handing({ ...sending, stage });
  expect(flowOf({ ...empty, work: mine }, "result", at, stopped)).toMatchObject({
    stage: "handing",
    work: mine,
    handOver: { stage },
  });
  expect(flowOf(empty, "result", at, new Map())).toMatchObject({ stage: "handing", work: null, handOver: null });
});

test("what took a while to find out takes nothing back that was chosen meanwhile", () => {
  const session = {} as Work["session"];
  const before = { ...work, session, mode: "atomic", invite: false } as Work;
  const now = { ...empty, work: { ...before, mode: "partial", invite: true } as Work };
  const here = { edits: 0, asked: 1, people: [], own: new Map() };
  expect(chosen(now, before, { here }).work).toEqual({ ...now.work, here });
  for (const patch of [{ session: {} as Work["session"] }, { upload: "u1" }, { importId: "i1" }]) {
    const elsewhere = { ...empty, work: { ...before, ...patch } };
    expect(chosen(elsewhere, before, { here })).toBe(elsewhere);
  }
  expect(chosen(empty, before, { here })).toBe(empty);
});

test("there is something to lose until the rows are handed over, or kept for that", () => {
  const held = { ...empty, work: { ...work, upload: "u1" } };
  expect(unsaved(empty, new Map())).toBe(false);
  expect(unsaved({ ...empty, work }, new Map())).toBe(true);
  expect(unsaved(held, handing({ ...sending, stage: { at: "packing" } }))).toBe(true);
  expect(unsaved(held, handing({ ...sending, kept: false }))).toBe(true);
  expect(unsaved(held, handing(sending))).toBe(false);
  expect(unsaved({ ...empty, work: { ...work, importId: "i1" } }, new Map())).toBe(false);
});
