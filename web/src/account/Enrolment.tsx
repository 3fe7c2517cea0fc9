import { type FormEvent, useMemo, useState } from "react";
import { Label, Radio, RadioGroup } from "react-aria-components";
import type { ApiProblem } from "../api/problem";
import type { MfaMethod } from "../api/types";
import { useAction } from "../api/use";
import { typedCode } from "../signin/flow";
import { Button, CopyButton, Field } from "../ui/controls";
import { ProblemBox } from "../ui/problem";
import { qrPath } from "../ui/qr";
import type { Enrolment as Begun } from "./api";
import { texts } from "./mfaTexts";
import "./mfa.css";

type Step =
  | { at: "way" }
  | { at: "phone" }
  | { at: "app"; uri: string; secret: string }
  | { at: "message"; sentTo: string };

/** Sets up a second factor: choose the way, prove that it works, and hand on what the server says. */
export function Enrolment<A>(p: {
  /** One way that was chosen already, or none. */
  method?: MfaMethod;
  begin: (method: MfaMethod, phone?: string) => Promise<Begun>;
  finish: (code: string) => Promise<A>;
  onDone: (answer: A) => void;
  /** Asked for before a text message is sent; a number on file needs no typing. */
  phone: "ask" | "on-file";
}) {
  const [way, setWay] = useState<MfaMethod>(p.method ?? "totp");
  const [step, setStep] = useState<Step>({ at: "way" });
  const [phone, setPhone] = useState("");
  const begin = useAction(async (method: MfaMethod, number?: string) => {
    const begun = await p.begin(method, number);
    if ("sent_to" in begun) setStep({ at: "message", sentTo: begun.sent_to });
    else setStep({ at: "app", uri: begun.totp_uri, secret: begun.totp_secret });
  });
  const choose = (event: FormEvent) => {
    event.preventDefault();
    if (way === "text" && p.phone === "ask") setStep({ at: "phone" });
    else void begin.run(way);
  };
  const back = () => {
    begin.clear();
    setStep({ at: "way" });
  };
  if (step.at === "way")
    return (
      <form className="stack" onSubmit={choose} noValidate>
        {begin.problem && <ProblemBox problem={begin.problem} />}
        {!p.method && (
          <RadioGroup className="switch-group" value={way} onChange={(value) => setWay(value as MfaMethod)}>
            <Label className="field-label">{texts.way}</Label>
            {(["totp", "text"] as const).map((id) => (
              <Radio key={id} value={id} className="radio">
                <span className="radio-dot" />
                <span>
                  {texts.ways[id].name}
                  <span className="radio-description">{texts.ways[id].hint}</span>
                </span>
              </Radio>
            ))}
          </RadioGroup>
        )}
        <Button type="submit" look="primary" busy={begin.busy}>
          {p.method === "text" ? texts.sendText : texts.continue}
        </Button>
      </form>
    );
  if (step.at === "phone")
    return (
      <form
        className="stack"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          void begin.run("text", phone.trim() || undefined);
        }}
      >
        {begin.problem && !phoneComplaint(begin.problem) && <ProblemBox problem={begin.problem} />}
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
          error={phoneComplaint(begin.problem)}
        />
        <Button type="submit" look="primary" busy={begin.busy}>
          {texts.sendText}
        </Button>
        <Button look="quiet" onPress={back}>
          {texts.back}
        </Button>
      </form>
    );
  return (
    <>
      {step.at === "app" ? <AppKey uri={step.uri} secret={step.secret} /> : <p>{texts.sentTo(step.sentTo)}</p>}
      <CodeForm
        method={step.at === "app" ? "totp" : "text"}
        verify={p.finish}
        onDone={p.onDone}
        {...(p.method ? {} : { onBack: back })}
      />
    </>
  );
}

function phoneComplaint(problem: ApiProblem | undefined): string | undefined {
  if (!problem) return undefined;
  if (problem.code === "phone_required") return texts.enterPhone;
  return problem.errors.find((entry) => entry.field === "phone")?.detail;
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
      {verify.problem && !wrong && <ProblemBox problem={verify.problem} />}
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
