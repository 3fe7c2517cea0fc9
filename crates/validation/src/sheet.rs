//! A sheet in an editor: an edit checks again only what it touches, duplicates included.
//!
//! Rows are named by their position in the sheet as it is now. Documents go out as JSON; `wasm-validator` says their
//! types in TypeScript.

use std::{
    collections::{BTreeSet, HashMap, HashSet, hash_map::Entry},
    mem,
};

use crate::{
    CheckedRow, Counts, Field, Issue, Profile, RefusedTable, Report, Rows, Source, Status, Value,
    cell::{self, Corrections, Input, Outcome},
    code, detect,
    detect::{Mapping, Opened, Unread},
    engine,
    glance::{Accepted, Glance},
    identity::IdentityKey,
    json::{self, read::Read as _},
    names::{self, Convention, Suggestion, Told, Votes},
    profile::Rule,
    refused::{self, RowNumbers},
    report,
    table::{self, Reader},
    text,
};

/// Sample values that are kept of each column.
const SAMPLES: usize = 3;
/// Most characters of a sample value.
const SAMPLE_LENGTH: usize = 60;
/// Most edits that can be undone.
const HISTORY: usize = 200;

/// A mapping that is no JSON of the expected form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a mapping of columns: {0}")]
pub struct MappingError(String);

impl MappingError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        "mapping_not_valid"
    }
}

fn parse_mapping(mapping: Option<&str>) -> Result<Mapping, MappingError> {
    match mapping {
        Some(json) => json::read::parse(json).and_then(Mapping::read).map_err(MappingError),
        None => Ok(Mapping::default()),
    }
}

/// Which rows are meant.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// The refused ones.
    Problems,
    /// The corrected ones.
    Corrected,
    /// Those that are not refused and name no role.
    WithoutRole,
}

impl Filter {
    /// The filter of that name: `all`, `problems`, `corrected`, `without_role`.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        match name {
            "all" => Some(Self::All),
            "problems" => Some(Self::Problems),
            "corrected" => Some(Self::Corrected),
            "without_role" => Some(Self::WithoutRole),
            _ => None,
        }
    }
}

/// What an edit changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Positions of the rows whose text, status or issues changed, ascending.
    pub changed: Vec<u32>,
    counts: Counts,
    without_role: u32,
}

impl Change {
    /// JSON: `{"changed":[…],"counts":{…}}`.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        json::Object::write(&mut out, |object| {
            json::list(object.key("changed"), &self.changed, |out, position| json::number(out, u64::from(*position)));
            write_counts(object.key("counts"), self.counts, self.without_role);
        });
        out
    }
}

/// What was given for a cell.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
enum Given {
    #[default]
    Nothing,
    Text(Box<str>),
    Names(Box<[String]>),
}

impl Given {
    fn text(text: &str) -> Self {
        if text.is_empty() { Self::Nothing } else { Self::Text(text.into()) }
    }

    fn value(value: &Value) -> Self {
        match value {
            Value::Text(text) => Self::text(text),
            Value::List(names) => Self::names(names),
        }
    }

    fn names(names: &[String]) -> Self {
        if names.is_empty() { Self::Nothing } else { Self::Names(names.into()) }
    }

    fn input(&self) -> Input<'_> {
        match self {
            Self::Nothing => Input::Text(""),
            Self::Text(text) => Input::Text(text),
            Self::Names(names) => Input::Names(names),
        }
    }

    fn to_value(&self) -> Option<Value> {
        match self {
            Self::Nothing => None,
            given => Some(given.input().to_value()),
        }
    }
}

/// What a person keeps of a cell although something else is suggested.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Kept {
    #[default]
    Nothing,
    /// What is valid, but doubted.
    Meaning,
    /// Every character.
    Characters,
}

#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Cell {
    given: Given,
    kept: Kept,
    /// Its quotation marks are not closed.
    broken: bool,
    /// What is said of it; nothing if it is accepted as given.
    said: Option<Box<Outcome>>,
}

impl Cell {
    fn checked(profile: &Profile, at: usize, given: Given, kept: Kept, broken: bool) -> Self {
        let column = &profile.columns()[at];
        let corrections = match kept {
            Kept::Nothing => Corrections::Made,
            Kept::Meaning => Corrections::WithoutSuggestions,
            Kept::Characters => Corrections::Refused,
        };
        let mut outcome = cell::check(profile, column, given.input(), corrections);
        if broken {
            engine::mark_broken(&mut outcome, column, given.input());
        }
        let as_given = outcome.issues.is_empty()
            && match (&given, &outcome.value) {
                (Given::Nothing, None) => true,
                (Given::Text(given), Some(Value::Text(text))) => **given == **text,
                (Given::Names(given), Some(Value::List(names))) => **given == **names,
                _ => false,
            };
        let said = if as_given { None } else { Some(Box::new(outcome)) };
        Self { given, kept, broken, said }
    }

    /// A cell as it was read. What is plain is told at a glance.
    fn read(glance: &mut Glance<'_>, profile: &Profile, at: usize, cell: Option<&table::Cell<'_>>) -> Self {
        let text = cell.map_or("", |cell| &*cell.text);
        let broken = cell.is_some_and(|cell| cell.broken);
        let accepted = if text.is_empty() || broken { None } else { glance.cell(at, text) };
        let given = Given::text(text);
        let said = match accepted {
            Some(Accepted::AsGiven) => None,
            Some(Accepted::As(value)) if !matches!(value, Some(Value::Text(value)) if *value == *text) => {
                Some(Box::new(Outcome { value: value.cloned(), issues: Vec::new() }))
            }
            Some(Accepted::As(_)) => None,
            None => return Self::checked(profile, at, given, Kept::Nothing, broken),
        };
        Self { given, kept: Kept::Nothing, broken, said }
    }

    fn status(&self) -> Status {
        self.said.as_ref().map_or(Status::Accepted, |said| said.status())
    }

    fn issues(&self) -> &[Issue] {
        self.said.as_ref().map_or(&[], |said| &said.issues)
    }

    fn accepted_text(&self) -> Option<&str> {
        match (&self.said, &self.given) {
            (Some(said), _) => said.accepted_text(),
            (None, Given::Text(text)) => Some(text),
            (None, _) => None,
        }
    }

    fn value(&self) -> Option<Value> {
        match &self.said {
            Some(said) => said.value.clone(),
            None => self.given.to_value(),
        }
    }

    /// As its row's names are judged by.
    fn as_name(&self) -> names::Given<'_> {
        let text = match (&self.said, &self.given) {
            (Some(said), _) => match &said.value {
                Some(Value::Text(text)) => text,
                _ => "",
            },
            (None, Given::Text(text)) => text,
            (None, _) => "",
        };
        names::Given { text, status: self.status(), kept: self.kept != Kept::Nothing }
    }

    fn has_value(&self) -> bool {
        match &self.said {
            Some(said) => said.value.as_ref().is_some_and(|value| !value.is_empty()),
            None => self.given != Given::Nothing,
        }
    }

    fn outcome(&self) -> Outcome {
        match &self.said {
            Some(said) => Outcome::clone(said),
            None => Outcome { value: self.given.to_value(), issues: Vec::new() },
        }
    }
}

#[derive(Debug, Clone)]
struct Row {
    row: u32,
    line: u32,
    cells: Box<[Cell]>,
    /// What is wrong with the row as such.
    issue: Option<Box<Issue>>,
    /// What stands beyond the last column.
    extra: Box<[String]>,
    told: Told,
    /// The status without regard to other rows.
    own: Status,
    /// How many of its sign-in names other rows have too.
    duplicates: u8,
}

impl Row {
    fn judge(&mut self, profile: &Profile, convention: Option<Convention>) {
        let of_row = self.issue.as_ref().map_or(Status::Accepted, |issue| Status::of([&**issue]));
        self.own = self.cells.iter().map(Cell::status).fold(of_row, Ord::max);
        if self.own != Status::Refused && self.suggestion(profile, convention).is_some() {
            self.own = Status::Refused;
        }
    }

    /// What is suggested for its names.
    fn suggestion(&self, profile: &Profile, convention: Option<Convention>) -> Option<Suggestion> {
        names::suggestion(profile, convention, &self.told, &|at| self.cells.get(at).map(Cell::as_name))
    }

    /// What stands beyond the last column, unless that was settled.
    fn beyond(&self) -> &[String] {
        if self.issue.is_some() { &self.extra } else { &[] }
    }

    fn status(&self) -> Status {
        if self.duplicates > 0 { Status::Refused } else { self.own }
    }
}

/// The rows that have a sign-in name: nearly always one.
#[derive(Debug, Clone)]
enum Holders {
    One(u32),
    Many(BTreeSet<u32>),
}

/// A step that was taken, as what takes it back.
#[derive(Debug, Clone)]
enum Step {
    /// Cells as they were.
    Cells(Vec<(u32, usize, Cell)>),
    /// A row's own issue as it was.
    RowIssue(u32, Option<Box<Issue>>),
    /// Rows that were removed, with their positions, ascending.
    Insert(Vec<(u32, u32)>),
    /// Rows that were added.
    Remove(Vec<u32>),
}

/// A sheet in an editor.
#[derive(Debug, Clone)]
pub struct Sheet {
    profile: Profile,
    source: Source,
    /// The worksheets that there are to choose from, with the numbers of their rows.
    sheets: Vec<(String, usize)>,
    issues: Vec<Issue>,
    places: Vec<Option<usize>>,
    samples: Vec<Vec<String>>,
    /// It was not read but is typed in.
    blank: bool,
    /// Rows by their number, which never changes. Removed ones stay, so that they can come back.
    rows: Vec<Row>,
    /// How the addresses of the sheet are made of names, as it was read.
    convention: Option<Convention>,
    /// The greatest number that a row goes by.
    last_row: u32,
    /// Numbers by position.
    order: Vec<u32>,
    /// Positions by number; those of removed rows mean nothing.
    positions: Vec<u32>,
    /// Rows by the sign-in names in them.
    holders: HashMap<IdentityKey, Holders>,
    /// Names that came to have other holders since the last answer: what is said of those rows changed.
    touched: HashSet<IdentityKey>,
    counts: Counts,
    without_role: u32,
    /// For each of the profile's columns, in how many rows something is given.
    filled: Vec<u32>,
    from_file: u32,
    undo: Vec<Vec<Step>>,
    redo: Vec<Vec<Step>>,
    changed: Vec<u32>,
}

impl Sheet {
    /// Reads a sheet. `mapping`, JSON, overrides what is found out about it:
    /// `{"sheet":"People","header":true,"delimiter":";","columns":["email",null,"first_name"]}`, each member optional. A
    /// sheet that cannot be read has no rows and says why.
    ///
    /// # Errors
    /// [`MappingError`].
    pub fn parse(bytes: &[u8], profile: &Profile, mapping: Option<&str>) -> Result<Self, MappingError> {
        let mapping = parse_mapping(mapping)?;
        Ok(Self::read(detect::open(bytes, profile), profile, &mapping))
    }

    /// Reads the sheets of a workbook that was unpacked: [`rollcall_xlsx::tables`].
    ///
    /// # Errors
    /// [`MappingError`].
    pub fn parse_tables(tables: &[u8], profile: &Profile, mapping: Option<&str>) -> Result<Self, MappingError> {
        let mapping = parse_mapping(mapping)?;
        Ok(Self::read(detect::open_tables(tables, profile), profile, &mapping))
    }

    fn read(opened: Result<Opened<'_>, Box<Unread>>, profile: &Profile, mapping: &Mapping) -> Self {
        let mut sheet = Self::empty(profile);
        let unreadable =
            |sheet: Self, unread: Unread| Self { source: unread.source, issues: vec![unread.issue], ..sheet };
        let opened = match opened {
            Ok(opened) => opened,
            Err(unread) => return unreadable(sheet, *unread),
        };
        sheet.sheets = detect::sheets(&opened);
        let mut reading = match detect::read(&opened, profile, mapping) {
            Ok(reading) => reading,
            Err(unread) => return unreadable(sheet, *unread),
        };
        sheet.samples = vec![Vec::new(); reading.source.columns.len()];
        let mut numbers = RowNumbers::default();
        let mut votes = Votes::default();
        let mut glance = Glance::new(profile);
        let limit = usize::try_from(profile.row_limit()).unwrap_or(usize::MAX);
        let about = (reading.rows.size() / engine::SHORT_ROW).min(limit);
        sheet.rows.reserve(about);
        sheet.holders.reserve(about);
        // The first rows are judged once it is known how addresses are made.
        let mut judged_later = None;
        engine::each_row(&mut reading, profile, |reading, raw| {
            for (samples, cell) in sheet.samples.iter_mut().zip(raw.cells) {
                if samples.len() < SAMPLES && !text::is_all_blank(&cell.text) {
                    samples.push(cell.text.trim_matches(text::is_blank).chars().take(SAMPLE_LENGTH).collect());
                }
            }
            let cells: Box<[Cell]> = (0..profile.columns().len())
                .map(|at| Cell::read(&mut glance, profile, at, raw.cell(reading, at)))
                .collect();
            if votes.are_counted() {
                if judged_later.is_none() {
                    judged_later = Some(sheet.order.len());
                    sheet.convention = votes.convention();
                }
            } else {
                votes.row(profile, &|at| cells.get(at).map(Cell::as_name));
            }
            let (issue, extra) = raw.judged(reading, profile);
            numbers.read(raw.number);
            let id = sheet.append(raw.line, cells, issue.map(Box::new));
            sheet.tell(id, raw.errors);
            sheet.at_mut(id).extra = extra.into();
        });
        for (row, number) in sheet.rows.iter_mut().zip(numbers.finish()) {
            row.row = number;
            sheet.last_row = sheet.last_row.max(number);
        }
        sheet.follow(votes.convention(), judged_later.unwrap_or(sheet.order.len()));
        sheet.source = reading.source;
        sheet.issues = reading.issues;
        sheet.places = reading.places;
        sheet.from_file = sheet.counts.rows;
        sheet.nothing_changed();
        sheet
    }

    /// Judges the names of the first rows by how the sheet's addresses are made of names.
    fn follow(&mut self, convention: Option<Convention>, first: usize) {
        self.convention = convention;
        if convention.is_none() {
            return;
        }
        for at in 0..first {
            let id = self.order[at];
            self.uncount(id);
            self.judge(id);
            self.count(id);
        }
    }

    /// Takes note of what was said of a row when it left.
    fn tell(&mut self, id: u32, errors: &str) {
        let row = self.at(id);
        let told = names::told(&self.profile, errors, &|at| row.cells.get(at).map(Cell::as_name));
        if told.is_some() {
            self.uncount(id);
            self.at_mut(id).told = told;
            self.judge(id);
            self.count(id);
        }
    }

    fn judge(&mut self, id: u32) {
        self.rows[id as usize].judge(&self.profile, self.convention);
    }

    /// A sheet of empty rows to type into.
    #[must_use]
    pub fn blank(profile: &Profile, rows: u32) -> Self {
        let mut sheet = Self::empty(profile);
        sheet.blank = true;
        sheet.append_empty(rows);
        sheet.nothing_changed();
        sheet
    }

    fn empty(profile: &Profile) -> Self {
        Self {
            profile: profile.clone(),
            source: Source::nothing_read("text"),
            sheets: Vec::new(),
            issues: Vec::new(),
            places: vec![None; profile.columns().len()],
            samples: Vec::new(),
            blank: false,
            rows: Vec::new(),
            convention: None,
            last_row: 0,
            order: Vec::new(),
            positions: Vec::new(),
            holders: HashMap::new(),
            touched: HashSet::new(),
            counts: Counts::default(),
            without_role: 0,
            filled: vec![0; profile.columns().len()],
            from_file: 0,
            undo: Vec::new(),
            redo: Vec::new(),
            changed: Vec::new(),
        }
    }

    /// How many rows there are of each status.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.counts
    }

    /// JSON: `{"accepted","corrected","refused","rows","without_role"}`.
    #[must_use]
    pub fn counts_json(&self) -> String {
        let mut out = String::new();
        write_counts(&mut out, self.counts, self.without_role);
        out
    }

    /// A byte for each row: 0 accepted, 1 corrected, 2 refused.
    #[must_use]
    pub fn statuses(&self) -> Vec<u8> {
        let byte = |id: &u32| match self.at(*id).status() {
            Status::Accepted => 0,
            Status::Corrected => 1,
            Status::Refused => 2,
        };
        self.order.iter().map(byte).collect()
    }

    /// Positions of the rows that a filter leaves.
    #[must_use]
    pub fn indices(&self, filter: Filter) -> Vec<u32> {
        (0..).zip(&self.order).filter(|(_, id)| self.passes(**id, filter)).map(|(position, _)| position).collect()
    }

    /// The next row that a filter leaves after (before) this one; from the start (the end) if there is no such one.
    #[must_use]
    pub fn next(&self, from: Option<u32>, filter: Filter, backwards: bool) -> Option<u32> {
        let passes = |position: &usize| self.passes(self.order[*position], filter);
        let from = from.and_then(|from| usize::try_from(from).ok());
        let found = if backwards {
            (0..from.unwrap_or(usize::MAX).min(self.order.len())).rev().find(passes)
        } else {
            (from.map_or(0, |from| from.saturating_add(1))..self.order.len()).find(passes)
        };
        found.and_then(|position| u32::try_from(position).ok())
    }

    /// How many rows were removed.
    #[must_use]
    pub fn removed_count(&self) -> u32 {
        let kept = self.order.iter().filter(|id| **id < self.from_file).count();
        self.from_file - u32::try_from(kept).unwrap_or_default()
    }

    /// What was read counts as the beginning.
    fn nothing_changed(&mut self) {
        self.changed.clear();
        self.touched.clear();
    }

    fn at(&self, id: u32) -> &Row {
        &self.rows[id as usize]
    }

    fn at_mut(&mut self, id: u32) -> &mut Row {
        &mut self.rows[id as usize]
    }

    fn id(&self, position: u32) -> Option<u32> {
        self.order.get(usize::try_from(position).ok()?).copied()
    }

    fn passes(&self, id: u32, filter: Filter) -> bool {
        let row = self.at(id);
        match filter {
            Filter::All => true,
            Filter::Problems => row.status() == Status::Refused,
            Filter::Corrected => row.status() == Status::Corrected,
            Filter::WithoutRole => row.status() != Status::Refused && self.lacks_role(row),
        }
    }

    fn lacks_role(&self, row: &Row) -> bool {
        let column = self.profile.role().column.and_then(|field| self.profile.column_of(field));
        !column.is_some_and(|at| row.cells[at].has_value())
    }

    // What is counted.

    fn count(&mut self, id: u32) {
        let row = self.at(id);
        let (status, lacks) = (row.status(), row.status() != Status::Refused && self.lacks_role(row));
        self.counts.add(status);
        self.without_role += u32::from(lacks);
    }

    fn uncount(&mut self, id: u32) {
        let row = self.at(id);
        let (status, lacks) = (row.status(), row.status() != Status::Refused && self.lacks_role(row));
        self.counts.subtract(status);
        self.without_role -= u32::from(lacks);
    }

    // Who has which sign-in name.

    fn sign_in_names(&self, id: u32) -> Vec<(usize, IdentityKey)> {
        cell::sign_in_names(&self.profile, |at| self.at(id).cells.get(at)?.accepted_text())
    }

    /// Another row comes to have (no longer has) a double.
    fn set_duplicates(&mut self, id: u32, up: bool) {
        self.uncount(id);
        let row = self.at_mut(id);
        row.duplicates = if up { row.duplicates.saturating_add(1) } else { row.duplicates.saturating_sub(1) };
        self.count(id);
    }

    /// Takes note of a row's sign-in names. The row is not counted at this time.
    fn hold(&mut self, id: u32) {
        let mut duplicates = 0;
        for (_, key) in self.sign_in_names(id) {
            let first = match self.holders.entry(key.clone()) {
                Entry::Vacant(vacant) => {
                    vacant.insert(Holders::One(id));
                    continue;
                }
                Entry::Occupied(mut holders) => match holders.get_mut() {
                    Holders::One(other) => {
                        let other = *other;
                        holders.insert(Holders::Many(BTreeSet::from([other, id])));
                        Some(other)
                    }
                    Holders::Many(others) => {
                        others.insert(id);
                        None
                    }
                },
            };
            duplicates += 1;
            self.touched.insert(key);
            if let Some(other) = first {
                self.set_duplicates(other, true);
            }
        }
        self.at_mut(id).duplicates = duplicates;
    }

    fn release(&mut self, id: u32) {
        for (_, key) in self.sign_in_names(id) {
            let last = match self.holders.get_mut(&key) {
                None => continue,
                Some(Holders::One(_)) => {
                    self.holders.remove(&key);
                    continue;
                }
                Some(Holders::Many(holders)) => {
                    holders.remove(&id);
                    if holders.len() == 1 { holders.first().copied() } else { None }
                }
            };
            if let Some(other) = last {
                self.holders.insert(key, Holders::One(other));
                self.set_duplicates(other, false);
                self.changed.push(other);
            } else {
                self.touched.insert(key);
            }
        }
        self.at_mut(id).duplicates = 0;
    }

    /// A row comes in.
    fn enter(&mut self, id: u32) {
        self.hold(id);
        self.count(id);
        self.count_filled(id, true);
    }

    /// A row goes.
    fn leave(&mut self, id: u32) {
        self.count_filled(id, false);
        self.uncount(id);
        self.release(id);
    }

    fn count_filled(&mut self, id: u32, up: bool) {
        for (filled, cell) in self.filled.iter_mut().zip(&self.rows[id as usize].cells) {
            if cell.given != Given::Nothing {
                *filled = if up { *filled + 1 } else { *filled - 1 };
            }
        }
    }

    fn append(&mut self, line: u32, cells: Box<[Cell]>, issue: Option<Box<Issue>>) -> u32 {
        let id = u32::try_from(self.rows.len()).unwrap_or(u32::MAX);
        self.last_row += 1;
        let mut row = Row {
            row: self.last_row,
            line,
            cells,
            issue,
            extra: Box::default(),
            told: None,
            own: Status::Accepted,
            duplicates: 0,
        };
        row.judge(&self.profile, self.convention);
        self.rows.push(row);
        self.positions.push(u32::try_from(self.order.len()).unwrap_or(u32::MAX));
        self.order.push(id);
        self.enter(id);
        id
    }

    fn append_empty(&mut self, rows: u32) -> Vec<u32> {
        let columns = self.profile.columns().len();
        // One more than the limit, so that going over it shows.
        let most = self.profile.row_limit().saturating_add(1).saturating_sub(self.counts.rows);
        let empty: Box<[Cell]> =
            (0..columns).map(|at| Cell::checked(&self.profile, at, Given::Nothing, Kept::Nothing, false)).collect();
        (0..rows.min(most))
            .map(|_| {
                let line = self.rows.last().map_or(1, |last| last.line + 1);
                self.append(line, empty.clone(), None)
            })
            .collect()
    }

    fn place_rows(&mut self) {
        for (position, id) in (0..).zip(&self.order) {
            self.positions[*id as usize] = position;
        }
    }

    // Steps. Each answers what takes it back.

    fn apply(&mut self, step: Step) -> Step {
        match step {
            Step::Cells(mut cells) => {
                // Backwards, so that a cell that comes twice ends as it began.
                cells.reverse();
                for (id, at, cell) in &mut cells {
                    self.swap_cell(*id, *at, cell);
                }
                Step::Cells(cells)
            }
            Step::RowIssue(id, mut issue) => {
                self.uncount(id);
                let row = self.at_mut(id);
                mem::swap(&mut row.issue, &mut issue);
                self.judge(id);
                self.count(id);
                self.changed.push(id);
                Step::RowIssue(id, issue)
            }
            Step::Insert(rows) => {
                let mut order = Vec::with_capacity(self.order.len() + rows.len());
                let mut old = mem::take(&mut self.order).into_iter();
                for (position, id) in &rows {
                    order.extend(old.by_ref().take((*position as usize).saturating_sub(order.len())));
                    order.push(*id);
                }
                order.extend(old);
                self.order = order;
                self.place_rows();
                for (_, id) in &rows {
                    self.enter(*id);
                    self.changed.push(*id);
                }
                Step::Remove(rows.into_iter().map(|(_, id)| id).collect())
            }
            Step::Remove(ids) => {
                let mut gone = vec![false; self.rows.len()];
                for id in &ids {
                    gone[*id as usize] = true;
                }
                let mut rows: Vec<(u32, u32)> =
                    (0..).zip(&self.order).filter(|(_, id)| gone[**id as usize]).map(|(at, id)| (at, *id)).collect();
                rows.sort_unstable();
                for (_, id) in &rows {
                    self.leave(*id);
                }
                self.order.retain(|id| !gone[*id as usize]);
                self.place_rows();
                self.changed.retain(|id| !gone[*id as usize]);
                Step::Insert(rows)
            }
        }
    }

    fn swap_cell(&mut self, id: u32, at: usize, cell: &mut Cell) {
        let field = self.profile.columns()[at].field;
        let signs_in = matches!(field, Field::Email | Field::Username)
            || self.profile.username().is_some_and(|rule| rule.domain == Some(field));
        self.uncount(id);
        if signs_in {
            self.release(id);
        }
        let row = &mut self.rows[id as usize];
        let before = row.cells[at].given != Given::Nothing;
        let after = cell.given != Given::Nothing;
        self.filled[at] = self.filled[at] + u32::from(after) - u32::from(before);
        mem::swap(&mut row.cells[at], cell);
        self.judge(id);
        if signs_in {
            self.hold(id);
        }
        self.count(id);
        self.changed.push(id);
    }

    /// Takes steps as one edit.
    fn edit(&mut self, steps: Vec<Step>) -> Change {
        let back: Vec<Step> = steps.into_iter().map(|step| self.apply(step)).collect();
        self.remember(back)
    }

    fn remember(&mut self, back: Vec<Step>) -> Change {
        if !back.is_empty() {
            self.undo.push(back);
            self.redo.clear();
            if self.undo.len() > HISTORY {
                self.undo.remove(0);
            }
        }
        self.change()
    }

    fn change(&mut self) -> Change {
        for key in mem::take(&mut self.touched) {
            match self.holders.get(&key) {
                Some(Holders::Many(holders)) => self.changed.extend(holders),
                Some(Holders::One(id)) => self.changed.push(*id),
                None => {}
            }
        }
        let mut changed: Vec<u32> = mem::take(&mut self.changed)
            .into_iter()
            .filter_map(|id| {
                let position = self.positions[id as usize];
                (self.id(position) == Some(id)).then_some(position)
            })
            .collect();
        changed.sort_unstable();
        changed.dedup();
        Change { changed, counts: self.counts, without_role: self.without_role }
    }

    /// Takes the last edit back.
    pub fn undo(&mut self) -> Change {
        let Some(steps) = self.undo.pop() else { return self.change() };
        let back = steps.into_iter().rev().map(|step| self.apply(step)).collect();
        self.redo.push(back);
        self.change()
    }

    /// Makes the edit again that was taken back last.
    pub fn redo(&mut self) -> Change {
        let Some(steps) = self.redo.pop() else { return self.change() };
        let back = steps.into_iter().rev().map(|step| self.apply(step)).collect();
        self.undo.push(back);
        self.change()
    }

    // Edits.

    fn typed(&self, at: usize, given: Given) -> Cell {
        Cell::checked(&self.profile, at, given, Kept::Nothing, false)
    }

    /// Typing into a row settles what was wrong with it as such.
    fn settled(&self, id: u32) -> Option<Step> {
        self.at(id).issue.is_some().then_some(Step::RowIssue(id, None))
    }

    /// Types into a cell. A field or position that is not there changes nothing.
    pub fn set_cell(&mut self, position: u32, field: &str, text: &str) -> Change {
        let Some((id, at)) = self.id(position).zip(self.column(field)) else { return self.change() };
        let cell = self.typed(at, Given::text(text));
        let steps = self.settled(id).into_iter().chain([Step::Cells(vec![(id, at, cell)])]).collect();
        self.edit(steps)
    }

    /// Keeps what was given instead of its correction or what is suggested. Where the rule does not take that, the row
    /// becomes or stays refused.
    pub fn refuse_correction(&mut self, position: u32, field: &str) -> Change {
        let Some((id, at)) = self.id(position).zip(self.column(field)) else { return self.change() };
        let cell = &self.at(id).cells[at];
        let doubted = cell.issues().iter().any(|issue| issue.code == code::EMAIL_DOMAIN_TYPO)
            || self.suggestion(id).is_some_and(|suggestion| suggestion.at == at);
        let kept = match cell.status() {
            _ if doubted => Kept::Meaning,
            Status::Corrected => Kept::Characters,
            _ => return self.change(),
        };
        let cell = Cell::checked(&self.profile, at, cell.given.clone(), kept, cell.broken);
        self.edit(vec![Step::Cells(vec![(id, at, cell)])])
    }

    /// Takes the correction that is suggested for a refused cell.
    pub fn take_correction(&mut self, position: u32, field: &str) -> Change {
        let Some((id, at)) = self.id(position).zip(self.column(field)) else { return self.change() };
        let cells = self.repaired(id, at, None);
        if cells.is_empty() {
            return self.change();
        }
        self.edit(vec![Step::Cells(cells)])
    }

    /// Takes the corrections of this kind in a column wherever they are suggested.
    pub fn fix_all(&mut self, code: &str, field: &str) -> Change {
        let Some(at) = self.column(field) else { return self.change() };
        let cells: Vec<_> = self.order.iter().flat_map(|id| self.repaired(*id, at, Some(code))).collect();
        if cells.is_empty() {
            return self.change();
        }
        self.edit(vec![Step::Cells(cells)])
    }

    fn suggestion(&self, id: u32) -> Option<Suggestion> {
        self.at(id).suggestion(&self.profile, self.convention)
    }

    /// Cells with what is suggested for this one: both names where it is about them.
    fn repaired(&self, id: u32, at: usize, code: Option<&str>) -> Vec<(u32, usize, Cell)> {
        let of_names = self.suggestion(id).filter(|suggestion| suggestion.at == at);
        match of_names.filter(|suggestion| code.is_none_or(|code| suggestion.issue.code == code)) {
            Some(suggestion) => suggestion.names.map(|(at, name)| (id, at, self.typed(at, Given::text(&name)))).into(),
            None => self.repaired_cell(id, at, code).map(|cell| (id, at, cell)).into_iter().collect(),
        }
    }

    fn repaired_cell(&self, id: u32, at: usize, code: Option<&str>) -> Option<Cell> {
        let cell = &self.at(id).cells[at];
        let fits = |issue: &&Issue| issue.is_error() && code.is_none_or(|code| issue.code == code);
        let suggested = cell.issues().iter().filter(fits).find_map(|issue| issue.correction.as_ref())?;
        let restored = cell.kept == Kept::Characters;
        let given = if restored { cell.given.clone() } else { Given::value(suggested) };
        Some(self.typed(at, given))
    }

    /// Removes rows.
    pub fn remove(&mut self, positions: &[u32]) -> Change {
        let ids: Vec<u32> = positions.iter().filter_map(|position| self.id(*position)).collect();
        if ids.is_empty() {
            return self.change();
        }
        self.edit(vec![Step::Remove(ids)])
    }

    /// Gives names to these rows, or to all.
    pub fn assign(&mut self, field: &str, names: &[String], positions: Option<&[u32]>) -> Change {
        let Some(at) = self.column(field) else { return self.change() };
        let is_list = self.profile.columns()[at].is_list();
        let given = match names {
            [one] if !is_list => Given::text(one),
            names => Given::names(names),
        };
        let cell = self.typed(at, given);
        let ids: Vec<u32> = match positions {
            Some(positions) => positions.iter().filter_map(|position| self.id(*position)).collect(),
            None => self.order.clone(),
        };
        if ids.is_empty() {
            return self.change();
        }
        self.edit(vec![Step::Cells(ids.into_iter().map(|id| (id, at, cell.clone())).collect())])
    }

    /// Pastes a block, as spreadsheets copy it, from a cell down and across these columns: the editor's own, in the
    /// order in which it shows them. Rows are added at the end as needed; cells beyond the last column are left out.
    pub fn paste(&mut self, position: u32, fields: &[impl AsRef<str>], block: &str) -> Change {
        let columns: Vec<Option<usize>> = fields.iter().map(|field| self.column(field.as_ref())).collect();
        if position > self.counts.rows || columns.iter().all(Option::is_none) {
            return self.change();
        }
        let mut reader = Reader::new(block, 1, Some('\t'));
        let mut read = Vec::new();
        let mut records: Vec<Vec<Given>> = Vec::new();
        while reader.next(&mut read).is_some() {
            records.push(read.iter().map(|cell| Given::text(&cell.text)).collect());
        }
        if records.is_empty() {
            return self.change();
        }
        let end = usize::try_from(position).unwrap_or(usize::MAX).saturating_add(records.len());
        let lacking = u32::try_from(end.saturating_sub(self.order.len())).unwrap_or(u32::MAX);
        let added = self.append_empty(lacking);
        let mut back = Vec::new();
        if !added.is_empty() {
            self.changed.extend(&added);
            back.push(Step::Remove(added));
        }
        let mut cells = Vec::new();
        let mut settled = Vec::new();
        for (record, position) in records.into_iter().zip(position..) {
            let Some(id) = self.id(position) else { break };
            settled.extend(self.settled(id));
            for (given, at) in record.into_iter().zip(&columns) {
                if let Some(at) = *at {
                    cells.push((id, at, self.typed(at, given)));
                }
            }
        }
        let steps: Vec<Step> = settled.into_iter().chain([Step::Cells(cells)]).collect();
        for step in steps {
            let step = self.apply(step);
            back.push(step);
        }
        self.remember(back)
    }

    /// Adds empty rows at the end.
    pub fn add_rows(&mut self, rows: u32) -> Change {
        let added = self.append_empty(rows);
        if added.is_empty() {
            return self.change();
        }
        self.changed.extend(&added);
        self.remember(vec![Step::Remove(added)])
    }

    fn column(&self, field: &str) -> Option<usize> {
        Field::parse(field).and_then(|field| self.profile.column_of(field))
    }

    // Documents.

    /// What there is to say of the file, as the sheet is now.
    fn file_issues(&self) -> Vec<Issue> {
        let mut issues: Vec<Issue> = self
            .issues
            .iter()
            .filter(|issue| match (issue.code, issue.field.and_then(|field| self.profile.column_of(field))) {
                (code::COLUMN_MISSING, Some(at)) => self.filled[at] == 0,
                (code::NO_ROWS | code::EMPTY, _) => self.counts.rows == 0,
                _ => true,
            })
            .cloned()
            .collect();
        let limit = self.profile.row_limit();
        if self.counts.rows > limit && issues.iter().all(|issue| issue.code != code::TOO_MANY_ROWS) {
            issues.insert(0, Issue::error(code::TOO_MANY_ROWS).with("limit", limit).with("rows", self.counts.rows));
        }
        issues
    }

    /// JSON: profile, source, worksheets, columns and fields, and what there is to say of the file.
    #[must_use]
    pub fn info_json(&self) -> String {
        let mut out = String::new();
        let columns = self.profile.columns();
        let samples =
            |index: Option<usize>| index.and_then(|index| self.samples.get(index)).map_or(&[][..], Vec::as_slice);
        let write_samples =
            |out: &mut String, index| json::list(out, samples(index), |out, text| json::string(out, text));
        json::Object::write(&mut out, |object| {
            json::list(object.key("columns"), columns.iter().zip(&self.places), |out, (column, place)| {
                json::Object::write(out, |object| {
                    object.string("field", column.field.as_str());
                    match place.and_then(|place| u64::try_from(place).ok()) {
                        Some(index) => object.number("index", index),
                        None => object.null("index"),
                    }
                    object.bool("required", column.required);
                    write_samples(object.key("samples"), *place);
                    let title =
                        place.and_then(|place| self.source.columns.get(place)).map(|column| column.title.as_str());
                    object.string("title", title.filter(|title| !title.is_empty()).unwrap_or(&column.title));
                });
            });
            json::list(object.key("fields"), columns, |out, column| {
                json::Object::write(out, |object| {
                    object.string("field", column.field.as_str());
                    let (multiple, options) = match column.rule {
                        Rule::List { list, multiple, .. } => (multiple, self.profile.list(list)),
                        _ => (false, None),
                    };
                    object.bool("multiple", multiple);
                    match options {
                        Some(options) => json::list(object.key("options"), options, |out, named| {
                            json::Object::write(out, |object| {
                                object.string("id", &named.id);
                                object.string("name", &named.name);
                            });
                        }),
                        None => object.null("options"),
                    }
                    object.bool("required", column.required);
                    object.string("title", &column.title);
                });
            });
            json::list(object.key("issues"), self.file_issues(), |out, issue| issue.write_with_message(out));
            object.bool("needs_role", self.profile.role().required_at_commit);
            report::write_profile(object.key("profile"), &self.profile);
            json::list(object.key("sheets"), &self.sheets, |out, (name, rows)| {
                json::Object::write(out, |object| {
                    object.string("name", name);
                    object.number("rows", u64::try_from(*rows).unwrap_or(u64::MAX));
                });
            });
            self.source.write(object.key("source"));
            let unmapped = self.source.columns.iter().filter(|column| column.field.is_none());
            json::list(object.key("unmapped"), unmapped, |out, column| {
                json::Object::write(out, |object| {
                    object.number("index", column.index.into());
                    write_samples(object.key("samples"), usize::try_from(column.index).ok());
                    object.string("title", &column.title);
                });
            });
        });
        out
    }

    /// JSON: the rows at these positions, with what is said of each cell.
    #[must_use]
    pub fn window_json(&self, positions: &[u32]) -> String {
        let mut out = String::new();
        let rows = positions.iter().filter_map(|position| Some((*position, self.id(*position)?)));
        json::list(&mut out, rows, |out, (position, id)| self.write_row(out, position, id));
        out
    }

    fn write_row(&self, out: &mut String, position: u32, id: u32) {
        let row = self.at(id);
        let mut more: Vec<(usize, Issue)> =
            self.suggestion(id).map(|suggestion| (suggestion.at, suggestion.issue)).into_iter().collect();
        more.extend(self.duplicates(id));
        let mut columns: Vec<usize> = (0..self.profile.columns().len()).collect();
        columns.sort_unstable_by_key(|at| self.profile.columns()[*at].field);
        json::Object::write(out, |object| {
            json::Object::write(object.key("cells"), |object| {
                for at in columns {
                    let cell = &row.cells[at];
                    let more = more.iter().filter(|(of, _)| *of == at).map(|(_, issue)| issue);
                    let value = cell.value();
                    if value.is_none() && cell.issues().is_empty() {
                        continue;
                    }
                    json::Object::write(object.key(self.profile.columns()[at].field.as_str()), |object| {
                        if cell.status() == Status::Corrected
                            && let Some(before) = cell.given.to_value()
                        {
                            json::value(object.key("before"), &before);
                        }
                        let issues = cell.issues().iter().chain(more);
                        json::list(object.key("issues"), issues, |out, issue| issue.write_with_message(out));
                        if cell.kept != Kept::Nothing {
                            object.bool("kept", true);
                        }
                        match &value {
                            Some(value) => json::value(object.key("value"), value),
                            None => object.string("value", ""),
                        }
                    });
                }
            });
            json::list(object.key("issues"), &row.issue, |out, issue| issue.write_with_message(out));
            object.number("line", row.line.into());
            object.number("position", position.into());
            object.number("row", row.row.into());
            object.string("status", row.status().as_str());
        });
    }

    /// The issues of a row's sign-in names that other rows have too.
    fn duplicates(&self, id: u32) -> Vec<(usize, Issue)> {
        if self.at(id).duplicates == 0 {
            return Vec::new();
        }
        let doubled = |(at, key): (usize, IdentityKey)| {
            let Some(Holders::Many(holders)) = self.holders.get(&key) else { return None };
            let others = holders.iter().filter(|other| **other != id).map(|other| self.at(*other).row);
            let field = self.profile.columns()[at].field;
            Some((at, engine::duplicate(field, others, holders.len() - 1)))
        };
        self.sign_in_names(id).into_iter().filter_map(doubled).collect()
    }

    fn checked_row(&self, id: u32) -> CheckedRow {
        let row = self.at(id);
        let mut outcomes: Vec<Outcome> = row.cells.iter().map(Cell::outcome).collect();
        if let Some(suggestion) = self.suggestion(id) {
            outcomes[suggestion.at].issues.push(suggestion.issue);
        }
        for (at, issue) in self.duplicates(id) {
            outcomes[at].issues.push(issue);
        }
        let issue = row.issue.as_deref().cloned();
        let extra = row.beyond().into();
        CheckedRow { extra, ..engine::assemble(&self.profile, &self.places, row.row, row.line, outcomes, issue) }
    }

    /// JSON: the rows that are not refused, as the API takes them, from the `start`-th of them on.
    #[must_use]
    pub fn records_json(&self, start: u32, count: u32) -> String {
        let good = self.order.iter().filter(|id| self.at(**id).status() != Status::Refused);
        let wanted = good.skip(start as usize).take(count as usize);
        let mut columns: Vec<usize> = (0..self.profile.columns().len()).collect();
        columns.sort_unstable_by_key(|at| self.profile.columns()[*at].field);
        let (before_row, after_row): (Vec<usize>, Vec<usize>) =
            columns.into_iter().partition(|at| self.profile.columns()[*at].field.as_str() < "row");
        let mut out = String::new();
        json::list(&mut out, wanted, |out, id| {
            let row = self.at(*id);
            let member = |object: &mut json::Object<'_>, at: &usize| {
                if let Some(value) = row.cells[*at].value().filter(|value| !value.is_empty()) {
                    json::value(object.key(self.profile.columns()[*at].field.as_str()), &value);
                }
            };
            json::Object::write(out, |object| {
                before_row.iter().for_each(|at| member(object, at));
                object.number("row", row.row.into());
                after_row.iter().for_each(|at| member(object, at));
            });
        });
        out
    }

    /// The report of the sheet as it is now: of one that nobody edited, the bytes that [`crate::check`] gives.
    #[must_use]
    pub fn report_json(&self, rows: Rows) -> String {
        let issues = self.file_issues();
        report::write(&self.profile, &self.source, self.counts, &issues, |out| {
            let listed = self.order.iter().filter(|id| rows == Rows::All || self.at(**id).status() != Status::Accepted);
            json::list(out, listed, |out, id| self.checked_row(*id).write(out));
        })
    }

    /// The refused rows as they are now, to be repaired and read again.
    #[must_use]
    pub fn refused_table(&self) -> RefusedTable {
        let refused = self.order.iter().filter(|id| self.at(**id).status() == Status::Refused);
        refused::refused_table(&self.report_of(refused))
    }

    /// The report of the sheet as it is now.
    #[must_use]
    pub fn report(&self) -> Report {
        self.report_of(self.order.iter())
    }

    fn report_of<'a>(&self, rows: impl Iterator<Item = &'a u32>) -> Report {
        Report {
            profile: self.profile.clone(),
            source: self.source.clone(),
            counts: self.counts,
            issues: self.file_issues(),
            rows: rows.map(|id| self.checked_row(*id)).collect(),
        }
    }
}

fn write_counts(out: &mut String, counts: Counts, without_role: u32) {
    json::Object::write(out, |object| {
        object.number("accepted", counts.accepted.into());
        object.number("corrected", counts.corrected.into());
        object.number("refused", counts.refused.into());
        object.number("rows", counts.rows.into());
        object.number("without_role", without_role.into());
    });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Lists, Named, Record, check, check_rows};

    const SHEET: &str = "First Name\tLast Name\tEmail\tPhone\n\
        Ana\tDiaz\tana@example.com\t34600123456\n\
        Bo \tLi\tbo@\t\n\
        Cy\tOdd\tcy@example.com\t'+34 600 123 457\n\
        Di\tOdd\tDI@example.com\t34600123458\n";

    fn profile() -> Profile {
        let roles = ["Viewer", "Editor"].map(|name| Named { id: name.to_lowercase(), name: name.into() });
        Profile::built_in("end-user").unwrap().effective(&Lists { roles: roles.to_vec(), ..Lists::default() })
    }

    fn sheet() -> Sheet {
        Sheet::parse(SHEET.as_bytes(), &profile(), None).unwrap()
    }

    fn codes(sheet: &Sheet, position: u32) -> Vec<&'static str> {
        sheet.checked_row(sheet.order[position as usize]).issues.iter().map(|issue| issue.code).collect()
    }

    #[test]
    fn a_sheet_that_nobody_edited_reports_what_check_reports() {
        let profile = profile();
        for text in [
            SHEET,
            "",
            " \n",
            "Email\n",
            "Ana,Diaz,ana@x.de\nBo,Li,ANA@x.de,,x\n",
            "PK\u{3}\u{4}",
            "Name;Mail\n\"A;a@b.de\n",
        ] {
            let sheet = Sheet::parse(text.as_bytes(), &profile, None).unwrap();
            for rows in [Rows::Issues, Rows::All] {
                assert_eq!(sheet.report_json(rows), check(text.as_bytes(), &profile).to_json(rows), "{text:?}");
            }
            assert_eq!(sheet.report(), check(text.as_bytes(), &profile));
        }
    }

    #[test]
    fn typing_checks_the_cell_and_counts() {
        let mut sheet = sheet();
        assert_eq!(sheet.statuses(), [2, 2, 1, 2]);
        let change = sheet.set_cell(1, "email", "bo@example.com");
        assert_eq!(change.changed, [1]);
        assert_eq!(sheet.statuses(), [2, 1, 1, 2]);
        assert_eq!(sheet.counts_json(), r#"{"accepted":0,"corrected":2,"refused":2,"rows":4,"without_role":2}"#);
    }

    #[test]
    fn a_duplicate_changes_the_rows_it_concerns_and_no_others() {
        let mut sheet = sheet();
        sheet.fix_all("phone_plus_lost", "phone");
        assert_eq!(sheet.statuses(), [0, 2, 1, 0]);
        let change = sheet.set_cell(3, "email", "ANA@example.com");
        assert_eq!(change.changed, [0, 3]);
        assert_eq!(sheet.statuses(), [2, 2, 1, 2]);
        assert_eq!(codes(&sheet, 0), ["duplicate_in_file"]);
        let change = sheet.remove(&[0]);
        assert_eq!(change.changed, [2]);
        assert_eq!(sheet.statuses(), [2, 1, 0]);
        let change = sheet.undo();
        assert_eq!(change.changed, [0, 3]);
        assert_eq!(sheet.statuses(), [2, 2, 1, 2]);
    }

    #[test]
    fn corrections_are_refused_and_taken() {
        let mut sheet = sheet();
        sheet.refuse_correction(2, "phone");
        assert_eq!((sheet.statuses()[2], codes(&sheet, 2)), (2, vec!["excel_apostrophe"]));
        sheet.take_correction(2, "phone");
        assert_eq!(sheet.statuses()[2], 1);
        sheet.take_correction(0, "phone");
        assert_eq!((sheet.statuses()[0], codes(&sheet, 0)), (0, vec![]));
        assert_eq!(sheet.fix_all("phone_plus_lost", "phone").changed, [3]);
        assert_eq!(sheet.fix_all("phone_plus_lost", "phone").changed, [0; 0]);
    }

    #[test]
    fn roles_are_assigned_to_some_or_all() {
        let mut sheet = sheet();
        sheet.set_cell(1, "email", "bo@example.com");
        assert_eq!(sheet.indices(Filter::WithoutRole), [1, 2]);
        sheet.assign("role", &["Viewer".into(), "editor".into()], Some(&[1]));
        assert_eq!(sheet.indices(Filter::WithoutRole), [2]);
        sheet.assign("role", &["Viewer".into()], None);
        assert_eq!(sheet.indices(Filter::WithoutRole), [0; 0]);
        assert_eq!(
            sheet.records_json(0, 1),
            r#"[{"email":"bo@example.com","first_name":"Bo","last_name":"Li","role":["Viewer"],"row":2}]"#
        );
        sheet.undo();
        assert_eq!(sheet.indices(Filter::WithoutRole), [2]);
    }

    #[test]
    fn a_block_is_pasted_and_rows_are_added() {
        let mut sheet = sheet();
        let change = sheet.paste(
            3,
            &["last_name", "email", "phone"],
            "Ode\td@example.com\t\nEve\teve@example.com\t+34600123459\n",
        );
        assert_eq!(change.changed, [3, 4]);
        assert_eq!(sheet.counts().rows, 5);
        assert_eq!(codes(&sheet, 4), ["required"]);
        sheet.undo();
        assert_eq!((sheet.counts().rows, sheet.statuses()), (4, vec![2, 2, 1, 2]));
        sheet.redo();
        assert_eq!((sheet.counts().rows, sheet.removed_count()), (5, 0));
    }

    #[test]
    fn the_next_problem_is_found_in_both_directions() {
        let sheet = sheet();
        assert_eq!(sheet.next(None, Filter::Problems, false), Some(0));
        assert_eq!(sheet.next(Some(1), Filter::Problems, false), Some(3));
        assert_eq!(sheet.next(Some(3), Filter::Problems, false), None);
        assert_eq!(sheet.next(Some(3), Filter::Problems, true), Some(1));
        assert_eq!(sheet.next(None, Filter::Corrected, true), Some(2));
    }

    #[test]
    fn typing_into_a_row_with_too_many_cells_settles_that() {
        let mut sheet = Sheet::parse(b"Email,First Name,Last Name\na@b.de,Ana,Diaz,Maria\n", &profile(), None).unwrap();
        assert_eq!(codes(&sheet, 0), ["too_many_cells"]);
        sheet.set_cell(0, "last_name", "Diaz");
        assert_eq!(sheet.statuses(), [0]);
        sheet.undo();
        assert_eq!(codes(&sheet, 0), ["too_many_cells"]);
    }

    #[test]
    fn a_missing_column_is_missing_until_something_is_typed_there() {
        let mut sheet = Sheet::parse(b"Email,First Name\na@b.de,Ana\n", &profile(), None).unwrap();
        assert!(sheet.info_json().contains("column_missing"));
        sheet.set_cell(0, "last_name", "Diaz");
        assert!(!sheet.info_json().contains("column_missing"));
        assert_eq!(sheet.statuses(), [0]);
    }

    #[test]
    fn a_blank_sheet_is_typed_into() {
        let mut sheet = Sheet::blank(&profile(), 2);
        assert_eq!(sheet.statuses(), [2, 2]);
        sheet.paste(0, &["first_name", "last_name", "email"], "Ana\tDiaz\tana@example.com");
        assert_eq!(sheet.statuses(), [0, 2]);
        assert!(sheet.info_json().contains(r#""issues":[]"#));
        assert_eq!(sheet.add_rows(1).changed, [2]);
    }

    #[test]
    fn a_block_goes_across_the_columns_that_are_shown() {
        let mut sheet = Sheet::blank(&profile(), 1);
        sheet.paste(0, &["email", "shoe_size", "role", "first_name"], "ana@example.com\t43\tViewer\tAna\tbeyond");
        sheet.paste(0, &["shoe_size"], "43\n44");
        sheet.set_cell(0, "last_name", "Diaz");
        assert_eq!(
            sheet.records_json(0, 9),
            r#"[{"email":"ana@example.com","first_name":"Ana","last_name":"Diaz","role":["Viewer"],"row":1}]"#
        );
    }

    #[test]
    fn a_person_maps_columns() {
        let mapping = r#"{"header":true,"columns":["last_name","first_name","email"]}"#;
        let sheet = Sheet::parse(SHEET.as_bytes(), &profile(), Some(mapping)).unwrap();
        assert!(sheet.records_json(0, 1).contains(r#""first_name":"Diaz","last_name":"Ana""#));
        let wrong = Sheet::parse(SHEET.as_bytes(), &profile(), Some(r#"{"columns":["shoe_size"]}"#));
        assert_eq!(wrong.map(|_| ()).unwrap_err().code(), "mapping_not_valid");
    }

    #[test]
    fn a_window_tells_all_about_a_row() {
        let sheet = sheet();
        insta::assert_snapshot!(sheet.window_json(&[2]), @r#"[{"cells":{"email":{"issues":[],"value":"cy@example.com"},"first_name":{"issues":[],"value":"Cy"},"last_name":{"issues":[],"value":"Odd"},"phone":{"before":"'+34 600 123 457","issues":[{"code":"excel_apostrophe","correction":"+34600123457","field":"phone","message":"Excel's apostrophe was removed","params":{"before":"'+34 600 123 457"},"severity":"warning"}],"value":"+34600123457"}},"issues":[],"line":4,"position":2,"row":3,"status":"corrected"}]"#);
    }

    #[derive(Debug, Clone)]
    enum Edit {
        Set(u32, &'static str, String),
        Refuse(u32, &'static str),
        Take(u32, &'static str),
        FixAll(&'static str, &'static str),
        Remove(Vec<u32>),
        Assign(Vec<String>, Option<Vec<u32>>),
        Paste(u32, &'static str, String),
        Add(u32),
        Undo,
        Redo,
    }

    fn field() -> impl Strategy<Value = &'static str> {
        prop_oneof![Just("email"), Just("phone"), Just("first_name"), Just("last_name"), Just("role")]
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[abAB]@x\\.de",
            Just("'+34 600 123 456".to_owned()),
            Just("34600123456".to_owned()),
            " ?[a-c]{0,2}",
            Just("Viewer; editor".to_owned()),
            Just("b@gmial.com".to_owned()),
            Just("Ana Diaz".to_owned()),
            Just("Diaz, Ana".to_owned()),
            Just("ana.diaz@x.de".to_owned()),
            prop_oneof![Just("Ana"), Just("Diaz")].prop_map(str::to_owned),
        ]
    }

    fn edit() -> impl Strategy<Value = Edit> {
        prop_oneof![
            4 => (0..8_u32, field(), text()).prop_map(|(at, field, text)| Edit::Set(at, field, text)),
            1 => (0..8_u32, field()).prop_map(|(at, field)| Edit::Refuse(at, field)),
            1 => (0..8_u32, field()).prop_map(|(at, field)| Edit::Take(at, field)),
            1 => prop_oneof![
                Just(Edit::FixAll("phone_plus_lost", "phone")),
                Just(Edit::FixAll("email_domain_typo", "email")),
                Just(Edit::FixAll("names_swapped", "first_name")),
                Just(Edit::FixAll("full_name_in_one_cell", "last_name")),
            ],
            1 => proptest::collection::vec(0..8_u32, 0..4).prop_map(Edit::Remove),
            1 => (proptest::collection::vec(text(), 0..2), proptest::option::of(proptest::collection::vec(0..8_u32, 0..3)))
                .prop_map(|(names, at)| Edit::Assign(names, at)),
            1 => (0..9_u32, field(), proptest::collection::vec(text(), 1..4))
                .prop_map(|(at, field, texts)| Edit::Paste(at, field, texts.join("\t"))),
            1 => (0..3_u32).prop_map(Edit::Add),
            2 => Just(Edit::Undo),
            1 => Just(Edit::Redo),
        ]
    }

    fn perform(sheet: &mut Sheet, edit: &Edit) {
        match edit {
            Edit::Set(at, field, text) => sheet.set_cell(*at, field, text),
            Edit::Refuse(at, field) => sheet.refuse_correction(*at, field),
            Edit::Take(at, field) => sheet.take_correction(*at, field),
            Edit::FixAll(code, field) => sheet.fix_all(code, field),
            Edit::Remove(at) => sheet.remove(at),
            Edit::Assign(names, at) => sheet.assign("role", names, at.as_deref()),
            Edit::Paste(at, field, text) => {
                let shown = ["email", "first_name", "last_name", "phone", "role"];
                let from = shown.iter().position(|name| name == field).unwrap_or(0);
                sheet.paste(*at, &shown[from..], text)
            }
            Edit::Add(rows) => sheet.add_rows(*rows),
            Edit::Undo => sheet.undo(),
            Edit::Redo => sheet.redo(),
        };
    }

    /// A sheet whose addresses are made of names.
    fn sheet_by_name() -> Sheet {
        let text = "First Name\tLast Name\tEmail\nAna\tDiaz\tana.diaz@x.de\nBo\tLi\tbo.li@x.de\n\
            Odd\tCy\tcy.odd@x.de\nDi\tOdd\tdi.odd@x.de\nEve\tStone\teve.stone@gmial.com\nEd Odd\t\te@x.de\n\
            Flo\tHill\tflo.hill@x.de\n";
        Sheet::parse(text.as_bytes(), &profile(), None).unwrap()
    }

    /// The same cells, checked as if they were read just now.
    fn anew(sheet: &Sheet) -> Sheet {
        let mut fresh = Sheet { convention: sheet.convention, ..Sheet::empty(&sheet.profile) };
        for id in &sheet.order {
            let row = sheet.at(*id);
            let cells = (0..)
                .zip(&row.cells)
                .map(|(at, cell)| Cell::checked(&sheet.profile, at, cell.given.clone(), cell.kept, cell.broken));
            let id = fresh.append(row.line, cells.collect(), row.issue.clone());
            fresh.at_mut(id).row = row.row;
            fresh.at_mut(id).told.clone_from(&row.told);
            fresh.uncount(id);
            fresh.judge(id);
            fresh.count(id);
        }
        fresh
    }

    /// What checking the rows says to a program.
    fn by_program(sheet: &Sheet) -> Report {
        let fields: Vec<Field> = sheet.profile.fields().collect();
        let records: Vec<Record> = sheet
            .order
            .iter()
            .map(|id| {
                let row = sheet.at(*id);
                let values = fields
                    .iter()
                    .zip(&row.cells)
                    .filter_map(|(field, cell)| Some((field.as_str().to_owned(), cell.given.to_value()?)));
                Record { row: Some(row.row), values: values.collect(), ..Record::default() }
            })
            .collect();
        check_rows(&records, &sheet.profile)
    }

    /// Each row's status, and its issues in an order of their own.
    fn told(report: &Report) -> Vec<(Status, Vec<String>)> {
        let told = |row: &CheckedRow| {
            let mut codes: Vec<String> =
                row.issues.iter().map(|issue| format!("{} {:?}", issue.code, issue.params)).collect();
            codes.sort_unstable();
            (row.status, codes)
        };
        report.rows.iter().map(told).collect()
    }

    #[test]
    fn what_is_suggested_is_taken_or_kept() {
        let mut sheet = sheet_by_name();
        assert_eq!(sheet.statuses(), [0, 0, 2, 0, 2, 2, 0]);
        assert_eq!(codes(&sheet, 2), ["names_swapped"]);
        assert_eq!(codes(&sheet, 4), ["email_domain_typo"]);
        assert_eq!(codes(&sheet, 5), ["character_not_allowed", "full_name_in_one_cell", "required"]);
        let before = sheet.report_json(Rows::All);
        assert_eq!(sheet.take_correction(2, "first_name").changed, [2]);
        assert!(sheet.records_json(2, 1).contains(r#""first_name":"Cy","last_name":"Odd""#));
        sheet.undo();
        assert_eq!(sheet.report_json(Rows::All), before, "one step back for both cells");
        sheet.redo();
        sheet.take_correction(4, "email");
        sheet.fix_all("full_name_in_one_cell", "first_name");
        assert_eq!(sheet.statuses(), [0; 7]);
        assert!(sheet.records_json(4, 2).contains("eve.stone@gmail.com"));
        assert!(sheet.records_json(4, 2).contains(r#""first_name":"Ed","last_name":"Odd""#));
        (0..3).for_each(|_| {
            sheet.undo();
        });
        assert_eq!(sheet.report_json(Rows::All), before);
        sheet.refuse_correction(2, "first_name");
        sheet.refuse_correction(4, "email");
        sheet.refuse_correction(5, "first_name");
        assert_eq!(sheet.statuses(), [0, 0, 0, 0, 0, 2, 0]);
        assert_eq!(codes(&sheet, 5), ["character_not_allowed", "required"]);
        assert!(sheet.window_json(&[4]).contains(r#""kept":true,"value":"eve.stone@gmial.com""#));
        assert_eq!(sheet.take_correction(2, "first_name").changed, [0; 0], "nothing is suggested any more");
        sheet.set_cell(2, "first_name", "Cy");
        sheet.set_cell(2, "last_name", "Odd");
        assert_eq!(sheet.statuses()[2], 0);
        let rows: Vec<Record> =
            serde_json::from_str(r#"[{"first_name":"Odd","last_name":"Cy","email":"cy@gmial.com"}]"#).unwrap();
        assert_eq!(check_rows(&rows, &profile()).counts().accepted, 1, "programs mean what they say");
    }

    proptest! {
        #[test]
        fn after_any_edits_the_sheet_says_what_a_fresh_check_says(
            edits in proptest::collection::vec(edit(), 0..30),
            by_name in any::<bool>(),
        ) {
            let mut sheet = if by_name { sheet_by_name() } else { sheet() };
            for edit in &edits {
                perform(&mut sheet, edit);
                prop_assert_eq!(told(&sheet.report()), told(&anew(&sheet).report()));
                // What a person keeps is his own choice, and what is suggested is for persons.
                let choices = [code::EMAIL_DOMAIN_TYPO, code::NAMES_SWAPPED, code::FULL_NAME_IN_ONE_CELL];
                let report = sheet.report();
                let suggested = report.rows.iter().flat_map(|row| &row.issues).any(|issue| choices.contains(&issue.code));
                if !suggested && sheet.order.iter().all(|id| sheet.at(*id).cells.iter().all(|cell| cell.kept == Kept::Nothing)) {
                    prop_assert_eq!(told(&report), told(&by_program(&sheet)));
                }
                let mut counts = Counts::default();
                let mut without_role = 0;
                for id in &sheet.order {
                    counts.add(sheet.at(*id).status());
                    without_role += u32::from(sheet.passes(*id, Filter::WithoutRole));
                }
                prop_assert_eq!((counts, without_role), (sheet.counts, sheet.without_role));
            }
        }

        #[test]
        fn undoing_all_edits_gives_the_first_sheet(
            edits in proptest::collection::vec(edit(), 0..20),
            by_name in any::<bool>(),
        ) {
            let mut sheet = if by_name { sheet_by_name() } else { sheet() };
            let (report, edits): (_, Vec<_>) = (
                sheet.report_json(Rows::All),
                edits.into_iter().filter(|edit| !matches!(edit, Edit::Undo | Edit::Redo)).collect(),
            );
            for edit in &edits {
                perform(&mut sheet, edit);
            }
            let last = sheet.report_json(Rows::All);
            let depth = sheet.undo.len();
            (0..depth).for_each(|_| { sheet.undo(); });
            prop_assert_eq!(sheet.report_json(Rows::All), report);
            (0..depth).for_each(|_| { sheet.redo(); });
            prop_assert_eq!(sheet.report_json(Rows::All), last);
        }
    }
}
