//! The README in the archive: the format, and what is checked.

use rollcall_validation::Profile;

use crate::{Format, explain, file_name, title};

/// Characters of a line.
const WIDTH: usize = 78;

/// The text, with line ends that every editor shows.
pub(crate) fn write(profile: &Profile) -> String {
    let mut lines = vec![profile.title().to_owned(), "=".repeat(profile.title().chars().count()), String::new()];
    let mut paragraph = |indent: &str, text: &str| {
        wrap(indent, text, &mut lines);
        lines.push(String::new());
    };
    paragraph(
        "",
        &format!(
            "Fill in {} (Excel, LibreOffice, Numbers) or {} (any program), one row for each person, and import the file. \
         Nothing leaves your browser before it was checked and you said so.",
            file_name(profile, Format::Xlsx),
            file_name(profile, Format::Csv),
        ),
    );
    heading("Format", &mut lines);
    for said in [
        "The first row holds the titles; leave it as it is. Columns may stand in any order, and optional ones may be \
         left out. Titles with an asterisk are required.",
        "CSV: UTF-8, values separated by commas; a value with a comma or a quotation mark in it stands in quotation \
         marks, and those in it are doubled. Semicolons, tabs, UTF-16 and Windows-1252 are understood as well.",
        "In the workbook every cell is text, so that no program changes a phone number. The first sheet with people on \
         it is read.",
    ] {
        bullet(said, &mut lines);
    }
    lines.push(String::new());
    heading("Columns", &mut lines);
    for column in profile.sheet_columns() {
        lines.push(title(&column));
        wrap("    ", &explain::column(profile, &column).join(" "), &mut lines);
        lines.push(String::new());
    }
    heading("Validation", &mut lines);
    for said in [
        "Every cell is checked before anything is imported, and everything that is wrong is named at once: row, \
         column, reason and, where there is one, the correction."
            .to_owned(),
        "People who stand in the sheet twice are refused in both rows.".to_owned(),
    ]
    .into_iter()
    .chain(explain::sheet(profile))
    {
        bullet(&said, &mut lines);
    }
    lines.push(String::new());
    lines.push(format!("Rules: {} version {}, {}", profile.id(), profile.version(), profile.hash()));
    lines.iter().flat_map(|line| [line.as_str(), "\r\n"]).collect()
}

fn heading(text: &str, lines: &mut Vec<String>) {
    lines.extend([text.to_owned(), "-".repeat(text.len()), String::new()]);
}

fn bullet(text: &str, lines: &mut Vec<String>) {
    let first = lines.len();
    wrap("  ", text, lines);
    if let Some(line) = lines.get_mut(first) {
        line.replace_range(..1, "-");
    }
}

fn wrap(indent: &str, text: &str, lines: &mut Vec<String>) {
    let mut line = indent.to_owned();
    let mut empty = true;
    for word in text.split(' ') {
        if !empty && line.chars().count() + 1 + word.chars().count() > WIDTH {
            lines.push(std::mem::replace(&mut line, indent.to_owned()));
            empty = true;
        }
        if !empty {
            line.push(' ');
        }
        line.push_str(word);
        empty = false;
    }
    lines.push(line);
}
