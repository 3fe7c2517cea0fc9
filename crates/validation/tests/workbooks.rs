//! Sheets of a workbook: which one is read, and that it is read as text is.

use proptest::prelude::*;
use rollcall_validation::{Profile, Report, Rows, check, check_tables, sheet::Sheet};
use rollcall_xlsx::{Refused, What, tables::TablesWriter};

fn profile(id: &str) -> Profile {
    Profile::built_in(id).expect("built in")
}

/// A worksheet: its name, and its rows as text with commas; hidden if the name is in parentheses.
type Worksheet<'a> = (&'a str, Result<&'a str, Refused>);

fn tables(sheets: &[Worksheet<'_>]) -> Vec<u8> {
    let mut writer = TablesWriter::new(1000);
    for (name, text) in sheets {
        let mut rows = writer.sheet(name.trim_matches(['(', ')']), name.starts_with('('));
        match text {
            Ok(text) => {
                for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.is_empty()) {
                    rows.row(line, text.split(',').collect::<Vec<_>>().into_iter());
                }
                rows.finish();
            }
            Err(refused) => rows.refuse(refused),
        }
    }
    writer.finish()
}

fn told(report: &Report) -> String {
    let issues: Vec<&str> = report.issues().iter().map(|issue| issue.code).collect();
    let counts = report.counts();
    let sheet = report.source().sheet.as_deref().unwrap_or("-");
    format!("{sheet}: {} rows, {} refused [{}]", counts.rows, counts.refused, issues.join(" "))
}

const PEOPLE: &str = "First Name,Last Name,Email\nAna,Diaz,ana@example.com\nBo,Li,bo@\n";
const MORE: &str = "Email,Vorname,Nachname\nana@example.com,Ana,Diaz\nbo@example.com,Bo,Li\n";
const BAD: &str = "First Name,Last Name,Email\nAna,Diaz,ana@\n";
const HELP: &str = "How to fill this in\n\nWrite one person per row.\nDo not change the titles.\n";

#[test]
fn the_sheet_with_most_good_rows_is_read() {
    let too_large = Err(Refused::TooLarge { what: What::Cells, limit: 7 });
    for (name, sheets, expected) in [
        ("the only one", vec![("People", Ok(PEOPLE))], "People: 2 rows, 1 refused []"),
        ("after a page of help", vec![("Help", Ok(HELP)), ("P", Ok(PEOPLE))], "P: 2 rows, 1 refused []"),
        ("before a page of help", vec![("P", Ok(BAD)), ("Help", Ok(HELP))], "P: 1 rows, 1 refused []"),
        ("no good row, after help", vec![("Help", Ok(HELP)), ("P", Ok(BAD))], "P: 1 rows, 1 refused []"),
        ("more good rows", vec![("A", Ok(PEOPLE)), ("B", Ok(MORE))], "B: 2 rows, 0 refused []"),
        ("equals: the first", vec![("A", Ok(MORE)), ("B", Ok(MORE))], "A: 2 rows, 0 refused []"),
        ("hidden ones do not count", vec![("(A)", Ok(MORE)), ("B", Ok(PEOPLE))], "B: 2 rows, 1 refused []"),
        ("unless there is nothing else", vec![("(A)", Ok(MORE)), ("B", Ok(""))], "A: 2 rows, 0 refused []"),
        ("one that is too large beside", vec![("A", too_large.clone()), ("B", Ok(PEOPLE))], "B: 2 rows, 1 refused []"),
        ("too large", vec![("A", too_large), ("(B)", Ok(PEOPLE))], "A: 0 rows, 0 refused [workbook_too_large]"),
        ("nothing in it", vec![("A", Ok("")), ("B", Ok(" , \n"))], "A: 0 rows, 0 refused [empty]"),
        ("no sheets", vec![], "-: 0 rows, 0 refused [empty]"),
        (
            "nobody in it",
            vec![("Help", Ok(HELP))],
            "Help: 3 rows, 3 refused [column_missing column_missing column_missing]",
        ),
    ] {
        let tables = tables(&sheets);
        let profile = profile("technician");
        let report = check_tables(&tables, &profile, None);
        assert_eq!(told(&report), expected, "{name}");
        let sheet = Sheet::parse_tables(&tables, &profile, None).expect("no mapping");
        assert_eq!(sheet.report_json(Rows::All), report.to_json(Rows::All), "{name}");
    }
}

#[test]
fn a_person_chooses_another_sheet() {
    let tables = tables(&[("A", Ok(PEOPLE)), ("B", Ok(MORE)), ("C", Ok("")), ("(D)", Ok(MORE))]);
    let read = |mapping: &str| {
        let sheet = Sheet::parse_tables(&tables, &profile("technician"), Some(mapping)).expect("a mapping");
        (told(&sheet.report()), sheet.info_json())
    };
    let (report, info) = read(r#"{"sheet":"A"}"#);
    assert_eq!(report, "A: 2 rows, 1 refused []");
    assert!(
        info.contains(r#""sheets":[{"name":"A","rows":3},{"name":"B","rows":3},{"name":"C","rows":0}],"source""#),
        "{info}"
    );
    assert!(info.contains(r#""encoding":null,"format":"xlsx","header":true,"sheet":"A"}"#), "{info}");
    assert_eq!(read(r#"{"sheet":"C"}"#).0, "C: 0 rows, 0 refused [empty]");
    assert_eq!(read(r#"{"sheet":"D"}"#).0, "D: 2 rows, 0 refused []");
    let (report, info) = read(r#"{"sheet":"a"}"#);
    assert_eq!(report, "-: 0 rows, 0 refused [sheet_unknown]");
    assert!(info.contains("there is no sheet “a”; there are: A, B, C"), "{info}");
    assert_eq!(read(r#"{"sheet":"A","header":false}"#).0, "A: 3 rows, 2 refused []");
}

#[test]
fn lines_are_the_rows_of_the_worksheet() {
    let tables = tables(&[("People", Ok("\n\nFirst Name,Last Name,Email\n\nAna,Diaz,ana@\n,,\nBo,Li,bo@\n"))]);
    let report = check_tables(&tables, &profile("technician"), None);
    let lines: Vec<(u32, u32)> = report.rows().iter().map(|row| (row.row, row.line)).collect();
    assert_eq!(lines, [(1, 5), (2, 7)]);
}

#[test]
fn what_is_no_workbook_is_told() {
    for (refused, expected) in [
        (Refused::Encrypted, "workbook_encrypted"),
        (Refused::Damaged, "workbook_damaged"),
        (Refused::TooLarge { what: What::Entries, limit: 9 }, "workbook_too_large"),
        (Refused::NotAWorkbook { format: "ods".into() }, "not_a_workbook"),
    ] {
        let report = check_tables(&TablesWriter::refuse(1000, &refused), &profile("technician"), None);
        assert_eq!(told(&report), format!("-: 0 rows, 0 refused [{expected}]"));
        assert!(!report.is_readable());
    }
    let report = check_tables(b"something else", &profile("technician"), None);
    assert_eq!(told(&report), "-: 0 rows, 0 refused [workbook_damaged]");
    let profile = profile("technician");
    let report = check_tables(&TablesWriter::new(profile.byte_limit() + 1).finish(), &profile, None);
    assert_eq!(told(&report), "-: 0 rows, 0 refused [too_large]");
}

proptest! {
    #[test]
    fn a_worksheet_gives_the_verdicts_of_the_same_text(
        rows in proptest::collection::vec(
            proptest::collection::vec("|Email|First Name|Phone|Ana|[a-z]{1,5}|[a-d]@x\\.de|'?\\+?34600123[0-9]{3}| ", 4), 1..8)
    ) {
        // Of a worksheet with nothing in it no column is missed.
        prop_assume!(rows.iter().flatten().any(|cell| !cell.trim().is_empty()));
        let text: Vec<String> = rows.iter().map(|row| row.join(",")).collect();
        let text = text.join("\n");
        for id in Profile::built_in_ids() {
            let profile = profile(id);
            let of_text = check(format!("sep=,\n{text}").as_bytes(), &profile);
            let of_worksheet = check_tables(&tables(&[("A", Ok(&text))]), &profile, None);
            // The first line of the text says what separates its cells.
            let told = |report: &Report, before: u32| {
                let row = |row: &rollcall_validation::CheckedRow| {
                    (row.row, row.line - before, row.status, row.values.clone(), row.issues.clone())
                };
                (report.issues().to_vec(), report.rows().iter().map(row).collect::<Vec<_>>(), report.source().columns.clone())
            };
            prop_assert_eq!(told(&of_worksheet, 0), told(&of_text, 1));
        }
    }
}
