import { type ReactNode, useEffect, useState } from "react";
import { announce, Button, NoteIcon, WarningIcon } from "../ui";
import { type Findings, nothingFound, type Odd, type Offer, readFindings } from "./findings";
import { useSheet } from "./Grid";
import "./notes.css";
import { isRepaired } from "./reading";
import { sentenceCase, visibleBlanks } from "./sentence";
import type { Focus, SheetSession } from "./session";
import { sheetTexts } from "./sheetTexts";
import { count } from "./texts";

const t = sheetTexts.notes;
const columns = sheetTexts.mapping;
/** So many stand on the page; the others open on demand. */
const SHOWN = 3;

interface Note {
  readonly key: string;
  readonly tone: "plain" | "warning";
  readonly text: ReactNode;
  readonly actions: ReactNode;
}

/** What there is to know of the sheet as a whole, calmly, each with what one can do about it in one go. */
export function SheetNotes(props: {
  session: SheetSession;
  /** Its columns are read as last time; this reads them by their titles again. */
  onForget: (() => void) | null;
  /** Null where there are no columns to change: rows entered by hand. */
  onColumns: (() => void) | null;
  onShow: (at: Focus) => void;
}) {
  const { session, onColumns, onForget } = props;
  const findings = useFindings(session);
  const state = useSheet(session);
  const [all, setAll] = useState(false);
  const { info } = session;
  const notes: Note[] = [];
  const columnsButton = onColumns !== null && (
    <Button look="quiet" onPress={onColumns}>
      {columns.review}
    </Button>
  );

  if (isRepaired(info))
    notes.push({ key: "repaired", tone: "plain", text: t.repaired(state.counts.rows), actions: null });
  if (onForget !== null)
    notes.push({
      key: "remembered",
      tone: "plain",
      text: columns.remembered,
      actions: (
        <Button look="quiet" onPress={onForget}>
          {columns.detectedAgain}
        </Button>
      ),
    });
  for (const issue of state.issues.filter(({ severity }) => severity === "warning"))
    notes.push({
      key: `${issue.code} ${issue.message}`,
      tone: "plain",
      text: sentenceCase(issue.message),
      actions: issue.code === "column_repeated" && columnsButton,
    });
  for (const odd of findings.odd) notes.push(oddNote(odd, session));
  for (const offer of findings.offers)
    if (offer.rows > 1) notes.push(offerNote(offer, findings, session, props.onShow));
  if (onColumns !== null && !state.edited && findings.suspect !== null)
    notes.push({
      key: "suspect",
      tone: "warning",
      text: columns.suspect(titleOf(session, findings.suspect)),
      actions: columnsButton,
    });

  if (notes.length === 0) return null;
  const shown = all ? notes : notes.slice(0, SHOWN);
  return (
    <section className="notes" aria-label={t.label}>
      <ul>
        {shown.map((note) => (
          <li key={note.key} className="note" data-tone={note.tone}>
            {note.tone === "warning" ? <WarningIcon /> : <NoteIcon />}
            <span className="note-text">{note.text}</span>
            {note.actions}
          </li>
        ))}
      </ul>
      {notes.length > SHOWN && (
        <button type="button" className="note-more" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? t.fewer : t.more(notes.length - SHOWN)}
        </button>
      )}
    </section>
  );
}

function titleOf(session: SheetSession, field: string): string {
  return session.info.fields.find((each) => each.field === field)?.title ?? field;
}

function oddNote(odd: Odd, session: SheetSession): Note {
  const n = odd.positions.length;
  const numbers = odd.numbers.map((number) => count(number));
  const rows = n > numbers.length ? t.andMore(numbers, n - numbers.length) : numbers.join(", ");
  const remove = async () => {
    await session.remove(odd.positions);
    announce(t.removedOdd(n));
  };
  return {
    key: odd.code,
    tone: "warning",
    text: t.odd[odd.code]?.(n, rows),
    actions: <Button onPress={() => void remove()}>{t.removeOdd(n)}</Button>,
  };
}

function offerNote(offer: Offer, findings: Findings, session: SheetSession, onShow: (at: Focus) => void): Note {
  const title = titleOf(session, offer.field);
  const take = async () => {
    const change = await session.fixAll(offer.code, offer.field);
    announce(t.taken(change.changed.length));
  };
  return {
    key: `${offer.code} ${offer.field}`,
    tone: "plain",
    text: (
      <>
        {t.offers[offer.code]?.(offer.rows) ?? t.otherOffer(offer.rows, title, offer.message)}
        {!findings.complete && "+"}:{" "}
        <span className="note-change">
          <del>
            <bdi>{visibleBlanks(offer.before)}</bdi>
          </del>{" "}
          <span aria-hidden="true">→</span> <bdi>{offer.after}</bdi>
        </span>
      </>
    ),
    actions: (
      <>
        <Button look="quiet" onPress={() => onShow(offer.at)}>
          {t.show}
        </Button>
        <Button onPress={() => void take()}>{t.takeAll(offer.rows)}</Button>
      </>
    ),
  };
}

/** Read again behind every change; what was found last stays until then. */
function useFindings(session: SheetSession): Findings {
  const { edits } = useSheet(session);
  const [found, setFound] = useState<{ session: SheetSession; findings: Findings } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a changed sheet has other problems
  useEffect(() => {
    let current = true;
    const timer = setTimeout(() => {
      readFindings(session).then(
        (findings) => {
          if (current) setFound({ session, findings });
        },
        // Where the worker has ended, the step says so.
        () => undefined,
      );
    }, 250);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [session, edits]);
  return found?.session === session ? found.findings : nothingFound;
}
