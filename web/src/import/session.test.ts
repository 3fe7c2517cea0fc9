import { beforeEach, describe, expect, test } from "vitest";
import { SheetSession } from "./session";
import type { RowView, SheetHandle } from "./validator";

const refused = (email: string) => email === "bad" || email === "";

/** A sheet whose rows are refused where the email is "bad"; enough to see what the session does with it. */
class TestSheet implements SheetHandle {
  emails: string[];
  before: string[][] = [];
  windows = 0;
  titles: string[] = [];
  /** What stands for an empty cell of the column "site". */
  usual = "";
  /** In place of the usual numbers. */
  numbers: number[] | null = null;
  removed = 0;
  constructor(emails: string[]) {
    this.emails = emails;
  }
  async info() {
    const source = { columns: this.titles.map((title, index) => ({ index, title, field: null })) };
    return JSON.stringify({ fields: [{ field: "email" }], columns: [], unmapped: [], issues: [], source });
  }
  async counts() {
    const bad = this.emails.filter(refused).length;
    const rows = this.emails.length;
    return JSON.stringify({ rows, accepted: rows - bad, corrected: 0, refused: bad, without_role: 0 });
  }
  async indices(filter: string) {
    const positions = this.emails.flatMap((email, at) => (filter === "all" || refused(email) ? [at] : []));
    return Uint32Array.from(positions);
  }
  async window(positions: Uint32Array) {
    this.windows += 1;
    const issue = { code: "email_not_valid", severity: "error", message: "no", correction: null };
    return JSON.stringify(
      [...positions].flatMap((position) => {
        const value = this.emails[position];
        if (value === undefined) return [];
        const bad = refused(value);
        // Every tenth row number was left out by a removal in the past.
        const row = this.numbers?.[position] ?? position + 1 + Math.floor(position / 9);
        const view: RowView = {
          position,
          row,
          line: row + 1,
          status: bad ? "refused" : "accepted",
          cells: {
            email: { value, issues: bad ? [issue as never] : [] },
            ...(this.usual === "" ? {} : { site: { value: this.usual, issues: [] } }),
          },
          issues: [],
        };
        return [view];
      }),
    );
  }
  async #result(changed: number[]) {
    return JSON.stringify({ changed, counts: JSON.parse(await this.counts()) });
  }
  async setCell(position: number, _field: string, text: string) {
    this.before.push([...this.emails]);
    this.emails[position] = text;
    return this.#result([position]);
  }
  refuseCorrection = () => this.#result([]);
  takeCorrection = () => this.#result([]);
  fixAll = () => this.#result([]);
  async assign(field: string, values: string, positions: Uint32Array | null) {
    this.before.push([...this.emails]);
    const to = positions ?? Uint32Array.from(this.emails.keys());
    for (const position of to) this.emails[position] = `${field}:${JSON.parse(values).join("+")}`;
    return this.#result([...to]);
  }
  pasted: { position: number; fields: string[]; text: string } | null = null;
  async paste(position: number, fields: string, text: string) {
    this.pasted = { position, fields: JSON.parse(fields), text };
    return this.#result([]);
  }
  async addRows(count: number) {
    const from = this.emails.length;
    this.emails.push(...Array.from({ length: count }, () => ""));
    return this.#result(Array.from({ length: count }, (_, at) => from + at));
  }
  redo = () => this.#result([]);
  async remove(positions: Uint32Array) {
    this.before.push([...this.emails]);
    this.removed += positions.length;
    this.emails = this.emails.filter((_, at) => !positions.includes(at));
    return this.#result([]);
  }
  async undo() {
    this.emails = this.before.pop() ?? this.emails;
    return this.#result(this.emails.map((_, at) => at));
  }
  records = async () => "[]";
  refusedXlsx = async () => new TextEncoder().encode("PK");
  refusedCsv = async () => new TextEncoder().encode("\ufeffEmail,Rollcall row\r\nbad,5\r\n");
  removedCount = async () => this.removed;
  free = async () => {};
}

const email = (session: SheetSession, position: number) => session.row(position)?.cells.email?.value;
const listed = (session: SheetSession) => [...session.snapshot().listed];

describe("a sheet of thirty rows, two of them bad", () => {
  let sheet: TestSheet;
  let session: SheetSession;
  beforeEach(async () => {
    sheet = new TestSheet(
      Array.from({ length: 30 }, (_, at) => (at === 4 || at === 20 ? "bad" : `p${at}@example.com`)),
    );
    session = await SheetSession.open(sheet, "{}");
  });

  test("a changed cell shows its new text at once when it is published, though its verdict did not change", async () => {
    await session.setCell(1, "email", "other@example.com");
    expect(email(session, 1)).toBe("other@example.com");
    expect(session.snapshot().undoable).toBe(true);
  });

  test("refused rows become a file for a spreadsheet", async () => {
    const file = await session.refusedFile("csv");
    expect([file.type, await file.text()]).toEqual(["text/csv;charset=utf-8", "Email,Rollcall row\r\nbad,5\r\n"]);
    expect(await (await session.refusedFile("xlsx")).text()).toBe("PK");
  });

  test("what was given in several ways at once is undone at once", async () => {
    await session.setCell(1, "email", "other@example.com");
    await session.assign([
      { field: "groups", values: ["Night"], positions: Uint32Array.of(0) },
      { field: "groups", values: ["Night", "Day"], positions: Uint32Array.of(1, 2) },
    ]);
    expect([email(session, 0), email(session, 2)]).toEqual(["groups:Night", "groups:Night+Day"]);
    await session.undo();
    expect([email(session, 0), email(session, 1)]).toEqual(["p0@example.com", "other@example.com"]);
    await session.undo();
    expect(email(session, 1)).toBe("p1@example.com");
    expect(session.snapshot().undoable).toBe(false);
  });

  test("a repaired row stays on the list of problems until the person has left it", async () => {
    await session.filter("problems");
    session.focus({ position: 4, field: "email" });
    await session.setCell(4, "email", "good@example.com");
    expect(listed(session)).toEqual([4, 20]);
    session.focus({ position: 20, field: "email" });
    await session.problems();
    await new Promise((resolve) => setTimeout(resolve, 0));
    expect(listed(session)).toEqual([20]);
  });

  test("the next problem goes round the end", async () => {
    session.focus({ position: 20, field: "email" });
    expect(await session.nextProblem(false, ["email"])).toEqual({ position: 4, field: "email" });
    expect(await session.nextProblem(true, ["email"])).toEqual({ position: 4, field: "email" });
    session.focus(null);
    expect(await session.nextProblem(false, ["email"])).toEqual({ position: 4, field: "email" });
  });

  test("removing ticked rows moves the others up and forgets the ticks", async () => {
    session.tick(4);
    session.tick(0);
    await session.removeTicked();
    expect(session.snapshot().counts.rows).toBe(28);
    expect(session.snapshot().selection.ticked.size).toBe(0);
    expect(email(session, 0)).toBe("p1@example.com");
  });

  test("what the server refused is a problem like any other until its cell is changed; undo brings it back", async () => {
    await session.mark(new Map([[10, [{ field: "email", code: "email_taken", message: "taken" }]]]));
    expect(session.snapshot().marked).toBe(1);
    expect([...(await session.problems())]).toEqual([4, 10, 20]);
    expect(session.row(10)?.status).toBe("refused");
    await session.setCell(10, "email", "free@example.com");
    expect(session.snapshot().marked).toBe(0);
    await session.undo();
    expect(session.snapshot().marked).toBe(1);
  });

  test("the server's marks move with their rows", async () => {
    await session.mark(new Map([[10, [{ field: "email", code: "email_taken", message: "taken" }]]]));
    await session.remove(Uint32Array.of(0, 1));
    expect([...(await session.problems())]).toEqual([2, 8, 18]);
    await session.remove(Uint32Array.of(8));
    expect([...(await session.problems())]).toEqual([2, 17]);
  });

  test("row numbers of a report are found where the rows stand now", async () => {
    expect(await session.locate([1, 11, 33, 10, 999])).toEqual(
      new Map([
        [1, 0],
        [11, 9],
        [33, 29],
      ]),
    );
  });

  test("in a file that returned they are found though it was sorted", async () => {
    const sorted = new TestSheet(["c@x.org", "a@x.org", "b@x.org"]);
    sorted.titles = ["Email", "Rollcall row", "Rollcall errors"];
    sorted.numbers = [40, 7, 12];
    const returned = await SheetSession.open(sorted, "{}");
    expect(await returned.locate([7, 40, 8])).toEqual(
      new Map([
        [40, 0],
        [7, 1],
      ]),
    );
  });

  test("rows that were added and not filled are neither problems nor people", async () => {
    await session.addRows(3);
    expect(listed(session)).toHaveLength(33);
    expect(session.snapshot().counts).toMatchObject({ rows: 30, refused: 2 });
    expect([...(await session.problems())]).toEqual([4, 20]);
    expect([session.size, session.emptyRows]).toEqual([33, 3]);
    expect(session.row(31)?.status).toBe("accepted");
    await session.setCell(31, "email", "bad");
    expect(session.snapshot().counts).toMatchObject({ rows: 31, refused: 3 });
    expect([...(await session.problems())]).toEqual([4, 20, 31]);
  });

  test("a row that says only what an empty one says is empty", async () => {
    sheet.usual = "HQ";
    const typed = new TestSheet(["", "", "ana@example.org"]);
    typed.usual = "HQ";
    expect((await SheetSession.open(typed, "{}", true)).emptyRows).toBe(2);
    await session.addRows(2);
    expect(session.emptyRows).toBe(2);
    await session.setCell(30, "email", "someone@example.org");
    expect(session.emptyRows).toBe(1);
  });

  test("rows that are nobody are given nothing", async () => {
    await session.addRows(2);
    await session.assign([{ field: "role", values: ["Viewer"], positions: null }]);
    expect([email(session, 29), sheet.emails[30]]).toEqual(["role:Viewer", ""]);
    await session.assign([{ field: "role", values: ["Editor"], positions: Uint32Array.of(3, 31) }]);
    expect([email(session, 3), sheet.emails[31]]).toEqual(["role:Editor", ""]);
    expect(session.emptyRows).toBe(2);
  });

  test("a block is pasted across the columns that are shown", async () => {
    await session.paste(2, ["phone", "role"], "a\tb");
    expect(sheet.pasted).toEqual({ position: 2, fields: ["phone", "role"], text: "a\tb" });
  });

  test("an edit that changes nothing is nothing to undo", async () => {
    sheet.fixAll = async () => JSON.stringify({ changed: [], counts: JSON.parse(await sheet.counts()) });
    await session.fixAll("code", "email");
    expect(session.snapshot().undoable).toBe(false);
  });

  test("a worker that ended is told, not waited for", async () => {
    sheet.setCell = () => Promise.reject(new Error("the worker was closed"));
    await expect(session.setCell(1, "email", "x")).rejects.toThrow("closed");
    expect(session.snapshot().failure?.message).toBe("the worker was closed");
  });

  test("the rows in view are read first and only once", async () => {
    const wide = await SheetSession.open(new TestSheet(Array.from({ length: 5000 }, (_, at) => `p${at}`)), "{}");
    expect(wide.ready(3000, 3040)).toBe(false);
    wide.look(3000, 3040);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(wide.ready(3000, 3040)).toBe(true);
    expect(wide.ready(2970, 3100)).toBe(true);
  });
});
