import { type FormEvent, type ReactNode, useCallback, useId, useMemo, useState } from "react";
import type { ApiProblem } from "../api/problem";
import type { MfaMethod, OpenSession } from "../api/types";
import { useAction, useLoad } from "../api/use";
import { useSession } from "../console/session";
import { NewPasswordField, PasswordField, Username } from "../password/PasswordField";
import { namesOf } from "../password/quality";
import { texts as passwords } from "../password/texts";
import { texts as common } from "../texts/en";
import { ask, notify } from "../ui/announce";
import { Button, Field, ModalDialog, Skeleton } from "../ui/controls";
import { SolidShape } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { Pill } from "../ui/status";
import { Time } from "../ui/time";
import { account, type Enrolment as Begun } from "./api";
import { Proof, phoneComplaint, RecoveryCodes } from "./Enrolment";
import { texts as mfaTexts } from "./mfaTexts";
import { texts } from "./texts";

const t = texts.security;

export function SecurityTab() {
  return (
    <div className="account-sections">
      <PasswordSection />
      <MfaSection />
      <SessionsSection />
    </div>
  );
}

function Section(p: { title: string; children: ReactNode; action?: ReactNode }) {
  const id = useId();
  return (
    <section className="account-section" aria-labelledby={id}>
      <div className="page-head">
        <h2 id={id}>{p.title}</h2>
        {p.action}
      </div>
      {p.children}
    </section>
  );
}

const isWrongPassword = (problem: ApiProblem | undefined) =>
  problem?.errors.some((entry) => entry.code === "password_wrong") === true;

function PasswordSection() {
  const { me, leave } = useSession();
  const [current, setCurrent] = useState("");
  const [fresh, setFresh] = useState("");
  const [tried, setTried] = useState(false);
  const names = useMemo(() => namesOf(me.user.name, me.user.email, me.user.username), [me.user]);
  const change = useAction(async () => {
    await account.changePassword(current, fresh);
    leave({ why: "password", name: me.user.email });
  });
  const wrong = isWrongPassword(change.problem);
  const refused = change.problem?.errors.find((entry) => entry.field === "password" && entry.code !== "password_wrong");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (current && fresh) void change.run();
  };
  return (
    <Section title={t.password}>
      <form className="account-form" onSubmit={submit} noValidate>
        <p className="muted">{t.passwordEnds}</p>
        {change.problem && !wrong && !refused && <ProblemBox problem={change.problem} />}
        <Username value={me.user.email} />
        <PasswordField
          label={passwords.current}
          name="current-password"
          autoComplete="current-password"
          value={current}
          onChange={(value) => {
            setCurrent(value);
            change.clear();
          }}
          error={wrong ? t.wrongPassword : tried && !current ? passwords.enterCurrent : undefined}
        />
        <NewPasswordField
          value={fresh}
          onChange={(value) => {
            setFresh(value);
            change.clear();
          }}
          policy={me.password_policy}
          names={names}
          error={refused?.detail ?? (tried && !fresh ? passwords.enter : undefined)}
        />
        <Button type="submit" className="account-inline" busy={change.busy}>
          {t.changePassword}
        </Button>
      </form>
    </Section>
  );
}

type Open =
  | { is: "add"; method: MfaMethod; begun: Begun | null }
  | { is: "remove"; method: MfaMethod }
  | { is: "codes"; codes: string[] | null };

const methods: MfaMethod[] = ["totp", "text"];

function MfaSection() {
  const { me, leave, refresh } = useSession();
  const [open, setOpen] = useState<Open | null>(null);
  const close = () => setOpen(null);
  const { mfa } = me;
  const enrolled = mfa.methods.length > 0;
  const ended = (codes?: string[]) => leave({ why: "mfa", name: me.user.email, ...(codes?.length ? { codes } : {}) });
  return (
    <Section title={t.mfa}>
      <p className="muted">
        {mfa.required ? t.mfaRequired : t.mfaOptional} {t.mfaEnds}
      </p>
      <ul className="account-list">
        {methods.map((method) => {
          const on = mfa.methods.includes(method);
          const lastRequired = on && mfa.required && mfa.methods.length === 1;
          return (
            <li key={method}>
              <div className="grow">
                <div className="row wrap">
                  <strong>{t.methods[method]}</strong>
                  <Pill tone={on ? "ok" : "quiet"} {...(on ? { shape: <SolidShape /> } : {})}>
                    {on ? t.on : t.off}
                  </Pill>
                </div>
                {method === "text" && on && me.user.phone && (
                  <div className="field-hint">{t.textTo(me.user.phone)}</div>
                )}
                {lastRequired && <div className="field-hint">{t.lastRequired}</div>}
              </div>
              <div className="row wrap">
                <Button onPress={() => setOpen({ is: "add", method, begun: null })} aria-haspopup="dialog">
                  {on ? t.renew[method] : t.add}
                  <span className="visually-hidden"> {t.methods[method]}</span>
                </Button>
                {on && !lastRequired && (
                  <Button look="quiet" onPress={() => setOpen({ is: "remove", method })} aria-haspopup="dialog">
                    {t.remove}
                    <span className="visually-hidden"> {t.methods[method]}</span>
                  </Button>
                )}
              </div>
            </li>
          );
        })}
        <li>
          <div className="grow">
            <strong>{t.recovery}</strong>
            <div className="field-hint">{enrolled ? t.recoveryLeft(mfa.recovery_codes_left) : t.recoveryNone}</div>
          </div>
          {enrolled && (
            <Button onPress={() => setOpen({ is: "codes", codes: null })} aria-haspopup="dialog">
              {t.newCodes}
            </Button>
          )}
        </li>
      </ul>
      {open?.is === "add" &&
        (open.begun === null ? (
          <ProveDialog
            title={t.addOf[open.method]}
            body={`${t.prove} ${t.mfaEnds}`}
            confirm={open.method === "text" ? t.sendText : t.next}
            {...(open.method === "text" ? { phone: me.user.phone ?? "" } : {})}
            onClose={close}
            act={async (password, phone) =>
              setOpen({ ...open, begun: await account.beginEnrolment(open.method, password, phone) })
            }
          />
        ) : (
          <ModalDialog title={t.addOf[open.method]} onClose={close} role="alertdialog">
            <Proof
              begun={open.begun}
              finish={account.finishEnrolment}
              onDone={({ recovery_codes }) => ended(recovery_codes)}
            />
          </ModalDialog>
        ))}
      {open?.is === "remove" && (
        <ProveDialog
          title={t.removeOf[open.method]}
          body={t.removeBody}
          confirm={t.remove}
          danger
          onClose={close}
          act={async (password) => {
            await account.removeMethod(open.method, password);
            ended();
          }}
        />
      )}
      {open?.is === "codes" &&
        (open.codes === null ? (
          <ProveDialog
            title={t.newCodesTitle}
            body={t.newCodesBody}
            confirm={t.newCodes}
            onClose={close}
            act={async (password) => {
              const { recovery_codes } = await account.newRecoveryCodes(password);
              setOpen({ is: "codes", codes: recovery_codes });
            }}
          />
        ) : (
          <ModalDialog
            title={t.codesTitle}
            role="alertdialog"
            onClose={close}
            actions={[
              {
                label: t.codesKept,
                look: "primary",
                onPress: () => {
                  close();
                  refresh();
                },
              },
            ]}
          >
            <RecoveryCodes codes={open.codes} address={me.user.email} />
          </ModalDialog>
        ))}
    </Section>
  );
}

/** Asks for the password before something that a passer-by at an open screen must not do. */
function ProveDialog(p: {
  title: string;
  body: string;
  confirm: string;
  danger?: boolean;
  /** Asks for a number too, beginning with this one. */
  phone?: string;
  act: (password: string, phone?: string) => Promise<void>;
  onClose: () => void;
}) {
  const { me } = useSession();
  const [password, setPassword] = useState("");
  const [phone, setPhone] = useState(p.phone ?? "");
  const [tried, setTried] = useState(false);
  const form = useId();
  const act = useAction(p.act);
  const wrong = isWrongPassword(act.problem);
  const asksPhone = p.phone !== undefined;
  const noPhone = asksPhone && phone.trim() === "";
  const refused = phoneComplaint(act.problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (password && !noPhone) void act.run(password, asksPhone ? phone.trim() : undefined);
  };
  return (
    <ModalDialog
      title={p.title}
      onClose={p.onClose}
      actions={[
        { label: common.common.cancel, look: "quiet", onPress: p.onClose },
        { label: p.confirm, look: p.danger ? "danger" : "primary", busy: act.busy, submit: form },
      ]}
    >
      <form id={form} className="stack" onSubmit={submit} noValidate>
        <p>{p.body}</p>
        {act.problem && !wrong && !refused && <ProblemBox problem={act.problem} words={mfaTexts} />}
        {asksPhone && (
          <Field
            label={mfaTexts.phone}
            type="tel"
            name="tel"
            autoComplete="tel"
            inputMode="tel"
            value={phone}
            onChange={(value) => {
              setPhone(value);
              act.clear();
            }}
            hint={mfaTexts.phoneHint}
            error={refused ?? (tried && noPhone ? mfaTexts.enterPhone : undefined)}
          />
        )}
        <Username value={me.user.email} />
        <PasswordField
          label={passwords.current}
          name="current-password"
          autoComplete="current-password"
          autoFocus
          value={password}
          onChange={(value) => {
            setPassword(value);
            act.clear();
          }}
          error={wrong ? t.wrongPassword : tried && !password ? passwords.enterCurrent : undefined}
        />
      </form>
    </ModalDialog>
  );
}

function SessionsSection() {
  const load = useCallback((signal: AbortSignal) => account.sessions(signal), []);
  const { data, problem, reload } = useLoad(load);
  const [ending, setEnding] = useState<string | null>(null);
  const end = useAction(async (session: OpenSession) => {
    setEnding(session.id);
    await account.endSession(session.id);
    notify(t.ended(deviceOf(session)));
    reload();
  });
  const others = (data?.items ?? []).filter((session) => !session.current);
  const endOthers = useAction(async () => {
    const question = {
      title: t.endOthersTitle,
      body: t.endOthersBody(others.length),
      confirm: t.endOthers,
      cancel: t.keep,
      danger: true,
    };
    if (!(await ask(question))) return;
    try {
      for (const session of others) await account.endSession(session.id);
      notify(t.endedOthers);
    } finally {
      reload();
    }
  });
  return (
    <Section
      title={t.sessions}
      action={
        others.length > 1 && (
          <Button busy={endOthers.busy} onPress={() => void endOthers.run()}>
            {t.endOthers}
          </Button>
        )
      }
    >
      {problem && <ProblemBox problem={problem} retry={reload} />}
      {(end.problem ?? endOthers.problem) && <ProblemBox problem={(end.problem ?? endOthers.problem) as ApiProblem} />}
      {!data && !problem && <Skeleton width="60%" />}
      {data && (
        <ul className="account-list">
          {data.items.map((session) => (
            <li key={session.id}>
              <div className="grow">
                <div className="row wrap">
                  <strong>{deviceOf(session)}</strong>
                  {session.current && (
                    <Pill tone="ok" shape={<SolidShape />}>
                      {t.current}
                    </Pill>
                  )}
                </div>
                <div className="field-hint">
                  {session.source ?? t.unknownPlace} · <Time at={session.last_seen_at} prefix={t.seen} /> ·{" "}
                  <Time at={session.created_at} prefix={t.since} />
                </div>
              </div>
              {!session.current && (
                <Button busy={end.busy && ending === session.id} onPress={() => void end.run(session)}>
                  {t.end}
                  <span className="visually-hidden"> {deviceOf(session)}</span>
                </Button>
              )}
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

const deviceOf = (session: OpenSession) => session.device ?? t.unknownDevice;
