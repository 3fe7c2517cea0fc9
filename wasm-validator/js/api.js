// What the package exports, over the generated bindings: the same, with an error that says what is missing before init.
import * as raw from "./rollcall_validator.js";
import { pack, unpack } from "./rollcall_xlsx.js";

export { Sheet } from "./rollcall_validator.js";

let loaded = false;
let loadedXlsx = false;

/** index.js and node.js say when the module is there. */
export function ready() {
  loaded = true;
}

/** And when the one for workbooks is. */
export function readyXlsx() {
  loadedXlsx = true;
}

function needed() {
  if (!loaded) throw new Error("@rollcall/validator: await init() first");
}

function neededXlsx() {
  if (!loadedXlsx) throw new Error("@rollcall/validator: await loadXlsx() first");
}

/** Whether these bytes need the module for workbooks. */
export function isWorkbook(bytes) {
  needed();
  return raw.isArchive(bytes.subarray(0, 4));
}

function tables(bytes) {
  neededXlsx();
  return unpack(bytes);
}

export function check(bytes, profile, options = {}) {
  return isWorkbook(bytes)
    ? raw.checkTables(tables(bytes), profile, options.rows, options.sheet)
    : raw.check(bytes, profile, options.rows);
}

export function verdicts(bytes, profile) {
  return isWorkbook(bytes) ? raw.verdictsOfTables(tables(bytes), profile) : raw.verdicts(bytes, profile);
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

const { parse, parseTables, blank } = raw.Sheet;

raw.Sheet.parse = (bytes, ...rest) =>
  isWorkbook(bytes) ? parseTables.call(raw.Sheet, tables(bytes), ...rest) : parse.call(raw.Sheet, bytes, ...rest);

raw.Sheet.blank = (...args) => {
  needed();
  return blank.apply(raw.Sheet, args);
};

raw.Sheet.prototype.refusedXlsx = function refusedXlsx() {
  neededXlsx();
  return pack(this.refusedTables());
};
