import { useCallback } from "react";
import { api } from "../../api/client";
import { ApiProblem } from "../../api/problem";
import type { AuditEvent, Id } from "../../api/types";
import { ChangeList } from "../../audit/ChangeList";
import { changesOf } from "../../audit/changes";
import { texts as a } from "../../audit/texts";
import { useEvents } from "../../audit/useEvents";
import { useNames } from "../../audit/useNames";
import { actionText, changedFields, type Names } from "../../audit/words";
import { Button, Skeleton } from "../../ui/controls";
import { ProblemBox } from "../../ui/problem";
import { Time } from "../../ui/time";
import { texts as t } from "../texts";

/** Everything that was done to one person, newest first: who, when, and what it was before. */
export function HistoryTab({ id, organization }: { id: Id; organization: Id | null }) {
  const fetchPage = useCallback(
    (cursor: string | undefined, signal: AbortSignal) => api.userAudit(id, cursor, signal),
    [id],
  );
  const { state, more, reload } = useEvents(fetchPage);
  const names = useNames(organization);
  if (state.at === "loading") return <Skeleton width="70%" />;
  if (state.at === "failed") return <ProblemBox problem={state.problem} retry={reload} />;
  if (state.items.length === 0) return <p className="muted">{t.history.empty}</p>;
  return (
    <>
      <ol className="timeline history">
        {state.items.map((event) => (
          <HistoryItem key={event.id} event={event} names={names} />
        ))}
      </ol>
      {state.more instanceof ApiProblem && <ProblemBox problem={state.more} retry={more} />}
      {state.cursor && !(state.more instanceof ApiProblem) && (
        <div>
          <Button busy={state.more === "loading"} onPress={more}>
            {t.history.more}
          </Button>
        </div>
      )}
    </>
  );
}

/** More values than these are unfolded on demand. */
const FEW = 4;

function HistoryItem({ event, names }: { event: AuditEvent; names: Names }) {
  const changes = changesOf(event.before, event.after);
  const list = <ChangeList changes={changes} names={names} />;
  return (
    <li data-tone={event.action.endsWith(".deleted") || event.action.endsWith(".deactivated") ? "bad" : "done"}>
      <div className="history-item">
        <strong>{actionText(event.action)}</strong>
        <span className="muted">
          {event.actor ? (event.actor.name ?? event.actor.id) : a.nobody} · <Time at={event.at} />
          {event.source && <span className="numeric"> · {event.source}</span>}
        </span>
        {changes.length > 0 &&
          (changes.length > FEW ? (
            <details>
              <summary>{changedFields(changes, names)}</summary>
              {list}
            </details>
          ) : (
            list
          ))}
      </div>
    </li>
  );
}
