//! Tables to a workbook (ECMA-376): text cells under a bold header that stays in sight. All cells are of the format
//! "Text", the empty ones too, so that a spreadsheet keeps the `+` of a phone number and runs nothing.

use std::fmt::Write as _;

use miniz_oxide::deflate::compress_to_vec;

use crate::{crc::Crc, tables::Tables};

/// As many columns as a worksheet has.
const COLUMNS: usize = 16_384;
/// Rows that say how wide a column has to be.
const MEASURED: usize = 1000;
/// Narrowest and widest column, in characters.
const WIDTHS: std::ops::RangeInclusive<usize> = 10..=60;
/// As much as Excel keeps in a cell, in units of UTF-16.
const CELL: usize = 32_767;

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const CONTENT: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// Style 0 is the default one, 1 text, 2 bold text.
const STYLES: &str = "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font>\
    <font><b/><sz val=\"11\"/><name val=\"Calibri\"/><family val=\"2\"/></font></fonts>\
    <fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill><fill><patternFill patternType=\"gray125\"/></fill></fills>\
    <borders count=\"1\"><border><left/><right/><top/><bottom/><diagonal/></border></borders>\
    <cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\"/></cellStyleXfs>\
    <cellXfs count=\"3\"><xf numFmtId=\"0\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\"/>\
    <xf numFmtId=\"49\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\"/>\
    <xf numFmtId=\"49\" fontId=\"1\" fillId=\"0\" borderId=\"0\" xfId=\"0\" applyNumberFormat=\"1\" applyFont=\"1\"/></cellXfs>\
    <cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" builtinId=\"0\"/></cellStyles>";

/// Writes a workbook. The same tables give the same bytes. Names of sheets are as Excel takes them: at most 31
/// characters, none of `[]:*?/\`. Sheets that are refusals are left out; texts and
/// rows are cut where Excel's end.
#[must_use]
pub fn pack(tables: &Tables<'_>) -> Vec<u8> {
    let sheets = tables.sheets.as_deref().unwrap_or_default();
    let sheets = || sheets.iter().filter_map(|sheet| Some((sheet, sheet.rows.as_ref().ok()?)));
    let mut archive = Archive::default();

    let mut types = format!(
        "<Types xmlns=\"{PACKAGE}/content-types\">\
         <Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>\
         <Override PartName=\"/xl/workbook.xml\" ContentType=\"{CONTENT}.sheet.main+xml\"/>\
         <Override PartName=\"/xl/styles.xml\" ContentType=\"{CONTENT}.styles+xml\"/>"
    );
    let mut workbook = format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>");
    let mut relations = String::new();
    relation(&mut relations, 0, "styles", "styles.xml");
    for (number, (sheet, _)) in (1..).zip(sheets()) {
        let _ = write!(
            types,
            "<Override PartName=\"/xl/worksheets/sheet{number}.xml\" ContentType=\"{CONTENT}.worksheet+xml\"/>"
        );
        workbook.push_str("<sheet name=\"");
        escape(&mut workbook, sheet.name);
        let hidden = if sheet.hidden { " state=\"hidden\"" } else { "" };
        let _ = write!(workbook, "\"{hidden} sheetId=\"{number}\" r:id=\"rId{number}\"/>");
        relation(&mut relations, number, "worksheet", &format!("worksheets/sheet{number}.xml"));
    }
    archive.add("[Content_Types].xml", &(types + "</Types>"));
    let mut root = String::new();
    relation(&mut root, 1, "officeDocument", "xl/workbook.xml");
    archive.add("_rels/.rels", &relationships(&root));
    archive.add("xl/workbook.xml", &(workbook + "</sheets></workbook>"));
    archive.add("xl/_rels/workbook.xml.rels", &relationships(&relations));
    archive.add("xl/styles.xml", &format!("<styleSheet xmlns=\"{MAIN}\">{STYLES}</styleSheet>"));
    for (number, (_, rows)) in (1..).zip(sheets()) {
        archive.add(&format!("xl/worksheets/sheet{number}.xml"), &worksheet(rows));
    }
    archive.finish()
}

fn relation(out: &mut String, id: u32, kind: &str, target: &str) {
    let _ = write!(out, "<Relationship Id=\"rId{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>");
}

fn relationships(relations: &str) -> String {
    format!("<Relationships xmlns=\"{PACKAGE}/relationships\">{relations}</Relationships>")
}

fn worksheet(rows: &crate::tables::Rows<'_>) -> String {
    let (mut widths, mut last) = (Vec::new(), 0);
    let mut measured = rows.clone();
    let mut count = 0;
    loop {
        let mut column = 0;
        let line = measured.next(|text| {
            if widths.len() <= column {
                widths.push(0);
            }
            if count < MEASURED {
                widths[column] = text.chars().count().max(widths[column]);
            }
            column += 1;
        });
        let Some(line) = line else { break };
        (count, last) = (count + 1, line);
    }
    widths.truncate(COLUMNS);
    let mut out = format!("<worksheet xmlns=\"{MAIN}\">");
    if count > 0 {
        out.push_str(
            "<sheetViews><sheetView workbookViewId=\"0\"><pane ySplit=\"1\" topLeftCell=\"A2\" \
             activePane=\"bottomLeft\" state=\"frozen\"/></sheetView></sheetViews><cols>",
        );
        for (number, width) in (1..).zip(&widths) {
            let width = (width + 2).clamp(*WIDTHS.start(), *WIDTHS.end());
            let _ =
                write!(out, "<col min=\"{number}\" max=\"{number}\" width=\"{width}\" style=\"1\" customWidth=\"1\"/>");
        }
        out.push_str("</cols>");
    }
    out.push_str("<sheetData>");
    let mut rows = rows.clone();
    let mut style = 2;
    let mut cells = String::new();
    loop {
        cells.clear();
        let mut place = Vec::new();
        let line = rows.next(|text| {
            place.push(cells.len());
            inline(&mut cells, text);
        });
        let Some(line) = line else { break };
        let _ = write!(out, "<row r=\"{line}\">");
        for (column, start) in place.iter().enumerate().take(COLUMNS) {
            let text = &cells[*start..place.get(column + 1).copied().unwrap_or(cells.len())];
            if !text.is_empty() {
                out.push_str("<c r=\"");
                reference(&mut out, column);
                let _ = write!(out, "{line}\" s=\"{style}\" t=\"inlineStr\">{text}</c>");
            }
        }
        out.push_str("</row>");
        style = 1;
    }
    out.push_str("</sheetData>");
    if count > 0 && !widths.is_empty() {
        // Numbers that are text are meant to be.
        out.push_str("<ignoredErrors><ignoredError sqref=\"A1:");
        reference(&mut out, widths.len() - 1);
        let _ = write!(out, "{last}\" numberStoredAsText=\"1\"/></ignoredErrors>");
    }
    out + "</worksheet>"
}

/// A cell's text, unless it is empty.
fn inline(out: &mut String, text: &str) {
    if text.is_empty() {
        return;
    }
    let mut units = 0;
    let end = text.char_indices().find(|(_, c)| {
        units += c.len_utf16();
        units > CELL
    });
    out.push_str("<is><t xml:space=\"preserve\">");
    escape(out, end.map_or(text, |(end, _)| &text[..end]));
    out.push_str("</t></is>");
}

/// The letters of a column, from 0.
fn reference(out: &mut String, column: usize) {
    let mut letters = Vec::new();
    let mut rest = column + 1;
    while rest > 0 {
        letters.push(b'A' + u8::try_from((rest - 1) % 26).unwrap_or_default());
        rest = (rest - 1) / 26;
    }
    out.extend(letters.into_iter().rev().map(char::from));
}

/// Text as XML has it; what XML cannot say, as `_x000D_` (ECMA-376-1, 22.9.2.19, ST_Xstring).
fn escape(out: &mut String, text: &str) {
    for (at, c) in text.char_indices() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\0'..='\u{8}' | '\u{b}'..='\u{1f}' | '\u{fffe}' | '\u{ffff}' => {
                let _ = write!(out, "_x{:04X}_", u32::from(c));
            }
            // Text that only looks so.
            '_' if text[at + 1..].starts_with('x') => out.push_str("_x005F_"),
            c => out.push(c),
        }
    }
}

/// A ZIP archive that is being written.
#[derive(Default)]
struct Archive {
    bytes: Vec<u8>,
    directory: Vec<u8>,
    entries: u16,
}

impl Archive {
    /// 1 January 1980: what a workbook holds decides its bytes, not when it was made.
    const DAY: [u8; 4] = [0, 0, 0x21, 0];

    fn add(&mut self, name: &str, xml: &str) {
        let xml = format!("{HEAD}{xml}");
        let packed = compress_to_vec(xml.as_bytes(), 6);
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        let offset = number(self.bytes.len());
        // What local header and directory have in common: version 2.0, names in UTF-8, deflated.
        let mut common = vec![20, 0, 0, 8, 8, 0];
        common.extend(Self::DAY);
        common.extend(Crc::of(xml.as_bytes()).to_le_bytes());
        common.extend(number(packed.len()));
        common.extend(number(xml.len()));
        common.extend(u16::try_from(name.len()).unwrap_or_default().to_le_bytes());
        common.extend([0, 0]);
        self.bytes.extend(b"PK\x03\x04");
        self.bytes.extend(&common);
        self.bytes.extend(name.as_bytes());
        self.bytes.extend(packed);
        self.directory.extend(b"PK\x01\x02\x14\x00");
        self.directory.extend(&common);
        self.directory.extend([0; 10]);
        self.directory.extend(offset);
        self.directory.extend(name.as_bytes());
        self.entries += 1;
    }

    fn finish(mut self) -> Vec<u8> {
        let number = |number: usize| u32::try_from(number).unwrap_or(u32::MAX).to_le_bytes();
        let offset = number(self.bytes.len());
        self.bytes.extend(&self.directory);
        self.bytes.extend(b"PK\x05\x06\0\0\0\0");
        self.bytes.extend(self.entries.to_le_bytes());
        self.bytes.extend(self.entries.to_le_bytes());
        self.bytes.extend(number(self.directory.len()));
        self.bytes.extend(offset);
        self.bytes.extend([0, 0]);
        self.bytes
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{Limits, tables::TablesWriter, unpack};

    type Rows = Vec<Vec<String>>;

    fn tables(sheets: &[(&str, Rows)]) -> Vec<u8> {
        let mut writer = TablesWriter::new(0);
        for (name, rows) in sheets {
            let mut writing = writer.sheet(name, false);
            for (line, row) in (1..).zip(rows) {
                writing.row(line, row.iter().map(String::as_str));
            }
            writing.finish();
        }
        writer.finish()
    }

    /// Sheets by name, with the lines and the cells of their rows.
    type Sheets = Vec<(String, Vec<(u32, Vec<String>)>)>;

    fn read(workbook: &[u8]) -> Sheets {
        let bytes = unpack(workbook, &Limits::default());
        let sheets = Tables::read(&bytes).unwrap().sheets.unwrap();
        let rows = |mut rows: crate::tables::Rows<'_>| {
            let (mut all, mut cells) = (Vec::new(), Vec::new());
            while let Some(line) = rows.next(|text| cells.push(text.to_owned())) {
                all.push((line, std::mem::take(&mut cells)));
            }
            all
        };
        sheets.into_iter().map(|sheet| (sheet.name.to_owned(), rows(sheet.rows.unwrap()))).collect()
    }

    #[test]
    fn a_workbook_is_written_and_read() {
        let rows = vec![vec!["Email".to_owned(), "Phone".to_owned()], vec!["a@b.de".into(), "+34600123456".into()]];
        let bytes = tables(&[("Refused & <more>", rows)]);
        let workbook = pack(&Tables::read(&bytes).unwrap());
        assert_eq!(workbook, pack(&Tables::read(&bytes).unwrap()));
        assert_eq!(
            format!("{:?}", read(&workbook)),
            r#"[("Refused & <more>", [(1, ["Email", "Phone"]), (2, ["a@b.de", "+34600123456"])])]"#
        );
    }

    #[test]
    fn a_row_is_cut_where_excels_end() {
        let bytes = tables(&[("A", vec![vec!["x".to_owned(); 16_385]])]);
        assert_eq!(read(&pack(&Tables::read(&bytes).unwrap()))[0].1[0].1.len(), 16_384);
    }

    #[test]
    fn a_cell_is_cut_where_excel_would_cut_it() {
        let bytes = tables(&[("A", vec![vec!["é".repeat(40_000), "😀".repeat(20_000)]])]);
        let read = read(&pack(&Tables::read(&bytes).unwrap()));
        let lengths: Vec<usize> = read[0].1[0].1.iter().map(|text| text.encode_utf16().count()).collect();
        assert_eq!(lengths, [32_767, 32_766]);
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(
            rows in proptest::collection::vec(
                proptest::collection::vec(
                    prop_oneof![3 => "\\PC{0,6}", 1 => "[_x0-9A-F]{0,14}", 1 => "[ \t\n\r&<>\"'=+]{0,4}", 1 => any::<String>()],
                    1..5),
                0..6)
        ) {
            let bytes = tables(&[("A", rows.clone())]);
            let workbook = pack(&Tables::read(&bytes).unwrap());
            // Rows end with their last text, and those without any are left out.
            let expected: Vec<(u32, Vec<String>)> = (1..)
                .zip(rows)
                .map(|(line, mut row)| {
                    while row.last().is_some_and(String::is_empty) {
                        row.pop();
                    }
                    (line, row)
                })
                .filter(|(_, row)| !row.is_empty())
                .collect();
            prop_assert_eq!(read(&workbook), vec![("A".to_owned(), expected)]);
        }
    }
}
