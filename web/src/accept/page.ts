import { type ApiProblem, asProblem } from "../api/problem";
import { namesOf, type PasswordPolicy, quality } from "../password/quality";
import { type AcceptTexts, chooseLanguage, english, languageNames, loadTexts } from "../texts/accept";
import "../ui/tokens.css";
import "./accept.css";
import { h } from "./dom";

/** What every page behind a mailed link shares: the frame, the language, fields, forms and how a problem is said. */

const path = location.pathname.split("/").filter(Boolean);
/** The mailed secret. */
export const token = decodeURIComponent(path.at(-1) ?? "");

const root = document.getElementById("root") ?? document.body;
let chosen = new URLSearchParams(location.search).get("lang");
let theirs: string | null = null;
let language = "en";
let screen: () => HTMLElement = waiting;

/** The page's texts, in the language that was chosen, is the person's, or is the browser's. */
export let t: AcceptTexts = english;

/** Begins in the browser's language with what `load` makes of the link. */
export async function begin(load: () => Promise<void>): Promise<void> {
  await Promise.all([speak(), load()]);
}

/** The person's own language, as the server knows it. */
export async function speakTheirs(wish: string | null | undefined): Promise<void> {
  theirs = wish ?? null;
  await speak();
}

async function speak(): Promise<void> {
  const wanted = () => chooseLanguage([chosen, theirs, ...navigator.languages]);
  const next = wanted();
  const texts = await loadTexts(next);
  // Another wish came meanwhile, or nothing changes: the page must not be drawn anew under somebody's fingers.
  if (next !== wanted() || texts === t) return;
  language = texts === english ? "en" : next;
  t = texts;
  render();
}

/** While the server is asked what the link is. */
export function waiting(): HTMLElement {
  return h("main", { class: "quiet", "aria-busy": "true" }, heading(t.loading));
}

/** A new step begins at its heading, for eyes, keyboards and screen readers alike. */
export function show(view: () => HTMLElement): void {
  screen = view;
  render();
  scrollTo(0, 0);
  root.querySelector<HTMLElement>("[autofocus], h1")?.focus();
}

function render(): void {
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
    onchange: async () => {
      chosen = select.value;
      // Reading in another language must not lose what was typed.
      const kept = [...root.querySelectorAll("input")].map((input) => [input.name, input.value] as const);
      await speak();
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
  for (const [id, name] of Object.entries(languageNames))
    select.append(h("option", { value: id, lang: id, selected: id === language }, name));
  return select;
}

export function heading(text: string): HTMLElement {
  return h("h1", { tabindex: -1 }, text);
}

/** One thing that is said and at most one that is to be done. */
export function plainScreen(title: string, sentences: (string | null)[], next: HTMLElement | null): HTMLElement {
  return h("main", {}, heading(title), ...sentences.map((text) => text && h("p", {}, text)), next);
}

export const signInLink = () => h("a", { class: "button primary", href: "/" }, t.dead.signIn);

export function facts(entries: [string, string | null | undefined][]): HTMLElement {
  const list = h("dl");
  for (const [term, value] of entries) if (value) list.append(h("div", {}, h("dt", {}, term), h("dd", {}, value)));
  return list;
}

export function when(instant: string): string {
  return new Intl.DateTimeFormat(language, {
    year: "numeric",
    month: "long",
    day: "numeric",
    hour: "numeric",
    minute: "2-digit",
    timeZoneName: "short",
  }).format(new Date(instant));
}

/** What went wrong: by its code where that is known, else by its sort. */
export function explain(problem: ApiProblem): string {
  const known = t.problem.codes[problem.code];
  if (known) return known;
  if (problem.status === 0) return t.problem.unreachable;
  if (problem.status === 429) return t.problem.tooMany;
  return problem.status >= 500 || !problem.detail ? t.problem.server : problem.detail;
}

export function failedScreen(problem: ApiProblem, again: () => void): HTMLElement {
  return h(
    "main",
    {},
    heading(t.problem.title),
    h("p", { role: "alert" }, explain(problem)),
    h("button", { class: "primary", type: "button", onclick: again }, t.dead.retry),
  );
}

export interface FieldParts {
  box: HTMLElement;
  input: HTMLInputElement;
  complain: (text: string | null) => void;
}

export function field(
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

/**
 * A form that sends once at a time and shows beside it what went wrong. `send` answers nothing where a field is
 * missing something; `died` takes over where the link has died meanwhile.
 */
export function form(
  button: string,
  parts: (Node | null)[],
  fields: Record<string, FieldParts>,
  send: () => Promise<void> | undefined,
  died?: () => void,
): HTMLFormElement {
  const submit = h("button", { class: "primary", type: "submit" }, button);
  const error = h("p", { class: "error", role: "alert" });
  let busy = false;
  const complain = (problem: ApiProblem) => {
    const named = problem.errors.filter((entry) => fields[entry.field]);
    // The code's sentence in the person's language. The validator's own, which says more, is English.
    for (const entry of named) fields[entry.field]?.complain(t.problem.codes[entry.code] ?? explain(problem));
    const only = Object.values(fields);
    const byCode = Object.entries(fields).find(([name]) => problem.code.startsWith(`${name}_`))?.[1];
    if (named.length === 0) {
      const at = byCode ?? (problem.status === 422 && only.length === 1 ? only[0] : undefined);
      if (at) at.complain(explain(problem));
      else error.textContent = explain(problem);
    }
    element.querySelector<HTMLElement>("[aria-invalid]")?.focus();
  };
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
            if (died && (problem.status === 410 || problem.status === 404)) died();
            else complain(problem);
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

/** The address that a password belongs to: password managers file the new one under it. */
export function addressField(address: string | null | undefined): HTMLElement {
  return h(
    "div",
    { class: "field" },
    h("label", { for: "username" }, t.invite.address),
    h("input", {
      id: "username",
      name: "username",
      type: "text",
      autocomplete: "username",
      value: address ?? "",
      readonly: true,
    }),
  );
}

/** A field for a new password with its rules, met or not, and how strong it looks. */
export function newPasswordField(policy: PasswordPolicy, owner: (string | null | undefined)[]): FieldParts {
  const password = field("password", t.password.label, null, {
    type: "password",
    autocomplete: "new-password",
    minlength: String(policy.min_length),
    autofocus: true,
    autocapitalize: "off",
    spellcheck: "false",
    passwordrules: `minlength: ${policy.min_length};`,
  });
  const names = namesOf(...owner);
  const meter = h("div", { class: "meter", "aria-hidden": "true" });
  for (let i = 0; i < 4; i++) meter.append(h("span"));
  const word = h("span", { class: "meter-word", role: "status" });
  const rule = (text: string) => {
    const item = h("li", {}, text);
    const mark = (met: boolean) => {
      item.toggleAttribute("data-met", met);
      item.replaceChildren(text, met ? h("span", { class: "visually-hidden" }, ` (${t.password.met})`) : "");
    };
    return { item, mark };
  };
  const length = rule(t.password.ruleLength(policy.min_length));
  const uncommon = rule(t.password.ruleCommon);
  password.input.addEventListener("input", () => {
    const text = password.input.value;
    const found = quality(text, names, policy);
    meter.dataset.level = String(text ? Math.max(1, found.strength) : 0);
    word.textContent = text ? `${t.password.strength}: ${t.password.levels[found.strength]}` : "";
    length.mark(found.long);
    uncommon.mark(found.long && found.uncommon);
  });
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
  password.box.append(
    reveal,
    h("div", { class: "strength" }, meter, word),
    h("ul", { class: "rules" }, length.item, uncommon.item),
    h("p", { class: "hint" }, t.password.advice),
  );
  return password;
}

export function copyButton(label: string, text: string): HTMLElement {
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
