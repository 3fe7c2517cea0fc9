import type { CodeMethod, SignInAnswer } from "../account/api";
import type { MfaMethod } from "../api/types";
import type { PasswordPolicy } from "../password/quality";

/** Where somebody stands on the way in. Each answer of the server leads to the next step. */
export type Step =
  | { at: "credentials" }
  | { at: "forgot" }
  | { at: "asked" }
  | { at: "code"; methods: CodeMethod[]; method: CodeMethod }
  | { at: "first-password"; policy: PasswordPolicy }
  | { at: "enrol"; methods: MfaMethod[] }
  /** The codes are seen once: they stay until somebody says that they are kept. */
  | { at: "recovery"; codes: string[]; next: "done" | "credentials" }
  | { at: "done" };

/** The step that an answer asks for. */
export function stepAfter(answer: SignInAnswer): Step {
  switch (answer.next) {
    case null:
      return { at: "done" };
    case "verify_mfa": {
      const { methods } = answer;
      return { at: "code", methods, method: methods.includes("totp") ? "totp" : (methods[0] ?? "totp") };
    }
    case "change_password":
      return { at: "first-password", policy: answer.password_policy };
    case "enrol_mfa":
      return { at: "enrol", methods: answer.methods };
  }
}

/** A code as it was typed, without the blanks and dashes that help to read it; six digits send themselves. */
export function typedCode(text: string, method: CodeMethod): { code: string; whole: boolean } {
  if (method === "recovery") return { code: text.trim(), whole: false };
  const code = text.replace(/[\s-]/g, "");
  return { code, whole: /^\d{6}$/.test(code) };
}
