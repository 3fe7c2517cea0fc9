//! Sheets as compact bytes: what the reader makes of a workbook, what the writer makes one of, and what goes from one
//! WebAssembly module to another. Neither side has to trust the other: bytes that are no tables are told.
//!
//! Numbers are little-endian base 128, texts their length and their bytes.
//!
//! ```text
//! file    1, size of the workbook in bytes, 0, sheets, 0
//!         1, size of the workbook in bytes, refusal
//! sheet   1, name, 1 if it is hidden, 0, length of the rows in four bytes, rows
//!         1, name, 1 if it is hidden, refusal
//! row     line less the line before, number of cells, texts
//! refusal 1 encrypted, 2 damaged, 3 too large: of what, limit; 4 not a workbook: format
//! ```

use crate::{Refused, refused::What};

const VERSION: u8 = 1;

/// Puts bytes together.
#[derive(Debug, Clone)]
struct Out(Vec<u8>);

impl Out {
    fn number(&mut self, mut number: u64) {
        while number >= 0x80 {
            self.0.push(number.to_le_bytes()[0] | 0x80);
            number >>= 7;
        }
        self.0.push(number.to_le_bytes()[0]);
    }

    fn length(&mut self, length: usize) {
        self.number(u64::try_from(length).unwrap_or(u64::MAX));
    }

    fn text(&mut self, text: &str) {
        self.length(text.len());
        self.0.extend_from_slice(text.as_bytes());
    }

    fn refusal(&mut self, refused: &Refused) {
        match refused {
            Refused::Encrypted => self.number(1),
            Refused::Damaged => self.number(2),
            Refused::TooLarge { what, limit } => {
                self.number(3);
                self.text(what.as_str());
                self.number(*limit);
            }
            Refused::NotAWorkbook { format } => {
                self.number(4);
                self.text(format);
            }
        }
    }
}

/// Writes sheets, one after the other into the same bytes.
#[derive(Debug, Clone)]
pub struct TablesWriter(Out);

impl TablesWriter {
    /// Begins with the size of the workbook in bytes.
    #[must_use]
    pub fn new(size: u64) -> Self {
        let mut out = Out(vec![VERSION]);
        out.number(size);
        out.number(0);
        Self(out)
    }

    /// Begins a sheet. Its rows follow, or why it is not read.
    pub fn sheet(&mut self, name: &str, hidden: bool) -> RowsWriter<'_> {
        self.0.number(1);
        self.0.text(name);
        self.0.number(u64::from(hidden));
        let start = self.0.0.len();
        self.0.0.extend([0; 5]);
        RowsWriter { out: &mut self.0, start, line: 0 }
    }

    /// The bytes.
    #[must_use]
    pub fn finish(mut self) -> Vec<u8> {
        self.0.number(0);
        self.0.0
    }

    /// The bytes for a workbook that is not read.
    #[must_use]
    pub fn refuse(size: u64, refused: &Refused) -> Vec<u8> {
        let mut out = Out(vec![VERSION]);
        out.number(size);
        out.refusal(refused);
        out.0
    }
}

/// Writes the rows of a sheet.
#[derive(Debug)]
pub struct RowsWriter<'a> {
    out: &'a mut Out,
    /// Where the sheet's name ends.
    start: usize,
    line: u32,
}

impl RowsWriter<'_> {
    /// Adds a row. Lines only go up.
    pub fn row<'a>(&mut self, line: u32, cells: impl ExactSizeIterator<Item = &'a str>) {
        self.out.number(u64::from(line.saturating_sub(self.line)));
        self.line = self.line.max(line);
        self.out.length(cells.len());
        cells.for_each(|cell| self.out.text(cell));
    }

    /// Takes back what was written of the sheet, and says why it is not read.
    pub fn refuse(self, refused: &Refused) {
        self.out.0.truncate(self.start);
        self.out.refusal(refused);
    }

    /// Ends the sheet.
    pub fn finish(self) {
        let length = self.out.0.len() - self.start - 5;
        let length = u32::try_from(length).unwrap_or(u32::MAX).to_le_bytes();
        self.out.0[self.start + 1..self.start + 5].copy_from_slice(&length);
    }
}

/// Takes bytes apart.
#[derive(Debug, Clone, Copy)]
struct In<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> In<'a> {
    fn number(&mut self) -> Option<u64> {
        let mut number = 0_u64;
        for shift in (0..64).step_by(7) {
            let byte = *self.bytes.get(self.at)?;
            self.at += 1;
            number |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn length(&mut self) -> Option<usize> {
        usize::try_from(self.number()?).ok()
    }

    fn block(&mut self, length: usize) -> Option<&'a [u8]> {
        let block = self.bytes.get(self.at..self.at.checked_add(length)?)?;
        self.at += length;
        Some(block)
    }

    fn text(&mut self) -> Option<&'a str> {
        let length = self.length()?;
        std::str::from_utf8(self.block(length)?).ok()
    }

    /// Nothing, or a refusal.
    fn refusal(&mut self) -> Option<Result<(), Refused>> {
        Some(Err(match self.number()? {
            0 => return Some(Ok(())),
            1 => Refused::Encrypted,
            2 => Refused::Damaged,
            3 => Refused::TooLarge { what: What::parse(self.text()?)?, limit: self.number()? },
            4 => Refused::NotAWorkbook { format: self.text()?.to_owned() },
            _ => return None,
        }))
    }
}

/// The rows of one sheet, one after the other. Rows without any text are left out.
#[derive(Debug, Clone)]
pub struct Rows<'a> {
    rest: In<'a>,
    line: u32,
}

impl<'a> Rows<'a> {
    /// How far it is, in bytes.
    #[must_use]
    pub fn position(&self) -> usize {
        self.rest.at
    }

    /// Reads the next row, giving its cells from the first column on; answers its line, from 1, or nothing at the end.
    pub fn next(&mut self, mut cell: impl FnMut(&'a str)) -> Option<u32> {
        let line = self.line.checked_add(u32::try_from(self.rest.number()?).ok()?)?;
        let cells = self.rest.length()?;
        for _ in 0..cells {
            cell(self.rest.text()?);
        }
        self.line = line;
        Some(line)
    }
}

/// A sheet.
#[derive(Debug, Clone)]
pub struct Table<'a> {
    /// Its name.
    pub name: &'a str,
    /// People do not see it.
    pub hidden: bool,
    /// Its rows, or why they are not read.
    pub rows: Result<Rows<'a>, Refused>,
}

/// The sheets of a workbook, or why there are none.
#[derive(Debug, Clone)]
pub struct Tables<'a> {
    /// The size of the workbook, in bytes.
    pub size: u64,
    /// The sheets in the order in which people see them.
    pub sheets: Result<Vec<Table<'a>>, Refused>,
}

impl<'a> Tables<'a> {
    /// Reads what [`TablesWriter`] wrote; nothing if it is something else.
    #[must_use]
    pub fn read(bytes: &'a [u8]) -> Option<Self> {
        if bytes.first() != Some(&VERSION) {
            return None;
        }
        let mut rest = In { bytes, at: 1 };
        let size = rest.number()?;
        if let Err(refused) = rest.refusal()? {
            return Some(Self { size, sheets: Err(refused) });
        }
        let mut sheets = Vec::new();
        while rest.number()? != 0 {
            let name = rest.text()?;
            let hidden = rest.number()? != 0;
            let rows = match rest.refusal()? {
                Ok(()) => {
                    let length = u32::from_le_bytes(rest.block(4)?.try_into().ok()?);
                    Ok(Rows { rest: In { bytes: rest.block(usize::try_from(length).ok()?)?, at: 0 }, line: 0 })
                }
                Err(refused) => Err(refused),
            };
            sheets.push(Table { name, hidden, rows });
        }
        Some(Self { size, sheets: Ok(sheets) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Shown = Vec<(String, bool, Result<Vec<(u32, Vec<String>)>, Refused>)>;

    fn shown(tables: &Tables<'_>) -> Result<Shown, Refused> {
        let rows = |mut rows: Rows<'_>| {
            let mut shown = Vec::new();
            let mut cells = Vec::new();
            while let Some(line) = rows.next(|cell| cells.push(cell.to_owned())) {
                shown.push((line, std::mem::take(&mut cells)));
            }
            shown
        };
        let sheets = tables.sheets.clone()?;
        Ok(sheets.into_iter().map(|sheet| (sheet.name.to_owned(), sheet.hidden, sheet.rows.map(rows))).collect())
    }

    fn refusal() -> impl Strategy<Value = Refused> {
        prop_oneof![
            Just(Refused::Encrypted),
            Just(Refused::Damaged),
            (0..6_usize, any::<u64>()).prop_map(|(what, limit)| Refused::TooLarge { what: What::ALL[what], limit }),
            "[a-z]{1,5}".prop_map(|format| Refused::NotAWorkbook { format }),
        ]
    }

    fn rows() -> impl Strategy<Value = Vec<(u32, Vec<String>)>> {
        let row = (1..300_u32, proptest::collection::vec("\\PC{0,9}", 0..5));
        proptest::collection::vec(row, 0..5).prop_map(|rows| {
            let mut line = 0;
            let placed = |(step, cells)| {
                line += step;
                (line, cells)
            };
            rows.into_iter().map(placed).collect()
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            size: u64,
            sheets in proptest::collection::vec(("\\PC{0,9}", any::<bool>(), proptest::result::maybe_err(rows(), refusal())), 0..4)
        ) {
            let mut writer = TablesWriter::new(size);
            for (name, hidden, rows) in &sheets {
                let mut writing = writer.sheet(name, *hidden);
                // What was written is taken back.
                writing.row(1, ["a"].into_iter());
                match rows {
                    Err(refused) => writing.refuse(refused),
                    Ok(_) => writing.refuse(&Refused::Damaged),
                }
                let mut writing = writer.sheet(name, *hidden);
                for (line, cells) in rows.iter().flatten() {
                    writing.row(*line, cells.iter().map(String::as_str));
                }
                writing.finish();
            }
            let bytes = writer.finish();
            let tables = Tables::read(&bytes).unwrap();
            let expected = sheets.into_iter().flat_map(|(name, hidden, rows)| {
                let refused = rows.as_ref().err().cloned().unwrap_or(Refused::Damaged);
                [(name.clone(), hidden, Err(refused)), (name, hidden, Ok(rows.unwrap_or_default()))]
            });
            prop_assert_eq!((tables.size, shown(&tables)), (size, Ok(expected.collect())));
        }

        #[test]
        fn a_refusal_is_read_back(size: u64, refused in refusal()) {
            let bytes = TablesWriter::refuse(size, &refused);
            let tables = Tables::read(&bytes).unwrap();
            prop_assert_eq!((tables.size, shown(&tables)), (size, Err(refused)));
        }

        #[test]
        fn no_bytes_make_it_panic(mut bytes in proptest::collection::vec(any::<u8>(), 0..99)) {
            bytes.insert(0, VERSION);
            if let Some(tables) = Tables::read(&bytes) {
                let _ = shown(&tables);
            }
        }
    }
}
