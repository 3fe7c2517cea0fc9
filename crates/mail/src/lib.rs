//! Mails rendered as text and HTML per locale, handed to SES v2.
//!
//! One layout serves every mail: a greeting, who says what, one button with its bare link, notes. No images,
//! no tracking. All copy is in [`texts`], a module per locale; what a mail is about comes from
//! `rollcall_accounts::operations::delivery`.

mod render;
mod ses;
mod texts;

pub use render::{Rendered, render};
pub use ses::Ses;
