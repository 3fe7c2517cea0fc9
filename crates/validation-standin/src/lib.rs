//! From bytes to report: decode, detect, parse, check. Pure: no clock, no randomness, no input or output.
//!
//! The same crate runs in the browser, in the functions and in the command line, and gives byte-identical
//! reports for the same bytes and profile (requirements.md, "One validator").
//!
//! ```
//! use rollcall_validation::{Profile, Rows, check};
//!
//! let profile = Profile::built_in("technician").unwrap();
//! let report = check(b"First Name,Last Name,Email\nAna,Silva,ana@example.org\n", &profile);
//! assert_eq!(report.counts().accepted, 1);
//! assert!(report.to_json(Rows::Issues).starts_with(r#"{"counts":{"accepted":1,"#));
//! ```

mod decode;
mod detect;
mod email;
mod field;
pub mod identity;
mod issue;
pub mod json;
mod phone;
mod profile;
mod record;
mod report;
mod rules;
pub mod sheet;
mod table;
mod text;
mod titles;

pub use field::{Field, Value, Values};
pub use issue::{Issue, Param, Params, Severity, message};
pub use profile::{
    Column, Invitation, InvitationPolicy, Lists, MfaPolicy, Mode, Named, Profile, ProfileError, RoleRule,
};
pub use record::Record;
pub use report::{CheckedRow, Counts, Report, Rows, Source, SourceColumn, Status, Verdict};
pub use rules::{FieldStatus, FieldVerdict};

/// Checks a sheet. Never fails and never panics: what is wrong is in the report.
#[must_use]
pub fn check(bytes: &[u8], profile: &Profile) -> Report {
    match detect::read(bytes, profile, None) {
        Ok(reading) => report::of_reading(reading, profile),
        Err(unreadable) => unreadable,
    }
}

/// Checks rows that are fields already (JSON). A member `row` gives the row's number in its sheet; fields
/// that the profile does not have are refused with `field_unknown`.
#[must_use]
pub fn check_rows(rows: &[Record], profile: &Profile) -> Report {
    report::of_records(rows, profile)
}

/// Checks one cell, for forms.
#[must_use]
pub fn check_field(profile: &Profile, field: &str, text: &str) -> FieldVerdict {
    rules::check_named(profile, field, text)
}
