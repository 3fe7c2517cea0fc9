import { api } from "../api/client";
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
