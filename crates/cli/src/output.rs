//! What is printed. A reader that went away (`rollcall check … | head`) is no reason to panic.

use std::io::{Write as _, stderr, stdout};

/// Prints a line.
pub(crate) fn line(text: &str) {
    let mut out = stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n")).and_then(|()| out.flush());
}

/// Prints what went wrong.
pub(crate) fn error(text: &str) {
    let mut out = stderr().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.write_all(b"\n"));
}
