//! Which reading of a text makes most cells valid: delimiter, header, columns.

use crate::{
    decode::{self, NotText},
    field::Field,
    issue::{Issue, Severity},
    profile::Profile,
    report::{Report, Source, SourceColumn},
    rules,
    table::{self, Record},
    text,
    titles::{self, Title},
};

/// Delimiters, in the order that decides between equals.
const DELIMITERS: [char; 4] = ['\t', ',', ';', '|'];
/// Rows that a reading is judged by.
const SAMPLE: usize = 60;
/// Most columns that are read.
pub(crate) const MOST_COLUMNS: usize = 512;

/// A sheet read one way.
pub(crate) struct Reading {
    pub(crate) source: Source,
    /// Records below the header.
    pub(crate) records: Vec<Record>,
    /// For each of the profile's columns, the sheet's column.
    pub(crate) places: Vec<Option<usize>>,
    /// How many cells the widest row that counts has: the header, or the first row.
    pub(crate) width: usize,
    /// What is wrong with the file.
    pub(crate) issues: Vec<Issue>,
}

/// How a person wants a sheet read.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Mapping {
    pub(crate) header: Option<bool>,
    pub(crate) delimiter: Option<String>,
    /// Field by sheet column; null: not read.
    pub(crate) columns: Option<Vec<Option<String>>>,
}

/// Reads bytes; an input that cannot be read at all gives a report with that one issue.
pub(crate) fn read(bytes: &[u8], profile: &Profile, mapping: Option<&Mapping>) -> Result<Reading, Report> {
    let unreadable = |issue: Issue, encoding: Option<&'static str>| {
        Err(Report::unreadable(profile, issue, Source { encoding, ..Source::text() }))
    };
    if bytes.len() as u64 > profile.byte_limit() {
        let issue = Issue::error(None, "too_large").number("bytes", bytes.len() as u64).number("limit", profile.byte_limit());
        return unreadable(issue, None);
    }
    let decoded = match decode::decode(bytes) {
        Ok(decoded) => decoded,
        Err(NotText::Binary) => return unreadable(Issue::error(None, "not_text"), None),
        Err(NotText::Format(format)) => {
            return unreadable(Issue::error(None, "format_not_supported").text("format", format), None);
        }
    };
    if text::is_blank(&decoded.text) {
        return unreadable(Issue::error(None, "empty"), Some(decoded.encoding));
    }
    let (body, declared, first_line) = declared_delimiter(&decoded.text);
    let wanted = mapping
        .and_then(|mapping| mapping.delimiter.as_deref())
        .and_then(|text| text.chars().next())
        .filter(|c| DELIMITERS.contains(c) || c.is_ascii_punctuation())
        .or(declared);
    let candidates: Vec<char> = wanted.map_or_else(|| DELIMITERS.to_vec(), |delimiter| vec![delimiter]);

    let mut best: Option<(i64, char, Layout)> = None;
    for delimiter in candidates {
        let sample = table::parse(body, delimiter, first_line, SAMPLE + 1);
        if let Some((score, layout)) = best_layout(&sample.records, profile, mapping) {
            if best.as_ref().is_none_or(|(other, _, _)| score > *other) {
                best = Some((score, delimiter, layout));
            }
        }
    }
    let Some((_, delimiter, layout)) = best else {
        return unreadable(Issue::error(None, "empty"), Some(decoded.encoding));
    };
    Ok(finish(body, delimiter, first_line, layout, profile, decoded.encoding))
}

fn finish(
    body: &str,
    delimiter: char,
    first_line: u32,
    layout: Layout,
    profile: &Profile,
    encoding: &'static str,
) -> Reading {
    let most = profile.row_limit() as usize + 1 + usize::from(layout.header);
    let table = table::parse(body, delimiter, first_line, most);
    let mut records = table.records;
    let mut issues = Vec::new();
    if let Some(line) = table.unbalanced {
        issues.push(Issue::error(None, "quote_unbalanced").number("line", line.into()));
    }
    let titles: Vec<String> =
        if layout.header && !records.is_empty() { records.remove(0).cells } else { Vec::new() };
    let width = if layout.header { titles.len() } else { records.first().map_or(0, |record| record.cells.len()) };
    let widest = width.max(records.iter().map(|record| record.cells.len()).max().unwrap_or(0));
    if widest > MOST_COLUMNS {
        let issue = Issue::error(None, "too_many_columns").number("columns", widest as u64);
        issues.push(issue.number("limit", MOST_COLUMNS as u64));
    }
    if records.is_empty() {
        issues.push(Issue::error(None, "no_rows"));
    }
    if records.len() > profile.row_limit() as usize || table.cut {
        let rows = table::parse(body, delimiter, first_line, usize::MAX).records.len() - usize::from(layout.header);
        let issue = Issue::error(None, "too_many_rows").number("rows", rows as u64);
        issues.push(issue.number("limit", profile.row_limit().into()));
        records.truncate(profile.row_limit() as usize);
    }
    for (column, place) in profile.columns().iter().zip(&layout.places) {
        if place.is_none() && column.is_required() && column.default_value().is_none() {
            issues.push(Issue::error(Some(column.field()), "column_missing").text("field", column.field().as_str()));
        }
    }
    for field in &layout.repeated {
        issues.push(Issue::error(Some(*field), "column_repeated").text("field", field.as_str()));
    }
    let columns = (0..width.min(MOST_COLUMNS))
        .map(|index| SourceColumn {
            index,
            title: titles.get(index).map(|title| text::repair(title).text),
            field: layout
                .places
                .iter()
                .position(|place| *place == Some(index))
                .map(|i| profile.columns()[i].field()),
        })
        .collect();
    let source =
        Source { encoding: Some(encoding), delimiter: Some(delimiter), header: Some(layout.header), columns, ..Source::text() };
    Reading { source, records, places: layout.places, width, issues }
}

/// `sep=;` in the first line, as Excel writes it.
fn declared_delimiter(text: &str) -> (&str, Option<char>, u32) {
    let head = text.get(..4).filter(|head| head.eq_ignore_ascii_case("sep="));
    let declared = head.and_then(|_| {
        let rest = &text[4..];
        let delimiter = rest.chars().next()?;
        let after = &rest[delimiter.len_utf8()..];
        let body = after.strip_prefix("\r\n").or_else(|| after.strip_prefix(['\n', '\r']))?;
        (!delimiter.is_alphanumeric() && delimiter != '"').then_some((body, delimiter))
    });
    match declared {
        Some((body, delimiter)) => (body, Some(delimiter), 2),
        None => (text, None, 1),
    }
}

#[derive(Debug, Clone)]
struct Layout {
    header: bool,
    places: Vec<Option<usize>>,
    repeated: Vec<Field>,
}

fn best_layout(sample: &[Record], profile: &Profile, mapping: Option<&Mapping>) -> Option<(i64, Layout)> {
    let first = sample.first()?;
    let wants_header = mapping.and_then(|mapping| mapping.header);
    let mut candidates = Vec::new();
    let by_titles = from_titles(&first.cells, profile);
    if wants_header != Some(false) {
        if let Some((places, repeated)) = by_titles {
            let places = complete(places, &sample[1..], profile);
            candidates.push(Layout { header: true, places, repeated });
        } else if wants_header == Some(true) || could_be_header(sample, profile) {
            let places = complete(vec![None; profile.columns().len()], &sample[1..], profile);
            candidates.push(Layout { header: true, places, repeated: Vec::new() });
        }
    }
    if wants_header != Some(true) {
        let places = complete(vec![None; profile.columns().len()], sample, profile);
        candidates.push(Layout { header: false, places, repeated: Vec::new() });
    }
    if let Some(columns) = mapping.and_then(|mapping| mapping.columns.as_ref()) {
        for layout in &mut candidates {
            layout.repeated.clear();
            layout.places = profile
                .columns()
                .iter()
                .map(|column| columns.iter().position(|name| name.as_deref() == Some(column.field().as_str())))
                .collect();
        }
    }
    candidates
        .into_iter()
        .map(|layout| (score(sample, profile, &layout), layout))
        .reduce(|best, other| if other.0 > best.0 { other } else { best })
}

/// Columns by their titles. `None` when the first row has no known title, or has a cell that is an email.
fn from_titles(cells: &[String], profile: &Profile) -> Option<(Vec<Option<usize>>, Vec<Field>)> {
    let known: Vec<Option<Title>> = cells.iter().map(|cell| titles::meaning(cell)).collect();
    let any = known.iter().flatten().count() >= 2 || (cells.len() == 1 && known[0].is_some());
    if !any || cells.iter().any(|cell| cell.contains('@')) {
        return None;
    }
    let mut places = vec![None; profile.columns().len()];
    let mut repeated = Vec::new();
    let mut take = |places: &mut Vec<Option<usize>>, field: Field, at: usize| {
        if let Some(i) = profile.columns().iter().position(|column| column.field() == field) {
            if places[i].is_none() {
                places[i] = Some(at);
            } else if profile.columns()[i].is_required() && !repeated.contains(&field) {
                repeated.push(field);
            }
        }
    };
    for (at, title) in known.iter().enumerate() {
        if let Some(Title::Field(field)) = title {
            take(&mut places, *field, at);
        }
    }
    // "Name" is whatever name is still missing: the first name, or a display name.
    for (at, title) in known.iter().enumerate() {
        if *title == Some(Title::Name) {
            let missing = |field: Field| {
                profile.columns().iter().position(|c| c.field() == field).is_some_and(|i| places[i].is_none())
            };
            let field = [Field::FirstName, Field::Username].into_iter().find(|field| missing(*field));
            if let Some(field) = field {
                take(&mut places, field, at);
            }
        }
    }
    Some((places, repeated))
}

/// A first row of words above rows with an email address: a header in a language that is not known here.
fn could_be_header(sample: &[Record], profile: &Profile) -> bool {
    let Some((first, below)) = sample.split_first() else { return false };
    let Some(email) = profile.columns().iter().position(|column| column.field() == Field::Email) else { return false };
    let places = complete(vec![None; profile.columns().len()], below, profile);
    let Some(at) = places[email] else { return false };
    let valid = |record: &&Record| record.cells.get(at).is_some_and(|cell| is_valid(profile, email, cell));
    let word = |cell: &String| {
        !text::is_blank(cell) && !cell.chars().any(|c| text::is_digit(c) || "@+(".contains(c)) && cell.chars().count() <= 40
    };
    below.len() >= 2 && below.iter().filter(valid).count() * 10 >= below.len() * 8 && first.cells.iter().all(word)
}

fn is_valid(profile: &Profile, column: usize, cell: &str) -> bool {
    !text::is_blank(cell)
        && rules::check_cell(profile, &profile.columns()[column], cell, false)
            .issues
            .iter()
            .all(|issue| issue.severity == Severity::Warning)
}

/// Gives the columns that no title named the sheet's columns whose content fits: email first, which nothing
/// else looks like, then phones and lists, then names in their order.
fn complete(mut places: Vec<Option<usize>>, sample: &[Record], profile: &Profile) -> Vec<Option<usize>> {
    let width = sample.iter().map(|record| record.cells.len()).max().unwrap_or(0).min(MOST_COLUMNS);
    let titled = places.iter().any(Option::is_some);
    let mut free: Vec<usize> = (0..width).filter(|at| !places.contains(&Some(*at))).collect();
    let share = |column: usize, at: usize| {
        let cells = || sample.iter().filter_map(|record| record.cells.get(at)).filter(|cell| !text::is_blank(cell));
        let (all, valid) = (cells().count(), cells().filter(|cell| is_valid(profile, column, cell)).count());
        // Of a few rows, or of many bad ones, a third is already telling for an email.
        if all == 0 { 0.0 } else { valid as f64 / all as f64 }
    };
    let order = [
        (Field::Email, 0.3),
        (Field::Phone, 0.5),
        (Field::Role, 0.6),
        (Field::Groups, 0.6),
        (Field::Site, 0.6),
        (Field::UserType, 0.6),
        (Field::Organizations, 0.6),
        (Field::Language, 0.95),
    ];
    for (field, enough) in order {
        let Some(i) = profile.columns().iter().position(|column| column.field() == field) else { continue };
        // With a header, only what is needed is guessed.
        if places[i].is_some() || (titled && !profile.columns()[i].is_required()) {
            continue;
        }
        let best = free.iter().map(|at| (share(i, *at), *at)).fold(None, |best: Option<(f64, usize)>, (s, at)| match best {
            Some((other, _)) if other >= s => best,
            _ => Some((s, at)),
        });
        if let Some((_, at)) = best.filter(|(share, _)| *share >= enough) {
            places[i] = Some(at);
            free.retain(|other| *other != at);
        }
    }
    // Names have no look of their own: what is left, in order; those at the phone's and email's side win.
    for field in [Field::FirstName, Field::LastName, Field::Username] {
        let Some(i) = profile.columns().iter().position(|column| column.field() == field) else { continue };
        let required = profile.columns()[i].is_required();
        let wanted = required || (!titled && field == Field::LastName);
        if places[i].is_some() || !wanted {
            continue;
        }
        if let Some(at) = free.iter().copied().find(|at| share(i, *at) >= 0.4) {
            places[i] = Some(at);
            free.retain(|other| *other != at);
        }
    }
    places
}

/// Valid cells count for a reading, wrong ones and missing required columns against it.
fn score(sample: &[Record], profile: &Profile, layout: &Layout) -> i64 {
    let rows = &sample[usize::from(layout.header)..];
    let mut score = 0;
    for (i, (column, place)) in profile.columns().iter().zip(&layout.places).enumerate() {
        let Some(at) = place else {
            if column.is_required() {
                score -= 20 + 4 * rows.len() as i64;
            }
            continue;
        };
        for record in rows {
            match record.cells.get(*at) {
                Some(cell) if text::is_blank(cell) => score -= i64::from(column.is_required()),
                Some(cell) if is_valid(profile, i, cell) => score += if column.is_required() { 4 } else { 3 },
                Some(_) => score -= 1,
                None => score -= 2 * i64::from(column.is_required()),
            }
        }
    }
    // A header that is recognised is worth a row.
    if layout.header && from_titles(&sample[0].cells, profile).is_some() {
        score += 12;
    }
    score
}
