import { type FormEvent, useId, useRef, useState } from "react";
import { api } from "../api/client";
import type { ApiProblem } from "../api/problem";
import type { Entry, Id, PropertyType } from "../api/types";
import { useAction } from "../api/use";
import { useCan } from "../console/session";
import { Link, useSearchState, withSearch } from "../router";
import { texts as common } from "../texts/en";
import { announce, ask, notify } from "../ui/announce";
import { ConflictBox, useWhoChanged } from "../ui/conflict";
import { Button, Field, MenuButton, ModalDialog, SelectField, Skeleton } from "../ui/controls";
import { Find, has } from "../ui/find";
import { ArrowDownIcon, ArrowUpIcon, CloseIcon, ErrorIcon, MoreIcon, PlusIcon } from "../ui/icons";
import { useUnsaved } from "../ui/leave";
import { differing, type Merge, merge } from "../ui/merge";
import { ProblemBox } from "../ui/problem";
import { useIdempotency } from "../users/useIdempotency";
import { ForOrganization } from "./ForOrganization";
import { nameError, nameRefused } from "./names";
import {
  choicesOf,
  draftOf,
  hasChoices,
  keyError,
  keyFor,
  moved,
  newProperty,
  type PropertyDraft,
  pasted,
  TYPES,
  twice,
} from "./properties";
import { texts } from "./texts";
import { dropEntry, everyEntry, putEntry, sorted, useEntries } from "./useEntries";
import "./lists.css";

const t = texts.properties;

export function PropertiesPage() {
  return (
    <ForOrganization what={t.what}>
      {(organization) => <Properties key={organization} organization={organization} />}
    </ForOrganization>
  );
}

function Properties({ organization }: { organization: Id }) {
  const { entries, problem, refresh } = useEntries("properties", organization);
  const [search, setSearch] = useSearchState();
  const can = useCan();
  const [text, setText] = useState("");
  const open = entries?.find(({ id }) => id === search.get("entry"));
  const adding = search.get("new") === "property" && can("lists.write");
  const close = () => setSearch({ entry: null, new: null });
  const found = entries && sorted(entries.filter(({ name, key }) => has(`${name} ${key}`, text)));
  return (
    <div className="stack">
      <div className="page-head lists-head">
        <p className="muted grow">{t.intro}</p>
        {can("lists.write") && (
          <Button look="primary" icon={<PlusIcon />} onPress={() => setSearch({ new: "property" })}>
            {t.add}
          </Button>
        )}
      </div>
      {problem && <ProblemBox problem={problem} retry={refresh} />}
      {!entries && !problem && (
        <div className="stack" aria-busy="true">
          <Skeleton width={200} />
          <Skeleton width={160} />
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
              <th scope="col">{t.columns.type}</th>
              <th scope="col" className="wide-only">
                {t.columns.key}
              </th>
              <th scope="col" className="wide-only">
                {t.columns.choices}
              </th>
              {can("lists.write") && (
                <th scope="col" className="more-cell">
                  <span className="visually-hidden">{common.common.actions}</span>
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {found.map((property) => (
              <PropertyRow key={property.id} property={property} organization={organization} />
            ))}
          </tbody>
        </table>
      )}
      {adding && entries && (
        <PropertyDialog property={null} organization={organization} entries={entries} onClose={close} />
      )}
      {open && entries && (
        <PropertyDialog key={open.id} property={open} organization={organization} entries={entries} onClose={close} />
      )}
    </div>
  );
}

function PropertyRow({ property, organization }: { property: Entry; organization: Id }) {
  const can = useCan();
  const [, setSearch] = useSearchState();
  const remove = useAction(async () => {
    const sure = await ask({
      title: texts.askRemove(property.name),
      body: t.removeBody,
      confirm: texts.remove,
      cancel: texts.keep,
      danger: true,
    });
    if (!sure) return;
    await api.deleteEntry("properties", organization, property);
    notify(texts.removed(property.name));
    dropEntry("properties", organization, property.id);
  });
  return (
    <>
      <tr>
        <th scope="row">
          {can("lists.write") ? (
            <Link to={withSearch({ entry: property.id })}>{property.name}</Link>
          ) : (
            <span>{property.name}</span>
          )}
          <code className="lists-about">{property.key}</code>
        </th>
        <td className="wrapping">{t.types[property.type ?? ""] ?? property.type}</td>
        <td className="wide-only">
          <code>{property.key}</code>
        </td>
        <td className="wide-only wrapping muted">{property.choices?.join(", ") || "–"}</td>
        {can("lists.write") && (
          <td className="more-cell">
            <MenuButton
              placement="bottom end"
              groups={[
                { entries: [{ id: "edit", label: texts.edit, onPress: () => setSearch({ entry: property.id }) }] },
                {
                  entries: [{ id: "remove", label: texts.remove, danger: true, onPress: () => void remove.run() }],
                },
              ]}
            >
              <Button look="quiet" icon={<MoreIcon />} label={texts.actions(property.name)} busy={remove.busy} />
            </MenuButton>
          </td>
        )}
      </tr>
      {remove.problem && (
        <tr>
          <td colSpan={5} className="wrapping">
            <ProblemBox problem={remove.problem} words={texts} />
          </td>
        </tr>
      )}
    </>
  );
}

function PropertyDialog(p: {
  property: Entry | null;
  organization: Id;
  entries: readonly Entry[];
  onClose: () => void;
}) {
  const [base, setBase] = useState(p.property);
  const [draft, setDraft] = useState<PropertyDraft>(
    p.property ? draftOf(p.property) : { name: "", key: "", type: "text", choices: [""] },
  );
  /** The key follows the name until somebody writes one. */
  const [ownKey, setOwnKey] = useState(false);
  const [tried, setTried] = useState(false);
  const [conflict, setConflict] = useState<{ latest: Entry; by: string | null; merge: Merge<PropertyDraft> } | null>(
    null,
  );
  const whoChanged = useWhoChanged();
  const start = useRef(draft);
  const unsaved = useUnsaved(differing(start.current, draft).length > 0);
  const form = useId();
  const idempotencyKey = useIdempotency();
  const { organization } = p;

  const save = useAction(async (on: Entry | null, mine: PropertyDraft) => {
    const wanted = newProperty(mine);
    let saved: Entry;
    if (!on) {
      saved = await api.createEntry("properties", organization, wanted, idempotencyKey(wanted));
    } else {
      const before = draftOf(on);
      const after: PropertyDraft = { ...before, name: wanted.name, choices: wanted.choices ?? before.choices };
      const patch = Object.fromEntries(differing(before, after).map((field) => [field, after[field]]));
      try {
        saved =
          Object.keys(patch).length === 0
            ? on
            : await api.updateEntry("properties", organization, on.id, on.version, patch);
      } catch (error) {
        if ((error as ApiProblem).code !== "version_conflict") throw error;
        const [all, by] = await Promise.all([everyEntry("properties", organization), whoChanged(on.id)]);
        const latest = all.find(({ id }) => id === on.id);
        // It is gone: the server's own word for that is the right one.
        if (!latest) throw error;
        putEntry("properties", organization, latest);
        setConflict({ latest, by, merge: merge(before, after, draftOf(latest)) });
        return;
      }
    }
    putEntry("properties", organization, saved);
    notify(on ? texts.saved(saved.name) : texts.added(saved.name));
    unsaved.done(p.onClose);
  });

  const wrongName = nameError(draft.name, p.entries, base ?? undefined);
  const wrongKey = base ? undefined : keyError(draft.key, p.entries);
  const choiceTwice = twice(draft.choices);
  const wrongChoices = !hasChoices(draft.type)
    ? undefined
    : choicesOf(draft.choices).length === 0
      ? t.choicesMissing
      : choiceTwice !== null
        ? t.choiceTwice(choiceTwice)
        : undefined;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!wrongName && !wrongKey && !wrongChoices) void save.run(base, draft);
  };
  const set = (patch: Partial<PropertyDraft>) => {
    setDraft({ ...draft, ...patch });
    save.clear();
  };
  const refused = nameRefused(save.problem);
  const at = (field: string) => save.problem?.errors.find((error) => error.field.startsWith(field))?.detail;
  const keyRefused = at("key");
  const beside = refused || keyRefused || at("choices");
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
        {save.problem && !beside && <ProblemBox problem={save.problem} words={texts} />}
        <Field
          label={texts.name}
          value={draft.name}
          onChange={(name) => set({ name, ...(base || ownKey ? {} : { key: keyFor(name) }) })}
          autoFocus
          autoComplete="off"
          error={(tried ? wrongName : undefined) ?? refused}
        />
        {base ? (
          <div className="fixed-facts">
            <dl>
              <div>
                <dt>{t.key}</dt>
                <dd>
                  <code>{draft.key}</code>
                </dd>
              </div>
              <div>
                <dt>{t.type}</dt>
                <dd>{t.types[draft.type]}</dd>
              </div>
            </dl>
            <p className="field-hint">{t.keyFixed}</p>
          </div>
        ) : (
          <>
            <Field
              label={t.key}
              value={draft.key}
              mono
              onChange={(next) => {
                setOwnKey(next !== "");
                set({ key: next });
              }}
              autoComplete="off"
              hint={t.keyHint}
              error={(tried ? wrongKey : undefined) ?? keyRefused}
            />
            <SelectField
              label={t.type}
              value={draft.type}
              onChange={(type) => set({ type: type as PropertyType })}
              options={TYPES.map((id) => ({ id, name: t.types[id] ?? id }))}
            />
          </>
        )}
        {hasChoices(draft.type) && (
          <Choices
            choices={draft.choices}
            onChange={(choices) => set({ choices })}
            error={(tried ? wrongChoices : undefined) ?? at("choices")}
          />
        )}
      </form>
    </ModalDialog>
  );
}

/** One line per choice; Enter goes on to the next, a pasted column becomes lines, arrows put them in order. */
function Choices(p: { choices: readonly string[]; onChange: (choices: string[]) => void; error: string | undefined }) {
  const box = useRef<HTMLFieldSetElement>(null);
  const hint = useId();
  const focus = (index: number) =>
    requestAnimationFrame(() => box.current?.querySelectorAll<HTMLInputElement>("input")[index]?.focus());
  const add = (at: number) => {
    p.onChange([...p.choices.slice(0, at), "", ...p.choices.slice(at)]);
    focus(at);
  };
  const move = (from: number, by: -1 | 1) => {
    p.onChange(moved(p.choices, from, by));
    announce(t.moved(p.choices[from] || t.choice(from + 1), from + by + 1));
    requestAnimationFrame(() => {
      const buttons = box.current?.querySelectorAll<HTMLElement>(`[data-at="${from + by}"] button`);
      const wanted = buttons?.[by < 0 ? 0 : 1];
      // At an end the way on is closed; the way back is not.
      if (wanted && !wanted.hasAttribute("disabled")) wanted.focus();
      else buttons?.[by < 0 ? 1 : 0]?.focus();
    });
  };
  return (
    <fieldset className="choices-editor" ref={box} aria-describedby={hint}>
      <legend className="field-label">{t.choices}</legend>
      {p.choices.map((choice, index) => {
        const name = choice || t.choice(index + 1);
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a line is its place; its text is being typed
          <div key={index} className="choice-row" data-at={index}>
            <input
              className="input"
              aria-label={t.choice(index + 1)}
              value={choice}
              spellCheck="false"
              autoComplete="off"
              aria-invalid={p.error ? true : undefined}
              onChange={(event) => p.onChange(p.choices.map((other, i) => (i === index ? event.target.value : other)))}
              onPaste={(event) => {
                const text = event.clipboardData.getData("text/plain").replace(/[\r\n]+$/, "");
                if (!/[\n\t]/.test(text)) return;
                event.preventDefault();
                const next = pasted(p.choices, index, text);
                p.onChange(next);
                focus(index + next.length - p.choices.length);
              }}
              onKeyDown={(event) => {
                if (event.key === "Enter") {
                  event.preventDefault();
                  add(index + 1);
                } else if (event.key === "Backspace" && choice === "" && p.choices.length > 1) {
                  event.preventDefault();
                  p.onChange(p.choices.filter((_, i) => i !== index));
                  focus(Math.max(0, index - 1));
                }
              }}
            />
            <Button
              look="quiet"
              icon={<ArrowUpIcon />}
              label={t.up(name)}
              disabled={index === 0}
              onPress={() => move(index, -1)}
            />
            <Button
              look="quiet"
              icon={<ArrowDownIcon />}
              label={t.down(name)}
              disabled={index === p.choices.length - 1}
              onPress={() => move(index, 1)}
            />
            <Button
              look="quiet"
              icon={<CloseIcon />}
              label={t.take(name)}
              onPress={() => {
                const next = p.choices.filter((_, i) => i !== index);
                p.onChange(next.length > 0 ? next : [""]);
                focus(Math.max(0, index - 1));
              }}
            />
          </div>
        );
      })}
      <div>
        <Button icon={<PlusIcon />} onPress={() => add(p.choices.length)}>
          {t.addChoice}
        </Button>
      </div>
      {p.error ? (
        <span className="field-error" role="alert" id={hint}>
          <ErrorIcon size={14} />
          <span>{p.error}</span>
        </span>
      ) : (
        <span className="field-hint" id={hint}>
          {t.choicesHint}
        </span>
      )}
    </fieldset>
  );
}
