import type { ReactNode } from "react";
import type { ApiProblem } from "../api/problem";
import { texts } from "../texts/en";
import { Button } from "./controls";
import { ErrorIcon } from "./icons";
import { span } from "./span";

/** What failed and what to do next, shown beside it. */
export function ProblemBox({
  problem,
  retry,
  children,
  words,
}: {
  problem: ApiProblem;
  retry?: (() => void) | undefined;
  children?: ReactNode;
  /** What a code means just here, and what fields are called. */
  words?: { problems?: Record<string, { title: string; detail: string }>; fields?: Record<string, string> };
}) {
  const known = words?.problems?.[problem.code] ?? texts.problems[problem.code];
  return (
    <div className="problem" role="alert">
      <ErrorIcon />
      <div className="problem-body">
        <div className="problem-title">{known?.title ?? problem.title}</div>
        <div>{known?.detail ?? (problem.detail || texts.common.tryAgainLater)}</div>
        {problem.errors.length > 0 && (
          <ul>
            {problem.errors.map((error) => (
              <li key={`${error.field}:${error.code}`}>
                {words?.fields?.[error.field] ?? texts.fields[error.field] ?? error.field}: {error.detail}
              </li>
            ))}
          </ul>
        )}
        {problem.retryAfter !== null && <div>{texts.common.tryAgainIn(span(problem.retryAfter))}</div>}
        {problem.requestId && (
          <div className="muted">
            {texts.common.requestId} <code>{problem.requestId}</code>
          </div>
        )}
        {(children || retry) && (
          <div className="row wrap">
            {children}
            {retry && <Button onPress={retry}>{texts.common.tryAgain}</Button>}
          </div>
        )}
      </div>
    </div>
  );
}
