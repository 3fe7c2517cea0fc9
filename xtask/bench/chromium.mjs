// A headless Chromium and a server of this folder's bundles, on loopback.
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { join } from "node:path";
import { out } from "./bundle.mjs";

const { chromium } = createRequire(process.env.ROLLCALL_PLAYWRIGHT)("playwright-core");

const TYPES = { ".mjs": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

/** What a worker does when it is asked: as once.mjs. */
const WORKER = `
onmessage = async ({ data: { file, name, passes } }) => {
  try {
    const bytes = new Uint8Array(await (await fetch("/sheet")).arrayBuffer());
    const begun = performance.now();
    const stack = await import("/" + file + ".mjs");
    await stack.load?.();
    if (bytes[0] === 0x50) await stack.loadMore?.();
    const loaded = performance.now();
    const answer = stack[name](bytes);
    const first = performance.now();
    postMessage({ half: true });
    await new Promise((go) => (onmessage = go));
    const warm = [];
    for (let pass = 0; pass < passes; pass += 1) {
      const start = performance.now();
      stack[name](bytes);
      warm.push(performance.now() - start);
    }
    postMessage({ load: loaded - begun, first: first - loaded, warm, verdicts: answer.statuses?.length });
  } catch (error) {
    postMessage({ error: String(error?.stack ?? error) });
  }
};`;

let url;

export async function withChromium(files, work) {
  const server = createServer((request, response) => {
    // Isolated pages have a clock of microseconds.
    const headers = { "cross-origin-opener-policy": "same-origin", "cross-origin-embedder-policy": "require-corp" };
    if (request.url === "/") return response.writeHead(200, { ...headers, "content-type": "text/html" }).end("<!doctype html>");
    if (request.url === "/worker.mjs") return response.writeHead(200, { ...headers, "content-type": TYPES[".mjs"] }).end(WORKER);
    try {
      const body = readFileSync(files[request.url] ?? join(out, request.url));
      const type = TYPES[/\.\w+$/.exec(request.url)?.[0]] ?? "application/octet-stream";
      return response.writeHead(200, { ...headers, "content-type": type }).end(body);
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  url = `http://127.0.0.1:${server.address().port}/`;
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update"],
  });
  try {
    return await work(browser, browser.version());
  } finally {
    await browser.close();
    server.close();
  }
}

/** A context has a renderer process of its own: nothing is warm in it. */
export async function measureInChromium(browser, file, name, passes) {
  const before = new Set(await renderers(browser));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(url);
    await page.evaluate(
      ({ file, name, passes }) =>
        new Promise((done) => {
          globalThis.worker = new Worker("/worker.mjs", { type: "module" });
          globalThis.answered = new Promise((resolve) => {
            worker.onmessage = ({ data }) => (data.half || data.error ? done() : undefined, data.half || resolve(data));
          });
          worker.onerror = (event) => done(event.message);
          worker.postMessage({ file, name, passes });
        }),
      { file, name, passes },
    );
    const fresh = (await renderers(browser)).filter((pid) => !before.has(pid));
    const memory = Math.max(...fresh.map(peak));
    const answer = await page.evaluate(() => (worker.postMessage("go"), globalThis.answered));
    if (answer.error) throw new Error(answer.error);
    return { ...answer, memory };
  } finally {
    await context.close();
  }
}

async function renderers(browser) {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.filter(({ type }) => type === "renderer").map(({ id }) => id);
}

/** The most memory that a process ever had, in bytes. */
function peak(pid) {
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  return Number(/^VmHWM:\s*(\d+)/m.exec(status)[1]) * 1024;
}
