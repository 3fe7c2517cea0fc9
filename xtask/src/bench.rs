//! `cargo xtask bench WHAT`: how quick, and how large, beside what others made; and what depends on how much there is, or
//! must not. The tables of docs/PERFORMANCE.md.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::{
    browser, cargo, dev,
    process::{Call, Failure, Outcome, at},
    root, target, tools, wasm, web,
};

/// Those that are programs for Node, in xtask/bench.
const SCRIPTS: [&str; 3] = ["validator", "size", "xlsx"];

/// Runs a benchmark.
pub(crate) fn run(arguments: &[String]) -> Outcome<ExitCode> {
    match arguments.split_first() {
        Some((what, rest)) if what == "users" || what == "imports" => {
            let example = format!("bench_{what}");
            let call =
                cargo().args(["run", "--quiet", "--release", "-p", "rollcall-tests", "--example", &example, "--"]);
            call.args(rest).show()?;
            Ok(ExitCode::SUCCESS)
        }
        Some((what, rest)) if what == "phones" => {
            // Peers are built apart, as their authors mean them.
            let manifest = root().join("crates/phone-automaton/bench/Cargo.toml");
            let bench = cargo().args(["run", "--quiet", "--release", "--manifest-path"]).arg(manifest.as_os_str());
            let bench = bench.arg("--target-dir").arg(target().join("bench-phones").as_os_str());
            bench.show()?;
            bench.args(["--", "compare"]).args(rest).show()?;
            Ok(ExitCode::SUCCESS)
        }
        Some((what, rest)) if SCRIPTS.contains(&what.as_str()) => {
            wasm::build()?;
            kept(script(what, rest)?, what)?.show()?;
            Ok(ExitCode::SUCCESS)
        }
        Some((what, rest)) if what == "console" => {
            wasm::build()?;
            web::build()?;
            dev::build_server(dev::Progress::Silent)?;
            console(rest)?;
            Ok(ExitCode::SUCCESS)
        }
        _ => {
            let others = SCRIPTS.join(", ");
            Err(Failure::new(format!("there are these benchmarks: {others}, console, phones, imports, users")))
        }
    }
}

/// The pages in a browser, of a dev server that has nothing but its first administrator.
fn console(arguments: &[String]) -> Outcome<()> {
    let call = kept(script("console", arguments)?, "console")?;
    let data = target().join("bench/data");
    if data.exists() {
        at(&data, fs::remove_dir_all(&data))?;
    }
    at(&data, fs::create_dir_all(&data))?;
    let server = browser::Server::start(&data)?;
    let stage = root().join("tests/browser/_stage.mjs");
    let call = call.env("ROLLCALL_URL", &server.url).env("ROLLCALL_DATA", data.as_os_str());
    call.env("ROLLCALL_STAGE", stage.as_os_str()).show()
}

/// A program of xtask/bench. Its peers are installed in a scratch folder, and it runs there.
fn script(name: &str, arguments: &[String]) -> Outcome<Call> {
    let folder = target().join("bench");
    copy(&root().join("xtask/bench"), &folder)?;
    tools::npm_ci(&folder)?;
    let chromium = browser::prepare()?;
    let node = Call::new("node").arg(folder.join(format!("{name}.mjs")).as_os_str()).args(arguments);
    let node = node.env("ROLLCALL_PACKAGE", root().join("wasm-validator/pkg").as_os_str());
    let node = node.env("ROLLCALL_PLAYWRIGHT", root().join("tests/browser/package.json").as_os_str());
    Ok(node.env("CHROMIUM", chromium.as_os_str()))
}

/// The call with its tables kept in a file, for docs/PERFORMANCE.md.
fn kept(call: Call, name: &str) -> Outcome<Call> {
    let report = target().join("bench").join(format!("{name}.md"));
    at(&report, fs::write(&report, ""))?;
    Ok(call.env("ROLLCALL_REPORT", report.as_os_str()))
}

/// Whether the benchmarks of the validator run, and it judges a small sheet as its peers do. No time is asserted.
pub(crate) fn smoke(log: &Path) -> Outcome<bool> {
    let rows = ["300".to_owned()];
    Ok(script("validator", &rows)?.log(log)? && script("xlsx", &rows)?.log(log)?)
}

/// Copies the files of a folder and its folders; what else is there stays.
fn copy(from: &Path, to: &Path) -> Outcome<()> {
    at(to, fs::create_dir_all(to))?;
    for entry in at(from, fs::read_dir(from))? {
        let path: PathBuf = at(from, entry)?.path();
        let there = to.join(path.file_name().unwrap_or_default());
        if path.is_dir() {
            copy(&path, &there)?;
        } else {
            at(&path, fs::copy(&path, &there))?;
        }
    }
    Ok(())
}
