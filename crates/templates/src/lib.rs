//! The sheet that people fill in, made from a profile: its titles, rules and lists are all that goes into it, so an
//! organization's own profile has its template without a line of code, and what the template says is what the check
//! asks.
//!
//! The same profile gives the same bytes.

mod explain;
mod readme;
mod workbook;

use std::{
    fmt,
    io::{Cursor, Write as _},
};

use rollcall_validation::{Profile, SheetColumn, csv_cell};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// Excel reads a CSV file as UTF-8 only when it begins with this.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8 with a byte order mark: a line of titles.
    Csv,
    /// A workbook: lists to choose from, a note on every title, and how it is done on a sheet of its own.
    Xlsx,
    /// Both, with a README.
    Zip,
}

impl Format {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Csv, Self::Xlsx, Self::Zip];

    /// The format of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == name)
    }

    /// The name, which is the file's extension too.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
            Self::Zip => "zip",
        }
    }

    /// The media type.
    #[must_use]
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            Self::Zip => "application/zip",
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A template could not be written, which would be a bug.
#[derive(Debug, thiserror::Error)]
#[error("the template cannot be written: {0}")]
pub struct NotWritten(String);

impl NotWritten {
    fn because(error: impl fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// The template of a profile.
///
/// # Errors
/// [`NotWritten`].
///
/// # Examples
/// ```
/// use rollcall_templates::{Format, template};
/// use rollcall_validation::Profile;
///
/// let file = template(&Profile::built_in("portal-user").unwrap(), Format::Csv).unwrap();
/// assert_eq!(String::from_utf8(file).unwrap(), "\u{feff}User name*,Email*,User type,Site\r\n");
/// ```
pub fn template(profile: &Profile, format: Format) -> Result<Vec<u8>, NotWritten> {
    match format {
        Format::Csv => Ok(csv(profile)),
        Format::Xlsx => workbook::write(profile),
        Format::Zip => archive(profile),
    }
}

/// What the template's file is called.
#[must_use]
pub fn file_name(profile: &Profile, format: Format) -> String {
    // Identifiers are plain already; a file's name depends on nobody's word for it.
    let fits = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let id: String = profile.id().chars().filter(|c| fits(*c)).collect();
    format!("{id}-template.{format}")
}

/// A column's title as it stands in the sheet: required ones have an asterisk.
fn title(column: &SheetColumn<'_>) -> String {
    let mark = if column.required && !column.title.ends_with('*') { "*" } else { "" };
    format!("{}{mark}", column.title)
}

fn csv(profile: &Profile) -> Vec<u8> {
    let titles: Vec<String> = profile.sheet_columns().map(|column| csv_cell(&title(&column))).collect();
    format!("{BYTE_ORDER_MARK}{}\r\n", titles.join(",")).into_bytes()
}

fn archive(profile: &Profile) -> Result<Vec<u8>, NotWritten> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .last_modified_time(DateTime::default());
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let files = [
        ("README.txt".to_owned(), readme::write(profile).into_bytes()),
        (file_name(profile, Format::Csv), csv(profile)),
        (file_name(profile, Format::Xlsx), workbook::write(profile)?),
    ];
    for (name, bytes) in files {
        archive.start_file(name, options).map_err(NotWritten::because)?;
        archive.write_all(&bytes).map_err(NotWritten::because)?;
    }
    Ok(archive.finish().map_err(NotWritten::because)?.into_inner())
}
