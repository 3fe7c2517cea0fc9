/** Words of the step Assign, in English. */

import { count } from "./texts";

const rows = (n: number): string => (n === 1 ? "1 row" : `${count(n)} rows`);

export const assignTexts = {
  filter: (title: string) => `Find in ${title.toLowerCase()}`,
  empty: "Nothing to choose from.",
  noMatch: "Nothing of that name.",
  inactive: "Inactive: grants nothing until it is activated",
  keep: "Keep what the rows already have",
  takeFrom: (n: number, ticked: boolean) =>
    ticked ? `Take away from ${n === 1 ? "1 ticked row" : `${count(n)} ticked rows`}` : `Take away from all ${rows(n)}`,
  taken: (title: string, n: number) => `${title} taken away from ${rows(n)}.`,
  nothingNew: "They have it already.",
  property: "Property",
  chooseProperty: "Choose a property",
  propertyOf: (name: string) => `Value of ${name}`,
  menu: (row: number) => `Row ${row}: assign or remove`,
  dialog: (row: number, name: string) => (name === "" ? `Row ${row}` : `Row ${row}: ${name}`),
  none: "None",
  save: "Save",
  cancel: "Cancel",
  remove: "Remove row",
  removeTicked: (n: number) => `Remove ${rows(n)}`,
  removed: (n: number) => `${rows(n)} removed. Undo with Ctrl Z.`,
  saved: (row: number) => `Row ${row} changed.`,
  howTo: "Tick rows to give something to them only; Shift-click ticks a range. For one row, open its menu.",
};
