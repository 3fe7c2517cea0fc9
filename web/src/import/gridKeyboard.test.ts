import { describe, expect, test } from "vitest";
import { type GridFocus, gridKey } from "./gridKeyboard";

const bounds = { rows: 100, columns: 5, page: 20, editable: true };
const at = (row: number, column: number, editing = false): GridFocus => ({ row, column, editing });
const press = (keys: string) => {
  const parts = keys.split("+");
  const key = parts.at(-1) ?? "";
  return { key, shift: parts.includes("Shift"), command: parts.includes("Ctrl"), alt: parts.includes("Alt") };
};

describe("moving", () => {
  test.each([
    { keys: "ArrowDown", from: at(3, 2), to: at(4, 2) },
    { keys: "ArrowUp", from: at(0, 2), to: at(0, 2) },
    { keys: "ArrowRight", from: at(3, 4), to: at(3, 4) },
    { keys: "ArrowLeft", from: at(3, 1), to: at(3, 0) },
    { keys: "PageDown", from: at(90, 1), to: at(99, 1) },
    { keys: "PageUp", from: at(30, 1), to: at(10, 1) },
    { keys: "Home", from: at(30, 3), to: at(30, 0) },
    { keys: "Ctrl+End", from: at(30, 3), to: at(99, 4) },
    { keys: "Ctrl+Home", from: at(30, 3), to: at(0, 0) },
    { keys: "Tab", from: at(3, 2), to: at(3, 3) },
    { keys: "Shift+Tab", from: at(3, 2), to: at(3, 1) },
  ])("$keys", ({ keys, from, to }) => {
    expect(gridKey(from, bounds, press(keys))).toEqual({ focus: to });
  });

  test("Tab leaves the grid from the row's last cell, Shift+Tab from its first: no trap", () => {
    expect(gridKey(at(3, 4), bounds, press("Tab"))).toBeNull();
    expect(gridKey(at(3, 0), bounds, press("Shift+Tab"))).toBeNull();
  });

  test.each([
    { keys: "F8", action: "nextProblem" },
    { keys: "n", action: "nextProblem" },
    { keys: "Shift+F8", action: "previousProblem" },
    { keys: "p", action: "previousProblem" },
    { keys: "Ctrl+z", action: "undo" },
    { keys: "Ctrl+Shift+Z", action: "redo" },
    { keys: "Ctrl+y", action: "redo" },
    { keys: "Ctrl+a", action: "tickAll" },
    { keys: "Delete", action: "remove" },
    { keys: " ", action: "tick" },
    { keys: "Shift+ ", action: "tickRange" },
    { keys: "Alt+Enter", action: "takeCorrection" },
    { keys: "Alt+Shift+Enter", action: "fixAll" },
    { keys: "Alt+Backspace", action: "keepTyped" },
    { keys: "?", action: "help" },
  ])("$keys does $action where it stands", ({ keys, action }) => {
    expect(gridKey(at(3, 2), bounds, press(keys))).toEqual({ focus: at(3, 2), action });
  });

  test("Enter edits a cell, and ticks on the row's own cell", () => {
    expect(gridKey(at(3, 2), bounds, press("Enter"))).toEqual({ focus: at(3, 2, true), action: "edit" });
    expect(gridKey(at(3, 0), bounds, press("Enter"))).toEqual({ focus: at(3, 0), action: "tick" });
  });

  test("what can only be read is neither edited nor removed", () => {
    const readOnly = { ...bounds, editable: false };
    expect(gridKey(at(3, 2), readOnly, press("Enter"))).toBeNull();
    expect(gridKey(at(3, 2), readOnly, press("Delete"))).toBeNull();
  });

  test("a row's own menu is opened by the keys that open menus", () => {
    const withMenu = { ...bounds, editable: false, menu: true };
    for (const keys of ["Enter", "F2", "ContextMenu", "Shift+F10"])
      expect(gridKey(at(3, 2), withMenu, press(keys)), keys).toEqual({ focus: at(3, 2), action: "menu" });
    expect(gridKey(at(3, 0), withMenu, press("Enter"))?.action).toBe("tick");
    expect(gridKey(at(3, 2), bounds, press("ContextMenu"))).toBeNull();
  });

  test("the browser keeps copying and pasting, and an empty grid has no keys", () => {
    expect(gridKey(at(3, 2), bounds, press("Ctrl+v"))).toBeNull();
    expect(gridKey(at(3, 2), bounds, press("Ctrl+c"))).toBeNull();
    expect(gridKey(at(0, 0), { ...bounds, rows: 0 }, press("ArrowDown"))).toBeNull();
  });
});

describe("editing", () => {
  test.each([
    { keys: "Escape", from: at(3, 2, true), to: at(3, 2), action: "cancel" },
    { keys: "Enter", from: at(3, 2, true), to: at(4, 2), action: "commit" },
    { keys: "Shift+Enter", from: at(3, 2, true), to: at(2, 2), action: "commit" },
    { keys: "Tab", from: at(3, 2, true), to: at(3, 3, true), action: "commit" },
    { keys: "Tab", from: at(3, 4, true), to: at(4, 1, true), action: "commit" },
    { keys: "Shift+Tab", from: at(3, 1, true), to: at(2, 4, true), action: "commit" },
    { keys: "Tab", from: at(99, 4, true), to: at(99, 4), action: "commit" },
    { keys: "F8", from: at(3, 2, true), to: at(3, 2), action: "nextProblem" },
  ])("$keys at $from.row, $from.column", ({ keys, from, to, action }) => {
    expect(gridKey(from, bounds, press(keys))).toEqual({ focus: to, action });
  });

  test("everything else is typed", () => {
    for (const keys of ["n", "p", "Delete", "ArrowLeft", "Ctrl+z", " ", "?"])
      expect(gridKey(at(3, 2, true), bounds, press(keys))).toBeNull();
  });
});

describe("a sheet that is typed in", () => {
  const typing = { ...bounds, typing: true, growing: true };
  test.each(["n", "N", "p", "?", "é", "+", "7"])("%s begins the cell's text", (key) => {
    expect(gridKey(at(3, 2), typing, { ...press(""), key })).toEqual({
      focus: at(3, 2, true),
      action: "edit",
      typed: key,
    });
  });

  test("the row's own cell, the space bar and keys without a character keep their meaning", () => {
    expect(gridKey(at(3, 0), typing, press("n"))).toEqual({ focus: at(3, 0), action: "nextProblem" });
    expect(gridKey(at(3, 2), typing, press(" "))).toEqual({ focus: at(3, 2), action: "tick" });
    expect(gridKey(at(3, 2), typing, press("F8"))).toEqual({ focus: at(3, 2), action: "nextProblem" });
    expect(gridKey(at(3, 2), typing, press("Ctrl+v"))).toBeNull();
  });

  test("behind the last row comes a new one, with Enter below and with Tab at its first cell", () => {
    expect(gridKey(at(99, 2, true), typing, press("Enter"))).toEqual({ focus: at(100, 2), action: "grow" });
    expect(gridKey(at(99, 4, true), typing, press("Tab"))).toEqual({ focus: at(100, 1, true), action: "grow" });
    expect(gridKey(at(98, 2, true), typing, press("Enter"))).toEqual({ focus: at(99, 2), action: "commit" });
    expect(gridKey(at(99, 2, true), typing, press("Shift+Enter"))).toEqual({ focus: at(98, 2), action: "commit" });
  });
});
