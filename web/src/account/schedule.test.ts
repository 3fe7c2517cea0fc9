import { describe, expect, test } from "vitest";
import type { Day, Schedule } from "../api/types";
import { flaw, inOrder, runs, times, WORKING_HOURS } from "./schedule";
import { scheduleWords } from "./texts";

describe("what keeps a schedule from letting anything through", () => {
  test.each([
    ["working hours", WORKING_HOURS, null],
    ["a whole day", { ...WORKING_HOURS, from: "00:00", to: "24:00" }, null],
    ["no day", { ...WORKING_HOURS, days: [] }, "no_day"],
    ["it ends when it begins", { ...WORKING_HOURS, from: "08:00", to: "08:00" }, "no_time"],
    ["over midnight", { ...WORKING_HOURS, from: "22:00", to: "06:00" }, "no_time"],
    ["nine comes before ten", { ...WORKING_HOURS, from: "09:30", to: "10:00" }, null],
  ] as [string, Schedule, string | null][])("%s", (_name, schedule, expected) => {
    expect(flaw(schedule)).toBe(expected);
  });
});

test("times to choose from are half hours, from midnight or up to it", () => {
  expect(times("from", "08:00").slice(0, 2)).toEqual(["00:00", "00:30"]);
  expect(times("from", "08:00").at(-1)).toBe("23:30");
  expect(times("to", "08:00").at(0)).toBe("00:30");
  expect(times("to", "08:00").at(-1)).toBe("24:00");
  expect(times("to", "08:00")).toHaveLength(48);
});

test("a time between the half hours that is set already can stay", () => {
  expect(times("from", "08:20").slice(16, 19)).toEqual(["08:00", "08:20", "08:30"]);
});

describe("days", () => {
  test("stand in the week's order, each once", () => {
    expect(inOrder(["sun", "mon", "mon", "nonsense"])).toEqual(["mon", "sun"]);
  });

  test.each([
    [["mon", "tue", "wed", "thu", "fri"], [["mon", "fri"]], "Monday to Friday"],
    [
      ["sun", "fri", "mon"],
      [
        ["mon", "mon"],
        ["fri", "fri"],
        ["sun", "sun"],
      ],
      "Monday, Friday, and Sunday",
    ],
    [["sat", "sun"], [["sat", "sun"]], "Saturday and Sunday"],
    [["mon", "tue", "wed", "thu", "fri", "sat", "sun"], [["mon", "sun"]], "Every day"],
  ] as [Day[], [Day, Day][], string][])("%s", (days, expected, words) => {
    expect(runs(days)).toEqual(expected);
    expect(scheduleWords({ ...WORKING_HOURS, days })).toBe(`${words}, 08:00 to 18:00`);
  });
});
