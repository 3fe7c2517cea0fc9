//! What nobody should send and somebody will. Workbooks are made here part by part, as no program would write them.

use std::{
    fmt::Write as _,
    io::{Cursor, Write as _},
    time::Instant,
};

use proptest::prelude::*;
use rollcall_xlsx::{
    Limits, Refused, What,
    tables::{Rows, Tables},
    unpack,
};
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/package/2006/relationships";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";

fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        writer.start_file(*name, options).expect("an entry");
        writer.write_all(bytes).expect("in memory");
    }
    writer.finish().expect("in memory").into_inner()
}

fn relationships(relations: &[(&str, &str)]) -> String {
    let mut xml = format!("<Relationships xmlns=\"{RELATIONSHIPS}\">");
    for (number, (kind, target)) in (1..).zip(relations) {
        write!(xml, "<Relationship Id=\"rId{number}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
            .expect("as it was made");
    }
    xml + "</Relationships>"
}

/// A workbook of worksheets, by what stands in their `sheetData`, and of shared strings.
fn workbook(sheets: &[&str], strings: &str) -> Vec<u8> {
    let mut list = String::new();
    let mut relations = Vec::new();
    let names: Vec<String> = (1..=sheets.len()).map(|number| format!("worksheets/sheet{number}.xml")).collect();
    for (number, name) in (1..).zip(&names) {
        write!(list, "<sheet name=\"S{number}\" sheetId=\"{number}\" r:id=\"rId{number}\"/>").expect("as it was made");
        relations.push(("worksheet", name.as_str()));
    }
    relations.extend([("sharedStrings", "sharedStrings.xml"), ("styles", "styles.xml")]);
    let main = format!("<workbook xmlns=\"{MAIN}\" xmlns:r=\"{OFFICE}\"><sheets>{list}</sheets></workbook>");
    let root = relationships(&[("officeDocument", "xl/workbook.xml")]);
    let relations = relationships(&relations);
    let styles = format!(
        "<styleSheet xmlns=\"{MAIN}\"><cellXfs><xf numFmtId=\"0\"/><xf numFmtId=\"14\"/></cellXfs></styleSheet>"
    );
    let strings = format!("<sst xmlns=\"{MAIN}\">{strings}</sst>");
    let sheets: Vec<(String, String)> = names
        .iter()
        .zip(sheets)
        .map(|(name, data)| {
            let xml = format!("<worksheet xmlns=\"{MAIN}\"><sheetData>{data}</sheetData></worksheet>");
            (format!("xl/{name}"), xml)
        })
        .collect();
    let mut parts = vec![
        ("_rels/.rels", root.as_bytes()),
        ("xl/workbook.xml", main.as_bytes()),
        ("xl/_rels/workbook.xml.rels", relations.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
        ("xl/sharedStrings.xml", strings.as_bytes()),
    ];
    parts.extend(sheets.iter().map(|(name, xml)| (name.as_str(), xml.as_bytes())));
    archive(&parts)
}

fn told_rows(mut rows: Rows<'_>) -> String {
    let (mut told, mut cells) = (Vec::new(), Vec::new());
    while let Some(line) = rows.next(|cell| cells.push(cell.to_owned())) {
        told.push(format!("{line} {}", cells.join("|")));
        cells.clear();
    }
    told.join("; ")
}

/// The first sheet's rows, or why it or the workbook is not read.
fn told(workbook: &[u8]) -> String {
    let bytes = unpack(workbook, &Limits::default());
    let tables = Tables::read(&bytes).expect("as it was made");
    assert_eq!(tables.size, workbook.len() as u64);
    match tables.sheets.map(|sheets| sheets.first().map(|sheet| sheet.rows.clone())) {
        Ok(Some(Ok(rows))) => told_rows(rows),
        Ok(None) => "no sheets".to_owned(),
        Ok(Some(Err(refused))) => format!("the sheet: {refused}"),
        Err(refused) => refused.to_string(),
    }
}

const ROWS: &str = "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>0</v></c></row>";
const STRINGS: &str = "<si><t>Ana</t></si>";
const DAMAGED: &str = "the workbook is damaged";

#[test]
fn cells_of_all_kinds_are_read() {
    for (name, data, strings, expected) in [
        ("shared", ROWS, STRINGS, "1 Ana"),
        ("inline", "<row r=\"2\"><c r=\"B2\" t=\"inlineStr\"><is><t>Bo</t></is></c></row>", "", "2 |Bo"),
        (
            "rich text without how it is pronounced",
            ROWS,
            "<si><r><t>課</t></r><r><t xml:space=\"preserve\"> 長</t></r><rPh sb=\"0\" eb=\"1\"><t>カ</t></rPh></si>",
            "1 課 長",
        ),
        ("a formula's value", "<row r=\"1\"><c r=\"A1\" t=\"str\"><f>A2&amp;\"x\"</f><v>Bo</v></c></row>", "", "1 Bo"),
        (
            "a formula without a value",
            "<row r=\"1\"><c r=\"A1\"><f>A2</f></c><c r=\"B1\"><v>1</v></c></row>",
            "",
            "1 |1",
        ),
        (
            "yes and no",
            "<row r=\"1\"><c t=\"b\"><v>1</v></c><c t=\"b\"><v>0</v></c><c t=\"b\"/></row>",
            "",
            "1 TRUE|FALSE",
        ),
        ("an error", "<row r=\"1\"><c t=\"e\"><v>#N/A</v></c></row>", "", "1 #N/A"),
        (
            "a date",
            "<row r=\"1\"><c s=\"1\"><v>46347</v></c><c s=\"9\"><v>46347</v></c></row>",
            "",
            "1 2026-11-21|46347",
        ),
        ("a date as text", "<row r=\"1\"><c t=\"d\"><v>2026-11-21T00:00:00</v></c></row>", "", "1 2026-11-21"),
        (
            "neither row nor cell says where it is",
            "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>",
            "",
            "1 1|2; 2 3",
        ),
        (
            "empty cells that do not say where they are",
            "<row><c/><c><v>2</v></c><c s=\"1\"/><c><v>4</v></c></row><row><c r=\"B2\"/><c><v>3</v></c></row>",
            "",
            "1 |2||4; 2 ||3",
        ),
        ("cells in disorder", "<row r=\"1\"><c r=\"C1\"><v>3</v></c><c r=\"A1\"><v>1</v></c></row>", "", "1 1||3"),
        ("two cells in one place", "<row r=\"1\"><c r=\"A1\"><v>1</v></c><c r=\"A1\"><v>2</v></c></row>", "", "1 2"),
        ("entities and marked sections", ROWS, "<si><t>&lt;a&gt; &amp;&#x41;<![CDATA[<b>]]></t></si>", "1 <a> &A<b>"),
        ("what XML cannot say", ROWS, "<si><t>a_x0009_b_x005F_x0041__xD800_</t></si>", "1 a\tb_x0041__xD800_"),
        ("a comment within", ROWS, "<si><t>A<!-- x -->na</t></si>", "1 Ana"),
        (
            "empty rows",
            "<row r=\"3\" s=\"1\"><c r=\"A3\" s=\"1\"/></row><row r=\"9\"><c r=\"A9\"><v>1</v></c></row>",
            "",
            "9 1",
        ),
        ("nothing", "", "", ""),
    ] {
        assert_eq!(told(&workbook(&[data], strings)), expected, "{name}");
    }
}

#[test]
fn damage_is_told() {
    for (name, data, strings) in [
        ("an element that does not end", "<row r=\"1\">", ""),
        ("elements that cross", "<row r=\"1\"><c></row></c>", ""),
        ("a shared string that is not there", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>7</v></c></row>", STRINGS),
        ("a shared string without a number", "<row r=\"1\"><c r=\"A1\" t=\"s\"><v>x</v></c></row>", STRINGS),
        ("rows in disorder", "<row r=\"2\"/><row r=\"1\"/>", ""),
        ("a row that is no number", "<row r=\"x\"/>", ""),
        ("a cell without a column", "<row r=\"1\"><c r=\"1\"><v>1</v></c></row>", ""),
        ("an entity that nobody knows", ROWS, "<si><t>&boom;</t></si>"),
        ("attributes without quotes", "<row r=1/>", ""),
    ] {
        assert_eq!(told(&workbook(&[data], strings)), DAMAGED, "{name}");
    }
    let document = |main: &[u8]| {
        let root = relationships(&[("officeDocument", "xl/workbook.xml")]);
        archive(&[("_rels/.rels", root.as_bytes()), ("xl/workbook.xml", main)])
    };
    for (name, bytes) in [
        ("no end of the archive", b"PK\x03\x04\x14\0".to_vec()),
        ("nothing but an end", b"PK\x05\x06".to_vec()),
        (
            "no workbook",
            archive(&[("_rels/.rels", relationships(&[("officeDocument", "xl/workbook.xml")]).as_bytes())]),
        ),
        ("entities", document(b"<!DOCTYPE x [<!ENTITY a \"aaaa\">]><workbook/>")),
        ("no element", document(b"<?xml version=\"1.0\"?>")),
        ("no XML", document(b"hello")),
        ("no UTF-8", document(b"<workbook name=\"\xff\"/>")),
        (
            "a sheet that is not there",
            document(b"<workbook><sheets><sheet name=\"A\" r:id=\"x\"/></sheets></workbook>"),
        ),
    ] {
        assert_eq!(told(&bytes), DAMAGED, "{name}");
    }
}

#[test]
fn a_workbook_that_was_cut_off_or_changed_is_damaged() {
    let whole = workbook(&[ROWS], STRINGS);
    for length in 4..whole.len() {
        assert_eq!(told(&whole[..length]), DAMAGED, "{length} of {} bytes", whole.len());
    }
    // The checksum stands in the directory; its last entry is that of the sheet.
    let entry = whole.windows(4).rposition(|four| four == b"PK\x01\x02").expect("as it was made");
    for at in [entry + 16, entry + 24] {
        let mut changed = whole.clone();
        changed[at] ^= 1;
        assert_eq!(told(&changed), DAMAGED, "byte {at}");
    }
    let mut encrypted = whole.clone();
    encrypted[entry + 8] |= 1;
    assert_eq!(told(&encrypted), "the workbook is protected by a password");
}

#[test]
fn other_files_are_told_by_name() {
    let document = |target: &str| relationships(&[("officeDocument", target)]);
    for (parts, expected) in [
        (vec![("mimetype", "application/vnd.oasis.opendocument.spreadsheet")], "ods"),
        (vec![("mimetype", "application/vnd.oasis.opendocument.text")], "odt"),
        (vec![("mimetype", "text/plain")], "zip"),
        (vec![("_rels/.rels", &*document("word/document.xml"))], "docx"),
        (vec![("_rels/.rels", &*document("/ppt/presentation.xml"))], "pptx"),
        (vec![("_rels/.rels", &*document("xl/workbook.bin"))], "xlsb"),
        (vec![("Index/Document.iwa", "")], "numbers"),
        (vec![("META-INF/MANIFEST.MF", "")], "jar"),
        (vec![("people.csv", "a@b.de")], "zip"),
        (vec![], "zip"),
    ] {
        let parts: Vec<(&str, &[u8])> = parts.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
        assert_eq!(told(&archive(&parts)), format!("not a workbook but {expected}"));
    }
}

#[test]
fn other_programs_write_otherwise() {
    let main = format!(
        "<x:workbook xmlns:x=\"{MAIN}\" xmlns:q=\"http://purl.oclc.org/ooxml/officeDocument/relationships\">\
         <x:workbookPr date1904=\"true\"/><x:sheets><x:sheet name=\"Diagram\" sheetId=\"1\" q:id=\"rId3\"/>\
         <x:sheet name=\"A &amp; B\" sheetId=\"9\" state=\"veryHidden\" q:id=\"rId1\"/></x:sheets></x:workbook>"
    );
    let sheet = format!(
        "\u{feff}<?xml version=\"1.0\"?><x:worksheet xmlns:x=\"{MAIN}\"><x:sheetData><x:row r=\"1\"><x:c r=\"A1\" s=\"0\">\
         <x:v>44885</x:v></x:c></x:row></x:sheetData></x:worksheet>"
    );
    let styles = format!(
        "<x:styleSheet xmlns:x=\"{MAIN}\"><x:numFmts><x:numFmt numFmtId=\"164\" formatCode=\"d/m/yy\"/></x:numFmts>\
         <x:cellXfs><x:xf numFmtId=\"164\"/></x:cellXfs></x:styleSheet>"
    );
    let bytes = archive(&[
        ("_RELS/.RELS", relationships(&[("officeDocument", "/XL/WorkBook.xml")]).as_bytes()),
        ("xl\\workbook.xml", main.as_bytes()),
        (
            "xl/_rels/workbook.xml.rels",
            relationships(&[
                ("worksheet", "./worksheets/../worksheets/A.xml"),
                ("styles", "/xl/styles.xml"),
                ("chartsheet", "chartsheets/sheet1.xml"),
            ])
            .as_bytes(),
        ),
        ("xl/worksheets/a.xml", sheet.as_bytes()),
        ("xl/styles.xml", styles.as_bytes()),
    ]);
    let unpacked = unpack(&bytes, &Limits::default());
    let sheets = Tables::read(&unpacked).expect("tables").sheets.expect("as it was made");
    let shown: Vec<_> = sheets.iter().map(|sheet| (sheet.name, sheet.hidden)).collect();
    assert_eq!(shown, [("A & B", true)]);
    assert_eq!(told(&bytes), "1 2026-11-21");
}

#[test]
fn the_ends_of_a_worksheet_are_known() {
    let cell = |reference: &str, line: u32| {
        workbook(&[&format!("<row r=\"{line}\"><c r=\"{reference}\"><v>1</v></c></row>")], "")
    };
    let far = told(&cell("XFD1048576", 1_048_576));
    assert!(far.starts_with("1048576 |") && far.ends_with("|1") && far.len() == 8 + 16_384, "{far:.20}");
    for (reference, line, expected) in [
        ("XFE1", 1, "the sheet: the workbook has more than 16384 columns"),
        ("ZZZZZZZZZZ1", 1, "the sheet: the workbook has more than 16384 columns"),
        ("A1048577", 1_048_577, "the sheet: the workbook has more than 1048576 rows"),
    ] {
        assert_eq!(told(&cell(reference, line)), expected);
    }
    let implied = format!("<row r=\"1\">{}</row>", "<c><v>1</v></c>".repeat(16_385));
    assert_eq!(told(&workbook(&[&implied], "")), "the sheet: the workbook has more than 16384 columns");
}

/// How long it took, and what came of it.
fn timed(bytes: &[u8]) -> String {
    let started = Instant::now();
    let told = told(bytes);
    assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    told
}

#[test]
fn too_much_is_refused() {
    let limits = Limits::default();
    let (rows, strings) = ("<row><c r=\"XFD1\"><v>1</v></c></row>".repeat(1000), "<si><t>Ana</t></si>");
    let long = "a".repeat(1 << 20);
    let repeated = "<row><c t=\"s\"><v>0</v></c></row>".repeat(100);
    let spaces = " ".repeat(limits.unpacked as usize + 1);
    let parts: Vec<String> = (0..5000).map(|number| format!("{number}")).collect();
    let parts: Vec<(&str, &[u8])> = parts.iter().map(|name| (name.as_str(), &b""[..])).collect();
    for (name, bytes, expected) in [
        (
            "a thousand cells far out",
            workbook(&[&rows], strings),
            "the sheet: the workbook has more than 4000000 cells",
        ),
        (
            "a long text in many cells",
            workbook(&[&repeated], &format!("<si><t>{long}</t></si>")),
            "the sheet: the workbook has more than 67108864 unpacked",
        ),
        ("a text without an end", workbook(&[ROWS], &format!("<si><t>{}</t></si>", long.repeat(5))), DAMAGED),
        ("a name without an end", workbook(&[&format!("<{}/>", long.repeat(5))], STRINGS), DAMAGED),
        ("many parts", archive(&parts), "the workbook has more than 4096 entries"),
        ("a bomb", workbook(&[&spaces], STRINGS), "the sheet: the workbook has more than 201326592 unpacked"),
        ("300 sheets", workbook(&[ROWS; 300], STRINGS), "the workbook has more than 256 sheets"),
        (
            "deeply nested",
            workbook(&[&format!("{}{}", "<a>".repeat(1 << 20), "</a>".repeat(1 << 20))], STRINGS),
            DAMAGED,
        ),
        (
            "many empty strings",
            workbook(&[ROWS], &"<si/>".repeat(9 << 20)),
            "the workbook has more than 67108864 unpacked",
        ),
        ("many attributes", workbook(&[&format!("<row {}/>", "a=\"\" ".repeat(500_000))], STRINGS), ""),
    ] {
        assert_eq!(timed(&bytes), expected, "{name}");
    }
}

#[test]
fn elements_are_counted_over_all_parts() {
    let limits = Limits { events: 1000, ..Limits::default() };
    let refused = |sheets: &[&str]| {
        let bytes = unpack(&workbook(sheets, STRINGS), &limits);
        let sheets = Tables::read(&bytes).expect("tables").sheets.expect("sheets");
        sheets.into_iter().map(|sheet| sheet.rows.is_err()).collect::<Vec<_>>()
    };
    let cells = format!("<row>{}</row>", "<c/>".repeat(200));
    assert_eq!(refused(&[ROWS, &cells]), [false, false]);
    assert_eq!(refused(&[&cells, &cells, &cells, ROWS]), [false, false, true, true]);
}

#[test]
fn a_directory_that_lies_is_not_believed() {
    // It says that the sheet has ten bytes.
    let mut bomb = workbook(&[&" ".repeat(64 << 20)], STRINGS);
    let entry = bomb.windows(4).rposition(|four| four == b"PK\x01\x02").expect("as it was made");
    bomb[entry + 24..entry + 28].copy_from_slice(&10_u32.to_le_bytes());
    let started = Instant::now();
    assert_eq!(told(&bomb), DAMAGED);
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
}

#[test]
fn one_sheet_that_is_too_large_spoils_no_other() {
    let large = "<row><c r=\"XFD1\"><v>1</v></c></row>".repeat(1000);
    let bytes = unpack(&workbook(&[&large, ROWS], STRINGS), &Limits::default());
    let sheets = Tables::read(&bytes).expect("tables").sheets.expect("as it was made");
    assert_eq!(sheets[0].rows.clone().unwrap_err(), Refused::TooLarge { what: What::Cells, limit: 4_000_000 });
    assert_eq!(told_rows(sheets[1].rows.clone().unwrap()), "1 Ana");
}

#[test]
fn many_sheets_with_cells_far_out_are_not_all_kept() {
    let large = "<row><c r=\"XFD1\"><v>1</v></c></row>".repeat(240);
    let bytes = unpack(&workbook(&vec![large.as_str(); 20], STRINGS), &Limits::default());
    let sheets = Tables::read(&bytes).expect("tables").sheets.expect("as it was made");
    let read = sheets.iter().filter(|sheet| sheet.rows.is_ok()).count();
    assert_eq!(read, 17, "of 240 * 16,384 cells each in 64 MiB");
    let limit = Limits::default().text;
    assert_eq!(sheets[19].rows.clone().unwrap_err(), Refused::TooLarge { what: What::Unpacked, limit });
    assert!(bytes.len() < 80 << 20, "{} bytes", bytes.len());
}

#[test]
fn two_hundred_sheets_are_read() {
    let bytes = unpack(&workbook(&[ROWS; 200], STRINGS), &Limits::default());
    assert_eq!(Tables::read(&bytes).expect("tables").sheets.expect("sheets").len(), 200);
}

#[test]
fn a_million_empty_rows_are_nothing() {
    let empty = "<row s=\"1\" customFormat=\"1\"><c s=\"1\"/><c s=\"1\"/></row>";
    let filled = "<row><c><v>7</v></c></row>";
    let bytes = workbook(&[&format!("{}{filled}{}", empty.repeat(6), empty.repeat(1_048_569))], "");
    assert_eq!(timed(&bytes), "7 7");
}

proptest! {
    #[test]
    fn no_change_makes_it_panic(changes in proptest::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..6)) {
        let mut bytes = workbook(&[ROWS, "<row r=\"2\"><c s=\"1\"><v>46347.5</v></c></row>"], STRINGS);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        told(&bytes);
    }

    #[test]
    fn no_xml_makes_it_panic(data in "(<(/?)(row|c|v|is|t|rPh|f)( (r|s|t)=\"(A1|[0-9]{1,9}|s|b|d|[A-Z]{1,4}[0-9]{1,7})\")*/?>|[a-z0-9&;#x_ ]{0,5}){0,30}") {
        told(&workbook(&[&data], &data));
    }
}
