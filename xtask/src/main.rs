//! The project's commands: `cargo dev`, `cargo verify`, `cargo xtask wasm`, `cargo xtask screenshots`.
//!
//! Each installs what the machine lacks and says so; none leaves work for a second run that the first has done.

mod bench;
mod bench_cold;
mod browser;
mod deploy_test;
mod dev;
mod fingerprint;
mod functions;
mod operate;
mod phone_metadata;
mod policies;
mod process;
mod schemathesis;
mod template;
mod tools;
mod unicode_tables;
mod verify;
mod wasm;
mod web;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use process::{Outcome, say};

const USAGE: &str = "\
cargo dev [-- --port N --data DIR]   build everything and run the whole system on localhost
cargo verify [-- --quick]            every check and test; --quick leaves out browser tests and deployment builds
cargo xtask wasm                     build the npm package @rollcall/validator into wasm-validator/pkg
cargo xtask phone-metadata           write the tables of crates/phone-automaton from rlibphonenumber's metadata
cargo xtask unicode-tables           write what crates/validation knows of characters, from the crates it is tested against
cargo xtask web                      build the console and the acceptance page into web/dist
cargo xtask bench phones [N]         phone numbers against rlibphonenumber and phonenumber; N (10000000) of them compared
cargo xtask deploy-test              deploy infra/template.yaml to an emulator and tell the main job's story over it
cargo xtask console [--stack NAME]   build the pages and put them where the stack's CloudFront finds them
cargo xtask redrive [--stack NAME]   try again what is in the stack's dead-letter queues
cargo xtask bench-cold               what a cold start costs, beside a function that does nothing and one for Node
cargo xtask bench validator [ROWS…]  the validator in Node and Chromium against PapaParse, uDSV, zod, libphonenumber
cargo xtask bench size               what a page downloads of it, against those
cargo xtask bench xlsx [ROWS]        workbooks against SheetJS
cargo xtask bench console [ROWS]     a sheet is pasted into the console, edited and scrolled
cargo xtask bench imports [USERS…]   users a second that an import brings in, and what each costs
cargo xtask bench users [N]          what lists of users read, in organizations of N/10 and N (50000) people
cargo xtask screenshots [DIR]        run the browser tests and keep their screenshots (default: screenshots/)";

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    // `cargo dev -- --port 1` hands the separator on to us.
    if let Some(separator) = arguments.iter().position(|argument| argument == "--") {
        arguments.remove(separator);
    }
    let command = if arguments.is_empty() { String::new() } else { arguments.remove(0) };
    let outcome = match command.as_str() {
        "dev" => dev::run(&arguments),
        "verify" => verify::run(&arguments),
        "wasm" => wasm::build().map(|_| ExitCode::SUCCESS),
        "phone-metadata" => phone_metadata::write().map(|()| ExitCode::SUCCESS),
        "unicode-tables" => unicode_tables::write().map(|()| ExitCode::SUCCESS),
        "web" => wasm::build().and_then(|_| web::build()).map(|_| ExitCode::SUCCESS),
        "deploy-test" => deploy_test::show(),
        "console" => operate::console(&arguments),
        "redrive" => operate::redrive(&arguments),
        "bench-cold" => bench_cold::run(),
        "bench" => bench::run(&arguments),
        "screenshots" => browser::screenshots(&arguments),
        _ => {
            say(USAGE);
            Ok(if command.is_empty() || command == "help" || command == "--help" {
                ExitCode::SUCCESS
            } else {
                ExitCode::from(2)
            })
        }
    };
    outcome.unwrap_or_else(|failure| {
        say(&format!("error: {failure}"));
        ExitCode::FAILURE
    })
}

/// The workspace's folder.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new(".")).to_path_buf()
}

/// Where everything that is built goes.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |directory| root().join(directory))
}

/// `cargo` as rustup resolves it for this workspace.
fn cargo() -> process::Call {
    process::Call::new("cargo").directory(&root()).clean_cargo_environment()
}

/// Turns the absence of a value into a failure that says what is missing.
fn required<T>(value: Option<T>, what: &str) -> Outcome<T> {
    value.ok_or_else(|| process::Failure::new(what))
}
