// The life of an account at the administrator's desk: made, edited by two at once, changed with many, locked,
// unlocked, reset, mended after a bounce, deleted; and everything of it in the audit trail.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { account, api, code, desktop, eventually, launch, look, mailTo, open, phone, signIn, url } from "./_stage.mjs";

const PASSWORD = "violet anvil harbour 3";

let browser;
let seen;

async function step(name, tell) {
  try {
    await tell();
  } catch (error) {
    await seen?.screenshot({ path: join(process.env.SCREENSHOTS ?? ".", "users-failed.png") });
    error.message = `${name}: ${error.message}`;
    throw error;
  }
}

async function made(path, body) {
  const answer = await api("POST", path, body);
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return answer.body;
}

/** What another administrator does meanwhile, on the newest version. */
async function edit(id, patch) {
  const { body } = await api("GET", `/v1/users/${id}`);
  const answer = await fetch(`${url}/v1/users/${id}`, {
    method: "PATCH",
    headers: {
      authorization: `Bearer ${account.api_key}`,
      "content-type": "application/json",
      "if-match": `"${body.version}"`,
    },
    body: JSON.stringify(patch),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
}

const post = (path, body) =>
  fetch(`${url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });

/** What a person without a browser does with an invitation. */
async function register(email) {
  const mail = await mailTo(email, "invites you");
  const link = mail.links.find((candidate) => candidate.includes("/invitations/"));
  const path = new URL(link).pathname.replace("/invitations/", "/v1/invitations/");
  const accepted = await post(`${path}/accept`, { password: PASSWORD, phone: "+447400123456" });
  assert.equal(accepted.status, 200, await accepted.clone().text());
  const { next, totp_secret: secret } = await accepted.json();
  if (next) assert.equal((await post(`${path}/verify`, { code: await code(secret) })).status, 200);
}

const person = async (email) =>
  (await api("GET", `/v1/users?q=${encodeURIComponent(email)}`)).body.items.find((user) => user.email === email);

const closed = (page) => page.getByRole("dialog").waitFor({ state: "detached" });

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("the life of an account at the administrator's desk", { timeout: 900_000 }, async () => {
  const { id: globex } = await made("/v1/organizations", { name: "Globex", default_country: "GB" });
  const at = `?organization=${globex}`;
  await made(`/v1/groups${at}`, { name: "Field staff", active: true, modules: ["tickets"] });
  await made(`/v1/groups${at}`, { name: "Night shift", active: false, modules: ["alerts"] });
  await made(`/v1/sites${at}`, { name: "Leeds" });
  await made(`/v1/properties${at}`, { name: "Badge number", key: "badge", type: "text" });
  const endUser = (first_name, last_name) =>
    made("/v1/users", {
      kind: "end_user",
      profile: "modern",
      organization_id: globex,
      first_name,
      last_name,
      email: `${first_name}.${last_name}@example.org`.toLowerCase(),
      roles: ["standard"],
      invite: true,
    });
  const [mia, noah, olga] = [await endUser("Mia", "Stone"), await endUser("Noah", "Stone"), await endUser("Olga", "Stone")];

  const own = (await api("GET", "/v1/me")).body.user.name;

  const { page, errors } = await open(browser, desktop);
  seen = page;
  const row = (name) => page.getByRole("row", { name });
  const tab = (name) => page.getByRole("tab", { name });

  await step("a person is added with everything that the organization knows", async () => {
    await signIn(page);
    await page.goto(`${url}/users${at}&new=user`);
    const dialog = page.getByRole("dialog", { name: "Add a user" });
    await dialog.getByLabel("First name").fill("Ivy");
    await dialog.getByLabel("Last name").fill("Marsh");
    await dialog.getByLabel("Email").fill("ivy.marsh@example.org");
    await dialog.getByRole("button", { name: "Add user" }).click();
    await dialog.getByText("An end user needs a role.").waitFor();
    await dialog.getByRole("checkbox", { name: /^Organization User/ }).check({ force: true });
    await dialog.getByRole("checkbox", { name: /^Field staff/ }).check({ force: true });
    await dialog.getByRole("checkbox", { name: /^Night shift/ }).check({ force: true });
    await dialog.getByLabel("Badge number").fill("A-17");
    await look(page, "users-01-add");
    await dialog.getByRole("button", { name: "Add user" }).click();
    await closed(page);
    await page.getByRole("heading", { name: "Ivy Marsh" }).waitFor();
    await page.getByText("A-17").waitFor();
    await tab("Access").click();
    await page.getByText("gives no modules until it is active").waitFor();
    await page.getByRole("list", { name: "Modules" }).getByText("tickets").waitFor();
    await look(page, "users-02-access");
    await mailTo("ivy.marsh@example.org", "invites you");
  });

  const ivy = await person("ivy.marsh@example.org");
  await step("an edit that meets another one shows what changed, and is made on top of it", async () => {
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: /^Edit Ivy Marsh/ });
    await dialog.getByLabel("Last name").fill("Marsh-Hill");
    await dialog.getByLabel("Phone").fill("+44 7400 111111");
    await dialog.getByLabel("Badge number").fill("A-18");
    await edit(ivy.id, { phone: "+447400222222", language: "en" });
    await dialog.getByRole("button", { name: "Save changes" }).click();
    const clash = dialog.getByRole("alert").filter({ hasText: "in the meantime" });
    await clash.getByText("+447400222222").waitFor();
    await clash.getByText("English").waitFor();
    await look(page, "users-03-conflict");
    await clash.getByRole("button", { name: "Take theirs" }).click();
    assert.equal(await dialog.getByLabel("Phone").inputValue(), "+447400222222");
    await dialog.getByRole("button", { name: "Save mine on top" }).click();
    await closed(page);
    const now = (await api("GET", `/v1/users/${ivy.id}`)).body;
    assert.deepEqual(
      [now.last_name, now.phone, now.language, now.properties.badge],
      ["Marsh-Hill", "+447400222222", "en", "A-18"],
    );
    await page.getByRole("heading", { name: "Ivy Marsh-Hill" }).waitFor();
  });

  await step("what the server refuses stands beside its field", async () => {
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: /^Edit Ivy/ });
    await dialog.getByLabel("Email").fill("mia.stone@example.org");
    await dialog.getByRole("button", { name: "Save changes" }).click();
    await dialog.getByText("This address belongs to somebody already").waitFor();
    assert.equal(await dialog.getByLabel("Email").getAttribute("aria-invalid"), "true");
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Leave" }).click();
    await closed(page);
  });

  await step("who searches types on after a pause, and loses nothing of it", async () => {
    await page.goto(`${url}/users${at}`);
    const box = page.getByRole("searchbox", { name: "Search by name or email" });
    await box.fill("noah ");
    await page.waitForURL((now) => now.searchParams.get("q") === "noah");
    await row(/Mia Stone/).waitFor({ state: "detached" });
    await page.keyboard.type("stone");
    await page.waitForURL((now) => now.searchParams.get("q") === "noah stone");
    await row(/Noah Stone/).waitFor();
  });

  await step("a role is given to many, and each has a result", async () => {
    await page.goto(`${url}/users${at}`);
    for (const name of ["Mia Stone", "Noah Stone", "Olga Stone"])
      await page.getByRole("checkbox", { name: `Select ${name}` }).check({ force: true });
    await edit(noah.id, { roles: ["standard", "organization_user"] });
    await page.getByRole("button", { name: "Change", exact: true }).click();
    await page.getByRole("menuitem", { name: "Give roles" }).click();
    const dialog = page.getByRole("dialog", { name: "Give roles" });
    await dialog.getByRole("checkbox", { name: /^Organization User/ }).check({ force: true });
    await dialog.getByText(/Organization User\. Roles they have already stay/).waitFor();
    // Gone before the change reaches them: that one is refused, the others are done all the same.
    assert.equal((await api("DELETE", `/v1/users/${olga.id}`)).status, 204);
    await look(page, "users-04-bulk");
    await dialog.getByRole("button", { name: /^Change \d/ }).click();
    await dialog.getByRole("row", { name: /Olga Stone.*The account is gone/ }).waitFor();
    await dialog.getByRole("row", { name: /Mia Stone.*Done/ }).waitFor();
    await dialog.getByRole("row", { name: /Noah Stone.*Nothing to change/ }).waitFor();
    await look(page, "users-05-bulk-results");
    await dialog.getByRole("button", { name: "Try the refused one again" }).waitFor();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await closed(page);
    const now = (await api("GET", `/v1/users/${mia.id}`)).body;
    assert.deepEqual(now.roles.toSorted(), ["organization_user", "standard"]);
  });

  await step("many are deactivated; one's own account is left alone, and that is said before", async () => {
    await page.goto(`${url}/users`);
    await page.getByRole("searchbox", { name: "Search by name or email" }).waitFor();
    await row(/Mia Stone/).waitFor();
    for (const name of ["Mia Stone", "Noah Stone", own])
      await page.getByRole("checkbox", { name: `Select ${name}` }).check({ force: true });
    await page.getByRole("button", { name: "Account", exact: true }).click();
    await page.getByRole("menuitem", { name: "Deactivate" }).click();
    const dialog = page.getByRole("dialog", { name: "Deactivate accounts" });
    await dialog.getByText("2 people will be signed out everywhere").waitFor();
    await dialog.getByText("your own account").waitFor();
    await dialog.getByRole("button", { name: "Deactivate 2 people" }).click();
    await dialog.getByText("2 done").waitFor();
    await dialog.getByRole("row", { name: /Your own account/ }).waitFor();
    await dialog.getByRole("button", { name: "Close" }).last().click();
    await closed(page);
    await page.goto(`${url}/users?status=deactivated`);
    for (const name of ["Mia", "Noah"]) await row(new RegExp(`${name} Stone.*Deactivated`)).waitFor();
    assert.equal(await row(/Deactivated/).count(), 2);
    await look(page, "users-06-filtered");
  });

  await step("a list is saved as it is filtered", async () => {
    await page.getByRole("button", { name: "Export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "CSV file" }).click();
    const file = await download;
    assert.match(file.suggestedFilename(), /^users-\d{4}-\d\d-\d\d\.csv$/);
    const chunks = [];
    for await (const chunk of await file.createReadStream()) chunks.push(chunk);
    const csv = Buffer.concat(chunks).toString("utf8");
    assert.match(csv, /mia\.stone@example\.org/);
    assert.doesNotMatch(csv, /ivy\.marsh@example\.org/);
  });

  await step("a mail that came back is mended in one go", async () => {
    await page.goto(`${url}/users?user=${ivy.id}`);
    const { id } = await mailTo("ivy.marsh@example.org", "invites you");
    assert.ok((await api("POST", "/dev/mail-events", { id, type: "bounced" })).status < 300);
    await page.getByRole("button", { name: "Edit address and invite again" }).click();
    await look(page, "users-07-bounced");
    await page.getByLabel("New address").fill("ivy.hill@example.org");
    await page.getByRole("button", { name: "Save and invite again" }).click();
    await mailTo("ivy.hill@example.org", "invites you");
    await page.getByText("The mail came back").first().waitFor({ state: "detached" });
  });

  await step("too many wrong passwords lock; an administrator unlocks and resets", async () => {
    await register("ivy.hill@example.org");
    for (let attempt = 0; attempt < 25; attempt++) {
      await post("/v1/sessions", { email: "ivy.hill@example.org", password: `wrong password ${attempt}` });
      if ((await person("ivy.hill@example.org"))?.status === "locked_out") break;
    }
    await page.goto(`${url}/users?user=${ivy.id}&tab=security`);
    await page.getByText("Locked until").waitFor();
    await look(page, "users-08-locked");
    await page.getByRole("button", { name: "Unlock" }).click();
    await page.getByText("Locked until").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Reset password" }).click();
    const sure = page.getByRole("alertdialog");
    await sure.getByText("good for 24 hours").waitFor();
    await sure.getByRole("button", { name: "Reset password" }).click();
    await page.getByText("Link mailed; it ends").waitFor();
    await mailTo("ivy.hill@example.org", "password");
    const signedIn = await post("/v1/sessions", { email: "ivy.hill@example.org", password: PASSWORD });
    assert.notEqual(signedIn.status, 200, "the present password is void at once");
  });

  await step("a new address of an active account waits for its owner", async () => {
    await page.getByRole("button", { name: "Edit", exact: true }).click();
    const dialog = page.getByRole("dialog", { name: /^Edit Ivy/ });
    await dialog.getByLabel("Email").fill("ivy@marsh.example");
    await dialog.getByText(/only after its owner has confirmed/).waitFor();
    await dialog.getByRole("button", { name: "Save changes" }).click();
    await closed(page);
    await page.getByText("Waits for confirmation at ivy@marsh.example").waitFor();
  });

  await step("everything is in the person's history, in words", async () => {
    await tab("History").click();
    const history = page.getByRole("tabpanel", { name: "History" });
    for (const what of ["Unlocked the account", "Finished the account", "Edited", "Created the account"])
      await history.getByText(what).first().waitFor();
    await history.getByText("Marsh-Hill").first().waitFor();
    await look(page, "users-09-history");
  });

  await step("a copy is made of an account", async () => {
    await page.getByRole("button", { name: "Clone" }).click();
    const dialog = page.getByRole("dialog", { name: /^Clone Ivy/ });
    await dialog.getByLabel("First name").fill("Jo");
    await dialog.getByLabel("Last name").fill("Marsh");
    await dialog.getByLabel("Email").fill("jo.marsh@example.org");
    await dialog.getByRole("button", { name: "Create the account" }).click();
    await closed(page);
    await page.getByRole("heading", { name: "Jo Marsh" }).waitFor();
    const [now, source] = [await person("jo.marsh@example.org"), (await api("GET", `/v1/users/${ivy.id}`)).body];
    assert.deepEqual([now.groups, now.properties, now.roles], [source.groups, source.properties, source.roles]);
  });

  await step("an account is deleted for good, after it was said that it is", async () => {
    await tab("Security").click();
    await page.getByRole("button", { name: "Delete account" }).click();
    const sure = page.getByRole("alertdialog");
    await sure.getByText("This is final").waitFor();
    await look(page, "users-10-delete");
    await sure.getByRole("button", { name: "Delete for good" }).click();
    await page.getByRole("complementary", { name: "User" }).waitFor({ state: "detached" });
    await eventually("the row to go", async () => (await row(/Jo Marsh/).count()) === 0);
    assert.equal(await person("jo.marsh@example.org"), undefined);
  });

  await step("the audit trail says who did what, and what it was before", async () => {
    await page.goto(`${url}/audit?target=${ivy.id}`);
    await row(/Unlocked the account/).waitFor();
    await page.getByRole("button", { name: "Before and after: Edited" }).first().click();
    await look(page, "users-11-audit");
    await page.getByRole("button", { name: "What", exact: true }).click();
    await page.getByRole("menuitem", { name: "Deleted the account" }).click();
    await page.getByText("No event matches").waitFor();
    await page.getByRole("button", { name: "Clear: To" }).click();
    await row(/Deleted the account/).first().waitFor();
    assert.match(new URL(page.url()).search, /action=user\.deleted/);
    await page.getByRole("button", { name: "Export" }).click();
    const download = page.waitForEvent("download");
    await page.getByRole("menuitem", { name: "Excel workbook" }).click();
    assert.match((await download).suggestedFilename(), /^audit-.*\.xlsx$/);
  });

  await step("on a phone, in the dark", async () => {
    const hand = await open(browser, { ...phone, colorScheme: "dark" });
    const state = await page.context().storageState();
    await hand.context.addCookies(state.cookies);
    await hand.page.goto(`${url}/users?status=active&user=${ivy.id}&tab=security`);
    await hand.page.getByRole("tab", { name: "Security" }).waitFor();
    await look(hand.page, "users-12-phone-security-dark");
    await hand.page.goto(`${url}/users${at}`);
    await hand.page.getByRole("row", { name: /Ivy/ }).waitFor();
    await look(hand.page, "users-13-phone-list-dark");
    await hand.page.goto(`${url}/audit`);
    await hand.page.getByRole("row", { name: /Deleted the account/ }).first().waitFor();
    await look(hand.page, "users-14-phone-audit-dark");
    assert.deepEqual(hand.errors, []);
    await hand.context.close();
  });

  assert.deepEqual(errors, []);
});
