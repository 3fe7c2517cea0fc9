// From a checked sheet to the end of its import: what rows are given, who is here already, what is kept in the
// browser until the server has it, and the import taken back.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { api, desktop, eventually, launch, look, mailTo, open, paste, phone, signIn, url } from "./_stage.mjs";

let browser;
let organization;
let cookies;

before(async () => {
  browser = await launch();
  organization = (await api("POST", "/v1/organizations", { name: "Handover" })).body.id;
  const { context, page } = await open(browser, desktop);
  await signIn(page);
  cookies = await context.cookies();
  await context.close();
});
after(() => browser?.close());

async function signedIn(options = desktop) {
  const stage = await open(browser, options);
  await stage.context.addCookies(cookies);
  return stage;
}

const made = async (path, body) => {
  const answer = await api("POST", path, body);
  assert.equal(answer.status, 201, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};

const person = (name, i) => ["Ana", "García", `${name}.${i}@example.org`, "Standard"];
const sheet = (rows) => [["First Name", "Last Name", "Email", "Role"], ...rows].map((row) => row.join("\t")).join("\n");
const people = (name, n, from = 0) => Array.from({ length: n }, (_, i) => person(name, from + i));

/** Reads a sheet of good rows and goes on to a step. */
async function readTo(page, step, text) {
  await page.goto(`${url}/import?kind=end_user&organization=${organization}`);
  await page.getByRole("complementary", { name: "What the sheet needs" }).getByText("Email", { exact: true }).waitFor();
  await paste(page, text);
  await page.waitForURL(/\/import\/check/);
  if (step === "check") return;
  await page.getByRole("link", { name: "Continue" }).click();
  await page.waitForURL(/\/import\/assign/);
  if (step === "assign") return;
  await page.getByRole("link", { name: "Continue" }).click();
  await page.waitForURL(/\/import\/confirm/);
}

const sentence = (page) => page.locator(".confirm-sentence").innerText();
const userCalled = async (email) =>
  (await api("GET", `/v1/users?organization=${organization}&q=${encodeURIComponent(email)}`)).body.items[0];

/** What the browser keeps of uploads. */
const keptHere = (page) =>
  page.evaluate(async () => {
    const database = await new Promise((resolve, reject) => {
      const request = indexedDB.open("rollcall-imports");
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    const count = (store) =>
      new Promise((resolve) => {
        const request = database.transaction(store).objectStore(store).count();
        request.onsuccess = () => resolve(request.result);
      });
    const counts = [await count("uploads"), await count("rows")];
    database.close();
    return counts;
  });

test("lists are given to ticked rows, to all, and to one row by its own menu", async () => {
  await made(`/v1/groups?organization=${organization}`, { name: "Night shift", active: true, modules: [] });
  await made(`/v1/groups?organization=${organization}`, { name: "Warehouse", active: false, modules: [] });
  await made(`/v1/properties?organization=${organization}`, { name: "Desk", key: "desk", type: "number" });
  const { page, errors, context } = await signedIn();
  await readTo(page, "assign", sheet(people("assign", 5)));
  const groups = page.getByRole("region", { name: "Groups" });
  await page.locator("summary", { hasText: "Groups" }).click();
  await groups.getByText("Inactive: grants nothing").waitFor();
  await groups.getByRole("checkbox", { name: "Night shift" }).press("Space");
  await page.getByRole("rowheader").nth(1).click();
  await page.getByRole("rowheader").nth(2).click({ modifiers: ["Shift"] });
  await groups.getByRole("button", { name: "Give to 2 ticked rows" }).click();
  await page.getByText("Night shift given to 2 rows.").first().waitFor();
  await groups.getByRole("checkbox", { name: "Night shift" }).press("Space");
  await groups.getByRole("checkbox", { name: "Warehouse" }).press("Space");
  await groups.getByRole("button", { name: "Give to all 5 rows" }).click();
  // What rows had stays beside what they are given.
  await page.getByRole("gridcell", { name: "Night shift; Warehouse" }).nth(1).waitFor();
  assert.equal(await page.getByRole("gridcell", { name: "Night shift; Warehouse" }).count(), 2);
  await look(page, "handover-01-assign");

  await page.getByRole("gridcell", { name: "assign.0@example.org" }).click();
  await page.keyboard.press("Enter");
  const menu = page.getByRole("dialog", { name: "Row 1: Ana García" });
  await menu.getByRole("textbox", { name: /^Desk/ }).fill("12");
  await menu.getByRole("checkbox", { name: /^Warehouse/ }).press("Space");
  await look(page, "handover-02-row-menu");
  await page.keyboard.press("Enter");
  await page.getByRole("gridcell", { name: "Desk=12" }).waitFor();
  // Both changes of the row are one to undo.
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByRole("gridcell", { name: "Desk=12" }).waitFor({ state: "detached" });
  await page.getByRole("gridcell", { name: /Warehouse/ }).nth(4).waitFor();
  assert.equal(await page.getByRole("gridcell", { name: /Warehouse/ }).count(), 5);
  await page.getByRole("gridcell", { name: "assign.4@example.org" }).click({ button: "right" });
  await page.getByRole("dialog", { name: /Row 5/ }).getByRole("button", { name: "Remove row" }).click();
  await page.getByRole("button", { name: "All 4", exact: true }).waitFor();
  assert.deepEqual(errors, []);
  await context.close();

  const small = await signedIn({ ...phone, colorScheme: "dark" });
  await readTo(small.page, "assign", sheet(people("small", 3)));
  await small.page.getByRole("button", { name: "Row 2: assign or remove" }).click();
  await small.page.getByRole("dialog", { name: /Row 2/ }).waitFor();
  await look(small.page, "handover-03-row-menu-phone");
  await small.context.close();
});

test("who is here already is found before anything is imported, and dealt with for all and one by one", async () => {
  const { page, errors, context } = await signedIn();
  await readTo(page, "confirm", sheet(people("again", 12)));
  await page.getByRole("button", { name: "Import 12 people" }).click();
  await page.getByText("12 people were imported").first().waitFor();

  // Yesterday's list again, with three more and another family name.
  const again = people("again", 15).map(([first, , ...rest]) => [first, "Márquez", ...rest]);
  const sent = [];
  page.on("request", (request) => {
    if (request.method() === "POST" && request.url().includes("/v1/imports")) sent.push(new URL(request.url()));
  });
  await readTo(page, "confirm", sheet(again));
  await look(page, "handover-04-confirm");
  assert.deepEqual(sent, [], "nothing leaves the browser unasked");
  await page.getByRole("button", { name: "Look who is already here" }).click();
  await page.getByText("12 already here, 3 new", { exact: true }).waitFor();
  assert.deepEqual(
    sent.map(({ searchParams }) => [searchParams.get("dry_run"), searchParams.get("on_existing")]),
    [["true", "skip"]],
  );
  assert.match(await sentence(page), /^3 people will be created in Handover .* 12 people who are already here are skipped\. All or nothing\.$/);

  await page.getByRole("radio", { name: /Update them/ }).press("Space");
  await page.getByText("Decide row by row").click();
  await page.getByRole("combobox", { name: "What happens to Ana Márquez" }).first().selectOption("Skip");
  await page.getByRole("combobox", { name: "What happens to Ana Márquez" }).nth(1).selectOption("Problem");
  await page.getByText("1 person is already here").waitFor();
  assert.equal(await page.getByRole("button", { name: /^Import/ }).isDisabled(), true);
  await page.getByRole("combobox", { name: "What happens to Ana Márquez" }).nth(1).selectOption("Update");
  assert.match(await sentence(page), / 1 person who is already here is skipped and 11 are updated\. /);
  await look(page, "handover-05-already-here");
  await page.getByRole("button", { name: "Import 3 people, update 11" }).click();
  await page.getByText("3 people were imported").first().waitFor();
  await page.getByText("11 people who were here already were updated.").waitFor();
  await look(page, "handover-06-updated");
  assert.equal((await userCalled("again.5@example.org")).last_name, "Márquez");
  assert.equal((await userCalled("again.0@example.org")).last_name, "García");

  // Who did not look is told by the import itself, and the way on is the same question.
  await readTo(page, "confirm", sheet(people("again", 2, 14)));
  await page.getByRole("button", { name: "Import 2 people" }).click();
  await page.getByText("Nothing was imported").first().waitFor();
  await page.getByRole("button", { name: "Choose what to do with them" }).click();
  await page.waitForURL(/\/import\/confirm/);
  await page.getByText("1 already here, 1 new", { exact: true }).waitFor();
  await page.getByRole("radio", { name: /Skip them/ }).press("Space");
  await page.getByRole("button", { name: "Import 1 person" }).click();
  await page.getByText("1 person was imported").first().waitFor();
  assert.deepEqual(errors, []);
  await context.close();
});

test("a large sheet survives a pause, a lost line and the end of its page, and nothing of it is left in the browser", { timeout: 1_200_000 }, async () => {
  const { page, errors, context } = await signedIn();
  const chunks = /\/chunks\/\d+$/;
  let through = 0;
  let allowed = 2;
  const held = [];
  // The first two chunks arrive; the others wait until they may.
  await page.route(chunks, async (route) => {
    if (through >= allowed) await new Promise((go) => held.push(go));
    through += 1;
    await route.continue().catch(() => {});
  });
  await readTo(page, "confirm", sheet(people("large", 6500)));
  await page.getByRole("button", { name: "Import 6,500 people" }).click();
  await page.getByText("2,000 of 6,500 rows sent").waitFor();
  await look(page, "handover-07-sending");
  assert.deepEqual(await keptHere(page), [1, 5]);

  // The page ends, with three chunks on their way.
  await page.unroute(chunks);
  await page.goto(`${url}/imports?organization=${organization}`);
  for (const go of held.splice(0)) go();
  const banner = page.getByRole("region", { name: "An import is not sent yet" });
  await banner.getByText("Pasted rows for Handover").waitFor();
  await look(page, "handover-08-banner");
  await page.reload();
  await banner.getByRole("link", { name: /^Continue/ }).click();
  await page.waitForURL(/\/import\/result\?.*upload=/);
  await page.getByRole("heading", { name: "Paused" }).waitFor();
  await look(page, "handover-09-paused");

  // The line is lost: it stops by itself, and goes on by itself.
  await page.route(chunks, (route) => route.abort("internetdisconnected"));
  await page.getByRole("button", { name: /^Continue at/ }).click();
  await page.getByText("No answer from the server").waitFor();
  await look(page, "handover-10-stopped");
  await page.unroute(chunks);
  await page.evaluate(() => dispatchEvent(new Event("online")));
  await page.waitForURL(/\/import\/result\?.*import=/);
  await page.getByText("6,500 people were imported").first().waitFor({ timeout: 600_000 });
  assert.deepEqual(await keptHere(page), [0, 0]);

  // Another one is given up: the server forgets it, and so does the browser.
  await page.route(chunks, (route) => new Promise((go) => held.push(go)).then(() => route.abort().catch(() => {})));
  // The server has heard of it, and the page has not heard that.
  const announced = /\/v1\/imports\?/;
  let given;
  const up = new Promise((resolve) => {
    given = resolve;
  });
  await page.route(announced, async (route) => {
    if (route.request().method() !== "POST") return route.continue();
    const response = await route.fetch();
    await up;
    await route.fulfill({ response }).catch(() => {});
  });
  await readTo(page, "confirm", sheet(people("given-up", 2500)));
  await page.getByRole("button", { name: "Import 2,500 people" }).click();
  await page.getByText("0 of 2,500 rows sent").waitFor();
  await page.getByRole("button", { name: "Give up" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Give it up" }).click();
  await page.getByRole("alertdialog").waitFor({ state: "detached" });
  given();
  await page.waitForURL(/\/import\/check/);
  await page.unroute(announced);
  for (const go of held.splice(0)) go();
  await eventually("the browser forgets", async () => (await keptHere(page)).every((n) => n === 0));
  await eventually("the server forgets", async () => {
    const [newest] = (await api("GET", `/v1/imports?organization=${organization}`)).body.items;
    return newest.status === "cancelled";
  });
  assert.deepEqual(errors, []);
  await context.close();
});

test("an import is undone as far as nobody has registered, and what stayed is named", { timeout: 900_000 }, async () => {
  const { page, errors, context } = await signedIn();
  await readTo(page, "confirm", sheet(people("undo", 3)));
  await page.getByRole("button", { name: "Import 3 people" }).click();
  await page.getByText("3 people were imported").first().waitFor();
  const mail = await mailTo("undo.1@example.org", "invites you");
  // A mail that is still waiting goes with its person.
  const [dead] = (await mailTo("undo.0@example.org", "invites you")).links;
  const accept = new URL(mail.links[0]).pathname.replace("/invitations/", "/v1/invitations/");
  const password = {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ password: "violet anvil harbour 3" }),
  };
  const accepted = await fetch(`${url}${accept}/accept`, password);
  assert.equal(accepted.status, 200, await accepted.clone().text());

  await page.goto(`${url}/imports?organization=${organization}`);
  await page.getByRole("row").nth(1).getByRole("link").click();
  await page.getByRole("button", { name: "Undo import" }).waitFor();
  await look(page, "handover-11-detail");
  // What the page asks next is answered when it is over: it never sees it being undone.
  const one = /\/v1\/imports\/[^/?]+(\?.*)?$/;
  await page.route(one, async (route) => {
    await eventually("it is over", async () => {
      const [newest] = (await api("GET", `/v1/imports?organization=${organization}`)).body.items;
      return newest.status === "undone";
    });
    await route.continue();
  });
  await page.getByRole("button", { name: "Undo import" }).click();
  await page.getByRole("alertdialog", { name: "Undo this import?" }).getByRole("button", { name: "Undo it" }).click();
  await page.getByText("The import was undone").first().waitFor();
  await page.unroute(one);
  await page.getByText("2 people were removed, and their links no longer work.").waitFor();
  await page.getByText("Has registered already.").waitFor();
  await look(page, "handover-12-undone");
  assert.equal(await userCalled("undo.0@example.org"), undefined);
  assert.equal((await userCalled("undo.1@example.org")).status, "active");
  assert.equal((await fetch(`${dead.replace("/invitations/", "/v1/invitations/")}/accept`, password)).status, 410);
  await page.getByRole("link", { name: "Show the person of row 2" }).click();
  await page.getByRole("complementary").getByText("undo.1@example.org").first().waitFor();
  assert.deepEqual(errors, []);
  await context.close();
});

test("rows that failed go back to the spreadsheet as a file", async () => {
  const { page, errors, context } = await signedIn();
  await readTo(page, "check", sheet([...people("fix", 2), ["Ben", "Okafor", "ben@example", "Standard"]]));
  await page.getByRole("link", { name: "Continue" }).click();
  await page.getByRole("link", { name: "Continue" }).click();
  await page.getByRole("radio", { name: /Import the good rows/ }).press("Space");
  await page.getByRole("button", { name: "Import 2 people" }).click();
  await page.getByText("2 people were imported").first().waitFor();
  for (const [name, ending] of [["Excel", "xlsx"], ["CSV", "csv"]]) {
    await page.getByRole("button", { name: "Download rows" }).click();
    const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name }).click()]);
    assert.equal(file.suggestedFilename(), `rollcall-problems.${ending}`);
    if (ending !== "csv") continue;
    const text = await (await import("node:fs/promises")).readFile(await file.path(), "utf8");
    assert.match(text, /Rollcall row.*Rollcall errors/);
    assert.match(text, /Ben,Okafor,ben@example/);
  }
  assert.deepEqual(errors, []);
  await context.close();
});

// The last one: it ends the session that all of them share.
test("signing out asks while an import is not sent, and leaves none of its rows in the browser", async () => {
  const { page, errors, context } = await signedIn();
  const chunks = /\/chunks\/\d+$/;
  await page.route(chunks, (route) => route.abort("internetdisconnected"));
  await readTo(page, "confirm", sheet(people("left-behind", 2500)));
  await page.getByRole("button", { name: "Import 2,500 people" }).click();
  await page.getByText("No answer from the server").waitFor();
  assert.deepEqual(await keptHere(page), [1, 3]);

  const signOut = async (answer) => {
    await page.getByRole("button", { name: /^Your account/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    const question = page.getByRole("alertdialog", { name: "An import is not sent yet" });
    await question.getByRole("button", { name: answer }).click();
    await question.waitFor({ state: "detached" });
  };
  await signOut("Stay signed in");
  assert.deepEqual(await keptHere(page), [1, 3]);
  await signOut("Sign out and erase");
  await page.getByText("You are signed out.").waitFor();
  assert.deepEqual(await keptHere(page), [0, 0]);
  assert.deepEqual(errors, []);
  await context.close();
});
