//! Mails rendered as text and HTML per locale, handed to SES v2; text messages, handed to AWS End User Messaging.
//!
//! One layout serves every mail: a greeting, who says what, one button with its bare link, notes. No images,
//! no tracking. All copy is in [`texts`], a module per locale; what a mail is about comes from
//! `rollcall_accounts::operations::letters`.

mod post;
mod render;
mod ses;
mod sms;
mod texts;

pub use post::Post;
pub use render::{Rendered, render, render_text};
pub use ses::Ses;
pub use sms::{Sms, TextSettings};
