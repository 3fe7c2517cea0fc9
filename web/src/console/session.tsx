import { createContext, useContext } from "react";
import type { Id, Me, Organization } from "../api/types";
import { useSearch, withSearch } from "../router";

/** Why nobody is signed in any more. */
export type EndReason = "idle" | "expired" | "signed-out" | "password" | "phone" | "mfa";

export interface Ended {
  why: EndReason;
  /** Recovery codes that were made in the same breath: they are shown first, for they are shown once. */
  codes?: string[];
  /** Whose they are. */
  name?: string;
}

export interface Session {
  me: Me;
  organizations: Organization[];
  /** Asks again for who I am and which organizations there are. */
  refresh: () => void;
  signOut: () => void;
  /** All sessions have ended on the server, this one too: to sign-in, and back here. */
  leave: (ended: Ended) => void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside of the signed-in frame");
  return session;
}

/** One permission, or several of which any will do; null: whoever is signed in. */
export type Needs = string | readonly string[] | null;

/** Whether the signed-in person holds a permission. The server decides; this only keeps dead buttons off the page. */
export function useCan(): (needs: Needs) => boolean {
  const { me } = useSession();
  return (needs) =>
    needs === null ||
    (typeof needs === "string"
      ? me.permissions.includes(needs)
      : needs.some((permission) => me.permissions.includes(permission)));
}

/**
 * The organization chosen in the switcher (`?organization=`), or none for all of them. Who has only one has no
 * switch to make: it is chosen.
 */
export function useOrganization(): { id: Id | undefined; organization: Organization | undefined } {
  const { me, organizations } = useSession();
  const only = me.organizations !== "all" && organizations.length === 1 ? organizations[0]?.id : undefined;
  const id = useSearch().get("organization") ?? only;
  return { id, organization: organizations.find((o) => o.id === id) };
}

/** A link to another page that keeps the chosen organization, and nothing else of the present page. */
export function useKeepOrganization(): (path: string, search?: Record<string, string>) => string {
  const { id } = useOrganization();
  return (path, search = {}) => withSearch({ ...(id ? { organization: id } : {}), ...search }, path, "");
}
