import { useEffect, useState } from "react";
import { api, everyItem } from "../api/client";
import type { Role } from "../api/types";

let known: Promise<Role[]> | null = null;

/** The roles' names for lists and filters; asked for once per page load. Undefined until then, or when it failed. */
export function useRoles(): Role[] | undefined {
  const [roles, setRoles] = useState<Role[]>();
  useEffect(() => {
    let wanted = true;
    known ??= everyItem(() => api.roles());
    known.then(
      (list) => {
        if (wanted) setRoles(list);
      },
      () => {
        known = null;
      },
    );
    return () => {
      wanted = false;
    };
  }, []);
  return roles;
}
