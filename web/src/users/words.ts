import type { ApiProblem } from "../api/problem";
import { texts } from "../texts/en";
import { texts as t } from "./texts";

/** Why something was refused, in one line beside the person it was refused for. */
export function refusalText(problem: ApiProblem): string {
  const first = problem.errors[0];
  const words =
    t.refusals[problem.code] ??
    (first ? `${texts.fields[first.field] ?? first.field}: ${first.detail}` : undefined) ??
    (problem.detail || problem.title);
  return words.charAt(0).toUpperCase() + words.slice(1);
}
