import { type FormEvent, useCallback, useEffect, useId, useRef, useState } from "react";
import { api } from "../api/client";
import { asProblem } from "../api/problem";
import type { User } from "../api/types";
import { useAction } from "../api/use";
import { ChangeList } from "../audit/ChangeList";
import { useNames } from "../audit/useNames";
import { useSession } from "../console/session";
import { useRoles } from "../roles/useRoles";
import { texts } from "../texts/en";
import { notify } from "../ui/announce";
import { useWhoChanged } from "../ui/conflict";
import { Button, ModalDialog, Skeleton } from "../ui/controls";
import { WarningIcon } from "../ui/icons";
import { useUnsaved } from "../ui/leave";
import { ProblemBox } from "../ui/problem";
import { useFormRules } from "../validator/fields";
import { draftOf, patchOf, type Rebased, rebase, taking, type UserDraft } from "./draft";
import { may } from "./may";
import { texts as t } from "./texts";
import { accepted, besideFields, FORM_FIELDS, focusInvalid, UserForm } from "./UserForm";

/** Somebody saved first: the newest state, and one's own changes on top of it. */
interface Clash extends Rebased {
  latest: User;
  by: string | null;
}

export function EditUserDialog(p: { user: User; onClose: () => void; onSaved: (user: User) => void }) {
  const { me } = useSession();
  // The version that this edit is made on: news that arrive meanwhile must not slip under it.
  const [base, setBase] = useState(p.user);
  const [draft, setDraft] = useState<UserDraft>(() => draftOf(p.user));
  const [clash, setClash] = useState<Clash | null>(null);
  const [tried, setTried] = useState(false);
  const form = useId();
  const roles = useRoles(base.organization_id);
  const whoChanged = useWhoChanged();
  const { rules, problem: rulesProblem, retry } = useFormRules(base.kind, base.organization_id ?? undefined);
  const before = draftOf(base);
  const patch = patchOf(before, draft);
  const dirty = Object.keys(patch).length > 0;

  const save = useAction(async () => {
    try {
      const saved = await api.updateUser(base, patch);
      notify(texts.common.saved);
      unsaved.done(() => p.onSaved(saved));
    } catch (error) {
      if (asProblem(error).code !== "version_conflict") throw error;
      const [latest, by] = await Promise.all([api.user(base.id), whoChanged(base.id)]);
      const rebased = rebase(before, draft, draftOf(latest));
      setClash({ ...rebased, latest, by });
      setBase(latest);
      setDraft(rebased.draft);
    }
  });

  const unsaved = useUnsaved(dirty);
  const close = () => unsaved.close(p.onClose);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (!rules || !accepted(rules, base.kind, draft, before)) return focusInvalid(form);
    if (dirty) void save.run();
    else p.onClose();
  };
  const discard = useCallback(() => {
    if (!clash) return;
    setDraft(draftOf(clash.latest));
    setClash(null);
  }, [clash]);

  const general = besideFields(save.problem, FORM_FIELDS);
  return (
    <ModalDialog
      title={t.form.edit(p.user.name || p.user.email)}
      size="wide"
      onClose={close}
      actions={[
        { label: texts.common.cancel, look: "quiet", onPress: close },
        {
          label: clash ? t.form.saveOnTop : texts.common.save,
          look: "primary",
          busy: save.busy,
          disabled: !rules || !dirty,
          submit: form,
        },
      ]}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        {clash && (
          <ClashBox
            clash={clash}
            onTake={(field) => {
              setDraft((old) => taking(old, field, draftOf(clash.latest)));
              setClash({ ...clash, both: clash.both.filter((other) => other !== field) });
            }}
            onDiscard={discard}
          />
        )}
        {general && <ProblemBox problem={general} />}
        {rules ? (
          <UserForm
            key={base.version}
            kind={base.kind}
            organization={base.organization_id}
            rules={rules}
            draft={draft}
            onChange={(next) => {
              setDraft(next);
              save.clear();
            }}
            before={before}
            tried={tried}
            problem={save.problem}
            accessFixed={may(me, base, roles).accessFixed}
            autoFocus={!clash}
            emailNote={emailNote(base, patch.email)}
          />
        ) : rulesProblem ? (
          <ProblemBox problem={rulesProblem} retry={retry} />
        ) : (
          <div className="stack" role="status">
            <span className="visually-hidden">{texts.users.form.loadingRules}</span>
            <Skeleton width="40%" />
            <Skeleton width="60%" />
          </div>
        )}
      </form>
    </ModalDialog>
  );
}

/** What a new address brings about, by where the account stands. */
function emailNote(user: User, email: string | undefined): string | undefined {
  if (email === undefined) return undefined;
  if (user.status === "active" || user.status === "locked_out") return t.form.pendingEmail;
  return user.invitation?.status === "pending" ? texts.users.panel.emailPendingNote : undefined;
}

function ClashBox(p: { clash: Clash; onTake: (field: string) => void; onDiscard: () => void }) {
  const { clash } = p;
  const names = useNames(clash.latest.organization_id);
  const box = useRef<HTMLDivElement>(null);
  // It stands above the form, which may be scrolled to its end, where the button is.
  useEffect(() => {
    box.current?.scrollIntoView({ block: "nearest" });
  }, []);
  return (
    <div ref={box} className="problem" data-tone="warning" role="alert">
      <WarningIcon />
      <div className="problem-body">
        <div className="problem-title">{clash.by ? t.form.staleBy(clash.by) : t.form.stale}</div>
        {clash.theirs.length > 0 ? (
          <>
            <div>{t.form.staleBody}</div>
            <ChangeList
              changes={clash.theirs}
              names={names}
              extra={(change) =>
                clash.both.includes(change.field) && (
                  <span className="row wrap">
                    <span className="field-note">{t.form.staleBoth}</span>
                    <Button onPress={() => p.onTake(change.field)}>{t.form.takeTheirs}</Button>
                  </span>
                )
              }
            />
          </>
        ) : (
          <div>{t.form.staleSame}</div>
        )}
        <div className="row wrap">
          <Button onPress={p.onDiscard}>{t.form.discard}</Button>
        </div>
      </div>
    </div>
  );
}
