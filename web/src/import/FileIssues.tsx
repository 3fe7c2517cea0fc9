import { byteLimitWords } from "./profile";
import { sentenceCase } from "./sentence";
import { sheetTexts } from "./sheetTexts";
import { texts } from "./texts";
import type { Issue } from "./validator";

/** What is wrong with the sheet as a whole: the validator's words, and what to do about it. */
export function FileIssues({ issues }: { issues: readonly Issue[] }) {
  return (
    <ul className="file-issues">
      {issues.map((issue) => (
        <li key={`${issue.code}:${issue.message}`}>
          {words(issue)} <span className="muted">{texts.advice[issue.code] ?? texts.adviceOtherwise}</span>
        </li>
      ))}
    </ul>
  );
}

/** The validator's words; a limit of bytes in the unit in which people know it. */
function words(issue: Issue): string {
  const { limit } = issue.params;
  return issue.code === "too_large" && typeof limit === "number"
    ? sheetTexts.source.tooLarge(byteLimitWords(limit))
    : sentenceCase(issue.message);
}
