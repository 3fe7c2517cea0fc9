// Sheets that do not say what they are: the columns step, columns as last time, rows entered by hand, suggestions.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { workbook } from "./_xlsx.mjs";
import { api, desktop, launch, look, open, paste, phone, signIn, url } from "./_stage.mjs";

let browser;
let organization;
let cookies;

before(async () => {
  browser = await launch();
  const made = await api("POST", "/v1/organizations", { name: "Sheets", default_country: "DE" });
  assert.equal(made.status, 201);
  organization = made.body.id;
  const { context, page } = await open(browser, desktop);
  await signIn(page);
  cookies = await context.cookies();
  await context.close();
});
after(() => browser?.close());

/** A page that is signed in, at the step Source for people of the organization. */
async function atSource(options = desktop, search = "") {
  const stage = await open(browser, options);
  await stage.context.addCookies(cookies);
  await stage.page.goto(`${url}/import?kind=end_user&organization=${organization}${search}`);
  await ready(stage.page);
  return stage;
}

/** The rules are there, so a paste is read. */
async function ready(page) {
  await page.getByRole("complementary", { name: "What the sheet needs" }).getByText("Email", { exact: true }).waitFor();
}

async function again(page) {
  await page.goto(`${url}/import?kind=end_user&organization=${organization}`);
  await ready(page);
}

const tsv = (...rows) => rows.map((row) => row.join("\t")).join("\n");
const cell = (page, text) => page.getByRole("gridcell", { name: text });

/** What the page asks of its sheet takes a while, in the order in which it is asked. */
function slowly(page) {
  return page.evaluate(() => {
    const post = Worker.prototype.postMessage;
    Worker.prototype.postMessage = function later(...message) {
      setTimeout(() => post.apply(this, message), 250);
    };
  });
}

const UNCLEAR = tsv(
  ["Vorname", "Nachname", "Adresse", "Notiz"],
  ["Ana", "García", "ana.garcia example.org", "x"],
  ["Ben", "Okafor", "ben.okafor example.org", "y"],
);

test("rules are chosen by what they ask for, and their limits are named beforehand", async () => {
  const { page, errors, context } = await atSource(desktop, "&profile=portal-user");
  const needs = page.getByRole("complementary", { name: "What the sheet needs" });
  await needs.getByText("User name", { exact: true }).waitFor();
  await needs.getByText("At most 500 rows, files under 10 MB.").waitFor();
  await needs.getByText("HQ; empty: HQ").waitFor();
  await page.getByRole("button", { name: /Rules$/ }).click();
  await page.getByRole("option", { name: /Portal users/ }).getByText("Needs user name and email.").waitFor();
  await look(page, "sheets-01-rules");
  await page.keyboard.press("Escape");
  assert.deepEqual(errors, []);
  await context.close();
});

test("what is pasted before the rules are there is read when they are", async () => {
  const { page, errors, context } = await open(browser, desktop);
  await context.addCookies(cookies);
  let arrive;
  const pasted = new Promise((resolve) => {
    arrive = resolve;
  });
  const rules = /\/v1\/import-profiles\/[^/?]+(\?.*)?$/;
  await page.route(rules, async (route) => {
    await pasted;
    await route.continue();
  });
  await page.goto(`${url}/import?kind=end_user&organization=${organization}`);
  await page.getByRole("button", { name: /Rules$/ }).waitFor();
  await look(page, "sheets-16-no-rules-yet");
  await paste(page, tsv(["First name", "Last name", "Email"], ["Ana", "García", "ana@example.org"]));
  await page.getByText("Reading Pasted rows …").waitFor();
  arrive();
  await page.waitForURL(/\/import\/check/);
  await cell(page, "ana@example.org").waitFor();
  await page.unroute(rules);
  assert.deepEqual(errors, []);
  await context.close();
});

test("a sheet whose columns are unclear leads to the columns step, by keyboard alone", async () => {
  const { page, errors, context } = await atSource();
  await paste(page, UNCLEAR);
  await page.waitForURL(/columns=change/);
  await page.getByRole("heading", { name: "How the columns are read" }).waitFor();
  await page.getByText("Which column is “Email”? It is required and was not found by its title.").waitFor();
  await page.getByText("“Email” is still missing.").waitFor();
  const row = page.getByRole("row", { name: /Adresse/ });
  assert.match(await row.innerText(), /ana\.garcia example\.org\s+ben\.okafor example\.org/);
  await look(page, "sheets-02-columns");

  // From the heading on: separator, header, Vorname, Nachname, Adresse.
  for (let presses = 0; presses < 5; presses++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.getByRole("listbox").waitFor();
  await page.keyboard.type("Em");
  await page.keyboard.press("Enter");
  await page.getByText("Everything required is there.", { exact: true }).waitFor();
  await page.getByText("Read like this, 0 rows are good and 2 have problems.", { exact: true }).waitFor();
  for (let presses = 0; presses < 3; presses++) await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await page.waitForURL((at) => !at.searchParams.has("columns"));
  await cell(page, /ana\.garcia example\.org/).waitFor();

  // The next sheet of the same make, its columns in another order.
  await again(page);
  await paste(
    page,
    tsv(["NOTIZ", "Adresse", "Vorname", "Nachname"], ["z", "cleo example.org", "Cleo", "Du"], ["z", "d example.org", "Dora", "Ek"]),
  );
  const notes = page.getByRole("region", { name: "About this sheet" });
  await notes.getByText("Columns are read as last time.").waitFor();
  await cell(page, /cleo example\.org/).waitFor();
  await look(page, "sheets-03-as-last-time");
  await notes.getByRole("button", { name: "Read them afresh" }).click();
  await page.getByText("The column “Email” is missing.").waitFor();
  assert.equal(await notes.count(), 0);
  assert.equal(await page.evaluate(() => localStorage.getItem("rollcall.columns")), "[]");

  // Forgotten: the step asks again.
  await again(page);
  await paste(page, UNCLEAR);
  await page.waitForURL(/columns=change/);
  await page.keyboard.press("Escape");
  await page.waitForURL((at) => !at.searchParams.has("columns"));
  await page.getByRole("alert").getByRole("button", { name: "Change columns" }).click();
  await page.waitForURL(/columns=change/);
  assert.deepEqual(errors, []);
  await context.close();
});

test("separator and header are chosen by hand where they were taken wrong", async () => {
  const { page, errors, context } = await atSource();
  await paste(page, "Ana|García|ana@example.org\nBen|Okafor|ben@example.org");
  await page.getByText("separated by pipes · no header row").waitFor();
  await page.getByRole("button", { name: "Change columns" }).click();
  await page.getByRole("checkbox", { name: "The first row is a header" }).check({ force: true });
  await page.getByText("Read like this, the 1 row is good.", { exact: true }).waitFor();
  await page.getByRole("button", { name: /Separated by$/ }).click();
  await page.getByRole("option", { name: "Semicolons" }).click();
  await page.getByRole("rowheader", { name: "Column 1" }).waitFor();
  await page.getByRole("button", { name: "Leave it as it was" }).click();
  await page.getByText("separated by pipes · no header row").waitFor();
  assert.deepEqual(errors, []);
  await context.close();
});

test("rows are entered by hand: generated, typed, pasted, added", async () => {
  const { page, errors, context } = await atSource();
  await page.getByRole("button", { name: "Enter rows by hand" }).click();
  const dialog = page.getByRole("dialog", { name: "Enter rows by hand" });
  await dialog.getByLabel("How many rows?").fill("0");
  await dialog.getByText("A number from 1 to 1,000").waitFor();
  assert.ok(await dialog.getByRole("button", { name: /Generate/ }).isDisabled());
  await dialog.getByLabel("How many rows?").fill("2");
  await look(page, "sheets-04-how-many");
  await page.keyboard.press("Enter");
  await page.getByRole("grid").waitFor();
  await page.locator('[data-focus-cell="true"]:focus').waitFor();

  // "n" is a letter here; Tab goes on to the next cell, Enter to the row below.
  await page.keyboard.type("Nina");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Pohl");
  await page.keyboard.press("Tab");
  await page.keyboard.type("nina@example");
  await page.keyboard.press("Enter");
  await page.getByText(/^Problems\s*1$/).waitFor();
  await page.keyboard.press("F8");
  await page.keyboard.type("nina@example.org");
  await page.keyboard.press("Escape");
  await cell(page, /nina@example ?, refused/).waitFor();
  await page.keyboard.type("nina@example.org");
  await page.keyboard.press("Enter");
  await page.getByText(/^Problems\s*0$/).waitFor();

  // A block from the first name of row 2 on: two rows, of which one is not there yet.
  await page.keyboard.press("Home");
  await page.keyboard.press("ArrowRight");
  await paste(page, tsv(["Ola", "Berg", "ola@example.org"], ["Pia", "Sol", "pia@example.org"]));
  await page.getByText(/^All\s*3$/).waitFor();
  // While the last row is typed in, the next one comes.
  await cell(page, /^Pia$/).click();
  await page.keyboard.press("Enter");
  await page.getByRole("grid").and(page.locator('[aria-rowcount="5"]')).waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.type("Quentin");
  await page.keyboard.press("Enter");
  await page.getByText(/^All\s*4$/).waitFor();
  await page.getByRole("button", { name: "Add rows" }).click();
  await page.getByRole("menuitem", { name: "20 rows" }).click();
  await page.getByRole("grid", { name: "Rows of the sheet" }).and(page.locator('[aria-rowcount="26"]')).waitFor();
  await page.getByText(/^All\s*4$/).waitFor();
  await look(page, "sheets-05-by-hand");
  assert.deepEqual(errors, []);
  await context.close();
});

test("where empty cells stand for something, generated rows are still nobody", async () => {
  const { page, errors, context } = await atSource(desktop, "&profile=portal-user");
  await page.getByText("At most 500 rows, files under 10 MB.").waitFor();
  await page.getByRole("button", { name: "Enter rows by hand" }).click();
  await page.getByRole("button", { name: "Generate 20 rows" }).click();
  await page.locator('[data-focus-cell="true"]:focus').waitFor();
  await page.getByText(/^All\s*0$/).waitFor();
  await page.keyboard.type("Nina");
  await page.keyboard.press("Tab");
  await page.keyboard.type("nina@example.org");
  await page.keyboard.press("Enter");
  await page.getByRole("row", { name: /^1 .*Nina nina@example\.org Standard HQ/ }).waitFor();
  await page.getByText(/^All\s*1$/).waitFor();
  await page.getByText("Every row is good.").waitFor();
  assert.deepEqual(errors, []);
  await context.close();
});

test("what is suggested for many rows is taken at once, for one by one key, and undone", async () => {
  const { page, errors, context } = await atSource(desktop, "&profile=end-user");
  const people = ["Ana", "Ben", "Cleo"].map((name, at) => [name, "Weber", `${name}@example.org`, `491512345678${at}`]);
  await paste(page, tsv(["Vorname", "Nachname", "E-Mail", "Mobil"], ...people, ["Dora", "Ek", "mailto:dora@example.org", ""]));
  await page.getByText(/^Problems\s*4$/).waitFor();
  const notes = page.getByRole("region", { name: "About this sheet" });
  await notes.getByText("Phone, 3 rows: the + before the country code is missing: 4915123456780 → +4915123456780").waitFor();
  await notes.getByRole("button", { name: "Show" }).click();
  await page.getByText("The + before the country code is missing.").waitFor();
  await look(page, "sheets-06-suggestions");
  await notes.getByRole("button", { name: "Take all 3" }).click();
  await page.getByText(/^Problems\s*1$/).waitFor();
  await cell(page, "+4915123456782").waitFor();
  await page.keyboard.press("F8");
  await page.getByRole("button", { name: "Use “dora@example.org”" }).waitFor();
  await page.keyboard.press("Alt+Enter");
  await page.getByText(/^Problems\s*0$/).waitFor();
  await page.keyboard.press("Control+Z");
  await page.keyboard.press("Control+Z");
  await page.getByText(/^Problems\s*4$/).waitFor();
  assert.deepEqual(errors, []);
  await context.close();
});

test("what was very likely meant is offered, never done: taken with one key, kept as typed with another", async () => {
  const { page, errors, context } = await atSource();
  await paste(
    page,
    tsv(
      ["First Name", "Last Name", "Email"],
      ...["ana.diaz", "bo.li", "flo.hill", "gil.marsh"].map((local) => [...local.split("."), `${local}@example.org`]),
      ["Odd", "Cy", "cy.odd@example.org"],
      ["Eve", "Stone", "eve.stone@gmial.com"],
      ["Max", "Stein", "max.stein@gmial.com"],
      ["Ed Odd", "", "e@example.org"],
    ),
  );
  await page.getByText(/^Problems\s*4$/).waitFor();
  const notes = page.getByRole("region", { name: "About this sheet" });
  await notes.getByText("2 addresses have likely typing errors: eve.stone@gmial.com → eve.stone@gmail.com").waitFor();

  // Swapped names: both cells in one edit, and back in one.
  await page.keyboard.press("F8");
  await page.getByRole("button", { name: "Use “Cy · Odd”" }).waitFor();
  await look(page, "sheets-07-swapped");
  await page.keyboard.press("Alt+Enter");
  await page.getByRole("row", { name: /^5 .*Cy Odd cy\.odd/ }).waitFor();
  await page.keyboard.press("Control+Z");
  await page.getByRole("row", { name: /^5 .*Odd.*Cy cy\.odd/ }).waitFor();
  await page.keyboard.press("Alt+Backspace");
  await page.getByText(/^Problems\s*3$/).waitFor();
  await page.getByText("You kept what was typed.").waitFor();
  await look(page, "sheets-08-kept");

  // The domain stands as it was typed in one row, and is put right in all others.
  await page.keyboard.press("F8");
  await page.getByRole("button", { name: "Use “eve.stone@gmail.com”" }).waitFor();
  await page.keyboard.press("Alt+Backspace");
  await page.getByText(/^Problems\s*2$/).waitFor();
  await page.keyboard.press("F8");
  await page.keyboard.press("Alt+Shift+Enter");
  await cell(page, "max.stein@gmail.com").waitFor();
  await cell(page, "eve.stone@gmial.com").waitFor();

  await page.keyboard.press("F8");
  await page.getByRole("button", { name: "Use “Ed · Odd”" }).click();
  await page.getByText(/^Problems\s*0$/).waitFor();
  await page.getByRole("row", { name: /^8 .*Ed Odd e@example\.org/ }).waitFor();
  assert.deepEqual(errors, []);
  await context.close();
});

test("a repaired file, dropped anywhere, comes back with its row numbers", async () => {
  const { page, errors, context } = await atSource();
  const text = 'First name,Email,Rollcall row,Rollcall errors\nBen,ben@example.org,12,"Email: no domain"\nAna,ana@example,3,x\n';
  const held = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "repaired.csv", { type: "text/csv" }));
    return transfer;
  }, text);
  await page.getByRole("heading", { name: "Import people" }).dispatchEvent("dragover", { dataTransfer: held });
  await page.getByText("Drop the file to read it").waitFor();
  await page.getByRole("heading", { name: "Import people" }).dispatchEvent("drop", { dataTransfer: held });
  const notes = page.getByRole("region", { name: "About this sheet" });
  await notes.getByText("2 rows of an earlier sheet, with their row numbers.").waitFor();
  await page.getByText("separated by commas · header row found · 2 columns").waitFor();
  await page.getByRole("rowheader", { name: /^12/ }).waitFor();
  await page.getByRole("rowheader", { name: /^3 ?, refused/ }).waitFor();
  await look(page, "sheets-09-repaired");
  await page.getByRole("button", { name: "Change columns" }).click();
  await page.getByRole("row", { name: /Rollcall row/ }).getByText("Row number of an earlier import").waitFor();
  await page.getByRole("row", { name: /Rollcall errors/ }).getByText("What was wrong; not imported").waitFor();
  assert.deepEqual(errors, []);
  await context.close();
});

test("who types faster than the sheet is checked edits the cell that the keys lead to", async () => {
  const { page, errors, context } = await atSource();
  await slowly(page);
  await paste(
    page,
    tsv(["First name", "Last name", "Email"], ["Ana", "García", "ana@example.org"], ["Ben", "Okafor", "ben@example"], ["Cleo", "Ito", "cleo@example"]),
  );
  await page.getByText(/^Problems\s*2$/).waitFor();
  await page.locator('[data-focus-cell="true"]:focus').waitFor();
  // F8 works from everywhere, and so do the keys after it.
  await page.evaluate(() => document.activeElement.blur());
  for (const press of ["F8", "Enter", "x", "Escape", "Enter", "Control+A", ..."ben@example.orx", "Backspace", "g", "F8", "Enter", ..."c@example.org", "Enter"])
    await page.keyboard.press(press);
  await page.getByText(/^Problems\s*0$/).waitFor();
  for (const [row, address] of [[/Ana/, "ana@example.org"], [/Ben/, "ben@example.org"], [/Cleo/, "c@example.org"]])
    await page.getByRole("row", { name: row }).getByRole("gridcell", { name: address, exact: true }).waitFor();

  // Rows that are typed in, the last of them too.
  await again(page);
  await page.getByRole("button", { name: "Enter rows by hand" }).click();
  await page.getByRole("dialog", { name: "Enter rows by hand" }).getByLabel("How many rows?").fill("1");
  await page.keyboard.press("Enter");
  await page.locator('[data-focus-cell="true"]:focus').waitFor();
  await slowly(page);
  for (const name of ["Nina", "Ola", "Pia"]) {
    await page.keyboard.type(name);
    await page.keyboard.press("Enter");
  }
  await page.getByText(/^All\s*3$/).waitFor();
  assert.deepEqual(
    (await page.getByRole("row").allInnerTexts()).slice(1, 4).map((text) => text.match(/Nina|Ola|Pia/)?.[0]),
    ["Nina", "Ola", "Pia"],
  );
  assert.deepEqual(errors, []);
  await context.close();
});

test("a workbook is read when there is one: the sheet with people, numbers to the last digit, another sheet by hand", async () => {
  const { page, errors, context } = await atSource();
  const loaded = [];
  page.on("request", (request) => request.url().includes("xlsx") && loaded.push(request.url()));
  context.on("request", (request) => request.url().includes("xlsx") && loaded.push(request.url()));
  await page.getByRole("button", { name: "Try a sample" }).click();
  await page.getByRole("grid").waitFor();
  assert.deepEqual(loaded, [], "nobody downloads what reads workbooks who has none");
  await again(page);
  const people = [
    ["First name", "Last name", "Email", "Phone"],
    ["Ana", "García", "ana@example.org", 34612345678],
    ["Ben", "Weber", "ben@example.org", 4915123456789],
    ["Cleo", "Du", "cleo@example.org", ""],
  ];
  const file = workbook({
    Cover: [["Staff of Acme"], ["as of November"]],
    People: people,
    Former: [["First name", "Email"], ["Zoe", "zoe@example.org"]],
  });
  await page.locator("input[type=file]").setInputFiles({ name: "people.xlsx", mimeType: "application/octet-stream", buffer: file });
  await page.getByText("Excel workbook · worksheet “People”, one of 3 · header row found · 4 columns").waitFor();
  assert.notDeepEqual(loaded, []);
  await cell(page, /34612345678/).waitFor();
  await cell(page, /4915123456789/).waitFor();
  await page.getByRole("button", { name: "Change worksheet or columns" }).click();
  await look(page, "sheets-10-workbook");
  assert.equal(await page.getByRole("button", { name: /Separated by$/ }).count(), 0);
  await page.getByRole("button", { name: /Worksheet$/ }).click();
  await page.getByRole("option", { name: /Former/ }).click();
  await page.getByText("Read like this, the 1 row is good.", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Read it like this" }).click();
  await page.getByText("worksheet “Former”, one of 3").waitFor();
  await cell(page, "zoe@example.org").waitFor();
  assert.deepEqual(errors, []);
  await context.close();
});

test("what is no sheet of people is refused with what to do", async () => {
  const { page, errors, context } = await atSource();
  const choose = async (name, says) => {
    await page.locator("input[type=file]").setInputFiles(new URL(`../corpus/${name}`, import.meta.url).pathname);
    await page.getByRole("alert").getByText(says).waitFor();
  };
  await choose("xls-old.xls", "open it in Excel and save it as .xlsx");
  await look(page, "sheets-11-refused");
  await choose("xlsx-password.xlsx", "remove the password in Excel and save it again");
  await choose("xlsx-truncated.xlsx", "The workbook is damaged or incomplete");
  assert.deepEqual(errors, []);
  await context.close();
});

test("titles in the middle and totals at the end are told, and left out in one go", async () => {
  const { page, errors, context } = await atSource();
  await paste(
    page,
    [
      "Staff of Acme,,",
      ",,",
      "First name,Last name,Email",
      "Ana,García,ana@example.org",
      "Ben,Weber,ben@example.org",
      "First name,Last name,Email",
      "Cleo,Du,cleo@example.org",
      "Total,3,",
    ].join("\n"),
  );
  const notes = page.getByRole("region", { name: "About this sheet" });
  await notes.getByText(/before the titles (is|are) left out: Staff of Acme/).waitFor();
  await notes.getByText("Row 3 repeats or explains the titles.").waitFor();
  await notes.getByText("Row 5 looks like a total, not a person.").waitFor();
  await look(page, "sheets-14-no-people");
  await notes.getByRole("listitem").filter({ hasText: "total" }).getByRole("button", { name: "Remove it" }).click();
  await notes.getByRole("listitem").filter({ hasText: "titles" }).getByRole("button", { name: "Remove it" }).click();
  await page.getByText(/^All\s*3$/).waitFor();
  await page.getByText(/^Problems\s*0$/).waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText(/^All\s*4$/).waitFor();
  assert.deepEqual(errors, []);
  await context.close();
});

test("addresses as mail programs copy them become rows", async () => {
  const { page, errors, context } = await atSource();
  await paste(page, '"Smith, Alice" <alice@example.org>; Bob Jones <bob@example.org>; cleo@example.org');
  await page.getByText("addresses with names").waitFor();
  await page.getByText(/^All\s*3$/).waitFor();
  await page.getByRole("row", { name: /^1 .*Alice Smith alice@example\.org/ }).waitFor();
  await look(page, "sheets-15-addresses");
  assert.deepEqual(errors, []);
  await context.close();
});

test("at the edges of what the rules take", async () => {
  const { page, errors, context } = await atSource(desktop, "&profile=portal-user");
  await page.getByText("At most 500 rows, files under 10 MB.").waitFor();
  const rows = (n) => ["User name,Email", ...Array.from({ length: n }, (_, at) => `Person ${at},p${at}@example.org`)].join("\n");
  const padded = (bytes) => rows(1) + "\n".repeat(bytes - rows(1).length);
  const choose = (text) =>
    page.locator("input[type=file]").setInputFiles({ name: "people.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
  await choose(padded(10_485_760));
  await page.getByText("This file is too large: these rules take files under 10 MB.").waitFor();
  await look(page, "sheets-12-too-large");
  await choose(padded(10_485_759));
  await page.getByText(/^All\s*1$/).waitFor();
  await page.getByRole("link", { name: "Source" }).click();
  await choose(rows(501));
  await page.getByRole("alert").getByText("At most 500 rows, this has 501.").waitFor();
  await look(page, "sheets-13-too-many");
  await page.getByRole("link", { name: "Source" }).click();
  await choose(rows(500));
  await page.getByText(/^All\s*500$/).waitFor();
  assert.equal(await page.getByRole("alert").filter({ hasText: "rows" }).count(), 0);
  assert.deepEqual(errors, []);
  await context.close();
});

test("the template comes in every format, with the profile's own titles", async () => {
  const { page, errors, context } = await atSource(desktop, "&profile=portal-user");
  await page.getByText("At most 500 rows, files under 10 MB.").waitFor();
  const template = async (name) => {
    await page.getByRole("button", { name: "Download template" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name }).click(),
    ]);
    return readFileSync(await download.path());
  };
  assert.match((await template("CSV, for every program")).toString(), /User name\*.*Email\*.*User type.*Site/);
  assert.equal((await template("Excel workbook, with lists to choose from")).subarray(0, 2).toString(), "PK");
  assert.ok((await template("Both with a description (ZIP)")).includes("README"));
  assert.deepEqual(errors, []);
  await context.close();
});

test("on a phone, in the dark, the same sheet is put right", async () => {
  const { page, errors, context } = await atSource({ ...phone, colorScheme: "dark" });
  await look(page, "sheets-20-phone-source-dark");
  await paste(page, UNCLEAR);
  await page.waitForURL(/columns=change/);
  await page.getByRole("button", { name: /Adresse/ }).click();
  await page.getByRole("option", { name: /^Email/ }).click();
  await page.getByText("Everything required is there.", { exact: true }).waitFor();
  await look(page, "sheets-21-phone-columns-dark");
  await page.getByRole("button", { name: "Read it like this" }).click();
  await cell(page, /ana\.garcia example\.org/).waitFor();
  await look(page, "sheets-22-phone-check-dark");
  assert.deepEqual(errors, []);
  await context.close();
});
