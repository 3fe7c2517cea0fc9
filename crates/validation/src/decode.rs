//! Bytes to text: UTF-8 with and without BOM, UTF-16 in both orders with and without BOM, Windows-1252.

use std::borrow::Cow;

/// A sheet as text.
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) encoding: &'static str,
}

/// What files are encoded in that were put together of UTF-8 and Windows-1252.
pub(crate) const MIXED: &str = "mixed";

/// Why bytes are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotText {
    /// An archive: an Excel workbook, most likely.
    Archive,
    /// A workbook of Excel 97 to 2003.
    Xls,
    /// A workbook that is protected by a password.
    Encrypted,
    /// Another kind of file that is known.
    Format(&'static str),
    /// Bytes that no text has.
    Binary,
}

/// Files that people drop by mistake, by their first bytes.
const FORMATS: [(&[u8], &str); 7] = [
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3\0", "sqlite"),
    (b"\x7fELF", "program"),
];

/// Compound files (MS-CFB), in which programs of Microsoft keep several streams.
const COMPOUND: &[u8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1";

/// What a compound file is, by the name of a stream in it. An encrypted workbook has no other of these.
const STREAMS: [(&str, NotText); 6] = [
    ("EncryptedPackage", NotText::Encrypted),
    ("Workbook", NotText::Xls),
    ("Book", NotText::Xls),
    ("WordDocument", NotText::Format("doc")),
    ("PowerPoint Document", NotText::Format("ppt")),
    ("__properties_version1.0", NotText::Format("msg")),
];

/// Entries of the directory are 128 bytes, at multiples of that, and begin with their name in UTF-16 and its length in
/// bytes, a final zero included.
fn compound(bytes: &[u8]) -> NotText {
    let is_entry = |entry: &[u8], name: &str| {
        let units = || name.encode_utf16().chain([0]);
        let length = units().count() * 2;
        entry[64..66] == u16::try_from(length).unwrap_or_default().to_le_bytes()
            && entry.iter().take(length).copied().eq(units().flat_map(u16::to_le_bytes))
    };
    let found = bytes
        .chunks_exact(128)
        .find_map(|entry| STREAMS.iter().find(|(name, _)| is_entry(entry, name)).map(|(_, found)| *found));
    found.unwrap_or(NotText::Format("ole"))
}

/// Whether bytes begin as ZIP archives do, workbooks among them.
#[must_use]
pub fn is_archive(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
    if is_archive(bytes) {
        return Err(NotText::Archive);
    }
    if bytes.starts_with(COMPOUND) {
        return Err(compound(bytes));
    }
    if let Some((_, format)) = FORMATS.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(NotText::Format(format));
    }
    let decoded = if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        match std::str::from_utf8(rest) {
            Ok(text) => Decoded { text: text.into(), encoding: "utf-8-bom" },
            Err(_) => single_bytes(rest),
        }
    } else if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        utf_16(rest, u16::from_le_bytes, "utf-16le")
    } else if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        utf_16(rest, u16::from_be_bytes, "utf-16be")
    } else {
        unmarked(bytes)
    };
    if looks_binary(&decoded.text) {
        return Err(NotText::Binary);
    }
    match markup(&decoded.text) {
        Some(format) => Err(NotText::Format(format)),
        None => Ok(decoded),
    }
}

/// Texts that are no sheets though they may hold one: web pages are often named as workbooks.
fn markup(text: &str) -> Option<&'static str> {
    let text = text.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    let starts = |with: &str| text.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with));
    if ["<!doctype html", "<html", "<table", "<body"].into_iter().any(starts) {
        return Some("html");
    }
    if starts("<?xml") {
        return Some("xml");
    }
    let mut signs = text.chars().filter(|c| !c.is_whitespace());
    match (signs.next(), signs.next()) {
        (Some('{'), Some('"')) | (Some('['), Some('{' | '[')) => Some("json"),
        _ => None,
    }
}

/// Without a mark UTF-16 shows by its zero bytes: sheets of any language have ASCII delimiters, line ends and addresses.
fn unmarked(bytes: &[u8]) -> Decoded<'_> {
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    if pairs >= 4 && odd * 10 >= pairs * 3 && even * 10 <= pairs {
        return utf_16(bytes, u16::from_le_bytes, "utf-16le");
    }
    if pairs >= 4 && even * 10 >= pairs * 3 && odd * 10 <= pairs {
        return utf_16(bytes, u16::from_be_bytes, "utf-16be");
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Decoded { text: text.into(), encoding: "utf-8" },
        // Cut off within a letter: what stands for it makes its cell wrong.
        Err(error) if error.error_len().is_none() && !bytes[..error.valid_up_to()].is_ascii() => {
            Decoded { text: String::from_utf8_lossy(bytes), encoding: "utf-8" }
        }
        Err(_) => single_bytes(bytes),
    }
}

fn utf_16<'a>(bytes: &'a [u8], unit: fn([u8; 2]) -> u16, encoding: &'static str) -> Decoded<'a> {
    let pairs = bytes.chunks_exact(2);
    // An odd byte at the end is a file that was cut off: what stands for it makes its cell wrong.
    let cut = !pairs.remainder().is_empty();
    let units = pairs.map(|pair| unit([pair[0], pair[1]]));
    let mut text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    if cut {
        text.push(char::REPLACEMENT_CHARACTER);
    }
    Decoded { text: text.into(), encoding }
}

/// 0x80 to 0x9f of Windows-1252 as the WHATWG Encoding Standard has it.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

/// What is no UTF-8 as a whole. Files that were put together of several may hold UTF-8 all the same: a sequence of
/// several bytes that is one character there is never text in Windows-1252.
fn single_bytes(bytes: &[u8]) -> Decoded<'_> {
    let mut text = String::with_capacity(bytes.len());
    let mut mixed = false;
    for chunk in bytes.utf8_chunks() {
        mixed |= !chunk.valid().is_ascii();
        text.push_str(chunk.valid());
        text.extend(chunk.invalid().iter().map(|byte| match byte {
            0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
            byte => char::from(*byte),
        }));
    }
    Decoded { text: text.into(), encoding: if mixed { MIXED } else { "windows-1252" } }
}

/// More than one in fifty of the first characters is a control that no sheet has. A few are let through: the cells
/// that hold them are refused by name.
fn looks_binary(text: &str) -> bool {
    let (mut seen, mut controls) = (0_u32, 0_u32);
    for c in text.chars().take(4096) {
        seen += 1;
        let expected = matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1a}');
        controls +=
            u32::from(!expected && (c < ' ' || ('\u{7f}'..='\u{9f}').contains(&c) || c == char::REPLACEMENT_CHARACTER));
    }
    controls > 3 && controls * 50 > seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_told_apart() {
        let le = |text: &str| text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>();
        let be = |text: &str| text.encode_utf16().flat_map(u16::to_be_bytes).collect::<Vec<u8>>();
        for (name, bytes, encoding, text) in [
            ("utf-8", "José".as_bytes().to_vec(), "utf-8", "José"),
            ("utf-8 with BOM", [b"\xef\xbb\xbf", "José".as_bytes()].concat(), "utf-8-bom", "José"),
            ("BOM before what is no utf-8", b"\xef\xbb\xbfJos\xe9".to_vec(), "windows-1252", "José"),
            ("utf-16le with BOM", [b"\xff\xfe".to_vec(), le("José 李")].concat(), "utf-16le", "José 李"),
            ("utf-16be with BOM", [b"\xfe\xff".to_vec(), be("José 李")].concat(), "utf-16be", "José 李"),
            ("utf-16le without BOM", le("Ana\tJosé\n"), "utf-16le", "Ana\tJosé\n"),
            ("utf-16be without BOM", be("Ana\tJosé\n"), "utf-16be", "Ana\tJosé\n"),
            ("windows-1252", b"Jos\xe9 \x80 \x93x\x94".to_vec(), "windows-1252", "José € “x”"),
            ("utf-8 cut off", b"Jos\xc3\xa9 Pe\xc3".to_vec(), "utf-8", "José Pe\u{fffd}"),
            ("put together", b"Jos\xe9 Ra\xc3\xbal".to_vec(), "mixed", "José Raúl"),
            ("utf-16 cut off", [b"\xff\xfe".to_vec(), le("Ana"), b"x".to_vec()].concat(), "utf-16le", "Ana\u{fffd}"),
            ("a NUL or two", b"A\0na,ana@example.com".to_vec(), "utf-8", "A\0na,ana@example.com"),
            ("empty", Vec::new(), "utf-8", ""),
        ] {
            let decoded = decode(&bytes).unwrap_or_else(|why| panic!("{name}: {why:?}"));
            assert_eq!((decoded.encoding, &*decoded.text), (encoding, text), "{name}");
        }
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert_eq!(decode(b"PK\x03\x04rest").err(), Some(NotText::Archive));
        for (stream, expected) in [
            ("EncryptedPackage", NotText::Encrypted),
            ("Workbook", NotText::Xls),
            ("Book", NotText::Xls),
            ("WordDocument", NotText::Format("doc")),
            ("Contents", NotText::Format("ole")),
        ] {
            let name: Vec<u8> = stream.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect();
            let mut file = [COMPOUND, &[0; 1016], &name].concat();
            file.resize(1024 + 64, 0);
            file.extend(u16::try_from(name.len()).unwrap().to_le_bytes());
            file.resize(2048, 0);
            assert_eq!(decode(&file).err(), Some(expected), "{stream}");
        }
        assert_eq!(decode(b"%PDF-1.7").err(), Some(NotText::Format("pdf")));
        assert_eq!(decode(b"\xef\xbb\xbf\n<HTML><table>").err(), Some(NotText::Format("html")));
        assert_eq!(decode(b"[\n {\"email\": 1}]").err(), Some(NotText::Format("json")));
        assert!(decode(b"[Email],[Name]\n").is_ok());
        let noise: Vec<u8> = (0..4096_u32).map(|i| i.wrapping_mul(2_654_435_761).to_le_bytes()[3]).collect();
        assert_eq!(decode(&noise).err(), Some(NotText::Binary));
        assert_eq!(decode(&[0; 64]).err(), Some(NotText::Binary));
    }
}
