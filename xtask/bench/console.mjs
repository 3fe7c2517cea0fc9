// The console in headless Chromium, against a dev server: a sheet is pasted, a cell is edited, the grid is scrolled.
//   node console.mjs ROWS (100000)
import { mkdirSync, readFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { aim, load, median, ms, say, table } from "./report.mjs";
import { sheet } from "./sheet.mjs";

const { api, desktop, launch, open, signIn, url } = await import(pathToFileURL(process.env.ROLLCALL_STAGE));

const PASTES = 5;
const EDITS = 21;
const SCROLL_SECONDS = 4;
const CATEGORIES = ["-*", "toplevel", "devtools.timeline", "blink.user_timing", "devtools.timeline.frame", "disabled-by-default-devtools.timeline", "disabled-by-default-devtools.timeline.frame"];

const rows = Number(process.argv[2] ?? 100_000);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const pictures = here("pictures");
mkdirSync(pictures, { recursive: true });
// As a spreadsheet puts it on the clipboard. The only quoted cells hold commas.
const text = sheet(rows).toString().replace(/"[^"]*"|,/g, (found) => (found === "," ? "\t" : found.slice(1, -1)));

const browser = await launch();
const made = await api("POST", "/v1/organizations", { name: `Bench ${process.pid}` });
const first = await open(browser, desktop);
await signIn(first.page);
const cookies = await first.context.cookies();
await first.context.close();

const pastes = [];
let page;
let context;
for (let run = 0; run < PASTES; run += 1) {
  await context?.close();
  ({ page, context } = await open(browser, desktop));
  page.setDefaultTimeout(120_000);
  await context.addCookies(cookies);
  pastes.push(await pasted());
}
const edits = await edited();
const scrolled = await scroll();
await browser.close();

say(`### The console with ${rows.toLocaleString("en")} rows, Chromium ${browser.version()}`);
say();
say(`Medians of ${PASTES} pastes, each in a fresh page, and of ${EDITS} edits; load average ${load()}.`);
say();
const of = (name) => pastes.map((paste) => paste[name]);
table(
  ["", "median ms", "worst ms"],
  [
    ["paste: longest task of the main thread", ...both(of("longest"))],
    ["– most processor time of one", ...both(of("cpu"))],
    ["paste: until the first verdicts are on screen", ...both(of("visible"))],
    ["editing a cell: until its verdict is in the document", ...both(edits.map((edit) => edit.there))],
    ["editing a cell: until the frame that shows it", ...both(edits.map((edit) => edit.shown))],
    ["scrolling: from frame to frame", ...both(scrolled.frames)],
    ["scrolling: longest task of the main thread", "", ms(scrolled.longest)],
    ["– most processor time of one", "", ms(scrolled.cpu)],
  ],
);
const late = scrolled.frames.filter((frame) => frame > 25).length;
say(
  `Scrolling for ${SCROLL_SECONDS} s: ${scrolled.frames.length} frames, ${late} of them late by half a frame or more, ` +
    `${scrolled.dropped} dropped by the compositor's own count; ${scrolled.blank} frames with a row that waits for its text.`,
);
say();
if (rows === 100_000) {
  aim("longest main-thread task of a paste", median(of("longest")), 50, 8, "ms");
  aim("the same by processor time", median(of("cpu")), 50, 8, "ms");
  aim("editing a cell, verdict in the document", median(edits.map((edit) => edit.there)), 16, 4, "ms");
}
say();

function both(values) {
  return [ms(median(values)), ms(Math.max(...values))];
}

/** A fresh page gets the sheet. */
async function pasted() {
  await page.goto(`${url}/import?kind=end_user&organization=${made.body.id}&profile=end-user`);
  await page.getByRole("complementary", { name: "What the sheet needs" }).getByText("Email", { exact: true }).waitFor();
  await page.evaluate((text) => navigator.clipboard.writeText(text), text);
  await page.evaluate(() => {
    addEventListener("paste", () => performance.mark("bench:begin"), { capture: true, once: true });
    const look = () => {
      if (!document.querySelector('[role="gridcell"]')?.textContent) return requestAnimationFrame(look);
      // The next frame begins when this one is drawn.
      return requestAnimationFrame(() => performance.mark("bench:end"));
    };
    requestAnimationFrame(look);
  });
  const trace = await traced("paste", async () => {
    await page.keyboard.press("Control+V");
    await page.waitForFunction(() => performance.getEntriesByName("bench:end").length === 1);
    // What is done after the first verdicts belongs to it too.
    await page.waitForTimeout(1000);
  });
  const visible = await page.evaluate(() => {
    const at = (name) => performance.getEntriesByName(name)[0].startTime;
    return at("bench:end") - at("bench:begin");
  });
  await page.screenshot({ path: `${pictures}/console-paste.png` });
  return { visible, ...longest(trace, "bench:begin") };
}

/** The address of the first row is made wrong and right again. */
async function edited() {
  await page.evaluate(() => {
    globalThis.bench = [];
    addEventListener(
      "keydown",
      (event) => {
        if (event.key !== "Enter" || event.target.tagName !== "INPUT") return;
        const begun = performance.now();
        const wrong = event.target.value === "wrong";
        const done = () => {
          const cell = document.querySelector('[data-focus-cell="true"]');
          const invalid = [...document.querySelectorAll('[role="row"]:nth-child(2) [role="gridcell"], [aria-rowindex="2"] [role="gridcell"]')].some(
            (one) => one.getAttribute("aria-invalid") === "true",
          );
          return cell && !document.querySelector('[role="gridcell"] input') && invalid === wrong;
        };
        const observer = new MutationObserver(() => {
          if (!done()) return;
          observer.disconnect();
          const there = performance.now() - begun;
          requestAnimationFrame(() => {
            const channel = new MessageChannel();
            // A message that is sent in a frame comes after it was drawn.
            channel.port1.onmessage = () => globalThis.bench.push({ there, shown: performance.now() - begun });
            channel.port2.postMessage(null);
          });
        });
        observer.observe(document.body, { subtree: true, childList: true, attributes: true, characterData: true });
      },
      { capture: true },
    );
  });
  const address = page.locator('[aria-rowindex="2"] [role="gridcell"]').nth(2);
  const right = (await address.innerText()).trim();
  for (let edit = 0; edit < EDITS; edit += 1) {
    await page.locator('[aria-rowindex="2"] [role="gridcell"]').nth(2).click();
    await page.keyboard.press("Enter");
    await page.keyboard.press("Control+A");
    await page.keyboard.insertText(edit % 2 ? right : "wrong");
    await page.keyboard.press("Enter");
    await page.waitForFunction((edits) => globalThis.bench.length === edits, edit + 1);
    await page.waitForTimeout(100);
  }
  await page.screenshot({ path: `${pictures}/console-edit.png` });
  return page.evaluate(() => globalThis.bench);
}

/** The wheel is turned by 120 pixels in every frame or so. */
async function scroll() {
  const grid = page.getByRole("grid");
  await grid.hover();
  await page.evaluate(() => {
    globalThis.frames = [];
    globalThis.blank = 0;
    let last = performance.now();
    const frame = (now) => {
      globalThis.frames.push(now - last);
      last = now;
      if (document.querySelector(".sheet-waiting")) globalThis.blank += 1;
      globalThis.measuring = requestAnimationFrame(frame);
    };
    performance.mark("bench:scroll");
    requestAnimationFrame(frame);
  });
  const trace = await traced("scroll", async () => {
    await page.evaluate(
      (seconds) =>
        new Promise((done) => {
          const scroller = [...document.querySelectorAll('[role="grid"], [role="grid"] *')].find((one) => one.scrollHeight > one.clientHeight + 1000) ?? document.querySelector('[role="grid"]').parentElement;
          const end = performance.now() + seconds * 1000;
          const step = () => {
            scroller.scrollTop += 120;
            if (performance.now() < end) requestAnimationFrame(step);
            else done(cancelAnimationFrame(globalThis.measuring));
          };
          requestAnimationFrame(step);
        }),
      SCROLL_SECONDS,
    );
  });
  await page.screenshot({ path: `${pictures}/console-scroll.png` });
  const { frames, blank } = await page.evaluate(() => ({ frames: globalThis.frames.slice(2), blank: globalThis.blank }));
  const dropped = trace.filter((event) => event.name === "DroppedFrame").length;
  return { frames, blank, dropped, ...longest(trace) };
}

async function traced(name, work) {
  const path = here(`sheets/${name}.trace.json`);
  mkdirSync(here("sheets"), { recursive: true });
  await browser.startTracing(page, { path, categories: CATEGORIES });
  await work();
  await browser.stopTracing();
  return JSON.parse(readFileSync(path, "utf8")).traceEvents;
}

/** The longest task of the page's main thread since a mark, in milliseconds by the clock and of the processor. */
function longest(events, mark) {
  const marks = events.filter((event) => event.name === mark);
  const tasks = events.filter((event) => event.ph === "X" && /RunTask$/.test(event.name));
  const named = new Set(
    events
      .filter((event) => event.name === "thread_name" && event.args.name === "CrRendererMain")
      .map((event) => `${event.pid} ${event.tid}`),
  );
  const of = marks[0]?.pid ?? busiest(tasks.filter((task) => named.has(`${task.pid} ${task.tid}`)));
  const since = marks[0]?.ts ?? 0;
  const own = tasks.filter((task) => task.pid === of && named.has(`${task.pid} ${task.tid}`) && task.ts + task.dur > since);
  // Its own processor time is what it takes where nothing else runs.
  return { longest: Math.max(...own.map((task) => task.dur)) / 1000, cpu: Math.max(...own.map((task) => task.tdur ?? 0)) / 1000 };
}

function busiest(tasks) {
  const time = new Map();
  for (const task of tasks) time.set(task.pid, (time.get(task.pid) ?? 0) + task.dur);
  return [...time].sort((a, b) => b[1] - a[1])[0]?.[0];
}
