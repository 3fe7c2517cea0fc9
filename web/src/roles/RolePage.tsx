import { type FormEvent, type ReactNode, useCallback, useEffect, useId, useMemo, useRef, useState } from "react";
import { api } from "../api/client";
import type { ApiProblem } from "../api/problem";
import type { Id, Role, UserKind } from "../api/types";
import { useAction, useLoad } from "../api/use";
import { useCan, useKeepOrganization, useOrganization, useSession } from "../console/session";
import { Link, navigate, useLeaveGuard, useSearch } from "../router";
import { texts as common } from "../texts/en";
import { ask, notify } from "../ui/announce";
import { ConflictBox, useWhoChanged } from "../ui/conflict";
import { Button, Field, SelectField, Skeleton } from "../ui/controls";
import { ChevronRightIcon, CopyIcon, TrashIcon } from "../ui/icons";
import { askToLeave } from "../ui/leave";
import { differing, type Merge, merge } from "../ui/merge";
import { ProblemBox } from "../ui/problem";
import { Pill } from "../ui/status";
import { useIdempotency } from "../users/useIdempotency";
import { PermissionPicker } from "./PermissionPicker";
import { readOnly } from "./permissions";
import { rolePath } from "./RoleList";
import { texts } from "./texts";
import { rolesChanged, usePermissions } from "./useRoles";

const t = texts.page;

interface RoleDraft {
  name: string;
  description: string;
  permissions: string[];
}

const draftOf = (role: Role): RoleDraft => ({
  name: role.name,
  description: role.description,
  permissions: role.permissions,
});

function useHeld(): ReadonlySet<string> {
  const { me } = useSession();
  return useMemo(() => new Set(me.permissions), [me.permissions]);
}

function Head({ title, pill, children }: { title: ReactNode; pill?: ReactNode; children?: ReactNode }) {
  const keep = useKeepOrganization();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <div className="page-head">
      <div>
        <nav aria-label={t.back} className="trail">
          <ChevronRightIcon size={12} />
          <Link to={keep("/roles")}>{t.back}</Link>
        </nav>
        <div className="row wrap">
          <h1 ref={heading} tabIndex={-1} className="role-title">
            {title}
          </h1>
          {pill}
        </div>
      </div>
      <div className="row wrap">{children}</div>
    </div>
  );
}

/** A problem of the form: what belongs to the name stands at the name. */
const nameProblem = (problem: ApiProblem | undefined) =>
  problem?.code === "name_taken"
    ? texts.problems.name_taken?.title
    : problem?.errors.find(({ field }) => field === "name")?.detail;

function RoleFields(p: {
  draft: RoleDraft;
  onChange: (draft: RoleDraft) => void;
  tried: boolean;
  problem: ApiProblem | undefined;
  still: boolean;
  autoFocus?: boolean;
  children?: ReactNode;
}) {
  const { permissions, problem } = usePermissions();
  const held = useHeld();
  const heading = useId();
  return (
    <>
      {!p.still && (
        <div className="stack role-fields">
          <Field
            label={t.name}
            value={p.draft.name}
            onChange={(name) => p.onChange({ ...p.draft, name })}
            hint={t.nameHint}
            error={p.tried && !p.draft.name.trim() ? t.nameMissing : nameProblem(p.problem)}
            autoComplete="off"
            autoFocus={p.autoFocus ?? false}
          />
          <Field
            label={t.description}
            value={p.draft.description}
            onChange={(description) => p.onChange({ ...p.draft, description })}
            hint={t.descriptionHint}
            optional
            error={p.problem?.errors.find(({ field }) => field === "description")?.detail}
            autoComplete="off"
          />
          {p.children}
        </div>
      )}
      <section className="stack" aria-labelledby={heading}>
        <div>
          <h2 id={heading}>{t.permissions}</h2>
          <p className="muted" role="status">
            {permissions && t.chosen(p.draft.permissions.length, permissions.length)}
            {p.draft.permissions.length === 0 && ` · ${t.ownOnly}`}
          </p>
        </div>
        {problem && <ProblemBox problem={problem} />}
        {permissions ? (
          <PermissionPicker
            permissions={permissions}
            chosen={p.draft.permissions}
            held={held}
            readOnly={p.still}
            onChange={(chosen) => p.onChange({ ...p.draft, permissions: chosen })}
          />
        ) : (
          !problem && <Skeleton width="60%" />
        )}
      </section>
    </>
  );
}

/** `/roles/new?kind=&copy=`: from nothing, or as a copy of any role. */
export function NewRolePage() {
  const search = useSearch();
  const source = search.get("copy");
  const load = useCallback((signal: AbortSignal) => api.role(source ?? "", signal), [source]);
  const copied = useLoad(source ? load : null);
  if (source && !copied.data)
    return (
      <div className="page">
        {copied.problem ? <ProblemBox problem={copied.problem} retry={copied.reload} /> : <Skeleton width="40%" />}
      </div>
    );
  return <NewRole key={source ?? ""} source={copied.data ?? null} />;
}

function NewRole({ source }: { source: Role | null }) {
  const { me, organizations } = useSession();
  const { id: chosen } = useOrganization();
  const held = useHeld();
  const can = useCan();
  const keep = useKeepOrganization();
  const search = useSearch();
  const given = source?.permissions.filter((name) => held.has(name)) ?? [];
  const leftOut = (source?.permissions.length ?? 0) - given.length;
  const start = useRef<RoleDraft>({
    name: source ? t.copyOf(source.name) : "",
    description: source?.description ?? "",
    permissions: given,
  });
  const [draft, setDraft] = useState(start.current);
  // Technicians' roles are the whole deployment's: only who sees all of it makes them.
  const kinds: UserKind[] = me.organizations === "all" ? ["technician", "end_user", "member"] : ["end_user", "member"];
  const wanted = source?.kinds[0] ?? search.get("kind");
  const [kind, setKind] = useState<UserKind>(
    kinds.find((each) => each === wanted) ?? (chosen || kinds[0] !== "technician" ? "end_user" : "technician"),
  );
  const [organization, setOrganization] = useState<Id | null>(source?.organization_id ?? chosen ?? null);
  const [tried, setTried] = useState(false);
  const form = useId();
  const idempotencyKey = useIdempotency();
  const whose = kind === "technician" ? null : organization;

  const create = useAction(async () => {
    const role = {
      name: draft.name.trim(),
      description: draft.description.trim(),
      kind,
      ...(whose ? { organization_id: whose } : {}),
      permissions: draft.permissions,
    };
    const made = await api.createRole(role, idempotencyKey(role));
    rolesChanged();
    notify(t.created(made.name));
    left.current = true;
    void navigate(keep(rolePath(made.id)), { replace: true });
  });
  const left = useRef(false);
  const stays = useCallback(() => left.current, []);
  const dirty = differing(start.current, draft).length > 0;
  useLeaveGuard(dirty, stays, askToLeave);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (draft.name.trim() && (kind === "technician" || organization)) void create.run();
  };
  if (!can("roles.write")) return <Gone />;
  return (
    <form className="page role-page" id={form} onSubmit={submit} noValidate>
      <Head title={source ? t.copyOf(source.name) : t.new} />
      {leftOut > 0 && <p className="notice">{t.leftOut(leftOut)}</p>}
      <RoleFields
        draft={draft}
        onChange={(next) => {
          setDraft(next);
          create.clear();
        }}
        tried={tried}
        problem={create.problem}
        still={false}
        autoFocus
      >
        <SelectField
          label={t.kind}
          value={kind}
          onChange={(id) => setKind(id as UserKind)}
          options={kinds.map((id) => ({
            id,
            name: texts.ofKind[id] ?? id,
            description: texts.ofKindNote[id] ?? "",
          }))}
        />
        {kind !== "technician" && organizations.length > 1 && (
          <SelectField
            label={t.whose}
            value={organization}
            onChange={setOrganization}
            options={organizations.map(({ id, name }) => ({ id, name }))}
            error={tried && !organization ? t.chooseOrganization : undefined}
          />
        )}
      </RoleFields>
      <div className="save-bar">
        {create.problem && !nameProblem(create.problem) && <ProblemBox problem={create.problem} words={texts} />}
        <span className="grow" />
        <Button look="quiet" onPress={() => void navigate(keep("/roles"))}>
          {common.common.cancel}
        </Button>
        <Button type="submit" look="primary" busy={create.busy}>
          {t.create}
        </Button>
      </div>
    </form>
  );
}

function Gone() {
  const keep = useKeepOrganization();
  return (
    <div className="empty">
      <h1>{t.gone}</h1>
      <p>{t.goneBody}</p>
      <Link to={keep("/roles")} className="button">
        {t.back}
      </Link>
    </div>
  );
}

export function RolePage({ id }: { id: Id }) {
  const load = useCallback((signal: AbortSignal) => api.role(id, signal), [id]);
  const { data, problem, reload } = useLoad(load);
  if (data) return <LoadedRole role={data} />;
  if (problem?.status === 404) return <Gone />;
  return (
    <div className="page role-page">
      {problem ? (
        <ProblemBox problem={problem} retry={reload} />
      ) : (
        <div className="stack" aria-busy="true">
          <Skeleton width={180} />
          <Skeleton width="60%" />
        </div>
      )}
    </div>
  );
}

interface Conflict {
  latest: Role;
  by: string | null;
  merge: Merge<RoleDraft>;
}

function LoadedRole({ role }: { role: Role }) {
  const { organizations, refresh } = useSession();
  const can = useCan();
  const keep = useKeepOrganization();
  const held = useHeld();
  const whoChanged = useWhoChanged();
  const [base, setBase] = useState(role);
  const [draft, setDraft] = useState(() => draftOf(role));
  const [tried, setTried] = useState(false);
  const [conflict, setConflict] = useState<Conflict | null>(null);
  const left = useRef(false);

  const why = readOnly(base, { may: can("roles.write"), held });
  const changed = differing(draftOf(base), draft);
  const dirty = changed.length > 0;
  const loses = base.permissions.some((name) => !draft.permissions.includes(name));
  const stays = useCallback(() => left.current, []);
  useLeaveGuard(dirty, stays, askToLeave);

  const save = useAction(async (on: Role, mine: RoleDraft) => {
    const before = draftOf(on);
    const patch = Object.fromEntries(
      differing(before, mine).map((field) => [field, field === "permissions" ? mine[field] : mine[field].trim()]),
    );
    try {
      const answer = Object.keys(patch).length === 0 ? on : await api.updateRole(on.id, on.version, patch);
      // Whether somebody has it is only looked at when it is read.
      const saved = { ...answer, in_use: answer.in_use ?? on.in_use };
      setBase(saved);
      setDraft(draftOf(saved));
      setConflict(null);
      rolesChanged();
      // It may be one of one's own.
      refresh();
      notify(t.saved(saved.name));
    } catch (error) {
      if ((error as ApiProblem).code !== "version_conflict") throw error;
      const [latest, by] = await Promise.all([api.role(on.id), whoChanged(on.id)]);
      setConflict({ latest, by, merge: merge(before, mine, draftOf(latest)) });
    }
  });

  const remove = useAction(async () => {
    const sure = await ask({
      title: t.ask(base.name),
      body: t.askBody,
      confirm: texts.remove,
      cancel: t.keep,
      danger: true,
    });
    if (!sure) return;
    await api.deleteRole(base);
    rolesChanged();
    notify(t.deleted(base.name));
    left.current = true;
    void navigate(keep("/roles"), { replace: true });
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (draft.name.trim() && dirty) void save.run(base, draft);
  };
  const organization = organizations.find(({ id }) => id === base.organization_id);
  const who = keep("/users", {
    role: base.id,
    ...(base.organization_id ? { organization: base.organization_id } : {}),
  });
  const inUse = base.in_use === true || remove.problem?.code === "role_in_use";
  return (
    <form className="page role-page" onSubmit={submit} noValidate>
      <Head
        title={base.name}
        pill={
          <>
            {base.built_in && <Pill tone="quiet">{texts.builtIn}</Pill>}
            <Pill tone="quiet">
              {organization ? organization.name : base.kinds.map((kind) => texts.ofKind[kind] ?? kind).join(", ")}
            </Pill>
          </>
        }
      >
        {can("users.read") && (
          <Link to={who} className="button" data-look="quiet">
            {texts.who}
          </Link>
        )}
        {can("roles.write") && base.assignable && (
          <Link to={keep("/roles/new", { copy: base.id })} className="button">
            <CopyIcon />
            {texts.copy}
          </Link>
        )}
      </Head>
      {why && (
        <>
          {base.description && <p>{base.description}</p>}
          <p className="notice">
            {why.why === "built-in"
              ? base.assignable
                ? t.readOnlyBuiltIn
                : texts.notGiven
              : why.why === "not-held"
                ? t.readOnlyMore(why.missing)
                : t.readOnlyNo}
          </p>
        </>
      )}
      <RoleFields
        draft={draft}
        onChange={(next) => {
          setDraft(next);
          save.clear();
        }}
        tried={tried}
        problem={save.problem}
        still={why !== null}
      />
      {!why && (
        <section className="stack role-delete" aria-labelledby="delete-role">
          <h2 id="delete-role">{t.deleteTitle}</h2>
          {inUse ? (
            <div className="notice row wrap" role="status">
              <span className="grow">{t.inUse}</span>
              {can("users.read") && (
                <Link to={who} className="button">
                  {texts.who}
                </Link>
              )}
            </div>
          ) : (
            <>
              <p className="muted">{t.deleteBody}</p>
              {remove.problem && <ProblemBox problem={remove.problem} words={texts} />}
              <div>
                <Button icon={<TrashIcon />} busy={remove.busy} onPress={() => void remove.run()}>
                  {t.deleteTitle}
                </Button>
              </div>
            </>
          )}
        </section>
      )}
      {!why && (dirty || save.busy) && (
        <div className="save-bar">
          {save.problem && !nameProblem(save.problem) && <ProblemBox problem={save.problem} words={texts} />}
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
                setBase(conflict.latest);
                setDraft(conflict.merge.draft);
                void save.run(conflict.latest, conflict.merge.draft);
              }}
            />
          )}
          <span className="grow muted">{loses ? t.reduces : common.common.unsaved}</span>
          <Button
            look="quiet"
            onPress={() => {
              setDraft(draftOf(base));
              setConflict(null);
              save.clear();
            }}
          >
            {common.common.discard}
          </Button>
          <Button type="submit" look="primary" busy={save.busy} disabled={conflict !== null}>
            {common.common.save}
          </Button>
        </div>
      )}
    </form>
  );
}
