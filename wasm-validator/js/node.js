// For Node: the module comes from the disk.
import { readFile } from "node:fs/promises";
import { ready } from "./api.js";
import load from "./rollcall_validator.js";

export { builtInProfile, check, checkField, profiles, Sheet } from "./api.js";

let loading;

/**
 * Loads the WebAssembly module, once, however often it is called. After a failure the next call tries again.
 */
export function init(source = new URL("./rollcall_validator_bg.wasm", import.meta.url)) {
  loading ??= read(source)
    .then((module) => load({ module_or_path: module }))
    .then(
      () => ready(),
      (error) => {
        loading = undefined;
        throw error;
      },
    );
  return loading;
}

// Node's fetch does not take file URLs.
async function read(source) {
  const file = (source instanceof URL || typeof source === "string") && String(source).startsWith("file:");
  return file ? readFile(new URL(source)) : source;
}
