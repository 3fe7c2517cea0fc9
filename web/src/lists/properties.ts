import type { NewEntry } from "../api/client";
import type { Entry, PropertyType } from "../api/types";
import { texts } from "./texts";

export const TYPES: readonly PropertyType[] = ["text", "number", "date", "yes_no", "choice", "list"];

/** Whether values of this type are picked among given ones. */
export const hasChoices = (type: PropertyType): boolean => type === "choice" || type === "list";

export interface PropertyDraft {
  name: string;
  key: string;
  type: PropertyType;
  choices: string[];
}

/** A key that a name suggests: "Cost centre (EU)" becomes `cost_centre_eu`. */
export function keyFor(name: string): string {
  return name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .replace(/ß/g, "ss")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "_")
    .replace(/^[^a-z]+/, "")
    .slice(0, 40)
    .replace(/_+$/, "");
}

/** What is wrong with the key of a new property, if anything that can be seen from here. */
export function keyError(key: string, entries: readonly Entry[]): string | undefined {
  if (key.trim() === "") return texts.properties.keyMissing;
  const other = entries.find((entry) => entry.key === key.trim());
  return other && texts.properties.keyTaken(other.name);
}

/** The choices as they are sent: blanks at the ends and empty lines are dropped. */
export const choicesOf = (choices: readonly string[]): string[] => choices.map((c) => c.trim()).filter(Boolean);

/** The first choice that stands twice, if one does. */
export function twice(choices: readonly string[]): string | null {
  const given = choicesOf(choices);
  return given.find((choice, index) => given.indexOf(choice) !== index) ?? null;
}

/** Puts the lines of a pasted column in the place of one choice. */
export function pasted(choices: readonly string[], at: number, text: string): string[] {
  const lines = choicesOf(text.split(/[\n\t]/));
  return [...choices.slice(0, at), ...lines, ...choices.slice(at + 1)];
}

export function moved(choices: readonly string[], from: number, by: -1 | 1): string[] {
  const next = [...choices];
  const to = from + by;
  const [one, other] = [next[from], next[to]];
  if (one === undefined || other === undefined) return next;
  next[from] = other;
  next[to] = one;
  return next;
}

export const draftOf = (entry: Entry): PropertyDraft => ({
  name: entry.name,
  key: entry.key ?? "",
  type: entry.type ?? "text",
  choices: entry.choices ?? [],
});

/** What is sent to make it: choices only where the type has any. */
export function newProperty(draft: PropertyDraft): NewEntry {
  return {
    name: draft.name.trim(),
    key: draft.key.trim(),
    type: draft.type,
    ...(hasChoices(draft.type) ? { choices: choicesOf(draft.choices) } : {}),
  };
}
