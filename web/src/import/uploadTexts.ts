/** Words about handing an import over, in English; see texts.ts for the rest of the wizard. */

import { count } from "./texts";

const rows = (n: number): string => (n === 1 ? "1 row" : `${count(n)} rows`);

export const handOver = {
  packing: "Getting the rows ready",
  packed: (done: number, total: number) => `${count(done)} of ${rows(total)}`,
  sending: "Sending the rows",
  paused: "Paused",
  sent: (done: number, total: number) => `${count(done)} of ${rows(total)} sent`,
  waitsHere:
    "You can close this page: what is not sent yet is kept in this browser, and you can continue within 24 hours. It is erased here as soon as it is sent. Nobody is created before all rows are there.",
  keepOpen: "Keep this page open until the rows are sent. Nobody is created before that.",
  keepOpenPasswords:
    "Keep this page open until the rows are sent: they hold passwords, so this browser does not store them. Nobody is created before that.",
  pause: "Pause",
  resume: "Continue",
  resumeAt: (done: number, total: number) => `Continue at ${count(done)} of ${count(total)}`,
  giveUp: "Give up",
  giveUpTitle: "Give this import up?",
  giveUpBody: "Nobody has been created. The rows that were sent, and those kept in this browser, are erased.",
  giveUpConfirm: "Give it up",
  giveUpCancel: "Keep it",
  givenUp: (name: string) => `${name} was given up; its rows are erased from this browser.`,
  erased: (name: string) => `${name}: all rows are sent, and erased from this browser.`,
  stoppedTitle: "The rows could not be handed over",
  stoppedKept: "What has arrived stays there, the rest is kept in this browser.",
  waitsForLine: "As soon as there is a connection again, it goes on by itself.",
  goneTitle: "This import can no longer be continued",
  goneBody: "The server has dropped it, or its rows are no longer in this browser. Read the sheet again.",
  elsewhereTitle: "This import is being sent in another tab",
  elsewhereBody: "Go on there, or close that tab and continue here.",
  changedNoSheet:
    "Somebody changed roles, an organization’s settings or the rules, and the sheet is no longer open here. Give this import up and read the sheet again.",
  lost: "The rows of this import are not in this browser. It may be sent already; look under Imports.",

  inOrganization: (name: string) => ` for ${name}`,
  bannerTitle: "An import is not sent yet",
  bannerState: (done: number, total: number, time: string) =>
    `${count(done)} of ${rows(total)} are sent. The rest is kept in this browser until ${time}.`,
  bannerUnsent: (total: number, time: string) => `Its ${rows(total)} are kept in this browser until ${time}.`,
  show: "Show",
  continueAt: (done: number, total: number) => `Continue ${count(done)} of ${count(total)}`,
};
