//! `cargo xtask bench WHAT`: numbers that depend on how much there is, or must not.

use std::process::ExitCode;

use crate::{
    cargo,
    process::{Failure, Outcome},
};

/// Runs a benchmark.
pub(crate) fn run(arguments: &[String]) -> Outcome<ExitCode> {
    match arguments.split_first() {
        Some((what, rest)) if what == "users" => {
            let arguments = ["run", "--quiet", "--release", "-p", "rollcall-tests", "--example", "bench_users", "--"];
            cargo().args(arguments).args(rest).show()?;
            Ok(ExitCode::SUCCESS)
        }
        _ => Err(Failure::new("there is one benchmark: users")),
    }
}
