import { request } from "../api/client";
import { type ApiProblem, asProblem } from "../api/problem";
import { type DeadLink, deadLink } from "./deadLink";
import { h } from "./dom";
import {
  facts,
  failedScreen,
  form,
  heading,
  plainScreen,
  show,
  signInLink,
  speakTheirs,
  t,
  token,
  waiting,
  when,
} from "./page";

interface Change {
  email: string;
  expires_at: string;
  organization?: string | null;
  language?: string | null;
}

/** Where the person stands. Nothing has changed before `done`. */
type State =
  | { at: "failed"; problem: ApiProblem }
  | { at: "confirm"; change: Change }
  | { at: "done"; change: Change }
  | { at: "dead"; link: DeadLink };

const path = `/v1/email-changes/${encodeURIComponent(token)}`;
const go = (state: State) => show(() => screen(state));

function screen(state: State): HTMLElement {
  switch (state.at) {
    case "failed":
      return failedScreen(state.problem, () => void load());
    case "confirm":
      return confirmScreen(state.change);
    case "done":
      return plainScreen(t.change.doneTitle, [t.change.done(state.change.email)], signInLink());
    case "dead":
      return deadScreen(state.link);
  }
}

function confirmScreen(change: Change): HTMLElement {
  return h(
    "main",
    {},
    heading(t.change.title),
    h("p", {}, t.change.body(change.organization ?? "Rollcall")),
    facts([
      [t.change.address, change.email],
      [t.invite.until, when(change.expires_at)],
    ]),
    form(
      t.change.confirm,
      [],
      {},
      () => request("POST", `${path}/confirm`, { json: {} }).then(() => go({ at: "done", change })),
      () => void load(),
    ),
    h("p", { class: "muted small" }, t.change.unexpected),
  );
}

function deadScreen(link: DeadLink): HTMLElement {
  if (link.reason === "notFound")
    return plainScreen(t.dead.notFound.title, [t.dead.notFound.what, t.dead.notFound.todo], signInLink());
  const texts = t.change.dead[link.reason];
  return plainScreen(texts.title, [texts.what(link.at && when(link.at)), texts.todo], signInLink());
}

export async function load(): Promise<void> {
  show(waiting);
  try {
    const change = await request<Change>("GET", path);
    await speakTheirs(change.language);
    go({ at: "confirm", change });
  } catch (error) {
    const problem = asProblem(error);
    const link = deadLink(problem);
    if (link) {
      await speakTheirs(link.language);
      go({ at: "dead", link });
    } else go({ at: "failed", problem });
  }
}
