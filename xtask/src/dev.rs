//! `cargo dev`: build everything, then become the dev server.

use std::os::unix::process::CommandExt as _;
use std::process::{ExitCode, Stdio};
use std::thread;
use std::time::Instant;

use crate::process::{Call, Failure, Outcome, say};
use crate::{cargo, target, wasm, web};

/// Builds validator, pages and server side by side, then runs the server in our place.
pub(crate) fn run(arguments: &[String]) -> Outcome<ExitCode> {
    let started = Instant::now();
    say("building the validator for the browser, the web pages and the dev server (the first time takes minutes)");
    let pages = thread::spawn(|| wasm::build().and_then(|()| web::build()));
    build_server(Progress::Shown)?;
    pages.join().map_err(|_| Failure::new("building the web pages broke off"))??;
    say(&format!("built in {:.1} s", started.elapsed().as_secs_f32()));
    let server = Call::new(target().join("release/rollcall-dev-server")).args(arguments);
    // Ctrl-C and signals reach the server itself, which then ends in order.
    Err(server.command().stdin(Stdio::inherit()).exec().into())
}

/// Whether cargo says what it is doing.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    Shown,
    Silent,
}

/// Builds the dev server with the profile that the tests use too.
pub(crate) fn build_server(progress: Progress) -> Outcome<()> {
    let quiet = (progress == Progress::Silent).then_some("--quiet");
    let build =
        cargo().args(["build", "--release", "--package", "rollcall-dev-server", "--bin", "rollcall-dev-server"]);
    build.args(quiet).show()
}
