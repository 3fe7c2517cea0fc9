import { useEffect, useState } from "react";
import { useLeaveGuard } from "../router";
import { texts } from "../texts/en";
import { ask } from "./announce";

/** Asks before unsaved work is lost. */
export const askToLeave = (): Promise<boolean> =>
  ask({
    title: texts.common.leaveTitle,
    body: texts.common.leaveBody,
    confirm: texts.common.leave,
    cancel: texts.common.stay,
    danger: true,
  });

const nowhere = () => false;

/** A form on a page: while it holds something unsaved, going anywhere asks first. */
export function useUnsavedPage(dirty: boolean): void {
  useLeaveGuard(dirty, nowhere, askToLeave);
}

/**
 * A form in a dialog: while it holds something unsaved, going anywhere asks first. `done` goes on without asking,
 * once nothing holds the person back any more; `close` asks and goes on.
 */
export function useUnsaved(dirty: boolean): { done: (then: () => void) => void; close: (then: () => void) => void } {
  const [then, setThen] = useState<(() => void) | null>(null);
  useLeaveGuard(dirty && then === null, nowhere, askToLeave);
  useEffect(() => {
    then?.();
  }, [then]);
  const done = (next: () => void) => setThen(() => next);
  return {
    done,
    close: (next) => {
      if (!dirty) return next();
      void askToLeave().then((leave) => {
        if (leave) done(next);
      });
    },
  };
}
