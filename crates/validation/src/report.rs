//! What is said of a sheet.

use crate::{Field, Issue, Profile, Values, json};

/// The verdict on a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// All as it should be.
    Accepted,
    /// Nothing is refused, and something was put right.
    Corrected,
    /// A row is refused, or the file as such.
    Refused,
}

impl Verdict {
    /// The name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Corrected => "corrected",
            Self::Refused => "refused",
        }
    }
}

/// The verdict on a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// All as it should be.
    Accepted,
    /// Accepted with named corrections.
    Corrected,
    /// Something in it cannot be accepted.
    Refused,
}

impl Status {
    /// The name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Corrected => "corrected",
            Self::Refused => "refused",
        }
    }

    /// 0, 1 or 2.
    pub(crate) const fn as_byte(self) -> u8 {
        match self {
            Self::Accepted => 0,
            Self::Corrected => 1,
            Self::Refused => 2,
        }
    }

    pub(crate) fn of<'a>(issues: impl IntoIterator<Item = &'a Issue>) -> Self {
        issues
            .into_iter()
            .map(|issue| if issue.is_error() { Self::Refused } else { Self::Corrected })
            .max()
            .unwrap_or(Self::Accepted)
    }
}

/// How many rows there are of each status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Rows read.
    pub rows: u32,
    /// Accepted as they are.
    pub accepted: u32,
    /// Accepted with corrections.
    pub corrected: u32,
    /// Refused.
    pub refused: u32,
}

impl Counts {
    pub(crate) fn add(&mut self, status: Status) {
        self.rows += 1;
        *self.of(status) += 1;
    }

    pub(crate) fn subtract(&mut self, status: Status) {
        self.rows -= 1;
        *self.of(status) -= 1;
    }

    fn write(self, out: &mut String) {
        json::Object::write(out, |object| {
            object.number("accepted", self.accepted.into());
            object.number("corrected", self.corrected.into());
            object.number("refused", self.refused.into());
            object.number("rows", self.rows.into());
        });
    }

    fn of(&mut self, status: Status) -> &mut u32 {
        match status {
            Status::Accepted => &mut self.accepted,
            Status::Corrected => &mut self.corrected,
            Status::Refused => &mut self.refused,
        }
    }
}

/// A row, checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRow {
    /// Its number among the data rows, from 1.
    pub row: u32,
    /// The physical line that it begins on, from 1.
    pub line: u32,
    /// The verdict.
    pub status: Status,
    /// Its values after correction; of a refused cell, what stands in it.
    pub values: Values,
    /// What is wrong, or was put right.
    pub issues: Vec<Issue>,
    /// What stands beyond the last column, without what is blank.
    pub(crate) extra: Box<[String]>,
}

/// A column of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceColumn {
    /// Its place, from 0.
    pub index: u32,
    /// Its title; empty without a header.
    pub title: String,
    /// What it is read as; nothing if it is left out.
    pub field: Option<Field>,
}

/// How the bytes were read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// `text`, `xlsx`, or `json` for rows that came as such.
    pub format: &'static str,
    /// `utf-8`, `utf-8-bom`, `utf-16le`, `utf-16be`, `windows-1252`, `mixed`; nothing if it is no text or could not be read.
    pub encoding: Option<&'static str>,
    /// What stands between cells, if there is more than one column.
    pub delimiter: Option<char>,
    /// Whether the first row holds titles.
    pub header: bool,
    /// The name of the worksheet, of a workbook.
    pub sheet: Option<String>,
    /// The columns.
    pub columns: Vec<SourceColumn>,
}

/// Which rows a report lists.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Rows {
    /// Those with issues.
    #[default]
    Issues,
    /// All.
    All,
}

/// What is said of a sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    pub(crate) profile: Profile,
    pub(crate) source: Source,
    pub(crate) counts: Counts,
    pub(crate) issues: Vec<Issue>,
    pub(crate) rows: Vec<CheckedRow>,
}

impl Report {
    /// The verdict on the file.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        verdict(self.counts, &self.issues)
    }

    /// How many rows there are of each status.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What is to be said of the file as such.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// All rows.
    #[must_use]
    pub fn rows(&self) -> &[CheckedRow] {
        &self.rows
    }

    /// How the bytes were read.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// Whether the bytes could be read at all.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.source.encoding.is_some() || self.source.sheet.is_some() || self.source.format == "json"
    }

    /// Canonical JSON.
    #[must_use]
    pub fn to_json(&self, rows: Rows) -> String {
        let listed = self.rows.iter().filter(|row| rows == Rows::All || !row.issues.is_empty());
        write(&self.profile, &self.source, self.counts, &self.issues, |out| {
            json::list(out, listed, |out, row| row.write(out))
        })
    }
}

/// A report's canonical JSON; `rows` writes the list of rows.
pub(crate) fn write(
    profile: &Profile,
    source: &Source,
    counts: Counts,
    issues: &[Issue],
    rows: impl FnOnce(&mut String),
) -> String {
    let mut out = String::new();
    json::Object::write(&mut out, |object| {
        counts.write(object.key("counts"));
        json::list(object.key("issues"), issues, |out, issue| issue.write(out));
        write_profile(object.key("profile"), profile);
        rows(object.key("rows"));
        source.write(object.key("source"));
        object.string("verdict", verdict(counts, issues).as_str());
    });
    out
}

fn verdict(counts: Counts, issues: &[Issue]) -> Verdict {
    if counts.refused > 0 || issues.iter().any(Issue::is_error) {
        Verdict::Refused
    } else if counts.corrected > 0 {
        Verdict::Corrected
    } else {
        Verdict::Accepted
    }
}

pub(crate) fn write_profile(out: &mut String, profile: &Profile) {
    json::Object::write(out, |object| {
        object.string("hash", profile.hash());
        object.string("id", profile.id());
        object.number("version", profile.version().into());
    });
}

impl Source {
    /// What is said of an input that cannot be read.
    pub(crate) fn nothing_read(format: &'static str) -> Self {
        Self { format, encoding: None, delimiter: None, header: false, sheet: None, columns: Vec::new() }
    }

    pub(crate) fn write(&self, out: &mut String) {
        json::Object::write(out, |object| {
            json::list(object.key("columns"), &self.columns, |out, column| {
                json::Object::write(out, |object| {
                    object.string_or_null("field", column.field.map(Field::as_str));
                    object.number("index", column.index.into());
                    object.string("title", &column.title);
                });
            });
            object
                .string_or_null("delimiter", self.delimiter.map(|c| c.encode_utf8(&mut [0; 4]).to_owned()).as_deref());
            object.string_or_null("encoding", self.encoding);
            object.string("format", self.format);
            object.bool("header", self.header);
            object.string_or_null("sheet", self.sheet.as_deref());
        });
    }
}

impl CheckedRow {
    pub(crate) fn write(&self, out: &mut String) {
        json::Object::write(out, |object| {
            json::list(object.key("issues"), &self.issues, |out, issue| issue.write(out));
            object.number("line", self.line.into());
            object.number("row", self.row.into());
            object.string("status", self.status.as_str());
            write_values(object.key("values"), &self.values);
        });
    }
}

/// What a report says in place of a password: reports are kept, sent and read aloud.
const HIDDEN: &str = "•••";

pub(crate) fn write_values(out: &mut String, values: &Values) {
    json::Object::write(out, |object| {
        for (field, value) in values.iter() {
            match field {
                Field::Password => object.string(field.as_str(), HIDDEN),
                _ => json::value(object.key(field.as_str()), value),
            }
        }
    });
}
