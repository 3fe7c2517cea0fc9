//! What a workbook can make its reader keep in memory. A test of its own, so that nothing else is in the process.
#![cfg(target_os = "linux")]

use std::{
    fs,
    io::{Cursor, Write as _},
};

use rollcall_xlsx::{Limits, tables::Tables, unpack};
use zip::{ZipWriter, write::SimpleFileOptions};

const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";

/// Writes a part in pieces, so that making it takes no memory either.
type Part<'a> = (&'a str, &'a dyn Fn(&mut dyn FnMut(&str)));

fn workbook(sheet: Part<'_>, strings: Part<'_>) -> Vec<u8> {
    let relationship = |id: &str, kind: &str, target: &str| {
        format!("<Relationship Id=\"{id}\" Type=\"{OFFICE}/{kind}\" Target=\"{target}\"/>")
    };
    let root = format!("<Relationships>{}</Relationships>", relationship("a", "officeDocument", "w.xml"));
    let main = "<workbook xmlns:r=\"r\"><sheets><sheet name=\"A\" r:id=\"a\"/></sheets></workbook>";
    let relations = format!(
        "<Relationships>{}{}</Relationships>",
        relationship("a", "worksheet", sheet.0),
        relationship("b", "sharedStrings", strings.0)
    );
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let whole = |text: String| move |out: &mut dyn FnMut(&str)| out(&text);
    let (root, main, relations) = (whole(root), whole(main.to_owned()), whole(relations));
    let parts: [Part<'_>; 5] =
        [("_rels/.rels", &root), ("w.xml", &main), ("_rels/w.xml.rels", &relations), sheet, strings];
    for (name, write) in parts {
        writer.start_file(name, SimpleFileOptions::default()).expect("an entry");
        write(&mut |text| writer.write_all(text.as_bytes()).expect("in memory"));
    }
    writer.finish().expect("in memory").into_inner()
}

/// Writes an element around a piece that is repeated.
fn repeated(tag: &'static str, piece: String, times: usize) -> impl Fn(&mut dyn FnMut(&str)) {
    move |out| {
        out(&format!("<x><{tag}>"));
        (0..times).for_each(|_| out(&piece));
        out(&format!("</{tag}></x>"));
    }
}

/// A figure of `/proc/self/status`, in MiB.
fn status(name: &str) -> u64 {
    let status = fs::read_to_string("/proc/self/status").expect("Linux says");
    let line = status.lines().find_map(|line| line.strip_prefix(name)).expect("a figure");
    line.trim_matches(|c: char| !c.is_ascii_digit()).parse::<u64>().expect("a number") / 1024
}

#[test]
fn little_memory_is_enough() {
    let nothing = |tag| repeated(tag, String::new(), 0);
    let text = format!("<si><t>{}</t></si>", "a".repeat(1 << 20));
    for (name, sheet, strings, most) in [
        // What is kept is the text of the rows, at most 64 MiB, and twice that while it grows.
        (
            "a long text in many cells",
            repeated("sheetData", "<row><c t=\"s\"><v>0</v></c></row>".to_owned(), 1000),
            repeated("a", text, 1),
            160,
        ),
        (
            "a million empty rows",
            repeated("sheetData", "<row s=\"1\"><c s=\"1\"/><c s=\"1\"/></row>".to_owned(), 1_048_576),
            nothing("a"),
            4,
        ),
        (
            "many cells far out",
            repeated("sheetData", "<row><c r=\"XFD1\"><v>1</v></c></row>".to_owned(), 100_000),
            nothing("a"),
            16,
        ),
        ("180 MiB of nothing", repeated("sheetData", " ".repeat(1 << 20), 180), nothing("a"), 12),
        ("many strings", nothing("sheetData"), repeated("a", "<si><t/></si>".to_owned(), 9_000_000), 96),
        ("many elements within others", repeated("sheetData", "<a>".to_owned(), 20_000_000), nothing("a"), 4),
    ] {
        let bytes = workbook(("s.xml", &sheet), ("t.xml", &strings));
        let before = status("VmRSS:");
        // Forgets the peak so far (proc(5)).
        fs::write("/proc/self/clear_refs", "5").expect("Linux forgets");
        let unpacked = unpack(&bytes, &Limits::default());
        let peak = status("VmHWM:").saturating_sub(before);
        assert!(Tables::read(&unpacked).is_some(), "{name}");
        assert!(peak <= most, "{name}: {peak} MiB for {} kB", bytes.len() / 1024);
    }
}
