import { expect, test } from "vitest";
import { noPace, observed, type Pace, perSecond, secondsLeft } from "./pace";

const seen = (...samples: [number, number][]): Pace =>
  samples.reduce((pace, [at, done]) => observed(pace, at, done), noPace);

test("a rate needs most of a second of watching", () => {
  expect(perSecond(seen([0, 0], [500, 100]))).toBeNull();
  expect(perSecond(seen([0, 0], [1000, 100]))).toBe(100);
});

test("the rate is that of the last seconds, not since the start", () => {
  const pace = seen([0, 0], [1000, 1000], [20_000, 1000], [21_000, 1100], [22_000, 1200]);
  expect(perSecond(pace)).toBe(100);
  expect(secondsLeft(pace, 1700)).toBe(5);
});

test("a new phase, which counts from nothing, starts over", () => {
  expect(perSecond(seen([0, 0], [2000, 900], [3000, 10]))).toBeNull();
});

test("standing still has no rate and no end", () => {
  const pace = seen([0, 50], [5000, 50]);
  expect(perSecond(pace)).toBeNull();
  expect(secondsLeft(pace, 100)).toBeNull();
});
