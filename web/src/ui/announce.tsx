import { useEffect, useState, useSyncExternalStore } from "react";
import { ModalDialog } from "./controls";

/**
 * One polite and one assertive live region for the whole page, and one short-lived line for what went well.
 * What went wrong never stands only here; see ProblemBox.
 */

type Store<T> = { get: () => T; set: (value: T) => void; subscribe: (listener: () => void) => () => void };

function store<T>(initial: T): Store<T> {
  let value = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set: (next) => {
      value = next;
      for (const listener of listeners) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const polite = store("");
const assertive = store("");
const toast = store<{ text: string; turn: number } | null>(null);

/** Says something to a screen reader; the same text twice is said twice. */
export function announce(text: string, urgency: "polite" | "assertive" = "polite"): void {
  const region = urgency === "polite" ? polite : assertive;
  region.set(region.get() === text ? `${text}\u00a0` : text);
}

let turn = 0;
/** Shows (and says) for a moment that something was done. */
export function notify(text: string): void {
  turn += 1;
  toast.set({ text, turn });
  announce(text);
}

interface Question {
  title: string;
  body: string;
  confirm: string;
  cancel: string;
  danger: boolean;
  answer: (yes: boolean) => void;
}
const question = store<Question | null>(null);

/** Asks before something that cannot be taken back. */
export function ask(options: {
  title: string;
  body: string;
  confirm: string;
  cancel: string;
  danger?: boolean;
}): Promise<boolean> {
  return new Promise((resolve) => {
    question.set({
      danger: false,
      ...options,
      answer: (yes) => {
        question.set(null);
        resolve(yes);
      },
    });
  });
}

/** Mounted once at the root of the console. */
export function Announcer() {
  const politeText = useSyncExternalStore(polite.subscribe, polite.get);
  const assertiveText = useSyncExternalStore(assertive.subscribe, assertive.get);
  const line = useSyncExternalStore(toast.subscribe, toast.get);
  const asked = useSyncExternalStore(question.subscribe, question.get);
  const [shown, setShown] = useState(false);
  useEffect(() => {
    if (!line) return;
    setShown(true);
    const timer = setTimeout(() => setShown(false), 4000);
    return () => clearTimeout(timer);
  }, [line]);
  return (
    <>
      <div className="visually-hidden" role="status" aria-live="polite" data-live-announcer="true">
        {politeText}
      </div>
      <div className="visually-hidden" role="alert" aria-live="assertive" data-live-announcer="true">
        {assertiveText}
      </div>
      <div className="toast-region" aria-hidden="true">
        {shown && line && (
          <div className="toast" key={line.turn}>
            {line.text}
          </div>
        )}
      </div>
      {asked && (
        <ModalDialog
          title={asked.title}
          role="alertdialog"
          onClose={() => asked.answer(false)}
          actions={[
            { label: asked.cancel, onPress: () => asked.answer(false) },
            { label: asked.confirm, look: asked.danger ? "danger" : "primary", onPress: () => asked.answer(true) },
          ]}
        >
          <p>{asked.body}</p>
        </ModalDialog>
      )}
    </>
  );
}
