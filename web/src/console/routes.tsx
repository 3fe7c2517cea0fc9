import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import { texts as account } from "../account/texts";
import type { Me } from "../api/types";
import { texts as audit } from "../audit/texts";
import { texts as lists } from "../lists/texts";
import { texts as profiles } from "../profiles/texts";
import { texts as roles } from "../roles/texts";
import { withSearch } from "../router";
import { texts as settings } from "../settings/texts";
import { texts } from "../texts/en";
import { AuditIcon, FlagIcon, ImportIcon, PersonIcon, RolesIcon, SettingsIcon, UsersIcon } from "../ui/icons";
import type { Needs } from "./session";

/** Something that the command palette finds beside the pages of the rail: a part of a page, or what can be done there. */
export interface Command {
  title: string;
  /** Other words that it is found by. */
  words?: string;
  path: string;
  search?: Record<string, string>;
  permission: Needs;
  does?: true;
}

/** A page is shown for every path that begins with `path` at a segment's end; what follows is the page's own. */
export interface Route {
  path: string;
  title: string;
  page: LazyExoticComponent<ComponentType> | ComponentType;
  /** Shown in the rail, in this order. */
  rail?: { icon: ComponentType<{ size?: number }>; permission: Needs; shown?: (me: Me) => boolean };
  /** Found in the command palette without being in the rail. */
  command?: { title: string; permission: Needs; icon: ComponentType<{ size?: number }> };
  commands?: Command[];
}

export const routes: Route[] = [
  {
    path: "/getting-started",
    title: account.start.title,
    page: lazy(() => import("../account/GettingStarted")),
    rail: {
      icon: FlagIcon,
      permission: ["imports.write", "users.write"],
      shown: (me) => me.settings.getting_started,
    },
  },
  {
    path: "/users",
    title: texts.nav.users,
    page: lazy(() => import("../users/UsersPage")),
    rail: { icon: UsersIcon, permission: "users.read" },
    commands: [
      { title: texts.users.add, path: "/users", search: { new: "user" }, permission: "users.write", does: true },
    ],
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
    rail: { icon: RolesIcon, permission: ["roles.read", "lists.read"] },
    commands: [
      { title: roles.add, path: "/roles/new", permission: "roles.write", does: true },
      { title: lists.groups.title, path: "/roles/groups", words: lists.groups.words, permission: "lists.read" },
      {
        title: lists.groups.add,
        path: "/roles/groups",
        search: { new: "group" },
        permission: "lists.write",
        does: true,
      },
    ],
  },
  {
    path: "/audit",
    title: audit.title,
    page: lazy(() => import("../audit/AuditPage")),
    rail: { icon: AuditIcon, permission: "audit.read" },
  },
  {
    path: "/settings",
    title: texts.nav.settings,
    page: lazy(() => import("../settings/SettingsPage")),
    rail: { icon: SettingsIcon, permission: ["organizations.read", "lists.read"] },
    commands: [
      {
        title: settings.tabs.organization,
        path: "/settings",
        words: settings.words,
        permission: "organizations.read",
      },
      { title: settings.tabs.organizations, path: "/settings/organizations", permission: "organizations.read" },
      { title: lists.sites.title, path: "/settings/sites", permission: "lists.read" },
      { title: lists.courses.title, path: "/settings/courses", permission: "lists.read" },
      {
        title: lists.services.title,
        path: "/settings/services",
        words: lists.services.words,
        permission: "lists.read",
      },
      {
        title: lists.properties.title,
        path: "/settings/properties",
        words: lists.properties.words,
        permission: "lists.read",
      },
      {
        title: lists.properties.add,
        path: "/settings/properties",
        search: { new: "property" },
        permission: "lists.write",
        does: true,
      },
      {
        title: profiles.title,
        path: "/settings/import-profiles",
        words: profiles.words,
        permission: "organizations.read",
      },
      {
        title: settings.organizations.add,
        path: "/settings/organizations",
        search: { new: "organization" },
        permission: "organizations.write",
        does: true,
      },
    ],
  },
  {
    path: "/account",
    title: account.title,
    page: lazy(() => import("../account/AccountPage")),
    command: { title: account.title, permission: null, icon: PersonIcon },
    commands: [
      { title: account.tabs.profile, path: "/account/profile", words: account.words, permission: null },
      { title: account.tabs.notifications, path: "/account/notifications", permission: null },
      { title: account.tabs.security, path: "/account/security", words: account.securityWords, permission: null },
      { title: account.tabs.keys, path: "/account/api-keys", permission: "api_keys.write" },
      {
        title: settings.keys.add,
        path: "/account/api-keys",
        search: { new: "key" },
        permission: "api_keys.write",
        does: true,
      },
    ],
  },
];

export function routeOf(path: string): Route | undefined {
  return routes.find((route) => path === route.path || path.startsWith(`${route.path}/`));
}

/** What a path shows, for the browser's tab and history: a part of a page by its own name. */
export function titleOf(path: string): string | undefined {
  const route = routeOf(path);
  return route?.commands?.find((command) => command.path === path && !command.search)?.title ?? route?.title;
}

/**
 * The present page, for another organization (null: for all of them). Filters stay; an open row, a page of one thing
 * and a form that was opened belong to the organization that is left.
 */
export function inOrganization(id: string | null, path: string, from?: string): string {
  const page = path.startsWith("/imports/")
    ? "/imports"
    : path.startsWith("/roles/") && path !== "/roles/groups"
      ? "/roles"
      : path.startsWith("/settings/import-profiles/")
        ? "/settings/import-profiles"
        : id !== null && path === "/settings/organizations"
          ? "/settings"
          : path;
  return withSearch({ organization: id, user: null, entry: null, new: null, group: null, edit: null }, page, from);
}
