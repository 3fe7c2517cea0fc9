import { type FormEvent, useCallback, useId, useState } from "react";
import { api, type NewUser } from "../api/client";
import type { CredentialMode, Id, PropertyValue, User, UserKind } from "../api/types";
import { useAction, useLoad } from "../api/use";
import { useOrganization, useSession } from "../console/session";
import { NewPasswordField } from "../password/PasswordField";
import { DEFAULT_POLICY } from "../password/quality";
import { texts } from "../texts/en";
import { notify } from "../ui/announce";
import { Choices } from "../ui/Choices";
import { Checkbox, ModalDialog, SelectField, Skeleton } from "../ui/controls";
import { useUnsaved } from "../ui/leave";
import { ProblemBox } from "../ui/problem";
import { FORM_PROFILE, useFormRules } from "../validator/fields";
import { emptyDraft, type UserDraft } from "./draft";
import { texts as t } from "./texts";
import { accepted, besideFields, FORM_FIELDS, focusInvalid, refusedField, UserForm } from "./UserForm";
import { useIdempotency } from "./useIdempotency";

const MODES: CredentialMode[] = ["link", "generate_and_mail", "specify_and_mail", "specify_only"];
const specified = (mode: CredentialMode) => mode === "specify_only" || mode === "specify_and_mail";

/** What is sent: what was filled in, and nothing that the kind does not have. */
export function newUserOf(
  kind: UserKind,
  organization: Id | undefined,
  draft: UserDraft,
  how: { mode: CredentialMode; password: string; invite: boolean },
): NewUser {
  const filled = <K extends keyof NewUser>(name: K, value: NewUser[K], is: boolean) => (is ? { [name]: value } : {});
  const belongs = kind !== "technician";
  const properties = Object.fromEntries(
    Object.entries(draft.properties).filter(
      ([, value]) => value !== null && value !== "" && !(Array.isArray(value) && value.length === 0),
    ),
  ) as Record<string, PropertyValue>;
  return {
    kind,
    profile: FORM_PROFILE,
    first_name: draft.first_name,
    last_name: draft.last_name,
    email: draft.email,
    roles: draft.roles,
    ...filled("organization_id", organization as Id, belongs && organization !== undefined),
    ...filled("phone", draft.phone, draft.phone.trim() !== ""),
    ...filled("username", draft.username, draft.username.trim() !== ""),
    ...filled("language", draft.language, draft.language !== null),
    ...filled("time_zone", draft.time_zone, draft.time_zone !== null),
    ...filled("permissions", draft.permissions, !belongs && draft.permissions.length > 0),
    ...filled("organizations", draft.organizations, !belongs),
    ...filled("groups", draft.groups, belongs && draft.groups.length > 0),
    ...filled("site", draft.site, belongs && draft.site !== null),
    ...filled("courses", draft.courses, belongs && draft.courses.length > 0),
    ...filled("services", draft.services, belongs && draft.services.length > 0),
    ...filled("all_module_access", draft.all_module_access ?? false, belongs && draft.all_module_access !== null),
    ...filled("properties", properties, belongs && Object.keys(properties).length > 0),
    ...(how.mode === "link"
      ? { invite: how.invite }
      : { credentials: { mode: how.mode, ...(specified(how.mode) ? { password: how.password } : {}) } }),
  };
}

export function AddUserDialog(p: { onClose: () => void; onAdded: (user: User) => void }) {
  const { organizations, me } = useSession();
  const chosen = useOrganization().id;
  const everywhere = me.user.kind === "technician";
  const [kind, setKind] = useState<UserKind>(chosen || !everywhere ? "end_user" : "technician");
  const [organization, setOrganization] = useState(
    chosen ?? (organizations.length === 1 ? organizations[0]?.id : undefined),
  );
  const [draft, setDraft] = useState<UserDraft>(() => ({ ...emptyDraft, organizations: me.organizations }));
  const [mode, setMode] = useState<CredentialMode>("link");
  const [password, setPassword] = useState("");
  const [invite, setInvite] = useState(true);
  const [tried, setTried] = useState(false);
  const form = useId();
  const key = useIdempotency();

  const belongs = kind !== "technician";
  const ready = !belongs || organization !== undefined;
  const { rules, problem: rulesProblem, retry } = useFormRules(ready ? kind : null, belongs ? organization : undefined);
  // Which kinds there are is data: each has a profile.
  const profiles = useLoad(useCallback((signal: AbortSignal) => api.importProfiles(undefined, signal), [])).data?.items;
  const kinds = (["technician", "end_user", "member"] as const).filter(
    (id) =>
      (id !== "technician" || everywhere) && (id === kind || (profiles ?? []).some((profile) => profile.kind === id)),
  );
  const loadSettings = useCallback(
    (signal: AbortSignal) => (organization ? api.organization(organization, signal) : Promise.resolve(undefined)),
    [organization],
  );
  const settings = useLoad(loadSettings).data;
  const allowed = kind === "end_user" && organization ? (settings?.credential_modes ?? []) : [];
  const modes = MODES.filter((id) => id === "link" || allowed.includes(id));
  const chosenMode = modes.includes(mode) ? mode : "link";
  const policy = settings?.password_policy ?? DEFAULT_POLICY;

  const add = useAction(async () => {
    const user = newUserOf(kind, belongs ? organization : undefined, draft, { mode: chosenMode, password, invite });
    const added = await api.createUser(user, key(user));
    notify(texts.users.form.done(added.name || added.email));
    unsaved.done(() => p.onAdded(added));
  });

  const dirty = JSON.stringify(draft) !== JSON.stringify({ ...emptyDraft, organizations: me.organizations });
  const unsaved = useUnsaved(dirty);
  const close = () => unsaved.close(p.onClose);

  const passwordMissing = specified(chosenMode) && password === "";
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!rules || !accepted(rules, kind, draft) || passwordMissing) return focusInvalid(form);
    void add.run();
  };

  const changed = (next: UserDraft) => {
    setDraft(next);
    add.clear();
  };
  const general = besideFields(add.problem, [...FORM_FIELDS, "credentials.password"]);
  return (
    <ModalDialog
      title={texts.users.form.title}
      size="wide"
      onClose={close}
      actions={[
        { label: texts.common.cancel, look: "quiet", onPress: close },
        { label: texts.users.form.submit, look: "primary", busy: add.busy, disabled: !rules, submit: form },
      ]}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        <div className="form-grid">
          {kinds.length > 1 && (
            <SelectField
              label={texts.users.form.kind}
              value={kind}
              onChange={(id) => {
                setKind(id as UserKind);
                changed({ ...draft, roles: [], permissions: [] });
              }}
              options={kinds.map((id) => ({
                id,
                name: texts.kinds[id] ?? id,
                description: t.form.kindHints[id],
              }))}
            />
          )}
          {belongs && organizations.length > 0 && (organizations.length > 1 || everywhere) && (
            <SelectField
              label={texts.users.form.organization}
              value={organization ?? null}
              onChange={(id) => {
                setOrganization(id);
                // Another organization's lists are its own.
                changed({ ...draft, roles: [], groups: [], site: null, courses: [], services: [], properties: {} });
              }}
              options={organizations}
              error={tried && !organization ? texts.users.form.chooseOrganization : undefined}
            />
          )}
        </div>
        {belongs && organizations.length === 0 && <p className="notice">{texts.users.form.noOrganization}</p>}
        {general && <ProblemBox problem={general} />}
        {rules ? (
          <>
            <UserForm
              key={`${kind} ${organization}`}
              kind={kind}
              organization={belongs ? (organization ?? null) : null}
              rules={rules}
              draft={draft}
              onChange={changed}
              tried={tried}
              problem={add.problem}
              accessFixed={null}
              autoFocus
            />
            <section className="form-section stack" aria-label={t.form.sections.credentials}>
              <h3>{t.form.sections.credentials}</h3>
              {modes.length > 1 && (
                <Choices
                  label={t.form.firstPassword}
                  value={chosenMode}
                  onChange={(id) => {
                    setMode(id);
                    add.clear();
                  }}
                  options={modes.map((id) => ({ id, ...t.form.modes[id] }))}
                />
              )}
              {specified(chosenMode) && (
                <NewPasswordField
                  value={password}
                  onChange={(value) => {
                    setPassword(value);
                    add.clear();
                  }}
                  policy={policy}
                  names={[draft.first_name, draft.last_name, draft.email].filter(Boolean)}
                  error={
                    refusedField(add.problem, "credentials.password") ??
                    (tried && passwordMissing ? t.form.passwordMissing : undefined)
                  }
                />
              )}
              {chosenMode === "link" &&
                (kind === "technician" ? (
                  <p className="muted">{texts.users.form.inviteNote}</p>
                ) : (
                  <Checkbox isSelected={invite} onChange={setInvite}>
                    <span>
                      {t.form.invite}
                      <span className="radio-description">{t.form.inviteLater}</span>
                    </span>
                  </Checkbox>
                ))}
            </section>
          </>
        ) : rulesProblem ? (
          <ProblemBox problem={rulesProblem} retry={retry} />
        ) : (
          ready && (
            <div className="stack" role="status">
              <span className="visually-hidden">{texts.users.form.loadingRules}</span>
              <Skeleton width="40%" />
              <Skeleton width="60%" />
              <Skeleton width="50%" />
            </div>
          )
        )}
      </form>
    </ModalDialog>
  );
}
