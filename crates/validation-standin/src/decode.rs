//! Bytes to text: UTF-8 with and without BOM, UTF-16 in both orders, Windows-1252.

use std::borrow::Cow;

/// A decoded sheet.
pub(crate) struct Decoded<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) encoding: &'static str,
}

/// Why bytes are no text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum NotText {
    /// A file that is known not to be one.
    Format(&'static str),
    /// Bytes that no text has.
    Binary,
}

/// Files that people drop here by mistake, by their first bytes.
const MAGIC: &[(&[u8], &str)] = &[
    (b"PK\x03\x04", "xlsx"),
    (b"PK\x05\x06", "zip"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF-", "pdf"),
    (b"\x89PNG", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"GIF8", "gif"),
    (b"\x1f\x8b", "gzip"),
    (b"SQLite format 3", "sqlite"),
    (b"\x7fELF", "program"),
];

pub(crate) fn decode(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
    if let Some((_, format)) = MAGIC.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        return Err(NotText::Format(format));
    }
    if let Some(rest) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return match std::str::from_utf8(rest) {
            Ok(text) => Ok(Decoded { text: text.into(), encoding: "utf-8-bom" }),
            Err(_) => windows_1252(rest),
        };
    }
    if let Some(rest) = bytes.strip_prefix(b"\xff\xfe") {
        return utf_16(rest, u16::from_le_bytes, "utf-16le");
    }
    if let Some(rest) = bytes.strip_prefix(b"\xfe\xff") {
        return utf_16(rest, u16::from_be_bytes, "utf-16be");
    }
    // Without a mark UTF-16 shows by its zero bytes: text of any language has ASCII delimiters and line ends.
    let sample = &bytes[..bytes.len().min(4096) & !1];
    let zeros = |from: usize| sample.iter().skip(from).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, pairs) = (zeros(0), zeros(1), sample.len() / 2);
    if pairs >= 4 && odd * 10 >= pairs * 4 && even * 10 <= pairs {
        return utf_16(bytes, u16::from_le_bytes, "utf-16le");
    }
    if pairs >= 4 && even * 10 >= pairs * 4 && odd * 10 <= pairs {
        return utf_16(bytes, u16::from_be_bytes, "utf-16be");
    }
    match std::str::from_utf8(bytes) {
        Ok(text) if looks_binary(text) => Err(NotText::Binary),
        Ok(text) => Ok(Decoded { text: text.into(), encoding: "utf-8" }),
        Err(_) => windows_1252(bytes),
    }
}

fn utf_16<'a>(bytes: &'a [u8], unit: fn([u8; 2]) -> u16, encoding: &'static str) -> Result<Decoded<'a>, NotText> {
    let units = bytes.chunks_exact(2).map(|pair| unit([pair[0], pair[1]]));
    // An odd byte at the end is a file cut off half way: the replacement character makes its cell wrong.
    let cut = if bytes.len() % 2 == 1 { "\u{fffd}" } else { "" };
    let mut text: String = char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
    text.push_str(cut);
    if looks_binary(&text) { Err(NotText::Binary) } else { Ok(Decoded { text: text.into(), encoding }) }
}

/// 0x80 to 0x9f of Windows-1252 as the WHATWG Encoding standard has it.
const HIGH: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8d}', 'Ž', '\u{8f}', '\u{90}', '‘', '’',
    '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9d}', 'ž', 'Ÿ',
];

fn windows_1252(bytes: &[u8]) -> Result<Decoded<'_>, NotText> {
    let text: String = bytes
        .iter()
        .map(|byte| match byte {
            0x80..=0x9f => HIGH[usize::from(byte - 0x80)],
            byte => char::from(*byte),
        })
        .collect();
    if looks_binary(&text) { Err(NotText::Binary) } else { Ok(Decoded { text: text.into(), encoding: "windows-1252" }) }
}

/// More than one in fifty of the first characters is a control that no sheet has. A few are left for the
/// cells that hold them to be refused.
fn looks_binary(text: &str) -> bool {
    let mut seen = 0_u32;
    let mut controls = 0_u32;
    for c in text.chars().take(4096) {
        seen += 1;
        let control = (c < ' ' && !matches!(c, '\t' | '\n' | '\r' | '\u{c}' | '\u{1b}')) || ('\u{7f}'..='\u{9f}').contains(&c);
        controls += u32::from(control);
    }
    controls > 3 && controls * 50 > seen
}

#[cfg(test)]
mod tests {
    use super::*;

    fn utf_16le(text: &str) -> Vec<u8> {
        text.encode_utf16().flat_map(u16::to_le_bytes).collect()
    }

    #[test]
    fn encodings_are_told_apart() {
        let bom = |bytes: Vec<u8>| [b"\xff\xfe".to_vec(), bytes].concat();
        let be: Vec<u8> = "Ana\tJosé\n".encode_utf16().flat_map(u16::to_be_bytes).collect();
        for (name, bytes, encoding, text) in [
            ("utf-8", "José".as_bytes().to_vec(), "utf-8", "José"),
            ("utf-8 with BOM", [b"\xef\xbb\xbf", "José".as_bytes()].concat(), "utf-8-bom", "José"),
            ("utf-16le with BOM", bom(utf_16le("José")), "utf-16le", "José"),
            ("utf-16le without BOM", utf_16le("Ana\tJosé\n"), "utf-16le", "Ana\tJosé\n"),
            ("utf-16be without BOM", be, "utf-16be", "Ana\tJosé\n"),
            ("windows-1252", b"Jos\xe9 \x80 \x93x\x94".to_vec(), "windows-1252", "José € “x”"),
            ("utf-16 cut off", [bom(utf_16le("Ana")), b"x".to_vec()].concat(), "utf-16le", "Ana\u{fffd}"),
            ("empty", Vec::new(), "utf-8", ""),
        ] {
            let decoded = decode(&bytes).unwrap_or_else(|why| panic!("{name}: {why:?}"));
            assert_eq!((decoded.encoding, &*decoded.text), (encoding, text), "{name}");
        }
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert_eq!(decode(b"PK\x03\x04rest").err(), Some(NotText::Format("xlsx")));
        let noise: Vec<u8> = (0..4096_u32).map(|i| (i.wrapping_mul(2_654_435_761) >> 11) as u8).collect();
        assert_eq!(decode(&noise).err(), Some(NotText::Binary));
    }
}
