//! `cargo xtask wasm`: the npm package @rollcall/validator, in wasm-validator/pkg.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use wasm_bindgen_cli_support::Bindgen;

use crate::process::{Call, Failure, Outcome, at, say};
use crate::{cargo, fingerprint, root, target, tools};

const TRIPLE: &str = "wasm32-unknown-unknown";
/// A module of the package.
struct Module {
    package: &'static str,
    /// Names its generated files.
    stem: &'static str,
}

/// What everybody downloads, and what is loaded when there is a workbook.
const MODULES: [Module; 2] = [
    Module { package: "rollcall-wasm-validator", stem: "rollcall_validator" },
    Module { package: "rollcall-wasm-xlsx", stem: "rollcall_xlsx" },
];

/// What rustc's wasm32 code may use; wasm-opt must be told, and may then not emit anything newer than browsers of 2022.
const FEATURES: &[&str] = &[
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
];

/// What makes the least after compression: a function that is only called once is easier to compress by itself.
const PASSES: &[&str] = &["-O2", "-Oz", "--one-caller-inline-max-function-size=0"];

/// A compiler that can make wasm32 code.
#[derive(Clone, Copy)]
enum Compiler {
    /// rustup's, with the target installed.
    Rustup,
    /// Debian's rustc-web, which builds std from rust-web-src.
    Debian,
}

/// Changes with every new build of the package.
pub(crate) fn stamp() -> PathBuf {
    target().join("xtask/wasm")
}

fn package() -> PathBuf {
    root().join("wasm-validator/pkg")
}

/// Builds the package, unless it is there and nothing that goes into it has changed.
pub(crate) fn build() -> Outcome<()> {
    // Two builds at once would write into the same folder.
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _guard = ONE_AT_A_TIME.lock().map_err(|_| Failure::new("an earlier build of the validator broke off"))?;
    let fingerprint = fingerprint::of(&inputs())?;
    let is_there = |module: &Module| package().join(module.file()).is_file();
    if fingerprint::is_current(&stamp(), &fingerprint) && MODULES.iter().all(is_there) {
        return Ok(());
    }
    say("building the validator for the browser");
    let compiler = compiler()?;
    let bound = target().join("wasm-build/bound");
    if bound.exists() {
        at(&bound, fs::remove_dir_all(&bound))?;
    }
    let raw = target().join("wasm-build").join(TRIPLE).join("wasm");
    for module in &MODULES {
        compile(compiler, module)?;
        bind(&raw.join(module.package.replace('-', "_") + ".wasm"), module, &bound)?;
        shrink(&bound.join(module.file()))?;
    }
    assemble(&bound)?;
    fingerprint::keep(&stamp(), &fingerprint)
}

impl Module {
    fn file(&self) -> String {
        format!("{}_bg.wasm", self.stem)
    }
}

fn inputs() -> Vec<PathBuf> {
    let parts = [
        "Cargo.toml",
        "Cargo.lock",
        "crates/phone-automaton/Cargo.toml",
        "crates/phone-automaton/src",
        "crates/validation",
        "crates/xlsx",
        "wasm-validator",
        "xtask/src/wasm.rs",
    ];
    parts.iter().map(|part| root().join(part)).collect()
}

/// Finds a compiler for wasm32 or installs one.
fn compiler() -> Outcome<Compiler> {
    let wanted = std::env::var("ROLLCALL_WASM_COMPILER").unwrap_or_default();
    // Where both are there, the one whose modules are smaller.
    if wanted == "debian" || wanted != "rustup" && has_debian() {
        return debian();
    }
    let installed = || {
        let sysroot =
            Call::new("rustc").directory(&root()).clean_cargo_environment().args(["--print", "sysroot"]).read();
        sysroot.is_ok_and(|path| Path::new(path.trim()).join("lib/rustlib").join(TRIPLE).join("lib").is_dir())
    };
    if installed() {
        return Ok(Compiler::Rustup);
    }
    // rustup takes its time to find out that it cannot: ask it once.
    let refused = target().join("xtask/no-rustup-target");
    if !refused.is_file() && tools::on_path("rustup").is_some() {
        say(&format!("installing the Rust target {TRIPLE}"));
        let added = Call::new("rustup").directory(&root()).clean_cargo_environment().args(["target", "add", TRIPLE]);
        if added.succeeds() && installed() {
            return Ok(Compiler::Rustup);
        }
        say("rustup cannot install it here; trying Debian's compiler");
        fingerprint::keep(&refused, "rustup target add failed; delete this file to try again")?;
    }
    debian()
}

fn has_debian() -> bool {
    let source = Call::new("/usr/bin/rustc").args(["--print", "sysroot"]).read();
    let source = source.is_ok_and(|path| Path::new(path.trim()).join("lib/rustlib/src/rust/library/std").is_dir());
    source && Path::new("/usr/bin/cargo").is_file() && tools::on_path("wasm-ld").is_some()
}

fn debian() -> Outcome<Compiler> {
    if !has_debian() {
        tools::apt_install(
            &["rustc-web", "cargo-web", "rust-web-src", "lld"],
            "compiling the validator for the browser",
        )?;
    }
    if has_debian() {
        Ok(Compiler::Debian)
    } else {
        Err(Failure::new("no compiler for wasm32-unknown-unknown: neither rustup nor Debian's packages have one"))
    }
}

fn compile(compiler: Compiler, module: &Module) -> Outcome<()> {
    let call = match compiler {
        Compiler::Rustup => cargo().arg("build").unset("RUSTFLAGS"),
        // Immediate abort leaves out the machinery of panic messages, and sorts, searches and number formatting come in
        // their small form: only a std of one's own can do that.
        Compiler::Debian => Call::new("/usr/bin/cargo")
            .directory(&root())
            .clean_cargo_environment()
            .unset("RUSTUP_TOOLCHAIN")
            .args(["build", "-Zbuild-std=std,panic_abort", "-Zbuild-std-features=optimize_for_size"])
            .env("RUSTC", "/usr/bin/rustc")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", "wasm-ld")
            .env("RUSTFLAGS", "-Zunstable-options -Cpanic=immediate-abort"),
    };
    // wasm-bindgen reads in the module which features it uses, and strips it itself.
    let call = call.env("CARGO_PROFILE_WASM_STRIP", "none");
    // A folder of its own, so that neither compiler invalidates what the other built.
    let call =
        call.args(["--package", module.package, "--lib", "--profile", "wasm", "--target", TRIPLE, "--target-dir"]);
    call.arg(target().join("wasm-build").as_os_str()).arg("--quiet").show()
}

/// Makes the JavaScript that talks to the module. The crate is locked, so its version is the macro's.
fn bind(raw: &Path, module: &Module, into: &Path) -> Outcome<()> {
    let mut bindgen = Bindgen::new();
    bindgen
        .input_path(raw)
        .out_name(module.stem)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true);
    // index.js and node.js say where the module is; a default here would only confuse bundlers.
    bindgen.omit_default_module_path(true);
    bindgen
        .web(true)
        .and_then(|bindgen| bindgen.generate(into))
        .map_err(|error| Failure::new(format!("wasm-bindgen: {error:#}")))
}

fn shrink(module: &Path) -> Outcome<()> {
    tools::npm_ci(&root().join("wasm-validator"))?;
    let small = module.with_extension("small.wasm");
    let optimizer = root().join("wasm-validator/node_modules/binaryen/bin/wasm-opt");
    let call = Call::new("node").arg(optimizer.as_os_str()).args(PASSES.iter().chain(FEATURES).copied());
    call.arg(module.as_os_str()).arg("-o").arg(small.as_os_str()).read()?;
    at(&small, fs::rename(&small, module))
}

/// Puts the package together: what is generated, and the hand-written files of wasm-validator/js.
fn assemble(bound: &Path) -> Outcome<()> {
    let package = package();
    at(&package, fs::create_dir_all(&package))?;
    // The folder itself stays: web/node_modules links to it.
    for entry in at(&package, fs::read_dir(&package))? {
        let path = at(&package, entry)?.path();
        let removed = if path.is_dir() { fs::remove_dir_all(&path) } else { fs::remove_file(&path) };
        at(&path, removed)?;
    }
    let copy = |from: &Path, name: &str| at(from, fs::copy(from, package.join(name))).map(|_| ());
    let source = root().join("wasm-validator/js");
    for entry in at(&source, fs::read_dir(&source))? {
        let path = at(&source, entry)?.path();
        if path.is_file() {
            copy(&path, &path.file_name().unwrap_or_default().to_string_lossy())?;
        }
    }
    for module in &MODULES {
        for name in [format!("{}.js", module.stem), format!("{}.d.ts", module.stem), module.file()] {
            copy(&bound.join(&name), &name)?;
        }
        let path = package.join(module.file());
        let size = at(&path, fs::metadata(&path))?.len();
        say(&format!("wasm-validator/pkg: {} has {:.1} kB", module.file(), size as f64 / 1000.0));
    }
    Ok(())
}
