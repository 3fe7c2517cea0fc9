import { type FormEvent, useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import type { Entry, Id, ListName } from "../api/types";
import { useAction } from "../api/use";
import { useCan } from "../console/session";
import { ask, notify } from "../ui/announce";
import { Button, Field, Skeleton } from "../ui/controls";
import { Find, has } from "../ui/find";
import { CloseIcon, PlusIcon, TrashIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { Pill } from "../ui/status";
import { useIdempotency } from "../users/useIdempotency";
import { ForOrganization } from "./ForOrganization";
import { nameError, nameRefused } from "./names";
import { texts } from "./texts";
import { dropEntry, putEntry, useEntries } from "./useEntries";
import "./lists.css";

/** Lists whose entries are only names. */
export type NameList = Extract<ListName, "sites" | "courses" | "services">;

export function NamesPage({ list }: { list: NameList }) {
  return (
    <ForOrganization what={texts[list].what}>
      {(organization) => <Names key={organization} list={list} organization={organization} />}
    </ForOrganization>
  );
}

function Names({ list, organization }: { list: NameList; organization: Id }) {
  const { entries, problem, refresh } = useEntries(list, organization);
  const can = useCan();
  const [text, setText] = useState("");
  const t = texts[list];
  const found = entries?.filter(({ name }) => has(name, text));
  return (
    <div className="stack names">
      <p className="muted">{t.intro}</p>
      {can("lists.write") && entries && <Add list={list} organization={organization} entries={entries} />}
      {problem && <ProblemBox problem={problem} retry={refresh} />}
      {!entries && !problem && (
        <div className="stack" aria-busy="true">
          <Skeleton width={180} />
          <Skeleton width={140} />
          <Skeleton width={220} />
        </div>
      )}
      {entries && (
        <>
          {entries.length > 12 && <Find label={texts.find} value={text} onChange={setText} />}
          {entries.length === 0 && list !== "sites" ? (
            <p className="names-empty muted">{t.empty}</p>
          ) : (
            <ul className="names-list" aria-label={t.title}>
              {list === "sites" && text.trim() === "" && (
                <li className="name-row">
                  <span className="grow">{texts.sites.headquarters}</span>
                  <Pill tone="quiet">{texts.sites.headquartersNote}</Pill>
                </li>
              )}
              {found?.map((entry) => (
                <NameRow key={entry.id} list={list} organization={organization} entry={entry} entries={entries} />
              ))}
            </ul>
          )}
          {found?.length === 0 && entries.length > 0 && <p className="muted">{texts.noMatch(text)}</p>}
        </>
      )}
    </div>
  );
}

function Add({ list, organization, entries }: { list: NameList; organization: Id; entries: readonly Entry[] }) {
  const [name, setName] = useState("");
  const [error, setError] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const [turn, setTurn] = useState(0);
  const idempotencyKey = useIdempotency();
  const t = texts[list];
  const add = useAction(async () => {
    const wanted = name.trim();
    // The next one is typed at once.
    setName("");
    input.current?.focus();
    try {
      const made = await api.createEntry(list, organization, { name: wanted }, idempotencyKey({ name: wanted, turn }));
      putEntry(list, organization, made);
      // The same name again, once this one was deleted, is another wish.
      setTurn((n) => n + 1);
      notify(texts.added(made.name));
    } catch (error) {
      setName((next) => next || wanted);
      throw error;
    }
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const wrong = nameError(name, entries);
    setError(wrong);
    if (wrong) input.current?.focus();
    else void add.run();
  };
  const refused = nameRefused(add.problem);
  return (
    <form className="name-add" onSubmit={submit} noValidate>
      <Field
        label={t.newName}
        value={name}
        onChange={(next) => {
          setName(next);
          setError(undefined);
          add.clear();
        }}
        inputRef={input}
        placeholder={t.placeholder}
        autoComplete="off"
        error={error ?? refused}
      />
      <Button type="submit" icon={<PlusIcon />} busy={add.busy}>
        {texts.add}
      </Button>
      {add.problem && !refused && <ProblemBox problem={add.problem} words={texts} />}
    </form>
  );
}

function NameRow(p: { list: NameList; organization: Id; entry: Entry; entries: readonly Entry[] }) {
  const { list, organization, entry } = p;
  const can = useCan();
  const [editing, setEditing] = useState(false);
  const row = useRef<HTMLLIElement>(null);
  const remove = useAction(async () => {
    const sure = await ask({
      title: texts.askRemove(entry.name),
      body: texts[list].removeBody,
      confirm: texts.remove,
      cancel: texts.keep,
      danger: true,
    });
    if (!sure) return;
    await api.deleteEntry(list, organization, entry);
    notify(texts.removed(entry.name));
    dropEntry(list, organization, entry.id);
  });
  const close = () => {
    setEditing(false);
    requestAnimationFrame(() => row.current?.querySelector<HTMLElement>("button")?.focus());
  };
  return (
    <li className="name-row" ref={row}>
      {editing ? (
        <Rename {...p} onClose={close} />
      ) : (
        <>
          <span className="grow name-text">{entry.name}</span>
          {can("lists.write") && (
            <span className="name-actions">
              <Button look="quiet" onPress={() => setEditing(true)}>
                {texts.rename}
                <span className="visually-hidden"> {entry.name}</span>
              </Button>
              <Button
                look="quiet"
                icon={<TrashIcon />}
                label={`${texts.remove}: ${entry.name}`}
                busy={remove.busy}
                onPress={() => void remove.run()}
              />
            </span>
          )}
        </>
      )}
      {remove.problem && <ProblemBox problem={remove.problem} words={texts} />}
    </li>
  );
}

function Rename(p: { list: NameList; organization: Id; entry: Entry; entries: readonly Entry[]; onClose: () => void }) {
  const [name, setName] = useState(p.entry.name);
  const [error, setError] = useState<string>();
  const input = useRef<HTMLInputElement>(null);
  const { refresh } = useEntries(p.list, p.organization);
  useEffect(() => input.current?.select(), []);
  const save = useAction(async () => {
    const saved = await api.updateEntry(p.list, p.organization, p.entry.id, p.entry.version, { name: name.trim() });
    putEntry(p.list, p.organization, saved);
    notify(texts.renamed(saved.name));
    p.onClose();
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (name.trim() === p.entry.name) {
      p.onClose();
      return;
    }
    const wrong = nameError(name, p.entries, p.entry);
    setError(wrong);
    if (!wrong) void save.run();
  };
  const refused = nameRefused(save.problem);
  return (
    <form
      className="name-edit grow"
      onSubmit={submit}
      noValidate
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        p.onClose();
      }}
    >
      <Field
        label={texts.name}
        quiet
        value={name}
        onChange={(next) => {
          setName(next);
          setError(undefined);
          save.clear();
        }}
        inputRef={input}
        autoFocus
        autoComplete="off"
        error={error ?? refused}
      />
      <Button type="submit" look="primary" busy={save.busy}>
        {texts.save}
      </Button>
      <Button look="quiet" icon={<CloseIcon />} label={texts.cancel} shortcut="Esc" onPress={p.onClose} />
      {save.problem && !refused && (
        <ProblemBox
          problem={save.problem}
          words={texts}
          retry={
            save.problem.code === "version_conflict"
              ? () => {
                  refresh();
                  p.onClose();
                }
              : undefined
          }
        />
      )}
    </form>
  );
}
