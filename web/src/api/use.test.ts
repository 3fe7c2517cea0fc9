// @vitest-environment happy-dom
import { act, createElement } from "react";
import { createRoot } from "react-dom/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Pages, usePages } from "./pages";
import type { Page } from "./types";
import { type Loaded, useLoad } from "./use";

beforeEach(() => {
  vi.stubGlobal("IS_REACT_ACT_ENVIRONMENT", true);
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

function Part({ render }: { render: () => void }) {
  render();
  return null;
}

/** What a hook says in a page of its own. */
async function hooked<T>(use: () => T): Promise<{ now: () => T }> {
  let now: T | undefined;
  const render = () => {
    now = use();
  };
  await act(async () => createRoot(document.createElement("div")).render(createElement(Part, { render })));
  return { now: () => now as T };
}

const pass = (milliseconds: number) => act(() => vi.advanceTimersByTimeAsync(milliseconds));

test("an answer that takes longer than the next question is due is waited for", async () => {
  const load = vi.fn(
    (signal: AbortSignal) =>
      new Promise<string>((resolve, reject) => {
        setTimeout(() => resolve("here"), 2500);
        signal.addEventListener("abort", () => reject(signal.reason));
      }),
  );
  const { now } = await hooked<Loaded<string>>(() => useLoad(load, 1000));
  await pass(2400);
  expect([now().data, load.mock.calls.length]).toEqual([undefined, 1]);
  await pass(200);
  expect(now().data).toBe("here");
  await pass(1000);
  expect(load.mock.calls.length).toBe(2);
});

test("what was asked before something was changed or taken away does not bring it back", async () => {
  const items = [
    { id: "a", name: "Ana" },
    { id: "b", name: "Ben" },
  ];
  let answer: (() => void) | null = null;
  const fetchPage = (): Promise<Page<{ id: string; name: string }>> => {
    const page = { items: [...items], next_cursor: null };
    return answer === null ? Promise.resolve(page) : new Promise((resolve) => (answer = () => resolve(page)));
  };
  const options = { size: 10, poll: 1000, refreshed: (_old: typeof items, first: typeof items) => ({ items: first }) };
  const { now } = await hooked<Pages<{ id: string; name: string }>>(() => usePages(fetchPage, options));
  const shown = () => {
    const { state } = now();
    return state.at === "loaded" ? state.items.map(({ name }) => name) : state.at;
  };
  expect(shown()).toEqual(["Ana", "Ben"]);
  answer = () => {};
  await pass(1000);
  items.splice(0, 2, { id: "a", name: "Anna" });
  await act(async () => {
    now().patch({ id: "a", name: "Anna" });
    now().drop("b");
  });
  await act(async () => answer?.());
  expect(shown()).toEqual(["Anna"]);
});
