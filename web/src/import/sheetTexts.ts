/** The words of reading a sheet: what rules ask for, how columns are read, what is suggested for its rows. In English. */

import { count } from "./texts";

const plural = (n: number, one: string, many: string): string => (n === 1 ? `1 ${one}` : `${count(n)} ${many}`);
const listed = (names: readonly string[]): string =>
  names.length < 2 ? names.join("") : `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
const quoted = (names: readonly string[]): string => listed(names.map((name) => `“${name}”`));

export const sheetTexts = {
  source: {
    /** What rules ask for, under their name. */
    needs: (titles: readonly string[]) =>
      titles.length === 0 ? "No column is required." : `Needs ${listed(titles.map((title) => title.toLowerCase()))}.`,
    madeFrom: (name: string) => `Your own, made from “${name}”.`,
    empty: (value: string) => `empty: ${value}`,
    emptyFirst: "empty: the organization’s first",
    noneYet: "None exists yet",
    several: "Several are possible",
    limits: (rows: string | null, size: string | null) =>
      `${[rows === null ? null : `At most ${rows} rows`, size === null ? null : `files ${size}`].filter((part) => part !== null).join(", ")}.`,
    under: (size: string) => `under ${size}`,
    upTo: (size: string) => `up to ${size}`,
    formats: "CSV, text or Excel (.xlsx).",
    template: "Download template",
    templateTitle: "A sheet with the right columns",
    templates: {
      csv: "CSV, for every program",
      xlsx: "Excel workbook, with lists to choose from",
      zip: "Both with a description (ZIP)",
    },
    templateSaved: (name: string) => `${name} is saved.`,
    tooLarge: (size: string) => `This file is too large: these rules take files ${size}.`,
    notOneFile: "Only the first file was read. Files are imported one after the other.",
    workbook: "A workbook takes a moment longer the first time.",
  },

  byHand: {
    title: "Enter rows by hand",
    count: "How many rows?",
    hint: (limit: string) =>
      `You can paste blocks into them, add more later, and leave rows empty: they are not imported. At most ${limit}.`,
    notANumber: (limit: string) => `A number from 1 to ${limit}`,
    generate: (n: number) => `Generate ${plural(n, "row", "rows")}`,
    cancel: "Cancel",
    add: "Add rows",
    addMany: (n: number) => plural(n, "row", "rows"),
    addOther: "Another number …",
    addTitle: "Add rows",
    addButton: (n: number) => `Add ${plural(n, "row", "rows")}`,
    added: (n: number) => `${plural(n, "row", "rows")} added.`,
  },

  mapping: {
    lead: {
      missing: (titles: readonly string[]) =>
        `Which column is ${quoted(titles)}? It is required and was not found by its title.`,
      missingMany: (titles: readonly string[]) =>
        `Which columns are ${quoted(titles)}? They are required and were not found by their titles.`,
      nothing: "Choose what each column is. Columns that are not needed stay “Not imported”.",
    },
    sheet: "Worksheet",
    sheetRows: (n: number) => plural(n, "row", "rows"),
    changeSheet: "Change worksheet or columns",
    nobody: "Read like this, nobody is in it.",
    noDelimiter: "One column",
    addressList: "Addresses with names",
    stillMissing: (titles: readonly string[]) =>
      `${quoted(titles)} ${titles.length === 1 ? "is" : "are"} still missing.`,
    complete: "Everything required is there.",
    nowFrom: (title: string) => `now “${title}”`,
    rowNumber: "Row number of an earlier import",
    errorsOfRow: "What was wrong; not imported",
    /** On Check: how it was read, and why that may be wrong. */
    suspect: (title: string) => `Most values in “${title}” are refused. Is it the right column?`,
    remembered: "Columns are read as last time.",
    detectedAgain: "Read them afresh",
    forgotten: "The columns are read by their titles again.",
    sheetOf: (name: string, n: number) => `worksheet “${name}”, one of ${count(n)}`,
    sheetOnly: (name: string) => `worksheet “${name}”`,
    workbook: "Excel workbook",
    addresses: "addresses with names",
    review: "Review columns",
  },

  notes: {
    label: "About this sheet",
    repaired: (n: number) =>
      n === 1
        ? "1 row of an earlier sheet, with its row number."
        : `${count(n)} rows of an earlier sheet, with their row numbers.`,
    /** Rows that seem to be no people. */
    odd: {
      looks_like_total: (n: number, rows: string) =>
        n === 1 ? `Row ${rows} looks like a total, not a person.` : `${count(n)} rows look like totals: ${rows}.`,
      header_repeated: (n: number, rows: string) =>
        n === 1
          ? `Row ${rows} repeats or explains the titles.`
          : `${count(n)} rows repeat or explain the titles: ${rows}.`,
    } as Record<string, (n: number, rows: string) => string>,
    removeOdd: (n: number) => (n === 1 ? "Remove it" : `Remove all ${count(n)}`),
    removedOdd: (n: number) => `${plural(n, "row", "rows")} removed.`,
    andMore: (numbers: readonly string[], n: number) => `${numbers.join(", ")} and ${count(n)} more`,
    show: "Show",
    /** A suggestion that serves several rows: what it is, by its code; otherwise the validator's words. */
    offers: {
      email_domain_typo: (n: number) =>
        plural(n, "address has a likely typing error", "addresses have likely typing errors"),
      names_swapped: (n: number) =>
        n === 1 ? "In 1 row first and last name seem swapped" : `In ${count(n)} rows first and last name seem swapped`,
      full_name_in_one_cell: (n: number) =>
        n === 1 ? "1 row has the whole name in one cell" : `${count(n)} rows have the whole name in one cell`,
      phone_national: (n: number) => plural(n, "number lacks its country code", "numbers lack their country code"),
    } as Record<string, (n: number) => string>,
    otherOffer: (n: number, title: string, message: string) => `${title}, ${plural(n, "row", "rows")}: ${message}`,
    takeAll: (n: number) => (n === 1 ? "Take it" : `Take all ${count(n)}`),
    taken: (n: number) => `${plural(n, "suggestion", "suggestions")} taken. Undo with Ctrl Z.`,
    more: (n: number) => `${count(n)} more`,
    fewer: "Show fewer",
  },

  cell: {
    keep: "Keep what was typed",
    kept: "You kept what was typed.",
  },
};
