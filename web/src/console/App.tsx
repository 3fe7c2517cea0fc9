import { useCallback, useEffect, useRef, useState } from "react";
import { api, everyItem, onSignedOut } from "../api/client";
import { asProblem } from "../api/problem";
import { forgetShared } from "../api/shared";
import type { Id } from "../api/types";
import { useLoad } from "../api/use";
import { forgetUploads, unsent } from "../import/leave";
import { mayLeave, navigate, usePath } from "../router";
import { SignIn } from "../signin/SignIn";
import { texts as signInTexts } from "../signin/texts";
import { texts } from "../texts/en";
import { Announcer, ask } from "../ui/announce";
import { ProblemBox } from "../ui/problem";
import { Frame } from "./Frame";
import { IdleGuard, useIdleClock } from "./IdleGuard";
import { type Ended, type EndReason, SessionContext } from "./session";
import { hearTabs, tellTabs } from "./tabs";

/** Where the way in for people who forgot their password can be linked to. */
const FORGOT = "/forgot-password";

/** Whether nobody may be there any more; a session that has run its time is gone on with by who was in it. */
const forgets = (why: EndReason) => why === "signed-out" || why === "idle";

/** Somebody signed in (or finding out), or the way in and why it is needed. */
type Who = { at: "console" } | { at: "sign-in"; ended: Ended | null };

/** The URL stays through sign-in, so a link leads where it says, and who is signed out carries on at the same place. */
export function App() {
  const [who, setWho] = useState<Who>({ at: "console" });
  const [turn, setTurn] = useState(0);
  const last = useRef<Id | null>(null);
  const path = usePath();

  const begin = useCallback(() => {
    forgetShared();
    setWho({ at: "console" });
    setTurn((n) => n + 1);
  }, []);
  const end = useCallback((ended: Ended | null) => {
    // The first reason counts; those after it follow from it.
    setWho((old) => (old.at === "console" ? { at: "sign-in", ended } : old));
  }, []);
  const known = useCallback((id: Id) => {
    // What a page keeps of one person is none of the next one's.
    if (last.current && last.current !== id) location.reload();
    last.current = id;
  }, []);

  const waiting = who.at === "sign-in" && !who.ended?.codes;
  useEffect(() => {
    if (!waiting) return;
    // Signed in again in another tab: this one carries on too.
    return hearTabs((news) => {
      if (news.is === "begun") begin();
    });
  }, [waiting, begin]);

  return (
    <>
      {who.at === "sign-in" ? (
        <SignIn ended={who.ended} forgot={path === FORGOT} onDone={begin} />
      ) : (
        <Signed key={turn} onEnd={end} onKnown={known} />
      )}
      <Announcer />
    </>
  );
}

function Signed({ onEnd, onKnown }: { onEnd: (ended: Ended | null) => void; onKnown: (id: Id) => void }) {
  const load = useCallback(async (signal: AbortSignal) => {
    const me = await api.me(signal);
    const organizations = me.permissions.includes("organizations.read")
      ? await everyItem((cursor) => api.organizations({ cursor, limit: 100 }, signal))
      : [];
    return { me, organizations };
  }, []);
  const { data, problem, reload } = useLoad(load);
  const path = usePath();
  const session = data?.me.session;
  const clock = useIdleClock(session);
  const id = session?.id;
  const user = data?.me.user.id;

  useEffect(() => {
    if (user) onKnown(user);
  }, [user, onKnown]);
  useEffect(() => {
    if (id) tellTabs({ is: "begun", session: id });
  }, [id]);

  const leave = useCallback(
    (ended: Ended) => {
      if (id) tellTabs({ is: "ended", session: id, why: ended.why });
      onEnd(ended);
    },
    [id, onEnd],
  );
  useEffect(
    () =>
      hearTabs((news) => {
        if (news.is !== "ended" || news.session !== id) return;
        if (forgets(news.why)) void forgetUploads();
        onEnd({ why: news.why });
      }),
    [id, onEnd],
  );
  useEffect(
    () =>
      onSignedOut(() => {
        const phase = clock?.phase();
        onEnd(user ? { why: phase?.at === "over" ? phase.why : "expired" } : null);
      }),
    [clock, user, onEnd],
  );

  const signOut = useCallback(async () => {
    if (!(await mayLeave("/"))) return;
    if (user && (await unsent(user)) > 0) {
      const { stay, ...question } = signInTexts.unsent;
      if (!(await ask({ ...question, cancel: stay, danger: true }))) return;
    }
    for (;;) {
      try {
        await api.signOut();
        break;
      } catch (error) {
        if (asProblem(error).status === 401) break;
        const { stay, ...question } = signInTexts.stillIn;
        if (!(await ask({ ...question, cancel: stay }))) return;
      }
    }
    await forgetUploads();
    leave({ why: "signed-out" });
    void navigate("/", { replace: true });
  }, [leave, user]);

  const over = useCallback(
    (why: "idle" | "expired") => {
      // Whether or not the server hears of it: it counts for itself, and has ended the session too.
      void api.signOut().catch(() => {});
      if (forgets(why)) void forgetUploads();
      leave({ why });
    },
    [leave],
  );

  const signedIn = data !== undefined;
  useEffect(() => {
    if (signedIn && path === FORGOT) void navigate("/", { replace: true });
  }, [signedIn, path]);

  if (data)
    return (
      <SessionContext
        value={{
          me: data.me,
          organizations: data.organizations,
          refresh: reload,
          signOut: () => void signOut(),
          leave,
        }}
      >
        <Frame />
        {clock && data.me.session && (
          <IdleGuard session={data.me.session} clock={clock} onOver={over} onSignOut={() => void signOut()} />
        )}
      </SessionContext>
    );
  if (problem && problem.code !== "not_authenticated")
    return (
      <main className="alone">
        <h1 className="visually-hidden">{texts.product}</h1>
        <ProblemBox problem={problem} retry={reload} />
      </main>
    );
  return (
    <div className="alone" role="status">
      <span className="visually-hidden">{texts.common.loading}</span>
    </div>
  );
}
