import { describe, expect, test } from "vitest";
import { ApiProblem } from "../api/problem";
import { chooseLanguage, english, languageNames, loadTexts } from "../texts/accept";
import { deadLink } from "./deadLink";

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

const others = Object.keys(languageNames).filter((id) => id !== "en");

test.each(others)("%s has a text for every problem that English has", async (id) => {
  const texts = await loadTexts(id);
  expect(texts).not.toBe(english);
  expect(Object.keys(texts.problem.codes).sort()).toEqual(Object.keys(english.problem.codes).sort());
});

test.each(others)("no text of %s was left in English", async (id) => {
  const flat = (value: unknown): string[] => {
    if (typeof value === "string") return [value];
    // Texts about a moment say something else where the moment is not known.
    if (typeof value === "function") return [String(value("…")), String(value(null))];
    return value && typeof value === "object" ? Object.values(value).flatMap(flat) : [];
  };
  const said = new Set(flat(english));
  expect(flat(await loadTexts(id)).filter((text) => said.has(text))).toEqual([]);
});

describe("what became of a link", () => {
  test.each([
    ["expired, with its time", 410, { code: "reset_expired", expires_at: "T" }, { reason: "expired", at: "T" }],
    ["used, with its time", 410, { code: "change_used", used_at: "T" }, { reason: "used", at: "T" }],
    ["replaced, and nobody says when", 410, { code: "reset_replaced" }, { reason: "replaced", at: null }],
    ["gone for a reason of another sort", 410, { code: "reset_revoked" }, { reason: "replaced", at: null }],
    ["never one of ours", 404, { code: "not_found" }, { reason: "notFound", at: null }],
    ["a server that has trouble says nothing of it", 503, { code: "reset_expired" }, undefined],
  ] as [string, number, Record<string, unknown>, unknown][])("%s", (_name, status, body, expected) => {
    const link = deadLink(new ApiProblem(status, body));
    if (expected === undefined) expect(link).toBeUndefined();
    else expect(link).toMatchObject(expected as object);
  });
});
