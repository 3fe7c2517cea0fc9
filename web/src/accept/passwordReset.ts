import { request } from "../api/client";
import { type ApiProblem, asProblem } from "../api/problem";
import { DEFAULT_POLICY, type PasswordPolicy } from "../password/quality";
import { type DeadLink, deadLink } from "./deadLink";
import { h } from "./dom";
import {
  addressField,
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

interface Reset {
  name?: string | null;
  email: string;
  expires_at: string;
  language?: string | null;
  password_policy?: PasswordPolicy;
}

/** Where the person stands. The link is spent only when `done` is reached. */
type State =
  | { at: "failed"; problem: ApiProblem }
  | { at: "choose"; reset: Reset }
  | { at: "done" }
  | { at: "dead"; link: DeadLink }
  | { at: "ask" }
  | { at: "asked" };

const path = `/v1/password-resets/${encodeURIComponent(token)}`;
const go = (state: State) => show(() => screen(state));

function screen(state: State): HTMLElement {
  switch (state.at) {
    case "failed":
      return failedScreen(state.problem, () => void load());
    case "choose":
      return chooseScreen(state.reset);
    case "done":
      return plainScreen(t.reset.doneTitle, [t.reset.done], signInLink());
    case "dead":
      return deadScreen(state.link);
    case "ask":
      return askScreen();
    case "asked":
      return h("main", {}, heading(t.dead.renewedTitle), h("p", { role: "status" }, t.reset.asked));
  }
}

function chooseScreen(reset: Reset): HTMLElement {
  const password = newPasswordField(reset.password_policy ?? DEFAULT_POLICY, [reset.name, reset.email]);
  return h(
    "main",
    {},
    heading(t.reset.title),
    h("p", {}, t.reset.body),
    form(
      t.reset.save,
      [addressField(reset.email), password.box],
      { password },
      () => {
        if (password.input.value === "") {
          password.complain(t.password.missing);
          return undefined;
        }
        return request("POST", path, { json: { password: password.input.value } }).then(() => go({ at: "done" }));
      },
      () => void load(),
    ),
    facts([[t.invite.until, when(reset.expires_at)]]),
  );
}

function deadScreen(link: DeadLink): HTMLElement {
  if (link.reason === "notFound")
    return plainScreen(t.dead.notFound.title, [t.dead.notFound.what, t.dead.notFound.todo], signInLink());
  const texts = t.reset.dead[link.reason];
  return plainScreen(
    texts.title,
    [texts.what(link.at && when(link.at)), texts.todo],
    link.reason === "used"
      ? signInLink()
      : h("button", { class: "primary", type: "button", onclick: () => go({ at: "ask" }) }, t.reset.ask),
  );
}

/** The answer is the same for every address: what it says is true whether or not there is an account. */
function askScreen(): HTMLElement {
  const email = field("email", t.reset.email, null, {
    type: "email",
    autocomplete: "username",
    inputmode: "email",
    autofocus: true,
    spellcheck: "false",
  });
  return h(
    "main",
    {},
    heading(t.reset.askTitle),
    h("p", {}, t.reset.askBody),
    form(t.reset.send, [email.box], { email }, () => {
      const address = email.input.value.trim();
      if (address === "") {
        email.complain(t.reset.emailMissing);
        return undefined;
      }
      return request("POST", "/v1/password-resets", { json: { email: address } }).then(() => go({ at: "asked" }));
    }),
  );
}

export async function load(): Promise<void> {
  show(waiting);
  try {
    const reset = await request<Reset>("GET", path);
    await speakTheirs(reset.language);
    go({ at: "choose", reset });
  } catch (error) {
    const problem = asProblem(error);
    const link = deadLink(problem);
    if (link) {
      await speakTheirs(link.language);
      go({ at: "dead", link });
    } else go({ at: "failed", problem });
  }
}
