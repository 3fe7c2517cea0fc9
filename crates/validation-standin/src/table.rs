//! Text to records (RFC 4180, read generously): any of the line ends, quoted fields with line ends in them,
//! a quote that is never closed taken literally and reported.

/// One record: its cells and the physical line it starts on, from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Record {
    pub(crate) line: u32,
    pub(crate) cells: Vec<String>,
}

/// The records of a text, and the line of a quote that is never closed.
#[derive(Debug, Default)]
pub(crate) struct Table {
    pub(crate) records: Vec<Record>,
    pub(crate) unbalanced: Option<u32>,
    /// Whether records were left out because of `most`.
    pub(crate) cut: bool,
}

/// Reads at most `most` records that are not blank.
pub(crate) fn parse(text: &str, delimiter: char, first_line: u32, most: usize) -> Table {
    let mut table = Table::default();
    let mut rest = text;
    let mut line = first_line;
    while !rest.is_empty() {
        if table.records.len() >= most {
            table.cut = !rest.trim().is_empty();
            break;
        }
        let start = line;
        let mut cells = Vec::with_capacity(table.records.first().map_or(8, |record: &Record| record.cells.len()));
        loop {
            let (cell, after, lines) = match quoted(rest, delimiter) {
                Quoted::Cell(cell, after, lines) => (cell, after, lines),
                Quoted::No => {
                    let end = rest.find(|c| c == delimiter || c == '\n' || c == '\r').unwrap_or(rest.len());
                    (rest[..end].to_owned(), &rest[end..], 0)
                }
                Quoted::Unclosed => {
                    table.unbalanced.get_or_insert(line);
                    let end = rest.find(|c| c == delimiter || c == '\n' || c == '\r').unwrap_or(rest.len());
                    (rest[..end].to_owned(), &rest[end..], 0)
                }
            };
            line += lines;
            cells.push(cell);
            match after.chars().next() {
                Some(c) if c == delimiter => {
                    rest = &after[c.len_utf8()..];
                    continue;
                }
                Some('\r') => rest = after.strip_prefix("\r\n").unwrap_or_else(|| &after[1..]),
                Some(_) => rest = &after[1..],
                None => rest = after,
            }
            line += 1;
            break;
        }
        if cells.iter().any(|cell| !crate::text::is_blank(cell)) {
            table.records.push(Record { line: start, cells });
        }
    }
    table
}

enum Quoted<'a> {
    /// The content, what follows the cell, and the line ends in it.
    Cell(String, &'a str, u32),
    /// Not quoted.
    No,
    /// Opens and never closes.
    Unclosed,
}

/// A cell in double quotes. Text after the closing quote belongs to the cell, as spreadsheets do it.
fn quoted(rest: &str, delimiter: char) -> Quoted<'_> {
    let inner = rest.trim_start_matches(|c| c == ' ' && c != delimiter);
    let Some(mut left) = inner.strip_prefix('"') else { return Quoted::No };
    let mut cell = String::new();
    let mut lines = 0;
    let mut count = |part: &str| {
        let bytes = part.as_bytes();
        for (i, byte) in bytes.iter().enumerate() {
            lines += u32::from(*byte == b'\n' || (*byte == b'\r' && bytes.get(i + 1) != Some(&b'\n')));
        }
    };
    loop {
        let Some(end) = left.find('"') else { return Quoted::Unclosed };
        count(&left[..end]);
        cell.push_str(&left[..end]);
        left = &left[end + 1..];
        match left.strip_prefix('"') {
            Some(after) => {
                cell.push('"');
                left = after;
            }
            None => break,
        }
    }
    let end = left.find(|c| c == delimiter || c == '\n' || c == '\r').unwrap_or(left.len());
    if !left[..end].bytes().all(|b| b == b' ') {
        cell.push_str(&left[..end]);
    }
    Quoted::Cell(cell, &left[end..], lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(text: &str) -> Vec<(u32, Vec<String>)> {
        parse(text, ',', 1, usize::MAX).records.into_iter().map(|record| (record.line, record.cells)).collect()
    }

    #[test]
    fn records_start_on_their_physical_line() {
        let text = "a,b\r\n\"x\ny\",2\r\n\r\n,\rlast,3";
        assert_eq!(
            rows(text),
            [(1, vec!["a", "b"]), (2, vec!["x\ny", "2"]), (6, vec!["last", "3"])]
                .map(|(line, cells)| (line, cells.into_iter().map(str::to_owned).collect()))
        );
    }

    #[test]
    fn a_quote_that_never_closes_is_taken_literally_and_reported() {
        let table = parse("a,\"b\nc,d\n", ',', 1, usize::MAX);
        assert_eq!(table.unbalanced, Some(1));
        assert_eq!(table.records.len(), 2);
        assert_eq!(table.records[0].cells, ["a", "\"b"]);
    }

    #[test]
    fn well_formed_text_reads_as_the_csv_crate_reads_it() {
        for text in ["a,b\n1,2\n", "\"a\"\"b\",c\n", "a,\"b\nc\",d\r\ne,f,g", "a,,c\n,,x\n", "\"\",x\n"] {
            let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
            let oracle: Vec<Vec<String>> =
                reader.records().map(|record| record.unwrap().iter().map(str::to_owned).collect()).collect();
            assert_eq!(rows(text).into_iter().map(|(_, cells)| cells).collect::<Vec<_>>(), oracle, "{text:?}");
        }
    }
}
