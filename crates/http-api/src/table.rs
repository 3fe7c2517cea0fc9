//! Tables as files: CSV, and XLSX workbooks of one sheet.

use http::HeaderName;
use rollcall_accounts::{Error, Result};
use rollcall_validation::csv_cell;
use rust_xlsxwriter::Workbook;

use crate::{Answer, Call, Reply};

/// Where the next part of a list begins that is longer than one file.
pub const NEXT_CURSOR: HeaderName = HeaderName::from_static("rollcall-next-cursor");
/// Excel reads a CSV file as UTF-8 only when it begins with this.
const BYTE_ORDER_MARK: &str = "\u{feff}";
/// Most characters of a cell of a workbook (Excel's limit, in UTF-16 units).
const CELL_LIMIT: usize = 32_767;

/// The kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// RFC 4180, UTF-8 with a byte order mark.
    Csv,
    /// Office Open XML.
    Xlsx,
}

impl Format {
    /// `?format=`, CSV when absent.
    ///
    /// # Errors
    /// [`rollcall_accounts::error::Invalid::Parameter`].
    pub fn of(call: &Call) -> Result<Self> {
        let parse = |text: &str| match text {
            "csv" => Some(Self::Csv),
            "xlsx" => Some(Self::Xlsx),
            _ => None,
        };
        Ok(call.choice("format", "csv or xlsx", parse)?.unwrap_or(Self::Csv))
    }

    /// How the names of such files end.
    #[must_use]
    pub fn extension(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Xlsx => "xlsx",
        }
    }

    /// What such files are.
    #[must_use]
    pub fn media_type(self) -> &'static str {
        match self {
            Self::Csv => "text/csv; charset=utf-8",
            Self::Xlsx => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        }
    }
}

/// A table of texts.
#[derive(Debug)]
pub struct Table {
    /// The file's name without its extension.
    pub name: &'static str,
    /// The first row.
    pub titles: &'static [&'static str],
    /// The others.
    pub rows: Vec<Vec<String>>,
}

impl Table {
    /// The table as a file.
    ///
    /// # Errors
    /// When it cannot be written, which would be a bug.
    pub fn file(&self, format: Format) -> Result<Vec<u8>> {
        match format {
            Format::Csv => Ok(self.csv()),
            Format::Xlsx => self.xlsx(),
        }
    }

    /// The answer that downloads it; `next` is where the next part begins.
    ///
    /// # Errors
    /// As [`Table::file`].
    pub fn reply(&self, format: Format, next: Option<String>) -> Answer {
        let name = format!("{}.{}", self.name, format.extension());
        let reply = Reply::download(&name, format.media_type(), self.file(format)?);
        Ok(match next {
            Some(next) => reply.with(NEXT_CURSOR, next),
            None => reply,
        })
    }

    /// No cell is one that a spreadsheet takes for a formula, by the rule of the validator's own files: the importer
    /// takes the apostrophe off again.
    fn csv(&self) -> Vec<u8> {
        let mut text = String::from(BYTE_ORDER_MARK);
        let titles: Vec<String> = self.titles.iter().map(|title| (*title).to_owned()).collect();
        for row in std::iter::once(&titles).chain(&self.rows) {
            let cells: Vec<String> = row.iter().map(|cell| csv_cell(cell)).collect();
            text.push_str(&cells.join(","));
            text.push_str("\r\n");
        }
        text.into_bytes()
    }

    fn xlsx(&self) -> Result<Vec<u8>> {
        let titles: Vec<String> = self.titles.iter().map(|title| (*title).to_owned()).collect();
        workbook(self.name, &titles, &self.rows)
    }
}

/// A workbook of one sheet under its titles. Every cell is a text and stays one when it is edited: no spreadsheet takes
/// it for a formula, a number or a date.
///
/// # Errors
/// When it cannot be written, which would be a bug.
fn workbook(name: &str, titles: &[String], rows: &[Vec<String>]) -> Result<Vec<u8>> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.set_name(name).map_err(Error::internal)?;
    let text = rust_xlsxwriter::Format::new().set_num_format("@");
    for column in 0..titles.len() {
        let column = u16::try_from(column).map_err(Error::internal)?;
        sheet.set_column_format(column, &text).map_err(Error::internal)?;
    }
    for (number, row) in std::iter::once(titles).chain(rows.iter().map(Vec::as_slice)).enumerate() {
        let number = u32::try_from(number).map_err(Error::internal)?;
        for (column, cell) in row.iter().enumerate().filter(|(_, cell)| !cell.is_empty()) {
            let column = u16::try_from(column).map_err(Error::internal)?;
            sheet.write_string_with_format(number, column, fitting(cell), &text).map_err(Error::internal)?;
        }
    }
    sheet.set_freeze_panes(1, 0).map_err(Error::internal)?;
    workbook.save_to_buffer().map_err(Error::internal)
}

/// As much of a text as a cell takes.
fn fitting(text: &str) -> &str {
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL_LIMIT
    });
    end.map_or(text, |(end, _)| &text[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: &[&[&str]]) -> Table {
        let rows = rows.iter().map(|row| row.iter().map(|cell| (*cell).to_owned()).collect()).collect();
        Table { name: "users", titles: &["Name", "Phone"], rows }
    }

    #[test]
    fn csv_is_what_excel_reads_and_no_cell_is_a_formula() {
        let file =
            table(&[&["Jürgen, \"JJ\"", "+4915112345678"], &["=cmd|' /C calc'!A0", "x;=1"], &[" =1", "＝1"]]).csv();
        let text = String::from_utf8(file).unwrap();
        assert_eq!(
            text,
            "\u{feff}Name,Phone\r\n\"Jürgen, \"\"JJ\"\"\",'+4915112345678\r\n\
             \"'=cmd|' /C calc'!A0\",\"x;'=1\"\r\n\"' =1\",'＝1\r\n"
        );
    }

    #[test]
    fn a_workbook_is_read_back_as_it_was_written() {
        let file = table(&[&["=1+1", "+4915112345678"], &["Zoë", "0049"]]).xlsx().unwrap();
        assert!(file.starts_with(b"PK"), "a zip archive");
        let long = "x".repeat(40_000);
        assert_eq!(fitting(&long).len(), CELL_LIMIT);
        assert_eq!(fitting("a\u{1f600}"), "a\u{1f600}");
    }
}
