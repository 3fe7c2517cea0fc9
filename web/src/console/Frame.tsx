import { Suspense, useEffect, useState } from "react";
import {
  Button as AriaButton,
  Autocomplete,
  Header,
  Input,
  Menu,
  MenuItem,
  MenuSection,
  MenuTrigger,
  Popover,
  SearchField,
  useFilter,
} from "react-aria-components";
import { texts as accountTexts } from "../account/texts";
import { Link, navigate, usePath, withSearch } from "../router";
import { texts } from "../texts/en";
import { MenuButton, Skeleton } from "../ui/controls";
import { CheckIcon, ChevronUpDownIcon, CloseIcon, MenuIcon, OrganizationIcon, PlusIcon, SearchIcon } from "../ui/icons";
import { CommandPalette } from "./CommandPalette";
import { ErrorBoundary } from "./ErrorBoundary";
import { inOrganization, routeOf, routes, titleOf } from "./routes";
import { useCan, useKeepOrganization, useOrganization, useSession } from "./session";
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
  const { me } = useSession();
  const railed = routes.filter(({ rail }) => rail && can(rail.permission) && (rail.shown?.(me) ?? true));
  const first = railed[0]?.path;
  useEffect(() => {
    if (path === "/" && first) void navigate(withSearch({}, first), { replace: true });
  }, [path, first]);

  const title = titleOf(path);
  useEffect(() => {
    document.title = title ? `${title} · ${texts.product}` : texts.product;
  }, [title]);

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
            {railed.map((entry) => (
              <RailLink key={entry.path} path={entry.path} />
            ))}
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

/** More organizations than these are searched rather than read. */
const READABLE = 8;

function OrganizationSwitcher() {
  const { organizations, me } = useSession();
  const can = useCan();
  const path = usePath();
  const { id: chosen, organization } = useOrganization();
  const { contains } = useFilter({ sensitivity: "base" });
  const all = me.organizations === "all";
  const everything = all ? texts.nav.allOrganizations : texts.nav.yourOrganizations;
  const name = organization?.name ?? everything;
  const add = all && can("organizations.write");
  // Nothing to switch to and nothing to make: a name, no button.
  if (!all && organizations.length < 2 && !add)
    return (
      <p className="rail-button rail-still">
        <OrganizationIcon />
        <span className="grow clip">
          <span className="visually-hidden">{texts.nav.organization}: </span>
          {organization?.name ?? me.user.name}
        </span>
      </p>
    );
  const entry = (id: string | null, label: string) => (
    <MenuItem
      key={id ?? "all"}
      id={id ?? "all"}
      className="menu-item"
      textValue={label}
      onAction={() => void navigate(inOrganization(id, path))}
    >
      <span className="grow clip">{label}</span>
      <span className="check">
        {id === (chosen ?? null) && (
          <>
            <CheckIcon />
            <span className="visually-hidden">{texts.nav.chosen}</span>
          </>
        )}
      </span>
    </MenuItem>
  );
  const menu = (
    <Menu
      className="menu"
      aria-label={texts.nav.organization}
      renderEmptyState={() => <p className="menu-none muted">{texts.nav.noOrganization}</p>}
    >
      <MenuSection>
        <Header className="menu-header">{texts.nav.organization}</Header>
        {entry(null, everything)}
        {organizations.map(({ id, name }) => entry(id, name))}
      </MenuSection>
      {add && (
        <MenuSection aria-label={texts.common.actions} className="menu-apart">
          <MenuItem
            id="new"
            className="menu-item"
            textValue={texts.nav.newOrganization}
            onAction={() => void navigate("/settings/organizations?new=organization")}
          >
            <PlusIcon />
            {texts.nav.newOrganization}
          </MenuItem>
        </MenuSection>
      )}
    </Menu>
  );
  return (
    <MenuTrigger>
      <AriaButton className="rail-button" aria-label={`${texts.nav.organization}: ${name}`}>
        <OrganizationIcon />
        <span className="grow clip">{name}</span>
        <ChevronUpDownIcon />
      </AriaButton>
      <Popover className="popover switcher" placement="bottom start">
        {organizations.length > READABLE ? (
          <Autocomplete filter={contains}>
            <SearchField className="switcher-search" aria-label={texts.nav.findOrganization} autoFocus>
              <SearchIcon />
              <Input className="bare-input" placeholder={texts.nav.findOrganization} />
            </SearchField>
            {menu}
          </Autocomplete>
        ) : (
          menu
        )}
      </Popover>
    </MenuTrigger>
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
          {
            entries: [
              { id: "account", label: accountTexts.menu, href: "/account/profile" },
              { id: "sign-out", label: texts.nav.signOut, onPress: signOut },
            ],
          },
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
      <Link to="/account/profile" className="button">
        {accountTexts.title}
      </Link>
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
