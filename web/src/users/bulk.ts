import { type AccountAct, api, type UserPatch } from "../api/client";
import { type ApiProblem, asProblem } from "../api/problem";
import type { Id, PropertyValue, Role, User, UserKind } from "../api/types";
import { same } from "../audit/changes";
import { act, type InvitationAct, possible } from "./actions";
import { holds, may, type SignedIn } from "./may";

/** One change for many people. */
export type BulkChange =
  | { what: "roles"; how: "add" | "replace" | "remove"; ids: Id[] }
  | { what: "groups" | "courses" | "services"; how: "add" | "remove"; ids: Id[] }
  | { what: "site"; id: Id | null }
  | { what: "property"; key: string; value: PropertyValue | null }
  | { what: "invitation"; act: "invite" | "revoke" }
  | { what: "account"; act: Extract<AccountAct, "activate" | "deactivate" | "unlock"> }
  | { what: "delete" };

/** Why somebody is left as they are, known before anything is sent. */
export type Skip =
  | "already"
  | "other_kind"
  | "no_lists"
  | "one_role"
  | "needs_role"
  | "nothing_to_send"
  | "nothing_to_revoke"
  | "off_own"
  | "off_root"
  | "off_more"
  | "state";

export type Plan =
  | { do: "patch"; patch: UserPatch }
  | { do: "invitation"; act: InvitationAct }
  | { do: "account"; act: AccountAct }
  | { do: "delete" }
  | { do: "skip"; why: Skip };

export interface Circumstances {
  me: SignedIn;
  roles: Role[];
}

const skip = (why: Skip): Plan => ({ do: "skip", why });
const patched = (user: User, patch: UserPatch): Plan =>
  Object.entries(patch).every(([field, value]) => same(user[field as keyof User], value))
    ? skip("already")
    : { do: "patch", patch };

/** Exactly one role for members, several for everybody else. */
export const oneRole = (kind: UserKind) => kind === "member";

function rolesFor(user: User, change: BulkChange & { what: "roles" }, roles: Role[]): Plan {
  const fitting = change.ids.filter((id) => roles.find((role) => role.id === id)?.kinds.includes(user.kind));
  if (change.how === "remove") {
    const left = user.roles.filter((id) => !change.ids.includes(id));
    // Only technicians can be without a role (they may hold explicit permissions).
    return left.length === 0 && user.roles.length > 0 && user.kind !== "technician"
      ? skip("needs_role")
      : patched(user, { roles: left });
  }
  if (fitting.length === 0) return skip("other_kind");
  if (oneRole(user.kind) && fitting.length > 1) return skip("one_role");
  if (change.how === "replace" || oneRole(user.kind)) return patched(user, { roles: fitting });
  return patched(user, { roles: [...new Set([...user.roles, ...fitting])] });
}

/** What a change comes to for one person, as that person stands now. */
export function planFor(user: User, change: BulkChange, { me, roles }: Circumstances): Plan {
  const allowed = may(me, user, roles);
  switch (change.what) {
    case "roles": {
      const plan = rolesFor(user, change, roles);
      if (plan.do === "skip") return plan;
      if (allowed.accessFixed) return skip(allowed.accessFixed);
      const given = change.ids.flatMap((id) => roles.find((role) => role.id === id)?.permissions ?? []);
      return holds(me, given) ? plan : skip("off_more");
    }
    case "groups":
    case "courses":
    case "services": {
      if (user.kind === "technician") return skip("no_lists");
      const old = user[change.what];
      const next =
        change.how === "add" ? [...new Set([...old, ...change.ids])] : old.filter((id) => !change.ids.includes(id));
      return allowed.edit ? patched(user, { [change.what]: next }) : skip("off_more");
    }
    case "site":
      if (user.kind === "technician") return skip("no_lists");
      return allowed.edit ? patched(user, { site: change.id }) : skip("off_more");
    case "property":
      if (user.kind === "technician") return skip("no_lists");
      if (!allowed.edit) return skip("off_more");
      return same(user.properties[change.key], change.value)
        ? skip("already")
        : { do: "patch", patch: { properties: { [change.key]: change.value } } };
    case "invitation": {
      const acts = possible(user);
      if (change.act === "revoke") {
        return acts.includes("revoke") ? { do: "invitation", act: "revoke" } : skip("nothing_to_revoke");
      }
      const fits = acts.find((one) => one === "resend" || one === "send");
      return fits ? { do: "invitation", act: fits } : skip("nothing_to_send");
    }
    case "account":
      if (change.act !== "unlock" && allowed.fixed) return skip(allowed.fixed);
      return allowed.account.includes(change.act) ? { do: "account", act: change.act } : skip("state");
    case "delete":
      return allowed.fixed ? skip(allowed.fixed) : { do: "delete" };
  }
}

export type Outcome =
  | { status: "waiting" }
  | { status: "running" }
  /** The person as they stand now; null when they are gone. */
  | { status: "done"; user: User | null }
  | { status: "skipped"; why: Skip }
  | { status: "refused"; problem: ApiProblem }
  /** Not begun when the person who watched stopped it. */
  | { status: "stopped" };

/** Carries a plan out. */
async function carryOut(user: User, plan: Plan): Promise<User | null> {
  switch (plan.do) {
    case "patch":
      return api.updateUser(user, plan.patch);
    case "invitation":
      return act(user.id, plan.act);
    case "account":
      return api.changeAccount(user.id, plan.act);
    case "delete":
      await api.deleteUser(user.id);
      return null;
    case "skip":
      return user;
  }
}

/**
 * Does it to one person. Somebody who was changed meanwhile is looked at again and the change is made on what they
 * are now, once: it was meant for whoever they are ("give this role"), not for a form somebody has read.
 */
export async function applyTo(user: User, change: BulkChange, circumstances: Circumstances): Promise<Outcome> {
  let plan = planFor(user, change, circumstances);
  if (plan.do === "skip") return { status: "skipped", why: plan.why };
  try {
    return { status: "done", user: await carryOut(user, plan) };
  } catch (error) {
    if (asProblem(error).code !== "version_conflict") return { status: "refused", problem: asProblem(error) };
  }
  try {
    const now = await api.user(user.id);
    plan = planFor(now, change, circumstances);
    if (plan.do === "skip") return { status: "skipped", why: plan.why };
    return { status: "done", user: await carryOut(now, plan) };
  } catch (error) {
    return { status: "refused", problem: asProblem(error) };
  }
}

const AT_ONCE = 4;
const TRIES = 3;

export interface Runner {
  /** Waiting before a request is tried again, given which try it was. */
  pause: (turn: number) => Promise<void>;
  onOutcome: (id: Id, outcome: Outcome) => void;
  /** Asked before anything is begun: false when the rest shall not be; waits while the person is being asked. */
  goOn: () => Promise<boolean>;
}

/**
 * One after the other, a few at a time; never stops at a failure, and tries again what only the network or a limit
 * stopped. When the person stops it, what has begun is finished and the rest is not begun.
 */
export async function runBulk(
  users: readonly User[],
  work: (user: User) => Promise<Outcome>,
  runner: Runner,
): Promise<void> {
  const waiting = [...users];
  const worker = async () => {
    for (let user = waiting.shift(); user !== undefined; user = waiting.shift()) {
      if (!(await runner.goOn())) {
        runner.onOutcome(user.id, { status: "stopped" });
        continue;
      }
      runner.onOutcome(user.id, { status: "running" });
      let outcome = await work(user);
      for (let turn = 1; turn < TRIES && outcome.status === "refused" && outcome.problem.transient; turn++) {
        await runner.pause(turn);
        if (!(await runner.goOn())) break;
        outcome = await work(user);
      }
      runner.onOutcome(user.id, outcome);
    }
  };
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, users.length) }, worker));
}

export interface Tally {
  total: number;
  done: number;
  skipped: number;
  refused: number;
  stopped: number;
  /** Neither waiting nor running any more. */
  settled: number;
}

export function tally(outcomes: Iterable<Outcome>): Tally {
  const counts: Tally = { total: 0, done: 0, skipped: 0, refused: 0, stopped: 0, settled: 0 };
  for (const { status } of outcomes) {
    counts.total += 1;
    if (status === "waiting" || status === "running") continue;
    counts.settled += 1;
    counts[status] += 1;
  }
  return counts;
}

/** How many will be changed, and why the others are left as they are. */
export function forecast(
  users: readonly User[],
  change: BulkChange,
  circumstances: Circumstances,
): { changed: User[]; skipped: Map<Skip, number> } {
  const changed: User[] = [];
  const skipped = new Map<Skip, number>();
  for (const user of users) {
    const plan = planFor(user, change, circumstances);
    if (plan.do === "skip") skipped.set(plan.why, (skipped.get(plan.why) ?? 0) + 1);
    else changed.push(user);
  }
  return { changed, skipped };
}
