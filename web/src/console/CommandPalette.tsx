import { useId, useMemo, useRef, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { navigate, usePath } from "../router";
import { texts } from "../texts/en";
import { OrganizationIcon, PlusIcon, SearchIcon, SettingsIcon, UsersIcon } from "../ui/icons";
import { inOrganization, routes } from "./routes";
import { useCan, useKeepOrganization, useSession } from "./session";
import { storeTheme } from "./theme";

interface Entry {
  id: string;
  title: string;
  words?: string;
  kind: string;
  icon: React.ReactNode;
  run: () => void;
}

/** Every word of the query begins some word of the title. */
export function matches(title: string, query: string): boolean {
  const words = title.toLowerCase().split(/[\s&·:]+/);
  return query
    .toLowerCase()
    .split(/\s+/)
    .filter(Boolean)
    .every((part) => words.some((word) => word.startsWith(part)));
}

/** Reaches every page and action by a few letters. */
export function CommandPalette({ onClose }: { onClose: () => void }) {
  const { organizations, signOut } = useSession();
  const can = useCan();
  const path = usePath();
  const keep = useKeepOrganization();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const id = useId();

  const commands = useMemo<Entry[]>(() => {
    const go = (to: string) => () => void navigate(to);
    const all: (Entry | false)[] = [
      ...routes.flatMap((route) => {
        const entry = route.rail ?? route.command;
        if (!entry) return [];
        const Icon = entry.icon;
        const page: Entry | false = can(entry.permission) && {
          id: route.path,
          title: route.title,
          kind: route.rail ? texts.palette.page : texts.palette.action,
          icon: <Icon />,
          run: go(keep(route.path)),
        };
        const parts = (route.commands ?? []).map(
          (command): Entry | false =>
            can(command.permission) && {
              id: `${command.path}:${command.title}`,
              title: command.title,
              ...(command.words ? { words: command.words } : {}),
              kind: command.does ? texts.palette.action : texts.palette.page,
              icon: command.does ? <PlusIcon /> : <Icon />,
              run: go(keep(command.path, command.search)),
            },
        );
        return [page, ...parts];
      }),
      ...organizations.map((organization) => ({
        id: `organization:${organization.id}`,
        title: organization.name,
        kind: texts.palette.switchTo,
        icon: <OrganizationIcon />,
        run: go(inOrganization(organization.id, path)),
      })),
      ...(["system", "light", "dark"] as const).map((theme) => ({
        id: `theme:${theme}`,
        title: `${texts.nav.theme}: ${{ system: texts.nav.themeSystem, light: texts.nav.themeLight, dark: texts.nav.themeDark }[theme]}`,
        kind: texts.palette.action,
        icon: <SettingsIcon />,
        run: () => storeTheme(theme),
      })),
      { id: "sign-out", title: texts.nav.signOut, kind: texts.palette.action, icon: <SettingsIcon />, run: signOut },
    ];
    return all.filter((command): command is Entry => command !== false);
  }, [organizations, can, path, keep, signOut]);

  const wanted = query.trim();
  const found = commands
    .filter((command) => matches(`${command.title} ${command.words ?? ""}`, wanted))
    .slice(0, 50)
    .concat(
      // Whoever is not found among the commands may be a person.
      wanted !== "" && can("users.read")
        ? {
            id: "find-people",
            title: texts.palette.findPeople(wanted),
            kind: texts.palette.action,
            icon: <UsersIcon />,
            run: () => void navigate(keep("/users", { q: wanted })),
          }
        : [],
    );
  const active = found[Math.min(at, found.length - 1)];
  const choose = (command: Entry | undefined) => {
    if (!command) return;
    onClose();
    command.run();
  };
  const move = (to: number) => {
    const next = (to + found.length) % Math.max(1, found.length);
    setAt(next);
    list.current?.children[next]?.scrollIntoView({ block: "nearest" });
  };

  return (
    <ModalOverlay
      className="modal-shade palette-shade"
      isOpen
      isDismissable
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Modal className="modal">
        <Dialog className="dialog" aria-label={texts.nav.commands}>
          <div className="palette-input">
            <SearchIcon />
            <input
              role="combobox"
              aria-expanded="true"
              aria-controls={id}
              aria-activedescendant={active ? `${id}-${active.id}` : undefined}
              aria-autocomplete="list"
              aria-label={texts.nav.commandHint}
              placeholder={texts.nav.searchCommands}
              value={query}
              autoFocus
              spellCheck="false"
              autoComplete="off"
              onChange={(event) => {
                setQuery(event.target.value);
                setAt(0);
              }}
              onKeyDown={(event) => {
                if (event.key === "ArrowDown") move(at + 1);
                else if (event.key === "ArrowUp") move(at - 1);
                else if (event.key === "Enter") choose(active);
                else return;
                event.preventDefault();
              }}
            />
          </div>
          <div className="menu palette-list" role="listbox" id={id} aria-label={texts.nav.commands} ref={list}>
            {found.map((command) => (
              // biome-ignore lint/a11y/useKeyWithClickEvents lint/a11y/useFocusableInteractive: the combobox holds the focus and the keys
              <div
                key={command.id}
                id={`${id}-${command.id}`}
                role="option"
                aria-selected={command === active}
                className="menu-item"
                data-focused={command === active ? "" : undefined}
                onClick={() => choose(command)}
              >
                {command.icon}
                <span className="grow">{command.title}</span>
                <span className="muted">{command.kind}</span>
              </div>
            ))}
          </div>
          {found.length === 0 && (
            <p className="palette-none muted" role="status">
              {texts.nav.noCommand}
            </p>
          )}
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
