import { request } from "../api/client";
import type { Id, Me, MfaMethod, MySettings, OpenSession, SessionTimes } from "../api/types";
import type { PasswordPolicy } from "../password/quality";

/** How a code may be had at sign-in. */
export type CodeMethod = MfaMethod | "recovery";

/** What is still missing before a session is whole; null: nothing. */
export type SignInAnswer =
  | { next: null }
  /** How the code may be had. */
  | { next: "verify_mfa"; methods: CodeMethod[] }
  /** What the new one must be. */
  | { next: "change_password"; password_policy: PasswordPolicy }
  /** What may be set up. */
  | { next: "enrol_mfa"; methods: MfaMethod[] };

/** A second factor that waits for its first code: an authenticator's secret, or the end of a phone number. */
export type Enrolment = { totp_uri: string; totp_secret: string } | { sent_to: string };

export type MyPatch = Partial<MySettings & { phone: string | null }>;

/** What people do to their own account and sessions, and on the way in. */
export const account = {
  signIn: (email: string, password: string) =>
    request<SignInAnswer>("POST", "/v1/sessions", { json: { email, password } }),
  verifyCode: (code: string, method: CodeMethod) =>
    request<SignInAnswer>("POST", "/v1/sessions/mfa", { json: { code, method } }),
  /** Sends a code to the phone on file; says how its number ends. */
  sendText: () => request<{ sent_to: string }>("POST", "/v1/sessions/mfa/text", { json: {} }),
  chooseFirstPassword: (password: string) =>
    request<SignInAnswer>("POST", "/v1/sessions/password", { json: { password } }),
  beginFirstEnrolment: (method: MfaMethod, phone?: string) =>
    request<Enrolment>("POST", "/v1/sessions/enrolment", { json: { method, ...(phone ? { phone } : {}) } }),
  finishFirstEnrolment: (code: string) =>
    request<{ next: null; recovery_codes: string[] }>("POST", "/v1/sessions/enrolment/verify", { json: { code } }),
  /** Answers the same for every address. */
  askForReset: (email: string) => request<void>("POST", "/v1/password-resets", { json: { email } }),
  /** Says that somebody is there. */
  keep: () => request<SessionTimes>("POST", "/v1/sessions/current/keep", { json: {} }),

  update: (me: Me, patch: MyPatch) => request<Me>("PATCH", "/v1/me", { json: patch, ifMatch: me.user.version }),
  changePassword: (current: string, password: string) =>
    request<void>("POST", "/v1/me/password", { json: { current, password } }),
  beginEnrolment: (method: MfaMethod, password: string, phone?: string) =>
    request<Enrolment>("POST", "/v1/me/mfa", { json: { method, password, ...(phone ? { phone } : {}) } }),
  finishEnrolment: (code: string) =>
    request<{ recovery_codes: string[] }>("POST", "/v1/me/mfa/verify", { json: { code } }),
  newRecoveryCodes: (password: string) =>
    request<{ recovery_codes: string[] }>("POST", "/v1/me/mfa/recovery-codes", { json: { password } }),
  removeMethod: (method: MfaMethod, password: string) =>
    request<void>("DELETE", `/v1/me/mfa/${method}`, { json: { password } }),
  sessions: (signal?: AbortSignal) => request<{ items: OpenSession[] }>("GET", "/v1/sessions", { signal }),
  endSession: (id: Id) => request<void>("DELETE", `/v1/sessions/${encodeURIComponent(id)}`),
};
