import { useCallback } from "react";
import { api } from "../../api/client";
import type { ApiKey, OpenSession, User } from "../../api/types";
import { useLoad } from "../../api/use";
import { texts } from "../../texts/en";
import { Button, Skeleton } from "../../ui/controls";
import { ProblemBox } from "../../ui/problem";
import { Time } from "../../ui/time";
import type { May } from "../may";
import { texts as t } from "../texts";
import { type Account, useAccount } from "../useAccount";
import { Detail, PanelSection } from "./parts";

/** Where the account stands, where it is signed in, and what can be done to it as a whole. */
export function SecurityTab(p: {
  user: User;
  may: May;
  onChanged: (user: User) => void;
  onRemoved: (id: string) => void;
}) {
  const { user, may } = p;
  const load = useCallback((signal: AbortSignal) => api.userSessions(user.id, signal), [user.id]);
  const sessions = useLoad(may.seeSessions ? load : null, 15_000);
  const loadKeys = useCallback((signal: AbortSignal) => api.userApiKeys(user.id, signal), [user.id]);
  const keys = useLoad(may.endKeys ? loadKeys : null);
  const account = useAccount({
    user,
    onChanged: (changed) => {
      sessions.reload();
      keys.reload();
      p.onChanged(changed);
    },
    onRemoved: p.onRemoved,
    onSessionsEnded: sessions.reload,
    onKeysEnded: keys.reload,
  });
  const reset = user.password_reset;
  return (
    <>
      {account.problem && <ProblemBox problem={account.problem} />}
      <dl className="details">
        <Detail label={t.security.status}>{t.status[user.status] ?? user.status}</Detail>
        {user.locked_until && user.status === "locked_out" && (
          <Detail label={t.security.lockedUntil}>
            <Time at={user.locked_until} />
            <span className="radio-description">{t.security.lockedNote}</span>
          </Detail>
        )}
        <Detail label={texts.users.panel.mfa}>
          {user.mfa === "enrolled" ? texts.users.panel.mfaEnrolled : texts.users.panel.mfaNot}
        </Detail>
        {reset && (
          <Detail label={t.security.reset}>
            {t.security.resetStates[reset.status]} {reset.status === "pending" && <Time at={reset.expires_at} />}
          </Detail>
        )}
        <Detail label={texts.users.panel.lastSignIn}>
          {user.last_sign_in_at ? <Time at={user.last_sign_in_at} /> : texts.common.never}
        </Detail>
      </dl>
      <Actions may={may} account={account} />
      <PanelSection title={t.security.sessions}>
        {!may.seeSessions ? (
          <p className="muted">{user.status === "deactivated" ? t.security.deactivated : t.security.never}</p>
        ) : sessions.data ? (
          <Sessions items={sessions.data.items} />
        ) : sessions.problem ? (
          <ProblemBox problem={sessions.problem} retry={sessions.reload} />
        ) : (
          <Skeleton width="70%" />
        )}
        {may.endSessions && (sessions.data?.items.length ?? 0) > 0 && (
          <div>
            <Button busy={account.endSessions.busy} onPress={() => void account.endSessions.run()}>
              {t.security.endSessions}
            </Button>
          </div>
        )}
      </PanelSection>
      {may.endKeys && (
        <PanelSection title={t.security.keys}>
          {keys.data ? (
            <Keys items={keys.data.items} />
          ) : keys.problem ? (
            <ProblemBox problem={keys.problem} retry={keys.reload} />
          ) : (
            <Skeleton width="70%" />
          )}
          {(keys.data?.items.length ?? 0) > 0 && (
            <div>
              <Button busy={account.endKeys.busy} onPress={() => void account.endKeys.run()}>
                {t.security.endKeys}
              </Button>
            </div>
          )}
        </PanelSection>
      )}
      {may.remove && (
        <PanelSection title={t.security.danger}>
          <div className="account-act">
            <span className="muted">{t.security.describe.remove}</span>
            <Button look="danger" busy={account.remove.busy} onPress={() => void account.remove.run()}>
              {t.security.remove}
            </Button>
          </div>
        </PanelSection>
      )}
    </>
  );
}

function Actions({ may, account }: { may: May; account: Account }) {
  if (may.account.length === 0 && !may.fixed) return null;
  return (
    <PanelSection title={t.security.actions}>
      {may.account.map((act) => (
        <div key={act} className="account-act">
          <span className="muted">{t.security.describe[act]}</span>
          <Button busy={account.change.busy} onPress={() => void account.change.run(act)}>
            {t.act.label[act]}
          </Button>
        </div>
      ))}
      {may.fixed && <p className="muted">{t.security.fixed[may.fixed]}</p>}
    </PanelSection>
  );
}

function Keys({ items }: { items: ApiKey[] }) {
  if (items.length === 0) return <p className="muted">{t.security.noKeys}</p>;
  return (
    <ul className="sessions">
      {items.map((key) => (
        <li key={key.id}>
          <span>{key.name}</span>
          <span className="muted">
            <Time prefix={t.security.keyEnds} at={key.expires_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}

function Sessions({ items }: { items: OpenSession[] }) {
  if (items.length === 0) return <p className="muted">{t.security.noSessions}</p>;
  return (
    <ul className="sessions">
      {items.map((session) => (
        <li key={session.id}>
          <span>
            {session.device ?? t.security.unknownDevice}
            {session.current && <strong> · {t.security.thisOne}</strong>}
          </span>
          <span className="muted">
            {session.source && <span className="numeric">{session.source} · </span>}
            <Time prefix={t.security.lastSeen} at={session.last_seen_at} />
          </span>
        </li>
      ))}
    </ul>
  );
}
