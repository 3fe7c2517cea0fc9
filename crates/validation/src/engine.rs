//! From rows to a report.

use crate::{
    CheckedRow, Counts, Field, Issue, Param, Profile, Record, Report, Rows, Source, SourceColumn, Status, Value,
    Values,
    cell::{self, Corrections, Input, Outcome},
    code,
    detect::{self, Mapping, Opened, Reading, Unread},
    glance::Glance,
    identity::IdentityKey,
    json,
    keys::Keys,
    names::{self, Convention, Given, Told, Votes},
    profile::Column,
    refused::{self, RowNumbers},
    report, rows,
    table::Cell,
    text,
};

/// Fewest bytes that most rows have.
pub(crate) const SHORT_ROW: usize = 32;
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
    /// Where it begins, if it can be read from there again.
    pub(crate) began: Option<u32>,
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
            let began = if own.is_some() { None } else { reader.began() };
            row(reading, &RawRow { line, cells: &cells, number, errors, first, began });
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
    /// Checks a row's cells, and it as such.
    fn of(reading: &Reading<'_>, profile: &Profile, raw: &RawRow<'_, '_>, position: u32) -> Self {
        let input = |at: usize| match raw.cell(reading, at) {
            Some(cell) => (Input::Text(&cell.text), cell.broken),
            None => (Input::Text(""), false),
        };
        let outcomes = check_cells(profile, Corrections::Made, input);
        let (issue, extra) = raw.judged(reading, profile);
        let row = position.saturating_add(1);
        let mut row = Self { row, line: raw.line, outcomes, issue, extra: extra.into(), told: None };
        row.told = names::told(profile, raw.errors, &|at| row.given(at));
        row
    }

    fn status(&self) -> Status {
        let of_row = self.issue.as_ref().map_or(Status::Accepted, |issue| Status::of([issue]));
        self.outcomes.iter().map(Outcome::status).fold(of_row, Ord::max)
    }

    fn sign_in_names(&self, profile: &Profile) -> Vec<(usize, IdentityKey)> {
        cell::sign_in_names(profile, |at| self.outcomes.get(at)?.accepted_text())
    }

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

/// What there is to say of rows that have a sign-in name in common: row, column and issue.
fn doubles(profile: &Profile, holders: &[(u32, usize)], number: impl Fn(u32) -> u32) -> Vec<(u32, usize, Issue)> {
    // A row names the first of all others.
    let numbers: Vec<u32> = holders.iter().take(DUPLICATES_NAMED + 1).map(|(row, _)| number(*row)).collect();
    let issue = |(place, (row, at)): (usize, &(u32, usize))| {
        let others = numbers.iter().enumerate().filter(|(other, _)| *other != place).map(|(_, number)| *number);
        (*row, *at, duplicate(profile.columns()[*at].field, others, holders.len() - 1))
    };
    holders.iter().enumerate().map(issue).collect()
}

/// A row of a sheet, checked.
enum Seen {
    /// It is accepted as it stands, and can be read again from where it begins.
    Plain {
        began: u32,
        line: u32,
    },
    Checked(Box<Row>),
}

/// A row that is accepted as it stands, read again and checked cell by cell.
fn plain(reading: &Reading<'_>, profile: &Profile, at: usize, began: u32, line: u32) -> Row {
    let mut cells = Vec::new();
    reading.rows.again(began, line, &mut cells);
    let raw = RawRow { line, cells: &cells, number: None, errors: "", first: at == 0, began: Some(began) };
    Row::of(reading, profile, &raw, u32::try_from(at).unwrap_or(u32::MAX))
}

/// A sheet that was read and checked. Of the rows that are accepted as they stand nothing is kept but where they are.
pub(crate) struct Scan<'a, 'p> {
    profile: &'p Profile,
    reading: Reading<'a>,
    rows: Vec<Seen>,
}

impl<'a, 'p> Scan<'a, 'p> {
    /// Reads and checks a sheet.
    fn new(mut reading: Reading<'a>, profile: &'p Profile, glances: bool) -> Self {
        let mut numbers = RowNumbers::default();
        let mut votes = Votes::default();
        // The first rows are judged once it is known how addresses are made.
        let (mut convention, mut judged_later) = (None, 0);
        let mut glance = Glance::new(profile);
        // Rows are seldom shorter.
        let limit = usize::try_from(profile.row_limit()).unwrap_or(usize::MAX);
        let about = (reading.rows.size() / SHORT_ROW).min(limit);
        let mut keys = Keys::with_capacity(about);
        let mut rows: Vec<Seen> = Vec::with_capacity(about);
        each_row(&mut reading, profile, |reading, raw| {
            let position = u32::try_from(rows.len()).unwrap_or(u32::MAX);
            let counted = votes.are_counted();
            if counted && convention.is_none() {
                convention = Some(votes.convention());
            }
            if let Some(began) = raw.began.filter(|_| glances && glance.accepts(reading, raw.cells)) {
                let names = glance.names(reading, raw.cells);
                let swapped = || {
                    let of_sheet = names.zip(convention.flatten());
                    of_sheet.is_some_and(|(names, convention)| names::seem_swapped(names, convention))
                };
                if !counted || !swapped() {
                    if !counted {
                        votes.names(names);
                        judged_later += 1;
                    }
                    let (email, username) = glance.sign_in_names(reading, raw.cells);
                    keys.hold(position, email, username);
                    rows.push(Seen::Plain { began, line: raw.line });
                    return;
                }
            }
            let mut row = Row::of(reading, profile, raw, position);
            if raw.began.is_none() {
                numbers.read(raw.number);
            }
            if counted {
                suggest_names(profile, convention.flatten(), &mut row);
            } else {
                votes.row(profile, &|at| row.given(at));
                judged_later += 1;
            }
            // What is suggested for names changes nothing about who signs in with what.
            keys.hold_keys(position, &row.sign_in_names(profile));
            rows.push(Seen::Checked(Box::new(row)));
        });
        let mut scan = Self { profile, reading, rows };
        scan.suggest_names(votes.convention(), judged_later);
        for (row, number) in scan.rows.iter_mut().zip(numbers.finish()) {
            if let Seen::Checked(row) = row {
                row.row = number;
            }
        }
        scan.note_doubles(&keys);
        scan
    }

    /// Judges the names of the first rows.
    fn suggest_names(&mut self, convention: Option<Convention>, first: usize) {
        let glance = Glance::new(self.profile);
        let mut cells = Vec::new();
        for at in 0..first {
            if let Seen::Plain { began, line } = self.rows[at] {
                let Some(convention) = convention else { continue };
                self.reading.rows.again(began, line, &mut cells);
                let names = glance.names(&self.reading, &cells);
                if !names.is_some_and(|names| names::seem_swapped(names, convention)) {
                    continue;
                }
            }
            let profile = self.profile;
            suggest_names(profile, convention, self.row_mut(at));
        }
    }

    /// Says of rows that others have their sign-in names too.
    fn note_doubles(&mut self, keys: &Keys) {
        for holders in keys.doubles() {
            let number = |row: u32| match &self.rows[row as usize] {
                Seen::Plain { .. } => row + 1,
                Seen::Checked(checked) => checked.row,
            };
            for (row, at, issue) in doubles(self.profile, &holders, number) {
                self.row_mut(row as usize).outcomes[at].issues.push(issue);
            }
        }
    }

    /// A row with what is said of its cells.
    fn row_mut(&mut self, at: usize) -> &mut Row {
        if let Seen::Plain { began, line } = self.rows[at] {
            self.rows[at] = Seen::Checked(Box::new(plain(&self.reading, self.profile, at, began, line)));
        }
        match &mut self.rows[at] {
            Seen::Checked(row) => row,
            Seen::Plain { .. } => unreachable!("it was checked just now"),
        }
    }

    /// A byte for each row.
    fn verdicts(&self) -> Vec<u8> {
        let verdict = |row: &Seen| match row {
            Seen::Plain { .. } => Status::Accepted.as_byte(),
            Seen::Checked(row) => row.status().as_byte(),
        };
        self.rows.iter().map(verdict).collect()
    }

    /// The rows that a report lists.
    fn each(self, wanted: Rows, mut give: impl FnMut(CheckedRow)) {
        let profile = self.profile;
        let assembled = |row: Row| {
            let extra = row.extra;
            let row = assemble(profile, &self.reading.places, row.row, row.line, row.outcomes, row.issue);
            CheckedRow { extra, ..row }
        };
        for (at, row) in self.rows.into_iter().enumerate() {
            match row {
                Seen::Checked(row) if wanted == Rows::All || row.status() != Status::Accepted => give(assembled(*row)),
                Seen::Plain { began, line } if wanted == Rows::All => {
                    give(assembled(plain(&self.reading, profile, at, began, line)));
                }
                Seen::Checked(_) | Seen::Plain { .. } => {}
            }
        }
    }

    fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for row in &self.rows {
            counts.add(match row {
                Seen::Plain { .. } => Status::Accepted,
                Seen::Checked(row) => row.status(),
            });
        }
        counts
    }
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
    with_scan(opened, profile, mapping, |scan| match scan {
        Ok(mut scan) => {
            let (counts, issues) = (scan.counts(), std::mem::take(&mut scan.reading.issues));
            let source = scan.reading.source.clone();
            let mut rows = Vec::with_capacity(scan.rows.len());
            scan.each(Rows::All, |row| rows.push(row));
            Report { profile: profile.clone(), source, counts, issues, rows }
        }
        Err(Unread { source, issue }) => {
            let counts = Counts::default();
            Report { profile: profile.clone(), source, counts, issues: vec![issue], rows: Vec::new() }
        }
    })
}

/// Checks a sheet; answers the report's canonical JSON without having all of it at once.
pub(crate) fn check_json(
    opened: Result<Opened<'_>, Box<Unread>>,
    profile: &Profile,
    mapping: &Mapping,
    rows: Rows,
) -> String {
    with_scan(opened, profile, mapping, |scan| match scan {
        Ok(mut scan) => {
            let (counts, issues) = (scan.counts(), std::mem::take(&mut scan.reading.issues));
            let source = scan.reading.source.clone();
            report::write(profile, &source, counts, &issues, |out| {
                out.push('[');
                let mut first = true;
                scan.each(rows, |row| {
                    if !std::mem::take(&mut first) {
                        out.push(',');
                    }
                    row.write(out);
                });
                out.push(']');
            })
        }
        Err(Unread { source, issue }) => {
            report::write(profile, &source, Counts::default(), &[issue], |out| json::list(out, [(); 0], |_, ()| {}))
        }
    })
}

/// Checks a sheet; answers a byte for each row.
pub(crate) fn verdicts(opened: Result<Opened<'_>, Box<Unread>>, profile: &Profile) -> Vec<u8> {
    let verdicts = |scan: Result<Scan<'_, '_>, Unread>| scan.map(|scan| scan.verdicts()).unwrap_or_default();
    with_scan(opened, profile, &Mapping::default(), verdicts)
}

fn with_scan<T>(
    opened: Result<Opened<'_>, Box<Unread>>,
    profile: &Profile,
    mapping: &Mapping,
    then: impl FnOnce(Result<Scan<'_, '_>, Unread>) -> T,
) -> T {
    let opened = match opened {
        Ok(opened) => opened,
        Err(unread) => return then(Err(*unread)),
    };
    match detect::read(&opened, profile, mapping) {
        Ok(reading) => then(Ok(Scan::new(reading, profile, true))),
        Err(unread) => then(Err(*unread)),
    }
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
    let mut rows: Vec<Row> = (1_u32..)
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
    let mut keys = Keys::with_capacity(rows.len());
    for (position, row) in (0..).zip(&rows) {
        keys.hold_keys(position, &row.sign_in_names(profile));
    }
    for holders in keys.doubles() {
        for (row, at, issue) in doubles(profile, &holders, |row| rows[row as usize].row) {
            rows[row as usize].outcomes[at].issues.push(issue);
        }
    }
    let mut counts = Counts::default();
    let checked = |row: Row| {
        let row = assemble(profile, &places, row.row, row.line, row.outcomes, row.issue);
        counts.add(row.status);
        row
    };
    let rows = rows.into_iter().map(checked).collect();
    let source = Source { columns, ..Source::nothing_read("json") };
    Report { profile: profile.clone(), source, counts, issues, rows }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The report with and without glances.
    fn both(sheet: &str, profile: &Profile) -> [(Vec<u8>, Vec<CheckedRow>); 2] {
        [true, false].map(|glances| {
            let Ok(opened) = detect::open(sheet.as_bytes(), profile) else { return Default::default() };
            let Ok(reading) = detect::read(&opened, profile, &Mapping::default()) else { return Default::default() };
            let scan = Scan::new(reading, profile, glances);
            let (verdicts, mut rows) = (scan.verdicts(), Vec::new());
            scan.each(Rows::All, |row| rows.push(row));
            (verdicts, rows)
        })
    }

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => "(ana|bo|li|cy|Diaz|Odd|Jos\u{e9}|Stone)",
            6 => "(ana|bo|li|cy)\\.(diaz|odd|stone)[0-9]?@(x\\.de|X\\.de|gmail\\.com|gmial\\.com)",
            2 => "\\+34600123[0-9]{3}",
            1 => "(Technician|Standard|Nobody|Technician; Standard)",
            1 => "[ '=\"a-c,;\n]{0,3}",
            1 => Just(String::new()),
        ]
    }

    fn sheet() -> impl Strategy<Value = String> {
        let row = prop_oneof![
            8 => ("(Ana|Bo|Cy|Eve)", "(Diaz|Odd|Stone|Li)", 0..40_u8, any::<bool>()).prop_map(|(first, last, n, swapped)| {
                let email = format!("{first}.{last}{n}@x.de").to_lowercase();
                let (first, last) = if swapped && n % 4 == 0 { (last, first) } else { (first, last) };
                format!("{first};{last};{email};+34600123456;Technician\n")
            }),
            3 => proptest::collection::vec(cell(), 0..7).prop_map(|cells| cells.join(";") + "\n"),
        ];
        let header = prop_oneof![
            Just("First name;Last name;Email;Phone;Role\n"),
            Just("Vorname;Nachname;Email;Username;Role\n"),
            Just("")
        ];
        (header, proptest::collection::vec(row, 0..40)).prop_map(|(header, rows)| header.to_owned() + &rows.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn glances_change_nothing(sheet in sheet(), more in 0..2_usize) {
            // Beyond the rows by which it is judged how addresses are made.
            let rest = sheet.split_once('\n').map_or("", |(_, rest)| rest);
            let sheet = format!("{sheet}{}", rest.repeat(more * 40));
            for id in Profile::built_in_ids() {
                let [with, without] = both(&sheet, &Profile::built_in(id).unwrap());
                prop_assert_eq!(with, without, "{}", id);
            }
        }
    }
}
