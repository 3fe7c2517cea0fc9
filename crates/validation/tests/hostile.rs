//! What nobody should send and somebody will.

use std::time::Instant;

use proptest::prelude::*;
use rollcall_validation::{Profile, Rows, Status, check, check_field, sheet::Sheet};

fn profile(id: &str) -> Profile {
    Profile::built_in(id).expect("built in")
}

/// Codes of the file, then of the rows.
fn codes(bytes: &[u8], id: &str) -> String {
    let report = check(bytes, &profile(id));
    let of_file = report.issues().iter().map(|issue| issue.code);
    let of_rows = report.rows().iter().flat_map(|row| &row.issues).map(|issue| issue.code);
    of_file.chain(of_rows).collect::<Vec<_>>().join(" ")
}

#[test]
fn bad_input_is_told_by_name() {
    let wide = format!("First Name,Last Name,Email{}\nAna,Diaz,ana@example.com\n", ",x".repeat(9_997));
    let long = format!("First Name,Last Name,Email\nAna,Diaz,{}@example.com\n", "a".repeat(288));
    let mut huge = b"First Name,Last Name,Email\n".to_vec();
    huge.resize(100_000_000, b'a');
    let many = "ana@example.com\n".repeat(100_001);
    for (name, bytes, expected) in [
        ("nothing", b"".to_vec(), "empty"),
        ("blanks", " \r\n\t\n\u{feff}".into(), "empty"),
        ("BOM only", b"\xef\xbb\xbf".to_vec(), "empty"),
        ("delimiters only", b",,,\n,,,\n".to_vec(), "empty column_missing column_missing column_missing"),
        ("header only", b"First Name,Last Name,Email\n".to_vec(), "no_rows"),
        ("10,000 columns", wide.into(), "too_many_columns"),
        ("300 characters before and after the @", long.into(), "email_too_long email_local_too_long"),
        ("100 MB", huge, "too_large"),
        ("random bytes", (0..9999_u32).map(|n| n.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect(), "not_text"),
        ("zero bytes", vec![0; 5000], "not_text"),
        ("a workbook", b"PK\x03\x04\x14\0".to_vec(), "workbook_damaged"),
        ("one cell", b"hello".to_vec(), "column_missing column_missing required required"),
    ] {
        assert_eq!(codes(&bytes, "technician"), expected, "{name}");
    }
    let report = check(many.as_bytes(), &profile("modern"));
    assert_eq!(report.issues()[0].code, "too_many_rows");
    assert_eq!(report.counts().rows, 100_000);
}

#[test]
fn cells_that_a_spreadsheet_would_run_are_refused_in_every_column() {
    let profile = profile("modern");
    for cell in
        ["=1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "=HYPERLINK(\"http://example.com\")", "'=1+1", "\t=1+1", "+1+cmd|x"]
    {
        for field in ["first_name", "last_name", "email", "phone", "username", "role", "groups", "properties"] {
            assert_eq!(check_field(&profile, field, cell).status, Status::Refused, "{field} {cell}");
        }
    }
}

#[test]
fn a_hundred_thousand_rows_take_no_time_to_speak_of() {
    let mut sheet = "First Name,Last Name,Email\n".to_owned();
    (0..100_000).for_each(|row| sheet.push_str(&format!("Ana,Diaz,ana{row}@example.com\n")));
    let started = Instant::now();
    let report = check(sheet.as_bytes(), &profile("end-user"));
    assert_eq!(report.counts().accepted, 100_000);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());

    let mut edited = Sheet::parse(sheet.as_bytes(), &profile("end-user"), None).expect("no mapping");
    let started = Instant::now();
    for row in 0..1000 {
        let change = edited.set_cell(row * 7, "email", &format!("ana{}@example.com", row * 7 + 1));
        assert_eq!(change.changed, [row * 7, row * 7 + 1]);
        edited.undo();
    }
    assert!(started.elapsed().as_secs() < 30, "{:?} for 2,000 edits", started.elapsed());
}

#[test]
fn the_same_address_in_every_row_takes_linear_time() {
    let sheet = format!("First Name,Last Name,Email\n{}", "Ana,Diaz,ana@example.com\n".repeat(100_000));
    let started = Instant::now();
    let report = check(sheet.as_bytes(), &profile("technician"));
    assert_eq!(report.counts().refused, 100_000);
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    let started = Instant::now();
    let mut edited = Sheet::parse(sheet.as_bytes(), &profile("technician"), None).expect("no mapping");
    assert_eq!(edited.counts().refused, 100_000);
    assert_eq!(edited.set_cell(5, "email", "bo@example.com").changed.len(), 100_000);
    let all_but_one: Vec<u32> = (1..100_000).collect();
    assert_eq!(edited.remove(&all_but_one).changed, [0]);
    assert_eq!(edited.counts().accepted, 1);
    edited.undo();
    assert_eq!((edited.counts().refused, edited.counts().accepted), (99_999, 1));
    assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
}

#[test]
fn a_sheet_of_quotation_marks_takes_linear_time() {
    for part in ["\"", "\"a,", "a,\"\n", "\"\"\n", "\"a\"\"\n"] {
        let sheet = part.repeat(4_000_000 / part.len());
        let started = Instant::now();
        let _ = check(sheet.as_bytes(), &profile("technician"));
        assert!(started.elapsed().as_secs() < 30, "{part:?}: {:?}", started.elapsed());
    }
}

fn pieces() -> impl Strategy<Value = String> {
    proptest::collection::vec(
        prop_oneof![
            3 => "[a-zA-Z]{1,6}",
            2 => "[,;|\t\n\r\"']",
            1 => Just("@".to_owned()),
            1 => "[+0-9 .eE-]{1,14}",
            1 => Just("ana@example.com".to_owned()),
            1 => Just("First Name".to_owned()),
            1 => Just("E-Mail".to_owned()),
            1 => Just("sep=".to_owned()),
            1 => any::<char>().prop_map(String::from),
            1 => "[\u{200b}\u{202e}\u{a0}\u{301}\u{df}\u{212a}\0#=]",
        ],
        0..120,
    )
    .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        for id in Profile::built_in_ids() {
            let report = check(&bytes, &profile(id));
            let json: serde_json::Value = serde_json::from_str(&report.to_json(Rows::All)).expect("JSON");
            prop_assert_eq!(json["rows"].as_array().map(Vec::len), Some(report.rows().len()));
        }
    }

    #[test]
    fn no_text_makes_it_panic_and_the_same_text_has_the_same_report(text in pieces()) {
        for id in Profile::built_in_ids() {
            let profile = profile(id);
            let report = check(text.as_bytes(), &profile).to_json(Rows::All);
            prop_assert_eq!(&check(text.as_bytes(), &profile).to_json(Rows::All), &report);
            let sheet = Sheet::parse(text.as_bytes(), &profile, None).expect("no mapping");
            prop_assert_eq!(&sheet.report_json(Rows::All), &report);
            let counts = check(text.as_bytes(), &profile).counts();
            prop_assert_eq!(counts.rows, counts.accepted + counts.corrected + counts.refused);
        }
    }

    #[test]
    fn what_is_suggested_is_accepted(text in pieces()) {
        for id in Profile::built_in_ids() {
            let profile = profile(id);
            for field in ["first_name", "email", "phone", "role"] {
                let verdict = check_field(&profile, field, &text);
                for meant in verdict.issues.iter().filter_map(|issue| issue.correction.as_ref()) {
                    let again = check_field(&profile, field, &meant.to_text());
                    prop_assert_eq!(again.status, Status::Accepted, "{} {:?}", field, meant);
                }
            }
        }
    }

    #[test]
    fn what_is_accepted_is_accepted_again_as_it_came_out(text in pieces()) {
        for id in Profile::built_in_ids() {
            let profile = profile(id);
            for field in ["first_name", "email", "phone", "role"] {
                let verdict = check_field(&profile, field, &text);
                if let Some(value) = verdict.value.filter(|_| verdict.status != Status::Refused) {
                    let again = check_field(&profile, field, &value.to_text());
                    prop_assert_eq!((again.status, again.value), (Status::Accepted, Some(value)));
                }
            }
        }
    }
}
