import { describe, expect, test } from "vitest";
import {
  allTicked,
  extend,
  firstFrom,
  indexOf,
  merged,
  nothingTicked,
  tickedPositions,
  toggle,
  toggleAll,
} from "./selection";

const listed = Uint32Array.of(2, 5, 7, 9, 12);

describe("selection", () => {
  test("a tick goes on and off and is where the next range starts", () => {
    const once = toggle(nothingTicked, 5);
    expect([...once.ticked]).toEqual([5]);
    expect(once.anchor).toBe(5);
    expect([...toggle(once, 5).ticked]).toEqual([]);
  });

  test.each([
    { name: "downwards", from: 5, to: 9, ticked: [5, 7, 9] },
    { name: "upwards", from: 9, to: 2, ticked: [2, 5, 7, 9] },
    { name: "onto itself", from: 7, to: 7, ticked: [7] },
  ])("a range takes only the rows on the list: $name", ({ from, to, ticked }) => {
    expect([...tickedPositions(extend(toggle(nothingTicked, from), to, listed))]).toEqual(ticked);
  });

  test("a range that starts at an unticked row unticks", () => {
    const all = toggleAll(nothingTicked, listed);
    const off = toggle(all, 5);
    expect([...tickedPositions(extend(off, 9, listed))]).toEqual([2, 12]);
  });

  test("a range without a start on the list is a plain tick", () => {
    expect([...extend(nothingTicked, 7, listed).ticked]).toEqual([7]);
    expect([...tickedPositions(extend(toggle(nothingTicked, 3), 7, listed))]).toEqual([3, 7]);
  });

  test("all on the list, then none of them; others keep their ticks", () => {
    const other = toggle(nothingTicked, 100);
    const all = toggleAll(other, listed);
    expect(allTicked(all, listed)).toBe(true);
    expect([...tickedPositions(all)]).toEqual([2, 5, 7, 9, 12, 100]);
    expect([...tickedPositions(toggleAll(all, listed))]).toEqual([100]);
  });

  test("an empty list is never wholly ticked", () => {
    expect(allTicked(nothingTicked, new Uint32Array())).toBe(false);
  });

  test.each([
    { position: 7, index: 2, next: 2 },
    { position: 6, index: -1, next: 2 },
    { position: 13, index: -1, next: 5 },
    { position: 0, index: -1, next: 0 },
  ])("position $position is found at $index", ({ position, index, next }) => {
    expect(indexOf(listed, position)).toBe(index);
    expect(firstFrom(listed, position)).toBe(next);
  });

  test("a union stays ascending and is the same list where nothing is added", () => {
    expect([...merged(listed, [8, 5, 1])]).toEqual([1, 2, 5, 7, 8, 9, 12]);
    expect(merged(listed, [5])).toBe(listed);
  });
});
