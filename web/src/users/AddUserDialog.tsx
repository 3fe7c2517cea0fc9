import { type FormEvent, useId, useState } from "react";
import { api } from "../api/client";
import type { User, UserKind } from "../api/types";
import { useAction } from "../api/use";
import { useOrganization, useSession } from "../console/session";
import { texts } from "../texts/en";
import { notify } from "../ui/announce";
import { ModalDialog, SelectField, Skeleton } from "../ui/controls";
import { ProblemBox } from "../ui/problem";
import { FORM_PROFILE, useFormRules } from "../validator/fields";
import { accepted, besideFields, emptyDraft, UserFields } from "./UserFields";

export function AddUserDialog(p: { onClose: () => void; onAdded: (user: User) => void }) {
  const { organizations, me } = useSession();
  const chosen = useOrganization().id;
  const everywhere = me.organizations === "all";
  const [kind, setKind] = useState<UserKind>(chosen || !everywhere ? "end_user" : "technician");
  const [organization, setOrganization] = useState(
    chosen ?? (organizations.length === 1 ? organizations[0]?.id : undefined),
  );
  const [draft, setDraft] = useState(emptyDraft);
  const [tried, setTried] = useState(false);
  const form = useId();
  const [key] = useState(() => ({ value: "", of: "" }));

  const belongs = kind === "end_user";
  const ready = !belongs || organization !== undefined;
  const { rules, problem: rulesProblem, retry } = useFormRules(ready ? kind : null, belongs ? organization : undefined);

  const add = useAction(async () => {
    const user = {
      kind,
      profile: FORM_PROFILE,
      ...(belongs && organization ? { organization_id: organization } : {}),
      first_name: draft.texts.first_name,
      last_name: draft.texts.last_name,
      email: draft.texts.email,
      ...(draft.texts.phone.trim() ? { phone: draft.texts.phone } : {}),
      roles: draft.roles,
      invite: true,
    };
    // The same person sent twice (a lost answer) is one person; a changed form is a new request.
    const body = JSON.stringify(user);
    if (key.of !== body) {
      key.of = body;
      key.value = crypto.randomUUID();
    }
    const added = await api.createUser(user, key.value);
    notify(texts.users.form.done(added.name || added.email));
    p.onAdded(added);
  });

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!rules || !accepted(rules, draft)) {
      // To the first field that needs something.
      requestAnimationFrame(() => document.querySelector<HTMLElement>(`[id="${form}"] [aria-invalid="true"]`)?.focus());
      return;
    }
    void add.run();
  };

  const general = besideFields(add.problem);
  return (
    <ModalDialog
      title={texts.users.form.title}
      onClose={p.onClose}
      actions={[
        { label: texts.common.cancel, look: "quiet", onPress: p.onClose },
        { label: texts.users.form.submit, look: "primary", busy: add.busy, disabled: !rules, submit: form },
      ]}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {everywhere && (
          <SelectField
            label={texts.users.form.kind}
            value={kind}
            onChange={(id) => {
              setKind(id as UserKind);
              setDraft({ ...draft, roles: [] });
              add.clear();
            }}
            options={(["technician", "end_user"] as const).map((id) => ({
              id,
              name: texts.kinds[id] ?? id,
              description: texts.users.form.kindHints[id],
            }))}
          />
        )}
        {belongs &&
          (organizations.length === 0 ? (
            <p className="notice">{texts.users.form.noOrganization}</p>
          ) : (
            <SelectField
              label={texts.users.form.organization}
              value={organization ?? null}
              onChange={setOrganization}
              options={organizations}
              error={tried && !organization ? texts.users.form.chooseOrganization : undefined}
            />
          ))}
        {general && <ProblemBox problem={general} />}
        {rules ? (
          <UserFields
            key={kind}
            rules={rules}
            draft={draft}
            onChange={(next) => {
              setDraft(next);
              add.clear();
            }}
            tried={tried}
            problem={add.problem}
            autoFocus
          />
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
        <p className="muted">{texts.users.form.inviteNote}</p>
      </form>
    </ModalDialog>
  );
}
