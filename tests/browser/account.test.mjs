// A person and their own account: forgotten password, second factor set up anew, nobody there, a new address.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { account, api, code, desktop, eventually, launch, look, mailTo, open, phone, url } from "./_stage.mjs";

const FIRST = "orange kettle drum 7";
const SECOND = "violet anvil harbour 3";
const THIRD = "copper lantern meadow 5";

let browser;
let seen;

async function step(name, tell) {
  try {
    await tell();
  } catch (error) {
    await seen?.screenshot({ path: join(process.env.SCREENSHOTS ?? ".", "account-failed.png") });
    error.message = `${name}: ${error.message}`;
    throw error;
  }
}

/** A code is good once: the server's clock moves on to the next. */
async function freshCode(secret) {
  assert.equal((await api("POST", "/dev/clock", { advance: "PT31S" })).status, 200);
  return code(secret);
}

async function giveName(page, email, password) {
  await page.getByLabel("Email or username").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Continue" }).click();
}

async function signInAs(page, email, password, secret) {
  await giveName(page, email, password);
  await page.getByLabel("Code").fill(await freshCode(secret));
}

const texts = async () => (await api("GET", "/dev/outbox")).body.filter((each) => each.kind === "text");

/** The code in the text message that follows so many others. */
async function textedCode(after) {
  const message = await eventually("a text message", async () => (await texts())[after]);
  return message.text.match(/\b\d{6}\b/)[0];
}

/** What a person without a browser does with an invitation. Answers the authenticator's secret. */
async function register(link, password) {
  const path = new URL(link).pathname.replace("/invitations/", "/v1/invitations/");
  const post = async (end, body) => {
    const answer = await fetch(`${url}${path}/${end}`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    assert.equal(answer.status, 200, await answer.clone().text());
    return answer.json();
  };
  const { totp_secret: secret } = await post("accept", { password, phone: "+447400123456" });
  await post("verify", { code: await code(secret) });
  return secret;
}

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("a person looks after their account, and it looks after them", { timeout: 900_000 }, async () => {
  let email = "bea.kern@example.org";
  let secret;
  let bea;
  await step("somebody registers", async () => {
    const made = await api("POST", "/v1/users", {
      kind: "technician",
      first_name: "Bea",
      last_name: "Kern",
      email,
      phone: "+44 7400 123456",
      roles: ["system_administrator"],
    });
    assert.equal(made.status, 201, JSON.stringify(made.body));
    bea = made.body;
    const mail = await mailTo(email, "invites you");
    secret = await register(mail.links[0], FIRST);
  });

  const { context, page, errors } = await open(browser, desktop);
  seen = page;
  await step("signs in, and sees the first steps and her account", async () => {
    await page.goto(url);
    await signInAs(page, email, FIRST, secret);
    await page.getByRole("heading", { name: "Getting started" }).waitFor();
    await page.getByRole("heading", { name: /Protect your account/ }).waitFor();
    await look(page, "account-01-getting-started");
    await page.getByRole("button", { name: /Your account: Bea Kern/ }).click();
    await page.getByRole("menuitem", { name: "Account" }).click();
    await page.getByRole("heading", { name: "Your account" }).waitFor();
    await page.getByRole("combobox", { name: "Time zone" }).click();
    await page.keyboard.type("lisbon");
    await page.getByRole("option", { name: /Lisbon/ }).click();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("button", { name: "Save changes" }).waitFor({ state: "detached" });
    await look(page, "account-02-profile");
    await page.getByRole("link", { name: "Notifications" }).click();
    await page.getByRole("radio", { name: /Only at these times/ }).check({ force: true });
    await page.getByText("By the clock of Europe/Lisbon").waitFor();
    await page.getByRole("button", { name: "Save changes" }).click();
    await page.getByRole("button", { name: "Save changes" }).waitFor({ state: "detached" });
    await page.reload();
    await page.getByText("Monday to Friday, 08:00 to 18:00").waitFor();
    await look(page, "account-03-notifications");
    await page.getByRole("link", { name: "Security" }).click();
    await page.getByText("This session").waitFor();
    await look(page, "account-04-security");
  });

  let link;
  // What the page tells by itself when a minute is over; here it hears nothing before somebody does something.
  const keep = "**/v1/sessions/current/keep";
  await step("forgets the password, and everybody gets the same answer", async () => {
    await page.route(keep, () => new Promise(() => {}));
    const hand = await open(browser, phone);
    seen = hand.page;
    await hand.page.goto(url);
    await hand.page.getByRole("button", { name: "Forgot password?" }).click();
    await look(hand.page, "account-05-phone-forgot");
    for (const address of ["nobody@example.org", email]) {
      await hand.page.getByLabel("Email or username").fill(address);
      await hand.page.getByRole("button", { name: "Send the link" }).click();
      await hand.page.getByRole("heading", { name: "Look into your mail" }).waitFor();
      const said = (await hand.page.getByRole("status").allInnerTexts()).join(" ").replace(address, "…");
      assert.match(said, /If there is an account for …, a link/);
      await hand.page.getByRole("button", { name: "Back to sign-in" }).click();
      await hand.page.getByRole("button", { name: "Forgot password?" }).click();
    }
    const mail = await eventually("a mail with a link", async () => {
      const mails = (await api("GET", "/dev/outbox")).body;
      return mails.findLast((each) => each.to === email && each.links.some((one) => one.includes("/password-resets/")));
    });
    link = mail.links.find((one) => one.includes("/password-resets/"));
    const mails = (await api("GET", "/dev/outbox")).body;
    assert.equal(mails.filter((each) => each.to === "nobody@example.org").length, 0, "no mail to a stranger");
    // A mail scanner fetches the link; that must not use it up.
    for (const method of ["GET", "HEAD"]) assert.equal((await fetch(link, { method })).status, 200);

    await hand.page.goto(link);
    const password = hand.page.getByLabel("New password", { exact: true });
    await password.fill("password1234");
    await hand.page.getByText("Strength: weak").waitFor();
    await hand.page.getByRole("button", { name: "Save password" }).click();
    await hand.page.getByText(/Choose another one/).waitFor();
    await look(hand.page, "account-06-phone-weak");
    await password.fill(SECOND);
    await hand.page.getByText("Strength: strong").waitFor();
    await hand.page.getByRole("button", { name: "Save password" }).click();
    await hand.page.getByRole("heading", { name: "Your password is changed" }).waitFor();
    await look(hand.page, "account-07-phone-changed");
    const script = await hand.page.evaluate(() =>
      performance
        .getEntriesByType("resource")
        .filter((entry) => entry.name.endsWith(".js"))
        .reduce((sum, entry) => sum + entry.decodedBodySize, 0),
    );
    assert.ok(script > 0 && script < 60_000, `${script} bytes of script`);

    await hand.page.goto(link);
    await hand.page.getByRole("heading", { name: "This link was used" }).waitFor();
    await look(hand.page, "account-08-phone-used");
    assert.deepEqual(hand.errors, []);
    await hand.context.close();
  });

  await step("the old session is dead, and she is back where she was", async () => {
    seen = page;
    await page.getByRole("link", { name: "Notifications" }).click();
    await page.getByRole("link", { name: "Security" }).click();
    await page.getByText("Your session has ended.").waitFor();
    await page.unroute(keep);
    assert.equal(new URL(page.url()).pathname, "/account/security");
    await look(page, "account-09-ended");
    await giveName(page, email, FIRST);
    await page.getByText("Email or password is not right.").waitFor();
    await giveName(page, email, SECOND);
    await page.getByLabel("Code").fill(await freshCode(secret));
    await page.getByText("This session").waitFor();
  });

  await step("an administrator resets her second factor: she sets one up on her way in", async () => {
    const reset = await api("POST", `/v1/users/${bea.id}/reset-mfa`, {});
    assert.equal(reset.status, 200, JSON.stringify(reset.body));
    assert.equal(reset.body.mfa, "not_enrolled");
    await page.reload();
    await giveName(page, email, SECOND);
    await page.getByRole("heading", { name: "Set up your second step" }).waitFor();
    await look(page, "account-10-enrol");
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("img", { name: /QR code/ }).waitFor();
    await look(page, "account-11-enrol-app");
    secret = (await page.locator(".enrol-key code").innerText()).replace(/\s/g, "");
    await page.getByLabel("Code from the app").fill("000000");
    await page.getByText("This code is not right").waitFor();
    await page.getByLabel("Code from the app").fill(await freshCode(secret));
    await page.getByRole("heading", { name: "Keep your recovery codes" }).waitFor();
    await look(page, "account-12-recovery-codes");
    const codes = await page.getByRole("list", { name: "Recovery codes" }).getByRole("listitem").allInnerTexts();
    assert.equal(new Set(codes).size, 10);
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("10 of 10 are left").waitFor();

    await page.getByRole("button", { name: /Your account: Bea Kern/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByText("You are signed out.").waitFor();
    await page.goto(`${url}/account/security`);
    await giveName(page, email, SECOND);
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").fill(codes[0]);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("9 of 10 are left").waitFor();
  });

  await step("text messages become a second way in", async () => {
    const before = (await texts()).length;
    await page.getByRole("button", { name: "Set up Text message" }).click();
    const dialog = page.getByRole("dialog", { name: "Set up text messages" });
    await dialog.getByLabel("Current password").fill(SECOND);
    await dialog.getByRole("button", { name: "Send the code" }).click();
    await page.getByLabel("Code from the text message").fill(await textedCode(before));
    await page.getByRole("heading", { name: "Keep your recovery codes" }).waitFor();
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByText("Your second factor is changed").waitFor();
    assert.equal(await page.getByLabel("Email or username").inputValue(), email);
    await page.getByLabel("Password", { exact: true }).fill(SECOND);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByRole("button", { name: "Send me a text message instead" }).click();
    await page.getByText("on its way to the number that ends in 56").waitFor();
    await look(page, "account-13-text-message");
    await page.getByLabel("Code").fill(await textedCode(before + 1));
    await page.getByText("Codes go to +447400123456.").waitFor();
  });

  await step("nobody is there: every tab asks, and every tab signs out", async () => {
    const other = await context.newPage();
    const tabs = [page, other];
    /** So many seconds before the session ends, both tabs are looked at again. */
    const comeBack = async (seconds) => {
      for (const tab of tabs) await tab.goto("about:blank");
      const { session } = await (await context.request.get(`${url}/v1/me`)).json();
      const { now } = (await api("GET", "/dev/clock")).body;
      const gone = Math.floor((Date.parse(session.idle_until) - Date.parse(now)) / 1000) - seconds;
      assert.equal((await api("POST", "/dev/clock", { advance: `PT${gone}S` })).status, 200);
      await other.goto(`${url}/account/profile`);
      await page.goto(`${url}/account/notifications`);
    };
    await comeBack(120);
    for (const tab of tabs) await tab.getByRole("heading", { name: "Your account" }).waitFor();
    for (const tab of tabs) assert.equal(await tab.getByRole("alertdialog").count(), 0);

    await comeBack(58);
    for (const tab of tabs) {
      await tab.getByRole("alertdialog", { name: "Are you still there?" }).waitFor();
      assert.match(await tab.title(), /^\(\d+ s\) Are you still there\?/);
    }
    await look(page, "account-14-still-there");
    await page.keyboard.press("Enter");
    for (const tab of tabs) await tab.getByRole("alertdialog").waitFor({ state: "detached" });
    assert.match(await page.title(), /^Notifications/);

    await comeBack(30);
    await page.getByRole("alertdialog").waitFor();
    for (const tab of tabs) await tab.getByText("because nobody was active").waitFor();
    assert.equal(new URL(page.url()).pathname, "/account/notifications");
    assert.equal((await context.request.get(`${url}/v1/me`)).status(), 401);
    await look(page, "account-15-idle");
    // Signed in again in one tab, the other carries on too.
    await signInAs(page, email, SECOND, secret);
    await page.getByText("By mail").waitFor();
    await other.getByRole("combobox", { name: "Time zone" }).waitFor();
    await other.close();
  });

  await step("the server counts by itself: two hours later it answers nobody", async () => {
    assert.equal((await api("POST", "/dev/clock", { advance: "PT2H" })).status, 200);
    await page.getByRole("link", { name: "Security" }).click();
    await page.getByRole("heading", { name: "Sign in to Rollcall" }).waitFor();
    assert.equal(new URL(page.url()).pathname, "/account/security");
    await signInAs(page, email, SECOND, secret);
    await page.getByText("This session").waitFor();
  });

  await step("she changes her password and signs in with the new one", async () => {
    await page.getByLabel("Current password").fill(FIRST);
    await page.getByLabel("New password").fill(THIRD);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("This is not your current password.").waitFor();
    await page.getByLabel("Current password").fill(SECOND);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Your password is changed").waitFor();
    await look(page, "account-16-password-changed");
    await page.getByLabel("Password", { exact: true }).fill(THIRD);
    await page.getByRole("button", { name: "Continue" }).click();
    await page.getByLabel("Code").fill(await freshCode(secret));
    await page.getByText("This session").waitFor();
  });

  await step("a new address counts when its owner confirms it", async () => {
    const fresh = "bea.new@example.org";
    const answer = await fetch(`${url}/v1/users/${bea.id}`, {
      method: "PATCH",
      headers: {
        authorization: `Bearer ${account.api_key}`,
        "content-type": "application/json",
        "if-match": `"${(await api("GET", `/v1/users/${bea.id}`)).body.version}"`,
      },
      body: JSON.stringify({ email: fresh }),
    });
    const changed = await answer.json();
    assert.equal(answer.status, 200, JSON.stringify(changed));
    assert.equal(changed.email, email, "nothing changes before the link is used");
    assert.equal(changed.email_change.email, fresh);
    const mail = await mailTo(fresh);
    const confirm = mail.links.find((one) => one.includes("/email-changes/"));
    for (const method of ["GET", "HEAD"]) assert.equal((await fetch(confirm, { method })).status, 200);
    assert.equal((await api("GET", `/v1/users/${bea.id}`)).body.email, email, "a scanner confirms nothing");

    const hand = await open(browser, { ...phone, colorScheme: "dark", locale: "de-DE" });
    seen = hand.page;
    await hand.page.goto(confirm);
    await hand.page.getByRole("heading").waitFor();
    await hand.page.getByText(fresh).waitFor();
    await look(hand.page, "account-17-phone-new-address");
    await hand.page.locator("form button").click();
    await hand.page.locator("a.primary").waitFor();
    await look(hand.page, "account-18-phone-address-changed");
    await hand.page.goto(confirm);
    await hand.page.locator("a.primary").waitFor();
    assert.deepEqual(hand.errors, []);
    await hand.context.close();
    email = fresh;

    seen = page;
    await page.reload();
    await signInAs(page, email, THIRD, secret);
    await page.getByText("This session").waitFor();
    await page.getByRole("main").getByText(fresh).first().waitFor();
  });

  assert.deepEqual(errors, []);
});
