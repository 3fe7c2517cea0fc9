//! Mails rendered as text and HTML per locale, handed to SES v2; text messages, handed to AWS End User Messaging.
//!
//! One layout serves every mail: a greeting, who says what, one button with its bare link, notes. No images,
//! no tracking. All copy is in [`texts`], a module per locale; what a mail is about comes from
//! `rollcall_accounts::operations::letters`.

mod post;
mod render;
mod ses;
#[cfg(test)]
mod silence;
mod sms;
mod texts;

use std::time::Duration;

/// Longest call to the mail or text message service. One that hangs would hold everybody's mail for as long as the
/// function may run; given up, it is a failure like another, and the mail is tried again later.
const LONGEST: Duration = Duration::from_secs(10);

pub use post::Post;
pub use render::{Rendered, render, render_text};
pub use ses::Ses;
pub use sms::{Sms, TextSettings};
