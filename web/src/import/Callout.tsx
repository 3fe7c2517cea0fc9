import { Button, ErrorIcon } from "../ui";
import { changeOf, isDoubt, suggestion } from "./findings";
import { sentenceCase, visibleBlanks } from "./sentence";
import type { SheetSession } from "./session";
import { sheetTexts } from "./sheetTexts";
import { texts } from "./texts";
import { type Cell, cellText, textBefore } from "./validator";

/** What the validator says of a cell, right under it, with what one can do about it. */
export function Callout(props: {
  cell: Cell | undefined;
  /** Null where it is about the row as a whole. */
  field: string | null;
  position: number;
  session: SheetSession;
  left: number;
  top: number;
  above: boolean;
  editable: boolean;
  onHover: (inside: boolean) => void;
  onDone: () => void;
}) {
  const { cell, field, position, session } = props;
  if (cell === undefined) return null;
  const { issues } = cell;
  const errors = issues.filter((issue) => issue.severity === "error");
  const before = errors.length === 0 ? textBefore(cell) : null;
  const corrected = before !== null;
  if (issues.length === 0 && !corrected && cell.kept !== true) return null;
  const offered = suggestion(issues);
  const row = session.row(position);
  const change =
    offered === undefined || field === null || row === undefined || cell.kept === true
      ? null
      : changeOf(row, field, offered);
  const t = texts.check;
  const done = (work: Promise<unknown>) => void work.then(props.onDone);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: hovering only keeps it open
    <div
      className="callout"
      data-tone={errors.length > 0 ? "danger" : "plain"}
      data-above={props.above || undefined}
      style={{ left: props.left, top: props.top }}
      onMouseEnter={() => props.onHover(true)}
      onMouseLeave={() => props.onHover(false)}
    >
      {(errors.length > 0 ? errors : issues).map((issue) => (
        <p key={`${issue.code}:${issue.message}`} className="callout-line">
          {issue.severity === "error" && <ErrorIcon size={14} />}
          <span>{sentenceCase(issue.message)}</span>
        </p>
      ))}
      {before !== null && <Change before={before} after={cellText(cell)} />}
      {change !== null && <Change {...change} />}
      {cell.kept === true && <p className="muted">{issues.length > 0 ? t.keptNote : sheetTexts.cell.kept}</p>}
      {props.editable && field !== null && (offered !== undefined || corrected) && (
        <div className="callout-actions">
          {offered !== undefined && change !== null && (
            <>
              <Button slot={null} onPress={() => done(session.takeCorrection(position, field))}>
                {t.use(change.after)}
                <kbd>Alt ↵</kbd>
              </Button>
              {isDoubt(offered) && (
                <Button slot={null} look="quiet" onPress={() => done(session.refuseCorrection(position, field))}>
                  {sheetTexts.cell.keep}
                  <kbd>Alt ⌫</kbd>
                </Button>
              )}
              <Button slot={null} look="quiet" onPress={() => done(session.fixAll(offered.code, field))}>
                {t.fixAll}
              </Button>
            </>
          )}
          {corrected && (
            <Button slot={null} look="quiet" onPress={() => done(session.refuseCorrection(position, field))}>
              {t.keepOriginal}
              <kbd>Alt ↵</kbd>
            </Button>
          )}
          {cell.kept === true && offered !== undefined && (
            <Button slot={null} onPress={() => done(session.takeCorrection(position, field))}>
              {t.takeCorrection}
              <kbd>Alt ↵</kbd>
            </Button>
          )}
        </div>
      )}
    </div>
  );
}

function Change({ before, after }: { before: string; after: string }) {
  return (
    <p className="callout-change">
      <del className="mono">
        <bdi>{visibleBlanks(before)}</bdi>
      </del>{" "}
      <span className="muted">→</span> <bdi className="mono">{after}</bdi>
    </p>
  );
}
