//! A template that was filled in is imported without a word.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read as _, Write as _},
};

use rollcall_templates::{Format, file_name, template};
use rollcall_validation::{Expects, Field, Lists, Named, Profile, Rows, SheetColumn, Verdict, check};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// Every built-in profile, and each with an organization's lists in it.
fn profiles() -> Vec<Profile> {
    let named =
        |names: &[&str]| names.iter().map(|name| Named { id: (*name).to_owned(), name: (*name).to_owned() }).collect();
    let lists = Lists {
        groups: named(&["Night shift", "Müller & Söhne", "night shift", "=1+1", "A, B; C"]),
        sites: named(&["HQ", "Zürich", "O'Hare"]),
        domains: named(&["acme.example", "acme.test"]),
        properties: named(&["desk", "Cost centre"]),
        courses: named(&["First aid"]),
        roles: named(&["Auditor"]),
        default_country: Some("DE".to_owned()),
        ..Lists::default()
    };
    let built_in = Profile::built_in_ids().iter().filter_map(|id| Profile::built_in(id));
    built_in.flat_map(|profile| [profile.effective(&lists), profile]).collect()
}

/// What somebody would enter who has read the template; `last` takes the last name of a list.
fn entered(column: &SheetColumn<'_>, person: usize, last: bool) -> String {
    let name = ["Ana", "Björn", "Chloé"][person % 3];
    match &column.expects {
        Expects::Text { .. } if column.field == Field::Username => format!("person{person}"),
        Expects::Text { .. } => name.to_owned(),
        Expects::Email { .. } => format!("person{person}@example.org"),
        Expects::Phone { .. } => "+49 1511 2345678".to_owned(),
        Expects::Names { with_value: true, known, .. } => {
            format!("{}=12", known.and_then(<[_]>::first).map_or("Desk", |named| &named.name))
        }
        Expects::Names { known, .. } => {
            let known = known.unwrap_or_default();
            let name = if last { known.last() } else { known.first() };
            name.map_or("Anything", |named| &named.name).to_owned()
        }
        Expects::Secret { .. } => "correct horse battery".to_owned(),
    }
}

fn rows(profile: &Profile) -> Vec<Vec<String>> {
    let all = |person, last| profile.sheet_columns().map(|column| entered(&column, person, last)).collect();
    let least = profile
        .sheet_columns()
        .map(|column| if column.required { entered(&column, 2, false) } else { String::new() })
        .collect();
    vec![all(0, false), all(1, true), least]
}

/// Nothing to say of three people.
fn is_clean(profile: &Profile, file: &[u8]) {
    let report = check(file, profile);
    let said = report.to_json(Rows::Issues);
    assert_eq!(report.verdict(), Verdict::Accepted, "{}: {said}", profile.id());
    assert_eq!((report.counts().rows, report.issues().len()), (3, 0), "{}: {said}", profile.id());
    for (column, found) in profile.sheet_columns().zip(&report.source().columns) {
        assert_eq!(found.field, Some(column.field), "{}: {}", profile.id(), column.title);
    }
}

fn parts(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).expect("an archive");
    (0..archive.len())
        .map(|at| {
            let mut file = archive.by_index(at).expect("a file");
            let mut bytes = Vec::new();
            file.read_to_end(&mut bytes).expect("its bytes");
            (file.name().expect("a name").into_owned(), bytes)
        })
        .collect()
}

fn part(archive: &[u8], name: &str) -> String {
    String::from_utf8(parts(archive).remove(name).unwrap_or_else(|| panic!("no {name}"))).expect("text")
}

/// The workbook with rows typed into its first sheet, the rest of it as it is.
fn typed_into(workbook: &[u8], rows: &[Vec<String>]) -> Vec<u8> {
    let escape = |text: &str| text.replace('&', "&amp;").replace('<', "&lt;");
    let mut typed = String::new();
    for (number, row) in (2..).zip(rows) {
        typed.push_str(&format!("<row r=\"{number}\">"));
        for (letter, text) in ('A'..).zip(row).filter(|(_, text)| !text.is_empty()) {
            let text = escape(text);
            typed.push_str(&format!("<c r=\"{letter}{number}\" t=\"inlineStr\"><is><t>{text}</t></is></c>"));
        }
        typed.push_str("</row>");
    }
    let mut out = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, mut bytes) in parts(workbook) {
        if name == "xl/worksheets/sheet1.xml" {
            let sheet = String::from_utf8(bytes).expect("text");
            bytes = sheet.replacen("</sheetData>", &format!("{typed}</sheetData>"), 1).into_bytes();
        }
        out.start_file(name, SimpleFileOptions::default()).expect("a file");
        out.write_all(&bytes).expect("its bytes");
    }
    out.finish().expect("an archive").into_inner()
}

/// How many columns have a style of their own.
fn text_columns(sheet: &str) -> usize {
    let number = |col: &str, name: &str| -> usize {
        let value = col.split_once(&format!("{name}=\"")).expect(name).1;
        value.split('"').next().and_then(|digits| digits.parse().ok()).expect("a number")
    };
    let cols =
        sheet.split("<col ").skip(1).filter(|col| col.split('>').next().is_some_and(|col| col.contains("style=")));
    cols.map(|col| number(col, "max") + 1 - number(col, "min")).sum()
}

#[test]
fn a_csv_template_that_was_filled_in_is_accepted_without_a_word() {
    for profile in profiles() {
        let mut file = template(&profile, Format::Csv).expect("a template");
        for row in rows(&profile) {
            let cells: Vec<String> = row.iter().map(|cell| format!("\"{cell}\"")).collect();
            file.extend(format!("{}\r\n", cells.join(",")).bytes());
        }
        is_clean(&profile, &file);
    }
}

#[test]
fn a_workbook_that_was_filled_in_is_accepted_without_a_word() {
    for profile in profiles() {
        let file = typed_into(&template(&profile, Format::Xlsx).expect("a template"), &rows(&profile));
        is_clean(&profile, &file);
        assert_eq!(check(&file, &profile).source().sheet.as_deref(), Some("People"), "{}", profile.id());
    }
}

#[test]
fn an_empty_template_imports_nobody() {
    let both = |profile: Profile| [Format::Csv, Format::Xlsx].map(|format| (profile.clone(), format));
    for (profile, format) in profiles().into_iter().flat_map(both) {
        let report = check(&template(&profile, format).expect("a template"), &profile);
        assert_eq!(report.counts().rows, 0, "{}", profile.id());
        let sheet = (format == Format::Xlsx).then_some("People");
        assert_eq!(report.source().sheet.as_deref(), sheet, "{}", profile.id());
        assert_eq!(report.issues().iter().map(|issue| issue.code).collect::<Vec<_>>(), ["no_rows"], "{}", profile.id());
    }
}

#[test]
fn a_workbook_has_lists_notes_and_text_columns() {
    for profile in profiles() {
        let id = profile.id();
        let file = template(&profile, Format::Xlsx).expect("a template");
        let sheet = part(&file, "xl/worksheets/sheet1.xml");
        let columns: Vec<_> = profile.sheet_columns().collect();
        let lists = columns
            .iter()
            .filter(|column| match column.expects {
                Expects::Names { with_value: false, known: Some(known), .. } => !known.is_empty(),
                _ => false,
            })
            .count();
        assert_eq!(sheet.matches("<dataValidation ").count(), lists, "{id}");
        let last = (profile.row_limit() + 1).to_string();
        assert_eq!(sheet.matches(&format!("{last}\"><formula1>Lists!")).count(), lists, "{id}: to the last row");
        assert_eq!(part(&file, "xl/comments1.xml").matches("<comment ").count(), columns.len(), "{id}");
        assert_eq!(text_columns(&sheet), columns.len(), "{id}");
        assert!(part(&file, "xl/styles.xml").contains("numFmtId=\"49\""), "{id}");
        assert!(sheet.contains("state=\"frozen\""), "{id}");
        assert_eq!(file, template(&profile, Format::Xlsx).expect("again"), "{id}: the same bytes");
    }
}

#[test]
fn the_archive_holds_a_readme_and_both_sheets() {
    let profile = Profile::built_in("member").expect("built in");
    let archive = template(&profile, Format::Zip).expect("a template");
    let found = parts(&archive);
    assert_eq!(found.keys().collect::<Vec<_>>(), ["README.txt", "member-template.csv", "member-template.xlsx"]);
    for format in [Format::Csv, Format::Xlsx] {
        assert_eq!(found[&file_name(&profile, format)], template(&profile, format).expect("a template"));
    }
    assert_eq!(archive, template(&profile, Format::Zip).expect("again"), "the same bytes");
    let readme = part(&archive, "README.txt").replace("\r\n", "\n").replace(profile.hash(), "HASH");
    insta::assert_snapshot!(readme);
}
