import { expect, test } from "vitest";
import { ApiProblem } from "./problem";

test.each([
  ["seconds", { "retry-after": "583" }, 583],
  ["nothing said", {}, null],
  ["a date, which is not ours", { "retry-after": "Sat, 21 Nov 2026 12:00:00 GMT" }, null],
])("how long to wait: %s", async (_name, headers, expected) => {
  const answer = Response.json({ code: "too_many_attempts" }, { status: 429, headers: headers as HeadersInit });
  const problem = await ApiProblem.from(answer);
  expect([problem.code, problem.retryAfter]).toEqual(["too_many_attempts", expected]);
});
