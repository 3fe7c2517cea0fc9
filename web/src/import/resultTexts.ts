/** Words about what became of an import, in English; see texts.ts for the rest. */

import { count } from "./texts";

const people = (n: number): string => (n === 1 ? "1 person" : `${count(n)} people`);
const were = (n: number): string => (n === 1 ? "was" : "were");

export const resultTexts = {
  updated: "Updated",
  updatedTitle: (n: number) => `${people(n)} ${were(n)} updated`,
  alsoUpdated: (n: number) => `${people(n)} who ${were(n)} here already ${were(n)} updated.`,

  fix: {
    title: "Fix and return",
    body: "Download these rows with what is wrong in a column of their own, correct them in your spreadsheet and bring the file back: only these rows are taken.",
    csv: "CSV",
    xlsx: "Excel",
    download: "Download rows",
    saved: (name: string) => `${name} is saved.`,
  },

  undo: {
    title: "Undo this import",
    possible: (time: string) =>
      `Until ${time} it can be taken back. People who have not registered are removed, and their links stop working. Who has registered stays, and so do changes to people who were here before.`,
    button: "Undo import",
    askTitle: "Undo this import?",
    ask: (n: number) =>
      `Up to ${people(n)} ${n === 1 ? "is" : "are"} removed and their invitations die. What stays is listed afterwards. This cannot be taken back.`,
    confirm: "Undo it",
    keep: "Leave it as it is",
    over: (time: string) => `It could be undone until ${time}.`,
    removing: "Taking the import back",
    safe: "You can close this page. It goes on, and what stayed is listed here.",
    removed: (n: number) =>
      n === 0
        ? "Nobody was removed."
        : `${people(n)} ${n === 1 ? "was" : "were"} removed, and their links no longer work.`,
    stayedTitle: (n: number) => (n === 1 ? "1 person stayed" : `${count(n)} people stayed`),
    stayed: "People who stayed",
    person: "Person",
    why: "Why",
    open: (row: number) => `Open the person of row ${row}`,
    reasons: {
      registered: "Has registered already.",
      deactivated: "Was deactivated since.",
      permission_denied: "You may not delete this person.",
      updated_person: "Was here before the import; what it changed stays.",
    } as Record<string, string>,
  },
};
