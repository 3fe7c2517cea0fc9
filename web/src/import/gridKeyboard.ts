/**
 * The grid's keyboard, as a function: where the focus goes and what is to be done. Rows and columns
 * are those on the list; column 0 is the row's own cell (tick, number, status).
 */
export interface GridFocus {
  readonly row: number;
  readonly column: number;
  readonly editing: boolean;
}

export interface GridBounds {
  readonly rows: number;
  readonly columns: number;
  /** Rows that fit on the screen. */
  readonly page: number;
  /** False where cells can only be read. */
  readonly editable: boolean;
  /** Rows have a menu of their own. */
  readonly menu?: boolean;
  /** A sheet that is typed in: a character begins the cell's text. */
  readonly typing?: boolean;
  /** Behind the last row comes a new one. */
  readonly growing?: boolean;
}

export interface GridKey {
  readonly key: string;
  readonly shift: boolean;
  /** Ctrl, or ⌘ on a Mac. */
  readonly command: boolean;
  readonly alt: boolean;
}

export type GridAction =
  | "edit"
  | "cancel"
  | "commit"
  | "tick"
  | "tickRange"
  | "tickAll"
  | "remove"
  | "nextProblem"
  | "previousProblem"
  | "takeCorrection"
  | "keepTyped"
  | "grow"
  | "fixAll"
  | "undo"
  | "redo"
  | "menu"
  | "help";

export interface GridStep {
  readonly focus: GridFocus;
  /** The cell's text begins anew with it. */
  readonly typed?: string;
  readonly action?: GridAction;
}

/** What a key does, or null where the browser should have it. */
export function gridKey(focus: GridFocus, bounds: GridBounds, pressed: GridKey): GridStep | null {
  if (bounds.rows === 0 || bounds.columns === 0) return null;
  return focus.editing ? whileEditing(focus, bounds, pressed) : whileMoving(focus, bounds, pressed);
}

function whileEditing(focus: GridFocus, bounds: GridBounds, pressed: GridKey): GridStep | null {
  switch (pressed.key) {
    case "Escape":
      return { focus: { ...focus, editing: false }, action: "cancel" };
    case "Enter":
      if (bounds.growing === true && !pressed.shift && focus.row === bounds.rows - 1)
        return { focus: { ...focus, row: bounds.rows, editing: false }, action: "grow" };
      return {
        focus: { ...moved(focus, bounds, pressed.shift ? -1 : 1, 0), editing: false },
        action: "commit",
      };
    case "Tab": {
      const next = alongRow(focus, bounds, pressed.shift ? -1 : 1, true);
      if (next === null && bounds.growing === true && !pressed.shift)
        return { focus: { row: bounds.rows, column: 1, editing: true }, action: "grow" };
      return next === null
        ? { focus: { ...focus, editing: false }, action: "commit" }
        : { focus: { ...next, editing: true }, action: "commit" };
    }
    case "F8":
      return {
        focus: { ...focus, editing: false },
        action: pressed.shift ? "previousProblem" : "nextProblem",
      };
    default:
      return null;
  }
}

function whileMoving(focus: GridFocus, bounds: GridBounds, pressed: GridKey): GridStep | null {
  const { key, shift, command, alt } = pressed;
  if (command) {
    switch (key.toLowerCase()) {
      case "z":
        return { focus, action: shift ? "redo" : "undo" };
      case "y":
        return { focus, action: "redo" };
      case "a":
        return { focus, action: "tickAll" };
      case "home":
        return { focus: { ...focus, row: 0, column: 0 } };
      case "end":
        return { focus: { ...focus, row: bounds.rows - 1, column: bounds.columns - 1 } };
      case "arrowdown":
        return { focus: { ...focus, row: bounds.rows - 1 } };
      case "arrowup":
        return { focus: { ...focus, row: 0 } };
      default:
        return null;
    }
  }
  if (alt) {
    if (key === "Enter") return { focus, action: shift ? "fixAll" : "takeCorrection" };
    return key === "Backspace" ? { focus, action: "keepTyped" } : null;
  }
  if (bounds.typing === true && bounds.editable && focus.column > 0 && key !== " " && isText(pressed))
    return { focus: { ...focus, editing: true }, action: "edit", typed: key };
  switch (key) {
    case "ArrowDown":
      return shift ? { focus: moved(focus, bounds, 1, 0), action: "tickRange" } : { focus: moved(focus, bounds, 1, 0) };
    case "ArrowUp":
      return shift
        ? { focus: moved(focus, bounds, -1, 0), action: "tickRange" }
        : { focus: moved(focus, bounds, -1, 0) };
    case "ArrowRight":
      return { focus: moved(focus, bounds, 0, 1) };
    case "ArrowLeft":
      return { focus: moved(focus, bounds, 0, -1) };
    case "Home":
      return { focus: { ...focus, column: 0 } };
    case "End":
      return { focus: { ...focus, column: bounds.columns - 1 } };
    case "PageDown":
      return { focus: moved(focus, bounds, bounds.page, 0) };
    case "PageUp":
      return { focus: moved(focus, bounds, -bounds.page, 0) };
    case "Tab": {
      // Within the row; from its last cell Tab goes on to what follows the grid: no trap.
      const next = alongRow(focus, bounds, shift ? -1 : 1, false);
      return next === null ? null : { focus: next };
    }
    case "Enter":
    case "F2":
      if (focus.column === 0) return { focus, action: "tick" };
      if (bounds.editable) return { focus: { ...focus, editing: true }, action: "edit" };
      return bounds.menu === true ? { focus, action: "menu" } : null;
    case "ContextMenu":
      return bounds.menu === true ? { focus, action: "menu" } : null;
    case "F10":
      return bounds.menu === true && shift ? { focus, action: "menu" } : null;
    case " ":
      return { focus, action: shift ? "tickRange" : "tick" };
    case "Delete":
    case "Backspace":
      return bounds.editable ? { focus, action: "remove" } : null;
    case "F8":
      return { focus, action: shift ? "previousProblem" : "nextProblem" };
    case "n":
      return { focus, action: "nextProblem" };
    case "N":
    case "p":
      return { focus, action: "previousProblem" };
    case "?":
      return { focus, action: "help" };
    default:
      return null;
  }
}

/** Whether a key writes a character. */
function isText({ key, command, alt }: GridKey): boolean {
  return !command && !alt && [...key].length === 1;
}

/** What a browser does with a key in a text field, for a key that was pressed before the field was there. */
export function typeInto(input: HTMLInputElement, key: GridKey): void {
  const end = input.selectionEnd ?? input.value.length;
  const start = input.selectionStart ?? end;
  if (isText(key)) input.setRangeText(key.key, start, end, "end");
  else if (key.key === "Backspace") input.setRangeText("", start === end ? Math.max(0, start - 1) : start, end, "end");
  else if (key.command && key.key.toLowerCase() === "a") input.select();
}

function moved(focus: GridFocus, bounds: GridBounds, rows: number, columns: number): GridFocus {
  return {
    ...focus,
    row: clamp(focus.row + rows, bounds.rows),
    column: clamp(focus.column + columns, bounds.columns),
  };
}

/** The next cell of the row; while editing it goes on in the next row and skips the row's own cell. */
function alongRow(focus: GridFocus, bounds: GridBounds, by: 1 | -1, wrap: boolean): GridFocus | null {
  const column = focus.column + by;
  const first = wrap ? 1 : 0;
  if (column >= first && column < bounds.columns) return { ...focus, column };
  if (!wrap) return null;
  const row = focus.row + by;
  if (row < 0 || row >= bounds.rows) return null;
  return { ...focus, row, column: by > 0 ? first : bounds.columns - 1 };
}

function clamp(value: number, length: number): number {
  return Math.max(0, Math.min(length - 1, value));
}
