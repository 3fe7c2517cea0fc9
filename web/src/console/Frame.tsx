import { Suspense, useEffect, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { Link, navigate, usePath, useSearch, withSearch } from "../router";
import { texts } from "../texts/en";
import { MenuButton, Skeleton } from "../ui/controls";
import { ChevronUpDownIcon, CloseIcon, MenuIcon, OrganizationIcon, SearchIcon } from "../ui/icons";
import { CommandPalette } from "./CommandPalette";
import { ErrorBoundary } from "./ErrorBoundary";
import { routeOf, routes } from "./routes";
import { useCan, useKeepOrganization, useSession } from "./session";
import { storedTheme, storeTheme, type Theme } from "./theme";

const mac = /Mac|iP(hone|ad)/.test(navigator.platform);
export const commandKey = mac ? "⌘ K" : "Ctrl K";

/** Left rail (a top bar under 900 px), organization switcher, person menu, command palette, and the page. */
export function Frame() {
  const path = usePath();
  const can = useCan();
  const route = routeOf(path);
  const [open, setOpen] = useState(false);
  const [palette, setPalette] = useState(false);

  const needed = route && (route.rail ?? route.command)?.permission;
  const allowed = needed === undefined || can(needed);
  const first = routes.find((entry) => entry.rail && can(entry.rail.permission))?.path;
  useEffect(() => {
    if (path === "/" && first) void navigate(withSearch({}, first), { replace: true });
  }, [path, first]);

  useEffect(() => {
    document.title = route ? `${route.title} · ${texts.product}` : texts.product;
  }, [route]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawer closes when a page was chosen
  useEffect(() => setOpen(false), [path]);

  useEffect(() => {
    const key = (event: KeyboardEvent) => {
      if (event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey) {
        event.preventDefault();
        setPalette((old) => !old);
      }
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);

  useEffect(() => {
    if (!open) return;
    const key = (event: KeyboardEvent) => {
      if (event.key === "Escape") setOpen(false);
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, [open]);

  const Page = route?.page;
  return (
    <div className="frame">
      <a className="skip" href="#content">
        {texts.common.skipToContent}
      </a>
      <header className="topbar">
        <AriaButton
          className="button"
          data-look="quiet"
          data-square=""
          aria-label={open ? texts.nav.closeMenu : texts.nav.openMenu}
          aria-expanded={open}
          aria-controls="rail"
          onPress={() => setOpen(!open)}
        >
          {open ? <CloseIcon /> : <MenuIcon />}
        </AriaButton>
        <span className="topbar-title">{texts.product}</span>
      </header>
      <section className="rail" id="rail" aria-label={texts.product} data-open={open ? "" : undefined}>
        <div className="brand">
          <img src="/icon.svg" width="22" height="22" alt="" />
          {texts.product}
        </div>
        <OrganizationSwitcher />
        <AriaButton className="rail-search" onPress={() => setPalette(true)}>
          <SearchIcon />
          <span className="grow">{texts.nav.commands}</span>
          <kbd>{commandKey}</kbd>
        </AriaButton>
        <nav aria-label={texts.nav.label}>
          <ul>
            {routes.map(
              (entry) => entry.rail && can(entry.rail.permission) && <RailLink key={entry.path} path={entry.path} />,
            )}
          </ul>
        </nav>
        <PersonMenu />
      </section>
      {open && <div className="rail-shade" aria-hidden="true" onClick={() => setOpen(false)} />}
      <main id="content" tabIndex={-1}>
        <ErrorBoundary key={route?.path ?? path}>
          <Suspense fallback={<PageSkeleton />}>
            {Page && allowed ? <Page /> : path === "/" ? first ? null : <Home /> : <NotFound home={first ?? "/"} />}
          </Suspense>
        </ErrorBoundary>
      </main>
      {palette && <CommandPalette onClose={() => setPalette(false)} />}
    </div>
  );
}

function RailLink({ path }: { path: string }) {
  const here = usePath();
  const keep = useKeepOrganization();
  const route = routes.find((entry) => entry.path === path);
  if (!route?.rail) return null;
  const Icon = route.rail.icon;
  // The wizard is a part of Imports.
  const current = routeOf(here)?.path ?? "";
  const on = current === path || (path === "/imports" && current === "/import");
  return (
    <li>
      <Link to={keep(path)} className="rail-link" aria-current={on ? "page" : undefined}>
        <Icon />
        {route.title}
      </Link>
    </li>
  );
}

function OrganizationSwitcher() {
  const { organizations, me } = useSession();
  const can = useCan();
  const path = usePath();
  const chosen = useSearch().get("organization");
  const name = organizations.find((o) => o.id === chosen)?.name ?? texts.nav.allOrganizations;
  const choose = (id: string | null) =>
    // Filters stay, an open row and a place in the list do not: they belong to the organization that was left.
    void navigate(withSearch({ organization: id, user: null }, path));
  const entries = [
    ...(me.organizations === "all"
      ? [{ id: "all", label: texts.nav.allOrganizations, checked: !chosen, onPress: () => choose(null) }]
      : []),
    ...organizations.map((o) => ({
      id: `organization:${o.id}`,
      label: o.name,
      checked: o.id === chosen,
      onPress: () => choose(o.id),
    })),
  ];
  return (
    <MenuButton
      groups={[
        { title: texts.nav.organization, entries },
        ...(can("organizations.write")
          ? [{ entries: [{ id: "new", label: texts.nav.newOrganization, href: "/settings?new=organization" }] }]
          : []),
      ]}
    >
      <AriaButton className="rail-button" aria-label={`${texts.nav.organization}: ${name}`}>
        <OrganizationIcon />
        <span className="grow clip">{name}</span>
        <ChevronUpDownIcon />
      </AriaButton>
    </MenuButton>
  );
}

function PersonMenu() {
  const { me, signOut } = useSession();
  const [theme, setTheme] = useState<Theme>(storedTheme);
  const themes: [Theme, string][] = [
    ["system", texts.nav.themeSystem],
    ["light", texts.nav.themeLight],
    ["dark", texts.nav.themeDark],
  ];
  const name = me.user.name || me.user.email;
  return (
    <div className="rail-person">
      <MenuButton
        placement="top start"
        groups={[
          {
            title: texts.nav.theme,
            entries: themes.map(([id, label]) => ({
              id,
              label,
              checked: theme === id,
              onPress: () => {
                setTheme(id);
                storeTheme(id);
              },
            })),
          },
          { entries: [{ id: "sign-out", label: texts.nav.signOut, onPress: signOut }] },
        ]}
      >
        <AriaButton className="rail-button" aria-label={`${texts.nav.person}: ${name}`}>
          {/* Drawn by the style sheet: initials are no part of the button's words. */}
          <span className="avatar" aria-hidden="true" data-initials={initials(name)} />
          <span className="grow clip">
            <span className="clip">{name}</span>
          </span>
          <ChevronUpDownIcon />
        </AriaButton>
      </MenuButton>
    </div>
  );
}

export function initials(name: string): string {
  const words = name
    .split(/[\s@.]+/)
    .filter(Boolean)
    .slice(0, 2);
  return words.map((word) => [...word][0]?.toUpperCase() ?? "").join("");
}

export function PageSkeleton() {
  return (
    <div className="page" role="status">
      <span className="visually-hidden">{texts.common.loading}</span>
      <Skeleton width={140} />
    </div>
  );
}

/** For people who have an account here and nothing to administer. */
function Home() {
  const { me } = useSession();
  return (
    <div className="empty">
      <h1>{texts.home.title(me.user.name || me.user.email)}</h1>
      <p>{texts.home.body}</p>
    </div>
  );
}

function NotFound({ home }: { home: string }) {
  return (
    <div className="empty">
      <h1>{texts.notFound.title}</h1>
      <p>{texts.notFound.body}</p>
      <Link to={home} className="button">
        {texts.notFound.action}
      </Link>
    </div>
  );
}
