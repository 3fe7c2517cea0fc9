import type { ApiProblem } from "../api/problem";

/** Why a link for a new password or a new address no longer works, and since when. */
export interface DeadLink {
  reason: "expired" | "used" | "replaced" | "notFound";
  at: string | null;
  language: string | null;
}

/** What an answer says of a link: it died, or it never was one. Undefined for every other problem. */
export function deadLink(problem: ApiProblem): DeadLink | undefined {
  const text = (name: string) => {
    const value = problem.body[name];
    return typeof value === "string" ? value : null;
  };
  const language = text("language");
  if (problem.status === 404) return { reason: "notFound", at: null, language };
  if (problem.status !== 410) return undefined;
  if (problem.code.endsWith("_expired")) return { reason: "expired", at: text("expires_at"), language };
  if (problem.code.endsWith("_used")) return { reason: "used", at: text("used_at"), language };
  return { reason: "replaced", at: text("replaced_at"), language };
}
