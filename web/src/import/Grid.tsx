// biome-ignore-all lint/a11y/useSemanticElements: a table of 100,000 rows cannot be a <table>; these are its roles
// biome-ignore-all lint/a11y/useFocusableInteractive: one cell at a time is in the tab order (roving), see tabIndex
import {
  memo,
  type KeyboardEvent as ReactKeyboardEvent,
  type ReactNode,
  type Ref,
  useCallback,
  useEffect,
  useImperativeHandle,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import { flushSync } from "react-dom";
import { announce, ask, Checkbox, CheckIcon, CorrectedIcon, ErrorIcon, MoreIcon, WarningIcon } from "../ui";
import { assignTexts } from "./assignTexts";
import { Callout } from "./Callout";
import { columnWidths, type GridColumn } from "./columns";
import { isDoubt, suggestion } from "./findings";
import { type GridAction, type GridFocus, type GridKey, type GridStep, gridKey, typeInto } from "./gridKeyboard";
import { allTicked, indexOf } from "./selection";
import { takenAway, visibleBlanks } from "./sentence";
import type { Focus, SheetSession, SheetState } from "./session";
import { texts } from "./texts";
import { type Cell, cellError, cellText, type RowView, textBefore } from "./validator";

const ROW = 36;
const OVERSCAN = 6;
/** How long rows that are on screen stay while the text of the next ones is on its way. */
const PATIENCE_MS = 200;

export interface GridHandle {
  /** Puts the keyboard into the grid, on the focused cell or the first. */
  focus(): void;
  nextProblem(backwards: boolean): Promise<void>;
  /** Goes to a cell. */
  show(at: Focus): Promise<void>;
}

export interface GridProps {
  session: SheetSession;
  columns: readonly GridColumn[];
  label: string;
  editable: boolean;
  /** Rows are entered here rather than put right: typing begins a cell. */
  typing?: boolean;
  /** There is always a row behind the one that is typed in. */
  growing?: boolean;
  empty: string;
  onHelp?: () => void;
  /** Opens a row's own menu, where rows have one. */
  onMenu?: (position: number) => void;
  ref?: Ref<GridHandle>;
}

export function useSheet(session: SheetSession): SheetState {
  return useSyncExternalStore(session.subscribe, session.snapshot);
}

interface Editing {
  readonly position: number;
  readonly field: string;
  /** What was typed to open it, in place of what stood there. */
  readonly typed?: string | undefined;
}

/** What the callout tells about: a cell, or with null the row as a whole. */
interface Told {
  readonly position: number;
  readonly field: string | null;
}

/**
 * A grid over any number of rows. Only those in view exist; they stand in a layer that stays in place while the
 * scroller moves under it, so the rows on screen are never scrolled away before the next ones are there.
 */
export function Grid({
  session,
  columns,
  label,
  editable,
  typing = false,
  growing = false,
  empty,
  onHelp,
  onMenu,
  ref,
}: GridProps) {
  const state = useSheet(session);
  const { listed, focus, selection } = state;
  const scroller = useRef<HTMLDivElement>(null);
  const [room, setRoom] = useState({ width: 900, height: 480 });
  const [scrollTop, setScrollTop] = useState(0);
  const [editing, setEditing] = useState<Editing | null>(null);
  const [hovered, setHovered] = useState<Told | null>(null);
  const [scrollLeft, setScrollLeft] = useState(0);
  /** The person is in the grid or in the callout beside it. */
  const [inside, setInside] = useState(false);
  /** Whether the browser's focus is to follow the grid's. */
  const hasKeyboard = useRef(false);
  const leaveTimer = useRef(0);

  const rowHeader = (room.width < 560 ? 76 : 92) + (onMenu === undefined ? 0 : 28);
  const widths = useMemo(() => columnWidths(columns, room.width - rowHeader), [columns, room.width, rowHeader]);
  const template = `${rowHeader}px ${widths.map((width) => `${width}px`).join(" ")}`;
  const total = rowHeader + widths.reduce((sum, width) => sum + width, 0);
  const page = Math.max(1, Math.floor((room.height - ROW) / ROW));
  const fields = useMemo(() => columns.map((column) => column.field), [columns]);

  const first = Math.max(0, Math.floor(scrollTop / ROW) - OVERSCAN);
  const last = Math.min(listed.length, Math.ceil((scrollTop + room.height - ROW) / ROW) + OVERSCAN);

  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const observer = new ResizeObserver(() => setRoom({ width: element.clientWidth, height: element.clientHeight }));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  useEffect(() => session.look(first, Math.max(last, first + 1)), [session, first, last]);

  // Scrolling: at once where the text is at hand, otherwise when it comes or patience ends.
  const pending = useRef<{ top: number; timer: number } | null>(null);
  const settle = useCallback(() => {
    if (pending.current === null) return;
    clearTimeout(pending.current.timer);
    const { top } = pending.current;
    pending.current = null;
    setScrollTop(top);
  }, []);
  const onScroll = () => {
    const top = scroller.current?.scrollTop ?? 0;
    setScrollLeft(scroller.current?.scrollLeft ?? 0);
    const from = Math.max(0, Math.floor(top / ROW));
    const to = Math.ceil((top + room.height - ROW) / ROW);
    if (session.ready(from, to)) {
      if (pending.current !== null) clearTimeout(pending.current.timer);
      pending.current = null;
      flushSync(() => setScrollTop(top));
      return;
    }
    session.look(from, to);
    if (pending.current === null) pending.current = { top, timer: window.setTimeout(settle, PATIENCE_MS) };
    else pending.current.top = top;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new revision may bring the rows that are waited for
  useEffect(() => {
    if (pending.current === null) return;
    const from = Math.max(0, Math.floor(pending.current.top / ROW));
    if (session.ready(from, from + page + 1)) settle();
  }, [session, state.revision, page, settle]);
  useEffect(() => () => clearTimeout(pending.current?.timer), []);

  // A new list starts at its top, unless the focused row is on it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only a new filter moves the view
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    const at = focus === null ? -1 : indexOf(listed, focus.position);
    element.scrollTop = at < 0 ? 0 : Math.max(0, at * ROW - (room.height - ROW) / 2);
    setScrollTop(element.scrollTop);
  }, [state.filter]);

  const focusAt = focus === null ? -1 : indexOf(listed, focus.position);
  const row = Math.max(0, focusAt);
  const focusColumn =
    focus === null ? Math.min(1, columns.length) : focus.field === null ? 0 : fields.indexOf(focus.field) + 1;

  const reveal = useCallback(
    (at: number, column: number) => {
      const element = scroller.current;
      if (element === null) return;
      const top = at * ROW;
      const height = element.clientHeight - ROW;
      if (top < element.scrollTop) element.scrollTop = top;
      else if (top + ROW > element.scrollTop + height) element.scrollTop = top + ROW - height;
      if (column > 0) {
        const left = widths.slice(0, column - 1).reduce((sum, width) => sum + width, 0);
        const width = widths[column - 1] ?? 0;
        const space = element.clientWidth - rowHeader;
        if (left < element.scrollLeft) element.scrollLeft = left;
        else if (left + width > element.scrollLeft + space) element.scrollLeft = left + width - Math.max(space, width);
      }
    },
    [widths, rowHeader],
  );

  // The browser's focus follows the grid's.
  // biome-ignore lint/correctness/useExhaustiveDependencies: also when rows were drawn anew
  useLayoutEffect(() => {
    if (!hasKeyboard.current || editing !== null) return;
    const cell = scroller.current?.querySelector<HTMLElement>('[data-focus-cell="true"]');
    if (cell && document.activeElement !== cell) cell.focus({ preventScroll: true });
  }, [focus, editing, first, last, state.revision]);

  const moveTo = (at: number, column: number) => {
    const position = listed[at];
    if (position === undefined) return;
    session.focus({ position, field: column === 0 ? null : (fields[column - 1] ?? null) });
    reveal(at, column);
  };

  const verdict = (view: RowView | undefined, field: string | null): string => {
    if (field === null) {
      const issue = view?.issues?.[0];
      return issue === undefined ? texts.check.status[view?.status ?? "accepted"] : texts.check.refused(issue.message);
    }
    const cell = view?.cells[field];
    const error = cellError(cell);
    if (error !== undefined) return texts.check.refused(error.message);
    return textBefore(cell) === null ? texts.check.accepted : texts.check.correctedTo(cellText(cell));
  };
  const titleOf = (field: string) => columns.find((column) => column.field === field)?.title ?? field;
  const say = (position: number, field: string | null) => {
    const view = session.row(position);
    const number = view?.row ?? position + 1;
    announce(
      field === null
        ? texts.check.rowVerdict(number, verdict(view, null))
        : texts.check.cell(number, titleOf(field), verdict(view, field)),
    );
  };

  const goTo = async (target: Focus | null) => {
    if (target === null) {
      announce(texts.check.noProblems);
      return;
    }
    let at = indexOf(session.snapshot().listed, target.position);
    if (at < 0) {
      await session.filter("all");
      at = indexOf(session.snapshot().listed, target.position);
    }
    hasKeyboard.current = true;
    session.focus(target);
    reveal(at, target.field === null ? 0 : fields.indexOf(target.field) + 1);
    say(target.position, target.field);
  };
  /** Keys that were pressed while the focus was on its way: they mean the cell that it comes to. */
  const held = useRef<GridKey[] | null>(null);
  const underWay = useRef(0);
  const [, setReplayed] = useState(0);
  const replay = () => setReplayed((times) => times + 1);
  const awaitKeys = async (move: Promise<void>): Promise<void> => {
    held.current ??= [];
    underWay.current += 1;
    try {
      await move;
    } finally {
      underWay.current -= 1;
      replay();
    }
  };
  const nextProblem = (backwards: boolean) => awaitKeys(session.nextProblem(backwards, fields).then(goTo));

  const toCell = () => {
    hasKeyboard.current = true;
    scroller.current?.querySelector<HTMLElement>('[data-focus-cell="true"]')?.focus({ preventScroll: true });
  };

  useImperativeHandle(ref, () => ({
    focus: () => {
      hasKeyboard.current = true;
      if (focus === null || focusAt < 0) moveTo(0, Math.min(1, columns.length));
      else reveal(focusAt, focusColumn);
      toCell();
    },
    nextProblem: (backwards) => {
      // What is typed on is the grid's from here, wherever the keyboard was.
      toCell();
      return nextProblem(backwards);
    },
    show: goTo,
  }));

  const save = async (position: number, field: string, text: string) => {
    if (text === cellText(session.row(position)?.cells[field])) return;
    await session.setCell(position, field, text);
    say(position, field);
  };

  const focusedCell = (): { position: number; field: string; cell: Cell | undefined } | null => {
    const at = session.snapshot().focus;
    if (at?.field == null) return null;
    return { position: at.position, field: at.field, cell: session.row(at.position)?.cells[at.field] };
  };

  const takeCorrection = async () => {
    const at = focusedCell();
    if (at === null) return;
    const { position, field, cell } = at;
    if (suggestion(cell?.issues ?? []) !== undefined || cell?.kept === true)
      await session.takeCorrection(position, field);
    else if (textBefore(cell) !== null) await session.refuseCorrection(position, field);
    else return;
    say(position, field);
  };

  const keepTyped = async () => {
    const at = focusedCell();
    if (at === null) return;
    const { position, field, cell } = at;
    if (cell?.kept === true || (!isDoubt(suggestion(cell?.issues ?? [])) && textBefore(cell) === null)) return;
    await session.refuseCorrection(position, field);
    say(position, field);
  };

  const fixAll = async () => {
    const at = focusedCell();
    const issue = suggestion(at?.cell?.issues ?? []);
    if (at === null || issue === undefined) return;
    const change = await session.fixAll(issue.code, at.field);
    announce(texts.check.fixedAll(change.changed.length));
  };

  const remove = async () => {
    if (selection.ticked.size > 0) {
      const removed = selection.ticked.size;
      await session.removeTicked();
      announce(texts.check.removedNow(removed));
      return;
    }
    const position = focus?.position ?? listed[0];
    if (position === undefined) return;
    // Where rows are typed in, a cell is emptied, as in a spreadsheet; the row goes from its own cell.
    if (typing && focus?.field != null) {
      await save(position, focus.field, "");
      return;
    }
    const yes = await ask({
      title: texts.check.removeOneTitle(session.row(position)?.row ?? position + 1),
      body: texts.check.removeOneBody,
      confirm: texts.check.remove,
      cancel: texts.check.keep,
    });
    if (yes) await session.remove(Uint32Array.of(position));
    toCell();
  };

  const history = async (which: "undo" | "redo") => {
    const possible = which === "undo" ? state.undoable : state.redoable;
    if (!possible) {
      announce(texts.check.nothingToUndo);
      return;
    }
    await session[which]();
    announce(which === "undo" ? texts.check.undone : texts.check.redone);
  };

  const perform = (action: GridAction, from: number) => {
    const position = listed[from];
    if (position === undefined) return;
    switch (action) {
      case "tick":
        session.tick(position);
        break;
      case "tickRange": {
        // Going on from an unticked row by Shift and an arrow ticks that row first.
        if (selection.anchor === null) session.tick(position);
        const now = session.snapshot().focus?.position;
        if (now !== undefined) session.tickTo(now);
        break;
      }
      case "tickAll":
        session.tickAll();
        break;
      case "remove":
        void remove();
        break;
      case "nextProblem":
        void nextProblem(false);
        break;
      case "previousProblem":
        void nextProblem(true);
        break;
      case "takeCorrection":
        void takeCorrection();
        break;
      case "keepTyped":
        void keepTyped();
        break;
      case "fixAll":
        void fixAll();
        break;
      case "undo":
      case "redo":
        void history(action);
        break;
      case "help":
        onHelp?.();
        break;
      case "menu":
        onMenu?.(position);
        break;
      case "edit":
      case "cancel":
      case "commit":
      case "grow":
        break;
    }
  };

  // The row behind the last is there before the person is done with the last, and can type on at once.
  const lastRow = listed.at(-1);
  const inLast = growing && state.filter === "all" && editing !== null && editing.position === lastRow;
  useEffect(() => {
    if (inLast) void session.addRows(1);
  }, [inLast, session]);

  /** One more row behind the last, and on to it. */
  const grow = async (to: GridFocus) => {
    if (session.snapshot().filter !== "all") return;
    // It may have come meanwhile.
    if (session.snapshot().listed.length <= to.row) await session.addRows(1);
    const position = session.snapshot().listed[to.row];
    const field = fields[to.column - 1];
    if (position === undefined || field === undefined) return;
    hasKeyboard.current = true;
    session.focus({ position, field });
    reveal(to.row, to.column);
    if (to.editing) setEditing({ position, field });
  };

  const stepOf = (key: GridKey) =>
    gridKey(
      { row, column: focusColumn, editing: editing !== null },
      { rows: listed.length, columns: columns.length + 1, page, editable, typing, menu: onMenu !== undefined, growing },
      key,
    );
  const openInput = () => scroller.current?.querySelector<HTMLInputElement>(".sheet-input") ?? null;
  const take = (step: GridStep) => {
    if (
      editing !== null &&
      (step.action === "commit" ||
        step.action === "grow" ||
        step.action === "nextProblem" ||
        step.action === "previousProblem")
    ) {
      const saved = save(editing.position, editing.field, openInput()?.value ?? "");
      if (step.action === "grow") {
        setEditing(null);
        void awaitKeys(saved.then(() => grow(step.focus)));
        return;
      }
    }
    if (step.focus.row !== row || step.focus.column !== focusColumn || focus === null)
      moveTo(step.focus.row, step.focus.column);
    if (step.focus.editing) {
      const position = listed[step.focus.row];
      const field = fields[step.focus.column - 1];
      setEditing(position === undefined || field === undefined ? null : { position, field, typed: step.typed });
    } else if (editing !== null) setEditing(null);
    if (step.action !== undefined) perform(step.action, row);
  };

  const onKeyDown = (event: ReactKeyboardEvent<HTMLDivElement>) => {
    const target = event.target as HTMLElement;
    if (!target.closest('[role="gridcell"],[role="rowheader"]') || event.nativeEvent.isComposing) return;
    const key = { key: event.key, shift: event.shiftKey, command: event.ctrlKey || event.metaKey, alt: event.altKey };
    const step = stepOf(key);
    // What the grid does not know now it may know there: Esc means the cell that Enter opens. Shortcuts are the browser's.
    const shortcut = key.command || key.alt || /^F\d+$/.test(key.key);
    const waits = held.current !== null && (step !== null || !shortcut);
    if (step === null && !waits) return;
    event.preventDefault();
    event.stopPropagation();
    if (waits) held.current?.push(key);
    else if (step !== null) take(step);
  };

  // One key after the other, each when the page shows what the one before has done.
  useEffect(() => {
    if (held.current === null || underWay.current > 0) return;
    const key = held.current.shift();
    if (key === undefined) {
      held.current = null;
      return;
    }
    const step = stepOf(key);
    const input = openInput();
    if (step !== null) take(step);
    else if (input !== null) typeInto(input, key);
    queueMicrotask(replay);
  });

  const onPaste = (event: React.ClipboardEvent<HTMLDivElement>) => {
    if (!editable || focus?.field == null) return;
    const text = event.clipboardData.getData("text/plain");
    // One line into an open cell is the input's own business.
    if (editing !== null && !/[\t\n]/.test(text.trimEnd())) return;
    if (text === "") return;
    event.preventDefault();
    event.stopPropagation();
    setEditing(null);
    void session
      .paste(focus.position, fields.slice(fields.indexOf(focus.field)), text)
      .then(() => announce(texts.check.pastedBlock(text.trimEnd().split(/\r\n|\r|\n/).length)));
  };

  const onCellPointer = (position: number, field: string | null, shift: boolean) => {
    // A second tap on the same cell opens it, as a double click does.
    const again = inside && field !== null && focus?.position === position && focus.field === field;
    hasKeyboard.current = true;
    if (again && editable) setEditing({ position, field });
    else if (again) onMenu?.(position);
    session.focus({ position, field });
    if (field === null) {
      if (shift) session.tickTo(position);
      else session.tick(position);
    }
  };
  const onCellOpen = (position: number, field: string) => {
    if (editable) setEditing({ position, field });
    else if (onMenu === undefined) session.tick(position);
  };
  const onCellHover = (over: Told | null) => {
    clearTimeout(leaveTimer.current);
    if (over === null) leaveTimer.current = window.setTimeout(() => setHovered(null), 120);
    else setHovered(over);
  };
  const openMenu =
    onMenu === undefined
      ? null
      : (position: number) => {
          hasKeyboard.current = true;
          session.focus({ position, field: session.snapshot().focus?.field ?? null });
          onMenu(position);
        };
  const handlers = useRef({ onCellPointer, onCellOpen, onCellHover, save, setEditing, openMenu });
  handlers.current = { onCellPointer, onCellOpen, onCellHover, save, setEditing, openMenu };

  const drawn: number[] = [];
  for (let at = first; at < last; at++) drawn.push(at);
  // The focused row stays in the page wherever the view is, so the keyboard is never lost.
  if (focusAt >= 0 && (focusAt < first || focusAt >= last)) drawn.push(focusAt);

  const tickedOnList = listed.length > 0 && selection.ticked.size > 0;
  const all = allTicked(selection, listed);
  const told: Told | null = editing === null ? (hovered ?? focus) : editing;
  const toldAt = told === null ? -1 : indexOf(listed, told.position);
  const toldRow = told === null ? undefined : session.row(told.position);

  let callout: ReactNode = null;
  if (told !== null && toldRow !== undefined && toldAt >= first && toldAt < last && (hovered !== null || inside)) {
    const { position, field } = told;
    const at = field === null ? -1 : fields.indexOf(field);
    const left = at < 0 ? 8 : rowHeader + widths.slice(0, at).reduce((sum, width) => sum + width, 0) - scrollLeft;
    const top = (toldAt + 1) * ROW - scrollTop;
    const above = top + ROW + 140 > room.height && top > 160;
    callout = (
      <Callout
        cell={field === null ? { value: "", issues: [...(toldRow.issues ?? [])] } : toldRow.cells[field]}
        session={session}
        position={position}
        field={field}
        left={Math.max(8, Math.min(left, room.width - Math.min(400, room.width) - 8))}
        top={above ? top : top + ROW}
        above={above}
        editable={editable}
        onHover={(over) => onCellHover(over ? told : null)}
        onDone={() => {
          setHovered(null);
          say(position, field);
          toCell();
        }}
      />
    );
  }

  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: it only sees whether the person is inside
    <div
      className="sheet-frame"
      onFocus={() => setInside(true)}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setInside(false);
      }}
    >
      <div
        className="sheet"
        role="grid"
        aria-label={label}
        aria-rowcount={listed.length + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        ref={scroller}
        onScroll={onScroll}
        onKeyDown={onKeyDown}
        onPaste={onPaste}
        onFocus={() => {
          hasKeyboard.current = true;
        }}
        onBlur={(event) => {
          if (!event.currentTarget.contains(event.relatedTarget)) hasKeyboard.current = false;
        }}
      >
        <div
          className="sheet-head"
          role="row"
          aria-rowindex={1}
          style={{ gridTemplateColumns: template, width: total }}
        >
          <div className="sheet-corner" role="columnheader">
            <Checkbox
              aria-label={texts.check.tickAll(listed.length)}
              isSelected={all}
              isIndeterminate={tickedOnList && !all}
              onChange={() => session.tickAll()}
            />
            <span>{texts.check.rowHeader}</span>
          </div>
          {columns.map((column) => (
            <div key={column.field} role="columnheader" className="sheet-title">
              {column.title}
              {column.required && (
                <span className="sheet-required">
                  <span aria-hidden="true">*</span>
                  <span className="visually-hidden"> {texts.check.required}</span>
                </span>
              )}
            </div>
          ))}
        </div>
        <div className="sheet-space" style={{ height: listed.length * ROW, width: total }}>
          <div className="sheet-layer">
            <div className="sheet-rows" style={{ transform: `translateY(${-scrollTop}px)` }}>
              {drawn.map((at) => {
                const position = listed[at] ?? 0;
                return (
                  <GridRow
                    key={position}
                    at={at}
                    position={position}
                    view={session.row(position)}
                    columns={columns}
                    template={template}
                    width={total}
                    ticked={selection.ticked.has(position)}
                    menu={onMenu !== undefined}
                    focusColumn={at === row ? focusColumn : -1}
                    editing={editing?.position === position ? editing.field : null}
                    typed={editing?.position === position ? editing.typed : undefined}
                    handlers={handlers}
                  />
                );
              })}
            </div>
          </div>
        </div>
      </div>
      {listed.length === 0 && <p className="sheet-empty">{empty}</p>}
      {callout}
    </div>
  );
}

interface Handlers {
  onCellPointer(position: number, field: string | null, shift: boolean): void;
  onCellOpen(position: number, field: string): void;
  onCellHover(over: Told | null): void;
  save(position: number, field: string, text: string): Promise<void>;
  openMenu: ((position: number) => void) | null;
  setEditing(editing: Editing | null): void;
}

interface GridRowProps {
  at: number;
  position: number;
  view: RowView | undefined;
  columns: readonly GridColumn[];
  template: string;
  width: number;
  ticked: boolean;
  /** It has a menu of its own. */
  menu: boolean;
  /** The column with the roving tab stop, or -1. */
  focusColumn: number;
  editing: string | null;
  typed: string | undefined;
  handlers: { readonly current: Handlers };
}

const GridRow = memo(function GridRow(props: GridRowProps) {
  const { at, position, view, columns, template, width, ticked, menu, focusColumn, editing, handlers } = props;
  const status = view?.status;
  const number = view?.row ?? position + 1;
  return (
    <div
      className="sheet-row"
      role="row"
      aria-rowindex={at + 2}
      aria-selected={ticked}
      data-status={status}
      style={{ gridTemplateColumns: template, width, top: at * ROW }}
      onContextMenu={(event) => {
        const { openMenu } = handlers.current;
        if (openMenu === null) return;
        event.preventDefault();
        openMenu(position);
      }}
    >
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keyboard */}
      <div
        className="sheet-rowhead"
        role="rowheader"
        tabIndex={focusColumn === 0 ? 0 : -1}
        data-focus-cell={focusColumn === 0 || undefined}
        onClick={(event) => handlers.current.onCellPointer(position, null, event.shiftKey)}
        onMouseDown={(event) => {
          if (event.shiftKey) event.preventDefault();
        }}
        onMouseEnter={() => handlers.current.onCellHover(view?.issues?.length ? { position, field: null } : null)}
        onMouseLeave={() => handlers.current.onCellHover(null)}
        data-refused={view?.issues?.length ? true : undefined}
      >
        <span className="sheet-tick" data-on={ticked || undefined} aria-hidden="true">
          {ticked && <CheckIcon size={12} />}
        </span>
        <span className="sheet-number">{number}</span>
        <span className="sheet-status">
          {status === "refused" ? <ErrorIcon size={14} /> : status === "corrected" ? <CorrectedIcon size={14} /> : null}
        </span>
        <span className="visually-hidden">{status === undefined ? "" : `, ${texts.check.status[status]}`}</span>
        {menu && (
          <button
            type="button"
            className="sheet-menu"
            // The keyboard has keys for it.
            tabIndex={-1}
            aria-label={assignTexts.menu(number)}
            aria-haspopup="dialog"
            onClick={(event) => {
              event.stopPropagation();
              handlers.current.openMenu?.(position);
            }}
          >
            <MoreIcon size={14} />
          </button>
        )}
      </div>
      {columns.map((column, index) => (
        <GridCell
          key={column.field}
          cell={view?.cells[column.field]}
          known={view !== undefined}
          column={column}
          number={number}
          position={position}
          focused={focusColumn === index + 1}
          editing={editing === column.field}
          typed={editing === column.field ? props.typed : undefined}
          handlers={handlers}
        />
      ))}
    </div>
  );
});

interface GridCellProps {
  cell: Cell | undefined;
  known: boolean;
  column: GridColumn;
  number: number;
  position: number;
  focused: boolean;
  editing: boolean;
  typed: string | undefined;
  handlers: { readonly current: Handlers };
}

const GridCell = memo(function GridCell(props: GridCellProps) {
  const { cell, known, column, number, position, focused, editing, handlers } = props;
  const error = cellError(cell);
  const before = error === undefined ? textBefore(cell) : null;
  const corrected = before !== null;
  const warned = error === undefined && !corrected && (cell?.issues.length ?? 0) > 0;
  const text = cellText(cell);
  const taken = before === null ? null : takenAway(before, text);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid handles the keyboard
    <div
      className="sheet-cell"
      role="gridcell"
      tabIndex={focused && !editing ? 0 : -1}
      data-focus-cell={focused || undefined}
      data-refused={error !== undefined || undefined}
      aria-invalid={error !== undefined || undefined}
      onClick={(event) => {
        if (!editing) handlers.current.onCellPointer(position, column.field, event.shiftKey);
      }}
      onDoubleClick={() => handlers.current.onCellOpen(position, column.field)}
      onMouseEnter={() =>
        handlers.current.onCellHover(cell?.issues.length || corrected ? { position, field: column.field } : null)
      }
      onMouseLeave={() => handlers.current.onCellHover(null)}
    >
      {editing ? (
        <CellInput
          // What one edits is what stood in the sheet, as long as it is not good.
          text={error === undefined ? text : (textBefore(cell) ?? text)}
          typed={props.typed}
          label={texts.check.editing(number, column.title)}
          invalid={error !== undefined}
          column={column}
          onBlur={(value) => {
            handlers.current.setEditing(null);
            void handlers.current.save(position, column.field, value);
          }}
        />
      ) : known ? (
        <>
          {error !== undefined && <ErrorIcon size={14} />}
          {warned && <WarningIcon size={14} />}
          {before !== null && taken === null && (
            <>
              <del className="sheet-before">
                <bdi>{visibleBlanks(before)}</bdi>
              </del>
              <span className="sheet-arrow" aria-hidden="true">
                →
              </span>
            </>
          )}
          {taken !== null && taken.lead !== "" && <del className="sheet-taken">{visibleBlanks(taken.lead)}</del>}
          {/* What cannot be seen may be what is wrong. */}
          <bdi className="sheet-text">{error === undefined ? text : visibleBlanks(text)}</bdi>
          {taken !== null && taken.tail !== "" && <del className="sheet-taken">{visibleBlanks(taken.tail)}</del>}
          {error !== undefined && <span className="visually-hidden">, {texts.check.refused(error.message)}</span>}
        </>
      ) : (
        <span className="sheet-waiting" aria-hidden="true" />
      )}
    </div>
  );
});

function CellInput(props: {
  text: string;
  typed: string | undefined;
  label: string;
  invalid: boolean;
  column: GridColumn;
  onBlur: (text: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const open = useRef(true);
  const list = `sheet-options-${props.column.field}`;
  const typedOpen = useRef(props.typed !== undefined);
  useLayoutEffect(() => {
    open.current = true;
    input.current?.focus({ preventScroll: true });
    // What was typed to open it goes on; what stood there is replaced by typing.
    if (input.current !== null && typedOpen.current)
      input.current.setSelectionRange(input.current.value.length, input.current.value.length);
    else input.current?.select();
    return () => {
      // Taken away by Enter, Tab or Esc, which have dealt with the text: the blur that follows is not a person's.
      open.current = false;
    };
  }, []);
  return (
    <>
      <input
        ref={input}
        className="sheet-input"
        defaultValue={props.typed ?? props.text}
        aria-label={props.label}
        aria-invalid={props.invalid || undefined}
        spellCheck={false}
        autoComplete="off"
        list={props.column.options === null ? undefined : list}
        placeholder={props.column.multiple ? texts.check.listHint : undefined}
        onBlur={(event) => {
          if (open.current) props.onBlur(event.currentTarget.value);
        }}
      />
      {props.column.options !== null && (
        <datalist id={list}>
          {props.column.options.map((option) => (
            <option key={option.id} value={option.name} />
          ))}
        </datalist>
      )}
    </>
  );
}
