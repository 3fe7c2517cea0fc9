//! Characters: what is blank, what is a letter, and the lossless repairs of a cell.

use unicode_normalization::{IsNormalized, UnicodeNormalization as _, is_nfc_quick};
use unicode_properties::{GeneralCategoryGroup, UnicodeGeneralCategory as _};

/// Blanks of every kind, the invisible ones included.
pub(crate) fn is_blank_char(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
            | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    ) || is_zero_width(c)
}

/// Characters without width that spreadsheets and web pages leave behind.
pub(crate) fn is_zero_width(c: char) -> bool {
    matches!(c, '\u{200b}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}' | '\u{ad}')
}

/// Characters that turn the direction of what follows: `gpj.exe` reads as `exe.jpg`.
pub(crate) fn is_bidi_control(c: char) -> bool {
    matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200e}' | '\u{200f}' | '\u{61c}')
}

/// Controls, unassigned and private characters, and the replacement character of broken encodings.
pub(crate) fn is_control(c: char) -> bool {
    c == '\u{fffd}' || (!is_bidi_control(c) && !is_zero_width(c) && c.general_category_group() == GeneralCategoryGroup::Other)
}

/// A letter or a combining mark (requirements.md).
pub(crate) fn is_letter(c: char) -> bool {
    c.is_ascii_alphabetic()
        || (!c.is_ascii() && matches!(c.general_category_group(), GeneralCategoryGroup::Letter | GeneralCategoryGroup::Mark))
}

/// A digit of any script.
pub(crate) fn is_digit(c: char) -> bool {
    c.is_ascii_digit() || (!c.is_ascii() && c.general_category_group() == GeneralCategoryGroup::Number)
}

pub(crate) fn is_blank(text: &str) -> bool {
    text.chars().all(is_blank_char)
}

/// Lossless repairs of one cell, with the codes of those that were made.
pub(crate) struct Repaired {
    pub(crate) text: String,
    pub(crate) codes: Vec<&'static str>,
}

/// Repairs a cell: blanks at both ends, characters without width, no-break blanks, the Excel apostrophe,
/// Unicode normalization. Each loses nothing that a person meant.
pub(crate) fn repair(cell: &str) -> Repaired {
    // Nearly every cell is clean ASCII.
    let clean = cell.bytes().all(|b| (0x20..0x7f).contains(&b));
    if clean && !cell.starts_with([' ', '\'']) && !cell.ends_with(' ') {
        return Repaired { text: cell.to_owned(), codes: Vec::new() };
    }
    let mut codes = Vec::new();
    let mut text = cell.trim_matches(is_blank_char);
    let edges = &cell[..cell.len() - cell.trim_start_matches(is_blank_char).len()];
    let tail = &cell[cell.trim_end_matches(is_blank_char).len()..];
    if text.len() != cell.len() {
        let zero = edges.chars().chain(tail.chars()).any(is_zero_width);
        let plain = edges.chars().chain(tail.chars()).any(|c| !is_zero_width(c));
        if plain {
            codes.push("blanks_trimmed");
        }
        if zero {
            codes.push("zero_width_removed");
        }
    }
    if let Some(rest) = text.strip_prefix('\'') {
        // Excel shows an apostrophe that only says "this is text".
        if rest.starts_with(|c: char| c.is_ascii_digit() || "+=-@(".contains(c)) {
            text = rest.trim_matches(is_blank_char);
            codes.push("apostrophe_removed");
        }
    }
    let mut owned = text.to_owned();
    if owned.contains(is_zero_width) {
        owned.retain(|c| !is_zero_width(c));
        if !codes.contains(&"zero_width_removed") {
            codes.push("zero_width_removed");
        }
    }
    let inner_blank = |c: char| is_blank_char(c) && !matches!(c, ' ' | '\n' | '\r');
    if owned.contains(inner_blank) {
        owned = owned.chars().map(|c| if inner_blank(c) { ' ' } else { c }).collect();
        codes.push("no_break_space_replaced");
    }
    if is_nfc_quick(owned.chars()) != IsNormalized::Yes {
        let normal: String = owned.nfc().collect();
        if normal != owned {
            owned = normal;
            codes.push("normalized");
        }
    }
    Repaired { text: owned, codes }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repairs_lose_nothing_and_are_named() {
        for (name, cell, text, codes) in [
            ("clean", "Ana", "Ana", vec![]),
            ("blanks", "  Ana\u{a0}", "Ana", vec!["blanks_trimmed"]),
            ("zero width", "A\u{200b}na\u{feff}", "Ana", vec!["zero_width_removed"]),
            ("apostrophe before a phone", "'+34 600 000 000", "+34 600 000 000", vec!["apostrophe_removed"]),
            ("apostrophe of a name", "'t Hooft", "'t Hooft", vec![]),
            ("no-break space within", "José\u{a0}María", "José María", vec!["no_break_space_replaced"]),
            ("decomposed", "Jose\u{301}", "José", vec!["normalized"]),
            ("several", " 'Jose\u{301} ", "'José", vec!["blanks_trimmed", "normalized"]),
        ] {
            let repaired = repair(cell);
            assert_eq!((repaired.text.as_str(), repaired.codes), (text, codes), "{name}");
        }
    }
}
