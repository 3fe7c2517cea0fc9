import { expect, test } from "vitest";
import { ApiProblem } from "../api/problem";
import { flowOf, type Sending, type Step, stepOf, unsaved, type WizardState, type Work } from "./flow";

const empty: WizardState = { work: null, reading: null, failure: null, sending: null };
const work = { importId: null } as Work;
const sending = { total: 10, sent: 0, problem: null } as unknown as Sending;

test.each([
  ["/import", null],
  ["/import/", null],
  ["/import/check", "check"],
  ["/import/elsewhere", null],
])("the path %s names the step %s", (path, step) => expect(stepOf(path)).toBe(step));

test.each<{ name: string; state: Partial<WizardState>; step: Step | null; importId?: string; to: Step }>([
  { name: "no step is the first", state: {}, step: null, to: "source" },
  { name: "a link to Check without a sheet", state: {}, step: "check", to: "source" },
  { name: "a result without an import", state: { work }, step: "result", to: "confirm" },
  { name: "going back while rows are sent", state: { work, sending }, step: "check", to: "result" },
  {
    name: "going back after they were handed over",
    state: { work: { ...work, importId: "i1" } },
    step: "confirm",
    to: "result",
  },
])("goes elsewhere: $name", ({ state, step, importId, to }) => {
  expect(flowOf({ ...empty, ...state }, step, importId ?? null)).toMatchObject({ step: "elsewhere", to });
});

test("a result can be watched from its link alone", () => {
  expect(flowOf(empty, "result", "i1")).toEqual({ step: "result", stage: "watching", work: null, importId: "i1" });
});

test("the sheet stays at hand for repairs only with the import that took it", () => {
  const mine = { ...work, importId: "i1" };
  expect(flowOf({ ...empty, work: mine }, "result", "i1")).toMatchObject({ work: mine });
  expect(flowOf({ ...empty, work: mine }, "result", "i2")).toMatchObject({ work: null });
});

test("an upload that stopped says why", () => {
  const problem = ApiProblem.unreachable();
  expect(flowOf({ ...empty, work, sending: { ...sending, problem } }, "result", null)).toMatchObject({
    stage: "stopped",
    problem,
  });
});

test("there is something to lose until the rows are handed over", () => {
  expect(unsaved(empty)).toBe(false);
  expect(unsaved({ ...empty, work })).toBe(true);
  expect(unsaved({ ...empty, work: { ...work, importId: "i1" } })).toBe(false);
});
