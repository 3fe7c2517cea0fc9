// Bundles a stack as a page would get it: minified, for Node and browsers alike.
import { copyFileSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { build } from "esbuild";

const pkg = process.env.ROLLCALL_PACKAGE;

export const out = new URL("./out/", import.meta.url).pathname;

export async function bundle(source, name) {
  const outfile = join(out, `${name}.mjs`);
  await build({
    entryPoints: [source],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    target: "es2022",
    outfile,
    alias: { "@rollcall/validator": join(pkg, "index.js"), "@rollcall/xlsx": join(pkg, "rollcall_xlsx.js") },
    // SheetJS asks for them where there is no browser.
    external: ["fs", "crypto", "stream"],
    logLevel: "error",
  });
  return outfile;
}

/** The modules stand beside the bundle, where its glue looks for them. */
export function modules() {
  mkdirSync(out, { recursive: true });
  for (const name of ["rollcall_validator_bg.wasm", "rollcall_xlsx_bg.wasm"]) copyFileSync(join(pkg, name), join(out, name));
}
