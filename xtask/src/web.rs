//! The console and the acceptance page.

use crate::process::{Call, Outcome, say};
use crate::{fingerprint, root, target, tools};

/// Builds web/dist from web/ and wasm-validator/pkg, unless nothing changed.
pub(crate) fn build() -> Outcome<()> {
    let web = root().join("web");
    tools::npm_ci(&web)?;
    // The pages judge passwords by the server's own list.
    let common = root().join("crates/accounts/src/common-passwords.txt");
    let inputs = [web.clone(), root().join("wasm-validator/js"), common, crate::wasm::stamp()];
    let fingerprint = fingerprint::of(&inputs)?;
    let stamp = target().join("xtask/web");
    if fingerprint::is_current(&stamp, &fingerprint) && web.join("dist/index.html").is_file() {
        return Ok(());
    }
    say("building web/");
    npm(&["run", "--silent", "build"]).read()?;
    fingerprint::keep(&stamp, &fingerprint)
}

/// `npm` in web/.
pub(crate) fn npm(arguments: &[&str]) -> Call {
    Call::new("npm").args(arguments.iter().copied()).directory(&root().join("web")).env("CI", "true")
}
