// What an administrator arranges before people come: a role of one's own, access groups, lists, the organization's
// rules; two who change one thing; and somebody who holds less and can give no more.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { account, api, code, desktop, launch, look, mailTo, open, signIn, url } from "./_stage.mjs";

const PASSWORD = "violet anvil harbour 3";

let browser;
let seen;

async function step(name, tell) {
  try {
    await tell();
  } catch (error) {
    await seen?.screenshot({ path: join(process.env.SCREENSHOTS ?? ".", "roles-failed.png") });
    error.message = `${name}: ${error.message}`;
    throw error;
  }
}

async function made(path, body) {
  const answer = await api("POST", path, body);
  assert.equal(answer.status, 201, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

/** What another administrator does meanwhile, on the newest version. */
async function edit(path, patch) {
  const { body } = await api("GET", path);
  const answer = await fetch(url + path, {
    method: "PATCH",
    headers: {
      authorization: `Bearer ${account.api_key}`,
      "content-type": "application/json",
      "if-match": `"${body.version}"`,
    },
    body: JSON.stringify(patch),
  });
  assert.equal(answer.status, 200, await answer.clone().text());
  return answer.json();
}

const post = (path, body) =>
  fetch(url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** What a person without a browser does with an invitation; answers the authenticator's secret. */
async function register(email) {
  const mail = await mailTo(email, "invites you");
  const path = new URL(mail.links[0]).pathname.replace("/invitations/", "/v1/invitations/");
  const accepted = await post(`${path}/accept`, { password: PASSWORD, phone: "+447400123456" });
  assert.equal(accepted.status, 200, await accepted.clone().text());
  const { totp_secret: secret } = await accepted.json();
  assert.equal((await post(`${path}/verify`, { code: await code(secret) })).status, 200);
  return secret;
}

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("roles, groups, lists and an organization's settings", { timeout: 900_000 }, async () => {
  const { page, errors } = await open(browser, desktop);
  seen = page;
  const row = (name) => page.getByRole("row", { name });
  const box = (name) => page.getByRole("checkbox", { name });
  let acme;

  await step("an organization is made, and its settings are what comes next", async () => {
    await signIn(page);
    await page.keyboard.press("Control+K");
    await page.keyboard.type("new org");
    await page.getByRole("option", { name: "New organization" }).waitFor();
    await page.keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "New organization" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("Acme Logistics");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "General" }).waitFor();
    acme = new URL(page.url()).searchParams.get("organization");
    assert.ok(acme);
  });
  const at = `organization=${acme}`;

  await step("two change its settings at once: both changes stay, and it says who it was", async () => {
    await page.getByRole("textbox", { name: "Shortest password" }).fill("16");
    await page.getByText("Everybody must have a second factor").click();
    await page.getByRole("textbox", { name: "Blocked words" }).fill("acme, roadrunner,");
    await page.getByRole("button", { name: "Add a domain" }).click();
    await page.getByRole("textbox", { name: "Domain 1" }).fill("@Acme.example");
    await edit(`/v1/organizations/${acme}`, { name: "Acme Freight", default_country: "GB" });
    await page.getByRole("button", { name: "Save changes" }).click();
    const conflict = page.getByRole("alert").filter({ hasText: "Changed meanwhile by" });
    await conflict.getByText("They changed: Name and Default country.").waitFor();
    await look(page, "roles-01-settings-conflict");
    await conflict.getByRole("button", { name: "Keep mine and save" }).click();
    await page.getByRole("button", { name: "Organization: Acme Freight" }).waitFor();
    const { body } = await api("GET", `/v1/organizations/${acme}`);
    assert.deepEqual(
      [body.name, body.default_country, body.mfa_required, body.password_policy.min_length, body.domains],
      ["Acme Freight", "GB", true, 16, ["acme.example"]],
    );
    assert.deepEqual(body.password_policy.blocked_words, ["acme", "roadrunner"]);
  });

  await step("what cannot be saved is said beside its field, and nothing unsaved is left without asking", async () => {
    const length = page.getByRole("textbox", { name: "Shortest password" });
    await length.fill("8");
    await page.getByRole("button", { name: "Save changes" }).click();
    assert.equal(await length.getAttribute("aria-invalid"), "true");
    await page.getByRole("link", { name: "Sites" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Leave" }).click();
    await page.getByText("HQ", { exact: true }).waitFor();
  });

  await step("sites are typed one after the other, renamed, refused twice, deleted when nobody is there", async () => {
    // The second is typed while the first is on its way.
    const sites = /\/v1\/sites\?/;
    let typed;
    const second = new Promise((resolve) => {
      typed = resolve;
    });
    await page.route(sites, async (route) => {
      if (route.request().method() === "POST") await second;
      await route.continue();
    });
    const name = page.getByRole("textbox", { name: "New site" });
    await name.fill("Hamburg");
    await page.keyboard.press("Enter");
    await page.keyboard.type("Bremen");
    typed();
    await page.getByRole("button", { name: "Rename Hamburg" }).waitFor();
    await page.unroute(sites);
    assert.equal(await name.inputValue(), "Bremen");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Rename Bremen" }).waitFor();
    assert.equal(await name.inputValue(), "");
    await page.getByRole("button", { name: "Rename Bremen" }).click();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Hamburg");
    await page.keyboard.press("Enter");
    await page.getByText("“Hamburg” is there already.").waitFor();
    await page.getByRole("textbox", { name: "Name", exact: true }).fill("Bremen Nord");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Rename Bremen Nord" }).waitFor();
    const site = (await api("GET", `/v1/sites?${at}`)).body.items.find(({ name }) => name === "Hamburg");
    await made("/v1/users", {
      kind: "end_user",
      organization_id: acme,
      first_name: "Mia",
      last_name: "Stone",
      email: "mia.stone@example.org",
      roles: ["organization_user"],
      site: site.id,
    });
    for (const name of ["Hamburg", "Bremen Nord"]) {
      await page.getByRole("button", { name: `Delete: ${name}` }).click();
      await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
      if (name === "Hamburg") await page.getByRole("alert").filter({ hasText: "Somebody still has it" }).waitFor();
    }
    await page.getByRole("button", { name: "Rename Bremen Nord" }).waitFor({ state: "detached" });
    await look(page, "roles-02-sites");
  });

  await step("a property is defined, with its choices pasted as a column", async () => {
    await page.goto(`${url}/settings/properties?${at}&new=property`);
    const dialog = page.getByRole("dialog", { name: "New property" });
    await dialog.getByRole("textbox", { name: "Name" }).fill("Work shift");
    assert.equal(await dialog.getByRole("textbox", { name: "Key" }).inputValue(), "work_shift");
    await dialog.getByRole("button", { name: /Type/ }).click();
    await page.getByRole("option", { name: "One of several choices" }).click();
    await dialog.getByRole("textbox", { name: "Choice 1" }).focus();
    await page.evaluate(() => navigator.clipboard.writeText("Early\nLate\nNight\n"));
    await page.keyboard.press("Control+V");
    await dialog.getByRole("button", { name: "Move Night up" }).click();
    await dialog.getByRole("button", { name: "Create property" }).click();
    await row(/Work shift.*Early, Night, Late/).waitFor();
  });

  await step("a group is made, given to somebody, and deactivated: its modules are withdrawn at once", async () => {
    await page.goto(`${url}/roles/groups?${at}&new=group`);
    await page.getByRole("textbox", { name: "Name" }).fill("Field staff");
    await page.getByRole("textbox", { name: "Modules" }).fill("tickets, inventory,");
    await page.getByRole("button", { name: "Create group" }).click();
    await row(/Field staff.*Active.*inventory, tickets.*Nobody/).waitFor();
    const [group] = (await api("GET", `/v1/groups?${at}`)).body.items;
    const [mia] = (await api("GET", "/v1/users?q=mia")).body.items;
    await edit(`/v1/users/${mia.id}`, { groups: [group.id] });
    const modules = async () => (await api("GET", `/v1/users/${mia.id}`)).body.modules;
    assert.deepEqual((await modules()).toSorted(), ["inventory", "tickets"]);
    await page.getByRole("button", { name: "Actions for Field staff" }).click();
    await page.getByRole("menuitem", { name: "Deactivate" }).click();
    const sure = page.getByRole("alertdialog", { name: "Deactivate Field staff?" });
    await sure.getByText("loses inventory and tickets at once").waitFor();
    await look(page, "roles-03-group-deactivate");
    await sure.getByRole("button", { name: "Deactivate" }).click();
    await row(/Field staff.*Inactive/).waitFor();
    assert.deepEqual(await modules(), []);
    await page.getByRole("button", { name: "Actions for Field staff" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("link", { name: "See who has it" }).click();
    await row(/Mia Stone/).waitFor();
    assert.match(page.url(), new RegExp(`group=${group.id}`));
  });

  let desk;
  await step("a role is copied from a built-in one; what needs another permission brings it along", async () => {
    await page.goto(`${url}/roles`);
    await page.getByRole("link", { name: "Organization View Only Admin" }).waitFor();
    await page.getByRole("link", { name: "Technician", exact: true }).click();
    await page.getByText("This role is built in and cannot be changed").waitFor();
    await page.getByRole("link", { name: "Copy" }).click();
    await page.getByRole("textbox", { name: "Name" }).fill("Service desk");
    for (const group of ["People", "Imports", "Organizations", "Roles and lists"]) {
      const all = box(`All of ${group}`);
      await all.focus();
      for (let n = 0; n < 2 && !(await page.getByText(/^0 of/).isVisible()); n++) {
        const any = await page.getByRole("group", { name: group }).getByRole("checkbox", { checked: true }).count();
        if (any === 0) break;
        await page.keyboard.press("Space");
      }
    }
    await box(/^Send and revoke invitations/).focus();
    await page.keyboard.press("Space");
    assert.equal(await box(/^See people/).isChecked(), true);
    for (const name of [/^Make and change roles/, /^See organizations/]) {
      await box(name).focus();
      await page.keyboard.press("Space");
    }
    await look(page, "roles-04-copy");
    await page.getByRole("button", { name: "Create role" }).click();
    await page.getByRole("heading", { name: "Service desk" }).waitFor();
    desk = (await api("GET", "/v1/roles")).body.items.find(({ name }) => name === "Service desk");
    for (const wanted of ["invitations.write", "users.read", "roles.write", "roles.read", "organizations.read"])
      assert.ok(desk.permissions.includes(wanted), wanted);
    for (const not of ["users.write", "imports.write", "lists.read"]) assert.ok(!desk.permissions.includes(not), not);
  });

  await step("who holds it cannot give more, nor lock themselves out", async () => {
    await made("/v1/users", {
      kind: "technician",
      first_name: "Uma",
      last_name: "Desk",
      email: "uma.desk@example.org",
      roles: [desk.id],
    });
    const secret = await register("uma.desk@example.org");
    assert.equal((await api("POST", "/dev/clock", { advance: "PT31S" })).status, 200);
    const other = await open(browser, desktop);
    seen = other.page;
    await other.page.goto(`${url}/roles/${desk.id}`);
    await other.page.getByLabel("Email").fill("uma.desk@example.org");
    await other.page.getByLabel("Password", { exact: true }).fill(PASSWORD);
    await other.page.getByRole("button", { name: "Continue" }).click();
    await other.page.getByLabel("Code").fill(await code(secret));
    await other.page.getByRole("heading", { name: "Service desk" }).waitFor();
    const users = other.page.getByRole("checkbox", { name: /^Add and edit people/ });
    assert.equal(await users.isDisabled(), true);
    assert.match(await other.page.getByRole("group", { name: "People" }).innerText(), /You do not hold this/);
    await other.page.getByText("Make and change roles", { exact: true }).click();
    await other.page.getByRole("button", { name: "Save changes" }).click();
    await other.page.getByRole("alert").filter({ hasText: "This would lock you out" }).waitFor();
    await look(other.page, "roles-05-lock-out");
    await other.page.getByRole("button", { name: "Discard" }).click();
    await other.page.goto(`${url}/roles/system_administrator`);
    await other.page.getByRole("link", { name: "Copy" }).click();
    await other.page.getByText(/permissions of the copied role are left out/).waitFor();
    assert.deepEqual(other.errors, []);
    await other.context.close();
    seen = page;
  });

  await step("a role that somebody has is not deleted, and it says who has it", async () => {
    await page.goto(`${url}/roles/${desk.id}`);
    await page.getByText("People have this role, so it cannot be deleted").waitFor();
    await page.getByRole("region", { name: "Delete this role" }).getByRole("link", { name: "See who has it" }).click();
    await row(/Uma Desk/).waitFor();
    const unused = await made("/v1/roles", { name: "Unused", description: "", kind: "technician", permissions: [] });
    await page.goto(`${url}/roles/${unused.id}`);
    await page.getByRole("button", { name: "Delete this role" }).click();
    await page.getByRole("alertdialog").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("link", { name: "Service desk" }).waitFor();
    assert.equal((await api("GET", `/v1/roles/${unused.id}`)).status, 404);
  });

  assert.deepEqual(errors, []);
});
