import { type FormEvent, useId, useState } from "react";
import { api, type UserClone } from "../api/client";
import type { User } from "../api/types";
import { useAction } from "../api/use";
import { texts } from "../texts/en";
import { notify } from "../ui/announce";
import { Checkbox, ModalDialog, Skeleton } from "../ui/controls";
import { useUnsaved } from "../ui/leave";
import { ProblemBox } from "../ui/problem";
import { useFormRules } from "../validator/fields";
import { emptyDraft, type TextFieldName, type UserDraft } from "./draft";
import { texts as t } from "./texts";
import { besideFields, focusInvalid, TextFields, textsAccepted } from "./UserForm";
import { useIdempotency } from "./useIdempotency";

const NAMES: TextFieldName[] = ["first_name", "last_name", "email", "phone", "username"];

/** Asks for what makes a person; everything else is taken from somebody who has it already. */
export function CloneUserDialog(p: { source: User; onClose: () => void; onAdded: (user: User) => void }) {
  const { source } = p;
  const [draft, setDraft] = useState<UserDraft>(emptyDraft);
  const [invite, setInvite] = useState(true);
  const [tried, setTried] = useState(false);
  const form = useId();
  const key = useIdempotency();
  const { rules, problem: rulesProblem, retry } = useFormRules(source.kind, source.organization_id ?? undefined);

  const add = useAction(async () => {
    const clone: UserClone = {
      first_name: draft.first_name,
      last_name: draft.last_name,
      email: draft.email,
      ...(draft.phone.trim() ? { phone: draft.phone } : {}),
      ...(draft.username.trim() ? { username: draft.username } : {}),
      invite: source.kind === "technician" || invite,
    };
    const added = await api.cloneUser(source.id, clone, key(clone));
    notify(t.form.cloned(added.name || added.email));
    unsaved.done(() => p.onAdded(added));
  });
  const unsaved = useUnsaved(NAMES.some((name) => draft[name] !== ""));
  const close = () => unsaved.close(p.onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!rules || !textsAccepted(rules, draft, NAMES)) return focusInvalid(form);
    void add.run();
  };
  const general = besideFields(add.problem, NAMES);
  return (
    <ModalDialog
      title={t.form.clone(source.name || source.email)}
      onClose={close}
      actions={[
        { label: texts.common.cancel, look: "quiet", onPress: close },
        { label: t.form.cloneSubmit, look: "primary", busy: add.busy, disabled: !rules, submit: form },
      ]}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        <p className="muted">{t.form.cloneIntro}</p>
        {general && <ProblemBox problem={general} />}
        {rules ? (
          <TextFields
            rules={rules}
            draft={draft}
            onChange={(next) => {
              setDraft(next);
              add.clear();
            }}
            names={NAMES}
            tried={tried}
            problem={add.problem}
            autoFocus
          />
        ) : rulesProblem ? (
          <ProblemBox problem={rulesProblem} retry={retry} />
        ) : (
          <Skeleton width="60%" />
        )}
        {source.kind === "technician" ? (
          <p className="muted">{texts.users.form.inviteNote}</p>
        ) : (
          <Checkbox isSelected={invite} onChange={setInvite}>
            <span>
              {t.form.invite}
              <span className="radio-description">{t.form.inviteLater}</span>
            </span>
          </Checkbox>
        )}
      </form>
    </ModalDialog>
  );
}
