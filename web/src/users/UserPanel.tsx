import { type ReactNode, useCallback, useEffect, useRef, useState } from "react";
import { api } from "../api/client";
import type { Id, User } from "../api/types";
import { useAction, useLoad } from "../api/use";
import { useCan, useSession } from "../console/session";
import { useRoles } from "../roles/useRoles";
import { texts } from "../texts/en";
import { ask, notify } from "../ui/announce";
import { Button, CopyButton, Skeleton } from "../ui/controls";
import { CloseIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { PersonPill, personState } from "../ui/status";
import { Time } from "../ui/time";
import { act, type InvitationAct, possible } from "./actions";
import { EditUser } from "./EditUser";

/** One person: details, the invitation's way, and what can be done. */
export function UserPanel(p: {
  id: Id;
  known: User | undefined;
  onClose: () => void;
  onChanged: (user: User) => void;
}) {
  const can = useCan();
  const load = useCallback((signal: AbortSignal) => api.user(p.id, signal), [p.id]);
  const loaded = useLoad(load, 5000);
  const [editing, setEditing] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);
  const user = newer(loaded.data, p.known);

  useEffect(() => heading.current?.focus(), []);

  const invitation = useAction(async (what: InvitationAct) => {
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
    p.onChanged(await act(p.id, what));
    loaded.reload();
    notify(texts.users.bulkDone(1, texts.users.verbs[what]));
  });

  return (
    <aside
      className="panel"
      aria-label={texts.users.panel.label}
      onKeyDown={(event) => {
        if (event.key === "Escape" && !event.defaultPrevented && !editing) p.onClose();
      }}
    >
      <div className="panel-head">
        <h2 ref={heading} tabIndex={-1} className="grow">
          {user ? user.name || user.email : loaded.problem ? texts.users.panel.gone : <Skeleton width={140} />}
        </h2>
        {user && !editing && can("users.write") && (
          <Button onPress={() => setEditing(true)}>{texts.users.panel.edit}</Button>
        )}
        <Button look="quiet" icon={<CloseIcon />} label={texts.common.close} shortcut="Esc" onPress={p.onClose} />
      </div>
      <div className="panel-body">
        {user ? (
          <>
            <div>
              <PersonPill user={user} />
            </div>
            {!editing && can("invitations.write") && possible(user).length > 0 && (
              <div className="row wrap">
                {possible(user).map((what) => (
                  <Button key={what} busy={invitation.busy} onPress={() => void invitation.run(what)}>
                    {texts.users[what]}
                  </Button>
                ))}
              </div>
            )}
            {invitation.problem && <ProblemBox problem={invitation.problem} />}
            {editing ? (
              <EditUser
                user={user}
                onDone={(changed) => {
                  setEditing(false);
                  if (changed) {
                    p.onChanged(changed);
                    loaded.reload();
                    notify(texts.common.saved);
                  }
                }}
                onStale={loaded.reload}
              />
            ) : (
              <>
                <Details user={user} />
                <Timeline user={user} />
              </>
            )}
          </>
        ) : loaded.problem?.status === 404 ? (
          <p className="muted">{texts.users.panel.goneBody}</p>
        ) : loaded.problem ? (
          <ProblemBox problem={loaded.problem} retry={loaded.reload} />
        ) : (
          <Skeleton width="60%" />
        )}
      </div>
    </aside>
  );
}

/** The list's copy and the panel's own are refreshed apart from each other; the one of the higher version is shown. */
function newer(mine: User | undefined, listed: User | undefined): User | undefined {
  if (!mine || !listed) return mine ?? listed;
  return listed.version > mine.version ? listed : mine;
}

function Detail({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div className="detail">
      <dt>{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Details({ user }: { user: User }) {
  const { organizations } = useSession();
  const roles = useRoles();
  const organization = organizations.find((o) => o.id === user.organization_id);
  const none = <span className="muted">{texts.common.none}</span>;
  const names = user.roles.map((id) => roles?.find((role) => role.id === id)?.name ?? id);
  return (
    <dl className="details">
      <Detail label={texts.fields.email ?? ""}>
        <span className="row">
          <span className="break">{user.email}</span>
          <CopyButton look="quiet" text={user.email} label={texts.common.copy} iconOnly />
        </span>
      </Detail>
      {user.username && <Detail label={texts.users.panel.username}>{user.username}</Detail>}
      <Detail label={texts.fields.phone ?? ""}>
        {user.phone ? <span className="numeric">{user.phone}</span> : none}
      </Detail>
      <Detail label={texts.users.columns.kind}>{texts.kinds[user.kind] ?? user.kind}</Detail>
      {organization && <Detail label={texts.users.columns.organization}>{organization.name}</Detail>}
      <Detail label={texts.users.columns.roles}>{names.length > 0 ? names.join(", ") : none}</Detail>
      {user.groups.length > 0 && <Detail label={texts.users.panel.groups}>{user.groups.join(", ")}</Detail>}
      {Object.entries(user.properties).map(([name, value]) => (
        <Detail key={name} label={name}>
          {value}
        </Detail>
      ))}
      {user.language && <Detail label={texts.users.panel.language}>{user.language}</Detail>}
      <Detail label={texts.users.panel.mfa}>
        {user.mfa === "enrolled" ? texts.users.panel.mfaEnrolled : texts.users.panel.mfaNot}
      </Detail>
      <Detail label={texts.users.panel.lastSignIn}>
        {user.last_sign_in_at ? <Time at={user.last_sign_in_at} /> : texts.common.never}
      </Detail>
    </dl>
  );
}

interface Step {
  key: string;
  text: string;
  at: string | null;
  tone: "done" | "open" | "bad";
}

/** The way of the present invitation, oldest first. */
export function timelineOf(user: Pick<User, "created_at" | "invitation" | "status">): Step[] {
  const words = texts.users.panel.steps;
  const steps: Step[] = [{ key: "created", text: words.created, at: user.created_at, tone: "done" }];
  const invitation = user.invitation;
  if (!invitation) return steps;
  const say = (key: keyof typeof words, at: string | null, tone: Step["tone"] = "done") =>
    steps.push({ key, text: words[key], at, tone });
  say("queued", invitation.queued_at);
  if (invitation.sent_at) say("sent", invitation.sent_at);
  if (invitation.delivery === "delivered") say("delivered", invitation.delivery_at);
  else if (["bounced", "complained", "suppressed"].includes(invitation.delivery))
    say(invitation.delivery as "bounced", invitation.delivery_at, "bad");
  if (invitation.status === "registered") say("registered", invitation.registered_at);
  else if (invitation.status === "revoked") say("revoked", null, "bad");
  else if (invitation.status === "expired") say("expired", invitation.expires_at, "bad");
  else if (invitation.expires_at) say("expires", invitation.expires_at, "open");
  return steps;
}

function Timeline({ user }: { user: User }) {
  const state = personState(user);
  const invitation = user.invitation;
  return (
    <section className="stack timeline-section">
      <h3>{texts.users.panel.invitation}</h3>
      <ol className="timeline">
        {timelineOf(user).map((step) => (
          <li key={step.key} data-tone={step.tone}>
            <span>{step.text}</span>
            <span className="muted">{step.at && <Time at={step.at} />}</span>
          </li>
        ))}
      </ol>
      {!invitation && <p className="muted">{texts.users.panel.noInvitation}</p>}
      {invitation && invitation.status === "pending" && !invitation.sent_at && (
        <p className="muted">{texts.users.expiresQueuedLong(invitation.valid_hours)}</p>
      )}
      {state === "bounced" && <p>{texts.users.panel.bouncedNext}</p>}
      {state === "expired" && <p>{texts.users.panel.expiredNext}</p>}
    </section>
  );
}
