import { type FormEvent, useEffect, useMemo, useRef, useState } from "react";
import { account, type CodeMethod, type SignInAnswer } from "../account/api";
import { Enrolment, RecoveryCodes } from "../account/Enrolment";
import { onSignedOut } from "../api/client";
import type { ApiProblem } from "../api/problem";
import { useAction } from "../api/use";
import type { Ended } from "../console/session";
import { NewPasswordField, PasswordField, Username } from "../password/PasswordField";
import { namesOf, type PasswordPolicy } from "../password/quality";
import { texts as passwords } from "../password/texts";
import { texts as common } from "../texts/en";
import { Button, Field } from "../ui/controls";
import { ErrorIcon } from "../ui/icons";
import { ProblemBox } from "../ui/problem";
import { type Step, stepAfter, typedCode } from "./flow";
import { texts } from "./texts";
import "./signin.css";

interface Way {
  /** What was typed as the sign-in name; new passwords are filed and judged by it. */
  name: string;
  go: (step: Step) => void;
  answered: (answer: SignInAnswer) => void;
}

/** From a name and a password to a whole session, by whatever steps the account still needs. */
export function SignIn({ ended, forgot, onDone }: { ended: Ended | null; forgot: boolean; onDone: () => void }) {
  const [step, setStep] = useState<Step>(
    ended?.codes
      ? { at: "recovery", codes: ended.codes, next: "credentials" }
      : { at: forgot ? "forgot" : "credentials" },
  );
  const [name, setName] = useState(ended?.name ?? "");
  const [late, setLate] = useState(false);
  const heading = useRef<HTMLHeadingElement>(null);

  // A step without a field to type in begins at its heading.
  // biome-ignore lint/correctness/useExhaustiveDependencies: every step counts
  useEffect(() => {
    if (!document.activeElement?.matches("input")) heading.current?.focus();
  }, [step.at]);
  useEffect(() => {
    document.title = `${titleOf(step)} · ${common.product}`;
  }, [step]);
  // A sign-in that waited too long for its next step begins again.
  const under = step.at === "code" || step.at === "first-password" || step.at === "enrol";
  useEffect(() => {
    if (!under) return;
    return onSignedOut(() => {
      setLate(true);
      setStep({ at: "credentials" });
    });
  }, [under]);

  const go = (next: Step) => {
    setLate(false);
    if (next.at === "done") onDone();
    else setStep(next);
  };
  const way: Way = { name, go, answered: (answer) => go(stepAfter(answer)) };
  const notice = late ? texts.startAgain : ended && texts.ended[ended.why];
  return (
    <main className="sign-in">
      <div className="sign-in-box stack">
        <div className="sign-in-brand">
          <img src="/icon.svg" width="28" height="28" alt="" />
          <span>{common.product}</span>
        </div>
        <h1 ref={heading} tabIndex={-1}>
          {titleOf(step)}
        </h1>
        {step.at === "credentials" && <Credentials {...way} setName={setName} notice={notice} />}
        {step.at === "forgot" && <Forgot {...way} setName={setName} />}
        {step.at === "asked" && (
          <>
            <p role="status">{texts.reset.sent(name.trim())}</p>
            <Button onPress={() => go({ at: "credentials" })}>{texts.backToSignIn}</Button>
          </>
        )}
        {step.at === "code" && <Code {...way} key={step.method} methods={step.methods} method={step.method} />}
        {step.at === "first-password" && <FirstPassword {...way} policy={step.policy} />}
        {step.at === "enrol" && (
          <>
            <p className="muted">{texts.enrol.body}</p>
            <Enrolment
              methods={step.methods}
              begin={account.beginFirstEnrolment}
              finish={account.finishFirstEnrolment}
              onDone={(answer) => go({ at: "recovery", codes: answer.recovery_codes, next: "done" })}
            />
          </>
        )}
        {step.at === "recovery" && (
          <>
            <RecoveryCodes codes={step.codes} address={name} />
            <Button look="primary" onPress={() => go({ at: step.next })}>
              {texts.recovery.done}
            </Button>
          </>
        )}
      </div>
    </main>
  );
}

function titleOf(step: Step): string {
  switch (step.at) {
    case "credentials":
    case "done":
      return texts.title;
    case "forgot":
      return texts.reset.title;
    case "asked":
      return texts.reset.sentTitle;
    case "code":
      return texts.code.title;
    case "first-password":
      return texts.first.title;
    case "enrol":
      return texts.enrol.title;
    case "recovery":
      return texts.recovery.title;
  }
}

function Credentials(p: Way & { setName: (name: string) => void; notice: string | null }) {
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const signIn = useAction(async () => {
    const answer = await account.signIn(p.name.trim(), password);
    setPassword("");
    p.answered(answer);
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (p.name.trim() && password) void signIn.run();
  };
  return (
    <form onSubmit={submit} noValidate className="stack">
      {p.notice && !signIn.problem && (
        <p className="notice" role="status">
          {p.notice}
        </p>
      )}
      <SignInProblem problem={signIn.problem} codes={{ credentials_not_valid: texts.wrong }} />
      <Field
        label={texts.name}
        name="username"
        autoComplete="username"
        inputMode="email"
        autoFocus
        value={p.name}
        onChange={p.setName}
        error={tried && !p.name.trim() ? texts.enterName : undefined}
      />
      <PasswordField
        name="password"
        autoComplete="current-password"
        value={password}
        onChange={setPassword}
        error={tried && !password ? texts.enterPassword : undefined}
      />
      <Button type="submit" look="primary" busy={signIn.busy}>
        {texts.next}
      </Button>
      <Button look="quiet" onPress={() => p.go({ at: "forgot" })}>
        {texts.forgot}
      </Button>
    </form>
  );
}

/** Says the same whether or not there is such an account. */
function Forgot(p: Way & { setName: (name: string) => void }) {
  const [tried, setTried] = useState(false);
  const name = p.name.trim();
  const send = useAction(async () => {
    await account.askForReset(name);
    p.go({ at: "asked" });
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (name) void send.run();
  };
  return (
    <form onSubmit={submit} noValidate className="stack">
      <p className="muted">{texts.reset.body}</p>
      <SignInProblem problem={send.problem} codes={{}} />
      <Field
        label={texts.name}
        name="username"
        autoComplete="username"
        inputMode="email"
        autoFocus
        value={p.name}
        onChange={p.setName}
        error={tried && !name ? texts.enterName : undefined}
      />
      <Button type="submit" look="primary" busy={send.busy}>
        {texts.reset.send}
      </Button>
      <Button look="quiet" onPress={() => p.go({ at: "credentials" })}>
        {texts.backToSignIn}
      </Button>
    </form>
  );
}

function Code(p: Way & { methods: CodeMethod[]; method: CodeMethod }) {
  const { method } = p;
  const [text, setText] = useState("");
  const [tried, setTried] = useState(false);
  const [sent, setSent] = useState<string | null>(null);
  const verify = useAction(async (code: string) => {
    try {
      p.answered(await account.verifyCode(code, method));
    } catch (error) {
      setText("");
      throw error;
    }
  });
  const send = useAction(async () => {
    verify.clear();
    setSent(null);
    setSent((await account.sendText()).sent_to);
  });
  // Choosing text messages is asking for one.
  const { run } = send;
  useEffect(() => {
    if (method === "text") void run();
  }, [method, run]);
  const type = (value: string) => {
    setText(value);
    const { code, whole } = typedCode(value, method);
    // Six digits are the whole of it: no button needed.
    if (whole && !verify.busy) void verify.run(code);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    const { code } = typedCode(text, method);
    // Enter after the sixth digit comes when they have been sent already.
    if (code && !verify.busy) void verify.run(code);
  };
  const others = p.methods.filter((other) => other !== method);
  return (
    <form onSubmit={submit} noValidate className="stack">
      <p className="muted">{texts.code.body[method]}</p>
      <SignInProblem problem={send.problem} codes={{}} />
      <SignInProblem problem={verify.problem} codes={{ code_not_valid: texts.code.wrong[method] }} />
      {method === "text" && sent && !verify.problem && (
        <p className="notice" role="status">
          {texts.code.sent(sent)}
        </p>
      )}
      <Field
        label={texts.code.label[method]}
        name="code"
        autoComplete={method === "recovery" ? "off" : "one-time-code"}
        inputMode={method === "recovery" ? "text" : "numeric"}
        autoFocus
        value={text}
        onChange={type}
        error={tried && !text && !verify.problem ? texts.code.enter[method] : undefined}
        {...(method === "recovery" ? { mono: true } : { maxLength: 7 })}
      />
      <Button type="submit" look="primary" busy={verify.busy}>
        {texts.code.verify}
      </Button>
      <div className="sign-in-others">
        {method === "text" && (
          <Button look="quiet" busy={send.busy} onPress={() => void send.run()}>
            {texts.code.again}
          </Button>
        )}
        {others.map((other) => (
          <Button key={other} look="quiet" onPress={() => p.go({ at: "code", methods: p.methods, method: other })}>
            {texts.code.use[other]}
          </Button>
        ))}
        <Button look="quiet" onPress={() => p.go({ at: "credentials" })}>
          {texts.otherAccount}
        </Button>
      </div>
    </form>
  );
}

function FirstPassword(p: Way & { policy: PasswordPolicy }) {
  const [password, setPassword] = useState("");
  const [tried, setTried] = useState(false);
  const names = useMemo(() => namesOf(p.name), [p.name]);
  const save = useAction(async () => p.answered(await account.chooseFirstPassword(password)));
  const refused = save.problem?.errors.find((entry) => entry.field === "password")?.detail;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    setTried(true);
    if (password) void save.run();
  };
  return (
    <form onSubmit={submit} noValidate className="stack">
      <p className="muted">{texts.first.body}</p>
      {!refused && <SignInProblem problem={save.problem} codes={{}} />}
      <Username value={p.name} />
      <NewPasswordField
        value={password}
        onChange={(value) => {
          setPassword(value);
          save.clear();
        }}
        policy={p.policy}
        names={names}
        autoFocus
        error={refused ?? (tried && !password ? passwords.enter : undefined)}
      />
      <Button type="submit" look="primary" busy={save.busy}>
        {texts.first.save}
      </Button>
    </form>
  );
}

function SignInProblem({ problem, codes }: { problem: ApiProblem | undefined; codes: Record<string, string> }) {
  if (!problem || problem.code === "not_authenticated") return null;
  // How long to wait is said to everyone alike, whether or not there is such an account.
  const known =
    problem.code === "too_many_attempts"
      ? texts.tooMany(problem.retryAfter)
      : problem.code === "rate_limited"
        ? texts.tooManyTexts(problem.retryAfter)
        : codes[problem.code];
  if (!known) return <ProblemBox problem={problem} />;
  return (
    <div className="problem" role="alert">
      <ErrorIcon />
      <div className="problem-body">{known}</div>
    </div>
  );
}
