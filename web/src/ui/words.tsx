import { type ReactNode, useId, useRef, useState } from "react";
import { Button as AriaButton } from "react-aria-components";
import { texts } from "../texts/en";
import { announce } from "./announce";
import { CloseIcon, ErrorIcon } from "./icons";

/** What stands in a text, at commas, semicolons and line ends; blanks at the ends are dropped. */
export function wordsIn(text: string): string[] {
  return text
    .split(/[,;\n\t]/)
    .map((word) => word.trim())
    .filter(Boolean);
}

/** The words with the new ones behind them, each once; `twice` was there already. */
export function withWords(words: readonly string[], text: string): { words: string[]; twice: string | null } {
  const next = [...words];
  let twice: string | null = null;
  for (const word of wordsIn(text)) {
    if (next.includes(word)) twice = word;
    else next.push(word);
  }
  return { words: next, twice };
}

/** A list of words: typed and ended by Enter or a comma, or pasted; Backspace in the empty box takes the last away. */
export function WordsField(p: {
  label: string;
  words: readonly string[];
  onChange: (words: string[]) => void;
  hint?: ReactNode;
  error?: ReactNode;
  optional?: string;
  placeholder?: string;
  disabled?: boolean;
}) {
  const [text, setText] = useState("");
  const [twice, setTwice] = useState<string | null>(null);
  const input = useRef<HTMLInputElement>(null);
  const id = useId();
  const t = texts.words;
  const add = (typed: string) => {
    const next = withWords(p.words, typed);
    setTwice(next.twice);
    setText("");
    if (next.words.length === p.words.length) return;
    announce(t.added(next.words.slice(p.words.length).join(", ")));
    p.onChange(next.words);
  };
  const remove = (word: string) => {
    setTwice(null);
    announce(t.removed(word));
    p.onChange(p.words.filter((each) => each !== word));
    input.current?.focus();
  };
  const error = p.error ?? (twice ? t.twice(twice) : undefined);
  const note = error || p.hint;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {p.label} {p.optional && <span className="field-optional">{p.optional}</span>}
      </label>
      <div className="words" data-invalid={error ? "" : undefined} data-still={p.disabled ? "" : undefined}>
        {p.words.length > 0 && (
          <ul className="row wrap" aria-label={p.label} style={{ display: "contents" }}>
            {p.words.map((word) => (
              <li key={word} className="word">
                {word}
                {!p.disabled && (
                  <AriaButton aria-label={t.remove(word)} onPress={() => remove(word)}>
                    <CloseIcon size={12} />
                  </AriaButton>
                )}
              </li>
            ))}
          </ul>
        )}
        <input
          ref={input}
          id={id}
          value={text}
          disabled={p.disabled ?? false}
          placeholder={p.disabled ? (p.words.length > 0 ? "" : "–") : (p.placeholder ?? t.placeholder)}
          spellCheck="false"
          autoComplete="off"
          aria-invalid={error ? true : undefined}
          aria-describedby={note ? `${id}-note` : undefined}
          onChange={(event) => {
            const typed = event.target.value;
            setTwice(null);
            if (/[,;\n]/.test(typed)) add(typed);
            else setText(typed);
          }}
          onPaste={(event) => {
            const pasted = event.clipboardData.getData("text/plain");
            // One word goes where the caret is; a column or a list becomes words.
            if (!/[,;\n\t]/.test(pasted)) return;
            event.preventDefault();
            add(`${text},${pasted}`);
          }}
          onBlur={() => {
            if (text.trim()) add(text);
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && text.trim()) {
              event.preventDefault();
              add(text);
            } else if (event.key === "Backspace" && text === "") {
              const last = p.words.at(-1);
              if (last !== undefined) remove(last);
            }
          }}
        />
      </div>
      {note && (
        <div id={`${id}-note`}>
          {error ? (
            <span className="field-error" role="alert">
              <ErrorIcon size={14} />
              <span>{error}</span>
            </span>
          ) : (
            <span className="field-hint">{p.hint}</span>
          )}
        </div>
      )}
    </div>
  );
}
