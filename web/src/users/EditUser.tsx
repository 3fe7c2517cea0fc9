import { type FormEvent, useCallback, useState } from "react";
import { api, type UserPatch } from "../api/client";
import type { User } from "../api/types";
import { useAction } from "../api/use";
import { useLeaveGuard } from "../router";
import { texts } from "../texts/en";
import { ask } from "../ui/announce";
import { Button, Skeleton } from "../ui/controls";
import { ProblemBox } from "../ui/problem";
import { useFormRules } from "../validator/fields";
import { accepted, besideFields, type UserDraft, UserFields } from "./UserFields";

const draftOf = (user: User): UserDraft => ({
  texts: {
    first_name: user.first_name ?? "",
    last_name: user.last_name ?? "",
    email: user.email,
    phone: user.phone ?? "",
  },
  roles: user.roles,
});

/** Only what was changed is sent, on the version that was shown. */
export function patchOf(user: User, draft: UserDraft): UserPatch {
  const before = draftOf(user);
  const patch: UserPatch = {};
  if (draft.texts.first_name !== before.texts.first_name) patch.first_name = draft.texts.first_name;
  if (draft.texts.last_name !== before.texts.last_name) patch.last_name = draft.texts.last_name;
  if (draft.texts.email !== before.texts.email) patch.email = draft.texts.email;
  if (draft.texts.phone !== before.texts.phone) patch.phone = draft.texts.phone.trim() || null;
  if (draft.roles.join() !== before.roles.join()) patch.roles = draft.roles;
  return patch;
}

export function EditUser(p: { user: User; onDone: (changed: User | null) => void; onStale: () => void }) {
  // The version that this edit is made on: news that arrive meanwhile must not slip under it.
  const [base, setBase] = useState(p.user);
  const [draft, setDraft] = useState(() => draftOf(p.user));
  const [tried, setTried] = useState(false);
  const { rules, problem: rulesProblem, retry } = useFormRules(base.kind, base.organization_id ?? undefined);
  const patch = patchOf(base, draft);
  const dirty = Object.keys(patch).length > 0;

  const save = useAction(async () => p.onDone(await api.updateUser(base, patch)));
  const askToLeave = useCallback(
    () =>
      ask({
        title: texts.common.leaveTitle,
        body: texts.common.leaveBody,
        confirm: texts.common.leave,
        cancel: texts.common.stay,
        danger: true,
      }),
    [],
  );
  const nowhere = useCallback(() => false, []);
  useLeaveGuard(dirty, nowhere, askToLeave);

  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (rules && accepted(rules, draft, draftOf(base))) {
      if (dirty) void save.run();
      else p.onDone(null);
    }
  };
  const general = besideFields(save.problem);
  const stale = save.problem?.code === "version_conflict";
  return (
    <form className="stack" onSubmit={submit} noValidate>
      {general && (
        <ProblemBox problem={general}>
          {stale && (
            <Button
              onPress={() => {
                save.clear();
                p.onStale();
                setBase(p.user);
                setDraft(draftOf(p.user));
              }}
            >
              {texts.common.loadNewest}
            </Button>
          )}
        </ProblemBox>
      )}
      {rules ? (
        <UserFields
          rules={rules}
          draft={draft}
          onChange={(next) => {
            setDraft(next);
            save.clear();
          }}
          before={draftOf(base)}
          tried={tried || dirty}
          problem={save.problem}
          autoFocus
          emailNote={
            patch.email !== undefined && base.invitation?.status === "pending"
              ? texts.users.panel.emailPendingNote
              : undefined
          }
        />
      ) : rulesProblem ? (
        <ProblemBox problem={rulesProblem} retry={retry} />
      ) : (
        <Skeleton width="60%" />
      )}
      <div className="row">
        <Button type="submit" look="primary" busy={save.busy} disabled={!rules || !dirty}>
          {texts.common.save}
        </Button>
        <Button look="quiet" onPress={() => p.onDone(null)}>
          {texts.common.cancel}
        </Button>
      </div>
    </form>
  );
}
