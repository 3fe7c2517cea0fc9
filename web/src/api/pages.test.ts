import { expect, test } from "vitest";
import { extended, type PagesState } from "./pages";

const item = (id: string) => ({ id });

test("more of a list is added once, and what was found on the way is shown", () => {
  const first = extended<{ id: string }>({ at: "loading" }, [item("a")], "c1", "loading");
  const then = extended(first, [item("a"), item("b")], null, "idle");
  const expected: PagesState<{ id: string }> = {
    at: "loaded",
    items: [item("a"), item("b")],
    cursor: null,
    more: "idle",
  };
  expect(then).toEqual(expected);
});
