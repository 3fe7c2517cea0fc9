import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import type { UserFilter } from "../api/client";
import type { ApiProblem } from "../api/problem";
import type { Id, Role, User } from "../api/types";
import { useCan, useKeepOrganization, useOrganization, useSession } from "../console/session";
import { useRoles } from "../roles/useRoles";
import { followsInPage, Link, useSearchState, withSearch } from "../router";
import { texts } from "../texts/en";
import { announce, ask, notify } from "../ui/announce";
import { Button, Checkbox, MenuButton, Skeleton } from "../ui/controls";
import { ChevronDownIcon, CloseIcon, ImportIcon, PlusIcon, SearchIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { PersonPill } from "../ui/status";
import { count, Time } from "../ui/time";
import { AddUserDialog } from "./AddUserDialog";
import { actOnAll, type InvitationAct, possible } from "./actions";
import { InvitationSummary } from "./InvitationSummary";
import { UserPanel } from "./UserPanel";
import { useUserList } from "./useUserList";
import "./users.css";

const FILTERS = ["kind", "invitation", "delivery", "role"] as const;
const ROW = 36;

export default function UsersPage() {
  const [search, setSearch] = useSearchState();
  const { id: organization } = useOrganization();
  const { me } = useSession();
  const can = useCan();
  const keep = useKeepOrganization();
  const q = search.get("q") ?? "";
  const filter = useMemo<UserFilter>(
    () => ({
      organization,
      q: q || undefined,
      ...Object.fromEntries(FILTERS.map((name) => [name, search.get(name) ?? undefined])),
    }),
    [organization, q, search],
  );
  const list = useUserList(filter);
  const [selected, setSelected] = useState<ReadonlySet<Id>>(new Set());
  const openId = search.get("user");
  const filtered = q !== "" || FILTERS.some((name) => search.has(name));

  // Ticks belong to the rows that a filter shows; opening a row changes the URL, but not the filter.
  const shown = JSON.stringify(filter);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filter is the reason to forget
  useEffect(() => setSelected(new Set()), [shown]);

  const users = list.state.at === "loaded" ? list.state.users : [];
  // Whoever set the deployment up is there from the start; until somebody else is, say what to do first.
  const alone = !filtered && users.length === 1 && users[0]?.id === me.user.id;
  const opened = users.find((user) => user.id === openId);
  const close = useCallback(() => {
    setSearch({ user: null });
    // Back to where the person was in the table.
    requestAnimationFrame(() => document.getElementById(`user-${openId}`)?.focus());
  }, [setSearch, openId]);

  return (
    <div className="users" data-panel={openId ? "" : undefined}>
      <div className="page users-page">
        <div className="page-head">
          <h1>{texts.users.title}</h1>
          <div className="row wrap">
            {can("users.write") && (
              <Button icon={<PlusIcon />} onPress={() => setSearch({ new: "user" })}>
                {texts.users.add}
              </Button>
            )}
            {can("imports.write") && (
              <Link to={keep("/import")} className="button" data-look="primary">
                <ImportIcon />
                {texts.users.import}
              </Link>
            )}
          </div>
        </div>
        <Filters q={q} />
        {selected.size > 0 && (
          <BulkBar
            users={users.filter((user) => selected.has(user.id))}
            onChanged={list.patch}
            onSelect={(ids) => setSelected(new Set(ids))}
          />
        )}
        {list.state.at === "failed" ? (
          <ProblemBox problem={list.state.problem} retry={list.reload} />
        ) : list.state.at === "loaded" && users.length === 0 && !list.state.cursor ? (
          filtered ? (
            <div className="empty">
              <h2>{texts.users.noMatch}</h2>
              <p>{texts.users.noMatchBody}</p>
              <Button
                onPress={() => setSearch({ q: null, ...Object.fromEntries(FILTERS.map((name) => [name, null])) })}
              >
                {texts.users.clearFilters}
              </Button>
            </div>
          ) : (
            <Empty />
          )
        ) : (
          <>
            {alone && <Empty />}
            <UserTable
              users={users}
              loading={list.state.at === "loading"}
              more={list.state.at === "loaded" && list.state.cursor ? list.state.more : null}
              onMore={list.more}
              selected={selected}
              onSelected={setSelected}
              openId={openId}
            />
          </>
        )}
      </div>
      {openId && <UserPanel key={openId} id={openId} known={opened} onClose={close} onChanged={list.patch} />}
      {search.get("new") === "user" && can("users.write") && (
        <AddUserDialog
          onClose={() => setSearch({ new: null })}
          onAdded={(user) => {
            list.reload();
            setSearch({ new: null, user: user.id });
          }}
        />
      )}
    </div>
  );
}

function Empty() {
  const can = useCan();
  const keep = useKeepOrganization();
  return (
    <div className="empty">
      <h2>{texts.users.emptyTitle}</h2>
      <p>{texts.users.emptyBody}</p>
      {can("imports.write") && (
        <div className="row wrap">
          <Link to={keep("/import")} className="button" data-look="primary">
            {texts.users.emptyImport}
          </Link>
          <Link to={keep("/import", { sample: "1" })} className="button">
            {texts.users.emptySample}
          </Link>
        </div>
      )}
    </div>
  );
}

/** The search box and one chip per filter; everything they hold stands in the URL. */
function Filters({ q }: { q: string }) {
  const [search, setSearch] = useSearchState();
  const roles = useRoles();
  const box = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(q);

  // A URL that changed otherwise (back, a link) wins over what was typed.
  useEffect(() => setTyped(q), [q]);
  useEffect(() => {
    if (typed.trim() === q) return;
    const timer = setTimeout(() => setSearch({ q: typed.trim() || null }, { replace: true }), 200);
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

  const any = FILTERS.some((name) => search.has(name));
  const plain = (entries: Record<string, string>) => Object.entries(entries).map(([id, name]) => ({ id, name }));
  const { pending, registered, expired, revoked } = texts.personState;
  return (
    <div className="filters">
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
      <FilterChip
        name="invitation"
        label={texts.users.filterInvitation}
        options={plain({ pending, registered, expired, revoked })}
      />
      <FilterChip name="delivery" label={texts.users.filterDelivery} options={plain(texts.delivery)} />
      <FilterChip name="kind" label={texts.users.filterKind} options={plain(texts.kinds)} />
      <FilterChip name="role" label={texts.users.filterRole} options={roles ?? []} />
      {any && (
        <Button look="quiet" onPress={() => setSearch(Object.fromEntries(FILTERS.map((name) => [name, null])))}>
          {texts.users.clearFilters}
        </Button>
      )}
    </div>
  );
}

function FilterChip(p: { name: string; label: string; options: { id: string; name: string }[] }) {
  const [search, setSearch] = useSearchState();
  const value = search.get(p.name);
  const chosen = p.options.find((option) => option.id === value)?.name ?? value;
  return (
    <span className="row chip-pair">
      <MenuButton
        groups={[
          {
            title: p.label,
            entries: p.options.map((option) => ({
              id: option.id,
              label: capital(option.name),
              checked: option.id === value,
              onPress: () => setSearch({ [p.name]: option.id === value ? null : option.id }),
            })),
          },
        ]}
      >
        <AriaButton className="chip" data-on={value ? "" : undefined}>
          {chosen ? `${p.label}: ${chosen}` : p.label}
          {!value && <ChevronDownIcon size={14} />}
        </AriaButton>
      </MenuButton>
      {value && (
        <AriaButton
          className="chip chip-clear"
          data-on=""
          aria-label={`${texts.common.clear}: ${p.label}`}
          onPress={() => setSearch({ [p.name]: null })}
        >
          <CloseIcon size={14} />
        </AriaButton>
      )}
    </span>
  );
}

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

function BulkBar(p: { users: User[]; onChanged: (user: User) => void; onSelect: (ids: Id[]) => void }) {
  const can = useCan();
  const [running, setRunning] = useState<{ what: InvitationAct; done: number; total: number } | null>(null);
  const [failed, setFailed] = useState<{ id: Id; problem: ApiProblem }[]>([]);
  const eligible = (what: InvitationAct) => p.users.filter((user) => possible(user).includes(what)).map((u) => u.id);

  const start = async (what: InvitationAct) => {
    const ids = eligible(what);
    if (what === "revoke") {
      const sure = await ask({
        title: texts.users.revokeTitle(ids.length),
        body: texts.users.revokeBody,
        confirm: texts.users.revoke,
        cancel: texts.users.keep,
        danger: true,
      });
      if (!sure) return;
    }
    setFailed([]);
    setRunning({ what, done: 0, total: ids.length });
    const problems = await actOnAll(ids, what, (user) => {
      p.onChanged(user);
      setRunning((old) => old && { ...old, done: old.done + 1 });
    });
    setRunning(null);
    setFailed(problems);
    notify(texts.users.bulkDone(ids.length - problems.length, texts.users.verbs[what]));
    p.onSelect(problems.map((problem) => problem.id));
  };

  const first = failed[0];
  return (
    <>
      <section className="bulk" aria-label={texts.users.selected(count(p.users.length))}>
        <strong className="numeric">{texts.users.selected(count(p.users.length))}</strong>
        {running ? (
          <span role="status" className="muted numeric">
            {texts.users.bulkRunning(running.done, running.total)}
          </span>
        ) : (
          can("invitations.write") &&
          (["resend", "send", "revoke"] as const).map((what) => {
            const n = eligible(what).length;
            return n === 0 ? null : (
              <Button key={what} onPress={() => void start(what)}>
                {texts.users[what]} <span className="muted numeric">{count(n)}</span>
              </Button>
            );
          })
        )}
        <span className="grow" />
        <Button look="quiet" disabled={running !== null} onPress={() => p.onSelect([])}>
          {texts.common.clear}
        </Button>
      </section>
      {first && (
        <ProblemBox problem={first.problem}>
          <span>{texts.users.bulkPartly(failed.length)}</span>
        </ProblemBox>
      )}
    </>
  );
}

function UserTable(p: {
  users: User[];
  loading: boolean;
  more: "idle" | "loading" | ApiProblem | null;
  onMore: () => void;
  selected: ReadonlySet<Id>;
  onSelected: (ids: ReadonlySet<Id>) => void;
  openId: string | null;
}) {
  const { organizations } = useSession();
  const { id: organization } = useOrganization();
  const roles = useRoles();
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: p.users.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW,
    overscan: 20,
    scrollMargin: 33,
  });
  const rows = virtual.getVirtualItems();
  const lastShown = rows.at(-1)?.index ?? 0;
  const { more, onMore } = p;
  // The next page is asked for before the end comes into sight.
  useEffect(() => {
    if (more === "idle" && lastShown >= p.users.length - 30) onMore();
  }, [more, onMore, lastShown, p.users.length]);

  useEffect(() => {
    if (!p.loading) announce(texts.users.shown(count(p.users.length)));
  }, [p.loading, p.users.length]);

  const all = p.users.length > 0 && p.users.every((user) => p.selected.has(user.id));
  const anchor = useRef<number | null>(null);
  const tick = (index: number, on: boolean, range: boolean) => {
    const next = new Set(p.selected);
    const from = range && anchor.current !== null ? anchor.current : index;
    for (let i = Math.min(from, index); i <= Math.max(from, index); i++) {
      const user = p.users[i];
      if (user) on ? next.add(user.id) : next.delete(user.id);
    }
    anchor.current = index;
    p.onSelected(next);
  };

  const keys = (event: KeyboardEvent) => {
    const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
    const at = Number((event.target as HTMLElement).closest("tr")?.dataset.index ?? Number.NaN);
    if (step === 0 || Number.isNaN(at)) return;
    const user = p.users[at + step];
    if (!user) return;
    event.preventDefault();
    virtual.scrollToIndex(at + step, { align: "auto" });
    requestAnimationFrame(() => document.getElementById(`user-${user.id}`)?.focus());
  };

  const withOrganization = !organization && organizations.length > 0;
  const columns = withOrganization ? 9 : 8;
  const before = (rows[0]?.start ?? 33) - 33;
  const after = virtual.getTotalSize() - (rows.at(-1)?.end ?? 33) + 33;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="table-scroll users-table" ref={scroller} tabIndex={0} aria-label={texts.users.title}>
      <table className="table" aria-rowcount={p.more === null ? p.users.length + 1 : -1} aria-busy={p.loading}>
        <thead>
          <tr aria-rowindex={1}>
            <th className="tick-cell" scope="col">
              <Checkbox
                aria-label={texts.users.selectAll}
                isSelected={all}
                isIndeterminate={!all && p.selected.size > 0}
                isDisabled={p.users.length === 0}
                onChange={(on) => p.onSelected(on ? new Set(p.users.map((user) => user.id)) : new Set())}
              />
            </th>
            <th scope="col" className="name-cell">
              {texts.users.columns.name}
            </th>
            <th scope="col" className="email-column">
              {texts.fields.email}
            </th>
            <th scope="col">{texts.users.columns.status}</th>
            <th scope="col">{texts.users.columns.invitation}</th>
            <th scope="col">{texts.users.columns.kind}</th>
            {withOrganization && <th scope="col">{texts.users.columns.organization}</th>}
            <th scope="col">{texts.users.columns.roles}</th>
            <th scope="col">{texts.users.columns.lastSignIn}</th>
          </tr>
        </thead>
        <tbody onKeyDown={keys}>
          {p.loading && <SkeletonRows columns={columns} />}
          {before > 0 && (
            <tr aria-hidden="true">
              <td colSpan={columns} className="spacer" style={{ height: before }} />
            </tr>
          )}
          {rows.map((row) => {
            const user = p.users[row.index];
            return user ? (
              <UserRow
                key={user.id}
                user={user}
                index={row.index}
                roles={roles}
                organizationName={
                  withOrganization ? (organizations.find((o) => o.id === user.organization_id)?.name ?? "") : null
                }
                selected={p.selected.has(user.id)}
                open={user.id === p.openId}
                onTick={tick}
              />
            ) : null;
          })}
          {after > 0 && (
            <tr aria-hidden="true">
              <td colSpan={columns} className="spacer" style={{ height: after }} />
            </tr>
          )}
        </tbody>
      </table>
      {p.more === "loading" && (
        <div className="table-more muted" role="status">
          {texts.common.loading} …
        </div>
      )}
      {p.more && typeof p.more === "object" && <ProblemBox problem={p.more} retry={p.onMore} />}
    </section>
  );
}

function SkeletonRows({ columns }: { columns: number }) {
  const widths = [120, 170, 84, 150, 70, 90, 90, 60];
  return Array.from({ length: 12 }, (_, row) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: twelve equal rows
    <tr key={row} aria-hidden="true">
      <td className="tick-cell" />
      {widths.slice(0, columns - 1).map((width, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: fixed columns
        <td key={column}>
          <Skeleton width={width - ((row * 13 + column * 7) % 30)} />
        </td>
      ))}
    </tr>
  ));
}

function UserRow(p: {
  user: User;
  index: number;
  roles: Role[] | undefined;
  organizationName: string | null;
  selected: boolean;
  open: boolean;
  onTick: (index: number, on: boolean, range: boolean) => void;
}) {
  const { user } = p;
  const shift = useRef(false);
  const [, setSearch] = useSearchState();
  const name = user.name || user.email;
  return (
    <tr
      aria-rowindex={p.index + 2}
      data-index={p.index}
      data-selected={p.selected ? "" : undefined}
      aria-current={p.open ? "true" : undefined}
      onClick={(event) => {
        if (!followsInPage(event) || (event.target as HTMLElement).closest("a, button, label, input")) return;
        if (getSelection()?.isCollapsed === false) return;
        setSearch({ user: user.id });
      }}
    >
      <td className="tick-cell" onPointerDownCapture={(event) => (shift.current = event.shiftKey)}>
        <Checkbox
          aria-label={texts.users.select(name)}
          isSelected={p.selected}
          onChange={(on) => p.onTick(p.index, on, shift.current)}
        />
      </td>
      <td className="name-cell">
        <Link id={`user-${user.id}`} to={withSearch({ user: user.id })} className="name-link clip">
          {name}
        </Link>
      </td>
      <td className="email-column">
        <span className="clip email-cell" title={user.email}>
          {user.email}
        </span>
      </td>
      <td>
        <PersonPill user={user} />
      </td>
      <td className="muted">
        <InvitationSummary user={user} />
      </td>
      <td>{texts.kinds[user.kind] ?? user.kind}</td>
      {p.organizationName !== null && (
        <td>
          <span className="clip organization-cell">
            {p.organizationName || <span className="muted">{texts.common.none}</span>}
          </span>
        </td>
      )}
      <td>
        <span className="clip roles-cell">
          {user.roles.map((id) => p.roles?.find((role) => role.id === id)?.name ?? id).join(", ") || (
            <span className="muted">{texts.common.none}</span>
          )}
        </span>
      </td>
      <td className="muted">{user.last_sign_in_at ? <Time at={user.last_sign_in_at} /> : texts.common.never}</td>
    </tr>
  );
}
