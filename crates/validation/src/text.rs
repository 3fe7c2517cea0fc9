//! Characters, and the lossless corrections of a cell. Categories come from one pinned version of Unicode, never from
//! the standard library, whose version is the compiler's.

use std::borrow::Cow;

use crate::{
    code,
    unicode::{self, Category, nfc},
};

/// Blanks of every kind, line ends and characters without width among them.
pub(crate) fn is_blank(c: char) -> bool {
    matches!(
        c,
        ' ' | '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{a0}' | '\u{1680}' | '\u{2000}'
            ..='\u{200a}' | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}'
    ) || is_without_width(c)
}

/// Whether there is nothing to be seen.
pub(crate) fn is_all_blank(text: &str) -> bool {
    text.chars().all(is_blank)
}

/// Characters without width that spreadsheets, mails and web pages leave behind.
fn is_without_width(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{180e}' | '\u{200b}'..='\u{200d}' | '\u{2060}' | '\u{feff}')
}

/// Line ends of every kind.
pub(crate) fn is_line_end(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

/// Characters that change the direction of what follows.
pub(crate) fn is_direction_control(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// The two of them that turn around what stands there, so that `gpj.exe` reads `exe.jpg`.
pub(crate) fn is_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// Controls, private and unassigned characters, and what stands for bytes that could not be read.
pub(crate) fn is_control(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_control();
    }
    c == char::REPLACEMENT_CHARACTER || unicode::category(c) == Category::Other
}

/// A letter.
pub(crate) fn is_letter(c: char) -> bool {
    if c.is_ascii() { c.is_ascii_alphabetic() } else { unicode::category(c) == Category::Letter }
}

/// A combining mark.
pub(crate) fn is_mark(c: char) -> bool {
    !c.is_ascii() && unicode::category(c) == Category::Mark
}

/// A decimal digit of any script.
pub(crate) fn is_digit(c: char) -> bool {
    if c.is_ascii() {
        return c.is_ascii_digit();
    }
    unicode::category(c) == Category::Digit
}

/// A blank that is not the ordinary one.
fn is_special_blank(c: char) -> bool {
    c != ' ' && is_blank(c) && !is_line_end(c) && !is_without_width(c)
}

/// How many characters it has: Unicode scalar values after NFC.
pub(crate) fn length(text: &str) -> usize {
    if text.is_ascii() { text.len() } else { nfc(text).chars().count() }
}

/// A character as issues name it: itself, or its number where it cannot be seen.
pub(crate) fn shown(c: char) -> String {
    if is_control(c) || is_blank(c) || is_direction_control(c) || is_mark(c) {
        format!("U+{:04X}", u32::from(c))
    } else {
        c.to_string()
    }
}

/// What the kind of cell lets us take away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Apostrophe {
    /// A leading one is Excel's.
    Excels,
    /// So is one at each end, as mail programs copy addresses.
    AroundAddress,
    /// A leading one is Excel's only before what Excel would compute with: names may begin with one.
    BeforeNumbers,
}

/// How a kind of cell is cleaned.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Cleaning {
    pub(crate) apostrophe: Apostrophe,
    /// Marks of direction mean nothing in it.
    pub(crate) direction_means_nothing: bool,
    /// Joiners mean something between letters beyond ASCII.
    pub(crate) joiners: bool,
}

/// A cell after its lossless corrections, with their codes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cleaned<'a> {
    pub(crate) text: Cow<'a, str>,
    pub(crate) codes: Vec<&'static str>,
}

impl Cleaned<'_> {
    fn note(&mut self, code: &'static str) {
        if !self.codes.contains(&code) {
            self.codes.push(code);
        }
    }
}

/// Applies the corrections that lose nothing: blanks at the ends, characters without width, special blanks, Excel's
/// apostrophe and `="..."`, normalization.
pub(crate) fn clean(cell: &str, how: Cleaning) -> Cleaned<'_> {
    let plain = cell.bytes().all(|byte| (0x20..0x7f).contains(&byte));
    if plain && !cell.starts_with([' ', '\'', '=']) && !cell.ends_with(' ') {
        return Cleaned { text: cell.into(), codes: Vec::new() };
    }
    let mut cleaned = Cleaned { text: cell.into(), codes: Vec::new() };
    trim(&mut cleaned);
    let inner = cleaned.text.strip_prefix("=\"").and_then(|rest| rest.strip_suffix('"')).map(str::to_owned);
    if let Some(inner) = inner.filter(|inner| !inner.is_empty() && !inner.contains('"')) {
        cleaned.text = inner.into();
        cleaned.note(code::EXCEL_TEXT_FORMULA);
        trim(&mut cleaned);
    }
    if let Some(rest) = without_apostrophe(&cleaned.text, how.apostrophe).map(str::to_owned) {
        cleaned.text = rest.into();
        cleaned.note(code::EXCEL_APOSTROPHE);
        trim(&mut cleaned);
    }
    if plain {
        return cleaned;
    }
    remove_invisible(&mut cleaned, how);
    if cleaned.text.contains(is_special_blank) {
        let text: String = cleaned.text.chars().map(|c| if is_special_blank(c) { ' ' } else { c }).collect();
        cleaned.text = text.into();
        cleaned.note(code::BLANKS_NORMALIZED);
    }
    let normal = match nfc(&cleaned.text) {
        Cow::Owned(normal) if normal != cleaned.text => Some(normal),
        _ => None,
    };
    if let Some(normal) = normal {
        cleaned.text = normal.into();
        cleaned.note(code::UNICODE_NORMALIZED);
    }
    cleaned
}

fn trim(cleaned: &mut Cleaned<'_>) {
    let trimmed = cleaned.text.trim_matches(is_blank);
    if trimmed.len() == cleaned.text.len() {
        return;
    }
    let start = cleaned.text.len() - cleaned.text.trim_start_matches(is_blank).len();
    let (front, back) = (&cleaned.text[..start], &cleaned.text[start + trimmed.len()..]);
    let ends = || front.chars().chain(back.chars());
    let (seen, unseen) = (ends().any(|c| !is_without_width(c)), ends().any(is_without_width));
    let text = trimmed.to_owned();
    cleaned.text = text.into();
    if seen {
        cleaned.note(code::BLANKS_TRIMMED);
    }
    if unseen {
        cleaned.note(code::INVISIBLE_REMOVED);
    }
}

fn without_apostrophe(text: &str, which: Apostrophe) -> Option<&str> {
    let rest = text.strip_prefix('\'')?;
    match which {
        Apostrophe::Excels => Some(rest),
        Apostrophe::AroundAddress => Some(rest.strip_suffix('\'').unwrap_or(rest)),
        Apostrophe::BeforeNumbers => {
            rest.starts_with(|c: char| c.is_ascii_digit() || "+-=@(".contains(c)).then_some(rest)
        }
    }
}

fn remove_invisible(cleaned: &mut Cleaned<'_>, how: Cleaning) {
    let goes =
        |c: char| is_without_width(c) || (how.direction_means_nothing && is_direction_control(c) && !is_override(c));
    if !cleaned.text.contains(goes) {
        return;
    }
    let means_something = |before: Option<char>, c: char, after: Option<char>| {
        let joins = |c: Option<char>| c.is_some_and(|c| !c.is_ascii() && (is_letter(c) || is_mark(c)));
        how.joiners && is_joiner(c) && joins(before) && joins(after)
    };
    let mut text = String::with_capacity(cleaned.text.len());
    let mut chars = cleaned.text.chars().peekable();
    while let Some(c) = chars.next() {
        if !goes(c) || means_something(text.chars().next_back(), c, chars.peek().copied()) {
            text.push(c);
        }
    }
    if text.len() < cleaned.text.len() {
        cleaned.text = text.into();
        cleaned.note(code::INVISIBLE_REMOVED);
        trim(cleaned);
    }
}

/// Joiners: between letters of Persian or Indic names they are part of the spelling.
pub(crate) fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200c}' | '\u{200d}')
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAME: Cleaning =
        Cleaning { apostrophe: Apostrophe::BeforeNumbers, direction_means_nothing: false, joiners: true };
    const PHONE: Cleaning = Cleaning { apostrophe: Apostrophe::Excels, direction_means_nothing: true, joiners: false };
    const EMAIL: Cleaning =
        Cleaning { apostrophe: Apostrophe::AroundAddress, direction_means_nothing: false, joiners: false };

    #[test]
    fn corrections_lose_nothing_and_are_named() {
        for (name, how, cell, text, codes) in [
            ("clean", NAME, "Ana", "Ana", &[][..]),
            ("blanks", NAME, "  Ana\u{a0}", "Ana", &["blanks_trimmed"]),
            ("no width at the ends", NAME, "\u{feff}Ana\u{200b}", "Ana", &["invisible_removed"]),
            ("both at the ends", NAME, " \u{200b}Ana", "Ana", &["blanks_trimmed", "invisible_removed"]),
            ("no width within", NAME, "A\u{200b}n\u{ad}a", "Ana", &["invisible_removed"]),
            ("special blank within", NAME, "José\u{a0}María", "José María", &["blanks_normalized"]),
            ("decomposed", NAME, "Jose\u{301}", "José", &["unicode_normalized"]),
            ("apostrophe of a name", NAME, "'t Hooft", "'t Hooft", &[]),
            ("apostrophe before a formula", NAME, "'=1+1", "=1+1", &["excel_apostrophe"]),
            ("joiner that is spelling", NAME, "علی\u{200c}رضا", "علی\u{200c}رضا", &[]),
            ("joiner that is not", NAME, "A\u{200d}na", "Ana", &["invisible_removed"]),
            ("phone with apostrophe", PHONE, "'+34 600", "+34 600", &["excel_apostrophe"]),
            (
                "phone with apostrophe and blank",
                PHONE,
                " ' +34 600",
                "+34 600",
                &["blanks_trimmed", "excel_apostrophe"],
            ),
            ("phone between marks of direction", PHONE, "\u{202a}+34 600\u{202c}", "+34 600", &["invisible_removed"]),
            ("phone turned around", PHONE, "\u{202e}006 43+", "\u{202e}006 43+", &[]),
            ("phone as text formula", PHONE, "=\"+34600\"", "+34600", &["excel_text_formula"]),
            ("address between apostrophes", EMAIL, "'ana@example.com'", "ana@example.com", &["excel_apostrophe"]),
            ("nothing but blanks", EMAIL, " \u{a0} ", "", &["blanks_trimmed"]),
        ] {
            let cleaned = clean(cell, how);
            assert_eq!((&*cleaned.text, &cleaned.codes[..]), (text, codes), "{name}");
        }
    }

    #[test]
    fn characters_are_told_apart() {
        for (c, letter, mark, digit, control) in [
            ('a', true, false, false, false),
            ('李', true, false, false, false),
            ('\u{301}', false, true, false, false),
            ('7', false, false, true, false),
            ('٣', false, false, true, false),
            ('\0', false, false, false, true),
            ('\u{fffd}', false, false, false, true),
            ('\u{e000}', false, false, false, true),
            ('-', false, false, false, false),
            ('ª', true, false, false, false),
        ] {
            assert_eq!((is_letter(c), is_mark(c), is_digit(c), is_control(c)), (letter, mark, digit, control), "{c:?}");
        }
    }

    #[test]
    fn lengths_are_of_the_composed_form() {
        assert_eq!(length("Jose\u{301}"), 4);
        assert_eq!(length("👩"), 1);
    }
}
