// What every story needs: a browser, the first administrator signed in, codes, axe and screenshots.
import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import AxeBuilder from "@axe-core/playwright";
import { chromium } from "playwright-core";

export const url = process.env.ROLLCALL_URL;
export const account = JSON.parse(readFileSync(join(process.env.ROLLCALL_DATA, "dev.json"), "utf8"));

export const desktop = { viewport: { width: 1440, height: 900 } };
export const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

export function launch() {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** A page that remembers what went wrong in it. */
export async function open(browser, options = desktop) {
  const context = await browser.newContext({ ...options, reducedMotion: "reduce", permissions: ["clipboard-read", "clipboard-write"] });
  const page = await context.newPage();
  // What is waited for comes at once on a quick machine; on a busy one nothing fails that would come.
  page.setDefaultTimeout(60_000);
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => {
    // A refused sign-in or a link that is gone is an answer, which the browser logs as an error of its own.
    if (message.type() === "error" && !message.text().startsWith("Failed to load resource")) errors.push(message.text());
  });
  return { context, page, errors };
}

export async function api(method, path, body) {
  const answer = await fetch(url + path, {
    method,
    headers: { authorization: `Bearer ${account.api_key}`, ...(body ? { "content-type": "application/json" } : {}) },
    body: body ? JSON.stringify(body) : undefined,
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null };
}

/** RFC 6238, six digits, 30 seconds, SHA-1, by the server's clock. */
export async function code(secret, steps = 0) {
  const { now } = (await api("GET", "/dev/clock")).body;
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
  const bits = [...secret.replace(/[\s=]/g, "")].map((c) => alphabet.indexOf(c).toString(2).padStart(5, "0")).join("");
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.parse(now) / 30_000) + steps));
  const mac = createHmac("sha1", key).update(counter).digest();
  const at = mac[19] & 15;
  return String((mac.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}

export async function signIn(page) {
  // Where one wanted to go is where one is after signing in.
  await page.goto(`${url}/users`);
  await page.getByLabel("Email").fill(account.admin.email);
  await page.getByLabel("Password", { exact: true }).fill(account.admin.password);
  await page.getByRole("button", { name: "Continue" }).click();
  await page.getByLabel("Code").waitFor();
  await page.getByLabel("Code").fill(await code(account.admin.totp_secret));
  const button = page.getByRole("button", { name: "Sign in" });
  // Six digits are enough to go on by themselves.
  await Promise.race([page.getByRole("heading", { name: "Users" }).waitFor(), button.click().catch(() => {})]);
  await page.getByRole("heading", { name: "Users" }).waitFor();
}

export async function paste(page, text) {
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.keyboard.press("Control+V");
}

/** Keeps a picture and asks axe; of `rules` only, where the same page was asked about everything before. */
export async function look(page, name, rules) {
  // What was just opened is in the document before it is on the screen; on phones it waits for the keyboard.
  await page.waitForFunction(() =>
    [...document.querySelectorAll(".modal-shade, .popover")].every((over) => getComputedStyle(over).opacity === "1"),
  );
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))));
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
  // A mail is shown in a frame that runs no scripts, so axe cannot look inside it.
  const axe = new AxeBuilder({ page }).exclude("iframe").setLegacyMode(true);
  const { violations } = await (rules ? axe.withRules(rules) : axe).analyze();
  const found = violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(" ")).slice(0, 3).join(", ")}`);
  assert.deepEqual(found, [], `axe on ${name}`);
}

/** Polls until `read` gives something. The end only tells a failure from a busy machine, where mails wait for others. */
export async function eventually(what, read, seconds = 300) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const value = await read();
    if (value) return value;
    if (Date.now() > end) assert.fail(`${what} did not happen within ${seconds} s`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export async function mailTo(address, subject = "") {
  return eventually(`a mail to ${address}`, async () => {
    const mails = (await api("GET", "/dev/outbox")).body;
    return mails.findLast((mail) => mail.to === address && mail.subject.includes(subject));
  });
}
