import type { ApiProblem } from "../api/problem";
import type { Entry } from "../api/types";
import { texts } from "./texts";

/** What is wrong with a name, if anything; the list takes each name once, as it is written. */
export function nameError(name: string, entries: readonly Entry[], self?: Entry): string | undefined {
  const wanted = name.trim();
  if (wanted === "") return texts.nameMissing;
  return entries.some((entry) => entry.name === wanted && entry.id !== self?.id) ? texts.nameTaken(wanted) : undefined;
}

/** What the server says of the name, where it says something of it. */
export const nameRefused = (problem: ApiProblem | undefined): string | undefined =>
  problem?.code === "name_taken"
    ? texts.problems.name_taken?.title
    : problem?.errors.find(({ field }) => field === "name")?.detail;
