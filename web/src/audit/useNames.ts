import { useCallback, useMemo } from "react";
import type { Id } from "../api/types";
import { useSession } from "../console/session";
import { useRoles } from "../roles/useRoles";
import { useLists } from "../users/useLists";
import type { Names } from "./words";

/** Names of what the events of one organization (or of the deployment) refer to, as far as one may see them. */
export function useNames(organization: Id | null | undefined): Names {
  const { organizations } = useSession();
  const roles = useRoles(organization);
  const { groups, sites, courses, services, properties } = useLists(organization);
  const known = useMemo(() => {
    const map = new Map<string, string>();
    for (const list of [organizations, roles, groups, sites, courses, services])
      for (const { id, name } of list ?? []) map.set(id, name);
    for (const { key, name } of properties ?? []) map.set(`property:${key}`, name);
    return map;
  }, [organizations, roles, groups, sites, courses, services, properties]);
  return useCallback((id: string) => known.get(id), [known]);
}
