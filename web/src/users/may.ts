import type { AccountAct } from "../api/client";
import type { Id, Me, Role, User } from "../api/types";
import { type InvitationAct, possible } from "./actions";

/** Why an account as a whole is out of reach for the signed-in person, whatever they may do to others. */
export type Hands = "off_own" | "off_root" | "off_more" | null;

export interface May {
  edit: boolean;
  clone: boolean;
  invitation: InvitationAct[];
  /** In the order in which they are offered. */
  account: AccountAct[];
  remove: boolean;
  seeSessions: boolean;
  endSessions: boolean;
  /** Sees and ends their API keys. */
  endKeys: boolean;
  /** Roles, permissions and scope stay as they are. */
  accessFixed: Hands;
  /** Why neither status nor existence of the account can be changed. */
  fixed: Hands;
}

/** What is asked about the person who is signed in. */
export type SignedIn = Pick<Me, "user" | "permissions" | "organizations">;

/** Everything that a person may do: what their roles permit and what they were given besides. */
export function permissionsOf(user: Pick<User, "roles" | "permissions">, roles: Role[] | undefined): Set<string> {
  const all = new Set(user.permissions);
  for (const id of user.roles) for (const p of roles?.find((role) => role.id === id)?.permissions ?? []) all.add(p);
  return all;
}

/** Whether `me` holds all of these: nobody gives or takes away, or touches somebody with, more than they hold. */
export function holds(me: Pick<SignedIn, "permissions">, permissions: Iterable<string>): boolean {
  return [...permissions].every((permission) => me.permissions.includes(permission));
}

const withinScope = (me: SignedIn, organizations: "all" | Id[]) =>
  me.organizations === "all" ||
  (organizations !== "all" && organizations.every((id) => me.organizations !== "all" && me.organizations.includes(id)));

/**
 * What fits the account's state and the signed-in person's permissions. It only keeps dead buttons off the page;
 * the server has the last word.
 */
export function may(me: SignedIn, user: User, roles: Role[] | undefined): May {
  const can = (permission: string) => me.permissions.includes(permission);
  const own = me.user.id === user.id;
  const reach = own || (holds(me, permissionsOf(user, roles)) && withinScope(me, user.organizations));
  const registered = user.status === "active" || user.status === "locked_out";
  const fixed: Hands = own ? "off_own" : user.root ? "off_root" : reach ? null : "off_more";
  const account: [AccountAct, boolean][] = [
    ["unlock", can("credentials.write") && fixed === null && user.status === "locked_out"],
    ["reset-password", can("credentials.write") && fixed === null && registered],
    ["reset-mfa", can("credentials.write") && fixed === null && registered && user.mfa === "enrolled"],
    ["activate", can("users.write") && can("credentials.write") && fixed === null && user.status === "deactivated"],
    ["deactivate", can("users.write") && fixed === null && user.status !== "deactivated"],
  ];
  return {
    edit: can("users.write") && reach,
    clone: can("users.write") && reach && !user.root,
    invitation: can("invitations.write") && reach ? possible(user) : [],
    account: account.flatMap(([act, fits]) => (fits ? [act] : [])),
    remove: can("users.delete") && fixed === null,
    seeSessions: registered,
    endSessions: can("credentials.write") && reach && registered,
    endKeys: can("credentials.write") && fixed === null && registered,
    accessFixed: fixed,
    fixed,
  };
}
