import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, useEffect, useRef } from "react";
import { Button as AriaButton } from "react-aria-components";
import type { More } from "../api/pages";
import { ApiProblem } from "../api/problem";
import type { Id, Role, User } from "../api/types";
import { useOrganization, useSession } from "../console/session";
import { useRoles } from "../roles/useRoles";
import { followsInPage, Link, useSearchState, withSearch } from "../router";
import { texts } from "../texts/en";
import { announce } from "../ui/announce";
import { Checkbox, Skeleton } from "../ui/controls";
import { ChevronDownIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { PersonPill } from "../ui/status";
import { count, Time } from "../ui/time";
import { sortOf } from "./filters";
import { InvitationSummary } from "./InvitationSummary";
import { texts as t } from "./texts";

const ROW = 36;

export function UserTable(p: {
  users: User[];
  loading: boolean;
  /** Null at the list's end. */
  more: More | null;
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

  const searching = p.loading || more === "loading";
  useEffect(() => {
    if (!searching) announce(texts.users.shown(count(p.users.length)));
  }, [searching, p.users.length]);

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
    <section className="table-scroll list-table users-table" ref={scroller} tabIndex={0} aria-label={texts.users.title}>
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
            <NameHead />
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
          {(p.loading || (p.users.length === 0 && more === "loading")) && <SkeletonRows columns={columns} />}
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
      {more === "loading" && (
        <div className="table-more muted numeric" role="status">
          {t.filter.searching(count(p.users.length))}
        </div>
      )}
      {more instanceof ApiProblem && <ProblemBox problem={more} retry={p.onMore} />}
    </section>
  );
}

/** The names' head turns the order of the list around. */
function NameHead() {
  const [search, setSearch] = useSearchState();
  const down = sortOf(search) === "-name";
  return (
    <th scope="col" className="name-cell" aria-sort={down ? "descending" : "ascending"}>
      <AriaButton
        className="sort-head"
        data-down={down ? "" : undefined}
        onPress={() => setSearch({ sort: down ? null : "-name" })}
      >
        {texts.users.columns.name}
        <ChevronDownIcon size={12} />
      </AriaButton>
    </th>
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
