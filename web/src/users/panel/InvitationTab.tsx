import { type FormEvent, useEffect, useRef, useState } from "react";
import { api } from "../../api/client";
import type { User } from "../../api/types";
import { useAction } from "../../api/use";
import { texts } from "../../texts/en";
import { ask, notify } from "../../ui/announce";
import { Button, Field } from "../../ui/controls";
import { WarningIcon } from "../../ui/icons";
import { ProblemBox } from "../../ui/problem";
import { personState } from "../../ui/status";
import { Time } from "../../ui/time";
import { act, type InvitationAct, possible } from "../actions";
import type { May } from "../may";
import { texts as t } from "../texts";
import { besideFields, refusedField } from "../UserForm";
import { timelineOf } from "./timeline";

/** The invitation's way from queue to registration, and what can be done about it. */
export function InvitationTab({ user, may, onChanged }: { user: User; may: May; onChanged: (user: User) => void }) {
  const state = personState(user);
  const { invitation } = user;
  const change = useAction(async (what: InvitationAct) => {
    if (what === "revoke") {
      const sure = await ask({
        title: texts.users.revokeTitle(1),
        body: texts.users.revokeBody,
        confirm: texts.users.revoke,
        cancel: texts.users.keep,
        danger: true,
      });
      if (!sure) return;
    }
    onChanged(await act(user.id, what));
    notify(texts.users.bulkDone(1, texts.users.verbs[what]));
  });
  return (
    <>
      {!invitation ? (
        <p className="muted">
          {state === "first_password" ? t.invitation.firstPassword : texts.users.panel.noInvitation}
        </p>
      ) : (
        <ol className="timeline">
          {timelineOf(user).map((step) => (
            <li key={step.key} data-tone={step.tone}>
              <span>{step.text}</span>
              <span className="muted">{step.at && <Time at={step.at} />}</span>
            </li>
          ))}
        </ol>
      )}
      {invitation && invitation.status === "pending" && !invitation.sent_at && (
        <p className="muted">{texts.users.expiresQueuedLong(invitation.valid_hours)}</p>
      )}
      {state === "expired" && <p>{texts.users.panel.expiredNext}</p>}
      {change.problem && <ProblemBox problem={change.problem} />}
      {may.invitation.length > 0 && (
        <div className="row wrap">
          {may.invitation.map((what) => (
            <Button key={what} busy={change.busy} onPress={() => void change.run(what)}>
              {texts.users[what]}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}

const words = {
  bounced: [t.invitation.bounced, t.invitation.bouncedBody],
  complained: [t.invitation.complained, t.invitation.complainedBody],
  suppressed: [t.invitation.suppressed, t.invitation.suppressedBody],
} as const;

/** Whether the mail did not arrive, and the person is still waited for. */
export function undelivered(user: User): keyof typeof words | null {
  const delivery = user.invitation?.delivery;
  const waiting = user.status === "invited" && user.invitation?.status !== "revoked";
  return waiting && (delivery === "bounced" || delivery === "complained" || delivery === "suppressed")
    ? delivery
    : null;
}

/** Says that the mail did not arrive, and mends it in one go: another address, and a new invitation that goes there. */
export function Undelivered({ user, may, onChanged }: { user: User; may: May; onChanged: (user: User) => void }) {
  const what = undelivered(user);
  const [editing, setEditing] = useState(false);
  const [email, setEmail] = useState(user.email);
  const [same, setSame] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (editing) input.current?.select();
  }, [editing]);
  const again = useAction(async () => {
    let changed = await api.updateUser(user, { email: email.trim() });
    // A new address of somebody who is invited brings a new invitation by itself; one that was over does not.
    if (changed.invitation?.status !== "pending") {
      const fits = possible(changed).find((one) => one !== "revoke");
      if (fits) changed = await act(changed.id, fits);
    }
    setEditing(false);
    onChanged(changed);
    notify(t.invitation.done(changed.email));
  });
  if (!what) return null;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const unchanged = email.trim() === user.email;
    setSame(unchanged);
    if (!unchanged) void again.run();
  };
  const general = besideFields(again.problem, ["email"]);
  const [title, body] = words[what];
  return (
    <section className="problem" aria-label={title}>
      <WarningIcon />
      <div className="problem-body">
        <div className="problem-title">{title}</div>
        <div>{body(user.email)}</div>
        {general && <p className="danger-text">{general.detail || general.title}</p>}
        {!may.edit || may.invitation.length === 0 ? null : editing ? (
          <form className="stack" onSubmit={submit} noValidate>
            <Field
              label={t.invitation.newAddress}
              type="email"
              inputMode="email"
              autoComplete="off"
              value={email}
              inputRef={input}
              autoFocus
              onChange={(value) => {
                setEmail(value);
                setSame(false);
                again.clear();
              }}
              error={same ? t.invitation.sameAddress : refusedField(again.problem, "email")}
            />
            <div className="row wrap">
              <Button type="submit" look="primary" busy={again.busy}>
                {t.invitation.saveAndInvite}
              </Button>
              <Button look="quiet" onPress={() => setEditing(false)}>
                {texts.common.cancel}
              </Button>
            </div>
          </form>
        ) : (
          <div className="row wrap">
            <Button onPress={() => setEditing(true)}>{t.invitation.editAndInvite}</Button>
          </div>
        )}
      </div>
    </section>
  );
}
