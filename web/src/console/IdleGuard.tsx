import { useEffect, useRef, useState } from "react";
import { account } from "../account/api";
import type { Me } from "../api/types";
import { useAction } from "../api/use";
import { announce } from "../ui/announce";
import { ModalDialog } from "../ui/controls";
import { ProblemBox } from "../ui/problem";
import { serverNow, useServerNow } from "../ui/time";
import { IdleClock, type Phase } from "./idle";
import { texts } from "./idleTexts";

type Session = NonNullable<Me["session"]>;

function localStore(): Storage | null {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

/** The clock of the present session, shared with the other tabs. */
export function useIdleClock(session: Me["session"] | undefined): IdleClock | null {
  const [clock, setClock] = useState<IdleClock | null>(null);
  const newest = useRef(session);
  newest.current = session;
  const id = session?.id;
  useEffect(() => {
    const begun = newest.current;
    if (!id || !begun) return;
    const made = new IdleClock(begun, {
      now: serverNow,
      store: localStore(),
      keep: account.keep,
      later: (ms, run) => {
        const timer = setTimeout(run, ms);
        return () => clearTimeout(timer);
      },
    });
    setClock(made);
    return () => {
      made.stop();
      setClock(null);
    };
  }, [id]);
  useEffect(() => {
    if (clock && session) clock.told(session);
  }, [clock, session]);
  return clock;
}

const ACTIVITY = ["pointerdown", "pointermove", "keydown", "wheel", "touchmove"] as const;
/** When the seconds that are left are said aloud. */
const SAID = [60, 30, 10];

/** Asks at the idle limit whether somebody is still there, in every tab, and ends the session where nobody answers. */
export function IdleGuard(p: {
  session: Session;
  clock: IdleClock;
  onOver: (why: "idle" | "expired") => void;
  onSignOut: () => void;
}) {
  const { clock } = p;
  const [seconds, setSeconds] = useState<number | null>(null);
  const look = useRef(() => {});
  const over = useRef(p.onOver);
  over.current = p.onOver;

  useEffect(() => {
    const worker = new Worker(new URL("./alarm.worker.ts", import.meta.url), { type: "module" });
    let timer: ReturnType<typeof setTimeout> | undefined;
    let ended = false;
    const see = (phase: Phase) => {
      setSeconds(phase.at === "asking" ? phase.seconds : null);
      clearTimeout(timer);
      if (phase.at === "over") {
        ended = true;
        over.current(phase.why);
        return;
      }
      const wait = Math.max(0, phase.next - serverNow());
      timer = setTimeout(check, Math.min(wait, 2 ** 31 - 1));
      worker.postMessage(wait);
    };
    const check = () => {
      if (!ended) see(clock.phase());
    };
    const active = () => clock.active();
    look.current = check;
    worker.addEventListener("message", check);
    // A tab that comes back, or hears of another, looks at once.
    for (const event of ["focus", "pageshow", "storage"]) addEventListener(event, check);
    document.addEventListener("visibilitychange", check);
    for (const event of ACTIVITY) addEventListener(event, active, { capture: true, passive: true });
    check();
    return () => {
      ended = true;
      clearTimeout(timer);
      worker.terminate();
      for (const event of ["focus", "pageshow", "storage"]) removeEventListener(event, check);
      document.removeEventListener("visibilitychange", check);
      for (const event of ACTIVITY) removeEventListener(event, active, { capture: true });
    };
  }, [clock]);

  // The server's clock may turn out to be another than was thought.
  const now = useServerNow();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new time is a reason to look
  useEffect(() => look.current(), [now]);

  const asking = seconds !== null;
  useEffect(() => {
    if (!asking) return;
    const title = document.title;
    return () => {
      document.title = title;
    };
  }, [asking]);
  useEffect(() => {
    if (seconds === null) return;
    document.title = texts.pageTitle(seconds);
    if (SAID.includes(seconds)) announce(texts.announce(seconds), "assertive");
  }, [seconds]);

  const stay = useAction(async () => {
    await clock.answer();
    look.current();
  });
  if (seconds === null) return null;
  return (
    <ModalDialog
      title={texts.title}
      role="alertdialog"
      onClose={() => void stay.run()}
      actions={[
        { label: texts.signOut, onPress: p.onSignOut },
        { label: texts.stay, look: "primary", busy: stay.busy, autoFocus: true, onPress: () => void stay.run() },
      ]}
    >
      {stay.problem && <ProblemBox problem={stay.problem} />}
      <p>{texts.body(texts.limit(p.session.idle_minutes))}</p>
      <p className="idle-left" role="timer">
        {texts.left(seconds)}
      </p>
    </ModalDialog>
  );
}
