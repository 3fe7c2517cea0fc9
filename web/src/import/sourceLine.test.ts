import { expect, test } from "vitest";
import { sourceLine } from "./sourceLine";
import type { SheetInfo } from "./validator";
import { wholeNumber } from "./wholeNumber";

function info(
  source: Partial<SheetInfo["source"]>,
  used: number,
  unused: string[] = [],
  sheets: string[] = [],
): SheetInfo {
  return {
    source: { format: "text", encoding: "utf-8", delimiter: "\t", header: true, sheet: null, columns: [], ...source },
    columns: Array.from({ length: used }, (_, index) => ({ index })),
    unmapped: unused.map((title, index) => ({ title, index: used + index, samples: [] })),
    sheets: sheets.map((name) => ({ name, rows: 3 })),
  } as unknown as SheetInfo;
}

test.each([
  {
    name: "a text",
    of: info({}, 3, ["Note"]),
    line: "UTF-8 · separated by tabs · header row found · 3 of 4 columns used",
  },
  {
    name: "a file that returned: its own two columns do not count",
    of: info({ delimiter: "," }, 2, ["Rollcall row", "Rollcall errors"]),
    line: "UTF-8 · separated by commas · header row found · 2 columns",
  },
  {
    name: "addresses as mail programs copy them",
    of: info({ delimiter: null, header: false }, 3),
    line: "UTF-8 · addresses with names · 3 columns",
  },
  {
    name: "one column",
    of: info({ delimiter: null, header: false }, 1),
    line: "UTF-8 · no header row · 1 column",
  },
  {
    name: "a workbook",
    of: info({ format: "xlsx", encoding: null, delimiter: null, sheet: "People" }, 4, [], ["Notes", "People"]),
    line: "Excel workbook · worksheet “People”, one of 2 · header row found · 4 columns",
  },
])("$name", ({ of, line }) => {
  expect(sourceLine(of, false)).toBe(line);
});

test.each([
  { text: "20", most: 500, rows: 20 },
  { text: " 500 ", most: 500, rows: 500 },
  { text: "501", most: 500, rows: null },
  { text: "0", most: 500, rows: null },
  { text: "1.5", most: 500, rows: null },
  { text: "", most: 500, rows: null },
  { text: "-3", most: 500, rows: null },
])("“$text” rows, at most $most", ({ text, most, rows }) => {
  expect(wholeNumber(text, most)).toBe(rows);
});
