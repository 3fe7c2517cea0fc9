import { describe, expect, test } from "vitest";
import type { SignInAnswer } from "../account/api";
import { stepAfter, typedCode } from "./flow";
import { texts } from "./texts";

describe("what comes after an answer", () => {
  test.each([
    ["nothing is missing", { next: null }, { at: "done" }],
    [
      "a code, by the authenticator first",
      { next: "verify_mfa", methods: ["text", "totp", "recovery"] },
      { at: "code", methods: ["text", "totp", "recovery"], method: "totp" },
    ],
    [
      "a code, where text messages are all there is",
      { next: "verify_mfa", methods: ["text", "recovery"] },
      { at: "code", methods: ["text", "recovery"], method: "text" },
    ],
    [
      "a password of one's own, by the organization's rules",
      { next: "change_password", password_policy: { min_length: 20 } },
      { at: "first-password", policy: { min_length: 20 } },
    ],
    [
      "a second factor, of those that may be set up",
      { next: "enrol_mfa", methods: ["totp"] },
      { at: "enrol", methods: ["totp"] },
    ],
  ] as [string, SignInAnswer, unknown][])("%s", (_name, answer, expected) => {
    expect(stepAfter(answer)).toEqual(expected);
  });
});

describe("a code as it is typed", () => {
  test.each([
    ["three digits are not all of it", "123", "totp", "123", false],
    ["a blank in the middle helps to read", "123 456", "totp", "123456", true],
    ["so does a dash", "123-456", "text", "123456", true],
    ["a recovery code keeps its dash and is sent by hand", " abcd-efgh ", "recovery", "abcd-efgh", false],
    ["a recovery code of six digits is sent by hand too", "123456", "recovery", "123456", false],
  ] as const)("%s", (_name, text, method, code, whole) => {
    expect(typedCode(text, method)).toEqual({ code, whole });
  });
});

test.each([
  [null, "Wait a while"],
  [0, "1 second."],
  [1, "1 second."],
  [59, "59 seconds."],
  [60, "1 minute."],
  [61, "2 minutes."],
  [600, "10 minutes."],
  [5400, "2 hours."],
  [86_400, "24 hours."],
])("a lock of %s seconds is said as %s", (seconds, words) => {
  expect(texts.tooMany(seconds)).toContain(words);
});
