import type { Day, Schedule } from "../api/types";

export const DAYS: readonly Day[] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/** What somebody who wants a schedule begins with. */
export const WORKING_HOURS: Schedule = { days: ["mon", "tue", "wed", "thu", "fri"], from: "08:00", to: "18:00" };

const STEP = 30;
const END = 24 * 60;

const minutesOf = (time: string): number => {
  const [hours, minutes] = time.split(":").map(Number);
  return (hours ?? 0) * 60 + (minutes ?? 0);
};
const timeOf = (minutes: number): string =>
  `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

/** Times of the day to choose from, each half hour; another one that is set already stands among them. */
export function times(which: "from" | "to", set: string): string[] {
  const first = which === "from" ? 0 : STEP;
  const last = which === "from" ? END - STEP : END;
  const all = new Set([minutesOf(set)]);
  for (let minutes = first; minutes <= last; minutes += STEP) all.add(minutes);
  return [...all].sort((a, b) => a - b).map(timeOf);
}

/** What keeps a schedule from ever letting something through. */
export function flaw(schedule: Schedule): "no_day" | "no_time" | null {
  if (schedule.days.length === 0) return "no_day";
  return minutesOf(schedule.from) < minutesOf(schedule.to) ? null : "no_time";
}

/** The days in the week's order, each once. */
export function inOrder(days: readonly string[]): Day[] {
  return DAYS.filter((day) => days.includes(day));
}

/** Days that follow each other, as the first and the last of each run: Monday to Friday, Sunday. */
export function runs(days: readonly Day[]): [Day, Day][] {
  const found: [Day, Day][] = [];
  for (const day of inOrder(days)) {
    const last = found.at(-1);
    if (last && DAYS.indexOf(last[1]) === DAYS.indexOf(day) - 1) last[1] = day;
    else found.push([day, day]);
  }
  return found;
}
