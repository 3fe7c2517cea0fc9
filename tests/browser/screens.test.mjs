// Every screen of the console and every state worth seeing, at a desk and on a phone, light and dark: axe finds
// nothing, nothing is wider than the page, and `cargo xtask screenshots` keeps the pictures to be looked at.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { account, api, code, desktop, eventually, launch, look, mailTo, open, phone, signIn, url } from "./_stage.mjs";

const PASSWORD = "violet anvil harbour 3";

let browser;
/** What the screens show: one of each state. */
const of = {};
let cookies;

async function made(path, body) {
  const answer = await api("POST", path, body);
  assert.equal(answer.status, 201, `${path}: ${JSON.stringify(answer.body)}`);
  return answer.body;
}

const post = (path, body) =>
  fetch(url + path, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** What a person without a browser does with an invitation. */
async function register(email) {
  const mail = await mailTo(email, "invites you");
  const path = new URL(mail.links[0]).pathname.replace("/invitations/", "/v1/invitations/");
  const accepted = await post(`${path}/accept`, { password: PASSWORD, phone: "+447400123456" });
  assert.equal(accepted.status, 200, await accepted.clone().text());
  const { next, totp_secret: secret } = await accepted.json();
  if (next) assert.equal((await post(`${path}/verify`, { code: await code(secret) })).status, 200);
}

const user = async (id) => (await api("GET", `/v1/users/${id}`)).body;

async function populate() {
  const organization = (name, country) => made("/v1/organizations", { name, default_country: country });
  of.acme = (await organization("Acme Logistics", "GB")).id;
  // So many that the switcher is searched.
  for (const name of ["Borealis", "Cendrillon", "Dunmore", "Espada", "Fjordheim", "Gisborne", "Hollerith", "Île-de-Ré"])
    await organization(name, "FR");
  const at = `?organization=${of.acme}`;
  const group = (name, active, modules) => made(`/v1/groups${at}`, { name, active, modules });
  of.group = (await group("Field staff", true, ["tickets", "remote control", "inventory"])).id;
  await group("Finance", true, ["billing", "reports"]);
  await group("Former partners", false, ["tickets"]);
  const site = await made(`/v1/sites${at}`, { name: "Hamburg" });
  await made(`/v1/sites${at}`, { name: "Zürich Nord" });
  const course = await made(`/v1/courses${at}`, { name: "Data protection" });
  const service = await made(`/v1/services${at}`, { name: "Backup Plus" });
  of.property = (
    await made(`/v1/properties${at}`, { name: "Work shift", key: "shift", type: "choice", choices: ["Early", "Late"] })
  ).id;
  await made(`/v1/properties${at}`, { name: "Cost centre", key: "cost_centre", type: "text" });
  const own = { description: "Takes calls and resends invitations.", permissions: ["users.read", "invitations.write"] };
  of.role = (await made("/v1/roles", { name: "Service desk", kind: "technician", ...own })).id;
  await made("/v1/roles", { name: "Team lead", kind: "end_user", organization_id: of.acme, ...own });

  const person = async (first_name, last_name, more = {}) => {
    const email = `${first_name}.${last_name}@example.org`.toLowerCase();
    const roles = ["organization_user"];
    const kind = "end_user";
    return made("/v1/users", { kind, organization_id: of.acme, first_name, last_name, email, roles, ...more });
  };
  const all = { groups: [of.group], site: site.id, courses: [course.id], services: [service.id] };
  of.pending = (await person("Mia", "Stone", { ...all, properties: { shift: "Early", cost_centre: "4711" } })).id;
  of.bounced = (await person("Noah", "Kern")).id;
  of.revoked = (await person("Olga", "Wolff")).id;
  of.off = (await person("Paul", "Marchand", { groups: [of.group] })).id;
  of.locked = (await person("Ruth", "Ibsen", { groups: [of.group] })).id;
  of.active = (await person("Silas", "Moreau", { phone: "+44 7400 123456" })).id;
  await person("Tess", "Ngata", { invite: false });
  of.desk = (
    await made("/v1/users", {
      kind: "technician",
      first_name: "Uma",
      last_name: "Desk",
      email: "uma.desk@example.org",
      roles: [of.role],
    })
  ).id;

  assert.equal((await api("POST", `/v1/users/${of.revoked}/revoke-invitation`)).status, 200);
  const { id } = await mailTo("noah.kern@example.org", "invites you");
  assert.ok((await api("POST", "/dev/mail-events", { id, type: "bounced" })).status < 300);
  await register("ruth.ibsen@example.org");
  await register("silas.moreau@example.org");
  assert.equal((await api("POST", `/v1/users/${of.off}/deactivate`, {})).status, 200);
  for (let attempt = 0; attempt < 25 && (await user(of.locked)).status !== "locked_out"; attempt++)
    await post("/v1/sessions", { email: "ruth.ibsen@example.org", password: `wrong password ${attempt}` });
  assert.equal((await user(of.locked)).status, "locked_out");
  assert.equal((await api("POST", `/v1/users/${of.active}/reset-password`, {})).status, 200);
  of.reset = (await mailTo("silas.moreau@example.org", "password")).links.find((link) => link.includes("reset"));

  const csv = "First Name,Last Name,Email\nAna,Silva,ana@example.org\nBo,Lind,bo@example.org\n";
  const sent = await fetch(`${url}/v1/imports?profile=technician`, {
    method: "POST",
    headers: { authorization: `Bearer ${account.api_key}`, "content-type": "text/csv" },
    body: csv,
  });
  of.import = (await sent.json()).id;
  await eventually("the import's end", async () => (await api("GET", `/v1/imports/${of.import}`)).body.status === "finished");
}

const heading = (name) => (page) => page.getByRole("heading", { name }).first();
const row = (name) => (page) => page.getByRole("row", { name }).first();
const dialog = (page) => page.getByRole("dialog").first();
const pressed = (role, name) => (page) => page.getByRole(role, { name }).first().click();

/** A label is pressed rather than its hidden box. */
const ticked = (text) => (page) => page.getByText(text, { exact: true }).first().click();

/** name, path, what shows that it is there, and what is done before it is looked at. */
function screens() {
  const at = `organization=${of.acme}`;
  return [
    ["start", "/getting-started", heading("Getting started")],
    ["users", "/users", row(/Mia Stone/)],
    ["users-nobody", "/users?q=zzzz", heading("Nobody matches")],
    ["users-filtered", `/users?${at}&group=${of.group}`, row(/Mia Stone/)],
    ["users-ticked", `/users?${at}`, row(/Mia Stone/), (page) => page.getByRole("checkbox", { name: "Select Mia Stone" }).check({ force: true })],
    ["user-add", `/users?${at}&new=user`, (page) => dialog(page).getByLabel("First name")],
    ["user-pending", `/users?user=${of.pending}`, heading("Mia Stone")],
    ["user-access", `/users?user=${of.pending}&tab=access`, heading("Mia Stone")],
    ["user-security-locked", `/users?user=${of.locked}&tab=security`, (page) => page.getByText("Locked until").first()],
    ["user-security-off", `/users?user=${of.off}&tab=security`, heading("Paul Marchand")],
    ["user-history", `/users?user=${of.active}&tab=history`, heading("Silas Moreau")],
    ["user-bounced", `/users?user=${of.bounced}`, heading("Noah Kern")],
    ["user-edit", `/users?user=${of.pending}&edit=user`, dialog],
    ["user-clone", `/users?user=${of.pending}&edit=clone`, dialog],
    ["user-gone", "/users?user=usr_00000000000000000000000000", heading("There is no such user")],
    ["imports", "/imports", row(/2/)],
    ["import-report", `/imports/${of.import}`, (page) => page.getByText(/imported/).first()],
    ["import-source", "/import", (page) => page.getByRole("button", { name: "Try a sample" })],
    ["audit", "/audit", row(/Mia Stone|Silas Moreau/)],
    ["audit-nothing", "/audit?action=user.cloned", (page) => page.getByText("No event matches")],
    ["roles", "/roles", row(/Service desk/)],
    ["roles-of-organization", `/roles?${at}`, row(/Team lead/)],
    ["role-built-in", "/roles/system_administrator", (page) => page.getByRole("group", { name: "People" })],
    ["role", `/roles/${of.role}`, (page) => page.getByRole("group", { name: "People" })],
    ["role-changed", `/roles/${of.role}`, (page) => page.getByRole("group", { name: "People" }), ticked("See imports")],
    ["role-copy", "/roles/new?copy=technician", (page) => page.getByRole("group", { name: "People" })],
    ["role-gone", "/roles/role_nobody", heading("There is no such role")],
    ["groups-which", "/roles/groups", heading("Which organization?")],
    ["groups", `/roles/groups?${at}`, row(/Field staff.*people|Field staff.*person/)],
    ["groups-none", `/roles/groups?organization=ORG`, heading("No access groups yet")],
    ["group-new", `/roles/groups?${at}&new=group`, dialog],
    ["group-edit", `/roles/groups?${at}&entry=${of.group}`, dialog, (page) => page.getByText("Active", { exact: true }).last().click()],
    ["settings", `/settings?${at}`, heading("General")],
    ["settings-changed", `/settings?${at}`, heading("General"), (page) => page.getByRole("textbox", { name: "Shortest password" }).fill("9")],
    ["settings-sites", `/settings/sites?${at}`, (page) => page.getByText("Hamburg").first()],
    ["settings-sites-rename", `/settings/sites?${at}`, (page) => page.getByText("Hamburg").first(), pressed("button", "Rename Hamburg")],
    ["settings-courses", `/settings/courses?${at}`, (page) => page.getByText("Data protection").first()],
    ["settings-services", `/settings/services?${at}`, (page) => page.getByText("Backup Plus").first()],
    ["settings-properties", `/settings/properties?${at}`, row(/Work shift/)],
    ["settings-property", `/settings/properties?${at}&entry=${of.property}`, dialog],
    ["settings-property-new", `/settings/properties?${at}&new=property`, dialog],
    ["organizations", "/settings/organizations", row(/Acme Logistics/)],
    ["organization-new", "/settings/organizations?new=organization", dialog],
    ["account", "/account/profile", heading("Your account")],
    ["account-notifications", "/account/notifications", heading("Your account")],
    ["account-security", "/account/security", heading("Where you are signed in")],
    ["account-keys", "/account/api-keys", row(/Nightly import/)],
    ["account-key-new", "/account/api-keys?new=key", dialog],
    ["nowhere", "/nowhere", heading("There is no such page")],
    ["palette", "/roles", row(/Service desk/), async (page) => {
      await page.keyboard.press("Control+K");
      await page.getByRole("combobox").fill("ne");
      await page.getByRole("option", { name: /New role/ }).waitFor();
    }],
    ["switcher", "/settings/organizations", row(/Acme Logistics/), async (page) => {
      const menu = page.getByRole("button", { name: "Open menu" });
      if (await menu.isVisible()) await menu.click();
      await page.getByRole("button", { name: /^Organization:/ }).click();
      await page.getByRole("menuitem", { name: "Acme Logistics" }).waitFor();
    }],
    ["menu", "/users", row(/Mia Stone/), async (page) => {
      const menu = page.getByRole("button", { name: "Open menu" });
      if (await menu.isVisible()) await menu.click();
      await page.getByRole("button", { name: /^Your account/ }).click();
      await page.getByRole("menuitem", { name: "Sign out" }).waitFor();
    }],
  ].map(([name, path, ready, first]) => ({ name, path: path.replace("=ORG", `=${of.other}`), ready, first }));
}

/** Before somebody is signed in, and where links lead. */
const outside = () => [
  { name: "sign-in", path: "/", ready: (page) => page.getByRole("button", { name: "Continue" }) },
  { name: "sign-in-forgot", path: "/", ready: (page) => page.getByRole("button", { name: "Continue" }), first: async (page) => {
    await page.getByText("Forgot password?").click();
    await page.getByRole("heading", { name: "Forgot your password?" }).waitFor();
  } },
  { name: "sign-in-wrong", path: "/", ready: (page) => page.getByRole("button", { name: "Continue" }), first: async (page) => {
    await page.getByLabel("Email").fill("nobody@example.org");
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("alert").filter({ hasText: "not right" }).first().waitFor();
  } },
  { name: "reset", path: new URL(of.reset).pathname, ready: (page) => page.getByLabel("New password", { exact: true }) },
  { name: "reset-dead", path: "/password-resets/pwr_nothing", ready: (page) => page.getByRole("heading").first() },
  { name: "email-change-dead", path: "/email-changes/emc_nothing", ready: (page) => page.getByRole("heading").first() },
  { name: "invitation-dead", path: "/invitations/inv_nothing", ready: (page) => page.getByRole("heading").first() },
];

before(async () => {
  browser = await launch();
  await populate();
  of.other = (await api("GET", "/v1/organizations?limit=100")).body.items.find(({ name }) => name === "Borealis").id;
  const { context, page } = await open(browser, desktop);
  await signIn(page);
  // A key takes a person who is signed in, and their password.
  await page.goto(`${url}/account/api-keys?new=key`);
  await page.getByLabel("What is it for?").fill("Nightly import from HR");
  await page.getByLabel("Current password", { exact: true }).fill("not this one");
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByText("This is not your current password.").waitFor();
  await page.getByLabel("Current password", { exact: true }).fill(account.admin.password);
  await page.getByRole("button", { name: "Create key" }).click();
  await page.getByRole("alertdialog").getByRole("button", { name: "I have kept it" }).click();
  await row(/Nightly import/)(page).waitFor();
  cookies = (await context.storageState()).cookies;
  await context.close();
}, { timeout: 900_000 });
after(() => browser?.close());

for (const [place, options] of [
  ["desk", desktop],
  ["phone", phone],
])
  test(`every screen, ${place}, light and dark`, { timeout: 1_200_000 }, async () => {
    const failures = [];
    for (const [signedIn, list] of [
      [false, outside()],
      [true, screens()],
    ]) {
      const { context, page, errors } = await open(browser, options);
      if (signedIn) await context.addCookies(cookies);
      for (const screen of list) {
        const name = (colours) => `screens-${screen.name}-${place}-${colours}`;
        try {
          await page.emulateMedia({ colorScheme: "light", reducedMotion: "reduce" });
          await page.goto(url + screen.path);
          await screen.ready(page).waitFor();
          await screen.first?.(page);
          await look(page, name("light"));
          // What holds the page scrolls, too: only tables and rows of tabs may go sideways, in a frame of their own.
          const wide = await page.evaluate(() =>
            [document.documentElement, ...document.querySelectorAll("main, dialog")]
              .filter((one) => one === document.documentElement || getComputedStyle(one).overflowX !== "visible")
              .filter((one) => one.scrollWidth > one.clientWidth)
              .map((one) => `${one.tagName} by ${one.scrollWidth - one.clientWidth} px`),
          );
          assert.deepEqual(wide, [], "wider than the page");
          // The same page in other colours: only they can be wrong.
          await page.emulateMedia({ colorScheme: "dark", reducedMotion: "reduce" });
          await look(page, name("dark"), ["color-contrast"]);
          assert.deepEqual(errors, []);
        } catch (error) {
          failures.push(`${screen.name}: ${error.message}`);
        }
        errors.length = 0;
      }
      await context.close();
    }
    assert.deepEqual(failures, []);
  });
