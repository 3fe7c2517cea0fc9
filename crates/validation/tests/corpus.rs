//! Every sheet of `tests/corpus`: the report must be the expected one, byte for byte.

use std::{fs, path::PathBuf};

use rollcall_validation::{Profile, Rows, check, sheet::Sheet};

#[test]
fn every_sheet_of_the_corpus_gives_its_report() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let mut names: Vec<String> = fs::read_dir(&folder)
        .expect("tests/corpus")
        .map(|entry| entry.expect("an entry").file_name().into_string().expect("a name in UTF-8"))
        .collect();
    names.sort();
    let mut sheets = 0;
    let mut wrong = Vec::new();
    for name in &names {
        let Some((sheet, id)) = name.strip_suffix(".report.json").and_then(|stem| stem.rsplit_once('.')) else {
            continue;
        };
        sheets += 1;
        let profile = Profile::built_in(id).unwrap_or_else(|| panic!("{name}: no such profile"));
        let bytes = fs::read(folder.join(sheet)).unwrap_or_else(|error| panic!("{sheet}: {error}"));
        let expected = fs::read_to_string(folder.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"));
        let report = format!("{}\n", check(&bytes, &profile).to_json(Rows::All));
        let edited = Sheet::parse(&bytes, &profile, None).expect("no mapping");
        if report != expected {
            wrong.push(format!("{name}:\n  expected {expected}  got      {report}"));
        }
        if format!("{}\n", edited.report_json(Rows::All)) != expected {
            wrong.push(format!("{name}: the editor's report differs"));
        }
    }
    for name in names.iter().filter(|name| !name.ends_with(".report.json") && *name != "README.md") {
        if !names.iter().any(|report| report.starts_with(&format!("{name}."))) {
            wrong.push(format!("{name}: no report is expected of it"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(sheets >= 200, "only {sheets} sheets");
}
