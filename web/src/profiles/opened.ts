import type { Definition } from "./definition";

/** A definition from a file, on its way from the list to the form; taken once. */
let waiting: Definition | null = null;

export const opened = {
  put: (definition: Definition): void => {
    waiting = definition;
  },
  take: (): Definition | null => {
    const taken = waiting;
    waiting = null;
    return taken;
  },
};
