import { createContext, useContext } from "react";
import type { Id, Me, Organization } from "../api/types";
import { useSearch, withSearch } from "../router";

export interface Session {
  me: Me;
  organizations: Organization[];
  /** Asks again for who I am and which organizations there are. */
  refresh: () => void;
  signOut: () => void;
}

export const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession outside of the signed-in frame");
  return session;
}

/** Whether the signed-in person holds a permission. The server decides; this only keeps dead buttons off the page. */
export function useCan(): (permission: string) => boolean {
  const { me } = useSession();
  return (permission) => me.permissions.includes(permission);
}

/** The organization chosen in the switcher (`?organization=`), or none for all of them. */
export function useOrganization(): { id: Id | undefined; organization: Organization | undefined } {
  const { organizations } = useSession();
  const id = useSearch().get("organization") ?? undefined;
  return { id, organization: organizations.find((o) => o.id === id) };
}

/** A link to another page that keeps the chosen organization, and nothing else of the present page. */
export function useKeepOrganization(): (path: string, search?: Record<string, string>) => string {
  const { id } = useOrganization();
  return (path, search = {}) => withSearch({ ...(id ? { organization: id } : {}), ...search }, path, "");
}
