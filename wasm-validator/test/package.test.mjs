// The package as a Node program installs and uses it. What the validator says of sheets is tested by tests/corpus.mjs.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { close, check as checkInWorker, openSheet, prepare, verdicts as verdictsInWorker } from "../pkg/client-node.js";
import { builtInProfile, check, checkField, init, isWorkbook, profiles, Sheet, verdicts } from "../pkg/node.js";

const pkg = fileURLToPath(new URL("../pkg", import.meta.url));
const bytes = (text) => new TextEncoder().encode(text);
const workbook = () => new Uint8Array(readFileSync(new URL("../../tests/corpus/xlsx-several-sheets.xlsx", import.meta.url)));
const SHEET = "First Name\tLast Name\tEmail\nAna\tDiaz\tana@example.com\nBo\tLi\tbo@\nCy\tOdd\tcy@example.com\n";

after(close);

test("before init, every call says what is missing", () => {
  assert.throws(() => check(bytes(SHEET), "end-user"), /await init\(\) first/);
  assert.throws(() => profiles(), /await init\(\) first/);
  assert.throws(() => Sheet.parse(bytes(SHEET), "end-user"), /await init\(\) first/);
});

test("init may be called as often as one likes", async () => {
  await Promise.all([init(), init()]);
  await init();
});

test("the report is canonical JSON", () => {
  const text = check(bytes(SHEET), "end-user");
  const report = JSON.parse(text);
  assert.equal(report.verdict, "refused");
  assert.deepEqual(report.counts, { rows: 3, accepted: 2, corrected: 0, refused: 1 });
  assert.deepEqual(report.rows.map((row) => row.row), [2]);
  const sorted = (value) =>
    value && typeof value === "object" && !Array.isArray(value)
      ? Object.fromEntries(Object.keys(value).sort().map((key) => [key, sorted(value[key])]))
      : Array.isArray(value)
        ? value.map(sorted)
        : value;
  assert.equal(text, JSON.stringify(sorted(report)));
  assert.equal(JSON.parse(check(bytes(SHEET), "end-user", { rows: "all" })).rows.length, 3);
});

test("an effective profile is taken as JSON", () => {
  for (const id of profiles()) {
    const json = builtInProfile(id);
    assert.equal(check(bytes(SHEET), json), check(bytes(SHEET), id), id);
  }
});

test("verdicts are a byte for each row, of texts and workbooks, here and in the worker", async () => {
  assert.deepEqual(verdicts(bytes(SHEET), "end-user"), Uint8Array.of(0, 2, 0));
  assert.deepEqual(verdicts(bytes(""), "end-user"), new Uint8Array());
  assert.deepEqual(verdicts(workbook(), "technician"), Sheet.parse(workbook(), "technician").statuses());
  assert.deepEqual(await verdictsInWorker(bytes(SHEET), "end-user"), Uint8Array.of(0, 2, 0));
  assert.throws(() => verdicts(bytes(SHEET), "nobody"));
});

test("an unknown profile is an error, not a crash", () => {
  assert.throws(() => check(bytes(SHEET), "nobody"));
  assert.throws(() => check(bytes(SHEET), "{"));
  assert.throws(() => builtInProfile("nobody"));
  assert.equal(JSON.parse(check(bytes(SHEET), "end-user")).counts.rows, 3);
});

test("a field is checked for a form", () => {
  assert.equal(JSON.parse(checkField("end-user", "email", "ana@example.com")).status, "accepted");
  const verdict = JSON.parse(checkField("end-user", "email", "ana@"));
  assert.equal(verdict.status, "refused");
  assert.ok(verdict.issues[0].message.length > 0);
});

test("a sheet is edited in memory, and the report follows", () => {
  const sheet = Sheet.parse(bytes(SHEET), "end-user");
  assert.deepEqual([...sheet.statuses()], [0, 2, 0]);
  assert.deepEqual([...sheet.indices("problems")], [1]);
  const { counts } = JSON.parse(sheet.setCell(1, "email", "bo@example.com"));
  assert.equal(counts.refused, 0);
  assert.deepEqual([...sheet.statuses()], [0, 0, 0]);
  sheet.free();
});

test("the worker gives the same bytes, and edits in the order in which they were asked for", async () => {
  await prepare();
  assert.equal(await checkInWorker(bytes(SHEET), "end-user"), check(bytes(SHEET), "end-user"));
  const sheet = await openSheet(bytes(SHEET), "end-user");
  const edits = ["x@", "y@", "bo@example.com"].map((email) => sheet.setCell(1, "email", email));
  const [statuses] = [await sheet.statuses(), await Promise.all(edits)];
  assert.deepEqual([...statuses], [0, 0, 0]);
  assert.equal(JSON.parse(await sheet.window(Uint32Array.of(1)))[0].cells.email.value, "bo@example.com");
  await sheet.free();
  await assert.rejects(sheet.counts(), /freed/);
});

test("a blank sheet opens in the worker", async () => {
  const sheet = await openSheet(null, "end-user", { rows: 3 });
  assert.equal((await sheet.statuses()).length, 3);
  await sheet.free();
});

test("bytes are copied unless they are handed over", async () => {
  const kept = bytes(SHEET);
  const given = bytes(SHEET);
  await checkInWorker(kept, "end-user");
  await checkInWorker(given, "end-user", { transfer: true });
  assert.deepEqual([kept.length > 0, given.length], [true, 0]);
});

test("errors cross over from the worker, which goes on", async () => {
  await assert.rejects(openSheet(bytes(SHEET), "nobody"), (error) => error instanceof Error && error.message.length > 0);
  const sheet = await openSheet(bytes(SHEET), "end-user");
  assert.equal(JSON.parse(await sheet.counts()).rows, 3);
  await sheet.free();
});

test("closing ends what waits, and the next call starts anew", async () => {
  const sheet = await openSheet(bytes(SHEET), "end-user");
  const waiting = sheet.counts();
  close();
  await assert.rejects(waiting, /closed/);
  await assert.rejects(sheet.counts(), /ended/);
  await sheet.free();
  assert.equal(JSON.parse(await checkInWorker(bytes(SHEET), "end-user")).counts.rows, 3);
});

test("in Node, workbooks are read after init", () => {
  assert.deepEqual([isWorkbook(workbook()), isWorkbook(bytes(SHEET)), isWorkbook(bytes(""))], [true, false, false]);
  const report = JSON.parse(check(workbook(), "technician"));
  assert.deepEqual([report.source.format, report.source.sheet, report.verdict], ["xlsx", "People", "accepted"]);
  assert.equal(JSON.parse(check(workbook(), "technician", { sheet: "Last year" })).counts.rows, 2);
  const sheet = Sheet.parse(workbook(), "technician");
  assert.deepEqual(
    JSON.parse(sheet.info()).sheets.map(({ name, rows }) => `${name}: ${rows}`),
    ["How to: 3", "Lists: 3", "People: 4", "Last year: 3"],
  );
  sheet.free();
});

test("the worker loads what reads workbooks by itself, and writes them", async () => {
  assert.equal(await checkInWorker(workbook(), "technician"), check(workbook(), "technician"));
  const other = await openSheet(workbook(), "technician", { mapping: '{"sheet":"Last year"}' });
  assert.equal(JSON.parse(await other.info()).source.sheet, "Last year");
  await other.free();

  const sheet = await openSheet(bytes(SHEET), "end-user");
  const refused = await sheet.refusedXlsx();
  await sheet.free();
  const again = await openSheet(refused, "end-user");
  const [row] = JSON.parse(await again.window(Uint32Array.of(0)));
  assert.deepEqual([row.row, row.cells.email.value, row.status], [2, "bo@", "refused"]);
  const csv = await again.refusedCsv();
  await again.free();
  assert.ok(new TextDecoder().decode(csv).includes("bo@"));
});

test("in browsers, a workbook before loadXlsx says what is missing, and loading may be tried again", () => {
  const program = `
    import { readFile } from "node:fs/promises";
    import { check, init, loadXlsx, Sheet } from ${JSON.stringify(new URL("../pkg/index.js", import.meta.url))};
    const pkg = new URL(${JSON.stringify(new URL("../pkg/", import.meta.url))});
    const workbook = new Uint8Array(await readFile(new URL("../../tests/corpus/xlsx-several-sheets.xlsx", pkg)));
    const told = [];
    const attempt = async (step) => {
      try {
        await step();
        told.push("done");
      } catch (error) {
        told.push(/await (\\w+)\\(\\) first/.exec(error.message)?.[1] ?? "failed");
      }
    };
    await attempt(() => check(workbook, "technician"));
    await attempt(async () => init(await readFile(new URL("rollcall_validator_bg.wasm", pkg))));
    await attempt(() => check(workbook, "technician"));
    await attempt(() => Sheet.parse(workbook, "technician"));
    await attempt(() => Sheet.blank("technician", 1).refusedXlsx());
    await attempt(() => loadXlsx(new Uint8Array([1, 2, 3])));
    await attempt(async () => loadXlsx(await readFile(new URL("rollcall_xlsx_bg.wasm", pkg))));
    await attempt(() => loadXlsx());
    await attempt(() => check(workbook, "technician"));
    console.log(told.join(" "));`;
  const printed = execFileSync(process.execPath, ["--input-type=module", "-e", program], { encoding: "utf8", timeout: 20_000 });
  assert.equal(printed, "init done loadXlsx loadXlsx loadXlsx failed done done done\n");
});

test("a program imports it by name and ends by itself", () => {
  const folder = mkdtempSync(join(tmpdir(), "rollcall-validator-"));
  try {
    mkdirSync(join(folder, "node_modules/@rollcall"), { recursive: true });
    symlinkSync(pkg, join(folder, "node_modules/@rollcall/validator"));
    writeFileSync(
      join(folder, "program.mjs"),
      `import { init, profiles } from "@rollcall/validator";
       import { openSheet } from "@rollcall/validator/client";
       await init();
       const sheet = await openSheet(new TextEncoder().encode("a@example.com"), profiles()[0]);
       console.log(JSON.parse(await sheet.counts()).rows);`,
    );
    const printed = execFileSync(process.execPath, ["program.mjs"], { cwd: folder, encoding: "utf8", timeout: 20_000 });
    assert.equal(printed, "1\n");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
