import { type FormEvent, useMemo, useState } from "react";
import type { ApiProblem } from "../api/problem";
import type { MfaMethod } from "../api/types";
import { useAction } from "../api/use";
import { typedCode } from "../signin/flow";
import { Choices } from "../ui/Choices";
import { Button, CopyButton, Field } from "../ui/controls";
import { ProblemBox } from "../ui/problem";
import { qrPath } from "../ui/qr";
import type { Enrolment as Begun } from "./api";
import { texts } from "./mfaTexts";
import "./mfa.css";

type Step = { at: "way" } | { at: "phone" } | { at: "proof"; begun: Begun };

/** Sets up a second factor: choose the way, prove that it works, and hand on what the server says. */
export function Enrolment<A>(p: {
  /** What may be set up. */
  methods: readonly MfaMethod[];
  begin: (method: MfaMethod, phone?: string) => Promise<Begun>;
  finish: (code: string) => Promise<A>;
  onDone: (answer: A) => void;
}) {
  const [way, setWay] = useState<MfaMethod>(p.methods[0] ?? "totp");
  const [step, setStep] = useState<Step>({ at: "way" });
  const [phone, setPhone] = useState("");
  const begin = useAction(async (method: MfaMethod, number?: string) =>
    setStep({ at: "proof", begun: await p.begin(method, number) }),
  );
  const back = () => {
    begin.clear();
    setStep({ at: "way" });
  };
  if (step.at === "proof") return <Proof begun={step.begun} finish={p.finish} onDone={p.onDone} onBack={back} />;
  const refused = phoneComplaint(begin.problem);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (step.at === "phone") void begin.run("text", phone.trim() || undefined);
    else if (way === "text") setStep({ at: "phone" });
    else void begin.run(way);
  };
  return (
    <form className="stack" onSubmit={submit} noValidate>
      {begin.problem && !refused && <ProblemBox problem={begin.problem} words={texts} />}
      {step.at === "way" ? (
        <Choices
          label={texts.way}
          value={way}
          onChange={setWay}
          options={p.methods.map((id) => ({
            id,
            name: texts.ways[id].name,
            description: texts.ways[id].hint,
          }))}
        />
      ) : (
        <Field
          label={texts.phone}
          type="tel"
          name="tel"
          autoComplete="tel"
          inputMode="tel"
          autoFocus
          value={phone}
          onChange={setPhone}
          hint={`${texts.phoneHint} ${texts.phoneOnFile}`}
          error={refused}
        />
      )}
      <Button type="submit" look="primary" busy={begin.busy}>
        {step.at === "phone" ? texts.sendText : texts.continue}
      </Button>
      {step.at === "phone" && (
        <Button look="quiet" onPress={back}>
          {texts.back}
        </Button>
      )}
    </form>
  );
}

/** What the factor was begun with, and its first code. */
export function Proof<A>(p: {
  begun: Begun;
  finish: (code: string) => Promise<A>;
  onDone: (answer: A) => void;
  onBack?: () => void;
}) {
  const app = "totp_uri" in p.begun;
  return (
    <>
      {"totp_uri" in p.begun ? (
        <AppKey uri={p.begun.totp_uri} secret={p.begun.totp_secret} />
      ) : (
        <p>{texts.sentTo(p.begun.sent_to)}</p>
      )}
      <CodeForm
        method={app ? "totp" : "text"}
        verify={p.finish}
        onDone={p.onDone}
        {...(p.onBack ? { onBack: p.onBack } : {})}
      />
    </>
  );
}

/** What is wrong with the number. */
export function phoneComplaint(problem: ApiProblem | undefined): string | undefined {
  if (!problem) return undefined;
  const entry = problem.errors.find(({ field }) => field === "phone");
  return entry?.code === "phone_required" ? texts.enterPhone : entry?.detail;
}

function AppKey({ uri, secret }: { uri: string; secret: string }) {
  return (
    <>
      <p>{texts.scan}</p>
      <div className="enrol">
        <QrCode text={uri} label={texts.qr} />
        <div className="enrol-key">
          <p>{texts.typed}</p>
          <code translate="no">{secret.replace(/(.{4})(?=.)/g, "$1 ")}</code>
          <CopyButton text={secret} label={texts.copyKey} />
          <a href={uri}>{texts.open}</a>
        </div>
      </div>
      <p className="field-hint">{texts.apps}</p>
    </>
  );
}

/** Black on white in dark mode too: that is what cameras read best. */
function QrCode({ text, label }: { text: string; label: string }) {
  const { size, path } = useMemo(() => qrPath(text), [text]);
  return (
    <svg className="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}

function CodeForm<A>(p: {
  method: MfaMethod;
  verify: (code: string) => Promise<A>;
  onDone: (answer: A) => void;
  onBack?: () => void;
}) {
  const [text, setText] = useState("");
  const [missing, setMissing] = useState(false);
  const verify = useAction(async (code: string) => {
    try {
      p.onDone(await p.verify(code));
    } catch (error) {
      setText("");
      throw error;
    }
  });
  const wrong = verify.problem?.code === "code_not_valid";
  const type = (value: string) => {
    setText(value);
    const { code, whole } = typedCode(value, p.method);
    // Six digits are the whole of it: no button needed.
    if (whole && !verify.busy) void verify.run(code);
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const { code } = typedCode(text, p.method);
    setMissing(code === "");
    if (code !== "") void verify.run(code);
  };
  const error = wrong ? texts.wrongCode[p.method] : missing && text === "" ? texts.enterCode : undefined;
  return (
    <form className="stack" onSubmit={submit} noValidate>
      {verify.problem && !wrong && <ProblemBox problem={verify.problem} words={texts} />}
      <Field
        label={texts.code[p.method]}
        name="code"
        autoComplete="one-time-code"
        inputMode="numeric"
        autoFocus
        value={text}
        onChange={type}
        maxLength={7}
        hint={texts.codeHint[p.method]}
        error={error}
      />
      <Button type="submit" look="primary" busy={verify.busy}>
        {texts.finish}
      </Button>
      {p.onBack && (
        <Button look="quiet" onPress={p.onBack}>
          {texts.back}
        </Button>
      )}
    </form>
  );
}

/** The ten codes, to be copied or downloaded: they are seen once. */
export function RecoveryCodes({ codes, address }: { codes: string[]; address: string }) {
  const download = () => {
    const text = `${texts.file(address)}\n\n${codes.join("\n")}\n`;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
    link.download = texts.fileName;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <>
      <p>{texts.recoveryBody}</p>
      <ul className="codes" aria-label={texts.recoveryList} translate="no">
        {codes.map((code) => (
          <li key={code}>
            <code>{code}</code>
          </li>
        ))}
      </ul>
      <div className="row wrap codes-actions">
        <CopyButton text={codes.join("\n")} label={texts.copyCodes} />
        <Button onPress={download}>{texts.download}</Button>
      </div>
    </>
  );
}
