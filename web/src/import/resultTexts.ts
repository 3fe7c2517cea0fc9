/** Words about what became of an import, in English; see texts.ts for the rest. */

import { count } from "./texts";

const people = (n: number): string => (n === 1 ? "1 person" : `${count(n)} people`);
const were = (n: number): string => (n === 1 ? "was" : "were");

export const resultTexts = {
  updated: "Updated",
  updatedTitle: (n: number) => `${people(n)} ${were(n)} updated`,
  alsoUpdated: (n: number) => `${people(n)} who ${were(n)} here already ${were(n)} updated.`,

  /** Where everyone who was refused is here already. */
  choose: "Choose what to do with them",

  fix: {
    body: "Download these rows with what is wrong in a column of their own, correct them in your spreadsheet and bring the file back: only these rows are taken.",
    csv: "CSV",
    xlsx: "Excel",
    download: "Download rows",
    saved: (names: string) => `Saved: ${names}`,
  },

  /** What was done to who was here before, by its severity. */
  done: {
    updated: "Was here already and is updated.",
    invited: "Was here already and is invited again.",
    added_to_group: "Was here already and is added to groups.",
  } as Record<string, string>,

  /** What only the server knows about a row of somebody who is here. */
  here: {
    already_exists: "This person is here already.",
    already_exists_left_out: "This person is here already and was left out.",
    nothing_to_change: "This person is here already, and the row says nothing new.",
    already_registered: "This person has registered already and needs no invitation.",
    own_account: "This is your own account; somebody else has to change it.",
    root_master: "This is the Root Master account, which no import changes.",
    person_deactivated: "This person is deactivated. Activate them first.",
    other_kind: "Somebody of another kind has this address.",
    permission_denied: "You may not change this person.",
    too_many: "This person would have more groups, courses or properties than possible.",
    import_unfinished: "This person comes from an import that is still running. Try again when it is done.",
    user_not_found: "This person was deleted meanwhile.",
    person_unreadable: "What is stored of this person is damaged. Whoever runs this system has to mend it.",
  } as Record<string, string>,

  undo: {
    title: "Undo this import",
    possible: (time: string) =>
      `Until ${time} it can be taken back. People who have not registered are removed, and their links stop working. Who has registered stays, and so do changes to people who were here before.`,
    ends: "Ends",
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
    open: (row: number) => `Show the person of row ${row}`,
    reasons: {
      registered: "Has registered already.",
      deactivated: "Was deactivated since.",
      permission_denied: "You may not delete this person.",
      updated_person: "Was here before the import; what it changed stays.",
    } as Record<string, string>,
  },
};
