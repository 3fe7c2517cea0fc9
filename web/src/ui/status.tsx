import type { ReactNode } from "react";
import type { ImportStatus, User } from "../api/types";
import { texts } from "../texts/en";
import {
  BarShape,
  CheckIcon,
  CloseIcon,
  DottedShape,
  HollowShape,
  LockShape,
  SolidShape,
  StruckClockShape,
  TriangleShape,
  UndoIcon,
} from "./icons";

export type Tone = "ok" | "warning" | "danger" | "accent" | "quiet" | "plain";

export function Pill({ tone = "plain", shape, children }: { tone?: Tone; shape?: ReactNode; children: ReactNode }) {
  return (
    <span className="pill" data-tone={tone}>
      {shape}
      {children}
    </span>
  );
}

export type PersonState =
  | "not_invited"
  | "first_password"
  | "pending"
  | "registered"
  | "expired"
  | "revoked"
  | "bounced"
  | "deactivated"
  | "locked_out";

/** The one word that says where a person stands, out of account status, invitation and delivery. */
export function personState(user: Pick<User, "status" | "invitation">): PersonState {
  if (user.status === "deactivated") return "deactivated";
  if (user.status === "locked_out") return "locked_out";
  if (user.status === "active") return "registered";
  const invitation = user.invitation;
  // A first password that somebody else chose waits to be used.
  if (!invitation) return user.status === "invited" ? "first_password" : "not_invited";
  if (invitation.status === "registered") return "registered";
  if (invitation.status === "revoked") return "revoked";
  if (["bounced", "complained", "suppressed"].includes(invitation.delivery ?? "")) return "bounced";
  if (invitation.status === "expired") return "expired";
  return "pending";
}

const looks: Record<PersonState, { tone: Tone; shape: ReactNode }> = {
  not_invited: { tone: "quiet", shape: <DottedShape /> },
  first_password: { tone: "accent", shape: <HollowShape /> },
  pending: { tone: "accent", shape: <HollowShape /> },
  registered: { tone: "ok", shape: <SolidShape /> },
  expired: { tone: "warning", shape: <StruckClockShape /> },
  revoked: { tone: "quiet", shape: <CloseIcon size={12} /> },
  bounced: { tone: "danger", shape: <TriangleShape /> },
  deactivated: { tone: "quiet", shape: <BarShape /> },
  locked_out: { tone: "danger", shape: <LockShape /> },
};

export function PersonPill({ user }: { user: Pick<User, "status" | "invitation"> }) {
  const state = personState(user);
  return <Pill {...looks[state]}>{texts.personState[state]}</Pill>;
}

const importLooks: Record<ImportStatus, { tone: Tone; shape: ReactNode }> = {
  staged: { tone: "quiet", shape: <DottedShape /> },
  checking: { tone: "accent", shape: <HollowShape /> },
  running: { tone: "accent", shape: <HollowShape /> },
  committed: { tone: "accent", shape: <HollowShape /> },
  finished: { tone: "ok", shape: <CheckIcon size={12} /> },
  rejected: { tone: "danger", shape: <TriangleShape /> },
  cancelled: { tone: "quiet", shape: <CloseIcon size={12} /> },
  undoing: { tone: "accent", shape: <UndoIcon size={12} /> },
  undone: { tone: "quiet", shape: <UndoIcon size={12} /> },
};

export function ImportPill({ status }: { status: ImportStatus }) {
  return <Pill {...importLooks[status]}>{texts.importStatus[status]}</Pill>;
}
