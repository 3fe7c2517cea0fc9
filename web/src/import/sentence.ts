import type { CredentialMode, OnExisting } from "../api";
import { confirmTexts } from "./confirmTexts";
import type { Mode } from "./flow";
import type { Tally } from "./here";
import { texts } from "./texts";

/** What is known about an import before it starts. */
export interface Plan {
  /** Who will be created: those of the rows handed over who are not here already, as far as that is known. */
  readonly people: number;
  readonly kind: string;
  readonly organization: string | null;
  /** What they get to sign in with for the first time. */
  readonly entry: CredentialMode | "not_sent";
  /** How long an invitation lasts, in hours. */
  readonly expiresAfter: number | null;
  readonly mode: Mode;
  readonly onExisting: OnExisting;
  /** What becomes of those who are here, where the server was asked. */
  readonly here: Tally | null;
  /** Rows that stay behind because of a problem (partial), or must be put right first (atomic). */
  readonly refused: number;
  readonly removed: number;
}

/** "24 hours", "14 days": days where they come out even and are more than one. */
export function duration(hours: number): string {
  return hours >= 48 && hours % 24 === 0 ? texts.confirm.days(hours / 24) : texts.confirm.hours(hours);
}

/** What will happen, in one breath. */
export function sentence(plan: Plan): string {
  const t = texts.confirm;
  const where = plan.organization === null ? "" : t.inOrganization(plan.organization);
  const once = plan.mode === "atomic" && plan.refused > 0 ? t.onceCorrected(plan.refused) : "";
  const parts =
    plan.people === 0 && plan.here !== null
      ? [confirmTexts.nobodyNew]
      : [`${t.created(plan.people, where, plan.kind)}${entry(plan)}${once}.`];
  parts.push(...existing(plan));
  parts.push(plan.mode === "atomic" ? t.atomic : t.partial);
  if (plan.mode === "partial" && plan.refused > 0) parts.push(t.heldBack(plan.refused));
  if (plan.removed > 0) parts.push(t.removedRows(plan.removed));
  return parts.join(" ");
}

/** What becomes of people who are here: of each, where it is known who; otherwise of whoever will be found. */
function existing({ here, onExisting, mode }: Plan): string[] {
  const t = confirmTexts;
  if (here === null) return onExisting === "refuse" ? [] : [t.whoever[onExisting]];
  const order = ["skip", "update", "invite", "add_to_group"] as const;
  const said = order.filter((way) => here[way] > 0).map((way, at) => t.those(here[way], way, at === 0));
  const left = mode === "partial" && here.refuse > 0 ? [t.thoseLeft(here.refuse)] : [];
  return [...(said.length === 0 ? [] : [`${t.and(said)}.`]), ...left];
}

/** What the button does, in its own words. */
export function buttonWords(plan: Plan): string {
  const t = confirmTexts.button;
  const { here, people } = plan;
  if (here === null) return texts.confirm.button(people);
  const acts = (["update", "invite", "add_to_group"] as const).filter((way) => here[way] > 0);
  const others = acts.map((way, at) => t[way](here[way], people === 0 && at === 0));
  if (people === 0 && others.length === 0) return t.nothing;
  return [...(people === 0 ? [] : [texts.confirm.button(people)]), ...others].join(", ");
}

/** "about 40 seconds", "about 3 minutes": as exact as an estimate is. */
export function timeLeft(seconds: number): string {
  if (seconds < 60)
    return texts.result.seconds(Math.max(1, seconds < 10 ? Math.ceil(seconds) : Math.ceil(seconds / 5) * 5));
  return texts.result.minutes(Math.ceil(seconds / 60));
}

function entry(plan: Plan): string {
  const t = texts.confirm;
  if (plan.entry === "not_sent") return t.notInvited;
  if (plan.entry !== "link") return confirmTexts.entry[plan.entry](plan.people);
  const invited = plan.people === 1 ? t.invitedOne : t.invited;
  return plan.expiresAfter === null ? invited : invited + t.expiring(duration(plan.expiresAfter));
}

/** A text with the blanks that one does not see made visible, for showing what a correction took away. */
export function visibleBlanks(text: string): string {
  return text
    .replace(/^[ \t]+|[ \t]+$/g, (blanks) => "␣".repeat(blanks.length))
    .replace(/[\u00a0\u2007\u202f\u3000]/g, "␣")
    .replace(/[\u200b-\u200f\u2060\ufeff\u202a-\u202e\u2066-\u2069]/g, "◦");
}

/**
 * What a correction took away before and behind the text that is left; null where it changed more than that, and
 * before and after are better shown side by side.
 */
export function takenAway(before: string, after: string): { lead: string; tail: string } | null {
  const at = after === "" ? -1 : before.indexOf(after);
  return at < 0 ? null : { lead: before.slice(0, at), tail: before.slice(at + after.length) };
}

/** The validator's messages begin in lower case and have no full stop, as parts of a sentence; here each stands alone. */
export function sentenceCase(message: string): string {
  const first = message.charAt(0).toUpperCase() + message.slice(1);
  return /[.!?…]$/.test(first) ? first : `${first}.`;
}
