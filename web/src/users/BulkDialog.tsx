import { useCallback, useEffect, useRef, useState } from "react";
import type { Entry, Id, PropertyValue, Role, User } from "../api/types";
import { useSession } from "../console/session";
import { useRoles } from "../roles/useRoles";
import { useLeaveGuard } from "../router";
import { texts } from "../texts/en";
import { announce, ask } from "../ui/announce";
import { CheckList } from "../ui/CheckList";
import { Checkbox, CopyButton, type DialogAction, ModalDialog, Progress, SelectField } from "../ui/controls";
import { CheckIcon, CloseIcon, MinusIcon } from "../ui/icons";
import { count } from "../ui/time";
import { applyTo, type BulkChange, forecast, type Outcome, runBulk, tally } from "./bulk";
import { holds } from "./may";
import { PropertyField } from "./PropertyField";
import { texts as t } from "./texts";
import { useLists } from "./useLists";
import { refusalText } from "./words";

/** What was chosen in the bar; some of it still needs a value. */
export type BulkTask =
  | { what: "roles"; how: "add" | "replace" | "remove" }
  | { what: "groups" | "courses" | "services"; how: "add" | "remove" }
  | { what: "site" }
  | { what: "property" }
  | { what: "delete" }
  | { what: "invitation"; act: "invite" | "revoke" }
  | { what: "account"; act: "activate" | "deactivate" | "unlock" };

function titleOf(task: BulkTask): string {
  const titles = t.bulk.titles;
  if (task.what === "roles") return titles.roles[task.how];
  if ("how" in task) return titles[task.what][task.how];
  if ("act" in task) return titles[task.act];
  return titles[task.what];
}

const dangerous = (change: BulkChange) =>
  change.what === "delete" ||
  (change.what === "account" && change.act === "deactivate") ||
  (change.what === "invitation" && change.act === "revoke");

type Stage =
  | { at: "choose" }
  /** Outcomes by person, in the order in which they are shown. */
  | { at: "running" | "finished"; change: BulkChange; outcomes: ReadonlyMap<Id, Outcome> };

const pause = (turn: number) => new Promise<void>((resolve) => setTimeout(resolve, turn * 1500));
const names = new Intl.ListFormat("en", { type: "conjunction" });

export function BulkDialog(p: {
  task: BulkTask;
  users: User[];
  onChanged: (user: User) => void;
  onRemoved: (id: Id) => void;
  onClose: () => void;
}) {
  const { me } = useSession();
  // Rows change and go while this runs; it is about those that were ticked.
  const [people, setPeople] = useState(() => new Map(p.users.map((user) => [user.id, user])));
  const [stage, setStage] = useState<Stage>({ at: "choose" });
  /** What the next one waits for: while the person is asked whether to stop, nothing is begun. */
  const gate = useRef<Promise<boolean>>(Promise.resolve(true));

  const belonging = new Set(p.users.flatMap((user) => (user.organization_id ? [user.organization_id] : [])));
  const organization = belonging.size === 1 ? [...belonging][0] : undefined;
  const roles = useRoles(organization ?? null);
  const choice = useChoice(p.task, p.users, roles, organization, belonging.size);
  const circumstances = { me, roles: roles ?? [] };
  const users = [...people.values()];
  const prospect = choice.change && roles ? forecast(users, choice.change, circumstances) : null;

  const run = async (change: BulkChange, ids: ReadonlySet<Id>) => {
    gate.current = Promise.resolve(true);
    const outcomes = new Map<Id, Outcome>(stage.at === "choose" ? [] : stage.outcomes);
    for (const id of ids) outcomes.set(id, { status: "waiting" });
    setStage({ at: "running", change, outcomes: new Map(outcomes) });
    await runBulk(
      users.filter((user) => ids.has(user.id)),
      (user) => applyTo(user, change, circumstances),
      {
        pause,
        goOn: () => gate.current,
        onOutcome: (id, outcome) => {
          outcomes.set(id, outcome);
          setStage({ at: "running", change, outcomes: new Map(outcomes) });
          if (outcome.status !== "done") return;
          const { user } = outcome;
          if (!user) return p.onRemoved(id);
          setPeople((old) => new Map(old).set(id, user));
          p.onChanged(user);
        },
      },
    );
    // What needs a person to look comes first.
    const rank = { refused: 0, stopped: 1, skipped: 2, done: 3, waiting: 4, running: 4 };
    const sorted = [...outcomes].sort(([, a], [, b]) => rank[a.status] - rank[b.status]);
    setStage({ at: "finished", change, outcomes: new Map(sorted) });
    const { done, refused } = tally(outcomes.values());
    announce([t.bulk.finished(count(done)), refused > 0 ? t.bulk.refusedCount(count(refused)) : ""].join(", "));
  };

  const counts = tally(stage.at === "choose" ? [] : stage.outcomes.values());
  const askToStop = useCallback(() => {
    const stop = ask({
      title: t.bulk.stopTitle,
      body: t.bulk.stopBody(counts.settled, counts.total),
      confirm: t.bulk.stop,
      cancel: t.bulk.keepGoing,
      danger: true,
    });
    gate.current = stop.then((yes) => !yes);
    return stop;
  }, [counts.settled, counts.total]);
  const nowhere = useCallback(() => false, []);
  useLeaveGuard(stage.at === "running", nowhere, askToStop);
  useEffect(
    () => () => {
      gate.current = Promise.resolve(false);
    },
    [],
  );

  const close = () => {
    if (stage.at === "running") void askToStop();
    else p.onClose();
  };

  const of = (status: Outcome["status"]) =>
    stage.at === "choose" ? [] : [...stage.outcomes].filter(([, o]) => o.status === status).map(([id]) => id);
  const actions: DialogAction[] = [];
  if (stage.at === "choose") {
    const n = prospect?.changed.length ?? 0;
    actions.push({ label: texts.common.cancel, look: "quiet", onPress: p.onClose });
    actions.push({
      label: choice.change ? t.bulk.confirm(choice.change, n) : titleOf(p.task),
      look: choice.change && dangerous(choice.change) ? "danger" : "primary",
      disabled: n === 0,
      onPress: () => {
        if (choice.change && prospect) void run(choice.change, new Set(users.map((user) => user.id)));
      },
    });
  } else if (stage.at === "running") actions.push({ label: t.bulk.stop, onPress: close });
  else {
    const { change } = stage;
    const again = (ids: Id[], label: (n: number) => string) => {
      if (ids.length > 0) actions.push({ label: label(ids.length), onPress: () => void run(change, new Set(ids)) });
    };
    again(of("refused"), t.bulk.retry);
    again(of("stopped"), t.bulk.goOn);
    actions.push({ label: texts.common.close, look: "primary", onPress: p.onClose });
  }

  return (
    <ModalDialog title={titleOf(p.task)} size="wide" onClose={close} actions={actions}>
      {stage.at === "choose" ? (
        <>
          {choice.form}
          {choice.change && prospect ? (
            <Prospect change={choice.change} names={choice.names} prospect={prospect} />
          ) : (
            !choice.blocked && <p className="muted">{t.bulk.chooseFirst}</p>
          )}
        </>
      ) : (
        <>
          <div className="stack bulk-progress">
            <div className="row wrap numeric" role="status">
              {stage.at === "running" ? (
                <span>{t.bulk.running(count(counts.settled), count(counts.total))}</span>
              ) : (
                <>
                  <strong>{t.bulk.finished(count(counts.done))}</strong>
                  {counts.refused > 0 && (
                    <span className="danger-text">{t.bulk.refusedCount(count(counts.refused))}</span>
                  )}
                  {counts.skipped > 0 && <span className="muted">{t.bulk.skippedCount(count(counts.skipped))}</span>}
                  {counts.stopped > 0 && <span className="muted">{t.bulk.stoppedCount(count(counts.stopped))}</span>}
                  <span className="grow" />
                  <CopyButton text={asText(stage.outcomes, people)} label={t.bulk.copy} />
                </>
              )}
            </div>
            <Progress label={t.bulk.progress} value={counts.settled} total={counts.total} />
          </div>
          <Results outcomes={stage.outcomes} people={people} />
        </>
      )}
    </ModalDialog>
  );
}

/** The sentence that says what will happen to how many, and to whom nothing. */
function Prospect({
  change,
  names,
  prospect,
}: {
  change: BulkChange;
  names: string;
  prospect: ReturnType<typeof forecast>;
}) {
  const n = prospect.changed.length;
  const members = change.what === "roles" && change.how === "add" && prospect.changed.some((u) => u.kind === "member");
  return (
    <div className="notice stack bulk-prospect" role="status">
      <p>
        {n === 0 ? t.bulk.nobody : t.bulk.sentence(change, n, names)}
        {members && ` ${t.bulk.oneRoleNote}`}
      </p>
      {prospect.skipped.size > 0 && (
        <div className="muted">
          {t.bulk.leftAlone}
          <ul className="plain-list">
            {[...prospect.skipped].map(([why, many]) => (
              <li key={why}>
                <span className="numeric">{count(many)}</span> · {t.bulk.skips[why]}
              </li>
            ))}
          </ul>
        </div>
      )}
    </div>
  );
}

function outcomeText(outcome: Outcome): string {
  if (outcome.status === "refused") return refusalText(outcome.problem);
  if (outcome.status === "skipped") return t.bulk.skipped[outcome.why];
  return t.bulk.outcome[outcome.status];
}

function asText(outcomes: ReadonlyMap<Id, Outcome>, people: ReadonlyMap<Id, User>): string {
  const rows = [...outcomes].map(([id, outcome]) => [
    people.get(id)?.name ?? "",
    people.get(id)?.email ?? "",
    t.bulk.outcome[outcome.status],
    outcomeText(outcome),
  ]);
  return rows.map((row) => row.join("\t")).join("\n");
}

const shapes: Record<Outcome["status"], React.ReactNode> = {
  waiting: null,
  running: <span className="spinner" aria-hidden="true" />,
  done: <CheckIcon />,
  refused: <CloseIcon />,
  skipped: <MinusIcon />,
  stopped: <MinusIcon />,
};

function Results({ outcomes, people }: { outcomes: ReadonlyMap<Id, Outcome>; people: ReadonlyMap<Id, User> }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling region must be reachable by keyboard
    <section className="bulk-results" tabIndex={0} aria-label={t.bulk.results}>
      <table className="table">
        <thead className="visually-hidden">
          <tr>
            <th scope="col">{t.bulk.person}</th>
            <th scope="col">{t.bulk.result}</th>
          </tr>
        </thead>
        <tbody>
          {[...outcomes].map(([id, outcome]) => {
            const user = people.get(id);
            return (
              <tr key={id} data-outcome={outcome.status}>
                <td className="bulk-who">
                  <span className="clip">{user?.name || user?.email}</span>
                  {user?.name && <span className="clip muted">{user.email}</span>}
                </td>
                <td className="bulk-what">
                  <span className="row">
                    {shapes[outcome.status]}
                    <span>
                      {outcome.status === "refused" && (
                        <span className="visually-hidden">{t.bulk.outcome.refused}: </span>
                      )}
                      {outcomeText(outcome)}
                    </span>
                  </span>
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

interface Choice {
  form: React.ReactNode;
  /** Null while something is still to be chosen. */
  change: BulkChange | null;
  /** What was chosen, in words. */
  names: string;
  /** There is nothing that could be chosen, and the form says why. */
  blocked: boolean;
}

/** The value that a task needs, if any. */
function useChoice(
  task: BulkTask,
  users: User[],
  roles: Role[] | undefined,
  organization: Id | undefined,
  organizations: number,
): Choice {
  const { me } = useSession();
  const lists = useLists(organization);
  const [ids, setIds] = useState<Id[]>([]);
  const [site, setSite] = useState<string | null>(null);
  const [key, setKey] = useState<string | null>(null);
  const [value, setValue] = useState<PropertyValue | null>(null);
  const [removing, setRemoving] = useState(false);

  const list = (
    label: string,
    options: { id: string; name: string; disabled?: string | undefined; description?: string }[],
  ) => (
    <CheckList
      label={label}
      options={options}
      value={ids}
      onChange={setIds}
      empty={t.bulk.noEntries}
      filterLabel={t.form.filterOptions(label)}
      noMatch={t.form.noOption}
    />
  );
  const named = (entries: { id: string; name: string }[]) =>
    names.format(ids.map((id) => entries.find((entry) => entry.id === id)?.name ?? id));

  if (task.what === "invitation" || task.what === "account" || task.what === "delete")
    return { form: null, change: task as BulkChange, names: "", blocked: false };

  if (task.what === "roles") {
    const kinds = new Set(users.map((user) => user.kind));
    const options = (roles ?? [])
      .filter((role) => (role.assignable || task.how === "remove") && role.kinds.some((kind) => kinds.has(kind)))
      .map((role) => ({
        id: role.id,
        name: role.name,
        description: role.description,
        disabled: holds(me, role.permissions) ? undefined : t.form.notYours,
      }));
    return {
      form: list(t.access.roles, options),
      change: ids.length > 0 ? { ...task, ids } : null,
      names: named(options),
      blocked: false,
    };
  }

  // Everything else is from the lists of one organization.
  if (!organization)
    return {
      form: <p className="notice">{organizations > 1 ? t.bulk.mixed : t.bulk.noneBelongs}</p>,
      change: null,
      names: "",
      blocked: true,
    };
  if (task.what === "site") {
    const HQ = "";
    const options = [{ id: HQ, name: t.details.headquarters }, ...(lists.sites ?? [])];
    return {
      form: <SelectField label={t.details.site} value={site} onChange={setSite} options={options} />,
      change: site === null ? null : { what: "site", id: site === HQ ? null : site },
      names: options.find((option) => option.id === site)?.name ?? "",
      blocked: false,
    };
  }
  if (task.what === "property") {
    const properties = lists.properties ?? [];
    const property: Entry | undefined = properties.find((entry) => entry.key === key);
    return {
      form: (
        <div className="stack">
          <SelectField
            label={t.bulk.chooseProperty}
            value={key}
            onChange={(next) => {
              setKey(next);
              setValue(null);
            }}
            options={properties.flatMap((entry) => (entry.key ? [{ id: entry.key, name: entry.name }] : []))}
            hint={properties.length === 0 ? t.bulk.noEntries : undefined}
          />
          {property && !removing && (
            <PropertyField property={property} label={t.bulk.value} value={value} onChange={setValue} />
          )}
          {property && (
            <Checkbox isSelected={removing} onChange={setRemoving}>
              {t.bulk.removeValue}
            </Checkbox>
          )}
        </div>
      ),
      // Nothing entered is not "take it away": that must be said.
      change: key && (removing || value !== null) ? { what: "property", key, value: removing ? null : value } : null,
      names: property?.name ?? "",
      blocked: false,
    };
  }
  const entries = lists[task.what] ?? [];
  const label = task.what === "groups" ? t.access.groups : t.details[task.what];
  const options = entries.map((entry) => ({
    id: entry.id,
    name: entry.name,
    ...(entry.active === false ? { description: t.access.inactive } : {}),
  }));
  return {
    form: list(label, options),
    change: ids.length > 0 ? { ...task, ids } : null,
    names: named(entries),
    blocked: false,
  };
}
