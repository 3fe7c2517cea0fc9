import { useCallback, useEffect, useMemo, useState } from "react";
import type { ApiProblem } from "../api/problem";
import type { Id, User } from "../api/types";
import { useCan, useKeepOrganization, useOrganization, useSession } from "../console/session";
import { Link, useSearchState } from "../router";
import { texts } from "../texts/en";
import { Button } from "../ui/controls";
import { ExportMenu } from "../ui/ExportMenu";
import { ImportIcon, PlusIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { AddUserDialog } from "./AddUserDialog";
import { BulkBar } from "./BulkBar";
import { BulkDialog, type BulkTask } from "./BulkDialog";
import { cleared, filterOf, isFiltered } from "./filters";
import { UserFilters } from "./UserFilters";
import { UserPanel } from "./UserPanel";
import { UserTable } from "./UserTable";
import { useUserList } from "./useUserList";
import "./users.css";

export default function UsersPage() {
  const [search, setSearch] = useSearchState();
  const { id: organization } = useOrganization();
  const { me } = useSession();
  const can = useCan();
  const keep = useKeepOrganization();
  // Opening a row changes the URL, but not the filter.
  const shown = JSON.stringify(filterOf(search, organization));
  const filter = useMemo(() => JSON.parse(shown) as ReturnType<typeof filterOf>, [shown]);
  const filtered = isFiltered(search);
  const list = useUserList(filter);
  const [selected, setSelected] = useState<ReadonlySet<Id>>(new Set());
  // The rows may go while it is done to them: those that were ticked are kept here.
  const [bulk, setBulk] = useState<{ task: BulkTask; users: User[] } | null>(null);
  const [exportProblem, setExportProblem] = useState<ApiProblem | null>(null);
  const openId = search.get("user");

  // Ticks belong to the rows that a filter shows.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the filter is the reason to forget
  useEffect(() => {
    setSelected(new Set());
    setExportProblem(null);
  }, [shown]);

  const users = list.state.at === "loaded" ? list.state.items : [];
  const ticked = users.filter((user) => selected.has(user.id));
  const more = list.state.at === "loaded" ? list.state.more : null;
  // Whoever set the deployment up is there from the start; until somebody else is, say what to do first.
  const alone = !filtered && users.length === 1 && users[0]?.id === me.user.id;
  const opened = users.find((user) => user.id === openId);
  const close = useCallback(() => {
    setSearch({ user: null, tab: null });
    // Back to where the person was in the table.
    requestAnimationFrame(() => document.getElementById(`user-${openId}`)?.focus());
  }, [setSearch, openId]);
  const removed = useCallback(
    (id: Id) => {
      list.drop(id);
      setSelected((old) => new Set([...old].filter((other) => other !== id)));
      if (id === openId) setSearch({ user: null, tab: null }, { replace: true });
    },
    [list.drop, openId, setSearch],
  );

  const nobody = list.state.at === "loaded" && users.length === 0 && !list.state.cursor && more !== "loading";
  return (
    <div className="users" data-panel={openId ? "" : undefined}>
      <div className="page list-page">
        <div className="page-head">
          <h1>{texts.users.title}</h1>
          <div className="row wrap">
            <ExportMenu
              path="/v1/users/export"
              query={{ ...filter }}
              name={texts.users.title.toLowerCase()}
              onProblem={setExportProblem}
            />
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
        <UserFilters />
        {exportProblem && <ProblemBox problem={exportProblem} />}
        {ticked.length > 0 && (
          <BulkBar
            ticked={ticked.length}
            onTask={(task) => setBulk({ task, users: ticked })}
            onClear={() => setSelected(new Set())}
          />
        )}
        {list.state.at === "failed" ? (
          <ProblemBox problem={list.state.problem} retry={list.reload} />
        ) : nobody ? (
          filtered ? (
            <div className="empty">
              <h2>{texts.users.noMatch}</h2>
              <p>{texts.users.noMatchBody}</p>
              <Button onPress={() => setSearch(cleared())}>{texts.users.clearFilters}</Button>
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
              more={list.state.at === "loaded" && (list.state.cursor || more === "loading") ? more : null}
              onMore={list.more}
              selected={selected}
              onSelected={setSelected}
              openId={openId}
            />
          </>
        )}
      </div>
      {openId && (
        <UserPanel
          key={openId}
          id={openId}
          known={opened}
          onClose={close}
          onChanged={list.patch}
          onRemoved={removed}
          onAdded={list.reload}
        />
      )}
      {bulk && (
        <BulkDialog
          task={bulk.task}
          users={bulk.users}
          onChanged={list.patch}
          onRemoved={removed}
          onClose={() => setBulk(null)}
        />
      )}
      {search.get("new") === "user" && can("users.write") && (
        <AddUserDialog
          onClose={() => setSearch({ new: null })}
          onAdded={(user) => {
            list.reload();
            setSearch({ new: null, user: user.id, tab: null });
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
