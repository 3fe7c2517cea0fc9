//! Another reader of workbooks must read the same: calamine, over all workbooks of the corpus.

use std::{fs, io::Cursor, path::PathBuf};

use calamine::{Data, Reader as _, Xlsx};
use rollcall_xlsx::{
    Limits,
    tables::{Rows, Tables},
    unpack,
};

/// A cell as calamine reads it, beside ours: what both would call equal comes out as ours.
fn shown(cell: &Data, ours: &str) -> String {
    let same_number = |number: f64| ours.parse::<f64>().is_ok_and(|ours| ours == number);
    match cell {
        Data::Empty => String::new(),
        Data::String(text) => text.clone(),
        Data::Int(number) => number.to_string(),
        // Zeros and signs that its format puts before a number are not part of it there.
        Data::Float(number) if same_number(*number) => ours.to_owned(),
        Data::Float(number) => number.to_string(),
        Data::Bool(yes) => if *yes { "TRUE" } else { "FALSE" }.to_owned(),
        Data::Error(error) => error.to_string(),
        Data::DateTime(date) => {
            let (year, month, day, hour, minute, second, _) = date.to_ymd_hms_milli();
            let time = format!("{hour:02}:{minute:02}:{second:02}");
            match (date.as_f64() < 1.0, time.as_str()) {
                (true, _) => time,
                (false, "00:00:00") => format!("{year:04}-{month:02}-{day:02}"),
                (false, _) => format!("{year:04}-{month:02}-{day:02}T{time}"),
            }
        }
        Data::DateTimeIso(text) | Data::DurationIso(text) => text.clone(),
    }
}

fn texts(mut rows: Rows<'_>) -> Vec<(u32, Vec<String>)> {
    let (mut all, mut cells) = (Vec::new(), Vec::new());
    while let Some(line) = rows.next(|cell| cells.push(cell.to_owned())) {
        all.push((line, std::mem::take(&mut cells)));
    }
    all
}

#[test]
fn calamine_reads_the_same() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../tests/corpus");
    let (mut workbooks, mut cells) = (0, 0);
    for entry in fs::read_dir(&folder).expect("tests/corpus") {
        let path = entry.expect("an entry").path();
        let bytes = fs::read(&path).expect("a file");
        if !bytes.starts_with(b"PK") {
            continue;
        }
        let unpacked = unpack(&bytes, &Limits::default());
        let Ok(sheets) = Tables::read(&unpacked).expect("tables").sheets else { continue };
        let mut theirs: Xlsx<_> =
            Xlsx::new(Cursor::new(bytes)).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        workbooks += 1;
        for sheet in sheets {
            let Ok(rows) = sheet.rows else { continue };
            let rows = texts(rows);
            // There, all cells up to the last one are in memory: with one at XFD1048576, 17,179,869,184 of them.
            let widest = rows.iter().map(|(_, row)| row.len()).max().unwrap_or_default();
            if rows.last().is_some_and(|(line, _)| *line > 1000) && widest > 1000 {
                continue;
            }
            let range =
                theirs.worksheet_range(sheet.name).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            for (line, row) in &rows {
                for (column, ours) in (0..).zip(row) {
                    let cell = range.get_value((line - 1, column)).unwrap_or(&Data::Empty);
                    assert_eq!(
                        &shown(cell, ours),
                        ours,
                        "{} {} line {line} column {column}",
                        path.display(),
                        sheet.name
                    );
                    cells += 1;
                }
            }
            let filled = rows.iter().flat_map(|(_, row)| row).filter(|text| !text.is_empty()).count();
            let is_filled = |cell: &&Data| !matches!(cell, Data::Empty) && !cell.to_string().is_empty();
            let theirs = range.rows().flatten().filter(is_filled).count();
            assert_eq!(filled, theirs, "{} {}", path.display(), sheet.name);
        }
    }
    assert!(workbooks >= 20 && cells >= 500, "only {workbooks} workbooks and {cells} cells");
}
