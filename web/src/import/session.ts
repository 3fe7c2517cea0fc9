import type { ExportFormat } from "../api/client";
import { exportTypes } from "../api/export";
import { isRepaired } from "./reading";
import { prefetchRange, RowCache } from "./rowCache";
import {
  extend,
  firstFrom,
  indexOf,
  merged,
  nothingTicked,
  type Selection,
  tickedPositions,
  toggle,
  toggleAll,
} from "./selection";
import {
  type Cell,
  type Change,
  type Counts,
  type Filter,
  type Issue,
  isEmptyRow,
  type RowView,
  type SheetHandle,
  type SheetInfo,
  type Usual,
  usualValues,
} from "./validator";

/** What the server found about a cell that only it can know; stands until the cell is changed. */
export interface ServerMark {
  readonly field: string;
  readonly code: string;
  readonly message: string;
}

/** The cell that has the keyboard; `field` is null for the row's own cell. */
export interface Focus {
  readonly position: number;
  readonly field: string | null;
}

export interface SheetState {
  /** Without the rows that were added and not filled. */
  readonly counts: Counts;
  /** What the validator says of the sheet as a whole. */
  readonly issues: SheetInfo["issues"];
  /** Rows that the server refused and the validator does not. */
  readonly marked: number;
  readonly removed: number;
  readonly filter: Filter;
  /** Positions of the rows on the list, ascending. */
  readonly listed: Uint32Array;
  readonly selection: Selection;
  readonly focus: Focus | null;
  readonly undoable: boolean;
  readonly redoable: boolean;
  /** Anything was changed by hand. */
  readonly edited: boolean;
  /** How often. */
  readonly edits: number;
  /** Grows whenever rows' text may have changed. */
  readonly revision: number;
  /** Why the sheet can no longer be read: the worker has ended. */
  readonly failure: Error | null;
}

type Marks = ReadonlyMap<number, readonly ServerMark[]>;

/** One undo of a person may be several of the sheet. */
interface Done {
  readonly marks: Marks;
  readonly steps: number;
}

/** Values of a list column, for some rows or all. */
export interface Assignment {
  readonly field: string;
  readonly values: readonly string[];
  readonly positions: Uint32Array | null;
}

/** As many edits as the sheet keeps for undoing. */
const HISTORY = 200;
/** Added rows are looked at for empty ones from the end, so far: no more of them are added. */
export const ADDED_ROWS = 2000;

/**
 * The open sheet as the page sees it: the rows on the list, the ticked ones, the text of those in view.
 * The sheet itself stays in the worker; changes go to it one after the other, and the page is told only
 * when the rows it shows have their new text.
 */
export class SheetSession {
  readonly info: SheetInfo;
  readonly profile: string;
  readonly #sheet: SheetHandle;
  readonly #cache = new RowCache();
  readonly #listeners = new Set<() => void>();
  #state: SheetState;
  #marks: Marks = new Map();
  /** Rows that were added and not filled yet: no problem, and not imported. */
  #empty: ReadonlySet<number> = new Set();
  /** What empty cells stand for: known once a row was added. */
  #usual: Usual = {};
  /** How many rows the sheet had when it was read. */
  readonly #rowsRead: number;
  /** How many it has, empty ones included. */
  #rows: number;
  #undo: Done[] = [];
  #redo: Done[] = [];
  #listStale = false;
  #view = { first: 0, last: 40, direction: 1 as 1 | -1 };
  #filling = false;
  #closed = false;
  #queue: Promise<unknown> = Promise.resolve();

  private constructor(
    sheet: SheetHandle,
    profile: string,
    info: SheetInfo,
    counts: Counts,
    listed: Uint32Array,
    byHand: boolean,
  ) {
    this.#sheet = sheet;
    this.profile = profile;
    this.info = info;
    this.#rows = counts.rows;
    this.#rowsRead = byHand ? 0 : counts.rows;
    this.#state = {
      counts,
      issues: info.issues,
      marked: 0,
      removed: 0,
      filter: "all",
      listed,
      selection: nothingTicked,
      focus: null,
      undoable: false,
      redoable: false,
      edited: false,
      edits: 0,
      revision: 0,
      failure: null,
    };
  }

  /** `byHand`: no row of it was read. */
  static async open(sheet: SheetHandle, profile: string, byHand = false): Promise<SheetSession> {
    const [info, counts, listed] = await Promise.all([sheet.info(), sheet.counts(), sheet.indices("all")]);
    const session = new SheetSession(sheet, profile, JSON.parse(info), JSON.parse(counts), listed, byHand);
    await session.#read(listed.subarray(0, 60));
    if (byHand) await session.#look(0);
    await session.#recount(JSON.parse(counts));
    return session;
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly snapshot = (): SheetState => this.#state;

  close(): void {
    this.#closed = true;
    void this.#queue.then(() => this.#sheet.free()).catch(() => undefined);
  }

  /** How many rows there are, empty ones included. */
  get size(): number {
    return this.#rows;
  }

  /** How many of them were added and not filled. */
  get emptyRows(): number {
    return this.#empty.size;
  }

  /** The row's text where it is at hand, with what the server said about it. */
  row(position: number): RowView | undefined {
    const row = this.#cache.get(position);
    return row === undefined ? undefined : this.#shown(row);
  }

  async rowNow(position: number): Promise<RowView | undefined> {
    await this.#read(Uint32Array.of(position));
    return this.row(position);
  }

  /** True when every row of this part of the list has its text. */
  ready(first: number, last: number): boolean {
    const { listed } = this.#state;
    for (let at = first; at < Math.min(last, listed.length); at++) {
      if (this.#cache.get(listed[at] ?? 0) === undefined) return false;
    }
    return true;
  }

  /** Says which part of the list is in view; its text is fetched first, then that around it. */
  look(first: number, last: number): void {
    const direction = first === this.#view.first ? this.#view.direction : first > this.#view.first ? 1 : -1;
    this.#view = { first, last, direction };
    void this.#fill();
  }

  focus(focus: Focus | null): void {
    const before = this.#state.focus;
    if (before?.position === focus?.position && before?.field === focus?.field) return;
    this.#publish({ focus });
    // A row that no longer fits the filter stays on the list until the person has left it.
    if (this.#listStale && before?.position !== focus?.position) void this.#serially(() => this.#relist());
  }

  tick(position: number): void {
    this.#publish({ selection: toggle(this.#state.selection, position) });
  }

  tickTo(position: number): void {
    this.#publish({ selection: extend(this.#state.selection, position, this.#state.listed) });
  }

  tickAll(): void {
    this.#publish({ selection: toggleAll(this.#state.selection, this.#state.listed) });
  }

  tickNone(): void {
    this.#publish({ selection: nothingTicked });
  }

  filter(filter: Filter): Promise<void> {
    return this.#serially(async () => {
      this.#view = { first: 0, last: Math.max(40, this.#view.last - this.#view.first), direction: 1 };
      await this.#relist(filter);
    });
  }

  setCell(position: number, field: string, text: string): Promise<Change> {
    return this.#change(() => this.#sheet.setCell(position, field, text), { unmark: [[position, field]] });
  }

  refuseCorrection(position: number, field: string): Promise<Change> {
    return this.#change(() => this.#sheet.refuseCorrection(position, field));
  }

  takeCorrection(position: number, field: string): Promise<Change> {
    return this.#change(() => this.#sheet.takeCorrection(position, field));
  }

  fixAll(code: string, field: string): Promise<Change> {
    return this.#change(() => this.#sheet.fixAll(code, field));
  }

  /** All of it is one edit, and one to undo. Rows that were added and not filled are nobody and get nothing. */
  assign(assignments: readonly Assignment[]): Promise<Change> {
    return this.#change(
      async () => {
        const changed = new Set<number>();
        let last: Change | null = null;
        for (const { field, values, positions } of assignments) {
          const answer = await this.#sheet.assign(field, JSON.stringify(values), this.#people(positions));
          last = JSON.parse(answer) as Change;
          for (const position of last.changed) changed.add(position);
        }
        const counts = last?.counts ?? (JSON.parse(await this.#sheet.counts()) as Counts);
        return JSON.stringify({ changed: [...changed], counts });
      },
      { steps: assignments.length },
    );
  }

  /** Across these columns, the first of which is the cell's own. */
  paste(position: number, fields: readonly string[], text: string): Promise<Change> {
    const lines = text.split(/\r\n|\r|\n/).length;
    const unmark: [number, null][] = Array.from({ length: lines }, (_, line) => [position + line, null]);
    return this.#change(() => this.#sheet.paste(position, JSON.stringify(fields), text), {
      restructures: true,
      unmark,
    });
  }

  addRows(count: number): Promise<Change> {
    const add = async () => {
      const answer = await this.#sheet.addRows(count);
      await this.#look((JSON.parse(answer) as Change).counts.rows - 1);
      return answer;
    };
    return this.#change(add, { restructures: true });
  }

  /** Removes rows; those after them move up. */
  remove(positions: Uint32Array): Promise<Change> {
    return this.#change(() => this.#sheet.remove(positions), { restructures: true, removed: positions });
  }

  removeTicked(): Promise<Change> {
    return this.remove(tickedPositions(this.#state.selection));
  }

  undo(): Promise<Change> {
    return this.#change(() => this.#again(this.#undo, () => this.#sheet.undo()), {
      restructures: true,
      history: "undo",
    });
  }

  redo(): Promise<Change> {
    return this.#change(() => this.#again(this.#redo, () => this.#sheet.redo()), {
      restructures: true,
      history: "redo",
    });
  }

  /** Gives the rows that the server refused their reasons. */
  mark(marks: Marks): Promise<void> {
    return this.#serially(async () => {
      this.#marks = marks;
      this.#undo = this.#undo.map((done) => ({ ...done, marks }));
      await this.#relist();
    });
  }

  /** Positions that cannot be imported as they stand, ascending: the validator's and the server's. */
  async problems(): Promise<Uint32Array> {
    const all = merged(await this.#sheet.indices("problems"), this.#marks.keys());
    return this.#empty.size === 0 ? all : all.filter((position) => !this.#empty.has(position));
  }

  /** Positions of every row that fits the filter, ascending. */
  async positions(filter: Filter): Promise<Uint32Array> {
    return filter === "problems" ? this.problems() : this.#sheet.indices(filter);
  }

  /** Every row but those that were added and not filled, as a change takes them. */
  async everyone(): Promise<Uint32Array | null> {
    if (this.#empty.size === 0) return null;
    return (await this.#sheet.indices("all")).filter((position) => !this.#empty.has(position));
  }

  /** The problem after (before) the focused cell, round the end; null where there is none. */
  async nextProblem(backwards: boolean, fields: readonly string[]): Promise<Focus | null> {
    const focus = this.#state.focus;
    const here = focus === null ? undefined : this.row(focus.position);
    if (focus !== null && here !== undefined) {
      const bad = problemFields(here, fields);
      const at = focus.field === null ? -1 : fields.indexOf(focus.field);
      const field = backwards
        ? bad.findLast((name) => fields.indexOf(name) < at)
        : bad.find((name) => fields.indexOf(name) > at);
      if (field !== undefined) return { position: focus.position, field };
    }
    const problems = await this.problems();
    if (problems.length === 0) return null;
    const from = focus?.position ?? (backwards ? Number.MAX_SAFE_INTEGER : -1);
    const at = backwards ? firstFrom(problems, from) - 1 : firstFrom(problems, from + 1);
    const position = problems[(at + problems.length) % problems.length] ?? 0;
    const row = await this.rowNow(position);
    const bad = row === undefined ? [] : problemFields(row, fields);
    // A row that is wrong as a whole has its problem at its head.
    return { position, field: (backwards ? bad.at(-1) : bad[0]) ?? null };
  }

  /** Where the rows of these numbers stand now. */
  async locate(numbers: readonly number[]): Promise<Map<number, number>> {
    return isRepaired(this.info) ? this.#lookThrough(numbers) : this.#search(numbers);
  }

  /** A file that returns brings its numbers along, in whatever order it was sorted into. */
  async #lookThrough(numbers: readonly number[]): Promise<Map<number, number>> {
    const wanted = new Set(numbers);
    const found = new Map<number, number>();
    for (let first = 0; first < this.#rows && found.size < wanted.size; first += ADDED_ROWS) {
      const length = Math.min(ADDED_ROWS, this.#rows - first);
      const rows: RowView[] = JSON.parse(await this.#sheet.window(Uint32Array.from({ length }, (_, at) => first + at)));
      for (const row of rows) if (wanted.has(row.row)) found.set(row.row, row.position);
    }
    return found;
  }

  /** Otherwise numbers ascend with positions: a search for all of them at once. */
  async #search(numbers: readonly number[]): Promise<Map<number, number>> {
    const found = new Map<number, number>();
    let open = [...new Set(numbers)].map((number) => ({ number, low: 0, high: this.#rows }));
    while (open.length > 0) {
      const middles = [...new Set(open.map(({ low, high }) => (low + high) >>> 1))];
      const rows: RowView[] = JSON.parse(await this.#sheet.window(Uint32Array.from(middles)));
      const numberAt = new Map(rows.map((row) => [row.position, row.row]));
      open = open.flatMap(({ number, low, high }) => {
        const middle = (low + high) >>> 1;
        const here = numberAt.get(middle);
        if (here === number) found.set(number, middle);
        if (here === undefined || here === number) return [];
        const next = here < number ? { number, low: middle + 1, high } : { number, low, high: middle };
        return next.low < next.high ? [next] : [];
      });
    }
    return found;
  }

  /** Rows of these positions, for a report; not kept. */
  async rows(positions: Uint32Array): Promise<RowView[]> {
    const rows: RowView[] = JSON.parse(await this.#sheet.window(positions));
    return rows.map((row) => this.#shown(row));
  }

  /** The refused rows as they stand and what is wrong with them, as a file to repair and bring back. */
  async refusedFile(format: ExportFormat): Promise<Blob> {
    const bytes = await this.#serially(() => (format === "csv" ? this.#sheet.refusedCsv() : this.#sheet.refusedXlsx()));
    return new Blob([new Uint8Array(bytes)], { type: exportTypes[format] });
  }

  /** The rows that can be imported, as the API takes them. */
  async records(start: number, count: number): Promise<Record<string, string | string[] | number>[]> {
    return JSON.parse(await this.#sheet.records(start, count));
  }

  #shown(row: RowView): RowView {
    if (this.#empty.has(row.position)) return { ...row, status: "accepted", cells: {}, issues: [] };
    const marks = this.#marks.get(row.position);
    if (marks === undefined) return row;
    const cells: Record<string, Cell> = { ...row.cells };
    for (const mark of marks) {
      const cell = cells[mark.field] ?? { value: "", issues: [] };
      const issue: Issue = {
        field: mark.field,
        code: mark.code,
        severity: "error",
        params: {},
        message: mark.message,
        correction: null,
      };
      cells[mark.field] = { ...cell, issues: [issue, ...cell.issues] };
    }
    return { ...row, status: "refused", cells };
  }

  readonly #failed = (error: unknown): void => {
    if (!this.#closed) this.#publish({ failure: error instanceof Error ? error : new Error(String(error)) });
  };

  #serially<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#queue.then(work);
    this.#queue = result.catch(this.#failed);
    return result;
  }

  /** As many steps as the person's last edit had. */
  async #again(history: readonly Done[], step: () => Promise<string>): Promise<string> {
    let answer = await step();
    const changed: number[] = (JSON.parse(answer) as Change).changed;
    for (let more = (history.at(-1)?.steps ?? 1) - 1; more > 0; more--) {
      answer = await step();
      changed.push(...(JSON.parse(answer) as Change).changed);
    }
    return JSON.stringify({ ...(JSON.parse(answer) as Change), changed });
  }

  #change(
    act: () => Promise<string>,
    effect: {
      /** Positions may mean other rows afterwards. */
      restructures?: boolean;
      removed?: Uint32Array;
      unmark?: readonly (readonly [number, string | null])[];
      history?: "undo" | "redo";
      steps?: number;
    } = {},
  ): Promise<Change> {
    return this.#serially(async () => {
      const change: Change = JSON.parse(await act());
      const before = this.#rows;
      this.#rows = change.counts.rows;
      // What changed nothing is nothing to undo.
      if (change.changed.length === 0 && before === this.#rows) return change;
      if (effect.history === undefined) {
        this.#undo = within([...this.#undo, { marks: this.#marks, steps: effect.steps ?? 1 }]);
        this.#redo = [];
        if (effect.unmark !== undefined) this.#marks = unmarked(this.#marks, effect.unmark);
        if (effect.removed !== undefined) this.#marks = shifted(this.#marks, effect.removed);
      } else {
        const [from, to] = effect.history === "undo" ? [this.#undo, this.#redo] : [this.#redo, this.#undo];
        const done = from.pop();
        if (done !== undefined) {
          to.push({ ...done, marks: this.#marks });
          this.#marks = done.marks;
        }
      }
      const [removed, info] = await Promise.all([this.#sheet.removedCount(), this.#sheet.info()]);
      this.#state = {
        ...this.#state,
        removed,
        issues: (JSON.parse(info) as SheetInfo).issues,
        undoable: this.#undo.length > 0,
        redoable: this.#redo.length > 0,
        edited: true,
        edits: this.#state.edits + 1,
      };
      if (effect.restructures === true) this.#cache.invalidateAll();
      else this.#cache.invalidate(change.changed);
      await this.#recount(change.counts);
      if (effect.restructures === true && (effect.removed !== undefined || before !== this.#rows)) {
        this.#state = { ...this.#state, selection: nothingTicked };
        await this.#relist();
      } else {
        this.#listStale = this.#state.filter !== "all";
        await this.#refresh();
      }
      return change;
    });
  }

  /** These rows, or with null all, without those that were added and not filled. */
  #people(positions: Uint32Array | null): Uint32Array | null {
    if (this.#empty.size === 0) return positions;
    const all = positions ?? Uint32Array.from({ length: this.#rows }, (_, at) => at);
    return all.filter((at) => !this.#empty.has(at));
  }

  /** Sees in a row that is still empty what its cells stand for. */
  async #look(position: number): Promise<void> {
    const [row]: RowView[] = JSON.parse(await this.#sheet.window(Uint32Array.of(position)));
    this.#usual = usualValues(row);
  }

  /** Finds the empty rows among the added ones, which stand at the end, and leaves them out of the counts. */
  async #recount(counts: Counts): Promise<void> {
    const first = Math.max(this.#rowsRead - this.#state.removed, counts.rows - ADDED_ROWS);
    const empty = new Set<number>();
    if (first < counts.rows) {
      const added = Uint32Array.from({ length: counts.rows - first }, (_, at) => first + at);
      const rows: RowView[] = JSON.parse(await this.#sheet.window(added));
      for (const row of rows) if (isEmptyRow(row, this.#usual)) empty.add(row.position);
    }
    this.#empty = empty;
    this.#state = {
      ...this.#state,
      counts: { ...counts, rows: counts.rows - empty.size, refused: counts.refused - empty.size },
    };
  }

  /** Reads the list again and shows it once its visible rows have their text. */
  async #relist(filter = this.#state.filter): Promise<void> {
    const listed = await this.positions(filter);
    this.#listStale = false;
    const focus = this.#state.focus;
    let kept = focus;
    if (focus !== null && indexOf(listed, focus.position) < 0) {
      const position = listed[Math.min(firstFrom(listed, focus.position), listed.length - 1)];
      kept = position === undefined ? null : { ...focus, position };
    }
    this.#state = { ...this.#state, filter, listed, focus: kept };
    await this.#refresh();
  }

  /** Publishes with the visible rows' new text. */
  async #refresh(): Promise<void> {
    const { listed, counts } = this.#state;
    const last = Math.min(this.#view.last, listed.length);
    const first = Math.min(this.#view.first, Math.max(0, last - 1));
    await this.#read(listed.subarray(first, last));
    const marked = this.#marks.size === 0 ? 0 : (await this.problems()).length - counts.refused;
    this.#publish({ marked, revision: this.#state.revision + 1 });
  }

  async #read(positions: Iterable<number>): Promise<boolean> {
    const missing = this.#cache.missing(positions);
    if (missing.length === 0 || this.#closed) return false;
    this.#cache.put(JSON.parse(await this.#sheet.window(missing)) as RowView[]);
    return true;
  }

  async #fill(): Promise<void> {
    if (this.#filling) return;
    this.#filling = true;
    try {
      for (;;) {
        const { first, last, direction } = this.#view;
        const { listed, revision } = this.#state;
        const seen = await this.#read(listed.subarray(first, Math.min(last, listed.length)));
        if (seen && revision === this.#state.revision) this.#publish({ revision: revision + 1 });
        if (first !== this.#view.first || last !== this.#view.last) continue;
        const ahead = prefetchRange(first, last, direction, listed.length);
        await this.#read(listed.subarray(ahead.from, ahead.to));
        if (first === this.#view.first && last === this.#view.last) return;
      }
    } catch (error) {
      this.#failed(error);
    } finally {
      this.#filling = false;
    }
  }

  #publish(patch: Partial<SheetState>): void {
    this.#state = { ...this.#state, ...patch };
    for (const listener of this.#listeners) listener();
  }
}

/** The newest edits that the sheet can still undo. */
function within(edits: readonly Done[]): Done[] {
  let steps = 0;
  const first = edits.findLastIndex((edit) => {
    steps += edit.steps;
    return steps > HISTORY;
  });
  return edits.slice(first + 1);
}

/** The fields of a row that have an error, in the order of the columns. */
export function problemFields(row: RowView, fields: readonly string[]): string[] {
  return fields.filter((field) => row.cells[field]?.issues.some((issue) => issue.severity === "error"));
}

function unmarked(marks: Marks, cells: readonly (readonly [number, string | null])[]): Marks {
  if (marks.size === 0) return marks;
  const left = new Map(marks);
  for (const [position, field] of cells) {
    const kept = field === null ? [] : (left.get(position) ?? []).filter((mark) => mark.field !== field);
    if (kept.length === 0) left.delete(position);
    else left.set(position, kept);
  }
  return left;
}

/** The marks after rows were removed: theirs are gone, those behind them moved up. */
function shifted(marks: Marks, removed: Uint32Array): Marks {
  const left = new Map<number, readonly ServerMark[]>();
  for (const [position, list] of marks) {
    const before = firstFrom(removed, position);
    if (removed[before] !== position) left.set(position - before, list);
  }
  return left;
}
