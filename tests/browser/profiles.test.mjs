// An organization's own rules for sheets: made from built-in ones, tried before they are saved, used, changed by two
// at once, taken away as a file and brought back.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, test } from "node:test";
import { account, api, desktop, launch, look, open, paste, phone, signIn, url } from "./_stage.mjs";

let browser;
let organization;
let cookies;

before(async () => {
  browser = await launch();
  organization = (await api("POST", "/v1/organizations", { name: "Profiles" })).body.id;
  const { context, page } = await open(browser, desktop);
  await signIn(page);
  cookies = await context.cookies();
  await context.close();
});
after(() => browser?.close());

async function atProfiles(options = desktop, path = "") {
  const stage = await open(browser, options);
  await stage.context.addCookies(cookies);
  await stage.page.goto(`${url}/settings/import-profiles${path}?organization=${organization}`);
  return stage;
}

const column = (page, title) => page.locator("summary", { hasText: title });
const own = async () =>
  (await api("GET", `/v1/import-profiles?organization=${organization}`)).body.items.filter(({ base }) => base !== null);

/** What another administrator does meanwhile. */
async function change(profile, patch) {
  const path = `/v1/import-profiles/${profile.id}`;
  const { body: definition } = await api("GET", `${path}/definition`);
  const answer = await fetch(url + path, {
    method: "PUT",
    headers: {
      authorization: `Bearer ${account.api_key}`,
      "content-type": "application/json",
      "if-match": `"${profile.version}"`,
    },
    body: JSON.stringify({ ...definition, ...patch }),
  });
  assert.equal(answer.status, 200, await answer.text());
}

const SHEET = [
  ["Kennung", "Email", "Role", "Groups", "First Name", "Last Name", "Phone"],
  ["ana", "ana@example.org", "User", "Staff", "Ana", "García", "+34 612 345 678"],
  ["ben", "ben@example.org", "User", "Staff", "Ben", "Okafor", ""],
]
  .map((row) => row.join("\t"))
  .join("\n");

test("a profile is made from a built-in one, tried, saved, used, and changed by two", { timeout: 900_000 }, async () => {
  await api("POST", `/v1/groups?organization=${organization}`, { name: "Staff", active: true, modules: [] });
  const { page, errors, context } = await atProfiles();
  await page.getByText("No profiles of your own yet").waitFor();
  await page.getByRole("button", { name: "New profile" }).click();
  await look(page, "profiles-01-bases");
  await page.getByRole("dialog").getByRole("link", { name: /Members/ }).click();
  await page.getByRole("button", { name: "Create profile" }).click();
  await page.getByText("Enter a name.").waitFor();
  await page.getByLabel("Name", { exact: true }).fill("Staff from HR");
  await column(page, "Phone").click();
  await page.getByRole("checkbox", { name: "Every row must have it" }).nth(0).waitFor();
  const phoneRow = page.locator("details", { has: column(page, "Phone") });
  await phoneRow.getByRole("checkbox", { name: "Every row must have it" }).press("Space");
  await column(page, "Username").click();
  const username = page.locator("details", { has: column(page, "Username") });
  await username.getByLabel("Also called").fill("Kennung");
  await page.keyboard.press("Enter");
  await column(page, "Courses").click();
  const courses = page.locator("details", { has: column(page, "Courses") });
  await courses.getByRole("checkbox", { name: "Sheets may have it" }).press("Space");
  await courses.getByText("Left out").waitFor();
  await page.getByLabel("Rows", { exact: true }).fill("20000");
  await page.getByRole("button", { name: "Create profile" }).click();
  await page.getByText("From 1 to 10,000.").first().waitFor();
  await look(page, "profiles-02-editor");
  await page.getByLabel("Rows", { exact: true }).fill("200");

  // Before it is saved it is tried, in the browser, on rows of one's own.
  await page.getByLabel("Sample rows").fill(SHEET);
  await page.getByRole("button", { name: "Check the sample" }).click();
  await page.locator(".sample-said", { hasText: "1 of 2 rows are good." }).waitFor();
  await page.getByRole("region", { name: "First problems" }).getByRole("cell", { name: "Phone", exact: true }).waitFor();
  await look(page, "profiles-03-tried");
  assert.equal((await own()).length, 0, "trying stores nothing");
  await page.getByRole("button", { name: "Create profile" }).click();
  await page.getByText("Version 1").first().waitFor();
  const [made] = await own();
  assert.deepEqual([made.name, made.base, made.organization_id, made.version], ["Staff from HR", "member", organization, 1]);

  // It is among the rules that a sheet can be read by.
  const wizard = await context.newPage();
  await wizard.goto(`${url}/import?kind=member&organization=${organization}&profile=${made.id}`);
  await wizard.getByText("At most 200 rows").first().waitFor();
  await paste(wizard, SHEET);
  await wizard.waitForURL(/\/import\/check/);
  await wizard.getByText(/^Problems\s*1$/).waitFor();
  await wizard.close();

  // Somebody else saves first: both changes come together.
  await page.bringToFront();
  await page.getByLabel("Name", { exact: true }).fill("People from HR");
  await change(made, { limits: { rows: 150 } });
  await page.getByRole("button", { name: "Save", exact: true }).click();
  await page.getByRole("alert").getByText(/Rows/).waitFor();
  await look(page, "profiles-04-conflict");
  await page.getByRole("button", { name: "Keep mine and save" }).click();
  await page.getByText("Version 3").first().waitFor();
  const [saved] = await own();
  assert.deepEqual([saved.name, saved.version], ["People from HR", 3]);
  const { body: definition } = await api("GET", `/v1/import-profiles/${made.id}/definition`);
  assert.equal(definition.limits.rows, 150);
  await page.getByLabel("Name", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Older versions" }).click();
  await page.getByRole("menuitem", { name: "Version 1" }).click();
  await page.getByText("Version 1 is in the form.").first().waitFor();
  assert.equal(await page.getByLabel("Rows", { exact: true }).inputValue(), "200");
  await page.getByRole("button", { name: /^Discard/ }).click();

  // As a file it goes, and comes back as another one.
  await page.getByRole("link", { name: /Import profiles/ }).first().click();
  await page.getByRole("button", { name: "Actions for People from HR" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: "Export" }).click(),
  ]);
  assert.equal(file.suggestedFilename(), "people-from-hr.json");
  const exported = JSON.parse(await readFile(await file.path(), "utf8"));
  assert.deepEqual(exported, definition);
  const choose = page.locator('input[type="file"]');
  await choose.setInputFiles({ name: "x.json", mimeType: "application/json", buffer: Buffer.from("{}") });
  await page.getByText("x.json is not an import profile.").waitFor();
  const copy = { ...exported, title: "People from HR, north" };
  await choose.setInputFiles({ name: "north.json", mimeType: "application/json", buffer: Buffer.from(JSON.stringify(copy)) });
  await page.getByRole("heading", { name: "People from HR, north" }).waitFor();
  await page.getByRole("button", { name: "Create profile" }).click();
  await page.getByText("Version 1").first().waitFor();
  await page.getByRole("link", { name: /Import profiles/ }).first().click();
  await page.getByRole("button", { name: "Actions for People from HR, north" }).click();
  await page.getByRole("menuitem", { name: "Delete" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("link", { name: "People from HR, north" }).waitFor({ state: "detached" });
  await look(page, "profiles-05-list");
  assert.deepEqual((await own()).map(({ name }) => name), ["People from HR"]);
  assert.deepEqual(errors, []);
  await context.close();
});

test("profiles on a phone, in the dark", async () => {
  const [made] = await own();
  const { page, errors, context } = await atProfiles({ ...phone, colorScheme: "dark" });
  await page.getByRole("link", { name: made.name }).waitFor();
  await look(page, "profiles-06-list-phone");
  await page.getByRole("link", { name: made.name }).click();
  await page.getByRole("heading", { name: made.name }).waitFor();
  await look(page, "profiles-07-editor-phone");
  assert.deepEqual(errors, []);
  await context.close();
});
