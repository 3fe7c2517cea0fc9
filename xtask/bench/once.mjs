// One measurement in a process of its own: a stack is loaded, checks a sheet for the first time, then again.
//   node once.mjs BUNDLE FUNCTION SHEET PASSES [VERDICTS]
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [bundle, name, sheet, passes, verdicts] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(sheet));

const begun = performance.now();
let stack;
if (bundle) {
  stack = await import(pathToFileURL(bundle));
  // Node's fetch does not take files.
  await stack.load?.(readFileSync(new URL("./rollcall_validator_bg.wasm", pathToFileURL(bundle))));
  if (bytes[0] === 0x50) await stack.loadMore?.(readFileSync(new URL("./rollcall_xlsx_bg.wasm", pathToFileURL(bundle))));
}
const loaded = performance.now();
const answer = stack?.[name](bytes);
const first = performance.now();
const memory = peak();
const warm = [];
for (let pass = 0; stack && pass < Number(passes); pass += 1) {
  const start = performance.now();
  stack[name](bytes);
  warm.push(performance.now() - start);
}
if (verdicts) {
  writeFileSync(`${verdicts}.statuses`, answer.statuses);
  writeFileSync(`${verdicts}.json`, JSON.stringify(answer.issues ?? stack.issues(bytes)));
}
console.log(JSON.stringify({ load: loaded - begun, first: first - loaded, warm, memory }));

/** The most memory that this process ever had, in bytes. */
function peak() {
  return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
}
