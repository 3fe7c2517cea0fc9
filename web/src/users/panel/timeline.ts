import type { User } from "../../api/types";
import { texts } from "../../texts/en";

export interface Step {
  key: string;
  text: string;
  at: string | null;
  tone: "done" | "open" | "bad";
}

/** The way of the present invitation, oldest first. */
export function timelineOf(user: Pick<User, "created_at" | "invitation" | "status">): Step[] {
  const words = texts.users.panel.steps;
  const steps: Step[] = [{ key: "created", text: words.created, at: user.created_at, tone: "done" }];
  const invitation = user.invitation;
  if (!invitation) return steps;
  const say = (key: keyof typeof words, at: string | null, tone: Step["tone"] = "done") =>
    steps.push({ key, text: words[key], at, tone });
  say("queued", invitation.queued_at);
  if (invitation.sent_at) say("sent", invitation.sent_at);
  if (invitation.delivery === "delivered") say("delivered", invitation.delivery_at);
  else if (["bounced", "complained", "suppressed"].includes(invitation.delivery))
    say(invitation.delivery as "bounced", invitation.delivery_at, "bad");
  if (invitation.status === "registered") say("registered", invitation.registered_at);
  else if (invitation.status === "revoked") say("revoked", null, "bad");
  else if (invitation.status === "expired") say("expired", invitation.expires_at, "bad");
  else if (invitation.expires_at) say("expires", invitation.expires_at, "open");
  return steps;
}
