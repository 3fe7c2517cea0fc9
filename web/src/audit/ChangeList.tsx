import type { ReactNode } from "react";
import { type Change, difference, isNothing } from "./changes";
import { texts as t } from "./texts";
import { fieldText, type Names, valueText } from "./words";
import "./audit.css";

/** What it was and what it is now, value by value; of a list, what came and what went. */
export function ChangeList(p: {
  changes: readonly Change[];
  names: Names;
  /** Something to say or do about one of them. */
  extra?: (change: Change) => ReactNode;
}) {
  return (
    <dl className="changes">
      {p.changes.map((change) => (
        <div key={change.field} className="change">
          <dt>{fieldText(change.field, p.names)}</dt>
          <dd>
            <Values change={change} names={p.names} />
            {p.extra?.(change)}
          </dd>
        </div>
      ))}
    </dl>
  );
}

function Values({ change, names }: { change: Change; names: Names }) {
  const text = (value: unknown) => valueText(change.field, value, names);
  const lists = difference(change.before, change.after);
  if (lists)
    return (
      <span className="change-values">
        {lists.removed.map((value) => (
          <del key={text(value)}>
            <span className="visually-hidden">{t.removed} </span>
            {text(value)}
          </del>
        ))}
        {lists.added.map((value) => (
          <ins key={text(value)}>
            <span className="visually-hidden">{t.added} </span>
            <span aria-hidden="true">+ </span>
            {text(value)}
          </ins>
        ))}
      </span>
    );
  return (
    <span className="change-values">
      {change.before !== undefined && (
        <>
          {isNothing(change.before) ? (
            <span className="muted">{t.nothing}</span>
          ) : (
            <del>
              <span className="visually-hidden">{t.was} </span>
              {text(change.before)}
            </del>
          )}
          <span className="muted" aria-hidden="true">
            →
          </span>
        </>
      )}
      <ins>
        <span className="visually-hidden">{t.now} </span>
        {text(change.after)}
      </ins>
    </span>
  );
}
