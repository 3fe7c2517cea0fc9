import { request } from "../api/client";
import { type ApiProblem, asProblem } from "../api/problem";
import { DEFAULT_POLICY, type PasswordPolicy } from "../password/quality";
import { h } from "./dom";
import {
  addressField,
  copyButton,
  explain,
  facts,
  failedScreen,
  field,
  form,
  heading,
  newPasswordField,
  plainScreen,
  show,
  signInLink,
  speakTheirs,
  t,
  token,
  waiting,
  when,
} from "./page";
import { qrCode } from "./qr";

type DeadState = "expired" | "replaced" | "used" | "revoked" | "address_changed";

interface InvitationAnswer {
  state: "open" | DeadState;
  organization_name: string | null;
  inviter_name?: string | null;
  name?: string | null;
  email?: string | null;
  expires_at?: string | null;
  /** When it was replaced, used, revoked or its address changed. */
  replaced_at?: string | null;
  needs_phone?: boolean;
  needs_mfa?: boolean;
  language?: string | null;
  /** Only while it is open. */
  password_policy?: PasswordPolicy | null;
  next_step?: "accept" | "renew" | "open_newer_mail" | "sign_in" | "ask_administrator";
}

type Open = InvitationAnswer & { state: "open" };

/** Where the person stands. The link is spent only when `recovery` or `done` is reached. */
type State =
  | { at: "failed"; problem: ApiProblem }
  | { at: "invite"; invitation: Open }
  | { at: "password"; invitation: Open }
  | { at: "enrol"; invitation: Open; uri: string; secret: string }
  | { at: "recovery"; invitation: Open; codes: string[] }
  | { at: "done"; invitation: Open }
  | { at: "dead"; reason: DeadState | "notFound"; invitation: InvitationAnswer | null }
  | { at: "renewed" };

const path = `/v1/invitations/${encodeURIComponent(token)}`;
const go = (state: State) => show(() => screen(state));

function screen(state: State): HTMLElement {
  switch (state.at) {
    case "failed":
      return failedScreen(state.problem, () => void load());
    case "invite":
      return inviteScreen(state.invitation);
    case "password":
      return passwordScreen(state.invitation);
    case "enrol":
      return enrolScreen(state.invitation, state.uri, state.secret);
    case "recovery":
      return recoveryScreen(state.invitation, state.codes);
    case "done":
      return plainScreen(
        t.done.title,
        [t.done.body(state.invitation.organization_name ?? "Rollcall")],
        h("a", { class: "button primary", href: "/" }, t.done.go),
      );
    case "dead":
      return deadScreen(state.reason, state.invitation);
    case "renewed":
      return h("main", {}, heading(t.dead.renewedTitle), h("p", { role: "status" }, t.dead.renewed));
  }
}

function stepHeading(invitation: Open, step: number, text: string): HTMLElement {
  // With a second factor: password, authenticator, recovery codes; without, the password is all.
  const of = invitation.needs_mfa === false ? 1 : 3;
  const bar = h("div", { class: "steps", "aria-hidden": "true" });
  for (let i = 1; i <= of; i++) bar.append(h("span", { "data-on": i <= step }));
  return h("div", { class: "step-head" }, bar, h("p", { class: "muted" }, t.stepOf(step, of)), heading(text));
}

function inviteScreen(invitation: Open): HTMLElement {
  const organization = invitation.organization_name ?? "Rollcall";
  return h(
    "main",
    {},
    heading(
      invitation.inviter_name ? t.invite.titleBy(invitation.inviter_name, organization) : t.invite.title(organization),
    ),
    h("p", {}, t.invite.body),
    facts([
      [t.invite.person, invitation.name],
      [t.invite.address, invitation.email],
      [t.invite.until, invitation.expires_at && when(invitation.expires_at)],
    ]),
    h(
      "button",
      { class: "primary", type: "button", onclick: () => go({ at: "password", invitation }) },
      t.invite.accept,
    ),
    h("p", { class: "muted small" }, t.invite.unexpected),
  );
}

function passwordScreen(invitation: Open): HTMLElement {
  const password = newPasswordField(invitation.password_policy ?? DEFAULT_POLICY, [invitation.name, invitation.email]);
  const phone = invitation.needs_phone
    ? field("phone", t.password.phone, t.password.phoneHint, { type: "tel", autocomplete: "tel", inputmode: "tel" })
    : null;
  return h(
    "main",
    {},
    stepHeading(invitation, 1, t.password.title),
    form(
      t.password.continue,
      [addressField(invitation.email), password.box, phone?.box ?? null],
      phone ? { password, phone } : { password },
      () => {
        const noPassword = password.input.value === "";
        const noPhone = phone !== null && phone.input.value.trim() === "";
        if (noPassword) password.complain(t.password.missing);
        if (noPhone) phone.complain(t.password.phoneMissing);
        if (noPassword || noPhone) return undefined;
        return accept(invitation, password.input.value, phone?.input.value.trim());
      },
      () => void load(),
    ),
  );
}

async function accept(invitation: Open, password: string, phone: string | undefined): Promise<void> {
  const answer = await request<{ next: "enrol_mfa" | null; totp_uri?: string; totp_secret?: string }>(
    "POST",
    `${path}/accept`,
    { json: phone ? { password, phone } : { password } },
  );
  if (answer.next === "enrol_mfa")
    go({ at: "enrol", invitation, uri: answer.totp_uri ?? "", secret: answer.totp_secret ?? "" });
  else go({ at: "done", invitation });
}

function enrolScreen(invitation: Open, uri: string, secret: string): HTMLElement {
  const code = field("code", t.mfa.code, t.mfa.codeHint, {
    type: "text",
    inputmode: "numeric",
    autocomplete: "one-time-code",
    maxlength: "7",
    class: "code-input",
  });
  const verify = async () => {
    try {
      const answer = await request<{ next: null; recovery_codes: string[] }>("POST", `${path}/verify`, {
        json: { code: code.input.value.replace(/\s/g, "") },
      });
      go({ at: "recovery", invitation, codes: answer.recovery_codes });
    } catch (error) {
      code.input.value = "";
      throw error;
    }
  };
  const element = form(
    t.mfa.finish,
    [code.box],
    { code },
    () => {
      if (code.input.value.trim() === "") {
        code.complain(t.mfa.codeMissing);
        return undefined;
      }
      return verify();
    },
    () => void load(),
  );
  code.input.addEventListener("input", () => {
    // Six digits are the whole of it: no button needed.
    if (/^\d{6}$/.test(code.input.value.replace(/\s/g, ""))) element.requestSubmit();
  });
  return h(
    "main",
    {},
    stepHeading(invitation, 2, t.mfa.title),
    h("p", {}, t.mfa.body),
    h(
      "div",
      { class: "enrol" },
      qrCode(uri, t.mfa.qr),
      h(
        "div",
        { class: "enrol-key" },
        h("p", {}, t.mfa.typed),
        h("code", { translate: "no" }, secret.replace(/(.{4})(?=.)/g, "$1 ")),
        copyButton(t.mfa.copyKey, secret),
        h("a", { href: uri, class: "open-app" }, t.mfa.open),
      ),
    ),
    h("p", { class: "hint" }, t.mfa.apps),
    element,
  );
}

function recoveryScreen(invitation: Open, codes: string[]): HTMLElement {
  const list = h("ul", { class: "codes", translate: "no" });
  for (const code of codes) list.append(h("li", {}, h("code", {}, code)));
  const text = `${t.recovery.file(invitation.email ?? "")}\n\n${codes.join("\n")}\n`;
  const file = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
  return h(
    "main",
    {},
    stepHeading(invitation, 3, t.recovery.title),
    h("p", {}, t.recovery.body),
    list,
    h(
      "div",
      { class: "actions" },
      copyButton(t.recovery.copy, codes.join("\n")),
      h("a", { class: "button", href: file, download: "rollcall-recovery-codes.txt" }, t.recovery.download),
    ),
    h("button", { class: "primary", type: "button", onclick: () => go({ at: "done", invitation }) }, t.recovery.kept),
  );
}

function deadScreen(reason: DeadState | "notFound", invitation: InvitationAnswer | null): HTMLElement {
  const texts = t.dead[reason];
  const at = reason === "expired" ? invitation?.expires_at : invitation?.replaced_at;
  const what = typeof texts.what === "string" ? texts.what : texts.what(at ? when(at) : t.dead.noTime);
  const error = h("p", { class: "error", role: "alert" });
  let busy = false;
  const renew = (label: string) =>
    h(
      "button",
      {
        class: "primary",
        type: "button",
        onclick: async () => {
          if (busy) return;
          busy = true;
          error.textContent = "";
          try {
            await request("POST", `${path}/renew`, { json: {} });
            go({ at: "renewed" });
          } catch (thrown) {
            error.textContent = explain(asProblem(thrown));
            busy = false;
          }
        },
      },
      label,
    );
  return h(
    "main",
    {},
    heading(texts.title),
    h("p", {}, what),
    h("p", {}, texts.todo),
    error,
    reason === "expired" && invitation?.next_step === "renew"
      ? renew(t.dead.renew)
      : reason === "replaced"
        ? renew(t.dead.resend)
        : signInLink(),
  );
}

export async function load(): Promise<void> {
  show(waiting);
  try {
    const invitation = await request<InvitationAnswer>("GET", path);
    await speakTheirs(invitation.language);
    if (invitation.state === "open") go({ at: "invite", invitation: invitation as Open });
    else go({ at: "dead", reason: invitation.state, invitation });
  } catch (error) {
    const problem = asProblem(error);
    if (problem.status === 404) go({ at: "dead", reason: "notFound", invitation: null });
    else go({ at: "failed", problem });
  }
}
