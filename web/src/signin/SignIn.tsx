import { type FormEvent, useState } from "react";
import { api } from "../api/client";
import type { ApiProblem } from "../api/problem";
import { useAction } from "../api/use";
import { texts } from "../texts/en";
import { Button, Field } from "../ui/controls";
import { ErrorIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import "./signin.css";

type Step = { at: "password" } | { at: "code" };

/** Password, then the authenticator's code where one is enrolled. */
export function SignIn({ ended, onDone }: { ended: boolean; onDone: () => void }) {
  const [step, setStep] = useState<Step>({ at: "password" });
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [missing, setMissing] = useState<{ email?: string; password?: string; code?: string }>({});

  const signIn = useAction(async () => {
    const { next } = await api.signIn(email.trim(), password);
    setPassword("");
    if (next === "verify_mfa") {
      setCode("");
      setStep({ at: "code" });
    } else onDone();
  });
  const verify = useAction(async (digits: string) => {
    try {
      await api.verifyMfa(digits);
    } catch (error) {
      setCode("");
      throw error;
    }
    onDone();
  });

  const submitPassword = (event: FormEvent) => {
    event.preventDefault();
    const gaps = {
      ...(email.trim() ? {} : { email: texts.signIn.enterEmail }),
      ...(password ? {} : { password: texts.signIn.enterPassword }),
    };
    setMissing(gaps);
    if (Object.keys(gaps).length === 0) void signIn.run();
  };
  const submitCode = (event: FormEvent) => {
    event.preventDefault();
    const digits = code.replace(/\s/g, "");
    if (!digits) setMissing({ code: texts.signIn.enterCode });
    else {
      setMissing({});
      void verify.run(digits);
    }
  };
  const typeCode = (text: string) => {
    setCode(text);
    const digits = text.replace(/\s/g, "");
    // Six digits are the whole of it: no button needed.
    if (/^\d{6}$/.test(digits) && !verify.busy) void verify.run(digits);
  };

  return (
    <main className="sign-in">
      <div className="sign-in-box">
        <div className="sign-in-brand">
          <img src="/icon.svg" width="28" height="28" alt="" />
          <span>{texts.product}</span>
        </div>
        {step.at === "password" ? (
          <form onSubmit={submitPassword} noValidate className="stack">
            <h1>{texts.signIn.title}</h1>
            {ended && !signIn.problem && (
              <p className="notice" role="status">
                {texts.signIn.ended}
              </p>
            )}
            <SignInProblem problem={signIn.problem} codes={{ credentials_not_valid: texts.signIn.wrong }} />
            <Field
              label={texts.signIn.email}
              type="email"
              name="email"
              autoComplete="username"
              inputMode="email"
              autoFocus
              value={email}
              onChange={setEmail}
              error={missing.email}
            />
            <PasswordField value={password} onChange={setPassword} error={missing.password} />
            <Button type="submit" look="primary" busy={signIn.busy}>
              {texts.signIn.next}
            </Button>
          </form>
        ) : (
          <form onSubmit={submitCode} noValidate className="stack">
            <h1>{texts.signIn.codeTitle}</h1>
            <p className="muted">{texts.signIn.codeBody}</p>
            <SignInProblem problem={verify.problem} codes={{ code_not_valid: texts.signIn.wrongCode }} />
            <Field
              label={texts.signIn.code}
              name="code"
              autoComplete="one-time-code"
              inputMode="numeric"
              autoFocus
              value={code}
              onChange={typeCode}
              error={missing.code}
              maxLength={7}
            />
            <Button type="submit" look="primary" busy={verify.busy}>
              {texts.signIn.verify}
            </Button>
            <Button
              look="quiet"
              onPress={() => {
                verify.clear();
                setStep({ at: "password" });
              }}
            >
              {texts.signIn.back}
            </Button>
          </form>
        )}
      </div>
    </main>
  );
}

function SignInProblem({ problem, codes }: { problem: ApiProblem | undefined; codes: Record<string, string> }) {
  if (!problem) return null;
  const known = codes[problem.code];
  if (!known) return <ProblemBox problem={problem} />;
  return (
    <div className="problem" role="alert">
      <ErrorIcon />
      <div className="problem-body">{known}</div>
    </div>
  );
}

function PasswordField(p: { value: string; onChange: (value: string) => void; error: string | undefined }) {
  const [shown, setShown] = useState(false);
  return (
    <div className="password-field">
      <Field
        label={texts.signIn.password}
        type={shown ? "text" : "password"}
        name="password"
        autoComplete="current-password"
        value={p.value}
        onChange={p.onChange}
        error={p.error}
      />
      <button type="button" className="reveal" aria-pressed={shown} onClick={() => setShown(!shown)}>
        {shown ? texts.signIn.hide : texts.signIn.show}
        <span className="visually-hidden"> {texts.signIn.password}</span>
      </button>
    </div>
  );
}
