// The main job: paste a sheet, mend two rows by keyboard, import it whole, accept one invitation on a phone,
// let the others expire, resend one.
import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { api, code, desktop, eventually, launch, look, mailTo, open, paste, phone, signIn, url } from "./_stage.mjs";

const SHEET = [
  "First Name\tLast Name\tEmail\tPhone",
  "Ana\tGarcía\tana.garcia@example.org\t'+34 612 345 678",
  "Ben\tOkafor\tben.okafor@example\t+44 20 7946 0018",
  "Chloé\tDubois\tchloe.dubois@example.org\t5.58E+12",
  "Jean-Luc\tO'Brien\tjean-luc@example.org\t",
].join("\n");

let browser;
let seen;

/** A step of the story: the story ends with the first that fails, and says which. */
async function step(name, tell) {
  try {
    await tell();
  } catch (error) {
    await seen?.screenshot({ path: join(process.env.SCREENSHOTS ?? ".", "story-failed.png") });
    error.message = `${name}: ${error.message}`;
    throw error;
  }
}

before(async () => {
  browser = await launch();
});
after(() => browser?.close());

test("from a pasted sheet to registered and expired accounts", { timeout: 900_000 }, async () => {
  const { context, page, errors } = await open(browser, desktop);
  seen = page;

  await step("the administrator signs in with a code", async () => {
    await page.goto(url);
    await page.getByLabel("Email").waitFor();
    await look(page, "story-01-sign-in");
    await signIn(page);
    await look(page, "story-02-users-empty");
  });

  await step("a pasted sheet is checked at once, with every problem in place", async () => {
    await page.goto(`${url}/import`);
    await page.getByRole("complementary", { name: "What the sheet needs" }).getByText("Email", { exact: true }).waitFor();
    await look(page, "story-03-source");
    await paste(page, SHEET);
    await page.getByText(/^Problems\s*2$/).waitFor();
    assert.match(await page.locator("main").innerText(), /separated by tabs · header row found/);
    await look(page, "story-04-check");
  });

  await step("two rows are mended by keyboard alone", async () => {
    await page.keyboard.press("F8");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("ben.okafor@example.org");
    await page.keyboard.press("Enter");
    await page.getByText(/^Problems\s*1$/).waitFor();
    await page.keyboard.press("F8");
    await look(page, "story-05-next-problem");
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+A");
    await page.keyboard.type("+33 6 12 34 56 78");
    await page.keyboard.press("Enter");
    await page.getByText(/^Problems\s*0$/).waitFor();
  });

  await step("roles are given to everyone", async () => {
    await page.getByRole("link", { name: "Continue" }).click();
    await page.waitForURL(/\/import\/assign/);
    await look(page, "story-06-assign");
    await page.getByRole("link", { name: "Continue" }).click();
  });

  await step("the confirmation says what will happen, and it happens", async () => {
    await page.waitForURL(/\/import\/confirm/);
    const sentence = await page.locator("main").innerText();
    assert.match(sentence, /4 technicians will be created/);
    assert.match(sentence, /24 hours after (its|the|their) mail is sent/);
    assert.match(sentence, /All or nothing/);
    await look(page, "story-07-confirm");
    await page.getByRole("button", { name: /^Import/ }).click();
    await page.waitForURL(/\/import\/result/);
    await eventually("the import's end", async () => {
      const imports = (await api("GET", "/v1/imports")).body.items;
      return imports[0]?.status === "finished";
    });
    await page.getByText("4 people were imported").first().waitFor();
    await look(page, "story-08-result");
  });

  await step("every person is pending, with a mail each", async () => {
    for (const name of ["ana.garcia", "ben.okafor", "chloe.dubois", "jean-luc"]) await mailTo(`${name}@example.org`);
    await page.goto(`${url}/users`);
    await page.getByRole("row", { name: /Ana García/ }).waitFor();
    await eventually("four pending people on the page", async () => {
      await page.reload();
      await page.getByRole("row", { name: /Ana García/ }).waitFor();
      return (await page.getByRole("row", { name: /Pending/ }).count()) === 4;
    });
    await look(page, "story-09-users-pending");
    // The administrator hears of the import's end in a mail of its own.
    const invited = (await api("GET", "/dev/outbox")).body.filter((mail) => mail.subject.includes("invites you"));
    assert.equal(invited.length, 4, "one mail each");
  });

  let link;
  await step("the mail is in the outbox, readable", async () => {
    const box = await context.newPage();
    await box.goto(`${url}/outbox`);
    await box.getByText("ana.garcia@example.org").first().click();
    await box.getByRole("article", { name: "Mail" }).waitFor();
    await look(box, "story-10-outbox");
    const mail = await mailTo("ana.garcia@example.org");
    assert.match(mail.subject, /invites you to .* expires/);
    assert.match(mail.text, /expires on .*UTC/);
    [link] = mail.links.filter((candidate) => candidate.includes("/invitations/"));
    // A mail scanner fetches the link; that must not use it up.
    for (const method of ["GET", "HEAD"]) assert.equal((await fetch(link, { method })).status, 200);
    await box.close();
  });

  await step("the person accepts on a phone", async () => {
    const hand = await open(browser, phone);
    await hand.page.goto(link);
    await hand.page.getByRole("button", { name: "Accept invitation" }).waitFor();
    await look(hand.page, "story-11-phone-invitation");
    await hand.page.getByRole("button", { name: "Accept invitation" }).click();
    const password = hand.page.getByLabel("New password", { exact: true });
    await password.fill("password1234");
    await hand.page.getByRole("button", { name: "Continue" }).click();
    await hand.page.getByText(/Choose another one/).first().waitFor();
    await password.fill("three unrelated words");
    await look(hand.page, "story-12-phone-password");
    await hand.page.getByRole("button", { name: "Continue" }).click();
    await hand.page.getByRole("img", { name: /QR code/ }).waitFor();
    await look(hand.page, "story-13-phone-authenticator");
    const key = (await hand.page.locator("code").first().innerText()).replace(/\s/g, "");
    await hand.page.getByLabel("Code from the app").fill(await code(key));
    const finish = hand.page.getByRole("button", { name: "Finish" });
    if (await finish.isVisible()) await finish.click().catch(() => {});
    await hand.page.getByRole("heading", { name: "Keep your recovery codes" }).waitFor();
    await look(hand.page, "story-14-phone-recovery-codes");
    await hand.page.getByRole("button", { name: "I have kept them" }).click();
    await hand.page.getByRole("heading", { name: "You are all set" }).waitFor();
    await look(hand.page, "story-15-phone-done");
    await hand.page.goto(link);
    await hand.page.getByRole("heading", { name: "This invitation was used" }).waitFor();
    await look(hand.page, "story-16-phone-used");
    assert.deepEqual(hand.errors, []);
    await hand.context.close();
  });

  await step("after 25 hours the others are expired, and one is resent", async () => {
    await page.goto(`${url}/users`);
    await page.getByRole("row", { name: /Ana García.*Registered/ }).waitFor();
    assert.equal((await api("POST", "/dev/clock", { advance: "PT25H" })).status, 200);
    // The administrator's own session has ended too.
    await signIn(page);
    for (const name of [/Ben Okafor.*Expired/, /Chloé Dubois.*Expired/, /Jean-Luc O'Brien.*Expired/])
      await page.getByRole("row", { name }).waitFor();
    assert.equal(await page.getByRole("row", { name: /Expired/ }).count(), 3);
    await look(page, "story-17-users-expired");
    await eventually("a digest that names who let it expire", async () => {
      const mails = (await api("GET", "/dev/outbox")).body.filter(({ to }) => to === "admin@rollcall.example");
      return mails.some(({ subject, text }) => subject.includes("expired") && text.includes("Ben Okafor"));
    });

    const old = (await mailTo("ben.okafor@example.org")).links[0];
    await page.getByRole("checkbox", { name: "Select Ben Okafor" }).check({ force: true });
    await page.getByRole("button", { name: "Invitations" }).click();
    await page.getByRole("menuitem", { name: "Send or resend" }).click();
    await page.getByText("An invitation will be mailed to 1 person").waitFor();
    await page.getByRole("button", { name: "Invite 1 person" }).click();
    await page.getByRole("dialog").getByText("1 done").waitFor();
    await page.getByRole("button", { name: "Close" }).last().click();
    await eventually("a new mail", async () => (await mailTo("ben.okafor@example.org")).links[0] !== old);
    await page.getByRole("row", { name: /Ben Okafor.*Pending/ }).waitFor();
    await look(page, "story-18-resent");

    const hand = await open(browser, { ...phone, colorScheme: "dark" });
    await hand.page.goto(old);
    await hand.page.getByRole("heading", { name: "There is a newer invitation" }).waitFor();
    await look(hand.page, "story-19-phone-replaced-dark");
    await hand.context.close();
  });

  assert.deepEqual(errors, []);
});
