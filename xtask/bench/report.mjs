// Tables.
import { appendFileSync } from "node:fs";
import { loadavg } from "node:os";

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Prints, and keeps for docs/PERFORMANCE.md. */
export function say(line = "") {
  console.log(line);
  if (process.env.ROLLCALL_REPORT) appendFileSync(process.env.ROLLCALL_REPORT, `${line}\n`);
}

export function table(head, rows) {
  say(`| ${head.join(" | ")} |`);
  say(`| ${head.map((_, place) => (place ? "---:" : "---")).join(" | ")} |`);
  for (const row of rows) say(`| ${row.join(" | ")} |`);
  say();
}

export function ms(value) {
  if (value === undefined || Number.isNaN(value)) return "–";
  return value < 10 ? value.toFixed(2) : value < 100 ? value.toFixed(1) : value.toFixed(0);
}

export function times(value) {
  if (!Number.isFinite(value)) return "–";
  return `${value < 10 ? value.toFixed(1) : value.toFixed(0)} ×`;
}

export const mb = (bytes) => (bytes / 1e6).toFixed(0);
export const kb = (bytes) => (bytes / 1000).toFixed(1);

/** What the issue asks for, and whether it was reached. */
export function aim(what, value, least, most, unit) {
  const below = least > most;
  const holds = (bound) => (below ? value <= bound : value >= bound);
  const said = holds(most) ? "aim reached" : holds(least) ? "at least reached, aim missed" : "MISSED";
  say(`- ${what}: ${value.toFixed(value < 10 ? 1 : 0)} ${unit} (at ${below ? "most" : "least"} ${least}, aim ${most}): ${said}`);
}

export function load() {
  return loadavg()
    .map((value) => value.toFixed(1))
    .join(", ");
}
