//! Records of a sheet, one after the other: of a text, RFC 4180 as spreadsheets really write it, or of a workbook.
//!
//! Lines end with LF, CRLF or CR. A cell in quotation marks may hold delimiters, line ends and doubled quotation marks;
//! blanks beside the marks are left out. A mark that is never closed, or followed by more text, is an ordinary
//! character of its cell, which is then said to be broken: one such cell never swallows the rows after it.
//!
//! Time is linear: a search for a closing mark ends at the first mark that is not doubled, so a text can only be
//! searched in vain as far as all marks are doubled, and there no later search goes far.

use std::borrow::Cow;

use rollcall_xlsx::tables;

use crate::addresses;

/// A cell as it stands in the sheet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    pub(crate) text: Cow<'a, str>,
    /// It begins with a quotation mark that is not closed as it should be.
    pub(crate) broken: bool,
}

/// The records of a sheet, whatever it was read from.
#[derive(Debug, Clone)]
pub(crate) enum Records<'a> {
    /// Of a text. A line is a line of the text.
    Text(Reader<'a>),
    /// Of a text that is a list of addresses.
    Addresses(addresses::Reader<'a>),
    /// Of a workbook. A line is a row of the worksheet.
    Worksheet(tables::Rows<'a>),
}

impl<'a> Records<'a> {
    /// How far it is, in bytes.
    pub(crate) fn position(&self) -> usize {
        match self {
            Self::Text(reader) => reader.position(),
            Self::Addresses(reader) => reader.position(),
            Self::Worksheet(rows) => rows.position(),
        }
    }

    /// Where the last record began, if it can be read from there again.
    pub(crate) fn began(&self) -> Option<u32> {
        match self {
            Self::Text(reader) => u32::try_from(reader.began).ok(),
            Self::Addresses(_) | Self::Worksheet(_) => None,
        }
    }

    /// Reads a record again that began there.
    pub(crate) fn again(&self, began: u32, line: u32, cells: &mut Vec<Cell<'a>>) {
        if let Self::Text(reader) = self {
            let mut reader = Reader { at: began as usize, line, ..reader.clone() };
            reader.next(cells);
        }
    }

    /// How much text there is, in bytes.
    pub(crate) fn size(&self) -> usize {
        match self {
            Self::Text(reader) => reader.text.len(),
            Self::Addresses(_) | Self::Worksheet(_) => 0,
        }
    }

    /// Reads the next record into `cells`; answers the line that it begins on, or nothing at the end.
    pub(crate) fn next(&mut self, cells: &mut Vec<Cell<'a>>) -> Option<u32> {
        match self {
            Self::Text(reader) => reader.next(cells),
            Self::Addresses(reader) => reader.next(cells),
            Self::Worksheet(rows) => {
                cells.clear();
                rows.next(|text| cells.push(Cell { text: text.into(), broken: false }))
            }
        }
    }
}

/// Reads the records of a text one after the other.
#[derive(Debug, Clone)]
pub(crate) struct Reader<'a> {
    text: &'a str,
    at: usize,
    line: u32,
    /// Where the last record began.
    began: usize,
    /// None: there is one column.
    delimiter: Option<u8>,
}

enum End {
    Cell,
    Record,
}

impl<'a> Reader<'a> {
    /// Reads a text whose first line has this number. The delimiter is an ASCII character.
    pub(crate) fn new(text: &'a str, first_line: u32, delimiter: Option<char>) -> Self {
        Self {
            text,
            at: 0,
            line: first_line,
            began: 0,
            delimiter: delimiter.and_then(|c| u8::try_from(c).ok()).filter(u8::is_ascii),
        }
    }

    /// How far it is, in bytes.
    pub(crate) fn position(&self) -> usize {
        self.at
    }

    /// Reads the next record into `cells`; answers the line that it begins on, or nothing at the end.
    pub(crate) fn next(&mut self, cells: &mut Vec<Cell<'a>>) -> Option<u32> {
        cells.clear();
        if self.at >= self.text.len() {
            return None;
        }
        let line = self.line;
        self.began = self.at;
        loop {
            let (cell, end) = self.cell();
            cells.push(cell);
            if matches!(end, End::Record) {
                return Some(line);
            }
        }
    }

    fn cell(&mut self) -> (Cell<'a>, End) {
        let bytes = self.text.as_bytes();
        let start = self.at;
        let mut open = start;
        while bytes.get(open) == Some(&b' ') {
            open += 1;
        }
        let mut broken = false;
        if bytes.get(open) == Some(&b'"') {
            if let Some((text, next)) = self.quoted(open + 1) {
                self.line += line_ends(&text);
                self.at = next;
                return (Cell { text, broken }, self.end());
            }
            broken = true;
        }
        let stop = |byte: &u8| matches!(byte, b'\n' | b'\r') || Some(*byte) == self.delimiter;
        self.at = bytes[start..].iter().position(stop).map_or(bytes.len(), |length| start + length);
        let text = Cow::Borrowed(&self.text[start..self.at]);
        (Cell { text, broken }, self.end())
    }

    /// The text of a quoted cell and where it ends, if it is closed as it should be.
    fn quoted(&self, start: usize) -> Option<(Cow<'a, str>, usize)> {
        let bytes = self.text.as_bytes();
        let mut at = start;
        let mut doubled = false;
        loop {
            at += bytes[at..].iter().position(|byte| *byte == b'"')?;
            if bytes.get(at + 1) != Some(&b'"') {
                break;
            }
            doubled = true;
            at += 2;
        }
        let text = &self.text[start..at];
        let text = if doubled { text.replace("\"\"", "\"").into() } else { text.into() };
        let mut next = at + 1;
        while bytes.get(next) == Some(&b' ') {
            next += 1;
        }
        match bytes.get(next) {
            None | Some(b'\n' | b'\r') => Some((text, next)),
            Some(byte) if Some(*byte) == self.delimiter => Some((text, next)),
            Some(_) => None,
        }
    }

    /// Steps over what ends a cell.
    fn end(&mut self) -> End {
        let bytes = self.text.as_bytes();
        match bytes.get(self.at) {
            None => return End::Record,
            Some(b'\r') if bytes.get(self.at + 1) == Some(&b'\n') => self.at += 2,
            Some(b'\n' | b'\r') => self.at += 1,
            Some(_) => {
                self.at += 1;
                return End::Cell;
            }
        }
        self.line += 1;
        End::Record
    }
}

/// How many lines end in a text.
pub(crate) fn line_ends(text: &str) -> u32 {
    let mut count = 0;
    let mut after_cr = false;
    for byte in text.bytes() {
        count += u32::from(byte == b'\r' || (byte == b'\n' && !after_cr));
        after_cr = byte == b'\r';
    }
    count
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str, delimiter: char) -> Vec<(u32, Vec<String>)> {
        let mut reader = Reader::new(text, 1, Some(delimiter));
        let mut cells = Vec::new();
        let mut records = Vec::new();
        while let Some(line) = reader.next(&mut cells) {
            let shown = |cell: &Cell<'_>| format!("{}{}", if cell.broken { "!" } else { "" }, cell.text);
            records.push((line, cells.iter().map(shown).collect()));
        }
        records
    }

    #[test]
    fn records_are_read() {
        for (name, text, expected) in [
            ("line ends", "a,b\nc,d\r\ne,f\rg,h", "1 a|b;2 c|d;3 e|f;4 g|h"),
            ("empty cells", ",\na,", "1 |;2 a|"),
            ("empty lines", "a\n\nb\n", "1 a;2 ;3 b"),
            ("quoted", "\"a,\"\"b\"\"\",c", "1 a,\"b\"|c"),
            ("quoted line ends", "\"a\r\nb\nc\",d\ne,f", "1 a\r\nb\nc|d;4 e|f"),
            ("blanks beside marks", " \"a\" ,\"b\" \nc,d", "1 a|b;2 c|d"),
            ("a mark within", "5\" tall,b", "1 5\" tall|b"),
            ("never closed", "a,\"b\nc,d", "1 a|!\"b;2 c|d"),
            ("text after the mark", "\"a\"b,c\nd,e", "1 !\"a\"b|c;2 d|e"),
            ("closed by another cell's mark", "a,\"b,c\nd,\"e\",f", "1 a|!\"b|c;2 d|e|f"),
        ] {
            let shown: Vec<String> =
                read(text, ',').into_iter().map(|(line, cells)| format!("{line} {}", cells.join("|"))).collect();
            assert_eq!(shown.join(";"), expected, "{name}");
        }
    }

    #[test]
    fn without_a_delimiter_a_line_is_a_cell() {
        let mut reader = Reader::new("a,b;c\nd", 1, None);
        let mut cells = Vec::new();
        assert_eq!(reader.next(&mut cells), Some(1));
        assert_eq!((cells.len(), &*cells[0].text), (1, "a,b;c"));
    }

    #[test]
    fn hostile_quotes_take_linear_time() {
        for part in ["\"", "\"a", "\"a\n", "\"\"\n", "a,\"\n", "\"\"\"\n", "\"a\"\"\n", ",\"\"b\"\"\n", "\"\n\"\"\"\""]
        {
            let text = part.repeat(2_000_000 / part.len());
            let text = format!("\"{text}");
            assert!(!read(&text, ',').is_empty());
        }
    }

    proptest! {
        #[test]
        fn what_a_writer_quotes_is_read_back(
            rows in proptest::collection::vec(proptest::collection::vec("[a-c,;\"\n\r é]{0,6}", 2..5), 1..8)
        ) {
            let mut text = String::new();
            for row in &rows {
                let cells: Vec<String> = row.iter().map(|cell| format!("\"{}\"", cell.replace('"', "\"\""))).collect();
                text.push_str(&cells.join(","));
                text.push('\n');
            }
            let read: Vec<Vec<String>> = read(&text, ',').into_iter().map(|(_, cells)| cells).collect();
            prop_assert_eq!(read, rows);
        }

        #[test]
        fn nothing_panics_and_lines_only_go_up(text in "[a,\"\n\r;\t é]{0,200}") {
            for delimiter in [',', '\t'] {
                let lines: Vec<u32> = read(&text, delimiter).into_iter().map(|(line, _)| line).collect();
                prop_assert!(lines.windows(2).all(|pair| pair[0] < pair[1]));
            }
        }
    }
}
