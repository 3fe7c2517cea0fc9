// The five sources' own jobs in the console, each from its own kind of sheet to its people. docs/SOURCES.md says which
// of a source's steps is where.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { workbook } from "./_xlsx.mjs";
import { account, api, desktop, launch, look, mailTo, open, paste, signIn, url } from "./_stage.mjs";

let browser;
let organization;
let cookies;

const made = async (path, body) => {
  const answer = await api("POST", path, body);
  assert.equal(answer.status, 201, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
};

before(async () => {
  browser = await launch();
  organization = (await made("/v1/organizations", { name: "Sources" })).id;
  const settings = await api("GET", `/v1/organizations/${organization}`);
  const patched = await fetch(`${url}/v1/organizations/${organization}`, {
    method: "PATCH",
    headers: {
      authorization: `Bearer ${account.api_key}`,
      "content-type": "application/json",
      "if-match": `"${settings.body.version}"`,
    },
    body: JSON.stringify({
      domains: ["sources.example"],
      credential_modes: ["link", "generate_and_mail", "specify_and_mail", "specify_only"],
    }),
  });
  assert.equal(patched.status, 200, await patched.text());
  await made(`/v1/sites?organization=${organization}`, { name: "Berlin" });
  await made(`/v1/groups?organization=${organization}`, { name: "Night shift", active: true, modules: [] });
  const { context, page } = await open(browser, desktop);
  await signIn(page);
  cookies = await context.cookies();
  await context.close();
});
after(() => browser?.close());

/** A signed-in page at the step Source, with the rules that `search` names. */
async function atSource(search, needs) {
  const stage = await open(browser, desktop);
  await stage.context.addCookies(cookies);
  await stage.page.goto(`${url}/import?${search}`);
  await stage.page.getByRole("complementary", { name: "What the sheet needs" }).getByText(needs, { exact: true }).waitFor();
  return stage;
}

async function next(page, step) {
  await page.getByRole("link", { name: "Continue" }).click();
  await page.waitForURL(new RegExp(`/import/${step}`));
}

/** From Check to Confirm: over Assign, where there is something to give. */
async function toConfirm(page) {
  await next(page, "(assign|confirm)");
  if (!page.url().includes("confirm")) await next(page, "confirm");
}

const sentence = (page) => page.locator(".confirm-sentence").innerText();
const tsv = (...rows) => rows.map((row) => row.join("\t")).join("\n");
const userCalled = async (email) => (await api("GET", `/v1/users?q=${encodeURIComponent(email)}`)).body.items[0];

async function download(page, button, item) {
  await page.getByRole("button", { name: button }).click();
  const [file] = await Promise.all([page.waitForEvent("download"), page.getByRole("menuitem", { name: item }).click()]);
  return readFileSync(await file.path());
}

async function choose(page, name, buffer) {
  await page.locator("input[type=file]").setInputFiles({ name, mimeType: "application/octet-stream", buffer: Buffer.from(buffer) });
}

test("S0: end users are pasted, ticked rows get roles, and the import is whole", { timeout: 600_000 }, async () => {
  const { page, errors, context } = await atSource(`kind=end_user&organization=${organization}&profile=end-user`, "Email");
  await paste(
    page,
    tsv(
      ["Name", "Last Name", "Email", "Phone"],
      ["Ana", "Sousa", "ana@s0.example", "'+351 912 345 678"],
      ["Ben", "R0th", "ben@s0.example", ""],
      ["Cleo", "Ito", "cleo@s0.example", ""],
    ),
  );
  await page.getByText(/^Problems\s*1$/).waitFor();
  await page.keyboard.press("F8");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("Roth");
  await page.keyboard.press("Enter");
  await page.getByText(/^Problems\s*0$/).waitFor();
  await next(page, "assign");

  const roles = page.getByRole("region", { name: "Role" }).first();
  await page.getByRole("rowheader").first().click();
  await roles.getByRole("checkbox", { name: "Organization Admin" }).press("Space");
  await roles.getByRole("button", { name: /Give to 1 ticked row/ }).click();
  await page.getByRole("gridcell", { name: "Organization Admin" }).waitFor();
  await look(page, "sources-01-s0-roles");
  await page.getByRole("link", { name: "Continue" }).click();
  await page.waitForURL(/\/import\/confirm/);
  assert.ok(await page.getByRole("button", { name: /^Import/ }).isDisabled(), "two rows have no role yet");
  await page.goBack();
  await page.waitForURL(/\/import\/assign/);
  await page.getByRole("button", { name: "Show them" }).click();
  await page.getByRole("gridcell", { name: "ana@s0.example" }).waitFor({ state: "detached" });
  const admin = roles.getByRole("checkbox", { name: "Organization Admin" });
  if (await admin.isChecked()) await admin.press("Space");
  await roles.getByRole("checkbox", { name: "Organization User" }).press("Space");
  await roles.getByRole("button", { name: "Give to the 2 rows without a role" }).click();
  await next(page, "confirm");
  assert.match(await sentence(page), /^3 people will be created in Sources .*14 days after .*All or nothing\.$/s);
  await page.getByRole("button", { name: "Import 3 people" }).click();
  await page.getByText("3 people were imported").first().waitFor();
  const [ana, cleo] = [await userCalled("ana@s0.example"), await userCalled("cleo@s0.example")];
  assert.deepEqual([ana.roles, cleo.roles], [["organization_admin"], ["organization_user"]]);
  await mailTo("ana@s0.example", "invites you");
  assert.deepEqual(errors, []);
  await context.close();
});

test("S1: technicians without a header row; a row is deleted, roles are optional", { timeout: 600_000 }, async () => {
  const { page, errors, context } = await atSource("kind=technician&profile=technician", "Email");
  await paste(page, tsv(["Ana", "Sousa", "ana@s1.example", "+351 912 345 678"], ["Ben", "Roth", "ben@s1.example", ""], ["Cleo", "Ito", "cleo@s1.example", ""]));
  await page.getByText(/no header row/i).waitFor();
  await next(page, "assign");
  await page.getByRole("gridcell", { name: "cleo@s1.example" }).click({ button: "right" });
  await page.getByRole("dialog", { name: /Row 3/ }).getByRole("button", { name: "Remove row" }).click();
  await next(page, "confirm");
  assert.match(await sentence(page), /^2 technicians will be created.*24 hours after.*All or nothing\. 1 row/s);
  await page.getByRole("button", { name: "Import 2 people" }).click();
  await page.getByText("2 people were imported").first().waitFor();
  assert.equal((await userCalled("ben@s1.example")).invitation.valid_hours, 24);
  assert.equal(await userCalled("cleo@s1.example"), undefined);
  assert.deepEqual(errors, []);
  await context.close();
});

test("S2: portal users by template, as CSV and as a workbook, invited only when somebody says so", { timeout: 600_000 }, async () => {
  const search = `kind=end_user&organization=${organization}&profile=portal-user`;
  const { page, errors, context } = await atSource(search, "User name");
  const template = (await download(page, "Download template", "CSV, for every program")).toString().trimEnd();
  await choose(page, "filled.csv", `${template}\r\nAna Sousa,ana@s2.example,Privileged,Berlin\r\nBen Roth,ben@s2.example,,\r\n`);
  await page.getByText(/^Problems\s*0$/).waitFor();
  await toConfirm(page);
  assert.match(await sentence(page), /^2 people will be created in Sources/);
  assert.equal(await page.getByRole("checkbox", { name: /invit/i }).isChecked(), false, "off by default");
  await look(page, "sources-02-s2-confirm");
  await page.getByRole("button", { name: "Import 2 people" }).click();
  await page.getByText("2 people were imported").first().waitFor();
  assert.equal((await userCalled("ana@s2.example")).status, "created");

  await page.goto(`${url}/import?${search}`);
  await page.getByText("At most 500 rows, files under 10 MB.").waitFor();
  await choose(page, "portal.xlsx", workbook({ Portal: [["User name*", "Email*", "User type", "Site"], ["Cleo Ito", "cleo@s2.example", "Standard", "Paris"]] }));
  await page.getByText(/^Problems\s*1$/).waitFor();
  await page.keyboard.press("F8");
  await page.getByText(/HQ.*Berlin|Berlin.*HQ/).first().waitFor();
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+A");
  await page.keyboard.type("berlin");
  await page.keyboard.press("Enter");
  await page.getByText(/^Problems\s*0$/).waitFor();
  await toConfirm(page);
  await page.getByRole("checkbox", { name: /invit/i }).press("Space");
  await page.getByRole("button", { name: "Import 1 person" }).click();
  await page.getByText("1 person was imported").first().waitFor();
  await mailTo("cleo@s2.example", "invites you");
  assert.deepEqual(errors, []);
  await context.close();
});

test("S3: users of an organization, typed into rows, with generated passwords", { timeout: 600_000 }, async () => {
  const search = `kind=end_user&organization=${organization}&profile=organization-user`;
  const { page, errors, context } = await atSource(search, "Username");
  await page.getByRole("button", { name: "Enter rows by hand" }).click();
  await page.getByRole("dialog", { name: "Enter rows by hand" }).getByLabel("How many rows?").fill("2");
  await page.keyboard.press("Enter");
  await page.locator('[data-focus-cell="true"]:focus').waitFor();
  await paste(page, tsv(["ana", "ana@s3.example"], ["ben", "ben@s3.example"]));
  await page.getByText(/^All\s*2$/).waitFor();
  await page.getByText(/^Problems\s*0$/).waitFor();
  await toConfirm(page);
  await page.getByRole("radio", { name: /A generated password, by mail/ }).press("Space");
  assert.match(await sentence(page), /get a generated password by mail/);
  await look(page, "sources-03-s3-confirm");
  await page.getByRole("button", { name: "Import 2 people" }).click();
  await page.getByText("2 people were imported").first().waitFor();
  const ana = await userCalled("ana@s3.example");
  assert.deepEqual([ana.username, ana.roles], ["ana@sources.example", ["organization_user"]]);
  await mailTo("ana@s3.example");
  assert.deepEqual(errors, []);
  await context.close();
});

test("S4: members by file; the good rows land, the others come back as a file and return", { timeout: 600_000 }, async () => {
  const search = `kind=member&organization=${organization}&profile=member`;
  const { page, errors, context } = await atSource(search, "Username");
  assert.ok((await download(page, "Download template", /ZIP/)).includes("README"));
  const titles = "Username*,Email*,Role*,Groups*,First Name*,Last Name*";
  await choose(
    page,
    "members.csv",
    `${titles}\nana,ana@s4.example,User,Night shift,Ana,Sousa\nben,ben@s4.example,Billing,NIGHT SHIFT,Ben,Roth\ncleo,cleo@s4.example,Master,Night shift,Cleo,Ito\n`,
  );
  await page.getByText(/^Problems\s*1$/).waitFor();
  await look(page, "sources-04-s4-check");
  await toConfirm(page);
  assert.ok(await page.getByRole("radio", { name: /Import the good rows/ }).isChecked(), "partial first");
  await page.getByRole("button", { name: "Import 2 people" }).click();
  await page.getByText("2 people were imported").first().waitFor();
  await look(page, "sources-05-s4-result");
  const left = (await download(page, "Download rows", "CSV")).toString();
  assert.match(left, /NIGHT SHIFT/);
  assert.doesNotMatch(left, /ana@s4/);
  assert.equal((await userCalled("cleo@s4.example")).invitation.valid_hours, 14 * 24);

  await page.goto(`${url}/import?${search}`);
  await page.getByRole("complementary", { name: "What the sheet needs" }).getByText("Username", { exact: true }).waitFor();
  await choose(page, "rollcall-problems.csv", left.replace("NIGHT SHIFT", "Night shift"));
  await page.getByRole("region", { name: "About this sheet" }).getByText("1 row of an earlier sheet").first().waitFor();
  await page.getByText(/^Problems\s*0$/).waitFor();
  await toConfirm(page);
  await page.getByRole("button", { name: "Import 1 person" }).click();
  await page.getByText("1 person was imported").first().waitFor();
  assert.equal((await userCalled("ben@s4.example")).kind, "member");
  assert.deepEqual(errors, []);
  await context.close();
});
