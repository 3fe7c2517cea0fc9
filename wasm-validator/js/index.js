// For browsers and bundlers. The same exports for Node are in node.js.
import { ready, readyXlsx } from "./api.js";
import { once } from "./load.js";
import load from "./rollcall_validator.js";
import loadWorkbooks from "./rollcall_xlsx.js";

export { builtInProfile, check, checkField, isWorkbook, profiles, Sheet, verdicts } from "./api.js";

/** Loads the WebAssembly module. */
export const init = once(async (source = new URL("./rollcall_validator_bg.wasm", import.meta.url)) => {
  await load({ module_or_path: source });
  ready();
});

/** Loads the module that reads and writes workbooks. */
export const loadXlsx = once(async (source = new URL("./rollcall_xlsx_bg.wasm", import.meta.url)) => {
  await loadWorkbooks({ module_or_path: source });
  readyXlsx();
});
