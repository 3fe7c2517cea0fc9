import { useId, useMemo, useRef, useState } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import { navigate, usePath, withSearch } from "../router";
import { texts } from "../texts/en";
import { KeyIcon, OrganizationIcon, PlusIcon, SearchIcon, SettingsIcon } from "../ui/icons";
import { routes } from "./routes";
import { useCan, useKeepOrganization, useSession } from "./session";
import { storeTheme } from "./theme";

interface Command {
  id: string;
  title: string;
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

  const commands = useMemo<Command[]>(() => {
    const go = (to: string) => () => void navigate(to);
    const all: (Command | false)[] = [
      ...routes.map((route) => {
        const entry = route.rail ?? route.command;
        if (!entry || !can(entry.permission)) return false;
        const Icon = entry.icon;
        return {
          id: route.path,
          title: route.title,
          kind: route.rail ? texts.palette.page : texts.palette.action,
          icon: <Icon />,
          run: go(keep(route.path)),
        };
      }),
      can("users.write") && {
        id: "add-user",
        title: texts.users.add,
        kind: texts.palette.action,
        icon: <PlusIcon />,
        run: go(keep("/users", { new: "user" })),
      },
      can("organizations.write") && {
        id: "new-organization",
        title: texts.settings.newOrganization,
        kind: texts.palette.action,
        icon: <PlusIcon />,
        run: go("/settings?new=organization"),
      },
      can("api_keys.write") && {
        id: "new-key",
        title: texts.settings.createKey,
        kind: texts.palette.action,
        icon: <KeyIcon />,
        run: go("/settings?new=key"),
      },
      ...organizations.map((organization) => ({
        id: `organization:${organization.id}`,
        title: organization.name,
        kind: texts.palette.switchTo,
        icon: <OrganizationIcon />,
        run: go(withSearch({ organization: organization.id, user: null }, path)),
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
    return all.filter((command): command is Command => command !== false);
  }, [organizations, can, path, keep, signOut]);

  const found = commands.filter((command) => matches(command.title, query)).slice(0, 50);
  const active = found[Math.min(at, found.length - 1)];
  const choose = (command: Command | undefined) => {
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
