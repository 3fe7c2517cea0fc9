//! How a sheet is to be read: the worksheet, the delimiter, the header and the columns with which most cells are valid.

use std::borrow::Cow;

#[cfg(not(target_arch = "wasm32"))]
use rollcall_xlsx::Limits;
use rollcall_xlsx::{
    Refused,
    tables::{Table, Tables},
};

use crate::{
    Field, Issue, Param, Profile, Source, SourceColumn, Status, addresses, cell,
    cell::{Corrections, Input},
    code,
    decode::{self, NotText},
    glance::Glance,
    json::read::{Json, Members, Read, Why, expected},
    profile::{Column, ListName, Rule},
    refused,
    table::{Cell, Reader, Records},
    text,
    titles::{self, Title},
};

/// Delimiters, in the order that decides between readings that are equally good.
const DELIMITERS: [char; 4] = ['\t', ';', ',', '|'];
/// Records that a reading is judged by, the header not counted.
const SAMPLE_ROWS: usize = 100;
/// Bytes that a reading is judged by: what begins within them.
const SAMPLE_BYTES: usize = 256 * 1024;
/// Rows among which the header is looked for.
const HEADER_WITHIN: usize = 20;
/// Lines before the header that are repeated, and how much of each.
const LINES_SHOWN: usize = 3;
const LINE_SHOWN: usize = 100;
/// Most columns of a sheet.
pub(crate) const COLUMN_LIMIT: usize = 512;

/// How a person wants a sheet to be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Deserialize), serde(deny_unknown_fields, default))]
pub(crate) struct Mapping {
    /// The name of the worksheet.
    pub(crate) sheet: Option<String>,
    pub(crate) header: Option<bool>,
    pub(crate) delimiter: Option<String>,
    /// Fields by the sheet's columns; nothing for one that is left out.
    pub(crate) columns: Option<Vec<Option<Field>>>,
}

impl Read for Mapping {
    fn read(json: Json) -> Result<Self, Why> {
        let mut members = Members::of(json)?;
        if members.repeat() {
            return expected("each member once");
        }
        let mapping = Self {
            sheet: members.read("sheet")?,
            header: members.read("header")?,
            delimiter: members.read("delimiter")?,
            columns: members.read("columns")?,
        };
        members.finish().map(|()| mapping)
    }
}

/// A sheet with what was found out about it.
#[derive(Debug)]
pub(crate) struct Reading<'a> {
    pub(crate) source: Source,
    /// Of the file as such.
    pub(crate) issues: Vec<Issue>,
    /// For each of the profile's columns the sheet's.
    pub(crate) places: Vec<Option<usize>>,
    /// How many cells a row has.
    pub(crate) width: usize,
    /// The titles as they stand in the header.
    pub(crate) titles: Vec<String>,
    /// What is left to be read: the rows.
    pub(crate) rows: Records<'a>,
}

/// What cannot be read, and why.
#[derive(Debug)]
pub(crate) struct Unread {
    pub(crate) source: Source,
    pub(crate) issue: Issue,
}

impl Unread {
    fn new(source: Source, issue: Issue) -> Box<Self> {
        Box::new(Self { source, issue })
    }
}

/// A file that can be read.
#[derive(Debug)]
pub(crate) enum Opened<'a> {
    /// Text and how it was encoded.
    Text { text: Cow<'a, str>, encoding: &'static str },
    /// The sheets of a workbook, as [`Tables::read`] takes them.
    Workbook(Cow<'a, [u8]>),
}

/// Decodes or unpacks bytes, unless there are too many of them or they are no sheet.
pub(crate) fn open<'a>(bytes: &'a [u8], profile: &Profile) -> Result<Opened<'a>, Box<Unread>> {
    let format = if decode::is_archive(bytes) { "xlsx" } else { "text" };
    check_size(u64::try_from(bytes.len()).unwrap_or(u64::MAX), profile, format)?;
    let issue = match decode::decode(bytes) {
        Ok(decoded) => return Ok(Opened::Text { text: decoded.text, encoding: decoded.encoding }),
        #[cfg(not(target_arch = "wasm32"))]
        Err(NotText::Archive) => return open_tables(rollcall_xlsx::unpack(bytes, &Limits::default()), profile),
        // The reader of workbooks is a module of its own there, so that nobody downloads it who needs it not.
        #[cfg(target_arch = "wasm32")]
        Err(NotText::Archive) => Issue::error(code::XLSX_NOT_SUPPORTED),
        Err(NotText::Xls) => Issue::error(code::XLS_NOT_SUPPORTED),
        Err(NotText::Encrypted) => Issue::error(code::WORKBOOK_ENCRYPTED),
        Err(NotText::Format(kind)) => Issue::error(code::NOT_TEXT).with("format", kind),
        Err(NotText::Binary) => Issue::error(code::NOT_TEXT),
    };
    Err(Unread::new(Source::nothing_read(format), issue))
}

/// Takes the sheets of a workbook that was unpacked elsewhere.
pub(crate) fn open_tables<'a>(bytes: impl Into<Cow<'a, [u8]>>, profile: &Profile) -> Result<Opened<'a>, Box<Unread>> {
    let bytes = bytes.into();
    let refused = match Tables::read(&bytes) {
        Some(tables) => {
            check_size(tables.size, profile, "xlsx")?;
            tables.sheets.err()
        }
        None => Some(Refused::Damaged),
    };
    match refused {
        Some(refused) => Err(Unread::new(Source::nothing_read("xlsx"), refusal(&refused))),
        None => Ok(Opened::Workbook(bytes)),
    }
}

fn check_size(size: u64, profile: &Profile, format: &'static str) -> Result<(), Box<Unread>> {
    if size <= profile.byte_limit() {
        return Ok(());
    }
    let issue = Issue::error(code::TOO_LARGE).with("limit", Param::Number(profile.byte_limit()));
    Err(Unread::new(Source::nothing_read(format), issue.with("bytes", Param::Number(size))))
}

fn refusal(refused: &Refused) -> Issue {
    match refused {
        Refused::Encrypted => Issue::error(code::WORKBOOK_ENCRYPTED),
        Refused::Damaged => Issue::error(code::WORKBOOK_DAMAGED),
        Refused::TooLarge { what, limit } => {
            Issue::error(code::WORKBOOK_TOO_LARGE).with("what", what.as_str()).with("limit", Param::Number(*limit))
        }
        Refused::NotAWorkbook { format } => Issue::error(code::NOT_A_WORKBOOK).with("format", format.as_str()),
    }
}

/// Finds out how a sheet is to be read.
pub(crate) fn read<'a>(
    opened: &'a Opened<'_>,
    profile: &Profile,
    mapping: &Mapping,
) -> Result<Reading<'a>, Box<Unread>> {
    match opened {
        Opened::Text { text, encoding } => read_text(text, encoding, profile, mapping),
        Opened::Workbook(bytes) => read_workbook(&worksheets(bytes), profile, mapping),
    }
}

/// The worksheets that a person may choose from, each with the number of its rows that are not blank.
pub(crate) fn sheets(opened: &Opened<'_>) -> Vec<(String, usize)> {
    let Opened::Workbook(bytes) = opened else { return Vec::new() };
    offered(&worksheets(bytes)).map(|sheet| (sheet.table.name.to_owned(), sheet.rows)).collect()
}

fn read_text<'a>(
    text: &'a str,
    encoding: &'static str,
    profile: &Profile,
    mapping: &Mapping,
) -> Result<Reading<'a>, Box<Unread>> {
    let source = Source { encoding: Some(encoding), ..Source::nothing_read("text") };
    if text::is_all_blank(text) {
        return Err(Unread::new(source, Issue::error(code::EMPTY)));
    }
    let (body, first_line, declared) = declared_delimiter(text);
    let wanted = mapping.delimiter.as_deref().and_then(|text| text.chars().next()).filter(char::is_ascii);
    let two_names = profile.column_of(Field::LastName).is_some();
    if wanted.or(declared).is_none()
        && let Some(people) = addresses::Reader::new(text, two_names)
    {
        return Ok(Candidate::of_addresses(people, profile, mapping).finish(source, profile));
    }
    let candidate = |delimiter| {
        let records = Records::Text(Reader::new(body, first_line, delimiter));
        Candidate { delimiter, ..Candidate::new(records, profile, mapping) }
    };
    let mixed = (encoding == decode::MIXED).then(|| Issue::warning(code::ENCODINGS_MIXED));
    let best = match wanted.or(declared) {
        Some(delimiter) => candidate(Some(delimiter)),
        None => best_of(body, candidate),
    };
    let mut reading = best.finish(source, profile);
    reading.issues.splice(0..0, mixed);
    Ok(reading)
}

/// The best of the readings with each delimiter, and without any.
fn best_of<'a>(body: &str, candidate: impl Fn(Option<char>) -> Candidate<'a>) -> Candidate<'a> {
    let head = &body.as_bytes()[..body.len().min(SAMPLE_BYTES)];
    let better = |best: Candidate<'a>, other: Candidate<'a>| if other.score > best.score { other } else { best };
    let is_there = |delimiter: char| u8::try_from(delimiter).is_ok_and(|byte| head.contains(&byte));
    let mut found = DELIMITERS.map(|delimiter| is_there(delimiter).then(|| candidate(Some(delimiter))));
    // What is not there makes one column. The titles of a file of ours count more than all its cells.
    let best = found.iter().flatten().map(|candidate| candidate.score).max();
    if best.is_some_and(|score| score > one_column_score(body, head)) && !body.contains(refused::OUR_TITLES) {
        found.into_iter().flatten().reduce(better)
    } else {
        let all = DELIMITERS.into_iter().zip(&mut found);
        all.map(|(delimiter, found)| found.take().unwrap_or_else(|| candidate(Some(delimiter))))
            .chain([candidate(None)])
            .reduce(better)
    }
    .unwrap_or_else(|| candidate(None))
}

/// The most that a reading scores whose rows are one cell each: four a row, and as much for a title. Where a text goes on,
/// the last row may go on to where the delimiter is.
fn one_column_score(body: &str, head: &[u8]) -> i64 {
    let lines = head.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).take(SAMPLE_ROWS).count() + 1;
    let last = if head.len() < body.len() { 2 * Field::ALL.len() } else { 0 };
    i64::try_from(4 * (lines + 1 + last)).unwrap_or(i64::MAX)
}

/// A worksheet and how many of its rows are not blank.
struct Worksheet<'a> {
    table: Table<'a>,
    rows: usize,
}

fn worksheets(bytes: &[u8]) -> Vec<Worksheet<'_>> {
    let tables = Tables::read(bytes).and_then(|tables| tables.sheets.ok()).unwrap_or_default();
    let mut sheets = Vec::with_capacity(tables.len());
    for table in tables {
        let (mut rows, mut cells) = (0, Vec::new());
        if let Ok(records) = &table.rows {
            let mut records = Records::Worksheet(records.clone());
            while next_row(&mut records, &mut cells).is_some() {
                rows += 1;
            }
        }
        sheets.push(Worksheet { table, rows });
    }
    sheets
}

/// Hidden worksheets count only where there is nothing else.
fn offered<'a, 'b>(sheets: &'b [Worksheet<'a>]) -> impl Iterator<Item = &'b Worksheet<'a>> {
    let something = sheets.iter().any(|sheet| !sheet.table.hidden && (sheet.rows > 0 || sheet.table.rows.is_err()));
    sheets.iter().filter(move |sheet| !something || !sheet.table.hidden)
}

/// Of several worksheets the one in whose reading most rows are good, of equals the first.
fn read_workbook<'a>(
    sheets: &[Worksheet<'a>],
    profile: &Profile,
    mapping: &Mapping,
) -> Result<Reading<'a>, Box<Unread>> {
    let source = |sheet: Option<&str>| Source { sheet: sheet.map(str::to_owned), ..Source::nothing_read("xlsx") };
    let unread = |sheet: &Worksheet<'_>, issue| Unread::new(source(Some(sheet.table.name)), issue);
    let best = match &mapping.sheet {
        Some(name) => sheets.iter().find(|sheet| sheet.table.name == name).ok_or_else(|| {
            let known = offered(sheets).map(|sheet| sheet.table.name.to_owned()).collect();
            let issue = Issue::error(code::SHEET_UNKNOWN).with("name", name.as_str());
            Unread::new(source(None), issue.with("known", Param::Names(known)))
        })?,
        None => {
            let mut filled = offered(sheets).filter(|sheet| sheet.rows > 0);
            match (filled.next(), filled.next()) {
                (Some(only), None) => only,
                (Some(first), Some(second)) => [first, second]
                    .into_iter()
                    .chain(filled)
                    .map(|sheet| (worth(sheet, profile), sheet))
                    .reduce(|best, other| if other.0 > best.0 { other } else { best })
                    .map_or(first, |(_, sheet)| sheet),
                (None, _) => {
                    let refused = offered(sheets).find(|sheet| sheet.table.rows.is_err());
                    let first = refused.or_else(|| offered(sheets).next());
                    first.ok_or_else(|| Unread::new(source(None), Issue::error(code::EMPTY)))?
                }
            }
        }
    };
    match &best.table.rows {
        Err(refused) => Err(unread(best, refusal(refused))),
        Ok(_) if best.rows == 0 => Err(unread(best, Issue::error(code::EMPTY))),
        Ok(rows) => {
            let candidate = Candidate::new(Records::Worksheet(rows.clone()), profile, mapping);
            Ok(candidate.finish(source(Some(best.table.name)), profile))
        }
    }
}

/// How many rows of a worksheet are good; where none is, how good its first ones are.
fn worth(sheet: &Worksheet<'_>, profile: &Profile) -> (usize, i64) {
    let Ok(rows) = &sheet.table.rows else { return (0, i64::MIN) };
    let candidate = Candidate::new(Records::Worksheet(rows.clone()), profile, &Mapping::default());
    let (mut records, mut cells) = (candidate.rows, Vec::new());
    let mut glance = Glance::new(profile);
    let mut good = 0;
    for _ in 0..profile.row_limit() {
        if next_row(&mut records, &mut cells).is_none() {
            break;
        }
        let is_good = (0..).zip(&candidate.places).all(|(at, place)| {
            let text = place.and_then(|place| cells.get(place)).map_or("", |cell| &*cell.text);
            is_valid(&mut glance, profile, at, text)
        });
        good += usize::from(is_good);
    }
    (good, if good == 0 { candidate.score } else { 0 })
}

/// Excel's `sep=;` in a line of its own.
fn declared_delimiter(text: &str) -> (&str, u32, Option<char>) {
    let line = text.split(['\n', '\r']).next().unwrap_or_default();
    let declared = line.trim_matches(['"', ' ', '\u{feff}']);
    let delimiter = match declared.get(..4) {
        Some(head) if head.eq_ignore_ascii_case("sep=") => match declared[4..].chars().next() {
            Some(c) if c.is_ascii() && declared.len() <= 6 => Some(c),
            // `sep=` and a tab, which editors like to turn into nothing.
            None => Some('\t'),
            _ => None,
        },
        _ => None,
    };
    if delimiter.is_none() {
        return (text, 1, None);
    }
    let rest = &text[line.len()..];
    let rest = rest.strip_prefix("\r\n").or_else(|| rest.strip_prefix(['\n', '\r'])).unwrap_or(rest);
    (rest, 2, delimiter)
}

fn is_blank_record(cells: &[Cell<'_>]) -> bool {
    cells.iter().all(|cell| text::is_all_blank(&cell.text))
}

/// Reads the next record that is not blank.
pub(crate) fn next_row<'a>(records: &mut Records<'a>, cells: &mut Vec<Cell<'a>>) -> Option<u32> {
    loop {
        let line = records.next(cells)?;
        if !is_blank_record(cells) {
            return Some(line);
        }
    }
}

/// A sheet read in one way.
struct Candidate<'a> {
    delimiter: Option<char>,
    header: bool,
    titles: Vec<String>,
    places: Vec<Option<usize>>,
    /// Columns whose titles mean what another column already is.
    repeated: Vec<(usize, Field)>,
    width: usize,
    /// How many rows stand before the header, and the first of them.
    before: (usize, Vec<String>),
    /// The better the reading, the higher.
    score: i64,
    rows: Records<'a>,
}

impl<'a> Candidate<'a> {
    fn new(start: Records<'a>, profile: &Profile, mapping: &Mapping) -> Self {
        let mut reader = start.clone();
        // Where the reader stands after each of the first rows.
        let mut after: Vec<Records<'a>> = Vec::new();
        let mut sample: Vec<Vec<Cell<'a>>> = Vec::new();
        let mut cells = Vec::new();
        while sample.len() <= SAMPLE_ROWS && reader.position() <= SAMPLE_BYTES {
            if next_row(&mut reader, &mut cells).is_none() {
                break;
            }
            if after.len() < HEADER_WITHIN {
                after.push(reader.clone());
            }
            sample.push(std::mem::take(&mut cells));
        }
        let sample = Sample { profile, rows: sample };
        let (found, meanings) = sample.header();
        let header = match mapping.header {
            Some(true) => Some(found.unwrap_or_default()),
            Some(false) => None,
            None => found,
        };
        let header = header.filter(|at| *at < sample.rows.len());
        let first = header.map(|at| &sample.rows[at]);
        let data = &sample.rows[header.map_or(0, |at| at + 1)..];
        let titles: Vec<String> =
            first.map(|cells| cells.iter().map(|cell| shown_title(&cell.text)).collect()).unwrap_or_default();
        let before = sample.rows[..header.unwrap_or_default()].iter();
        let before = (before.len(), before.take(LINES_SHOWN).map(|cells| shown_line(cells)).collect());
        let mut repeated = Vec::new();
        let places = match &mapping.columns {
            Some(columns) => {
                profile.fields().map(|field| columns.iter().position(|wanted| *wanted == Some(field))).collect()
            }
            None => sample.places(data, if header.is_some() { &meanings } else { &[] }, &mut repeated),
        };
        // The last columns may lack a title.
        let width = first.map_or_else(|| usual_width(data), Vec::len);
        let width = places.iter().flatten().map(|place| place + 1).fold(width, usize::max);
        let known = places
            .iter()
            .flatten()
            .filter(|place| header.is_some() && meanings.get(**place).is_some_and(Option::is_some));
        let known = i64::try_from(known.count()).unwrap_or_default();
        // A file of ours that returns has these titles with its own delimiter only.
        let returned = if meanings.contains(&Some(Title::OfRow)) { 1 << 40 } else { 0 };
        let score = sample.score(data, &places, width) + 4 * known + returned;
        let rows = header.and_then(|at| after.into_iter().nth(at)).unwrap_or(start);
        Self { delimiter: None, header: header.is_some(), titles, places, repeated, width, before, score, rows }
    }

    /// A list of addresses says itself what is what.
    fn of_addresses(people: addresses::Reader<'a>, profile: &Profile, mapping: &Mapping) -> Self {
        let fields = [Field::Email, Field::FirstName, Field::LastName];
        let place = |field: Field| match &mapping.columns {
            Some(columns) => columns.iter().position(|wanted| *wanted == Some(field)),
            None => fields.iter().position(|own| *own == field),
        };
        let places: Vec<Option<usize>> = profile.fields().map(place).collect();
        let width = if profile.column_of(Field::LastName).is_some() { 3 } else { 2 };
        Self {
            delimiter: None,
            header: false,
            titles: Vec::new(),
            places,
            repeated: Vec::new(),
            width,
            before: (0, Vec::new()),
            score: 0,
            rows: Records::Addresses(people),
        }
    }

    /// `source` says where it was read from.
    fn finish(self, source: Source, profile: &Profile) -> Reading<'a> {
        let mut issues = Vec::new();
        if self.before.0 > 0 {
            let mut issue = Issue::warning(code::ROWS_BEFORE_HEADER).with("rows", self.before.0);
            issue.params.insert("lines", Param::Names(self.before.1));
            issues.push(issue);
        }
        for (column, place) in profile.columns().iter().zip(&self.places) {
            if place.is_none() && column.is_needed() {
                let issue = Issue::error(code::COLUMN_MISSING).of(column.field);
                issues.push(issue.with("title", column.title.as_str()));
            }
        }
        for (index, field) in &self.repeated {
            let title =
                profile.columns().iter().find(|column| column.field == *field).map(|column| column.title.as_str());
            let ignored = self.titles.get(*index).map(String::as_str).unwrap_or_default();
            let issue = Issue::warning(code::COLUMN_REPEATED).of(*field).with("title", title.unwrap_or_default());
            issues.push(Issue { column: u32::try_from(*index).ok(), ..issue.with("ignored", ignored) });
        }
        let columns = (0..self.width.min(COLUMN_LIMIT))
            .filter_map(|index| {
                let place = self.places.iter().position(|place| *place == Some(index));
                Some(SourceColumn {
                    index: u32::try_from(index).ok()?,
                    title: self.titles.get(index).cloned().unwrap_or_default(),
                    field: place.map(|place| profile.columns()[place].field),
                })
            })
            .collect();
        let delimiter = self.delimiter.filter(|_| self.width > 1);
        let source = Source { delimiter, header: self.header, columns, ..source };
        Reading { source, issues, places: self.places, width: self.width, titles: self.titles, rows: self.rows }
    }
}

/// A title as reports repeat it.
fn shown_title(title: &str) -> String {
    title.trim_matches(text::is_blank).chars().take(100).collect()
}

/// A line before the header as reports repeat it.
fn shown_line(cells: &[Cell<'_>]) -> String {
    let filled = cells.iter().map(|cell| cell.text.trim_matches(text::is_blank)).filter(|text| !text.is_empty());
    filled.collect::<Vec<_>>().join(" ").chars().take(LINE_SHOWN).collect()
}

/// The number of cells that most rows have; of equals the larger.
fn usual_width(rows: &[Vec<Cell<'_>>]) -> usize {
    let mut widths: Vec<usize> = rows.iter().map(Vec::len).collect();
    widths.sort_unstable();
    let mut usual = (0, 0);
    for run in widths.chunk_by(|a, b| a == b) {
        usual = usual.max((run.len(), run[0]));
    }
    usual.1
}

/// The first records of a sheet read in one way.
struct Sample<'a, 'p> {
    profile: &'p Profile,
    rows: Vec<Vec<Cell<'a>>>,
}

impl Sample<'_, '_> {
    /// The row that holds the titles, if there is one, and what its cells mean; without one, those of the first row.
    fn header(&self) -> (Option<usize>, Vec<Option<Title>>) {
        let first = self.meanings(0);
        let mut best = (0, self.known(&first));
        // A row that names the address and something else is the header. Other files may have lines above it.
        if best.1 < 2 || !first.iter().any(|title| matches!(title, Some(Title::Field(Field::Email, _)))) {
            for at in 1..self.rows.len().min(HEADER_WITHIN) {
                if self.holds_data(&self.rows[at]) {
                    continue;
                }
                let meanings = self.meanings(at);
                let known = self.known(&meanings);
                if known > best.1 && known >= 2 && self.is_header(at, &meanings) && !self.people_before(at, &meanings) {
                    best = (at, known);
                }
            }
        }
        if best.0 > 0 {
            return (Some(best.0), self.meanings(best.0));
        }
        (self.has_header(&first).then_some(0), first)
    }

    /// What the cells of a row mean, if they are titles.
    fn meanings(&self, at: usize) -> Vec<Option<Title>> {
        let cells = self.rows.get(at).map(Vec::as_slice).unwrap_or_default();
        cells.iter().take(COLUMN_LIMIT).map(|cell| titles::meaning(self.profile, &cell.text)).collect()
    }

    /// How many different things of the profile titles name.
    fn known(&self, meanings: &[Option<Title>]) -> usize {
        let mut fields: Vec<Option<Field>> = Vec::new();
        for title in meanings.iter().flatten() {
            let field = match title {
                Title::Field(field, _) if self.profile.column_of(*field).is_some() => Some(*field),
                Title::Name | Title::FullName => None,
                Title::Field(..) | Title::Other | Title::OfRow => continue,
            };
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields.len()
    }

    /// A person's row has an address or a number in it, a header never has.
    fn holds_data(&self, row: &[Cell<'_>]) -> bool {
        let mut cells = row.iter().take(COLUMN_LIMIT).map(|cell| &*cell.text);
        cells.any(|cell| cell::looks_like_email(cell) || cell::looks_like_phone(cell))
    }

    /// Whether a row above a header is somebody's: then it is no header.
    fn people_before(&self, at: usize, meanings: &[Option<Title>]) -> bool {
        let email = meanings.iter().position(|title| matches!(title, Some(Title::Field(Field::Email, _))));
        self.rows[..at].iter().any(|row| match email {
            Some(email) => row.get(email).is_some_and(|cell| cell.text.contains('@')),
            None => self.holds_data(row),
        })
    }

    /// Whether what is known of a row's titles makes it a header.
    fn is_header(&self, at: usize, meanings: &[Option<Title>]) -> bool {
        let filled = self.rows[at].iter().take(COLUMN_LIMIT).filter(|cell| !text::is_all_blank(&cell.text)).count();
        let known = meanings.iter().flatten().count();
        let telling = |title: &Option<Title>| {
            let fields = [Field::Email, Field::FirstName, Field::LastName, Field::Phone, Field::Username];
            matches!(title, Some(Title::Field(field, _)) if fields.contains(field))
                || matches!(title, Some(Title::Name | Title::FullName))
        };
        known > 0 && (known * 2 >= filled || meanings.iter().any(telling))
    }

    fn has_header(&self, meanings: &[Option<Title>]) -> bool {
        let Some((first, rest)) = self.rows.split_first() else { return false };
        if self.holds_data(first) {
            return false;
        }
        if self.is_header(0, meanings) {
            return true;
        }
        // In a language that is not known: words above a column of addresses.
        let Some(email) = column_where(rest, cell::looks_like_email) else { return false };
        let title = first.get(email).map(|cell| &*cell.text).unwrap_or_default();
        !title.contains('@') && title.chars().any(text::is_letter) && !title.chars().any(text::is_digit)
    }

    /// For each of the profile's columns the sheet's: by title, then by content.
    fn places(
        &self,
        data: &[Vec<Cell<'_>>],
        meanings: &[Option<Title>],
        repeated: &mut Vec<(usize, Field)>,
    ) -> Vec<Option<usize>> {
        let columns = self.profile.columns();
        let mut places: Vec<Option<usize>> = vec![None; columns.len()];
        let mut ranks = vec![u8::MAX; columns.len()];
        for (index, title) in meanings.iter().enumerate() {
            let Some(Title::Field(field, rank)) = title else { continue };
            let Some(at) = self.profile.column_of(*field) else { continue };
            match places[at] {
                Some(other) if *rank < ranks[at] => {
                    repeated.push((other, *field));
                    (places[at], ranks[at]) = (Some(index), *rank);
                }
                Some(_) => repeated.push((index, *field)),
                None => (places[at], ranks[at]) = (Some(index), *rank),
            }
        }
        repeated.sort_unstable_by_key(|(index, _)| *index);
        self.place_names(meanings, &mut places);
        self.place_by_content(data, meanings, &mut places);
        places
    }

    /// A column called just "Name" is the name that no other column is, the first name before the last.
    fn place_names(&self, meanings: &[Option<Title>], places: &mut [Option<usize>]) {
        let names = meanings.iter().enumerate().filter(|(_, title)| **title == Some(Title::Name));
        let free = [Field::FirstName, Field::LastName].into_iter().filter_map(|field| self.profile.column_of(field));
        let free: Vec<usize> = free.filter(|at| places[*at].is_none()).collect();
        for ((index, _), at) in names.zip(&free) {
            places[*at] = Some(index);
        }
        // One that is both stands in for the first, to be split.
        let first = self.profile.column_of(Field::FirstName).filter(|at| places[*at].is_none());
        if let Some(at) = first {
            places[at] = meanings.iter().position(|title| *title == Some(Title::FullName));
        }
    }

    fn place_by_content(&self, data: &[Vec<Cell<'_>>], meanings: &[Option<Title>], places: &mut [Option<usize>]) {
        let profile = self.profile;
        let columns = profile.columns();
        let mut taken: Vec<usize> = places.iter().flatten().copied().collect();
        // A column whose title says that it is something else is not looked at.
        let titled = !taken.is_empty() || meanings.iter().flatten().any(|title| *title != Title::Other);
        // People often sign in with their address.
        let signs_in = |title: &Title| match title {
            Title::Field(Field::Username, _) => profile.column_of(Field::Username).is_none(),
            _ => false,
        };
        let says = |title: &Option<Title>| title.as_ref().is_some_and(|title| !signs_in(title));
        taken.extend(meanings.iter().enumerate().filter(|(_, title)| says(title)).map(|(index, _)| index));
        let width = data.iter().map(Vec::len).max().unwrap_or_default().min(COLUMN_LIMIT);
        let mut place = |at: usize, fits: &dyn Fn(&str) -> bool, places: &mut [Option<usize>]| {
            if places[at].is_some() {
                return;
            }
            let found = (0..width).filter(|index| !taken.contains(index)).find(|index| mostly(data, *index, fits));
            if let Some(index) = found {
                places[at] = Some(index);
                taken.push(index);
            }
        };
        let of_rule = |wanted: &dyn Fn(&Rule) -> bool| {
            columns.iter().enumerate().filter(|(_, column)| wanted(&column.rule)).map(|(at, _)| at).collect::<Vec<_>>()
        };
        for at in of_rule(&|rule| matches!(rule, Rule::Email { .. })) {
            place(at, &cell::looks_like_email, places);
        }
        for at in of_rule(&|rule| matches!(rule, Rule::Phone { .. })) {
            place(at, &cell::looks_like_phone, places);
        }
        // Two letters may be many things.
        for at in of_rule(&|rule| matches!(rule, Rule::List { list, .. } if *list != ListName::Languages)) {
            place(at, &|text| cell::is_known(profile, &columns[at], text), places);
        }
        // Damaged addresses are still better read as such than left out.
        for at in of_rule(&|rule| matches!(rule, Rule::Email { .. })) {
            place(at, &|text| text.contains('@'), places);
        }
        // Where titles say what the columns are, a word may be anything; without any, words are names in the usual order.
        if titled {
            return;
        }
        for at in of_rule(&|rule| matches!(rule, Rule::Text { .. })) {
            let column = &columns[at];
            if column.required || matches!(column.field, Field::FirstName | Field::LastName) {
                let is_word = |text: &str| text.chars().any(text::is_letter) && is_acceptable(profile, column, text);
                place(at, &is_word, places);
            }
        }
    }

    /// How many cells are valid, weighed by how much that says.
    fn score(&self, data: &[Vec<Cell<'_>>], places: &[Option<usize>], width: usize) -> i64 {
        let columns = self.profile.columns();
        let mut glance = Glance::new(self.profile);
        let mut score = 0;
        for row in data {
            for (at, (column, place)) in columns.iter().zip(places).enumerate() {
                let text = place.and_then(|place| row.get(place)).map_or("", |cell| &*cell.text);
                if text::is_all_blank(text) {
                    score -= if column.required { 2 } else { 0 };
                    continue;
                }
                let weight = match &column.rule {
                    Rule::Phone { .. } => 3,
                    Rule::Email { .. } => 4,
                    Rule::List { .. } => 1,
                    Rule::Text { .. } | Rule::Secret { .. } => 2,
                };
                let valid = match &column.rule {
                    // Validity by the numbering plans costs more than it tells here.
                    Rule::Phone { .. } => cell::looks_like_phone(text),
                    _ => is_valid(&mut glance, self.profile, at, text),
                };
                score += if valid { weight } else { -1 };
            }
            let extra = row.iter().skip(width).any(|cell| !text::is_all_blank(&cell.text));
            score -= if extra { 3 } else { 0 };
            score -= if row.iter().any(|cell| cell.broken) { 1 } else { 0 };
        }
        score
    }
}

fn is_valid(glance: &mut Glance<'_>, profile: &Profile, at: usize, text: &str) -> bool {
    !text.is_empty() && glance.takes(at, text) || is_acceptable(profile, &profile.columns()[at], text)
}

fn is_acceptable(profile: &Profile, column: &Column, text: &str) -> bool {
    cell::check(profile, column, Input::Text(text), Corrections::WithoutSuggestions).status() != Status::Refused
}

/// The first column that mostly fits.
fn column_where(rows: &[Vec<Cell<'_>>], fits: impl Fn(&str) -> bool) -> Option<usize> {
    let width = rows.iter().map(Vec::len).max().unwrap_or_default().min(COLUMN_LIMIT);
    (0..width).find(|index| mostly(rows, *index, &fits))
}

/// Whether at least half of a column's cells fit, those left empty not counted.
fn mostly(rows: &[Vec<Cell<'_>>], index: usize, fits: &dyn Fn(&str) -> bool) -> bool {
    let (mut filled, mut fitting) = (0_usize, 0_usize);
    for text in rows.iter().filter_map(|row| row.get(index)).map(|cell| &*cell.text) {
        if !text::is_all_blank(text) {
            filled += 1;
            fitting += usize::from(fits(text));
        }
    }
    filled > 0 && fitting * 2 >= filled
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Lists, Named};

    fn reading(text: &str, profile: &Profile, mapping: &Mapping) -> String {
        let opened = Opened::Text { text: text.into(), encoding: "utf-8" };
        let reading = read(&opened, profile, mapping).unwrap();
        let fields: Vec<&str> =
            reading.source.columns.iter().map(|column| column.field.map_or("-", Field::as_str)).collect();
        let delimiter = match reading.source.delimiter {
            Some('\t') => "tab".to_owned(),
            Some(c) => c.to_string(),
            None => "none".to_owned(),
        };
        let header = if reading.source.header { "header" } else { "no header" };
        format!("{delimiter}, {header}: {}", fields.join(" "))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn what_cannot_be_the_best_reading_is_not_missed(
            rows in proptest::collection::vec(proptest::collection::vec(
                prop_oneof![
                    4 => "[A-Z][a-z]{1,4}", 3 => "[a-z]{1,4}@x\\.de", 2 => "\\+3460012345[0-9]", 1 => "[\";,|\t @']{0,3}",
                    1 => Just("Viewer".to_owned()), 1 => Just("Rollcall row".to_owned()), 1 => Just("Email".to_owned()),
                ], 1..6), 1..130),
            delimiters in proptest::collection::vec(prop_oneof![Just('\t'), Just(';'), Just(','), Just('|')], 1..3),
        ) {
            let mut text = String::new();
            for (at, row) in rows.iter().enumerate() {
                text.push_str(&row.join(&delimiters[at % delimiters.len()].to_string()));
                text.push('\n');
            }
            for id in Profile::built_in_ids() {
                let profile = Profile::built_in(id).unwrap();
                let candidate = |delimiter| {
                    let records = Records::Text(Reader::new(&text, 1, delimiter));
                    Candidate { delimiter, ..Candidate::new(records, &profile, &Mapping::default()) }
                };
                let all = DELIMITERS.into_iter().map(Some).chain([None]).map(&candidate);
                let expected = all.reduce(|best, other| if other.score > best.score { other } else { best }).unwrap();
                let found = best_of(&text, candidate);
                prop_assert_eq!((found.delimiter, found.score), (expected.delimiter, expected.score));
            }
        }
    }

    #[test]
    fn mappings_are_read_as_serde_reads_them() {
        for json in [
            "{}",
            "null",
            "7",
            "\"email\"",
            "{",
            r#"{"header":true}"#,
            r#"{"header":null}"#,
            r#"{"header":1}"#,
            r#"{"header":true,"header":false}"#,
            r#"{"more":1}"#,
            r#"{"sheet":"People","header":false,"delimiter":";","columns":["email",null,"first_name"]}"#,
            r#"{"columns":[]}"#,
            r#"{"columns":null}"#,
            r#"{"columns":{}}"#,
            r#"{"columns":["shoe_size"]}"#,
            r#"{"columns":["Email"]}"#,
            r#"{"columns":[7]}"#,
            r#"{"delimiter":7}"#,
            r#"{"delimiter":""}"#,
        ] {
            let read = crate::json::read::parse(json).and_then(Mapping::read);
            assert_eq!(read.ok(), serde_json::from_str::<Mapping>(json).ok(), "{json}");
        }
    }

    #[test]
    fn readings_are_found() {
        let roles = vec![Named { id: "t".into(), name: "Technician".into() }];
        let profile = Profile::built_in("technician").unwrap().effective(&Lists { roles, ..Lists::default() });
        for (name, text, expected) in [
            (
                "commas",
                "First Name,Last Name,Email\nAna,Diaz,ana@example.com\n",
                ", header: first_name last_name email",
            ),
            ("tabs, no header", "Ana\tDiaz\tana@example.com\n", "tab, no header: first_name last_name email"),
            (
                "more commas than semicolons",
                "Vorname;Nachname;E-Mail;Rollen\nAna;Diaz;ana@example.com;A, B, C, D\n",
                "; header: first_name last_name email role",
            ),
            ("pipes", "Ana|Diaz|ana@example.com\nBo|Li|bo@example.com", "| no header: first_name last_name email"),
            ("any order", "Mail;Nachname;Vorname\na@b.de;Diaz;Ana", "; header: email last_name first_name"),
            (
                "any order without header",
                "ana@example.com,+34600123456,Ana,Diaz",
                ", no header: email phone first_name last_name",
            ),
            ("name beside last name", "Name,Last Name,Email\nAna,Diaz,a@b.de", ", header: first_name last_name email"),
            ("name beside first name", "Vorname,Name,Email\nAna,Diaz,a@b.de", ", header: first_name last_name email"),
            ("French", "Nom;Prénom;Courriel\nDiaz;Ana;a@b.de", "; header: last_name first_name email"),
            (
                "unknown language",
                "Jina;Ukoo;Baruapepe\nAna;Diaz;ana@example.com\nBo;Li;bo@example.com",
                "; header: first_name last_name email",
            ),
            ("column of no use", "ID,First,Last,Email\n1,Ana,Diaz,a@b.de", ", header: - first_name last_name email"),
            ("numbers in front", "1,Ana,Diaz,a@b.de\n2,Bo,Li,b@b.de", ", no header: - first_name last_name email"),
            ("roles by content", "Technician,Ana,Diaz,a@b.de", ", no header: role first_name last_name email"),
            ("damaged first row", "Ana,Diaz,ana@\nBo,Li,bo@example.com", ", no header: first_name last_name email"),
            ("declared", "sep=;\nEmail;First;Last\n", "; header: email first_name last_name"),
            (
                "mobile before business",
                "First,Last,Email,Business Phone,Mobile",
                ", header: first_name last_name email - phone",
            ),
            ("addresses only", "ana@example.com\nbo@example.com", "none, no header: email"),
            ("header only", "Email\n", "none, header: email"),
        ] {
            let expected = expected.replacen(", header", ",, header", 1).replacen(", no header", ",, no header", 1);
            let expected = match expected.chars().next() {
                Some(',') => expected,
                Some(c @ (';' | '|')) => expected.replacen([c], &format!("{c},"), 1),
                _ => expected.replacen(",,", ",", 1),
            };
            assert_eq!(reading(text, &profile, &Mapping::default()), expected, "{name}");
        }
    }

    #[test]
    fn a_person_decides() {
        let profile = Profile::built_in("technician").unwrap();
        let mapping = Mapping {
            sheet: None,
            header: Some(false),
            delimiter: Some(";".into()),
            columns: Some(vec![Some(Field::LastName), None, Some(Field::Email)]),
        };
        let text = "First;Last;Email\nAna;Diaz;a@b.de";
        assert_eq!(reading(text, &profile, &mapping), ";, no header: last_name - email");
    }
}
