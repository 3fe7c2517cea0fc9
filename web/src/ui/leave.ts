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
