// For browsers and bundlers. The same exports for Node are in node.js.
import { ready } from "./api.js";
import load from "./rollcall_validator.js";

export { builtInProfile, check, checkField, profiles, Sheet } from "./api.js";

let loading;

/**
 * Loads the WebAssembly module, once, however often it is called. After a failure the next call tries again.
 */
export function init(source = new URL("./rollcall_validator_bg.wasm", import.meta.url)) {
  loading ??= load({ module_or_path: source }).then(
    () => ready(),
    (error) => {
      loading = undefined;
      throw error;
    },
  );
  return loading;
}
