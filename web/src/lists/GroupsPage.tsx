import { type FormEvent, useId, useLayoutEffect, useRef, useState } from "react";
import { api } from "../api/client";
import type { ApiProblem } from "../api/problem";
import { Shared, useShared } from "../api/shared";
import type { Entry, Id } from "../api/types";
import { useAction } from "../api/use";
import { useCan } from "../console/session";
import { Link, useSearchState, withSearch } from "../router";
import { texts as common } from "../texts/en";
import { ask, notify } from "../ui/announce";
import { ConflictBox, useWhoChanged } from "../ui/conflict";
import { Button, Checkbox, Field, MenuButton, ModalDialog, Skeleton } from "../ui/controls";
import { Find, has } from "../ui/find";
import { BarShape, MoreIcon, PlusIcon, SolidShape } from "../ui/icons";
import { useUnsaved } from "../ui/leave";
import { differing, type Merge, merge } from "../ui/merge";
import { ProblemBox } from "../ui/problem";
import { Pill } from "../ui/status";
import { WordsField } from "../ui/words";
import { useIdempotency } from "../users/useIdempotency";
import { ForOrganization } from "./ForOrganization";
import { consequence, draftOf, type GroupDraft } from "./groups";
import { nameError, nameRefused } from "./names";
import { texts } from "./texts";
import { dropEntry, everyEntry, putEntry, sorted, useEntries } from "./useEntries";
import "./lists.css";

const t = texts.groups;

export function GroupsPage() {
  return (
    <ForOrganization what={t.what}>
      {(organization) => <Groups key={organization} organization={organization} />}
    </ForOrganization>
  );
}

/** How many are counted one by one; of larger groups it is said that they are larger. */
const COUNTED = 100;
/** Groups whose people are counted in the table; of the others the link says where they are. */
const COUNTS = 50;

let running = 0;
const waiting: (() => void)[] = [];

/** At most three counts at a time: they are the least urgent thing on the page. */
async function inTurn<T>(work: () => Promise<T>): Promise<T> {
  if (running >= 3) await new Promise<void>((go) => waiting.push(go));
  running += 1;
  try {
    return await work();
  } finally {
    running -= 1;
    waiting.shift()?.();
  }
}

const people = new Shared((key: string) =>
  inTurn(async () => {
    const [organization = "", group = ""] = key.split(":");
    const page = await api.users({ organization, group, limit: COUNTED });
    return { count: page.items.length, more: page.next_cursor !== null };
  }),
);

const groupLink = (organization: Id, group: Id) => withSearch({ organization, group }, "/users", "");

function Groups({ organization }: { organization: Id }) {
  const { entries, problem, refresh } = useEntries("groups", organization);
  const [search, setSearch] = useSearchState();
  const can = useCan();
  const [text, setText] = useState("");
  // Elsewhere people may have been given groups: they are counted anew, before the rows ask.
  useLayoutEffect(() => people.forget(), []);
  const open = entries?.find(({ id }) => id === search.get("entry"));
  const adding = search.get("new") === "group" && can("lists.write");
  const close = () => setSearch({ entry: null, new: null });
  const found = entries && sorted(entries.filter(({ name }) => has(name, text)));
  return (
    <div className="stack">
      <div className="page-head lists-head">
        <p className="muted grow">{t.intro}</p>
        {can("lists.write") && (
          <Button look="primary" icon={<PlusIcon />} onPress={() => setSearch({ new: "group" })}>
            {t.add}
          </Button>
        )}
      </div>
      {problem && <ProblemBox problem={problem} retry={refresh} />}
      {!entries && !problem && (
        <div className="stack" aria-busy="true">
          <Skeleton width={180} />
          <Skeleton width={240} />
          <Skeleton width={140} />
        </div>
      )}
      {entries?.length === 0 && (
        <div className="empty">
          <h2>{t.empty}</h2>
          <p>{t.emptyBody}</p>
        </div>
      )}
      {entries && entries.length > 12 && <Find label={texts.find} value={text} onChange={setText} />}
      {found?.length === 0 && entries && entries.length > 0 && <p className="muted">{texts.noMatch(text)}</p>}
      {found && found.length > 0 && (
        <table className="table lists-table" aria-label={t.title}>
          <thead>
            <tr>
              <th scope="col">{t.columns.name}</th>
              <th scope="col">{t.columns.state}</th>
              <th scope="col" className="wide-only">
                {t.columns.modules}
              </th>
              <th scope="col">{t.columns.people}</th>
              {can("lists.write") && (
                <th scope="col" className="more-cell">
                  <span className="visually-hidden">{common.common.actions}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {found.map((group, index) => (
              <GroupRow key={group.id} group={group} organization={organization} counted={index < COUNTS} />
            ))}
          </tbody>
        </table>
      )}
      {adding && entries && <GroupDialog group={null} organization={organization} entries={entries} onClose={close} />}
      {open && entries && (
        <GroupDialog key={open.id} group={open} organization={organization} entries={entries} onClose={close} />
      )}
    </div>
  );
}

function StatePill({ active }: { active: boolean }) {
  return active ? (
    <Pill tone="ok" shape={<SolidShape />}>
      {t.active}
    </Pill>
  ) : (
    <Pill tone="quiet" shape={<BarShape />}>
      {t.inactive}
    </Pill>
  );
}

function GroupRow({ group, organization, counted }: { group: Entry; organization: Id; counted: boolean }) {
  const can = useCan();
  const seesPeople = can("users.read");
  const { data } = useShared(people, seesPeople && counted ? `${organization}:${group.id}` : null);
  const [, setSearch] = useSearchState();
  const active = group.active ?? false;
  const modules = group.modules ?? [];
  const { refresh } = useEntries("groups", organization);

  const change = useAction(async (what: "switch" | "remove") => {
    const sure = await ask(
      what === "remove"
        ? {
            title: texts.askRemove(group.name),
            body: t.removeBody,
            confirm: texts.remove,
            cancel: texts.keep,
            danger: true,
          }
        : {
            title: active ? t.deactivateTitle(group.name) : t.activateTitle(group.name),
            body: active ? t.deactivateBody(modules) : t.activateBody(modules),
            confirm: active ? t.deactivate : t.activate,
            cancel: texts.cancel,
            danger: active,
          },
    );
    if (!sure) return;
    if (what === "remove") {
      await api.deleteEntry("groups", organization, group);
      notify(texts.removed(group.name));
      dropEntry("groups", organization, group.id);
    } else {
      const saved = await api.updateEntry("groups", organization, group.id, group.version, { active: !active });
      putEntry("groups", organization, saved);
      notify(active ? t.deactivated(group.name) : t.activated(group.name));
    }
  });

  return (
    <>
      <tr>
        <th scope="row">
          {can("lists.write") ? (
            <Link to={withSearch({ entry: group.id })}>{group.name}</Link>
          ) : (
            <span>{group.name}</span>
          )}
          <span className="lists-about">{modules.join(", ") || t.noModules}</span>
        </th>
        <td>
          <StatePill active={active} />
        </td>
        <td className="wide-only wrapping" data-dim={active ? undefined : ""}>
          {modules.join(", ") || <span className="muted">{t.noModules}</span>}
        </td>
        <td>
          {seesPeople ? (
            data && data.count === 0 ? (
              <span className="muted">{t.nobody}</span>
            ) : (
              <Link to={groupLink(organization, group.id)}>
                {data ? t.peopleCount(data.count, data.more) : t.people}
                <span className="visually-hidden"> {t.peopleOf(group.name)}</span>
              </Link>
            )
          ) : (
            "–"
          )}
        </td>
        {can("lists.write") && (
          <td className="more-cell">
            <MenuButton
              placement="bottom end"
              groups={[
                {
                  entries: [
                    { id: "edit", label: texts.edit, onPress: () => setSearch({ entry: group.id }) },
                    {
                      id: "switch",
                      label: active ? t.deactivate : t.activate,
                      onPress: () => void change.run("switch"),
                    },
                  ],
                },
                {
                  entries: [
                    {
                      id: "remove",
                      label: texts.remove,
                      danger: true,
                      onPress: () => void change.run("remove"),
                    },
                  ],
                },
              ]}
            >
              <Button look="quiet" icon={<MoreIcon />} label={texts.actions(group.name)} busy={change.busy} />
            </MenuButton>
          </td>
        )}
      </tr>
      {change.problem && (
        <tr>
          <td colSpan={5} className="wrapping">
            <ProblemBox problem={change.problem} words={texts}>
              {change.problem.code === "entry_in_use" && seesPeople && (
                <Link to={groupLink(organization, group.id)} className="button">
                  {texts.whoHas}
                </Link>
              )}
              {change.problem.code === "version_conflict" && (
                <Button
                  onPress={() => {
                    change.clear();
                    refresh();
                  }}
                >
                  {texts.loadNewest}
                </Button>
              )}
            </ProblemBox>
          </td>
        </tr>
      )}
    </>
  );
}

function GroupDialog(p: { group: Entry | null; organization: Id; entries: readonly Entry[]; onClose: () => void }) {
  const [base, setBase] = useState(p.group);
  const [draft, setDraft] = useState<GroupDraft>(p.group ? draftOf(p.group) : { name: "", active: true, modules: [] });
  const [tried, setTried] = useState(false);
  const [conflict, setConflict] = useState<{ latest: Entry; by: string | null; merge: Merge<GroupDraft> } | null>(null);
  const whoChanged = useWhoChanged();
  const start = useRef(draft);
  const unsaved = useUnsaved(differing(start.current, draft).length > 0);
  const form = useId();
  const idempotencyKey = useIdempotency();
  const { organization } = p;

  const save = useAction(async (on: Entry | null, mine: GroupDraft) => {
    const wanted = { ...mine, name: mine.name.trim() };
    let saved: Entry;
    if (!on) {
      saved = await api.createEntry("groups", organization, wanted, idempotencyKey(wanted));
    } else {
      const before = draftOf(on);
      const patch = Object.fromEntries(differing(before, wanted).map((field) => [field, wanted[field]]));
      try {
        saved =
          Object.keys(patch).length === 0
            ? on
            : await api.updateEntry("groups", organization, on.id, on.version, patch);
      } catch (error) {
        if ((error as ApiProblem).code !== "version_conflict") throw error;
        const [all, by] = await Promise.all([everyEntry("groups", organization), whoChanged(on.id)]);
        const latest = all.find(({ id }) => id === on.id);
        // It is gone: the server's own word for that is the right one.
        if (!latest) throw error;
        putEntry("groups", organization, latest);
        setConflict({ latest, by, merge: merge(before, wanted, draftOf(latest)) });
        return;
      }
    }
    putEntry("groups", organization, saved);
    notify(on ? texts.saved(saved.name) : texts.added(saved.name));
    unsaved.done(p.onClose);
  });

  const wrong = nameError(draft.name, p.entries, base ?? undefined);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!wrong) void save.run(base, draft);
  };
  const set = (patch: Partial<GroupDraft>) => {
    setDraft({ ...draft, ...patch });
    save.clear();
  };
  const refused = nameRefused(save.problem);
  const effect = consequence(base && draftOf(base), draft);
  const known = [...new Set(p.entries.flatMap((entry) => entry.modules ?? []))].filter(
    (module) => !draft.modules.includes(module),
  );
  return (
    <ModalDialog
      title={base ? t.edit : t.add}
      onClose={() => unsaved.close(p.onClose)}
      actions={[
        { label: texts.cancel, look: "quiet", onPress: () => unsaved.close(p.onClose) },
        {
          label: base ? texts.save : t.create,
          look: "primary",
          busy: save.busy,
          disabled: conflict !== null,
          submit: form,
        },
      ]}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {conflict && (
          <ConflictBox
            by={conflict.by}
            merge={conflict.merge}
            fields={texts.fields}
            busy={save.busy}
            onReload={() => {
              setBase(conflict.latest);
              setDraft(draftOf(conflict.latest));
              setConflict(null);
            }}
            onKeep={() => {
              const { latest, merge } = conflict;
              setBase(latest);
              setDraft(merge.draft);
              setConflict(null);
              void save.run(latest, merge.draft);
            }}
          />
        )}
        {save.problem && !refused && <ProblemBox problem={save.problem} words={texts} />}
        <Field
          label={texts.name}
          value={draft.name}
          onChange={(name) => set({ name })}
          autoFocus
          autoComplete="off"
          error={(tried ? wrong : undefined) ?? refused}
        />
        <WordsField
          label={t.modules}
          words={draft.modules}
          onChange={(modules) => set({ modules })}
          hint={t.modulesHint}
          error={save.problem?.errors.find(({ field }) => field.startsWith("modules"))?.detail}
        />
        {known.length > 0 && (
          <div className="suggestions">
            <span className="muted">{t.known}</span>
            {known.slice(0, 12).map((module) => (
              <Button key={module} look="quiet" onPress={() => set({ modules: [...draft.modules, module] })}>
                <PlusIcon size={12} /> {module}
              </Button>
            ))}
          </div>
        )}
        <div className="stack tight">
          <Checkbox isSelected={draft.active} onChange={(active) => set({ active })}>
            {t.isActive}
          </Checkbox>
          <span className="field-hint">{t.activeHint}</span>
        </div>
        <p className="field-note" role="status">
          {effect}
        </p>
      </form>
    </ModalDialog>
  );
}
