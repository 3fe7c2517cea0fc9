// What the package exports, over the generated bindings: the same, with an error that says what is missing before init.
import * as raw from "./rollcall_validator.js";

export { Sheet } from "./rollcall_validator.js";

let loaded = false;

/** index.js and node.js say when the module is there. */
export function ready() {
  loaded = true;
}

function needed() {
  if (!loaded) throw new Error("@rollcall/validator: await init() first");
}

export function check(bytes, profile, options = {}) {
  needed();
  return raw.check(bytes, profile, options.rows);
}

export function profiles() {
  needed();
  return raw.profiles();
}

export function builtInProfile(id) {
  needed();
  return raw.builtInProfile(id);
}

export function checkField(profile, field, text) {
  needed();
  return raw.checkField(profile, field, text);
}

for (const name of ["parse", "blank"]) {
  const make = raw.Sheet[name];
  raw.Sheet[name] = (...args) => {
    needed();
    return make.apply(raw.Sheet, args);
  };
}
