import { api } from "../api/client";
import { type ApiProblem, asProblem } from "../api/problem";
import type { Id, User } from "../api/types";

export type InvitationAct = "send" | "resend" | "revoke";

/** Which of the three make sense for this person now; the server has the last word. */
export function possible(user: Pick<User, "status" | "invitation">): InvitationAct[] {
  if (user.status === "active" || user.status === "deactivated" || user.status === "locked_out") return [];
  const status = user.invitation?.status;
  if (!status || status === "revoked") return ["send"];
  if (status === "expired") return ["resend"];
  if (status === "pending") return ["resend", "revoke"];
  return [];
}

export function act(id: Id, what: InvitationAct): Promise<User> {
  if (what === "send") return api.sendInvitation(id);
  if (what === "resend") return api.resendInvitation(id);
  return api.revokeInvitation(id);
}

const AT_ONCE = 4;

/** The same act for many, a few at a time; never stops at a failure. */
export async function actOnAll(
  ids: Id[],
  what: InvitationAct,
  onDone: (user: User) => void,
): Promise<{ id: Id; problem: ApiProblem }[]> {
  const failed: { id: Id; problem: ApiProblem }[] = [];
  const waiting = [...ids];
  const worker = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        onDone(await act(id, what));
      } catch (error) {
        failed.push({ id, problem: asProblem(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, worker));
  return failed;
}
