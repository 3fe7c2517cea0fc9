import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { texts } from "../texts/en";
import { ImportIcon, RolesIcon, SettingsIcon, UsersIcon } from "../ui/icons";

/** A page is shown for every path that begins with `path` at a segment's end; what follows is the page's own. */
export interface Route {
  path: string;
  title: string;
  page: LazyExoticComponent<ComponentType> | ComponentType;
  /** Shown in the rail, in this order. */
  rail?: { icon: ComponentType<{ size?: number }>; permission: string };
  /** Found in the command palette without being in the rail. */
  command?: { title: string; permission: string; icon: ComponentType<{ size?: number }> };
}

export const routes: Route[] = [
  {
    path: "/users",
    title: texts.nav.users,
    page: lazy(() => import("../users/UsersPage")),
    rail: { icon: UsersIcon, permission: "users.read" },
  },
  {
    path: "/imports",
    title: texts.nav.imports,
    page: lazy(() => import("../import/ImportsPage")),
    rail: { icon: ImportIcon, permission: "imports.read" },
  },
  {
    path: "/import",
    title: texts.users.import,
    page: lazy(() => import("../import/ImportWizard")),
    command: { title: texts.users.import, permission: "imports.write", icon: ImportIcon },
  },
  {
    path: "/roles",
    title: texts.nav.roles,
    page: lazy(() => import("../roles/RolesPage")),
    rail: { icon: RolesIcon, permission: "roles.read" },
  },
  {
    path: "/settings",
    title: texts.nav.settings,
    page: lazy(() => import("../settings/SettingsPage")),
    rail: { icon: SettingsIcon, permission: "organizations.read" },
  },
];

export function routeOf(path: string): Route | undefined {
  return routes.find((route) => path === route.path || path.startsWith(`${route.path}/`));
}
