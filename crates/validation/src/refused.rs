//! Fix and return: the refused rows as a table that a person repairs and drops again.
//!
//! The table has the sheet's own columns, the row's number and what is wrong with it. What is read back is what was
//! written, to the character: a spreadsheet must run nothing of it, so in CSV a cell that one would take for a formula
//! gets an apostrophe in front, and cells that would be mistaken for such a one get another.

use std::{borrow::Cow, collections::HashSet};

use rollcall_xlsx::tables::{Tables, TablesWriter};

use crate::{
    CheckedRow, Field, Issue, Profile, Report, Source, SourceColumn, Status, Value, Values, cell, code, json, message,
    profile::Column,
    table::Cell,
    text,
    titles::{self, Title},
};

/// Title of the column that gives each row its number back.
pub const ROW_TITLE: &str = "Rollcall row";
/// Title of the column that says what is wrong. On reading it is left out.
pub const ERRORS_TITLE: &str = "Rollcall errors";

/// The refused rows of a sheet, to be repaired and read again.
///
/// # Examples
/// ```
/// use rollcall_validation::{Profile, check, refused_table};
///
/// let profile = Profile::built_in("modern").unwrap();
/// let report = check("Name,E-Mail\nAna,ana@example.com\nBo,bo@\n".as_bytes(), &profile);
/// let table = refused_table(&report);
/// assert_eq!(table.titles(), ["Name [first_name]", "E-Mail", "Rollcall row", "Rollcall errors"]);
/// assert_eq!(table.rows()[0][..3], ["Bo", "bo@", "2"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedTable {
    profile: Profile,
    /// The fields of the first columns.
    fields: Vec<Field>,
    titles: Vec<String>,
    rows: Vec<Vec<String>>,
    /// CSV is written with semicolons, as the sheet was.
    semicolons: bool,
}

/// The refused rows of a report.
#[must_use]
pub fn refused_table(report: &Report) -> RefusedTable {
    refused_table_with(report, |_| Vec::new())
}

/// The rows of a report that are refused, or of which the caller has to say something more: texts for people. So the
/// server adds what only it knows.
#[must_use]
pub fn refused_table_with(report: &Report, more: impl Fn(&CheckedRow) -> Vec<String>) -> RefusedTable {
    let rows: Vec<(&CheckedRow, Vec<String>)> = report
        .rows
        .iter()
        .map(|row| (row, more(row)))
        .filter(|(row, more)| row.status == Status::Refused || !more.is_empty())
        .collect();
    // Where there is a default an empty cell has a value too.
    let given = |column: &Column| {
        let default = cell::default(&report.profile, column);
        let differs = |value: &Value| default.as_ref() != Some(value);
        rows.iter().any(|(row, _)| row.values.get(column.field).is_some_and(differs))
    };
    let as_typed = report.source.format != "json";
    let mut columns = report.source.columns.clone();
    if !as_typed {
        columns.iter_mut().for_each(|column| column.title.clear());
    }
    let mut table = RefusedTable::with_columns(&report.profile, &columns, given);
    table.semicolons = report.source.delimiter == Some(';');
    for (row, more) in &rows {
        let cells = table.fields.iter().map(|field| {
            let refused = row.issues.iter().any(|issue| issue.field == Some(*field) && issue.is_error());
            let broken = row.issues.iter().any(|issue| issue.field == Some(*field) && is_broken(issue));
            Text { text: table.text(*field, row.values.get(*field), refused && as_typed), broken }
        });
        let cells: Vec<Text> = cells.collect();
        table.push_cells(row.row, cells, &row.issues, more, &row.extra);
    }
    table
}

/// A cell that is written.
struct Text {
    text: String,
    /// Its quotation marks were not closed.
    broken: bool,
}

/// Whether an issue says that a cell's quotation marks are not closed.
fn is_broken(issue: &Issue) -> bool {
    issue.code == code::QUOTE_NOT_CLOSED
}

impl RefusedTable {
    /// An empty table with the columns of a sheet that are read, and with those that it should have had.
    #[must_use]
    pub fn new(profile: &Profile, columns: &[SourceColumn]) -> Self {
        Self::with_columns(profile, columns, |_| false)
    }

    /// An empty table with the columns of a sheet that are read, with those that it should have had, and with those in
    /// which something is given all the same.
    fn with_columns(profile: &Profile, columns: &[SourceColumn], given: impl Fn(&Column) -> bool) -> Self {
        let own = columns.iter().filter_map(|own| {
            let column = &profile.columns()[profile.column_of(own.field?)?];
            Some((column.field, title_of(profile, column, &own.title)))
        });
        let (mut fields, mut titles): (Vec<Field>, Vec<String>) = own.unzip();
        for column in profile.columns() {
            if !fields.contains(&column.field) && (column.is_needed() || given(column)) {
                fields.push(column.field);
                titles.push(title_of(profile, column, ""));
            }
        }
        titles.extend([ROW_TITLE.to_owned(), ERRORS_TITLE.to_owned()]);
        Self { profile: profile.clone(), fields, titles, rows: Vec::new(), semicolons: false }
    }

    /// Adds a row: its number, its values by field, and what is wrong with it, for people.
    pub fn push(&mut self, row: u32, values: &Values, errors: &[String]) {
        let cells = self.fields.iter().map(|field| {
            let text = self.text(*field, values.get(*field), false);
            Text { text, broken: false }
        });
        let cells = cells.collect();
        self.push_cells(row, cells, &[], errors, &[]);
    }

    /// `extra` are the filled cells beyond the sheet's last column: they stand beyond this table's last. Where exactly they
    /// stood means nothing, and a single one may have stood far out.
    fn push_cells(&mut self, row: u32, cells: Vec<Text>, issues: &[Issue], more: &[String], extra: &[String]) {
        let mut written: Vec<String> = cells.iter().map(|cell| workbook(&cell.text, cell.broken)).collect();
        written.push(row.to_string());
        let told = issues.iter().filter(|issue| issue.is_error()).map(|issue| self.told(issue));
        let told: Vec<String> = told.chain(more.iter().cloned()).collect();
        written.push(workbook(&told.join("; "), false));
        written.extend(extra.iter().map(|text| workbook(text, false)));
        self.rows.push(written);
    }

    /// A value as one cell. What a person typed and the rule refused stands as it was typed.
    fn text(&self, field: Field, value: Option<&Value>, as_typed: bool) -> String {
        let column = self.profile.column_of(field).map(|at| &self.profile.columns()[at]);
        match (value, column) {
            (None, _) => String::new(),
            (Some(Value::Text(text)), _) => text.clone(),
            (Some(Value::List(names)), _) if as_typed && names.len() == 1 => names[0].clone(),
            (Some(Value::List(names)), Some(column)) => cell::list_text(&self.profile, column, names),
            (Some(value), None) => value.to_text(),
        }
    }

    /// What is wrong, with the column that it is wrong in and what is suggested instead.
    fn told(&self, issue: &Issue) -> String {
        let column = issue.field.and_then(|field| self.profile.column_of(field));
        let mut told = column.map(|at| format!("{}: ", self.profile.columns()[at].title)).unwrap_or_default();
        told.push_str(&message(issue));
        if let Some(correction) = &issue.correction {
            told.push_str(" (suggested: ");
            told.push_str(&correction.to_text());
            told.push(')');
        }
        told
    }

    /// Titles, as a workbook's text cells hold them.
    #[must_use]
    pub fn titles(&self) -> &[String] {
        &self.titles
    }

    /// Rows of texts, as a workbook's text cells hold them. A row may be longer than the titles.
    #[must_use]
    pub fn rows(&self) -> &[Vec<String>] {
        &self.rows
    }

    /// Whether no row was refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// CSV as Excel opens it: UTF-8 with BOM, lines ended by CRLF, nothing in it that a spreadsheet would run.
    #[must_use]
    pub fn to_csv(&self) -> Vec<u8> {
        let delimiter = if self.semicolons { ';' } else { ',' };
        let mut out = String::from('\u{feff}');
        for row in std::iter::once(&self.titles).chain(&self.rows) {
            for (at, text) in row.iter().enumerate() {
                if at > 0 {
                    out.push(delimiter);
                }
                write_cell(&mut out, text);
            }
            out.push_str("\r\n");
        }
        out.into_bytes()
    }

    /// A workbook of text cells under a header that stays in sight.
    #[must_use]
    pub fn to_xlsx(&self) -> Vec<u8> {
        Tables::read(&self.to_tables()).map(|tables| rollcall_xlsx::pack(&tables)).unwrap_or_default()
    }

    /// The worksheet of [`to_xlsx`](Self::to_xlsx), for whom the writer of workbooks is elsewhere.
    #[must_use]
    pub fn to_tables(&self) -> Vec<u8> {
        let mut tables = TablesWriter::new(0);
        let mut rows = tables.sheet("Refused rows", false);
        for (line, row) in (1..).zip(std::iter::once(&self.titles).chain(&self.rows)) {
            rows.row(line, row.iter().map(String::as_str));
        }
        rows.finish();
        tables.finish()
    }
}

/// The sheet's own title if it says what the column is read as, else with the field's name beside it. A title needs
/// nothing that a spreadsheet would run.
fn title_of(profile: &Profile, column: &Column, own: &str) -> String {
    let harmless = own.trim_start_matches(|c| c == '\'' || text::is_blank(c) || runs(c));
    let title = if harmless.is_empty() { column.title.as_str() } else { harmless };
    let says = matches!(titles::meaning(profile, title), Some(Title::Field(field, _)) if field == column.field);
    if says { title.to_owned() } else { format!("{title} [{}]", column.field.as_str()) }
}

/// The field that stands beside a title: `Jina [first_name]`.
pub(crate) fn named_field(profile: &Profile, title: &str) -> Option<Field> {
    let (_, name) = title.trim_matches(text::is_blank).strip_suffix(']')?.rsplit_once(" [")?;
    Field::parse(name).filter(|field| profile.column_of(*field).is_some())
}

/// What titles begin with that only files of ours have.
pub(crate) const OUR_TITLES: &str = "Rollcall ";

/// Whether a title is one of those that only files of ours have.
pub(crate) fn is_ours(title: &str) -> bool {
    [ROW_TITLE, ERRORS_TITLE].contains(&title)
}

/// A title without the field that stands beside it.
pub(crate) fn own_title<'a>(profile: &Profile, title: &'a str) -> &'a str {
    match title.rsplit_once(" [") {
        Some((own, _)) if named_field(profile, title).is_some() => own,
        _ => title,
    }
}

/// The columns of a sheet that give its rows their numbers back, and say what was wrong. Only files of ours have them.
pub(crate) fn own_columns(source: &Source) -> Option<(usize, Option<usize>)> {
    let column = |title: &str| {
        let column = source.columns.iter().find(|column| source.header && column.title == title)?;
        usize::try_from(column.index).ok()
    };
    Some((column(ROW_TITLE)?, column(ERRORS_TITLE)))
}

/// A cell of a CSV file that no spreadsheet takes for a formula and every one takes for a single cell. Where another
/// character separates cells than in the file, what follows one of those begins a cell, quotation marks or not: it has
/// an apostrophe of its own.
#[must_use]
pub fn csv_cell(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    write_cell(&mut out, text);
    out
}

fn write_cell(out: &mut String, text: &str) {
    // What a spreadsheet would run gets an apostrophe, unless it has one already.
    let protect = !text.starts_with('\'') && would_run(text);
    let text = &*with_apostrophes(text, |rest| !rest.starts_with('\''));
    let special = |c: char| c == '"' || separates(c);
    if !(text.contains(special) || text.starts_with(' ') || text.ends_with(' ')) {
        out.push_str(if protect { "'" } else { "" });
        out.push_str(text);
        return;
    }
    out.push_str(if protect { "\"'" } else { "\"" });
    for (at, part) in text.split('"').enumerate() {
        out.push_str(if at > 0 { "\"\"" } else { "" });
        out.push_str(part);
    }
    out.push('"');
}

/// The first character that counts: blanks and apostrophes may be taken away by whoever opens the file.
fn head(text: &str) -> Option<char> {
    text.chars().find(|c| *c != '\'' && !text::is_blank(*c))
}

/// What may separate cells or rows, where another program or language opens the file.
fn separates(c: char) -> bool {
    matches!(c, ',' | ';' | '\t' | '|' | '\n' | '\r')
}

/// Whether a spreadsheet that takes a separator in the middle of a cell for one could run what follows it.
fn would_run_apart(rest: &str) -> bool {
    rest.chars().find(|c| !matches!(c, '\'' | '"') && !text::is_blank(*c)).is_some_and(runs)
}

/// The text with an apostrophe more behind separators, where what follows would run and `wants` one.
fn with_apostrophes(text: &str, wants: impl Fn(&str) -> bool) -> Cow<'_, str> {
    let wanting = |at: &usize| would_run_apart(&text[*at..]) && wants(&text[*at..]);
    let behind = text.char_indices().filter(|(_, c)| separates(*c)).map(|(at, c)| at + c.len_utf8());
    let places: Vec<usize> = behind.filter(wanting).collect();
    if places.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + places.len());
    let mut done = 0;
    for place in places {
        out.push_str(&text[done..place]);
        out.push('\'');
        done = place;
    }
    out.push_str(&text[done..]);
    Cow::Owned(out)
}

/// The text without the apostrophes that were written behind separators.
fn without_apostrophes(text: &str) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    for (at, c) in text.char_indices().filter(|(_, c)| separates(*c)) {
        let behind = at + c.len_utf8();
        if text[behind..].starts_with('\'') && would_run_apart(&text[behind..]) {
            out.push_str(&text[done..behind]);
            done = behind + 1;
        }
    }
    (done > 0).then(|| out + &text[done..])
}

/// What a formula begins with. The wide forms are those of Japanese keyboards.
fn runs(c: char) -> bool {
    matches!(c, '=' | '+' | '-' | '@' | '＝' | '＋' | '－' | '＠')
}

/// Whether a spreadsheet could take a text for a formula.
fn would_run(text: &str) -> bool {
    head(text).is_some_and(runs)
}

/// A text as a workbook's text cell holds it: with an apostrophe more where one would be taken off on reading.
/// One in front of a quotation mark says that it was not closed.
fn workbook(text: &str, broken: bool) -> String {
    let taken_off = text.starts_with('\'') && (would_run(text) || head(text) == Some('"'));
    let text = with_apostrophes(text, |rest| rest.starts_with('\''));
    if broken || taken_off { format!("'{text}") } else { text.into_owned() }
}

/// Makes the cells of a returned file what they were before it was written.
pub(crate) fn unprotect(cells: &mut [Cell<'_>]) {
    for cell in cells {
        if let Some(text) = without_apostrophes(&cell.text) {
            cell.text = Cow::Owned(text);
        }
        let Some(rest) = cell.text.strip_prefix('\'') else { continue };
        match head(rest) {
            Some('"') => cell.broken = !rest.starts_with('\''),
            _ if would_run(rest) => {}
            _ => continue,
        }
        cell.text = match &cell.text {
            Cow::Borrowed(text) => Cow::Borrowed(&text[1..]),
            Cow::Owned(text) => Cow::Owned(text[1..].to_owned()),
        };
    }
}

/// A row's number as it stands in a returned file.
fn row_number(text: &str) -> Option<u32> {
    let digits = text.trim_matches(text::is_blank);
    let plain = (1..=9).contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse().ok().filter(|number| plain && *number > 0)
}

/// The numbers of rows as they are read. Those of a returned file keep what they bring, the first time; rows that were
/// added to it get new ones after all others, and so do all rows of other files.
#[derive(Debug, Default)]
pub(crate) struct RowNumbers {
    brought: Vec<Option<u32>>,
}

impl RowNumbers {
    /// The next row, with the cell that holds its number in a returned file.
    pub(crate) fn read(&mut self, cell: Option<&Cell<'_>>) {
        self.brought.push(cell.and_then(|cell| row_number(&cell.text)));
    }

    /// The numbers of all rows, in their order; nothing if they are numbered as they come.
    pub(crate) fn finish(self) -> Vec<u32> {
        if self.brought.iter().all(Option::is_none) {
            return Vec::new();
        }
        let mut next = self.brought.iter().flatten().copied().max().unwrap_or_default();
        let mut seen = HashSet::new();
        let number = |brought: &Option<u32>| {
            brought.filter(|number| seen.insert(*number)).unwrap_or_else(|| {
                next += 1;
                next
            })
        };
        self.brought.iter().map(number).collect()
    }
}

/// Names as one cell that reads as these names.
pub(crate) fn as_json(names: &[String]) -> String {
    let mut out = String::new();
    json::list(&mut out, names, |out, name| json::string(out, name));
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Lists, Named, Rows, check, sheet::Sheet};

    fn named(names: &[&str]) -> Vec<Named> {
        names.iter().map(|name| Named { id: name.to_lowercase(), name: (*name).to_owned() }).collect()
    }

    fn profile(id: &str) -> Profile {
        let lists = Lists {
            roles: named(&["Viewer", "Billing, Read Only"]),
            groups: named(&["Night", "Support; Day", "Sales, North"]),
            ..Lists::default()
        };
        Profile::built_in(id).unwrap().effective(&lists)
    }

    /// What must be the same once the refused rows were written and read again: the number, the values, and what is
    /// wrong, apart from where in the file that is.
    fn told(rows: &[CheckedRow]) -> Vec<String> {
        let refused = rows.iter().filter(|row| row.status == Status::Refused);
        refused
            .map(|row| {
                let wrong = row.issues.iter().filter(|issue| issue.is_error()).map(|issue| {
                    // How many cells a row has depends on how many columns the file has.
                    let params = Some(&issue.params).filter(|_| issue.code != code::TOO_MANY_CELLS);
                    format!("{} {:?} {params:?} {:?}", issue.code, issue.field, issue.correction)
                });
                format!("{} {:?} {:?}", row.row, row.values, wrong.collect::<Vec<_>>())
            })
            .collect()
    }

    fn csv(report: &Report) -> String {
        String::from_utf8(refused_table(report).to_csv()).unwrap()
    }

    #[test]
    fn our_titles_begin_alike() {
        assert!([ROW_TITLE, ERRORS_TITLE].iter().all(|title| title.starts_with(OUR_TITLES)));
    }

    #[test]
    fn refused_rows_stand_under_the_sheets_own_titles() {
        let sheet = "Jina;Ukoo;Baruapepe;Simu;Cheo\n\
            Ana;Diaz;ana@example.com;;\n\
            Bo;Li;bo@;34600123456;Viewer\n\
            Cy;Odd;cy@example.com;'+34 600 123 456;Billing, Read Only | King\n";
        let mapping = r#"{"header":true,"columns":["first_name","last_name","email","phone","role"]}"#;
        let mapped = Sheet::parse(sheet.as_bytes(), &profile("end-user"), Some(mapping)).unwrap();
        insta::assert_snapshot!(String::from_utf8(mapped.refused_table().to_csv()).unwrap(), @r#"
        ﻿Jina [first_name];Ukoo [last_name];Baruapepe [email];Simu [phone];Cheo [role];Rollcall row;Rollcall errors
        Bo;Li;bo@;34600123456;Viewer;2;"Email: the part after the @ must be a full domain, as in example.com; Phone: the + before the country code is missing (suggested: +34600123456)"
        Cy;Odd;cy@example.com;'+34600123456;"Billing, Read Only | King";3;"Role: there is no role “King”; there are: Organization Admin, Organization View Only Admin, Organization Billing Admin, Organization User, Privileged, Standard, Viewer, Billing, Read Only"
        "#);
        let again = check(&mapped.refused_table().to_csv(), &profile("end-user"));
        assert_eq!(told(again.rows()), told(mapped.report().rows()));
        assert_eq!(again.issues(), []);
        let repaired = String::from_utf8(mapped.refused_table().to_csv()).unwrap().replace("bo@", "bo@example.com");
        let repaired =
            check(repaired.replace(";34600", ";'+34600").replace(" | King", "").as_bytes(), &profile("end-user"));
        assert_eq!(repaired.to_json(Rows::Issues).matches("\"row\":").count(), 0, "nothing is even corrected");
        assert_eq!(repaired.rows().iter().map(|row| row.row).collect::<Vec<_>>(), [2, 3]);
    }

    #[test]
    fn nothing_is_left_that_a_spreadsheet_would_run() {
        let cells = ["=1+1", "+1+cmd|x", "-2+3", "@SUM(A1)", "\t=1", " =1", "＝1", "'=1", "\r=1", "\u{feff}=1"];
        let rows: Vec<String> = cells.iter().map(|cell| format!("\"{cell}\",x,x@,")).collect();
        let sheet = format!("=First Name,@Last Name,Email,Phone\n{}\n", rows.join("\n"));
        let report = check(sheet.as_bytes(), &profile("technician"));
        let table = csv(&report);
        let mut reader = crate::table::Reader::new(table.trim_start_matches('\u{feff}'), 1, Some(','));
        let mut cells = Vec::new();
        while reader.next(&mut cells).is_some() {
            assert!(cells.iter().all(|cell| cell.text.starts_with('\'') || !would_run(&cell.text)), "{cells:?}");
        }
        assert_eq!(told(check(table.as_bytes(), &profile("technician")).rows()), told(report.rows()));
    }

    #[test]
    fn whatever_separates_cells_no_part_of_one_runs() {
        for text in [
            "x;=cmd|'/C calc'!A0;",
            "x,+1",
            "x\t-1",
            "x|@SUM(A1)",
            "x\n=1",
            "x\r\n=1",
            "x; '=1",
            "x;\"=1",
            ";;=1",
            "x;'＝1",
        ] {
            let cell = csv_cell(text);
            for part in cell.split(separates) {
                assert!(part.starts_with(['\'']) || !would_run_apart(part), "{text:?} became {cell:?}");
            }
            let mut back = [crate::table::Cell {
                text: Cow::Owned(with_apostrophes(&workbook(text, false), |rest| !rest.starts_with('\'')).into_owned()),
                broken: false,
            }];
            unprotect(&mut back);
            assert_eq!(back[0].text, text);
        }
        for text in ["2026-11-21", "Night; Day, Support", "a=b;c=d", "x;'y"] {
            assert!(!csv_cell(text).contains(";'=") && without_apostrophes(&csv_cell(text)).is_none(), "{text}");
        }
    }

    #[test]
    fn numbers_come_back_and_added_rows_get_new_ones() {
        let sheet = "Email,First Name,Last Name,Rollcall row,Rollcall errors\n\
            a@x.de,Ana,Diaz,7,required\nb@x.de,Bo,Li,,\nc@x.de,Cy,Odd,7,\nd@x.de,Di,Odd,3,\ne@x.de,Ed,Odd,x,\n";
        let report = check(sheet.as_bytes(), &profile("end-user"));
        assert_eq!(report.rows().iter().map(|row| row.row).collect::<Vec<_>>(), [7, 8, 9, 3, 10]);
        assert_eq!(report.verdict(), crate::Verdict::Accepted);
        let mut edited = Sheet::parse(sheet.as_bytes(), &profile("end-user"), None).unwrap();
        assert_eq!(edited.report_json(Rows::All), report.to_json(Rows::All));
        edited.add_rows(1);
        assert_eq!(edited.report().rows()[5].row, 11);
    }

    #[test]
    fn what_the_server_adds_stands_beside_what_the_sheet_says() {
        let report = check(b"Email,First Name,Last Name\na@x.de,Ana,Diaz\nb@x.de,Bo,Li\n", &profile("end-user"));
        let taken = |row: &CheckedRow| if row.row == 2 { vec!["Email: taken".to_owned()] } else { Vec::new() };
        let table = refused_table_with(&report, taken);
        assert_eq!(table.rows(), [["b@x.de", "Bo", "Li", "2", "Email: taken"]]);
        let mut table = RefusedTable::new(&profile("end-user"), &report.source().columns);
        table.push(2, &report.rows()[1].values, &["taken".to_owned()]);
        assert_eq!(table.rows(), [["b@x.de", "Bo", "Li", "2", "taken"]]);
    }

    #[test]
    fn a_cell_that_a_person_edited_and_a_column_that_was_missing_are_in_it() {
        let mut sheet = Sheet::parse(b"First Name,Email\nAna,a@\nBo,b@\n", &profile("end-user"), None).unwrap();
        sheet.assign("role", &["Billing, Read Only".into(), "viewer".into()], Some(&[0]));
        sheet.set_cell(0, "first_name", "Anna");
        let table = sheet.refused_table();
        assert_eq!(table.titles()[..4], ["First Name", "Email", "Last name", "Role"]);
        assert_eq!(table.rows()[0][..5], ["Anna", "a@", "", "Billing, Read Only; Viewer", "1"]);
        assert_eq!(table.rows()[1][..5], ["Bo", "b@", "", "", "2"]);
    }

    #[test]
    fn every_sheet_of_the_corpus_comes_back_as_it_was() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus");
        let mut rows = 0;
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|kind| kind == "json" || kind == "md") {
                continue;
            }
            let bytes = std::fs::read(&path).unwrap();
            for id in ["technician", "end-user", "modern"] {
                let profile = profile(id);
                let sheet = Sheet::parse(&bytes, &profile, None).unwrap();
                let report = check(&bytes, &profile);
                assert_eq!(sheet.refused_table().to_csv(), refused_table(&report).to_csv(), "{path:?} {id}");
                if report.rows().iter().all(|row| row.status != Status::Refused) {
                    continue;
                }
                for table in [refused_table(&report).to_csv(), refused_table(&report).to_xlsx()] {
                    let again = check(&table, &profile);
                    assert_eq!(told(again.rows()), told(report.rows()), "{path:?} {id}");
                }
                rows += report.rows().len();
            }
        }
        assert!(rows > 300, "{rows}");
    }

    fn cell() -> impl Strategy<Value = String> {
        prop_oneof![
            3 => "[a-c]{1,3}@x\\.de",
            2 => "[A-Z][a-z]{0,4}",
            2 => "[ '\"=+@;,|\n\r\ta1\u{202e}\u{feff}-]{0,6}",
            1 => "['+]{0,2}34 ?600 ?1234[0-9]{0,3}",
            1 => Just("Support; Day, Night".to_owned()),
            1 => Just("[\"Night\",\"x\"]".to_owned()),
            1 => Just("viewer|King".to_owned()),
            1 => Just(String::new()),
        ]
    }

    fn row() -> impl Strategy<Value = Vec<String>> {
        proptest::collection::vec(cell(), 5..9)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn refused_rows_that_nobody_repaired_are_refused_again_for_the_same(
            rows in proptest::collection::vec(row(), 1..8),
            semicolons in any::<bool>(),
            unquoted in any::<bool>(),
        ) {
            let delimiter = if semicolons { ";" } else { "," };
            let mut sheet = ["Vorname", "Name", "E-Mail", "Phone", "Role", "Groups"].join(delimiter);
            for row in &rows {
                sheet.push('\n');
                let cells: Vec<String> = row.iter().map(|cell| {
                    if unquoted { cell.clone() } else { format!("\"{}\"", cell.replace('"', "\"\"")) }
                }).collect();
                sheet.push_str(&cells.join(delimiter));
            }
            for id in ["end-user", "modern", "technician"] {
                let profile = profile(id);
                let report = check(sheet.as_bytes(), &profile);
                let table = refused_table(&report);
                let edited = Sheet::parse(sheet.as_bytes(), &profile, None).unwrap().refused_table();
                prop_assert_eq!((edited.titles(), edited.rows()), (table.titles(), table.rows()));
                if table.is_empty() {
                    continue;
                }
                let again = check(&table.to_csv(), &profile);
                prop_assert_eq!(told(again.rows()), told(report.rows()), "{}", String::from_utf8_lossy(&table.to_csv()));
                let from_workbook = check(&table.to_xlsx(), &profile);
                prop_assert_eq!(told(from_workbook.rows()), told(report.rows()), "{:?}", table);
                let own = |table: &RefusedTable| -> Vec<Vec<String>> {
                    let errors = table.fields.len() + 1;
                    table.rows.iter().map(|row| [&row[..errors], &row[errors + 1..]].concat()).collect()
                };
                prop_assert_eq!(own(&refused_table(&again)), own(&table));
            }
        }
    }
}
