import type { User } from "../api/types";
import { texts } from "../texts/en";
import { Time } from "../ui/time";

/** "delivered · expires in 3 h": what became of the mail, and how long there is. */
export function InvitationSummary({ user }: { user: Pick<User, "status" | "invitation"> }) {
  const invitation = user.invitation;
  if (!invitation) return <>{texts.common.none}</>;
  if (invitation.status === "registered")
    return invitation.registered_at ? (
      <Time prefix={texts.users.registeredPrefix} at={invitation.registered_at} />
    ) : null;
  const delivery = texts.delivery[invitation.delivery] ?? invitation.delivery;
  if (invitation.status === "revoked" || invitation.status === "superseded") return <>{delivery}</>;
  if (!invitation.expires_at)
    return (
      <>
        {delivery} · {texts.users.expiresQueued(invitation.valid_hours)}
      </>
    );
  const prefix = invitation.status === "expired" ? texts.users.expiredPrefix : texts.users.expiresPrefix;
  return (
    <>
      {delivery} · <Time prefix={prefix} at={invitation.expires_at} />
    </>
  );
}
