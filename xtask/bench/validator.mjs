// The validator against what JavaScript has: node validator.mjs [--runs=N] ROWS… (10000 100000 1000000)
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { bundle, modules, out } from "./bundle.mjs";
import { measureInChromium, withChromium } from "./chromium.mjs";
import { aim, load, mb, median, ms, say, table, times } from "./report.mjs";
import { sheet } from "./sheet.mjs";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));

const STACKS = [
  { name: "Rollcall, verdicts", file: "rollcall", check: "check" },
  { name: "Rollcall, verdicts and the sheet for an editor", file: "rollcall", check: "checkToSheet" },
  { name: "Rollcall, the whole report as objects", file: "rollcall", check: "checkToReport" },
  { name: "(a) PapaParse, validator, libphonenumber-js/max", file: "a", check: "check" },
  { name: "(b) uDSV, validator, libphonenumber-js/max", file: "b", check: "check" },
  { name: "(c) PapaParse, zod, google-libphonenumber", file: "c", check: "check" },
];
const OURS = STACKS[0];
/** Peers keep what they read, and what is wrong with it, as objects. */
const PEERS = STACKS.slice(3);

/** Processes of each stack, and passes after the first in each: a million rows take JavaScript a minute. */
function effort(rows) {
  // Only to see that everything runs.
  if (rows < 1_000) return { runs: 1, passes: 1 };
  if (rows > 100_000) return { runs: 3, passes: 1 };
  return rows > 10_000 ? { runs: 5, passes: 3 } : { runs: 9, passes: 5 };
}

const given = process.argv.slice(2);
const sizes = given.filter((one) => !one.startsWith("--")).map(Number);
/** `--runs=N`: other than what is usual for the size. */
const wanted = Number(given.find((one) => one.startsWith("--runs="))?.slice(7));
modules();
const bundles = {};
for (const { file } of STACKS) bundles[file] ??= await bundle(here(`stacks/${file}.mjs`), file);

let differ = false;
for (const rows of sizes.length ? sizes : [10_000, 100_000, 1_000_000]) {
  const path = made(rows);
  const { passes, ...usual } = effort(rows);
  const runs = wanted || usual.runs;
  differ = verdicts(path, rows) || differ;
  const node = STACKS.map(() => []);
  const bare = [];
  for (let run = 0; run < runs; run += 1) {
    bare.push(once("", "", path, 0));
    STACKS.forEach((stack, place) => node[place].push(once(bundles[stack.file], stack.check, path, passes)));
  }
  print(`Node ${process.versions.node}`, rows, runs, passes, node, bare);
  const chromium = STACKS.map(() => []);
  const version = await withChromium({ "/sheet": path }, async (browser, version) => {
    for (let run = 0; run < runs; run += 1) {
      for (const [place, stack] of STACKS.entries()) {
        chromium[place].push(await measureInChromium(browser, stack.file, stack.check, passes));
      }
    }
    return version;
  });
  print(`Chromium ${version}, in a worker`, rows, runs, passes, chromium);
}
if (differ) process.exitCode = 1;

/** The sheet, made once for all calls. */
function made(rows) {
  mkdirSync(here("sheets"), { recursive: true });
  const mark = createHash("sha256").update(readFileSync(here("sheet.mjs"))).digest("hex").slice(0, 12);
  const path = here(`sheets/${mark}-${rows}.csv`);
  if (!existsSync(path)) writeFileSync(path, sheet(rows));
  return path;
}

function once(...args) {
  return JSON.parse(execFileSync(process.execPath, [here("once.mjs"), ...args.map(String)], { encoding: "utf8" }));
}

/** Whether any stack says otherwise than ours of any row; each such row is printed with what both say. */
function verdicts(path, rows) {
  const lines = readFileSync(path, "utf8").split("\r\n");
  const said = [OURS, ...PEERS].map(({ file, check }) => {
    const prefix = `${out}${file}-${rows}`;
    once(bundles[file], check, path, 0, prefix);
    const statuses = readFileSync(`${prefix}.statuses`);
    const issues = new Map();
    for (const [row, field, code] of JSON.parse(readFileSync(`${prefix}.json`, "utf8"))) {
      issues.set(row, [...(issues.get(row) ?? []), `${field} ${code}`]);
    }
    for (const end of ["statuses", "json"]) rmSync(`${prefix}.${end}`);
    return { statuses, issues };
  });
  say(`### ${rows.toLocaleString("en")} rows: verdicts`);
  say();
  const counts = ({ statuses }) => [0, 1, 2].map((status) => statuses.filter((one) => one === status).length);
  const other = ({ statuses }) => statuses.filter((status, row) => status !== said[0].statuses[row]).length;
  table(
    ["", "accepted", "corrected", "refused", "rows that are judged otherwise"],
    [OURS, ...PEERS].map(({ name }, place) => [name, ...counts(said[place]), place ? other(said[place]) : ""]),
  );
  let differ = false;
  said.slice(1).forEach((peer, place) => {
    peer.statuses.forEach((status, row) => {
      if (status === said[0].statuses[row] || said[0].statuses.length !== peer.statuses.length) return;
      differ = true;
      const of = ({ issues }) => issues.get(row)?.join(", ") ?? "nothing";
      say(`- row ${row + 1} \`${lines[row + 1]}\`: Rollcall says ${of(said[0])}; ${PEERS[place].name} says ${of(peer)}`);
    });
    if (said[0].statuses.length !== peer.statuses.length) {
      differ = true;
      say(`- ${PEERS[place].name} reads ${peer.statuses.length} rows, Rollcall ${said[0].statuses.length}`);
    }
  });
  return differ;
}

function print(where, rows, runs, passes, measured, bare) {
  const of = (runs) => ({
    load: median(runs.map((run) => run.load)),
    first: median(runs.map((run) => run.first)),
    cold: median(runs.map((run) => run.load + run.first)),
    warm: median(runs.flatMap((run) => run.warm)),
    cpu: median(runs.map((run) => run.cpu)),
    warmCpu: median(runs.flatMap((run) => run.warmCpu ?? [])),
    memory: median(runs.map((run) => run.memory)),
  });
  const medians = measured.map(of);
  const ours = medians[0];
  say(`### ${rows.toLocaleString("en")} rows, ${where}`);
  say();
  say(`Medians of ${runs} fresh processes, each with ${passes} further passes, in turns; load average ${load()}.`);
  say();
  const lines = medians.map((peer, place) => [
    STACKS[place].name,
    ms(peer.load),
    ms(peer.first),
    ms(peer.cold),
    place ? times(peer.cold / ours.cold) : "",
    ms(peer.warm),
    place ? times(peer.warm / ours.warm) : "",
    mb(peer.memory),
  ]);
  if (bare) lines.push(["Node, the sheet in memory", "", "", "", "", "", "", mb(of(bare).memory)]);
  table(["", "load ms", "first ms", "cold ms", "against ours", "warm ms", "against ours", "peak MB"], lines);
  const fastest = (of) => Math.min(...medians.slice(3).map(of)) / of(ours);
  if (rows === 10_000) aim("cold, 10,000 rows, against (a)", medians[3].cold / ours.cold, 25, 40, "×");
  if (rows === 100_000) aim("warm, 100,000 rows, against the fastest", fastest((peer) => peer.warm), 35, 60, "×");
  if (bare) {
    say(
      `- by processor time of all threads: cold ${ms(ours.cpu)} ms, (a) ${times(medians[3].cpu / ours.cpu)}; ` +
        `warm ${ms(ours.warmCpu)} ms, the fastest ${times(fastest((peer) => peer.warmCpu))}`,
    );
  }
  say();
}
