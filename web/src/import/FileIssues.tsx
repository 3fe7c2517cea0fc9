import { sentenceCase } from "./sentence";
import { texts } from "./texts";
import type { Issue } from "./validator";

/** What is wrong with the sheet as a whole: the validator's words, and what to do about it. */
export function FileIssues({ issues }: { issues: readonly Issue[] }) {
  return (
    <ul className="file-issues">
      {issues.map((issue) => (
        <li key={`${issue.code}:${issue.message}`}>
          {sentenceCase(issue.message)}{" "}
          <span className="muted">{texts.advice[issue.code] ?? texts.adviceOtherwise}</span>
        </li>
      ))}
    </ul>
  );
}
