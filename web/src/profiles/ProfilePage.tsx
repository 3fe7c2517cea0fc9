import { type FormEvent, type ReactNode, useCallback, useRef, useState } from "react";
import { api } from "../api/client";
import type { ApiProblem } from "../api/problem";
import type { Id, ImportProfile, Role, UserKind } from "../api/types";
import { useAction, useLoad } from "../api/use";
import { useCan, useKeepOrganization, useOrganization, useSession } from "../console/session";
import { confirmTexts } from "../import/confirmTexts";
import { Link, navigate, useLeaveGuard, useSearch } from "../router";
import { texts as common } from "../texts/en";
import { notify } from "../ui/announce";
import { CheckList } from "../ui/CheckList";
import { ConflictBox, useWhoChanged } from "../ui/conflict";
import { Button, Checkbox, Field, MenuButton, SelectField, Skeleton } from "../ui/controls";
import { ChevronDownIcon, ErrorIcon } from "../ui/icons";
import { askToLeave } from "../ui/leave";
import { differing, type Merge, merge } from "../ui/merge";
import { ProblemBox } from "../ui/problem";
import { useIdempotency } from "../users/useIdempotency";
import { ColumnsEditor } from "./ColumnsEditor";
import {
  type Base,
  type Definition,
  definitionOf,
  draftOf,
  mistakes,
  ofKind,
  type ProfileDraft,
  REQUIRED,
  roleList,
  withKind,
} from "./definition";
import { opened } from "./opened";
import { SampleTry } from "./SampleTry";
import { texts as t } from "./texts";
import { useBase, useProfiles } from "./useProfiles";

const ROOT = "/settings/import-profiles";

/** One profile: a new one made from a built-in one or as a copy, or one that there is. */
export function ProfilePage({ id }: { id: string | null }) {
  const search = useSearch();
  const keep = useKeepOrganization();
  const { id: organization } = useOrganization();
  const { profiles, problem, refresh } = useProfiles(organization);
  const source = id ?? search.get("of");
  const load = useCallback((signal: AbortSignal) => api.profileDefinition(source ?? "", undefined, signal), [source]);
  const stored = useLoad(source === null ? null : load);
  // A file that was chosen on the list; looked at once.
  const [file] = useState(() => (id === null ? opened.take() : null));
  const definition = file ?? stored.data ?? null;
  const baseId = definition?.base ?? (source === null ? search.get("base") : null);
  const base = useBase(baseId);
  const profile = profiles?.find((each) => each.id === id) ?? null;
  const failed = stored.problem ?? problem ?? base.problem;
  const back = (
    <Link to={keep(ROOT)} className="back-link">
      ← {t.back}
    </Link>
  );
  if (stored.problem?.status === 404 || (profiles && id !== null && profile === null))
    return (
      <div className="stack">
        {back}
        <div className="empty">
          <h2>{t.gone}</h2>
          <p>{t.goneBody}</p>
        </div>
      </div>
    );
  const ready = base.base !== undefined && (source === null || definition !== null) && profiles !== undefined;
  return (
    <div className="stack profile-page">
      {back}
      {failed !== undefined && <ProblemBox problem={failed} retry={stored.reload} />}
      {!ready && failed === undefined && (
        <div className="stack" aria-busy="true">
          <Skeleton width={260} />
          <Skeleton width="50%" />
        </div>
      )}
      {ready && base.base !== undefined && (
        <Editor
          of={base.base}
          profile={profile}
          // A copy needs a name of its own.
          start={id === null && file === null && definition !== null ? { ...definition, title: "" } : definition}
          names={new Map(profiles?.map((each) => [each.id, each.name]))}
          refresh={refresh}
        />
      )}
    </div>
  );
}

/** What it is about on the left, what can be set on the right. */
function Section(p: { id: string; title: string; about?: string; wide?: boolean; children: ReactNode }) {
  return (
    <section className="setting" data-wide={p.wide || undefined} aria-labelledby={p.id}>
      <div>
        <h2 id={p.id}>{p.title}</h2>
        {p.about && <p className="muted">{p.about}</p>}
      </div>
      <div className="stack">{p.children}</div>
    </section>
  );
}

function Editor(p: {
  of: Base;
  profile: ImportProfile | null;
  start: Definition | null;
  names: ReadonlyMap<string, string>;
  refresh: () => Promise<void>;
}) {
  const { of, profile } = p;
  const { me, organizations } = useSession();
  const { id: organization } = useOrganization();
  const can = useCan();
  const keep = useKeepOrganization();
  const whoChanged = useWhoChanged();
  const idempotencyKey = useIdempotency();
  const scope = profile === null ? organization : (profile.organization_id ?? undefined);
  const may = can("organizations.write") && (scope === undefined ? me.organizations === "all" : scope === organization);

  const [before, setBefore] = useState<{ draft: ProfileDraft; version: number | null }>(() => ({
    draft: draftOf(of, p.start),
    version: profile?.version ?? null,
  }));
  const [draft, setDraft] = useState(before.draft);
  const [tried, setTried] = useState(false);
  const [conflict, setConflict] = useState<{
    latest: { draft: ProfileDraft; version: number };
    by: string | null;
    merge: Merge<ProfileDraft>;
  } | null>(null);
  const isNew = profile === null;
  const changed = differing(before.draft, draft);
  // A file's profile is not saved by having been read.
  const dirty = changed.length > 0 || (isNew && p.start !== null);
  const left = useRef(false);
  const stays = useCallback(() => left.current, []);
  useLeaveGuard(may && dirty, stays, askToLeave);

  const base = ofKind(of, draft.kind);
  const wrong = mistakes(draft, of);
  const list = roleList(base);
  const roles = useOwnRoles(list?.open === true ? scope : undefined, draft.kind);

  const save = useAction(async (version: number | null, mine: ProfileDraft) => {
    const definition = definitionOf(mine, of);
    if (version === null) {
      const made = await api.createProfile(definition, scope, idempotencyKey({ definition, scope }));
      notify(t.created(definition.title));
      await p.refresh();
      left.current = true;
      void navigate(keep(`${ROOT}/${encodeURIComponent(made.id)}`), { replace: true });
      return;
    }
    try {
      const saved = await api.updateProfile(profile?.id ?? "", version, definition);
      setBefore({ draft: mine, version: saved.version });
      setDraft(mine);
      setConflict(null);
      setTried(false);
      notify(t.saved(definition.title, saved.version));
      await p.refresh();
    } catch (error) {
      if ((error as ApiProblem).code !== "version_conflict" || profile === null) throw error;
      const [all, theirs, by] = await Promise.all([
        api.importProfiles(organization),
        api.profileDefinition(profile.id),
        whoChanged(profile.id),
      ]);
      const latest = all.items.find(({ id }) => id === profile.id);
      if (latest === undefined) throw error;
      const newest = draftOf(of, theirs);
      setConflict({
        latest: { draft: newest, version: latest.version },
        by,
        merge: merge(before.draft, mine, newest),
      });
    }
  });

  const set = (patch: Partial<ProfileDraft>) => {
    setDraft((old) => ({ ...old, ...patch }));
    save.clear();
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const form = event.currentTarget as HTMLFormElement;
    const toFirst = () =>
      requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    if (wrong.size === 0) void save.run(before.version, draft).then((saved) => saved || toFirst());
    else toFirst();
  };
  const refused = (part: string) => save.problem?.errors.find((error) => error.field === part)?.detail;
  const nameTaken = save.problem?.code === "name_taken" ? common.problems.name_taken?.title : undefined;
  const beside = nameTaken !== undefined || (save.problem?.errors.length ?? 0) > 0;
  const bad = (part: string, says: string) => (tried && wrong.has(part) ? says : undefined);
  const scopeName =
    scope === undefined
      ? t.forDeployment
      : t.forOrganization(organizations.find(({ id }) => id === scope)?.name ?? scope);
  const megabytes = new Intl.NumberFormat().format(Math.round((base.limits.bytes / 1024 / 1024) * 1000) / 1000);

  return (
    <form className="settings-form" onSubmit={submit} noValidate>
      <div className="row wrap profile-head">
        <div className="grow">
          <h2 className="profile-name">{isNew ? draft.title.trim() || t.untitled : before.draft.title}</h2>
          <p className="muted">
            {[
              ...(before.version === null ? [] : [t.version(before.version)]),
              t.madeFrom(p.names.get(of.id) ?? of.title),
              scopeName,
            ].join(" · ")}
          </p>
        </div>
        {profile !== null && before.version !== null && before.version > 1 && (
          <OlderVersions id={profile.id} version={before.version} onTake={(old) => setDraft(draftOf(of, old))} />
        )}
      </div>
      {!may && <p className="notice">{t.readOnly}</p>}
      <fieldset className="profile-fields" disabled={!may}>
        <Section id="profile-general" title={t.general} {...(isNew ? {} : { about: t.olderKept })}>
          <Field
            label={t.name}
            value={draft.title}
            onChange={(title) => set({ title })}
            autoComplete="off"
            autoFocus={isNew}
            disabled={!may}
            hint={t.nameHint}
            error={bad("title", t.nameMissing) ?? refused("title") ?? nameTaken}
          />
          {of.kinds.length > 0 && (
            <SelectField
              label={t.columns.makes}
              value={draft.kind}
              onChange={(kind) => setDraft((old) => withKind(old, of, kind))}
              // Technicians belong to the whole deployment.
              options={of.kinds
                .filter(({ kind }) => kind !== "technician" || scope === undefined)
                .map(({ kind }) => ({ id: kind, name: t.kinds[kind] ?? kind }))}
              disabled={!may}
              error={refused("kind")}
            />
          )}
        </Section>
        <Section id="profile-columns" title={t.columnsTitle} about={t.columnsAbout} wide>
          <ColumnsEditor
            base={base}
            columns={draft.columns}
            wrong={tried ? wrong : none}
            refused={save.problem?.errors ?? []}
            disabled={!may}
            onChange={(columns) => set({ columns })}
          />
          {refused("columns") && <Refused text={refused("columns")} />}
        </Section>
        <Section id="profile-limits" title={t.limits} about={t.limitsAbout}>
          <div className="numbers">
            <Field
              label={t.rows}
              value={draft.rows}
              onChange={(rows) => set({ rows })}
              inputMode="numeric"
              autoComplete="off"
              disabled={!may}
              hint={t.range(base.limits.rows)}
              error={bad("rows", t.range(base.limits.rows)) ?? refused("limits.rows")}
            />
            <Field
              label={t.megabytes}
              unit={t.megabytesUnit}
              value={draft.megabytes}
              onChange={(megabytes) => set({ megabytes })}
              inputMode="decimal"
              autoComplete="off"
              disabled={!may}
              hint={t.megabytesRange(megabytes)}
              error={bad("megabytes", t.megabytesRange(megabytes)) ?? refused("limits.bytes")}
            />
          </div>
        </Section>
        <Section id="profile-process" title={t.process}>
          {base.modes.length > 1 && (
            <Subset
              label={t.modes}
              all={base.modes}
              chosen={draft.modes}
              nameOf={(mode) => t.modeNames[mode] ?? mode}
              onChange={(modes) => set({ modes })}
              error={bad("modes", t.modesMissing) ?? refused("modes")}
            />
          )}
          {list !== undefined && (
            <Roles
              open={list.open}
              options={[...list.items, ...roles]}
              chosen={draft.roles}
              onChange={(chosen) => set({ roles: chosen })}
              error={bad("roles", t.rolesMissing) ?? refused(`lists.${list.name}`)}
            />
          )}
          {!base.role.required_at_commit && (
            <Tick
              label={t.roleNeeded}
              on={draft.roleNeeded}
              onChange={(roleNeeded) => set({ roleNeeded })}
              error={refused("role.required_at_commit")}
            />
          )}
          {base.role.multiple && (
            <Tick
              label={t.oneRole}
              on={!draft.severalRoles}
              onChange={(one) => set({ severalRoles: !one })}
              error={refused("role.multiple")}
            />
          )}
          {base.invitation.policy === "opt_in" && (
            <SelectField
              label={t.policy}
              value={draft.policy}
              onChange={(policy) => set({ policy })}
              options={["opt_in", "always", "never"].map((id) => ({ id, name: t.policies[id] ?? id }))}
              disabled={!may}
              error={refused("invitation.policy")}
            />
          )}
          <Field
            label={t.hours}
            unit={t.hoursUnit}
            value={draft.hours}
            onChange={(hours) => set({ hours })}
            inputMode="numeric"
            autoComplete="off"
            disabled={!may}
            hint={t.range(base.invitation.expires_after_hours)}
            error={
              bad("hours", t.range(base.invitation.expires_after_hours)) ?? refused("invitation.expires_after_hours")
            }
          />
          {base.mfa !== REQUIRED && (
            <Tick
              label={t.mfa}
              hint={t.mfaHint}
              on={draft.mfa}
              onChange={(mfa) => set({ mfa })}
              error={refused("mfa")}
            />
          )}
          {!base.phone_at_acceptance && base.columns.some(({ field }) => field === "phone") && (
            <Tick
              label={t.phone}
              on={draft.phone}
              onChange={(phone) => set({ phone })}
              error={refused("phone_at_acceptance")}
            />
          )}
          {base.credentials.length > 1 && (
            <Subset
              label={t.credentials}
              all={base.credentials}
              chosen={draft.credentials}
              nameOf={(mode) => credentialName(mode)}
              onChange={(credentials) => set({ credentials })}
              error={bad("credentials", t.credentialsMissing) ?? refused("credentials")}
            />
          )}
        </Section>
      </fieldset>
      {may && (
        <Section id="profile-try" title={t.tryTitle} about={t.tryAbout} wide>
          <SampleTry
            definition={definitionOf(draft, of)}
            organization={scope}
            ready={wrong.size === 0 || (wrong.size === 1 && wrong.has("title"))}
          />
        </Section>
      )}
      {may && (dirty || isNew || save.busy) && (
        <div className="save-bar">
          {save.problem && !beside && <ProblemBox problem={save.problem} words={t} />}
          {conflict && (
            <ConflictBox
              by={conflict.by}
              merge={conflict.merge}
              fields={t.fields}
              busy={save.busy}
              onReload={() => {
                setConflict(null);
                setBefore(conflict.latest);
                setDraft(conflict.latest.draft);
              }}
              onKeep={() => {
                setConflict(null);
                setBefore(conflict.latest);
                setDraft(conflict.merge.draft);
                void save.run(conflict.latest.version, conflict.merge.draft);
              }}
            />
          )}
          <span className="grow muted" role="status">
            {(tried && wrong.size > 0) || (save.problem && beside) ? (
              <span className="field-error">
                <ErrorIcon size={14} />
                <span>{t.notComplete}</span>
              </span>
            ) : (
              changed.length > 0 &&
              !isNew &&
              `${common.common.unsaved}: ${changed.map((field) => t.fields[field] ?? field).join(", ")}`
            )}
          </span>
          {!isNew && (
            <Button
              look="quiet"
              onPress={() => {
                setDraft(before.draft);
                setConflict(null);
                setTried(false);
                save.clear();
              }}
            >
              {common.common.discard}
            </Button>
          )}
          <Button type="submit" look="primary" busy={save.busy} disabled={conflict !== null}>
            {isNew ? t.create : t.save}
          </Button>
        </div>
      )}
    </form>
  );
}

const none: ReadonlySet<string> = new Set();

/** What it said before, put into the form: saved, it is the next version. */
function OlderVersions(p: { id: string; version: number; onTake: (definition: Definition) => void }) {
  const take = useAction(async (version: number) => {
    p.onTake(await api.profileDefinition(p.id, version));
    notify(t.versionTaken(version));
  });
  const older = Array.from({ length: p.version - 1 }, (_, at) => p.version - 1 - at);
  return (
    <>
      <MenuButton
        placement="bottom end"
        groups={[
          {
            title: t.takeVersion,
            entries: older.map((version) => ({
              id: String(version),
              label: t.version(version),
              onPress: () => void take.run(version),
            })),
          },
        ]}
      >
        <Button busy={take.busy}>
          {t.olderVersions}
          <ChevronDownIcon size={14} />
        </Button>
      </MenuButton>
      {take.problem && <ProblemBox problem={take.problem} />}
    </>
  );
}

const credentialName = (mode: string): string =>
  (confirmTexts.credentialChoices as Record<string, { name: string }>)[mode]?.name ?? mode;

/** Roles of the organization's own, which come to the built-in ones. */
function useOwnRoles(organization: Id | undefined, kind: string): { id: string; name: string }[] {
  const mayRead = useCan()("roles.read");
  const load = useCallback(
    (signal: AbortSignal) => api.roles({ kind: kind as UserKind, organization }, signal),
    [kind, organization],
  );
  const { data } = useLoad(mayRead && organization !== undefined ? load : null);
  return (data?.items ?? []).filter((role: Role) => !role.built_in && role.assignable);
}

function Refused({ text }: { text: ReactNode }) {
  return (
    <span className="field-error" role="alert">
      <ErrorIcon size={14} />
      <span>{text}</span>
    </span>
  );
}

function Tick(p: { label: string; hint?: string; on: boolean; onChange: (on: boolean) => void; error: ReactNode }) {
  return (
    <div className="choice-line">
      <Checkbox isSelected={p.on} onChange={p.onChange}>
        <span className="choice-words">
          {p.label}
          {p.hint && <span className="field-hint">{p.hint}</span>}
        </span>
      </Checkbox>
      {p.error && <Refused text={p.error} />}
    </div>
  );
}

/** Some of several ways; of more than one the one that is offered first. */
function Subset(p: {
  label: string;
  all: readonly string[];
  chosen: readonly string[];
  nameOf: (id: string) => string;
  onChange: (chosen: string[]) => void;
  error: ReactNode;
}) {
  const { all, chosen, nameOf, onChange } = p;
  return (
    <>
      <CheckList
        label={p.label}
        options={all.map((id) => ({ id, name: nameOf(id) }))}
        value={chosen}
        onChange={(ids) =>
          onChange([...chosen.filter((id) => ids.includes(id)), ...ids.filter((id) => !chosen.includes(id))])
        }
        empty=""
        filterLabel={p.label}
        noMatch=""
        error={p.error}
      />
      {chosen.length > 1 && (
        <SelectField
          label={t.first}
          value={chosen[0] ?? null}
          onChange={(first) => onChange([first, ...chosen.filter((id) => id !== first)])}
          options={all.filter((id) => chosen.includes(id)).map((id) => ({ id, name: nameOf(id) }))}
        />
      )}
    </>
  );
}

function Roles(p: {
  open: boolean;
  options: readonly { id: string; name: string }[];
  chosen: readonly string[] | null;
  onChange: (chosen: readonly string[] | null) => void;
  error: ReactNode;
}) {
  const every = p.options.map(({ id }) => id);
  return (
    <div className="stack tight-rows">
      <Tick
        label={p.open ? t.everyRoleOpen : t.everyRole}
        on={p.chosen === null}
        onChange={(on) => p.onChange(on ? null : every)}
        error={undefined}
      />
      {p.chosen !== null && (
        <CheckList
          label={t.roles}
          options={[...p.options]}
          value={p.chosen}
          onChange={p.onChange}
          empty=""
          filterLabel={t.roles}
          noMatch=""
          error={p.error}
        />
      )}
    </div>
  );
}
