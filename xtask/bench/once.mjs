// One measurement in a process of its own: a stack is loaded, checks a sheet for the first time, then again.
//   node once.mjs BUNDLE FUNCTION SHEET PASSES [VERDICTS]
import { readFileSync, writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [bundle, name, sheet, passes, verdicts] = process.argv.slice(2);
const bytes = new Uint8Array(readFileSync(sheet));

const before = process.cpuUsage();
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
const cpu = spent(before);
const memory = peak();
const warm = [];
const warmCpu = [];
for (let pass = 0; stack && pass < Number(passes); pass += 1) {
  const start = performance.now();
  const before = process.cpuUsage();
  stack[name](bytes);
  warm.push(performance.now() - start);
  warmCpu.push(spent(before));
}
if (verdicts) {
  writeFileSync(`${verdicts}.statuses`, answer.statuses);
  writeFileSync(`${verdicts}.json`, JSON.stringify(answer.issues ?? stack.issues(bytes)));
}
console.log(JSON.stringify({ load: loaded - begun, first: first - loaded, warm, cpu, warmCpu, memory }));

/** Processor time of all threads since then, in milliseconds: what else the machine does is not in it. */
function spent(before) {
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/** The most memory that this process ever had, in bytes. */
function peak() {
  return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync("/proc/self/status", "utf8"))[1]) * 1024;
}
