// Every sheet of tests/corpus in WebAssembly: the report must be, byte for byte, the one that `rollcall check` prints.
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { builtInProfile, check, init, Sheet, verdicts } from "../wasm-validator/pkg/node.js";

const folder = fileURLToPath(new URL("corpus/", import.meta.url));
const ENDING = ".report.json";

/** Where two texts part, with a little of both. */
function difference(actual, expected) {
  let at = 0;
  while (at < actual.length && actual[at] === expected[at]) at += 1;
  const excerpt = (text) => JSON.stringify(text.slice(Math.max(0, at - 60), at + 60));
  return `at character ${at}\n    expected ${excerpt(expected)}\n    got      ${excerpt(actual)}`;
}

await init();
const names = readdirSync(folder);
const failures = [];
let passed = 0;
const expect = (what, actual, expected) => {
  if (actual === expected) passed += 1;
  else failures.push(`${what}: ${difference(actual, expected)}`);
};

const reported = new Set();
for (const name of names.filter((name) => name.endsWith(ENDING)).sort()) {
  const stem = name.slice(0, -ENDING.length);
  const dot = stem.lastIndexOf(".");
  const [sheet, profile] = [stem.slice(0, dot), stem.slice(dot + 1)];
  reported.add(sheet);
  const bytes = readFileSync(folder + sheet);
  const expected = readFileSync(folder + name, "utf8");
  expect(`${sheet} as ${profile}`, `${check(bytes, profile, { rows: "all" })}\n`, expected);
  expect(`${sheet} with the profile's JSON`, `${check(bytes, builtInProfile(profile), { rows: "all" })}\n`, expected);
  // The editor that nobody has typed into yet says the same as the check.
  const editor = Sheet.parse(bytes, profile);
  expect(`${sheet} in the editor`, `${editor.reportJson("all")}\n`, expected);
  expect(`verdicts of ${sheet}`, verdicts(bytes, profile).join(), editor.statuses().join());
  editor.free();
}

const unreported = names.filter((name) => !name.endsWith(ENDING) && name !== "README.md" && !reported.has(name));
for (const name of unreported) failures.push(`${name}: no report is expected of it; \`rollcall check\` makes one to read`);
if (reported.size < 200) failures.push(`only ${reported.size} sheets: there should be 200 or more`);

for (const failure of failures) console.log(`FAILED ${failure}`);
console.log(`test result: ${failures.length === 0 ? "ok" : "FAILED"}. ${passed} passed; ${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
