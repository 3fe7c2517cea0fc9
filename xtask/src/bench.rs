//! `cargo xtask bench WHAT`: numbers that depend on how much there is, or must not.

use std::process::ExitCode;

use crate::{
    cargo,
    process::{Failure, Outcome},
    root, target,
};

/// Runs a benchmark.
pub(crate) fn run(arguments: &[String]) -> Outcome<ExitCode> {
    match arguments.split_first() {
        Some((what, rest)) if what == "users" => {
            let arguments = ["run", "--quiet", "--release", "-p", "rollcall-tests", "--example", "bench_users", "--"];
            cargo().args(arguments).args(rest).show()?;
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
        _ => Err(Failure::new("there are two benchmarks: users, phones")),
    }
}
