import { type FormEvent, useId, useState } from "react";
import { Field, ModalDialog } from "../ui";
import { sheetTexts } from "./sheetTexts";
import { count } from "./texts";
import { wholeNumber } from "./wholeNumber";

const t = sheetTexts.byHand;
/** As many empty rows as are kept track of at once; the profile may allow fewer. */
export const MOST_AT_ONCE = 1000;

/** Asks how many rows are wanted. */
export function RowCountDialog(props: {
  title: string;
  /** How many the rules allow in all. */
  limit: number | null;
  usual: number;
  button: (rows: number) => string;
  onCount: (rows: number) => void;
  onClose: () => void;
}) {
  const most = Math.min(props.limit ?? MOST_AT_ONCE, MOST_AT_ONCE);
  const [text, setText] = useState(String(Math.min(props.usual, most)));
  const rows = wholeNumber(text, most);
  const form = useId();
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (rows !== null) props.onCount(rows);
  };
  return (
    <ModalDialog
      title={props.title}
      onClose={props.onClose}
      actions={[
        { label: t.cancel, onPress: props.onClose },
        { label: props.button(rows ?? 0), look: "primary", submit: form, disabled: rows === null },
      ]}
    >
      <form id={form} className="stack" onSubmit={submit}>
        <Field
          label={t.count}
          value={text}
          onChange={setText}
          inputMode="numeric"
          autoFocus
          maxLength={6}
          hint={t.hint(count(most))}
          error={rows === null && text !== "" ? t.notANumber(count(most)) : undefined}
        />
      </form>
    </ModalDialog>
  );
}
