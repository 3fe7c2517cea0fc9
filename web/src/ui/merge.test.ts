import { describe, expect, it } from "vitest";
import { has } from "./find";
import { differing, merge } from "./merge";
import { withWords, wordsIn } from "./words";

const base = { name: "Acme", country: "DE", domains: ["a.example", "b.example"] };

describe("two people edit one thing", () => {
  it.each([
    [
      "different fields: both stay",
      { ...base, name: "Acme Ltd" },
      { ...base, country: "ES" },
      { draft: { ...base, name: "Acme Ltd", country: "ES" }, theirs: ["country"], both: [] },
    ],
    [
      "the same field: one's own stays and it is said",
      { ...base, name: "Mine" },
      { ...base, name: "Theirs", country: "ES" },
      { draft: { ...base, name: "Mine", country: "ES" }, theirs: ["name", "country"], both: ["name"] },
    ],
    [
      "the same field to the same value: nothing to decide",
      { ...base, name: "Acme Ltd" },
      { ...base, name: "Acme Ltd" },
      { draft: { ...base, name: "Acme Ltd" }, theirs: ["name"], both: [] },
    ],
  ])("%s", (_, mine, latest, expected) => {
    expect(merge(base, mine, latest)).toEqual(expected);
  });

  it("takes another order for a change", () => {
    expect(differing(base, { ...base, domains: ["b.example", "a.example"] })).toEqual(["domains"]);
  });
});

describe("words typed one by one", () => {
  it.each([
    ["tickets", ["tickets"]],
    [" tickets ,, billing;\nReports\t", ["tickets", "billing", "Reports"]],
    ["  ", []],
  ])("%j", (text, words) => {
    expect(wordsIn(text)).toEqual(words);
  });

  it("keeps each once, and says which was there", () => {
    expect(withWords(["a", "b"], "c, a")).toEqual({ words: ["a", "b", "c"], twice: "a" });
    expect(withWords(["a"], "A")).toEqual({ words: ["a", "A"], twice: null });
  });
});

it("finds names whatever their case and accents", () => {
  expect(has("Zürich Nord", "zurich")).toBe(true);
  expect(has("Zürich", " NORD")).toBe(false);
  expect(has("anything", "")).toBe(true);
});
