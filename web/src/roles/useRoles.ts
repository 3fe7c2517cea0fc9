import { api, everyItem } from "../api/client";
import type { ApiProblem } from "../api/problem";
import { Shared, useShared } from "../api/shared";
import type { Id, Permission, Role } from "../api/types";
import { useOrganization } from "../console/session";

/** By the organization whose own roles are among them; "" for none. */
const roles = new Shared((organization: string) =>
  everyItem<Role>((cursor) => api.roles({ organization: organization || undefined, cursor })),
);
const permissions = new Shared(async () => (await api.permissions()).items);

/** The built-in roles, the technicians' and those of one organization, with what went wrong when they were asked for. */
export function useRoleList(organization: Id | undefined): {
  roles: Role[] | undefined;
  problem: ApiProblem | undefined;
  retry: () => void;
} {
  const key = organization ?? "";
  const { data, problem } = useShared(roles, key);
  return { roles: data, problem, retry: () => void roles.refresh(key) };
}

/** The roles' names for lists and filters, for the organization that is chosen or the one that is named. */
export function useRoles(organization?: Id | null): Role[] | undefined {
  const { id } = useOrganization();
  return useShared(roles, organization ?? id ?? "").data;
}

/** After a role was made, changed or deleted. */
export function rolesChanged(): void {
  roles.forget();
}

/** Every permission there is, in the server's order. */
export function usePermissions(): { permissions: Permission[] | undefined; problem: ApiProblem | undefined } {
  const { data, problem } = useShared(permissions, "");
  return { permissions: data, problem };
}
