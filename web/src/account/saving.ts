import type { ApiProblem } from "../api/problem";
import type { Me } from "../api/types";
import { differing } from "../ui/merge";
import { account, type MyPatch } from "./api";

/** The part of a draft that differs from what was loaded, as the API takes it. */
export function patchOf<D extends MyPatch>(base: D, draft: D): MyPatch {
  return Object.fromEntries(differing(base, draft).map((field) => [field, draft[field]]));
}

/**
 * Saves what a person changed of their own. An administrator who edited something else of the account meanwhile is no
 * obstacle: the change is made once more on the newest version, unless it is about the very same.
 */
export async function saveMine<D extends MyPatch>(
  me: Me,
  draft: D,
  draftOf: (me: Me) => D,
  newest: () => Promise<Me>,
): Promise<Me> {
  const patch = patchOf(draftOf(me), draft);
  try {
    return await account.update(me, patch);
  } catch (error) {
    if ((error as ApiProblem).code !== "version_conflict") throw error;
    const latest = await newest();
    const theirs = differing(draftOf(me), draftOf(latest));
    if (theirs.some((field) => field in patch)) throw error;
    return await account.update(latest, patch);
  }
}
