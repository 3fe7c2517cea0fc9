import { useMemo, useState } from "react";
import { Field } from "../ui/controls";
import { type PasswordPolicy, quality } from "./quality";
import { texts } from "./texts";
import "./password.css";

interface Props {
  label?: string;
  name: string;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
  autoFocus?: boolean;
  autoComplete: "current-password" | "new-password";
}

/** A password that can be looked at while it is typed. */
export function PasswordField(p: Props) {
  const [shown, setShown] = useState(false);
  const label = p.label ?? texts.password;
  return (
    <div className="password-field">
      <Field
        label={label}
        type={shown ? "text" : "password"}
        name={p.name}
        autoComplete={p.autoComplete}
        autoFocus={p.autoFocus ?? false}
        value={p.value}
        onChange={p.onChange}
        error={p.error}
      />
      <button type="button" className="reveal" aria-pressed={shown} onClick={() => setShown(!shown)}>
        {shown ? texts.hide : texts.show}
        <span className="visually-hidden"> {label}</span>
      </button>
    </div>
  );
}

/** A new password with its rules, met or not, and how strong it looks. What may be used is the server's to say. */
export function NewPasswordField(p: {
  value: string;
  onChange: (value: string) => void;
  policy: PasswordPolicy;
  /** Words of the person's own that the password should not be made of. */
  names: string[];
  error?: string | undefined;
  autoFocus?: boolean;
}) {
  const found = useMemo(() => quality(p.value, p.names, p.policy), [p.value, p.names, p.policy]);
  const blocked = (p.policy.blocked_words ?? []).length > 0;
  return (
    <div className="new-password">
      <PasswordField
        label={texts.fresh}
        name="new-password"
        autoComplete="new-password"
        autoFocus={p.autoFocus ?? false}
        value={p.value}
        onChange={p.onChange}
        error={p.error}
      />
      <div className="strength">
        <div className="meter" aria-hidden="true" data-level={p.value ? Math.max(1, found.strength) : 0}>
          <span />
          <span />
          <span />
          <span />
        </div>
        <span className="meter-word" role="status">
          {p.value && `${texts.strength}: ${texts.levels[found.strength]}`}
        </span>
      </div>
      <ul className="password-rules" aria-label={texts.rules}>
        <Rule met={found.long}>{texts.ruleLength(p.policy.min_length)}</Rule>
        <Rule met={found.long && found.uncommon}>
          {blocked ? `${texts.ruleUncommon}; ${texts.ruleBlocked.toLowerCase()}` : texts.ruleUncommon}
        </Rule>
      </ul>
      <p className="field-hint">{texts.advice}</p>
    </div>
  );
}

function Rule({ met, children }: { met: boolean; children: string }) {
  return (
    <li data-met={met ? "" : undefined}>
      {children}
      {met && <span className="visually-hidden"> ({texts.met})</span>}
    </li>
  );
}

/** Whose password it is: password managers file and find it under this. */
export function Username({ value }: { value: string }) {
  return (
    <input
      className="visually-hidden"
      name="username"
      autoComplete="username"
      value={value}
      readOnly
      tabIndex={-1}
      aria-hidden="true"
    />
  );
}
