import { describe, expect, test } from "vitest";
import { chooseLanguage, languages } from "../texts/accept";
import { strength } from "./strength";

describe("the language of the page", () => {
  test.each([
    ["the person's own comes first", ["ja", "de"], "ja"],
    ["a region is served by its language", ["de-CH"], "de"],
    ["one that there are no texts for is passed over", ["tlh", null, "fr-FR"], "fr"],
    ["English where nothing fits", [undefined, "tlh"], "en"],
    ["a property of objects is no language", ["constructor"], "en"],
  ] as [string, (string | null | undefined)[], string][])("%s", (_name, wishes, expected) => {
    expect(chooseLanguage(wishes)).toBe(expected);
  });
});

test("every language has a text for every problem that English has", () => {
  const codes = Object.keys(languages.en?.problem.codes ?? {}).sort();
  for (const texts of Object.values(languages)) expect(Object.keys(texts.problem.codes).sort()).toEqual(codes);
});

test("no text of another language was left in English", () => {
  const flat = (value: unknown): string[] =>
    typeof value === "string"
      ? [value]
      : value && typeof value === "object"
        ? Object.values(value as object).flatMap(flat)
        : [];
  const english = new Set(flat(languages.en));
  for (const [id, texts] of Object.entries(languages))
    if (id !== "en") expect(flat(texts).filter((text) => english.has(text))).toEqual([]);
});

describe("how strong a password looks", () => {
  test.each([
    ["eleven characters are too short", "aB3$fG7!kL9", 0],
    ["one letter twelve times", "aaaaaaaaaaaa", 1],
    ["keys in a row", "abcdefghijkl", 1],
    ["a short word repeated", "tortortortortor", 1],
    ["mostly one's own name", "meyermeyer12", 1],
    ["unrelated words", "orange kettle drum 7", 4],
    ["what a manager makes", "x7#Qm2!vR9$kT4pZ", 4],
  ] as [string, string, number][])("%s", (_name, password, expected) => {
    expect(strength(password, ["Ana", "Meyer"])).toBe(expected);
  });
});
