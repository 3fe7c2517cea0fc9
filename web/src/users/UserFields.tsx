import { useEffect, useRef, useState } from "react";
import type { ApiProblem } from "../api/problem";
import { texts } from "../texts/en";
import { Checkbox, Field, SelectField } from "../ui/controls";
import { ErrorIcon } from "../ui/icons";
import type { FieldVerdict, FormRules } from "../validator/fields";

export type TextFieldName = "first_name" | "last_name" | "email" | "phone";
const TEXT_FIELDS: TextFieldName[] = ["first_name", "last_name", "email", "phone"];

export interface UserDraft {
  texts: Record<TextFieldName, string>;
  roles: string[];
}

export const emptyDraft: UserDraft = { texts: { first_name: "", last_name: "", email: "", phone: "" }, roles: [] };

const shape = {
  first_name: { type: "text", autoComplete: "off" },
  last_name: { type: "text", autoComplete: "off" },
  email: { type: "email", autoComplete: "off", inputMode: "email" },
  phone: { type: "tel", autoComplete: "off", inputMode: "tel" },
} as const;

const verdictOf = (rules: FormRules, field: string, text: string): FieldVerdict => rules.check(field, text);

/**
 * Whether the validator takes every field; roles too where the profile wants one. What stands as it was `before`
 * is not asked about again: it may have been taken under other rules.
 */
export function accepted(rules: FormRules, draft: UserDraft, before?: UserDraft): boolean {
  return (
    fieldsOf(rules).every(
      ({ field }) =>
        draft.texts[field] === before?.texts[field] || verdictOf(rules, field, draft.texts[field]).status !== "refused",
    ) && !(rules.needsRole && draft.roles.length === 0 && before?.roles.length !== 0)
  );
}

function fieldsOf(rules: FormRules) {
  return TEXT_FIELDS.flatMap((field) => {
    const rule = rules.fields.find((entry) => entry.field === field);
    return rule ? [{ ...rule, field }] : [];
  });
}

/** The fields that the profile has, each with the validator's verdict under it once the person has been there. */
export function UserFields(p: {
  rules: FormRules;
  draft: UserDraft;
  onChange: (draft: UserDraft) => void;
  /** What is stored now, where there is something. */
  before?: UserDraft;
  /** The person has tried to send the form: every verdict is shown. */
  tried: boolean;
  problem: ApiProblem | undefined;
  autoFocus?: boolean;
  emailNote?: string | undefined;
}) {
  const [visited, setVisited] = useState<ReadonlySet<string>>(new Set());
  const role = p.rules.fields.find((rule) => rule.field === "role");
  const options = role?.options ?? [];
  const refusedByServer = (field: string) =>
    field === "email" && p.problem?.code === "email_taken"
      ? texts.problems.email_taken?.title
      : p.problem?.errors.find((error) => error.field === field)?.detail;
  const roleError =
    refusedByServer("role") ??
    refusedByServer("roles") ??
    (p.tried && p.rules.needsRole && p.draft.roles.length === 0 ? texts.users.form.chooseRole : undefined);

  const box = useRef<HTMLDivElement>(null);
  // What the server refused is where the person goes on.
  useEffect(() => {
    if (p.problem) box.current?.querySelector<HTMLElement>("[aria-invalid=true]")?.focus();
  }, [p.problem]);

  return (
    <div className="stack" ref={box}>
      {fieldsOf(p.rules).map((rule, index) => {
        const text = p.draft.texts[rule.field];
        const judged = (p.tried || visited.has(rule.field)) && text !== p.before?.texts[rule.field];
        const verdict = judged ? verdictOf(p.rules, rule.field, text) : null;
        const issue = verdict?.issues[0];
        const error = verdict?.status === "refused" ? issue?.message : refusedByServer(rule.field);
        const corrected = verdict?.status === "corrected" ? verdict.value : null;
        return (
          <Field
            key={rule.field}
            {...shape[rule.field]}
            label={texts.fields[rule.field] ?? rule.title}
            optional={!rule.required}
            value={text}
            autoFocus={(p.autoFocus ?? false) && index === 0}
            onChange={(value) => p.onChange({ ...p.draft, texts: { ...p.draft.texts, [rule.field]: value } })}
            onBlur={() => {
              if (text !== "") setVisited(new Set(visited).add(rule.field));
            }}
            error={error}
            note={
              corrected !== null
                ? texts.users.form.keepsOriginal(String(corrected))
                : rule.field === "email"
                  ? p.emailNote
                  : undefined
            }
          />
        );
      })}
      {options.length > 0 &&
        (role?.multiple ? (
          <fieldset className="role-choice">
            <legend className="field-label">
              {texts.users.form.roles}{" "}
              {!p.rules.needsRole && <span className="field-optional">{texts.common.optional}</span>}
            </legend>
            {options.map((option) => (
              <Checkbox
                key={option.id}
                isSelected={p.draft.roles.includes(option.id)}
                onChange={(on) =>
                  p.onChange({
                    ...p.draft,
                    roles: on ? [...p.draft.roles, option.id] : p.draft.roles.filter((id) => id !== option.id),
                  })
                }
              >
                {option.name}
              </Checkbox>
            ))}
            {roleError && (
              <span className="field-error" role="alert">
                <ErrorIcon size={14} />
                {roleError}
              </span>
            )}
          </fieldset>
        ) : (
          <SelectField
            label={texts.users.form.role}
            value={p.draft.roles[0] ?? null}
            onChange={(id) => p.onChange({ ...p.draft, roles: [id] })}
            options={options}
            optional={!p.rules.needsRole}
            error={roleError}
          />
        ))}
    </div>
  );
}

/** A problem that belongs to a field is shown there; any other needs a box of its own. */
export function besideFields(problem: ApiProblem | undefined): ApiProblem | undefined {
  return problem && problem.errors.length === 0 && problem.code !== "email_taken" ? problem : undefined;
}
