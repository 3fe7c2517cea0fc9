//! `cargo dev`: build everything, then become the dev server.

use std::os::unix::process::CommandExt as _;
use std::process::{ExitCode, Stdio};
use std::thread;
use std::time::Instant;

use crate::process::{Call, Failure, Outcome, say};
use crate::{cargo, root, target, wasm, web};

/// Builds validator, pages and server side by side, then runs the server in our place.
pub(crate) fn run(arguments: &[String]) -> Outcome<ExitCode> {
    let started = Instant::now();
    say("building the validator for the browser, the web pages and the dev server (the first time takes minutes)");
    let pages = thread::spawn(|| wasm::build().and_then(|()| web::build()));
    build_server()?;
    pages.join().map_err(|_| Failure::new("building the web pages broke off"))??;
    say(&format!("built in {:.1} s", started.elapsed().as_secs_f32()));
    let server =
        Call::new(target().join("release/rollcall-dev-server")).args(arguments).directory(&std::env::current_dir()?);
    // Ctrl-C and signals reach the server itself, which then ends in order.
    Err(server.env("ROLLCALL_ROOT", root()).command().stdin(Stdio::inherit()).exec().into())
}

/// Builds the dev server with the profile that the tests use too.
pub(crate) fn build_server() -> Outcome<()> {
    cargo()
        .args(["build", "--quiet", "--release", "--package", "rollcall-dev-server", "--bin", "rollcall-dev-server"])
        .show()
}
