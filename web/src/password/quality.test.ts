import { describe, expect, test } from "vitest";
import list from "../../../crates/accounts/src/common-passwords.txt?raw";
import samples from "../../../crates/accounts/src/password-samples.json";
import { namesOf, quality } from "./quality";

describe("how strong a password looks", () => {
  test.each([
    ["eleven characters are too short", "aB3$fG7!kL9", 0],
    ["one letter twelve times", "aaaaaaaaaaaa", 1],
    ["keys in a row", "abcdefghijkl", 1],
    ["a short word repeated", "tortortortortor", 1],
    ["mostly one's own name", "meyermeyer12", 1],
    ["one's own name with digits that nobody guesses", "meyer-83920475166", 1],
    ["a common one that is long enough", "password1234", 1],
    ["a common one in capitals and with signs", "PassWord!?.*#$2026", 1],
    ["a common one and one word more", "password kettle", 1],
    ["unrelated words", "orange kettle drum 7", 4],
    ["what a manager makes", "x7#Qm2!vR9$kT4pZ", 4],
  ] as [string, string, number][])("%s", (_name, password, expected) => {
    expect(quality(password, ["Ana", "Meyer"]).strength).toBe(expected);
  });

  test("no common password is more than weak, however it is padded", () => {
    const common = list.split("\n").filter(Boolean);
    expect(common.length).toBeGreaterThan(100);
    for (const word of common)
      for (const padding of ["", "1234567890", "8203756194", "!?.*#$!?.*#$", "7!3?9.2*6#1$", "2026!2026!"]) {
        const made = (word + padding).toUpperCase();
        expect([made, quality(made, [], { min_length: 1 }).strength]).toEqual([made, 1]);
      }
  });
});

describe("what the server refuses is never called more than weak", () => {
  test.each(samples.map((sample) => [sample.name, sample] as const))("%s", (_name, sample) => {
    const policy = { min_length: sample.min_length ?? 12, blocked_words: sample.blocked ?? [] };
    const found = quality(sample.password, namesOf(...(sample.names ?? [])), policy);
    expect(found.long).toBe(sample.refused !== "password_too_short");
    if (sample.refused === null) expect(found.uncommon).toBe(true);
    else expect(found.strength).toBeLessThanOrEqual(1);
  });
});

describe("the rules beside the field", () => {
  test.each([
    ["nothing typed meets nothing", "", { long: false, uncommon: false }],
    ["the length is the organization's", "orange kettle", { long: false, uncommon: true }],
    ["long enough and unknown", "orange kettle drum 7", { long: true, uncommon: true }],
    ["a word of the organization's own", "Acme orange kettle drum", { long: true, uncommon: false }],
    ["one's own address", "ana.meyer@example.org", { long: true, uncommon: false }],
  ] as [string, string, { long: boolean; uncommon: boolean }][])("%s", (_name, password, expected) => {
    const policy = { min_length: 16, blocked_words: ["acme"] };
    expect(quality(password, namesOf("Ana Meyer", "ana.meyer@example.org"), policy)).toMatchObject(expected);
  });

  test("characters are counted as people count them", () => {
    expect(quality("😀".repeat(11), []).long).toBe(false);
    expect(quality("😀🐝🌱".repeat(4), []).long).toBe(true);
  });
});
