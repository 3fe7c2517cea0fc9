//! From bytes to report: decode, detect, parse, check. Pure: no clock, no randomness, no I/O.
//!
//! ```
//! use rollcall_validation::{Profile, Rows, check};
//!
//! let profile = Profile::built_in("modern").unwrap();
//! let report = check("Name;E-Mail\nAna;ana@example.com\n".as_bytes(), &profile);
//! assert_eq!(report.counts().accepted, 1);
//! assert!(report.to_json(Rows::Issues).starts_with(r#"{"counts":{"accepted":1,"#));
//! ```

mod addresses;
mod cell;
pub mod code;
mod columns;
mod custom;
mod decode;
mod detect;
mod email;
mod engine;
mod field;
mod glance;
pub mod identity;
mod idna;
mod issue;
mod json;
mod keys;
mod message;
mod names;
mod phone;
mod profile;
mod record;
mod refused;
mod report;
mod rows;
pub mod sheet;
mod table;
mod text;
mod titles;
mod unicode;

pub use columns::{Expects, SheetColumn};
pub use custom::{Definition, Unfit};
pub use decode::is_archive;
use detect::Mapping;
pub use field::{Field, Value, Values};
pub use issue::{Issue, Param, Params, Severity};
pub use message::{message, message_in_report};
pub use profile::{
    CredentialMode, Invitation, InvitationPolicy, Lists, MfaPolicy, Mode, Named, Profile, ProfileError, RoleRule,
    UsernameRule,
};
pub use record::Record;
pub use refused::{ERRORS_TITLE, ROW_TITLE, RefusedTable, csv_cell, refused_table, refused_table_with};
pub use report::{CheckedRow, Counts, Report, Rows, Source, SourceColumn, Status, Verdict};

/// The verdict on a field: the same three as on a row.
pub type FieldStatus = Status;

/// What is said of one field, for forms.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldVerdict {
    /// The verdict.
    pub status: FieldStatus,
    /// The value after correction; of a refused one, what was given. Nothing where nothing was given.
    pub value: Option<Value>,
    /// What is wrong, or was put right.
    pub issues: Vec<Issue>,
}

/// The texts of a JSON list of texts; nothing if it is none.
#[must_use]
pub fn names_of_json(json: &str) -> Option<Vec<String>> {
    json::read::names(json)
}

/// Checks a sheet. Never panics: what cannot be read gives a report that says so.
#[must_use]
pub fn check(bytes: &[u8], profile: &Profile) -> Report {
    check_sheet(bytes, profile, None)
}

/// Checks one worksheet of a workbook, or the one in which most rows are good. Of a text there is only one.
#[must_use]
pub fn check_sheet(bytes: &[u8], profile: &Profile, sheet: Option<&str>) -> Report {
    let mapping = Mapping { sheet: sheet.map(str::to_owned), ..Mapping::default() };
    engine::check(detect::open(bytes, profile), profile, &mapping)
}

/// Checks a sheet as [`check_sheet`] does; answers the bytes of [`Report::to_json`]. Quicker where most rows are
/// accepted: of those that are not listed nothing is kept.
#[must_use]
pub fn check_json(bytes: &[u8], profile: &Profile, sheet: Option<&str>, rows: Rows) -> String {
    let mapping = Mapping { sheet: sheet.map(str::to_owned), ..Mapping::default() };
    engine::check_json(detect::open(bytes, profile), profile, &mapping, rows)
}

/// Checks a sheet; answers a byte for each row: 0 accepted, 1 corrected, 2 refused. The quickest way to know, where no
/// text is asked for. What there is to say of the file as such, [`check_json`] says.
#[must_use]
pub fn verdicts(bytes: &[u8], profile: &Profile) -> Vec<u8> {
    engine::verdicts(detect::open(bytes, profile), profile)
}

/// The same of a workbook that was unpacked.
#[must_use]
pub fn verdicts_of_tables(tables: &[u8], profile: &Profile) -> Vec<u8> {
    engine::verdicts(detect::open_tables(tables, profile), profile)
}

/// As [`check_json`], of a workbook that was unpacked.
#[must_use]
pub fn check_tables_json(tables: &[u8], profile: &Profile, sheet: Option<&str>, rows: Rows) -> String {
    let mapping = Mapping { sheet: sheet.map(str::to_owned), ..Mapping::default() };
    engine::check_json(detect::open_tables(tables, profile), profile, &mapping, rows)
}

/// Checks the sheets of a workbook that was unpacked ([`rollcall_xlsx::tables`]): the report is the one that
/// [`check_sheet`] gives of the workbook.
#[must_use]
pub fn check_tables(tables: &[u8], profile: &Profile, sheet: Option<&str>) -> Report {
    let mapping = Mapping { sheet: sheet.map(str::to_owned), ..Mapping::default() };
    engine::check(detect::open_tables(tables, profile), profile, &mapping)
}

/// Checks rows that were read already, as the API takes them.
#[must_use]
pub fn check_rows(records: &[Record], profile: &Profile) -> Report {
    engine::check_rows(records, profile)
}

/// Checks one field, for forms. A field that the profile does not have is refused.
#[must_use]
pub fn check_field(profile: &Profile, field: &str, text: &str) -> FieldVerdict {
    let column = Field::parse(field).and_then(|field| profile.columns().iter().find(|column| column.field == field));
    let Some(column) = column else {
        let shown: String = field.chars().take(100).collect();
        let issue = Issue::error(code::FIELD_UNKNOWN).with("field", shown);
        return FieldVerdict {
            status: Status::Refused,
            value: Some(Value::Text(text.to_owned())),
            issues: vec![issue],
        };
    };
    let outcome = cell::check(profile, column, cell::Input::Text(text), cell::Corrections::WithoutSuggestions);
    FieldVerdict { status: outcome.status(), value: outcome.value, issues: outcome.issues }
}

impl FieldVerdict {
    /// Whether it may be used.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.status != Status::Refused
    }

    /// Canonical JSON: `{"issues":[{"code","correction","field","message","params","severity"}],"status","value"}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        json::Object::write(&mut out, |object| {
            json::list(object.key("issues"), &self.issues, |out, issue| issue.write_with_message(out));
            object.string("status", self.status.as_str());
            match &self.value {
                Some(value) => json::value(object.key("value"), value),
                None => object.string("value", ""),
            }
        });
        out
    }
}
