import { useEffect, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { useOrganization, useSession } from "../console/session";
import { useEntries } from "../lists/useEntries";
import { useRoles } from "../roles/useRoles";
import { useSearchState } from "../router";
import { texts } from "../texts/en";
import { Chip, type ChipOptions } from "../ui/Chip";
import { Button, MenuButton } from "../ui/controls";
import { ChevronDownIcon, SearchIcon } from "../ui/icons";
import { cleared, isFiltered, SORTS, sortOf } from "./filters";
import { texts as t } from "./texts";

const plain = (entries: Record<string, string>) => Object.entries(entries).map(([id, name]) => ({ id, name }));

/** The search box and one chip per filter; everything they hold stands in the URL. */
export function UserFilters() {
  const [search, setSearch] = useSearchState();
  const roles = useRoles();
  const { organizations, me } = useSession();
  const { id: organization } = useOrganization();
  const groups = useEntries("groups", me.permissions.includes("lists.read") ? organization : undefined).entries;
  const { pending, registered, expired, revoked } = texts.personState;
  const sort = sortOf(search);
  return (
    <div className="filters">
      <SearchBox />
      {organizations.length > 1 && (
        <Chip
          label={t.filter.organization}
          value={organization ?? null}
          options={organizations}
          // A group and an open row belong to the organization that is left.
          onChoose={(id) => setSearch({ organization: id, group: null, user: null })}
        />
      )}
      <FilterChip name="status" label={t.filter.status} options={plain(t.status)} />
      <FilterChip
        name="invitation"
        label={texts.users.filterInvitation}
        options={plain({ pending, registered, expired, revoked })}
      />
      <FilterChip name="delivery" label={texts.users.filterDelivery} options={plain(texts.delivery)} />
      <FilterChip name="kind" label={texts.users.filterKind} options={plain(texts.kinds)} />
      <FilterChip name="role" label={texts.users.filterRole} options={roles ?? []} />
      <FilterChip
        name="group"
        label={t.filter.group}
        options={groups ?? []}
        none={organization ? t.filter.noGroups : t.filter.chooseOrganization}
      />
      {isFiltered(search) && (
        <Button look="quiet" onPress={() => setSearch(cleared())}>
          {texts.users.clearFilters}
        </Button>
      )}
      <span className="grow" />
      <MenuButton
        placement="bottom end"
        groups={[
          {
            title: t.filter.sort,
            entries: SORTS.map((id) => ({
              id,
              label: t.filter.sorts[id],
              checked: id === sort,
              onPress: () => setSearch({ sort: id === "name" ? null : id }),
            })),
          },
        ]}
      >
        <AriaButton className="chip" aria-label={t.filter.sortedBy(t.filter.sorts[sort])}>
          {t.filter.sorts[sort]}
          <ChevronDownIcon size={14} />
        </AriaButton>
      </MenuButton>
    </div>
  );
}

function SearchBox() {
  const [search, setSearch] = useSearchState();
  const q = search.get("q") ?? "";
  const box = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(q);

  // A URL that changed otherwise (back, a link) wins over what was typed; what it has from here is older than that.
  const own = useRef(q);
  useEffect(() => {
    if (q !== own.current) setTyped(q);
    own.current = q;
  }, [q]);
  useEffect(() => {
    if (typed.trim() === q) return;
    const timer = setTimeout(() => {
      own.current = typed.trim();
      setSearch({ q: own.current || null }, { replace: true });
    }, 200);
    return () => clearTimeout(timer);
  }, [typed, q, setSearch]);

  useEffect(() => {
    const key = (event: globalThis.KeyboardEvent) => {
      const target = event.target as HTMLElement;
      const typing = target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName);
      if (event.key !== "/" || typing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (document.querySelector("[role=dialog], [role=alertdialog]")) return;
      event.preventDefault();
      box.current?.focus();
      box.current?.select();
    };
    addEventListener("keydown", key);
    return () => removeEventListener("keydown", key);
  }, []);

  return (
    <search className="search-box">
      <SearchIcon />
      <input
        ref={box}
        type="search"
        aria-label={texts.users.search}
        placeholder={texts.users.search}
        value={typed}
        spellCheck="false"
        autoComplete="off"
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Escape") return;
          if (typed) setTyped("");
          else box.current?.blur();
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </search>
  );
}

function FilterChip(p: ChipOptions & { name: string }) {
  const [search, setSearch] = useSearchState();
  return <Chip {...p} value={search.get(p.name)} onChoose={(id) => setSearch({ [p.name]: id })} />;
}
