// For Node: the modules come from the disk, both at once.
import { readFile } from "node:fs/promises";
import { ready, readyXlsx } from "./api.js";
import { once } from "./load.js";
import load from "./rollcall_validator.js";
import loadWorkbooks from "./rollcall_xlsx.js";

export { builtInProfile, check, checkField, isWorkbook, profiles, Sheet, verdicts } from "./api.js";

/** Loads the WebAssembly modules. */
export const init = once(async (source = new URL("./rollcall_validator_bg.wasm", import.meta.url)) => {
  await Promise.all([read(source).then((module) => load({ module_or_path: module })), loadXlsx()]);
  ready();
});

/** Loads the module that reads and writes workbooks. `init` does so too. */
export const loadXlsx = once(async (source = new URL("./rollcall_xlsx_bg.wasm", import.meta.url)) => {
  await loadWorkbooks({ module_or_path: await read(source) });
  readyXlsx();
});

// Node's fetch does not take file URLs.
async function read(source) {
  const file = (source instanceof URL || typeof source === "string") && String(source).startsWith("file:");
  return file ? readFile(new URL(source)) : source;
}
