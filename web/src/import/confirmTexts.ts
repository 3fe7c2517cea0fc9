/** Words of the step Confirm about people who are here already and first passwords, in English; see texts.ts. */

import type { CredentialMode, OnExisting } from "../api";
import { count } from "./texts";

const people = (n: number): string => (n === 1 ? "1 person" : `${count(n)} people`);
const list = new Intl.ListFormat("en", { type: "conjunction" });
type Acts = Exclude<OnExisting, "refuse">;

const fates: Record<Acts, (n: number) => string> = {
  skip: (n) => (n === 1 ? "is skipped" : "are skipped"),
  update: (n) => (n === 1 ? "is updated" : "are updated"),
  invite: (n) =>
    n === 1 ? "is invited again unless they have registered" : "are invited again unless they have registered",
  add_to_group: (n) => (n === 1 ? "is added to the groups of their row" : "are added to the groups of their rows"),
};

export const confirmTexts = {
  nobodyNew: "Nobody new is created.",
  /** Where nobody has looked who is here. */
  whoever: {
    skip: "People who are already here are skipped.",
    update: "People who are already here are updated.",
    invite: "People who are already here are invited again unless they have registered.",
    add_to_group: "People who are already here are added to the groups of their rows.",
  } as Record<Acts, string>,
  those: (n: number, way: Acts, first: boolean) =>
    first ? `${people(n)} who ${n === 1 ? "is" : "are"} already here ${fates[way](n)}` : `${count(n)} ${fates[way](n)}`,
  thoseLeft: (n: number) =>
    n === 1
      ? "1 row of a person who is already here stays behind."
      : `${count(n)} rows of people who are already here stay behind.`,
  and: (parts: readonly string[]) => list.format(parts).replace(/, and /, " and "),
  button: {
    update: (n: number, first: boolean) => (first ? `Update ${people(n)}` : `update ${count(n)}`),
    invite: (n: number, first: boolean) => (first ? `Invite ${people(n)} again` : `invite ${count(n)} again`),
    add_to_group: (n: number, first: boolean) => (first ? `Add ${people(n)} to groups` : `add ${count(n)} to groups`),
    nothing: "Import nobody",
  },
  /** What people get instead of an invitation. */
  entry: {
    generate_and_mail: (n: number) =>
      `${n === 1 ? " and gets" : " and get"} a generated password by mail, which they change when they first sign in`,
    specify_and_mail: (n: number) =>
      n === 1
        ? " and gets the password of their row by mail, which they change when they first sign in"
        : " and get the passwords of their rows by mail, which they change when they first sign in",
    specify_only: (n: number) =>
      n === 1
        ? " and signs in with the password of their row, which is not mailed and is changed at the first sign-in"
        : " and sign in with the passwords of their rows, which are not mailed and are changed at the first sign-in",
  } as Record<Exclude<CredentialMode, "link">, (n: number) => string>,

  credentials: "First sign-in",
  credentialChoices: {
    link: { name: "A link to choose a password", description: "By mail. Nobody else ever knows the password." },
    generate_and_mail: {
      name: "A generated password, by mail",
      description: "Nobody sees it here. It must be changed at the first sign-in.",
    },
    specify_and_mail: {
      name: "The password of the row, by mail",
      description: "Taken from the column Password. It must be changed at the first sign-in.",
    },
    specify_only: {
      name: "The password of the row, not mailed",
      description: "You hand it over yourself. It must be changed at the first sign-in.",
    },
  } as Record<CredentialMode, { name: string; description: string }>,

  passwordsUnused: "The passwords in the sheet are not used and stay in this browser.",
  noPasswords: "The sheet has no column of passwords",
  noPasswordsBody: "Add a column Password to it, or choose another first sign-in.",

  here: {
    title: "People who are already here",
    intro: "Some of these people may have an account already. Find out before you import.",
    look: "Look who is already here",
    lookHint: "Sends the rows to the server, which compares them with its people and keeps nothing.",
    again: "Look again",
    stale: "The sheet was changed since somebody looked.",
    looking: "Comparing the rows",
    looked: (done: number, total: number) => `${count(done)} of ${count(total)} rows`,
    stop: "Stop",
    found: (here: number, fresh: number) => `${count(here)} already here, ${count(fresh)} new`,
    nobody: (n: number) => (n === 1 ? "This person is not here yet." : `None of these ${count(n)} people is here yet.`),
    alsoRefused: (n: number) =>
      n === 1
        ? "The server refuses 1 row for another reason; it is marked in the sheet."
        : `The server refuses ${count(n)} rows for other reasons; they are marked in the sheet.`,
    toRefused: "Go to the first",
    all: "What to do with them",
    allBefore: "If somebody is here already",
    allHint: "For all of them; single rows can be decided below.",
    choices: {
      refuse: { name: "Count as a problem", description: "Their rows are named; nothing about them changes." },
      skip: { name: "Skip them", description: "Their rows are left out and counted. Nothing about them changes." },
      update: {
        name: "Update them",
        description:
          "What their rows say replaces names, phone, language, roles, groups, courses, site and properties. Empty cells change nothing; address, user name, password and status stay.",
      },
      invite: {
        name: "Invite them again",
        description: "Who has not registered yet gets a new invitation; older links stop working.",
      },
      add_to_group: {
        name: "Add them to groups",
        description: "The groups of their rows are added to those they have. Nothing else changes.",
      },
    } as Record<OnExisting, { name: string; description: string }>,
    short: {
      refuse: "Problem",
      skip: "Skip",
      update: "Update",
      invite: "Invite again",
      add_to_group: "Add to groups",
    } as Record<OnExisting, string>,
    ungrouped: (n: number) =>
      n === 1 ? "1 of them has no group in their row." : `${count(n)} of them have no group in their rows.`,
    toGroups: "Give groups",
    rows: "Decide row by row",
    rowsOwn: (n: number) => (n === 1 ? "1 with a choice of its own" : `${count(n)} with choices of their own`),
    find: "Find by name or address",
    noMatch: "Nobody of that name or address.",
    row: "Row",
    name: "Name",
    email: "Email",
    what: "What happens",
    whatFor: (name: string) => `What happens to ${name}`,
    more: (n: number) => `Show ${count(n)} more`,
    likeAll: "Same for all again",
    blocked: (n: number) => (n === 1 ? "1 person is already here" : `${count(n)} people are already here`),
    blockedBody:
      "All or nothing means that they stop the import while they count as a problem. Choose what to do with them.",
    nobodyNew: "Everyone is here already",
    nobodyNewBody: "Nothing would change. Choose what to do with them, or leave it at that.",
    announced: (here: number, fresh: number) => `${count(here)} already here, ${count(fresh)} new.`,
  },
};
