//! From rows to a report.

use std::collections::HashMap;

use crate::{
    CheckedRow, Counts, Field, Issue, Param, Profile, Record, Report, Source, SourceColumn, Status, Value, Values,
    cell::{self, Corrections, Input, Outcome},
    code,
    detect::{self, Mapping, Opened, Reading, Unread},
    identity::IdentityKey,
    names::{self, Convention, Given, Told, Votes},
    profile::Column,
    refused::{self, RowNumbers},
    rows,
    table::Cell,
    text,
};

/// Most other rows that a duplicate names.
pub(crate) const DUPLICATES_NAMED: usize = 10;

/// A row as it was read, in the order of the profile's columns.
pub(crate) struct RawRow<'a, 'b> {
    pub(crate) line: u32,
    pub(crate) cells: &'b [Cell<'a>],
    /// The cell with its number, in a file that returns.
    pub(crate) number: Option<&'b Cell<'a>>,
    /// What was wrong with it, in such a file.
    pub(crate) errors: &'b str,
    /// It stands right under the header.
    pub(crate) first: bool,
}

impl<'a> RawRow<'a, '_> {
    /// The cell of one of the profile's columns.
    pub(crate) fn cell(&self, reading: &Reading<'_>, at: usize) -> Option<&Cell<'a>> {
        reading.places.get(at).copied().flatten().and_then(|place| self.cells.get(place))
    }

    /// What is wrong with the row as such, and the cells that are not read which show that.
    pub(crate) fn judged(&self, reading: &Reading<'_>, profile: &Profile) -> (Option<Issue>, Vec<String>) {
        if let Some(code) = rows::of_no_person(self.cells, self.first, reading, profile) {
            let ours = |at: usize| reading.titles.get(at).is_some_and(|title| refused::is_ours(title));
            let is_read = |at: usize| reading.places.contains(&Some(at)) || ours(at);
            return (Some(Issue::error(code)), self.filled(|at| !is_read(at)));
        }
        (self.too_many_cells(reading.width), self.filled(|at| at >= reading.width))
    }

    /// The texts of some cells. Blank ones say nothing, and there may be thousands in every row.
    fn filled(&self, wanted: impl Fn(usize) -> bool) -> Vec<String> {
        let cells = self.cells.iter().enumerate().filter(|(at, cell)| wanted(*at) && !text::is_all_blank(&cell.text));
        cells.map(|(_, cell)| cell.text.clone().into_owned()).collect()
    }

    fn too_many_cells(&self, width: usize) -> Option<Issue> {
        let extra = self.cells.get(width..)?.iter().any(|cell| !text::is_all_blank(&cell.text));
        extra.then(|| {
            let issue = Issue::error(code::TOO_MANY_CELLS).with("cells", self.cells.len()).with("columns", width);
            Issue { column: u32::try_from(width).ok(), ..issue }
        })
    }
}

/// Reads the rows of a sheet, at most as many as the profile allows, and adds what there is to say of the file.
pub(crate) fn each_row<'a>(
    reading: &mut Reading<'a>,
    profile: &Profile,
    mut row: impl FnMut(&Reading<'a>, &RawRow<'a, '_>),
) {
    let own = refused::own_columns(&reading.source);
    let mut reader = reading.rows.clone();
    let mut cells = Vec::new();
    let mut rows = 0_u32;
    let mut widest = reading.width;
    while let Some(line) = detect::next_row(&mut reader, &mut cells) {
        widest = widest.max(cells.len());
        rows = rows.saturating_add(1);
        if rows <= profile.row_limit() {
            if own.is_some() {
                refused::unprotect(&mut cells);
            }
            let number = own.and_then(|(number, _)| cells.get(number));
            let errors = own.and_then(|(_, errors)| cells.get(errors?)).map_or("", |cell| &*cell.text);
            let first = number.map_or(rows == 1, |number| number.text.trim() == "1");
            row(reading, &RawRow { line, cells: &cells, number, errors, first });
        }
    }
    if widest > detect::COLUMN_LIMIT {
        let issue = Issue::error(code::TOO_MANY_COLUMNS).with("limit", detect::COLUMN_LIMIT);
        reading.issues.insert(0, issue.with("columns", widest));
    }
    if rows > profile.row_limit() {
        let issue = Issue::error(code::TOO_MANY_ROWS).with("limit", profile.row_limit());
        reading.issues.insert(0, issue.with("rows", rows));
    }
    if rows == 0 {
        let issue = Issue::error(if reading.source.header { code::NO_ROWS } else { code::EMPTY });
        reading.issues.insert(0, issue);
    }
}

/// Checks a row's cells. `input` gives the cell of each of the profile's columns.
fn check_cells<'a>(
    profile: &Profile,
    corrections: Corrections,
    mut input: impl FnMut(usize) -> (Input<'a>, bool),
) -> Vec<Outcome> {
    let check = |(at, column): (usize, &Column)| {
        let (input, broken) = input(at);
        let mut outcome = cell::check(profile, column, input, corrections);
        if broken {
            mark_broken(&mut outcome, column, input);
        }
        outcome
    };
    profile.columns().iter().enumerate().map(check).collect()
}

/// A quotation mark that is not closed may have swallowed anything: its cell is refused, whatever it looks like.
pub(crate) fn mark_broken(outcome: &mut Outcome, column: &Column, input: Input<'_>) {
    outcome.value = Some(cell::of_column(column, input.to_value()));
    outcome.issues = vec![Issue::error(code::QUOTE_NOT_CLOSED).of(column.field)];
}

/// The issue of a sign-in name that other rows have too.
pub(crate) fn duplicate(field: Field, others: impl Iterator<Item = u32>, count: usize) -> Issue {
    let mut issue = Issue::error(code::DUPLICATE_IN_FILE).of(field).with("count", count);
    issue.params.insert("rows", Param::Rows(others.take(DUPLICATES_NAMED).collect()));
    issue
}

struct Row {
    row: u32,
    line: u32,
    outcomes: Vec<Outcome>,
    issue: Option<Issue>,
    extra: Box<[String]>,
    told: Told,
}

impl Row {
    fn given(&self, at: usize) -> Option<Given<'_>> {
        let outcome = self.outcomes.get(at)?;
        let text = match &outcome.value {
            Some(Value::Text(text)) => text,
            _ => "",
        };
        Some(Given { text, status: outcome.status(), kept: false })
    }
}

/// What is suggested for the names of a row of a sheet.
fn suggest_names(profile: &Profile, convention: Option<Convention>, row: &mut Row) {
    if let Some(suggestion) = names::suggestion(profile, convention, &row.told, &|at| row.given(at)) {
        row.outcomes[suggestion.at].issues.push(suggestion.issue);
    }
}

/// Puts a report together: duplicates are found over all rows.
fn report(profile: &Profile, source: Source, issues: Vec<Issue>, places: &[Option<usize>], rows: Vec<Row>) -> Report {
    let mut holders: HashMap<IdentityKey, Vec<u32>> = HashMap::with_capacity(rows.len());
    let keys: Vec<Vec<(usize, IdentityKey)>> =
        rows.iter().map(|row| cell::sign_in_names(profile, |at| row.outcomes.get(at)?.accepted_text())).collect();
    for (row, keys) in (0..).zip(&keys) {
        for (_, key) in keys {
            holders.entry(key.clone()).or_default().push(row);
        }
    }
    let numbers: Vec<u32> = rows.iter().map(|row| row.row).collect();
    let mut counts = Counts::default();
    let mut checked = Vec::with_capacity(rows.len());
    for ((position, mut row), keys) in (0_u32..).zip(rows).zip(keys) {
        for (at, key) in keys {
            if let Some(holders) = holders.get(&key).filter(|holders| holders.len() > 1) {
                let others = holders.iter().filter(|other| **other != position);
                let others = others.filter_map(|other| numbers.get(usize::try_from(*other).ok()?)).copied();
                let field = profile.columns()[at].field;
                row.outcomes[at].issues.push(duplicate(field, others, holders.len() - 1));
            }
        }
        let extra = row.extra;
        let row = CheckedRow { extra, ..assemble(profile, places, row.row, row.line, row.outcomes, row.issue) };
        counts.add(row.status);
        checked.push(row);
    }
    Report { profile: profile.clone(), source, counts, issues, rows: checked }
}

/// A row's outcomes as reports have them.
pub(crate) fn assemble(
    profile: &Profile,
    places: &[Option<usize>],
    row: u32,
    line: u32,
    outcomes: Vec<Outcome>,
    issue: Option<Issue>,
) -> CheckedRow {
    let mut issues = Vec::new();
    let mut values = Vec::with_capacity(outcomes.len());
    for (at, (column, outcome)) in profile.columns().iter().zip(outcomes).enumerate() {
        let place = places.get(at).copied().flatten().and_then(|place| u32::try_from(place).ok());
        issues.extend(outcome.issues.into_iter().map(|issue| Issue { column: place, ..issue }));
        values.extend(outcome.value.map(|value| (column.field, value)));
    }
    issues.extend(issue);
    let values = values.into_iter().collect::<Values>();
    CheckedRow { row, line, status: Status::of(&issues), values, issues, extra: Box::default() }
}

/// Checks a sheet.
pub(crate) fn check(opened: Result<Opened<'_>, Box<Unread>>, profile: &Profile, mapping: &Mapping) -> Report {
    let unreadable = |unread: Unread| Report {
        profile: profile.clone(),
        source: unread.source,
        counts: Counts::default(),
        issues: vec![unread.issue],
        rows: Vec::new(),
    };
    let opened = match opened {
        Ok(opened) => opened,
        Err(unread) => return unreadable(*unread),
    };
    let mut reading = match detect::read(&opened, profile, mapping) {
        Ok(reading) => reading,
        Err(unread) => return unreadable(*unread),
    };
    let mut rows = Vec::new();
    let mut numbers = RowNumbers::default();
    let mut votes = Votes::default();
    // The first rows are judged once it is known how addresses are made.
    let (mut convention, mut judged_later) = (None, 0);
    each_row(&mut reading, profile, |reading, raw| {
        let input = |at: usize| match raw.cell(reading, at) {
            Some(cell) => (Input::Text(&cell.text), cell.broken),
            None => (Input::Text(""), false),
        };
        let outcomes = check_cells(profile, Corrections::Made, input);
        numbers.read(raw.number);
        let (issue, extra) = raw.judged(reading, profile);
        let number = u32::try_from(rows.len() + 1).unwrap_or(u32::MAX);
        let mut row = Row { row: number, line: raw.line, outcomes, issue, extra: extra.into(), told: None };
        row.told = names::told(profile, raw.errors, &|at| row.given(at));
        if votes.are_counted() {
            convention = convention.or_else(|| Some(votes.convention()));
            suggest_names(profile, convention.flatten(), &mut row);
        } else {
            votes.row(profile, &|at| row.given(at));
            judged_later += 1;
        }
        rows.push(row);
    });
    let convention = votes.convention();
    for row in &mut rows[..judged_later] {
        suggest_names(profile, convention, row);
    }
    for (row, number) in rows.iter_mut().zip(numbers.finish()) {
        row.row = number;
    }
    report(profile, reading.source, reading.issues, &reading.places, rows)
}

/// Checks rows that were read already.
pub(crate) fn check_rows(records: &[Record], profile: &Profile) -> Report {
    let mut issues = Vec::new();
    let limit = usize::try_from(profile.row_limit()).unwrap_or(usize::MAX);
    if records.len() > limit {
        let issue = Issue::error(code::TOO_MANY_ROWS).with("limit", profile.row_limit());
        issues.push(issue.with("rows", records.len()));
    }
    if records.is_empty() {
        issues.push(Issue::error(code::EMPTY));
    }
    let columns: Vec<SourceColumn> = (0..)
        .zip(profile.fields().filter(|field| records.iter().any(|record| record.values.contains_key(field.as_str()))))
        .map(|(index, field)| SourceColumn { index, title: field.as_str().to_owned(), field: Some(field) })
        .collect();
    let places: Vec<Option<usize>> =
        profile.fields().map(|field| columns.iter().position(|column| column.field == Some(field))).collect();
    let fields: Vec<Field> = profile.fields().collect();
    let rows = (1_u32..)
        .zip(records.iter().take(limit))
        .map(|(position, record)| {
            let input = |at: usize| match record.values.get(fields[at].as_str()) {
                Some(Value::Text(text)) => (Input::Text(text), false),
                Some(Value::List(names)) => (Input::Names(names), false),
                None => (Input::Text(""), false),
            };
            let outcomes = check_cells(profile, Corrections::MadeForPrograms, input);
            let strange = record.values.keys().find(|name| !fields.iter().any(|field| field.as_str() == *name));
            let issue = strange.map(|name| {
                let shown: String = name.chars().take(100).collect();
                Issue::error(code::FIELD_UNKNOWN).with("field", shown)
            });
            let row = record.row.unwrap_or(position);
            Row { row, line: row, outcomes, issue, extra: Box::default(), told: None }
        })
        .collect();
    let source = Source { columns, ..Source::nothing_read("json") };
    report(profile, source, issues, &places, rows)
}
