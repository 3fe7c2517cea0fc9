// What a page downloads, compressed as a web server does it (brotli, best quality).
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { bundle, modules, out } from "./bundle.mjs";
import { aim, kb, say, table, times } from "./report.mjs";

modules();
const made = async (name) => brotli(await bundle(fileURLToPath(new URL(`stacks/${name}.mjs`, import.meta.url)), name));
const module = (name) => brotli(join(out, `${name}_bg.wasm`));

const glue = await made("rollcall");
const wasm = module("rollcall_validator");
const xlsx = module("rollcall_xlsx");
const ours = glue + wasm;
const peers = [
  ["(a) PapaParse, validator, libphonenumber-js/max", await made("a")],
  ["(b) uDSV, validator, libphonenumber-js/max", await made("b")],
  ["(c) PapaParse, zod, google-libphonenumber", await made("c")],
];
const sheetjs = await made("sheetjs");

say("### Download, brotli");
say();
table(
  ["", "KB", "against ours"],
  [
    ["Rollcall, CSV and TSV, all profiles", kb(ours), ""],
    ["– of it the module", kb(wasm), ""],
    ["– of it the glue", kb(glue), ""],
    ...peers.map(([name, size]) => [name, kb(size), times(size / ours)]),
    ["Rollcall, what workbooks add", kb(xlsx), ""],
    ["SheetJS, reading only", kb(sheetjs), times(sheetjs / xlsx)],
  ],
);
const smallest = Math.min(...peers.map(([, size]) => size));
aim("brotli, CSV and TSV path", ours / 1000, 60, 46, "KB");
say(`- less than the smallest JavaScript stack (${kb(smallest)} KB): ${ours < smallest ? "reached" : "MISSED"}`);
aim("brotli, what workbooks add", xlsx / 1000, 90, 40, "KB");
say();

function brotli(path) {
  const bytes = readFileSync(path);
  return brotliCompressSync(bytes, {
    params: {
      [constants.BROTLI_PARAM_QUALITY]: 11,
      [constants.BROTLI_PARAM_LGWIN]: 22,
      [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
    },
  }).length;
}
