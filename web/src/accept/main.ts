import { request } from "../api/client";
import { ApiProblem, asProblem } from "../api/problem";
import { type AcceptTexts, chooseLanguage, languages } from "../texts/accept";
import "../ui/tokens.css";
import "./accept.css";
import { h } from "./dom";
import { qrCode } from "./qr";
import { MIN_PASSWORD, strength } from "./strength";

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
  next_step?: "accept" | "renew" | "open_newer_mail" | "sign_in" | "ask_administrator";
}

type Open = InvitationAnswer & { state: "open" };

/** Where the person stands. The link is spent only when `recovery` or `done` is reached. */
type State =
  | { at: "loading" }
  | { at: "failed"; problem: ApiProblem }
  | { at: "invite"; invitation: Open }
  | { at: "password"; invitation: Open }
  | { at: "enrol"; invitation: Open; uri: string; secret: string }
  | { at: "recovery"; invitation: Open; codes: string[] }
  | { at: "done"; invitation: Open }
  | { at: "dead"; reason: DeadState | "notFound"; invitation: InvitationAnswer | null }
  | { at: "renewed" };

const token = decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1) ?? "");
const path = `/v1/invitations/${encodeURIComponent(token)}`;
const root = document.getElementById("root") ?? document.body;

let chosen = new URLSearchParams(location.search).get("lang");
let invited: string | null = null;
let state: State = { at: "loading" };
let t: AcceptTexts = languages.en as AcceptTexts;
let language = "en";

function go(next: State): void {
  state = next;
  render();
  // A new step begins at its heading, for eyes, keyboards and screen readers alike.
  scrollTo(0, 0);
  root.querySelector<HTMLElement>("[autofocus], h1")?.focus();
}

function render(): void {
  language = chooseLanguage([chosen, invited, ...navigator.languages]);
  t = languages[language] as AcceptTexts;
  document.documentElement.lang = language;
  const view = screen();
  document.title = `${view.querySelector("h1")?.textContent ?? ""} · Rollcall`;
  root.replaceChildren(
    h(
      "header",
      {},
      h("span", { class: "brand" }, h("img", { src: "/icon.svg", width: 24, height: 24, alt: "" }), "Rollcall"),
      languageChoice(),
    ),
    view,
  );
}

function languageChoice(): HTMLElement {
  const select = h("select", {
    "aria-label": t.language,
    onchange: () => {
      chosen = select.value;
      // Reading in another language must not lose what was typed.
      const kept = [...root.querySelectorAll("input")].map((input) => [input.name, input.value] as const);
      render();
      for (const [name, value] of kept) {
        const input = root.querySelector<HTMLInputElement>(`input[name="${name}"]`);
        if (input) {
          input.value = value;
          input.dispatchEvent(new Event("input"));
        }
      }
      root.querySelector<HTMLSelectElement>("header select")?.focus();
    },
  });
  for (const [id, texts] of Object.entries(languages))
    select.append(h("option", { value: id, lang: id, selected: id === language }, texts.name));
  return select;
}

function screen(): HTMLElement {
  switch (state.at) {
    case "loading":
      return h("main", { class: "quiet", "aria-busy": "true" }, h("h1", { tabindex: -1 }, t.loading));
    case "failed":
      return failedScreen(state.problem);
    case "invite":
      return inviteScreen(state.invitation);
    case "password":
      return passwordScreen(state.invitation);
    case "enrol":
      return enrolScreen(state.invitation, state.uri, state.secret);
    case "recovery":
      return recoveryScreen(state.invitation, state.codes);
    case "done":
      return doneScreen(state.invitation);
    case "dead":
      return deadScreen(state.reason, state.invitation);
    case "renewed":
      return h("main", {}, heading(t.dead.renewedTitle), h("p", { role: "status" }, t.dead.renewed));
  }
}

const heading = (text: string) => h("h1", { tabindex: -1 }, text);

function stepHeading(invitation: Open, step: number, text: string): HTMLElement {
  // With a second factor: password, authenticator, recovery codes; without, the password is all.
  const of = invitation.needs_mfa === false ? 1 : 3;
  const bar = h("div", { class: "steps", "aria-hidden": "true" });
  for (let i = 1; i <= of; i++) bar.append(h("span", { "data-on": i <= step }));
  return h("div", { class: "step-head" }, bar, h("p", { class: "muted" }, t.stepOf(step, of)), heading(text));
}

function when(instant: string | null | undefined): string {
  if (!instant) return t.dead.noTime;
  return new Intl.DateTimeFormat(language, {
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(new Date(instant));
}

/** A code's sentence in the person's language. The validator's own sentence, which says more, is English. */
function sentence(code: string, detail: string): string | undefined {
  const known = t.problem.codes[code];
  if (known || language === "en") return known ?? detail;
  return code.startsWith("phone_") ? t.problem.codes.phone_not_valid : undefined;
}

/** What went wrong: by its code where that is known, else by its sort. */
function explain(problem: ApiProblem): string {
  const known = t.problem.codes[problem.code];
  if (known) return known;
  if (problem.status === 0) return t.problem.unreachable;
  if (problem.status === 429) return t.problem.tooMany;
  return problem.status >= 500 || !problem.detail ? t.problem.server : problem.detail;
}

function failedScreen(problem: ApiProblem): HTMLElement {
  return h(
    "main",
    {},
    heading(t.problem.title),
    h("p", { role: "alert" }, explain(problem)),
    h("button", { class: "primary", type: "button", onclick: () => void load() }, t.dead.retry),
  );
}

function inviteScreen(invitation: Open): HTMLElement {
  const organization = invitation.organization_name ?? "Rollcall";
  const fact = (term: string, value: string) => h("div", {}, h("dt", {}, term), h("dd", {}, value));
  return h(
    "main",
    {},
    heading(
      invitation.inviter_name ? t.invite.titleBy(invitation.inviter_name, organization) : t.invite.title(organization),
    ),
    h("p", {}, t.invite.body),
    h(
      "dl",
      {},
      invitation.name ? fact(t.invite.person, invitation.name) : null,
      invitation.email ? fact(t.invite.address, invitation.email) : null,
      invitation.expires_at ? fact(t.invite.until, when(invitation.expires_at)) : null,
    ),
    h(
      "button",
      { class: "primary", type: "button", onclick: () => go({ at: "password", invitation }) },
      t.invite.accept,
    ),
    h("p", { class: "muted small" }, t.invite.unexpected),
  );
}

interface FieldParts {
  box: HTMLElement;
  input: HTMLInputElement;
  complain: (text: string | null) => void;
}

function field(
  id: string,
  label: string,
  hint: string | null,
  attributes: Record<string, string | boolean>,
): FieldParts {
  const error = h("p", { class: "error", id: `${id}-error`, role: "alert" });
  const input = h("input", {
    id,
    name: id,
    ...attributes,
    "aria-describedby": hint ? `${id}-hint ${id}-error` : `${id}-error`,
  });
  const box = h(
    "div",
    { class: "field" },
    h("label", { for: id }, label),
    input,
    hint ? h("p", { class: "hint", id: `${id}-hint` }, hint) : null,
    error,
  );
  const complain = (text: string | null) => {
    error.textContent = text ?? "";
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };
  // What was said of the old value is not true of the new one.
  input.addEventListener("input", () => complain(null));
  return { box, input, complain };
}

/** A form that sends once at a time and shows beside it what went wrong. */
function form(
  button: string,
  parts: (Node | null)[],
  fields: Record<string, FieldParts>,
  send: () => Promise<void> | undefined,
): HTMLFormElement {
  const submit = h("button", { class: "primary", type: "submit" }, button);
  const error = h("p", { class: "error", role: "alert" });
  let busy = false;
  const element = h(
    "form",
    {
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        if (busy) return;
        error.textContent = "";
        for (const part of Object.values(fields)) part.complain(null);
        const sending = send();
        if (!sending) {
          element.querySelector<HTMLElement>("[aria-invalid]")?.focus();
          return;
        }
        busy = true;
        submit.setAttribute("aria-disabled", "true");
        submit.setAttribute("aria-busy", "true");
        sending
          .catch((thrown: unknown) => {
            const problem = asProblem(thrown);
            const dead = deadReason(problem);
            if (dead) {
              // What the link has become meanwhile; ask once more for the when.
              void load();
              return;
            }
            const named = problem.errors.filter((entry) => fields[entry.field]);
            for (const entry of named)
              fields[entry.field]?.complain(sentence(entry.code, entry.detail) ?? explain(problem));
            const only = Object.values(fields);
            const byCode = Object.entries(fields).find(([name]) => problem.code.startsWith(`${name}_`))?.[1];
            if (named.length === 0) {
              const at = byCode ?? (problem.status === 422 && only.length === 1 ? only[0] : undefined);
              if (at) at.complain(explain(problem));
              else error.textContent = explain(problem);
            }
            element.querySelector<HTMLElement>("[aria-invalid]")?.focus();
          })
          .finally(() => {
            busy = false;
            submit.removeAttribute("aria-disabled");
            submit.removeAttribute("aria-busy");
          });
      },
    },
    ...parts,
    error,
    submit,
  );
  return element;
}

function passwordScreen(invitation: Open): HTMLElement {
  const password = field("password", t.password.label, null, {
    type: "password",
    autocomplete: "new-password",
    minlength: String(MIN_PASSWORD),
    autofocus: true,
    autocapitalize: "off",
    spellcheck: "false",
    passwordrules: `minlength: ${MIN_PASSWORD};`,
  });
  const names = [invitation.name ?? "", ...(invitation.email ?? "").split(/[@.]/)].flatMap((name) => name.split(/\s+/));
  const meter = h("div", { class: "meter", "aria-hidden": "true" });
  for (let i = 0; i < 4; i++) meter.append(h("span"));
  const word = h("span", { class: "meter-word", role: "status" });
  const lengthRule = h("li", {}, t.password.ruleLength(MIN_PASSWORD));
  const measure = () => {
    const text = password.input.value;
    const level = strength(text, names);
    meter.dataset.level = String(text ? Math.max(1, level) : 0);
    word.textContent = text ? `${t.password.strength}: ${t.password.levels[level]}` : "";
    const met = [...text].length >= MIN_PASSWORD;
    lengthRule.toggleAttribute("data-met", met);
    lengthRule.replaceChildren(
      t.password.ruleLength(MIN_PASSWORD),
      met ? h("span", { class: "visually-hidden" }, ` (${t.password.met})`) : "",
    );
  };
  password.input.addEventListener("input", measure);
  const reveal = h("button", {
    type: "button",
    class: "reveal",
    onclick: () => {
      password.input.type = password.input.type === "password" ? "text" : "password";
      name();
    },
  });
  const name = () => {
    const shown = password.input.type === "text";
    reveal.replaceChildren(
      shown ? t.password.hide : t.password.show,
      h("span", { class: "visually-hidden" }, `: ${t.password.label}`),
    );
  };
  name();
  password.box.append(reveal);
  password.box.append(
    h("div", { class: "strength" }, meter, word),
    h("ul", { class: "rules" }, lengthRule, h("li", {}, t.password.ruleCommon)),
    h("p", { class: "hint" }, t.password.advice),
  );
  const phone = invitation.needs_phone
    ? field("phone", t.password.phone, t.password.phoneHint, { type: "tel", autocomplete: "tel", inputmode: "tel" })
    : null;
  return h(
    "main",
    {},
    stepHeading(invitation, 1, t.password.title),
    form(
      t.password.continue,
      [
        // Password managers file the new password under this.
        h(
          "div",
          { class: "field" },
          h("label", { for: "username" }, t.invite.address),
          h("input", {
            id: "username",
            name: "username",
            type: "email",
            autocomplete: "username",
            value: invitation.email ?? "",
            readonly: true,
          }),
        ),
        password.box,
        phone?.box ?? null,
      ],
      phone ? { password, phone } : { password },
      () => {
        const noPassword = password.input.value === "";
        const noPhone = phone !== null && phone.input.value.trim() === "";
        if (noPassword) password.complain(t.password.missing);
        if (noPhone) phone.complain(t.password.phoneMissing);
        if (noPassword || noPhone) return undefined;
        return accept(invitation, password.input.value, phone?.input.value.trim());
      },
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

function copyButton(label: string, text: string): HTMLElement {
  const button = h(
    "button",
    {
      type: "button",
      onclick: () =>
        void navigator.clipboard.writeText(text).then(() => {
          button.textContent = t.copied;
          setTimeout(() => {
            button.textContent = label;
          }, 2000);
        }),
    },
    label,
  );
  return h("span", { role: "status" }, button);
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
  const element = form(t.mfa.finish, [code.box], { code }, () => {
    if (code.input.value.trim() === "") {
      code.complain(t.mfa.codeMissing);
      return undefined;
    }
    return verify();
  });
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

function doneScreen(invitation: Open): HTMLElement {
  return h(
    "main",
    {},
    heading(t.done.title),
    h("p", {}, t.done.body(invitation.organization_name ?? "Rollcall")),
    h("a", { class: "button primary", href: "/" }, t.done.go),
  );
}

function deadScreen(reason: DeadState | "notFound", invitation: InvitationAnswer | null): HTMLElement {
  const texts = t.dead[reason];
  const at = reason === "expired" ? invitation?.expires_at : invitation?.replaced_at;
  const what = typeof texts.what === "string" ? texts.what : texts.what(when(at));
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
  const next = invitation?.next_step;
  return h(
    "main",
    {},
    heading(texts.title),
    h("p", {}, what),
    h("p", {}, texts.todo),
    error,
    reason === "expired" && next === "renew"
      ? renew(t.dead.renew)
      : reason === "replaced"
        ? renew(t.dead.resend)
        : h("a", { class: "button primary", href: "/" }, t.dead.signIn),
  );
}

function deadReason(problem: ApiProblem): boolean {
  return problem.status === 410 || problem.code === "invitation_not_found";
}

async function load(): Promise<void> {
  try {
    const invitation = await request<InvitationAnswer>("GET", path);
    invited = invitation.language ?? null;
    if (invitation.state === "open") go({ at: "invite", invitation: invitation as Open });
    else go({ at: "dead", reason: invitation.state, invitation });
  } catch (error) {
    const problem = error instanceof ApiProblem ? error : asProblem(error);
    if (problem.status === 404) go({ at: "dead", reason: "notFound", invitation: null });
    else go({ at: "failed", problem });
  }
}

render();
void load();
