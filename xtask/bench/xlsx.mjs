// Workbooks against SheetJS: node xlsx.mjs ROWS (10000)
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import Papa from "papaparse";
import { utils, write } from "xlsx";
import { bundle, modules, out } from "./bundle.mjs";
import { measureInChromium, withChromium } from "./chromium.mjs";
import { aim, load, mb, median, ms, say, table, times } from "./report.mjs";
import { sheet } from "./sheet.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const READERS = [
  { name: "Rollcall, a workbook to the cells that its validator reads", file: "workbooks", check: "unpack" },
  { name: "Rollcall, a workbook to cells in JavaScript", file: "workbooks", check: "cells" },
  { name: "SheetJS, a workbook to cells in JavaScript", file: "sheetjs", check: "cells" },
];
const CHECKERS = [
  { name: "Rollcall, a workbook to verdicts", file: "workbooks", check: "verdicts" },
  { name: "SheetJS and the rules of (a), a workbook to verdicts", file: "sheetjs-a", check: "verdicts" },
];

const rows = Number(process.argv[2] ?? 10_000);
// Few rows are only to see that everything runs.
const [RUNS, PASSES] = rows < 1_000 ? [1, 1] : [7, 5];
modules();
const bundles = {};
for (const { file } of [...READERS, ...CHECKERS]) bundles[file] ??= await bundle(here(`stacks/${file}.mjs`), file);
const path = workbook(rows);

say(`### A workbook of ${rows.toLocaleString("en")} rows`);
say();
const ok = await same();
for (const [what, stacks] of [["Cells", READERS], ["Verdicts", CHECKERS]]) {
  const node = stacks.map(() => []);
  const chromium = stacks.map(() => []);
  for (let run = 0; run < RUNS; run += 1) stacks.forEach((stack, place) => node[place].push(once(stack)));
  const version = await withChromium({ "/sheet": path }, async (browser, version) => {
    for (let run = 0; run < RUNS; run += 1) {
      for (const [place, stack] of stacks.entries()) {
        chromium[place].push(await measureInChromium(browser, stack.file, stack.check, PASSES));
      }
    }
    return version;
  });
  print(what, `Node ${process.versions.node}`, stacks, node);
  print(what, `Chromium ${version}`, stacks, chromium);
}
if (!ok) process.exitCode = 1;

/** The sheet of the other benchmarks as a workbook, written by SheetJS as Excel writes it: deflated, texts shared. */
function workbook(rows) {
  const { data } = Papa.parse(sheet(rows).toString(), { skipEmptyLines: true });
  const book = utils.book_new();
  utils.book_append_sheet(book, utils.aoa_to_sheet(data), "People");
  mkdirSync(here("sheets"), { recursive: true });
  const path = here(`sheets/${rows}.xlsx`);
  writeFileSync(path, write(book, { type: "buffer", bookType: "xlsx", compression: true, bookSST: true }));
  return path;
}

function once({ file, check }, passes = PASSES, ...rest) {
  const args = [bundles[file], check, path, String(passes), ...rest];
  return JSON.parse(execFileSync(process.execPath, [here("once.mjs"), ...args], { encoding: "utf8" }));
}

/** Whether both read the same cells, and judge them alike. */
async function same() {
  const bytes = new Uint8Array(readFileSync(path));
  const ours = await import(pathToFileURL(bundles.workbooks));
  await ours.load(readFileSync(`${out}rollcall_validator_bg.wasm`));
  await ours.loadMore(readFileSync(`${out}rollcall_xlsx_bg.wasm`));
  const theirs = (await import(pathToFileURL(bundles.sheetjs))).cells(bytes);
  const { verdicts } = await import(pathToFileURL(bundles["sheetjs-a"]));
  const mine = ours.cells(bytes);
  let cells = 0;
  let other = 0;
  for (let row = 0; row < Math.max(mine.length, theirs.length); row += 1) {
    for (let at = 0; at < Math.max(mine[row]?.length ?? 0, theirs[row]?.length ?? 0); at += 1) {
      cells += 1;
      if ((mine[row]?.[at] ?? "") === (theirs[row]?.[at] ?? "")) continue;
      other += 1;
      say(`- row ${row + 1}, cell ${at + 1}: Rollcall reads ${JSON.stringify(mine[row]?.[at])}, SheetJS ${JSON.stringify(theirs[row]?.[at])}`);
    }
  }
  say(`${cells.toLocaleString("en")} cells, ${other} read otherwise by SheetJS.`);
  const said = [ours.verdicts(bytes).statuses, verdicts(bytes).statuses];
  const differ = said[0].filter((status, row) => status !== said[1][row]).length;
  say(`${said[0].length.toLocaleString("en")} rows, ${differ} judged otherwise by the rules of (a).`);
  say();
  return other + differ === 0 && said[0].length === said[1].length;
}

function print(what, where, stacks, measured) {
  const of = (runs, of) => median(runs.flatMap(of));
  const numbers = measured.map((runs) => ({
    cold: of(runs, (run) => run.load + run.first),
    warm: of(runs, (run) => run.warm),
    memory: of(runs, (run) => run.memory),
  }));
  say(`#### ${what}, ${where}`);
  say();
  say(`Medians of ${RUNS} fresh processes, each with ${PASSES} further passes, in turns; load average ${load()}.`);
  say();
  const peer = numbers.at(-1);
  table(
    ["", "cold ms", "SheetJS against it", "warm ms", "SheetJS against it", "peak MB"],
    numbers.map((ours, place) => [
      stacks[place].name,
      ms(ours.cold),
      ours === peer ? "" : times(peer.cold / ours.cold),
      ms(ours.warm),
      ours === peer ? "" : times(peer.warm / ours.warm),
      mb(ours.memory),
    ]),
  );
  aim(`workbook, ${what.toLowerCase()}, warm`, peer.warm / numbers[0].warm, 5, 12, "×");
  say();
}
