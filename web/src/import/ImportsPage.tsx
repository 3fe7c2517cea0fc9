import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { type ApiProblem, api, asProblem, type Id, type Import, type Organization, useLoad } from "../api";
import { useCan, useKeepOrganization, useOrganization, useSession } from "../console/session";
import { Link, navigate, usePath } from "../router";
import { Button, ImportIcon, ImportPill, ProblemBox, Skeleton, Time } from "../ui";
import { confirmTexts } from "./confirmTexts";
import { HandOverBanner } from "./HandOverBanner";
import { ImportOutcome } from "./ImportReport";
import "./confirm.css";
import "./import.css";
import { count, texts } from "./texts";
import { isSettled, useImport } from "./useImport";

const t = texts.imports;

/** /imports and /imports/:id */
export default function ImportsPage() {
  const id = usePath().replace(/^\/imports\/?/, "");
  return id === "" ? <ImportList /> : <ImportDetail id={decodeURIComponent(id)} />;
}

function ImportList() {
  const { id: organization } = useOrganization();
  const { organizations } = useSession();
  const keep = useKeepOrganization();
  const mayStart = useCan()("imports.write");
  const load = useCallback((signal: AbortSignal) => api.imports({ organization, limit: 50 }, signal), [organization]);
  // While something is going on, the list is kept up to date.
  const [busy, setBusy] = useState(false);
  const { data, problem, reload } = useLoad(load, busy ? 3000 : null);
  useEffect(() => setBusy(data?.items.some((item) => !isSettled(item.status)) ?? false), [data]);
  const [older, setOlder] = useState<{ of: unknown; items: Import[]; cursor: string | null } | null>(null);
  const [olderProblem, setOlderProblem] = useState<ApiProblem | null>(null);

  const more = older !== null && older.of === organization ? older : null;
  const cursor = more === null ? (data?.next_cursor ?? null) : more.cursor;
  const items = useMemo(
    () =>
      [...(data?.items ?? []), ...(more?.items ?? [])].filter(
        (item, at, all) => all.findIndex((other) => other.id === item.id) === at,
      ),
    [data, more],
  );
  const nameOf = useNames(useMemo(() => items.map((item) => item.created_by), [items]));
  const loadOlder = () =>
    void api.imports({ organization, limit: 50, cursor: cursor ?? undefined }).then(
      (page) => {
        setOlderProblem(null);
        setOlder({ of: organization, items: [...(more?.items ?? []), ...page.items], cursor: page.next_cursor });
      },
      (error: unknown) => setOlderProblem(asProblem(error)),
    );

  return (
    <div className="page">
      <div className="page-head">
        <h1>{t.title}</h1>
        {mayStart && (
          <Link to={keep("/import")} className="button" data-look="primary">
            <ImportIcon />
            {t.start}
          </Link>
        )}
      </div>
      <HandOverBanner />
      {problem !== undefined && <ProblemBox problem={problem} retry={reload} />}
      {data === undefined && problem === undefined && <ListSkeleton />}
      {data !== undefined && items.length === 0 && (
        <div className="empty">
          <h2>{t.emptyTitle}</h2>
          <p>{t.emptyBody}</p>
          {mayStart && (
            <div className="row wrap">
              <Link to={keep("/import")} className="button" data-look="primary">
                {t.start}
              </Link>
              <Link to={keep("/import/source", { sample: "1" })} className="button">
                {texts.source.sample}
              </Link>
            </div>
          )}
        </div>
      )}
      {items.length > 0 && (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard */}
          <section className="table-scroll" aria-label={t.title} tabIndex={0}>
            <table className="table imports-table">
              <thead>
                <tr>
                  <th scope="col">{t.columns.when}</th>
                  <th scope="col">{t.columns.status}</th>
                  <th scope="col">{t.columns.who}</th>
                  <th scope="col">{t.columns.organization}</th>
                  <th scope="col" className="end">
                    {t.columns.rows}
                  </th>
                  <th scope="col" className="end">
                    {t.columns.imported}
                  </th>
                  <th scope="col" className="end">
                    {t.columns.failed}
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((item) => (
                  <ImportRow key={item.id} item={item} organizations={organizations} keep={keep} nameOf={nameOf} />
                ))}
              </tbody>
            </table>
          </section>
          {olderProblem !== null && <ProblemBox problem={olderProblem} retry={loadOlder} />}
          {cursor !== null && (
            <div className="row">
              <Button onPress={loadOlder}>{t.more}</Button>
            </div>
          )}
        </>
      )}
    </div>
  );
}

function ImportRow({
  item,
  organizations,
  keep,
  nameOf,
}: {
  item: Import;
  nameOf: (id: Id) => string;
  organizations: readonly Organization[];
  keep: (path: string) => string;
}) {
  const rows = item.counts.rows || item.total_rows;
  const path = keep(`/imports/${encodeURIComponent(item.id)}`);
  return (
    <tr
      className="imports-row"
      onClick={(event) => {
        if (!(event.target as HTMLElement).closest("a")) void navigate(path);
      }}
    >
      <th scope="row">
        <Link to={path}>
          <Time at={item.created_at} />
        </Link>
      </th>
      <td>
        <ImportPill status={item.status} />
      </td>
      <td>{nameOf(item.created_by)}</td>
      <td>{organizationOf(item, organizations)}</td>
      <td className="end">{count(rows)}</td>
      <td className="end">{count(item.counts.imported)}</td>
      <td className="end">
        {isSettled(item.status) ? count(rows - item.counts.imported - (item.counts.updated ?? 0)) : "–"}
      </td>
    </tr>
  );
}

/** Names of those who started imports; an import names them by their id. */
function useNames(ids: readonly Id[]): (id: Id) => string {
  const { me } = useSession();
  const [names, setNames] = useState<Readonly<Record<Id, string>>>({});
  const asked = useRef(new Set<Id>([me.user.id]));
  useEffect(() => {
    for (const id of ids) {
      if (asked.current.has(id)) continue;
      asked.current.add(id);
      api.user(id).then(
        (user) => setNames((old) => ({ ...old, [id]: user.name || user.email })),
        // Somebody who cannot be seen from here, or a program's key.
        () => setNames((old) => ({ ...old, [id]: t.unknownPerson })),
      );
    }
  }, [ids]);
  return (id) => (id === me.user.id ? t.you : (names[id] ?? "…"));
}

function organizationOf(item: Import, organizations: readonly Organization[]): string {
  if (item.organization_id === null) return t.wholeDeployment;
  return organizations.find((each) => each.id === item.organization_id)?.name ?? item.organization_id;
}

function ListSkeleton() {
  return (
    <div className="stack" role="status">
      <span className="visually-hidden">{texts.result.loading}</span>
      {["a", "b", "c", "d"].map((row) => (
        <Skeleton key={row} width="100%" />
      ))}
    </div>
  );
}

function ImportDetail({ id }: { id: Id }) {
  const keep = useKeepOrganization();
  const { organizations } = useSession();
  const watched = useImport(id);
  const [cancelProblem, setCancelProblem] = useState<ApiProblem | null>(null);
  const { data, problem } = watched;
  const starter = data?.created_by;
  const nameOf = useNames(useMemo(() => (starter === undefined ? [] : [starter]), [starter]));
  const back = (
    <Link to={keep("/imports")} className="back-link">
      ← {t.back}
    </Link>
  );
  if (data === undefined) {
    return (
      <div className="page">
        {back}
        {problem === undefined ? (
          <ListSkeleton />
        ) : problem.status === 404 ? (
          <div className="empty">
            <h1>{t.gone}</h1>
            <p>{t.goneBody}</p>
          </div>
        ) : (
          <ProblemBox problem={problem} retry={watched.refresh} />
        )}
      </div>
    );
  }
  const facts = t.facts;
  return (
    <div className="page import-detail">
      {back}
      <div className="page-head">
        <div className="row wrap">
          <h1>
            {t.detailTitle(
              new Date(data.created_at).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" }),
            )}
          </h1>
          <ImportPill status={data.status} />
        </div>
      </div>
      {data.status === "staged" && <HandOverBanner />}
      {cancelProblem !== null && <ProblemBox problem={cancelProblem} />}
      <ImportOutcome
        data={data}
        problem={problem}
        pace={watched.pace}
        onUndo={watched.refresh}
        onCancel={() =>
          void api.cancelImport(id).then(watched.refresh, (error: unknown) => setCancelProblem(asProblem(error)))
        }
        actions={
          data.counts.imported > 0 && data.status !== "undone" ? (
            <Link
              to={keep("/users", {
                invitation: "pending",
                ...(data.organization_id === null ? {} : { organization: data.organization_id }),
              })}
              className="button"
            >
              {texts.result.toUsers}
            </Link>
          ) : undefined
        }
      />
      <dl className="facts">
        <div>
          <dt>{facts.who}</dt>
          <dd>{nameOf(data.created_by)}</dd>
        </div>
        <div>
          <dt>{facts.started}</dt>
          <dd>
            <Time at={data.created_at} />
          </dd>
        </div>
        {data.finished_at !== null && (
          <div>
            <dt>{facts.finished}</dt>
            <dd>
              <Time at={data.finished_at} />
            </dd>
          </div>
        )}
        <div>
          <dt>{facts.organization}</dt>
          <dd>{organizationOf(data, organizations)}</dd>
        </div>
        <div>
          <dt>{facts.rules}</dt>
          <dd>{data.profile.id}</dd>
        </div>
        <div>
          <dt>{facts.mode}</dt>
          <dd>{texts.confirm.modes[data.mode].name}</dd>
        </div>
        {data.options?.credentials != null && (
          <div>
            <dt>{confirmTexts.credentials}</dt>
            <dd>{confirmTexts.credentialChoices[data.options.credentials].name}</dd>
          </div>
        )}
        {data.options !== undefined && (
          <div>
            <dt>{facts.existing}</dt>
            <dd>{confirmTexts.here.choices[data.options.on_existing].name}</dd>
          </div>
        )}
      </dl>
    </div>
  );
}
