import { useCallback, useEffect, useMemo, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { api } from "../api/client";
import { ApiProblem } from "../api/problem";
import type { AuditEvent } from "../api/types";
import { useCan, useKeepOrganization, useOrganization, useSession } from "../console/session";
import { Link, useSearchState, withSearch } from "../router";
import { texts } from "../texts/en";
import { announce } from "../ui/announce";
import { Chip } from "../ui/Chip";
import { Button, Skeleton } from "../ui/controls";
import { ExportMenu } from "../ui/ExportMenu";
import { ChevronDownIcon, ChevronRightIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { count, Time } from "../ui/time";
import { ChangeList } from "./ChangeList";
import { changesOf } from "./changes";
import { cleared, filterOf, isFiltered } from "./filters";
import { PersonFilter } from "./PersonFilter";
import { TimeFilter } from "./TimeFilter";
import { texts as t } from "./texts";
import { useEvents } from "./useEvents";
import { useNames } from "./useNames";
import { actionText, changedFields } from "./words";
import "./audit.css";

/** One thing that was done, or by its subject all that was done about it. */
const actions = Object.entries(t.subjects).flatMap(([subject, name]) => {
  const own = Object.keys(t.actions).filter((id) => id.startsWith(`${subject}.`));
  const each = own.map((id) => ({ id, name: actionText(id) }));
  return own.length > 1 ? [{ id: subject, name: t.everything(name) }, ...each] : each;
});

/** Every change, newest first; what is shown stands in the URL. */
export default function AuditPage() {
  const [search, setSearch] = useSearchState();
  const { id: organization } = useOrganization();
  const { organizations } = useSession();
  const [exportProblem, setExportProblem] = useState<ApiProblem | null>(null);
  const shown = JSON.stringify(filterOf(search, organization));
  const filter = useMemo(() => JSON.parse(shown) as ReturnType<typeof filterOf>, [shown]);
  const fetchPage = useCallback(
    (cursor: string | undefined, signal: AbortSignal) => api.auditEvents({ ...filter, cursor, limit: 50 }, signal),
    [filter],
  );
  const { state, more, reload } = useEvents(fetchPage);
  const events = state.at === "loaded" ? state.items : [];
  const searching = state.at === "loading" || (state.at === "loaded" && state.more === "loading");
  const filtered = isFiltered(search);

  useEffect(() => {
    if (!searching) announce(t.older(count(events.length)));
  }, [searching, events.length]);

  const nameOf = (id: string | null, which: "actor" | "target") =>
    events.find((event) => event[which]?.id === id)?.[which]?.name ?? undefined;
  const actor = search.get("actor");
  const target = search.get("target");
  const action = search.get("action");
  return (
    <div className="page list-page">
      <div className="page-head">
        <h1>{t.title}</h1>
        <ExportMenu path="/v1/audit-events/export" query={{ ...filter }} name={t.file} onProblem={setExportProblem} />
      </div>
      <p className="muted">{t.intro}</p>
      <div className="filters">
        {organizations.length > 1 && (
          <Chip
            label={texts.nav.organization}
            value={organization ?? null}
            options={organizations}
            onChoose={(id) => setSearch({ organization: id, event: null })}
          />
        )}
        <TimeFilter />
        <PersonFilter
          label={t.filter.actor}
          value={actor}
          known={nameOf(actor, "actor")}
          onChoose={(id) => setSearch({ actor: id, event: null })}
        />
        <Chip
          label={t.filter.action}
          value={action}
          options={
            action && !actions.some((option) => option.id === action)
              ? [...actions, { id: action, name: actionText(action) }]
              : actions
          }
          onChoose={(id) => setSearch({ action: id, event: null })}
        />
        <PersonFilter
          label={t.filter.target}
          value={target}
          known={nameOf(target, "target")}
          onChoose={(id) => setSearch({ target: id, event: null })}
        />
        {filtered && (
          <Button look="quiet" onPress={() => setSearch(cleared())}>
            {t.clear}
          </Button>
        )}
      </div>
      {exportProblem && <ProblemBox problem={exportProblem} />}
      {state.at === "failed" ? (
        <ProblemBox problem={state.problem} retry={reload} />
      ) : state.at === "loaded" && events.length === 0 && !searching ? (
        <div className="empty">
          <h2>{filtered ? t.noMatch : t.emptyTitle}</h2>
          <p>{filtered ? t.noMatchBody : t.emptyBody}</p>
        </div>
      ) : (
        <>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard */}
          <section className="table-scroll list-table" tabIndex={0} aria-label={t.title}>
            <table className="table audit-table" aria-busy={searching}>
              <thead>
                <tr>
                  <th scope="col" className="expand-cell">
                    <span className="visually-hidden">{t.columns.changes}</span>
                  </th>
                  <th scope="col">{t.columns.at}</th>
                  <th scope="col">{t.columns.actor}</th>
                  <th scope="col">{t.columns.action}</th>
                  <th scope="col">{t.columns.target}</th>
                  <th scope="col">{t.columns.changes}</th>
                  <th scope="col">{t.columns.source}</th>
                </tr>
              </thead>
              <tbody>
                {state.at === "loading" &&
                  [150, 120, 180, 90, 140, 110].map((width) => (
                    <tr key={width} aria-hidden="true">
                      <td colSpan={7}>
                        <Skeleton width={width * 3} />
                      </td>
                    </tr>
                  ))}
                {events.map((event) => (
                  <EventRow key={event.id} event={event} open={search.get("event") === event.id} />
                ))}
              </tbody>
            </table>
          </section>
          {state.at === "loaded" && (
            <div className="row wrap audit-foot">
              {state.more instanceof ApiProblem ? (
                <ProblemBox problem={state.more} retry={more} />
              ) : searching ? (
                <span className="muted numeric" role="status">
                  {t.searching(count(events.length))}
                </span>
              ) : state.cursor ? (
                <Button onPress={more}>{t.more}</Button>
              ) : (
                <span className="muted">{t.end}</span>
              )}
            </div>
          )}
        </>
      )}
    </div>
  );
}

function EventRow({ event, open }: { event: AuditEvent; open: boolean }) {
  const [, setSearch] = useSearchState();
  const names = useNames(event.organization_id);
  const changes = changesOf(event.before, event.after);
  const what = actionText(event.action);
  const toggle = () => setSearch({ event: open ? null : event.id }, { replace: true });
  const { actor } = event;
  const detail = `event-${event.id}`;
  return (
    <>
      <tr
        aria-current={open ? "true" : undefined}
        onClick={(click) => {
          if ((click.target as HTMLElement).closest("a, button") || getSelection()?.isCollapsed === false) return;
          toggle();
        }}
      >
        <td className="expand-cell">
          <AriaButton
            className="button"
            data-look="quiet"
            data-square=""
            aria-label={t.expand(what)}
            aria-expanded={open}
            aria-controls={open ? detail : undefined}
            onPress={toggle}
          >
            {open ? <ChevronDownIcon /> : <ChevronRightIcon />}
          </AriaButton>
        </td>
        <td className="muted">
          <Time at={event.at} />
        </td>
        <td>
          {actor ? (
            <Link
              to={withSearch({ actor: actor.id, event: null })}
              className="clip audit-name"
              title={t.filter.onlyActor(actor.name ?? actor.id)}
            >
              {actor.name ?? actor.id}
            </Link>
          ) : (
            <span className="muted" title={t.nobodyHint}>
              {t.nobody}
            </span>
          )}
        </td>
        <td>{what}</td>
        <td>
          <Target event={event} />
        </td>
        <td className="muted">
          <span className="clip audit-changes">{changes.length > 0 ? changedFields(changes, names, 2) : ""}</span>
        </td>
        <td className="muted numeric">{event.source ?? texts.common.none}</td>
      </tr>
      {open && (
        <tr id={detail} className="audit-detail">
          <td />
          <td colSpan={6}>
            <div className="audit-detail-body">
              {changes.length > 0 ? (
                <ChangeList changes={changes} names={names} />
              ) : (
                <p className="muted">{t.nothingChanged}</p>
              )}
              {event.target && (
                <Link to={withSearch({ target: event.target.id, event: null })}>
                  {t.filter.onlyTarget(event.target.name ?? event.target.id)}
                </Link>
              )}
            </div>
          </td>
        </tr>
      )}
    </>
  );
}

/** Where there is a page for what was changed, a way to it. */
function Target({ event: { target } }: { event: AuditEvent }) {
  const can = useCan();
  const keep = useKeepOrganization();
  if (!target) return <span className="muted">{texts.common.none}</span>;
  const name = target.name ?? target.id;
  const to =
    target.id.startsWith("usr_") && can("users.read")
      ? keep("/users", { user: target.id, tab: "history" })
      : target.id.startsWith("imp_") && can("imports.read")
        ? keep(`/imports/${target.id}`)
        : null;
  return to ? (
    <Link to={to} className="clip audit-name">
      {name}
    </Link>
  ) : (
    <span className="clip audit-name">{name}</span>
  );
}
