//! The report: canonical JSON, the same bytes natively, in wasm and on the server (design.md, "Report").

use std::{
    collections::HashMap,
    fmt,
};

use crate::{
    Record,
    detect::Reading,
    field::{Field, Value, Values},
    identity::IdentityKey,
    issue::{Issue, Param, Severity},
    json,
    profile::Profile,
    rules::{self, RowVerdict},
    text,
};

/// What is said of a whole sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Every row is accepted as it stands.
    Accepted,
    /// Every row is accepted, some with named corrections.
    Corrected,
    /// Something is refused.
    Refused,
}

impl Verdict {
    /// Its name in the report.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Corrected => "corrected",
            Self::Refused => "refused",
        }
    }
}

/// What is said of a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Status {
    /// Accepted as it stands.
    Accepted,
    /// Accepted with named corrections.
    Corrected,
    /// Refused until a person does something.
    Refused,
}

impl Status {
    /// Its name in the report.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Corrected => "corrected",
            Self::Refused => "refused",
        }
    }

    pub(crate) fn of(issues: &[Issue]) -> Self {
        match issues.iter().map(|issue| issue.severity).max() {
            None => Self::Accepted,
            Some(Severity::Warning) => Self::Corrected,
            Some(Severity::Error) => Self::Refused,
        }
    }
}

/// Which rows a report lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rows {
    /// Those with issues.
    Issues,
    /// All of them.
    All,
}

/// How many rows there are of which status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// All.
    pub rows: u32,
    /// Accepted as they stand.
    pub accepted: u32,
    /// Accepted with corrections.
    pub corrected: u32,
    /// Refused.
    pub refused: u32,
}

impl Counts {
    pub(crate) fn write(self, out: &mut String) {
        json::Object::new(out)
            .number("accepted", self.accepted)
            .number("corrected", self.corrected)
            .number("refused", self.refused)
            .number("rows", self.rows)
            .end();
    }
}

/// How the bytes were read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Source {
    /// `text`, or `rows` for rows that were sent as fields.
    pub format: &'static str,
    /// The encoding's name, none where there was none to find.
    pub encoding: Option<&'static str>,
    /// The delimiter.
    pub delimiter: Option<char>,
    /// Whether the first row is a header.
    pub header: Option<bool>,
    /// The columns of the sheet.
    pub columns: Vec<SourceColumn>,
}

impl Source {
    pub(crate) fn text() -> Self {
        Self { format: "text", ..Self::default() }
    }

    pub(crate) fn write(&self, out: &mut String) {
        let mut object = json::Object::new(out);
        object.member("columns", |out| {
            json::array(out, &self.columns, |out, column| {
                json::Object::new(out)
                    .optional("field", column.field.map(Field::as_str))
                    .number("index", column.index)
                    .optional("title", column.title.as_deref())
                    .end();
            });
        });
        let delimiter = self.delimiter.map(String::from);
        object.optional("delimiter", delimiter.as_deref());
        object.optional("encoding", self.encoding);
        object.text("format", self.format);
        object.member("header", |out| match self.header {
            Some(header) => out.push_str(if header { "true" } else { "false" }),
            None => out.push_str("null"),
        });
        object.optional("sheet", None);
        object.end();
    }
}

/// A column of the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceColumn {
    /// From 0.
    pub index: usize,
    /// Its title, where there is a header.
    pub title: Option<String>,
    /// The field it is read as.
    pub field: Option<Field>,
}

/// A row after checking.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CheckedRow {
    /// Data row, from 1.
    pub row: u32,
    /// Physical line, from 1.
    pub line: u32,
    /// What is said of it.
    pub status: Status,
    /// Values after correction; those of refused cells are left out.
    pub values: Values,
    /// Everything that is wrong or was corrected.
    pub issues: Vec<Issue>,
}

/// What the validator says of a sheet.
#[derive(Clone)]
pub struct Report {
    profile: Profile,
    source: Source,
    issues: Vec<Issue>,
    rows: Vec<CheckedRow>,
    counts: Counts,
    readable: bool,
}

impl fmt::Debug for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Report").field("counts", &self.counts).field("issues", &self.issues).finish_non_exhaustive()
    }
}

impl Report {
    pub(crate) fn unreadable(profile: &Profile, issue: Issue, source: Source) -> Self {
        Self {
            profile: profile.clone(),
            source,
            issues: vec![issue],
            rows: Vec::new(),
            counts: Counts::default(),
            readable: false,
        }
    }

    fn new(profile: &Profile, source: Source, issues: Vec<Issue>, rows: Vec<CheckedRow>) -> Self {
        let mut counts = Counts::default();
        for row in &rows {
            counts.rows += 1;
            match row.status {
                Status::Accepted => counts.accepted += 1,
                Status::Corrected => counts.corrected += 1,
                Status::Refused => counts.refused += 1,
            }
        }
        Self { profile: profile.clone(), source, issues, rows, counts, readable: true }
    }

    /// Refused when anything is.
    #[must_use]
    pub fn verdict(&self) -> Verdict {
        if self.counts.refused > 0 || self.issues.iter().any(|issue| issue.severity == Severity::Error) {
            Verdict::Refused
        } else if self.counts.corrected > 0 {
            Verdict::Corrected
        } else {
            Verdict::Accepted
        }
    }

    /// Whether the input could be read as a sheet at all.
    #[must_use]
    pub fn is_readable(&self) -> bool {
        self.readable
    }

    /// How many rows there are of which status.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// What is wrong with the file.
    #[must_use]
    pub fn issues(&self) -> &[Issue] {
        &self.issues
    }

    /// Every row, in order.
    #[must_use]
    pub fn rows(&self) -> &[CheckedRow] {
        &self.rows
    }

    /// How the bytes were read.
    #[must_use]
    pub fn source(&self) -> &Source {
        &self.source
    }

    /// The profile it was checked against.
    #[must_use]
    pub fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Canonical JSON: UTF-8, keys in order, no spaces.
    #[must_use]
    pub fn to_json(&self, which: Rows) -> String {
        let mut out = String::new();
        write(&mut out, self.verdict(), self.counts, &self.issues, &self.profile, &self.source, |out| {
            let listed = self.rows.iter().filter(|row| which == Rows::All || !row.issues.is_empty());
            json::array(out, listed, write_row);
        });
        out
    }
}

pub(crate) fn write(
    out: &mut String,
    verdict: Verdict,
    counts: Counts,
    issues: &[Issue],
    profile: &Profile,
    source: &Source,
    rows: impl FnOnce(&mut String),
) {
    let mut object = json::Object::new(out);
    object.member("counts", |out| counts.write(out));
    object.member("issues", |out| json::array(out, issues, |out, issue| issue.write(out, false)));
    object.member("profile", |out| write_profile(out, profile));
    object.member("rows", rows);
    object.member("source", |out| source.write(out));
    object.text("verdict", verdict.as_str());
    object.end();
}

pub(crate) fn write_profile(out: &mut String, profile: &Profile) {
    json::Object::new(out).text("hash", profile.hash()).text("id", profile.id()).number("version", profile.version()).end();
}

pub(crate) fn write_row(out: &mut String, row: &CheckedRow) {
    let mut object = json::Object::new(out);
    object.member("issues", |out| json::array(out, &row.issues, |out, issue| issue.write(out, false)));
    object.number("line", row.line).number("row", row.row).text("status", row.status.as_str());
    object.member("values", |out| write_values(out, &row.values));
    object.end();
}

fn write_values(out: &mut String, values: &Values) {
    let mut object = json::Object::new(out);
    for (field, value) in values.iter() {
        object.member(field.as_str(), |out| match value {
            Value::Text(text) => json::string(out, text),
            Value::List(names) => json::strings(out, names.iter().map(String::as_str)),
        });
    }
    object.end();
}

/// The sign-in names of a row, each once, with the field it stands in.
pub(crate) fn sign_in_names(profile: &Profile, values: &Values) -> Vec<(Field, IdentityKey)> {
    let mut keys: Vec<(Field, IdentityKey)> = Vec::new();
    if let Some(email) = values.get(Field::Email).and_then(Value::text) {
        keys.push((Field::Email, IdentityKey::from_email(email)));
    }
    // A portal user's "user name" is a display name, told by its rule: free text signs nobody in.
    let signs_in = profile.column(Field::Username).is_some_and(|column| column.is_sign_in_name());
    if let Some(username) = values.get(Field::Username).and_then(Value::text).filter(|_| signs_in) {
        let key = IdentityKey::from_username(username);
        if keys.iter().all(|(_, other)| *other != key) {
            keys.push((Field::Username, key));
        }
    }
    keys
}

/// Most other rows that a duplicate names.
pub(crate) const NAMED_DUPLICATES: usize = 10;

pub(crate) fn duplicate(field: Field, others: impl Iterator<Item = u32>) -> Issue {
    let mut rows: Vec<u32> = others.collect();
    rows.sort_unstable();
    let count = rows.len() as u64;
    rows.truncate(NAMED_DUPLICATES);
    Issue::error(Some(field), "duplicate_in_file").number("count", count).with("rows", Param::Rows(rows))
}

/// Row verdicts to checked rows: duplicates are found over all of them, then columns and statuses filled in.
fn finish(profile: &Profile, verdicts: Vec<(u32, u32, RowVerdict)>, places: Option<&[Option<usize>]>) -> Vec<CheckedRow> {
    let mut holders: HashMap<IdentityKey, Vec<(u32, usize)>> = HashMap::with_capacity(verdicts.len());
    let mut names = Vec::with_capacity(verdicts.len());
    for (i, (row, _, verdict)) in verdicts.iter().enumerate() {
        let keys = sign_in_names(profile, &verdict.values);
        for (_, key) in &keys {
            holders.entry(key.clone()).or_default().push((*row, i));
        }
        names.push(keys);
    }
    verdicts
        .into_iter()
        .zip(names)
        .enumerate()
        .map(|(i, ((row, line, mut verdict), names))| {
            for (field, key) in names {
                if let Some(all) = holders.get(&key).filter(|all| all.len() > 1) {
                    verdict.issues.push(duplicate(field, all.iter().filter(|(_, j)| *j != i).map(|(row, _)| *row)));
                }
            }
            place_issues(&mut verdict.issues, profile, places);
            CheckedRow { row, line, status: Status::of(&verdict.issues), values: verdict.values, issues: verdict.issues }
        })
        .collect()
}

/// Gives issues their column in the sheet and their order: by the profile's columns, corrections first.
pub(crate) fn place_issues(issues: &mut [Issue], profile: &Profile, places: Option<&[Option<usize>]>) {
    let at = |field: Option<Field>| {
        field.and_then(|field| profile.columns().iter().position(|column| column.field() == field))
    };
    for issue in issues.iter_mut() {
        if let (Some(i), Some(places)) = (at(issue.field), places) {
            issue.column = places.get(i).copied().flatten().and_then(|place| u32::try_from(place).ok());
        }
    }
    issues.sort_by_key(|issue| (at(issue.field).unwrap_or(usize::MAX), issue.severity));
}

/// Cells beyond the header that are not blank.
pub(crate) fn too_many_cells(cells: &[String], width: usize) -> Option<Issue> {
    let extra = cells.get(width..)?.iter().any(|cell| !text::is_blank(cell));
    extra.then(|| {
        Issue::error(None, "too_many_cells").number("cells", cells.len() as u64).number("columns", width as u64)
    })
}

pub(crate) fn of_reading(reading: Reading, profile: &Profile) -> Report {
    let verdicts = reading
        .records
        .iter()
        .zip(1..)
        .map(|(record, row)| {
            let cell = |i: usize| reading.places[i].and_then(|at| record.cells.get(at)).map_or("", String::as_str);
            let mut verdict = rules::check_row(profile, cell, 0);
            verdict.issues.extend(too_many_cells(&record.cells, reading.width));
            (row, record.line, verdict)
        })
        .collect();
    let rows = finish(profile, verdicts, Some(&reading.places));
    Report::new(profile, reading.source, reading.issues, rows)
}

pub(crate) fn of_records(records: &[Record], profile: &Profile) -> Report {
    let mut issues = Vec::new();
    if records.is_empty() {
        issues.push(Issue::error(None, "no_rows"));
    }
    if records.len() > profile.row_limit() as usize {
        let issue = Issue::error(None, "too_many_rows").number("rows", records.len() as u64);
        issues.push(issue.number("limit", profile.row_limit().into()));
    }
    let verdicts = records
        .iter()
        .take(profile.row_limit() as usize)
        .zip(1_u32..)
        .map(|(record, position)| {
            let cells: Vec<String> = profile
                .columns()
                .iter()
                .map(|column| record.values.get(column.field().as_str()).map(Value::to_text).unwrap_or_default())
                .collect();
            let mut verdict = rules::check_row(profile, |i| cells[i].as_str(), 0);
            for name in record.values.keys() {
                if Field::parse(name).and_then(|field| profile.column(field)).is_none() {
                    let short: String = name.chars().take(60).collect();
                    verdict.issues.push(Issue::error(None, "field_unknown").text("field", short));
                }
            }
            let row = record.row.unwrap_or(position);
            (row, row, verdict)
        })
        .collect();
    let rows = finish(profile, verdicts, None);
    Report::new(profile, Source { format: "rows", ..Source::default() }, issues, rows)
}
