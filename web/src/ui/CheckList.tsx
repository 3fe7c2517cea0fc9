import { type ReactNode, useId, useState } from "react";
import { texts } from "../texts/en";
import { Checkbox, type Option } from "./controls";
import { has } from "./find";
import { ErrorIcon } from "./icons";

/** More options than these can be searched. */
const READABLE = 8;

export interface CheckOption extends Option {
  /** Why it cannot be ticked or unticked. */
  disabled?: string | undefined;
}

/** Any of several options, each with its own tick; a long list has a filter and scrolls within itself. */
export function CheckList(p: {
  label: string;
  options: CheckOption[];
  value: readonly string[];
  onChange: (ids: string[]) => void;
  optional?: boolean;
  error?: ReactNode;
  hint?: ReactNode;
  /** Said where there is nothing to choose from. */
  empty: string;
  filterLabel: string;
  noMatch: string;
}) {
  const [filter, setFilter] = useState("");
  const error = useId();
  const shown = p.options.filter((option) => has(option.name, filter));
  const chosen = new Set(p.value);
  return (
    <fieldset className="check-list" aria-describedby={p.error ? error : undefined}>
      <legend className="field-label">
        {p.label} {p.optional && <span className="field-optional">{texts.common.optional}</span>}
      </legend>
      {p.options.length === 0 && <p className="field-hint">{p.empty}</p>}
      {p.options.length > READABLE && (
        <input
          type="search"
          className="input"
          aria-label={p.filterLabel}
          placeholder={p.filterLabel}
          value={filter}
          spellCheck="false"
          autoComplete="off"
          onChange={(event) => setFilter(event.target.value)}
          onKeyDown={(event) => {
            // Enter chooses what is left of the list; it does not send the form.
            if (event.key !== "Enter") return;
            event.preventDefault();
            const [only] = shown;
            if (shown.length === 1 && only && !only.disabled && !chosen.has(only.id)) p.onChange([...p.value, only.id]);
          }}
        />
      )}
      {p.options.length > 0 && (
        <div className="check-options" data-long={p.options.length > READABLE ? "" : undefined}>
          {shown.map((option) => (
            <Checkbox
              key={option.id}
              isSelected={chosen.has(option.id)}
              isDisabled={Boolean(option.disabled)}
              onChange={(on) => p.onChange(on ? [...p.value, option.id] : p.value.filter((id) => id !== option.id))}
            >
              <span>
                {option.name}
                {(option.disabled ?? option.description) && (
                  <span className="radio-description">{option.disabled ?? option.description}</span>
                )}
              </span>
            </Checkbox>
          ))}
          {shown.length === 0 && <p className="field-hint">{p.noMatch}</p>}
        </div>
      )}
      {p.error ? (
        <span className="field-error" role="alert" id={error}>
          <ErrorIcon size={14} />
          <span>{p.error}</span>
        </span>
      ) : (
        p.hint && <span className="field-hint">{p.hint}</span>
      )}
    </fieldset>
  );
}
