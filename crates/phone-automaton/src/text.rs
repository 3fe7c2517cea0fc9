//! From a text to digits: what libphonenumber's `parse` does before it looks at a numbering plan.
//!
//! Its regular expressions are written out here as what they say. The tests of this crate compare both.

use alloc::string::String;

use crate::generated::{DIGITS as ZEROS, ENDS, TABLES};
use crate::plan::{self, DIGITS, Digits, END, Region};
use crate::{MAX_EXTENSION, NotANumber, Number};

const CONTEXT: &str = ";phone-context=";
const SUBADDRESS: &str = ";isub=";
const EXTENSION: &str = ";ext=";
const SCHEME: &str = "tel:";

#[inline]
pub(crate) fn read(text: &str, home: Option<Region>) -> Result<Number, NotANumber> {
    let mut digits = Digits::new();
    if let Some(plus) = plain(text.as_bytes(), &mut digits) {
        if !plus && home.is_none() {
            return Err(NotANumber::CallingCodeUnknown);
        }
        return plan::read(&digits, plus, home);
    }
    read_any(text, home)
}

/// Space, parentheses, hyphen, full stop, slash: bit n for byte n.
const ORDINARY: u64 = 1 << b' ' | 1 << b'(' | 1 << b')' | 1 << b'-' | 1 << b'.' | 1 << b'/';

/// Reads what nearly all numbers are: digits with ordinary punctuation between them, and perhaps a plus sign in front, of
/// which it says whether there is one. There is no extension in that, and at least three digits make a number of it.
#[inline]
fn plain(text: &[u8], digits: &mut Digits) -> Option<bool> {
    let (plus, rest) = match text {
        [b'+', rest @ ..] => (true, rest),
        _ => (false, text),
    };
    if rest.len() > DIGITS {
        return None;
    }
    // Where blanks are, no processor guesses: every byte is written, and only digits stay.
    let mut odd = false;
    for byte in rest {
        let is_digit = byte.wrapping_sub(b'0') < 10;
        digits.write(*byte, is_digit);
        odd |= !(is_digit | (*byte < 64) & (ORDINARY >> (byte & 63) & 1 == 1));
    }
    digits.end();
    (!odd && digits.len() >= 3).then_some(plus)
}

#[cold]
fn read_any(text: &str, home: Option<Region>) -> Result<Number, NotANumber> {
    let joined;
    let candidate = if let Some((before, context)) = text.split_once(CONTEXT) {
        joined = with_context(before, context).ok_or(NotANumber::Unreadable)?;
        joined.as_str()
    } else {
        candidate(text).ok_or(NotANumber::Unreadable)?
    };
    let candidate = candidate.split_once(SUBADDRESS).map_or(candidate, |(before, _)| before);
    if !is_viable(candidate) {
        return Err(NotANumber::Unreadable);
    }
    if home.is_none() && !candidate.starts_with(is_plus) {
        return Err(NotANumber::CallingCodeUnknown);
    }
    let extension = extension(candidate).filter(|extension| is_viable(&candidate[..extension.start]));
    let text = extension.as_ref().map_or(candidate, |extension| &candidate[..extension.start]);
    let number = text.trim_start_matches(is_plus);
    let mut digits = Digits::new();
    if number.bytes().filter(u8::is_ascii_alphabetic).take(3).count() == 3 {
        number.bytes().filter_map(on_keypad).for_each(|digit| digits.push(b'0' + digit));
    } else {
        number.chars().filter_map(digit).for_each(|digit| digits.push(b'0' + digit));
    }
    let mut read = plan::read(&digits, number.len() < text.len(), home)?;
    if let Some(extension) = extension {
        let mut length = 0;
        for (place, digit) in read.extension.iter_mut().zip(extension.digits.chars().filter_map(digit)) {
            *place = b'0' + digit;
            length += 1;
        }
        read.extension_length = length;
    }
    Ok(read)
}

fn is_plus(c: char) -> bool {
    matches!(c, '+' | '\u{ff0b}')
}

/// The value of a decimal digit of any script.
pub(crate) fn digit(c: char) -> Option<u8> {
    if c.is_ascii() {
        return c.is_ascii_digit().then(|| c as u8 - b'0');
    }
    let number = u32::from(c);
    // Scripts that numbers are written in come early.
    (0..ZEROS).find_map(|place| {
        let byte = |part: usize| TABLES[END + part * ZEROS + place];
        let zero = u32::from_le_bytes([byte(0), byte(1), byte(2), 0]);
        number.checked_sub(zero).filter(|digit| *digit < 10).and_then(|digit| u8::try_from(digit).ok())
    })
}

/// The key of a letter or digit.
fn on_keypad(byte: u8) -> Option<u8> {
    match byte.to_ascii_uppercase() {
        digit @ b'0'..=b'9' => Some(digit - b'0'),
        b'A'..=b'C' => Some(2),
        b'D'..=b'F' => Some(3),
        b'G'..=b'I' => Some(4),
        b'J'..=b'L' => Some(5),
        b'M'..=b'O' => Some(6),
        b'P'..=b'S' => Some(7),
        b'T'..=b'V' => Some(8),
        b'W'..=b'Z' => Some(9),
        _ => None,
    }
}

/// Whether a character at the end is none of a number: assigned, and no letter, number or `#`.
fn is_end(c: char) -> bool {
    if c.is_ascii() {
        return !c.is_ascii_alphanumeric() && c != '#';
    }
    let number = u32::from(c);
    let (mut at, mut ends) = (0, false);
    let (mut run, mut shift) = (0_u32, 0);
    for byte in &TABLES[END + 3 * ZEROS..END + 3 * ZEROS + ENDS] {
        run |= u32::from(byte & 0x7f) << shift;
        shift += 7;
        if byte & 0x80 == 0 {
            at += run;
            if number < at {
                return ends;
            }
            (run, shift, ends) = (0, 0, !ends);
        }
    }
    false
}

/// A number that is written in parts (RFC 3966): what is before the context follows the context, if that is a number.
fn with_context(before: &str, context: &str) -> Option<String> {
    let context = context.split(';').next().unwrap_or_default();
    let is_number = context.strip_prefix('+').is_some_and(|number| {
        number.chars().all(|c| matches!(c, '-' | '.' | '(' | ')') || digit(c).is_some())
            && number.contains(|c| digit(c).is_some())
    });
    if !is_number && !is_domain(context) {
        return None;
    }
    let mut joined = String::from(if is_number { context } else { "" });
    joined.push_str(before.split_once(SCHEME).map_or(before, |(_, after)| after));
    Some(joined)
}

fn is_domain(context: &str) -> bool {
    let is_letter_or_digit = |c: char| c.is_ascii_alphabetic() || digit(c).is_some();
    let is_label = |label: &str| {
        label.chars().all(|c| c == '-' || is_letter_or_digit(c))
            && label.starts_with(is_letter_or_digit)
            && label.ends_with(is_letter_or_digit)
    };
    let context = context.strip_suffix('.').unwrap_or(context);
    let top = context.rsplit('.').next().unwrap_or_default();
    context.split('.').all(is_label) && top.starts_with(|c: char| c.is_ascii_alphabetic())
}

/// Where a number may be: from the first digit or plus sign on, to before a second one's extension.
fn candidate(text: &str) -> Option<&str> {
    let from = text.find(|c| is_plus(c) || digit(c).is_some())?;
    let text = text[from..].trim_end_matches(is_end);
    if text.is_empty() {
        return None;
    }
    Some(text.split('\n').find_map(before_second).unwrap_or(text))
}

/// `583-6985 x302` of `583-6985 x302/x2303`: what is before the last slash that an `x` follows.
fn before_second(line: &str) -> Option<&str> {
    line.rmatch_indices(['/', '\\'])
        .find(|(at, _)| line[at + 1..].trim_start_matches(' ').starts_with('x'))
        .map(|(at, _)| &line[..at])
}

/// Punctuation within numbers, letters that stand for it, and the star.
fn is_punctuation(c: char) -> bool {
    matches!(
        c,
        '-' | 'x' | 'X' | ' ' | '(' | ')' | '.' | '[' | ']' | '/' | '~' | '*' | '\u{2010}'
            ..='\u{2015}'
                | '\u{2212}'
                | '\u{30fc}'
                | '\u{ff0d}'
                ..='\u{ff0f}'
                    | '\u{a0}'
                    | '\u{ad}'
                    | '\u{200b}'
                    | '\u{2060}'
                    | '\u{3000}'
                    | '\u{ff08}'
                    | '\u{ff09}'
                    | '\u{ff3b}'
                    | '\u{ff3d}'
                    | '\u{2053}'
                    | '\u{223c}'
    )
}

/// Whether it looks like a number: two digits, or at least three with punctuation between them and letters, digits and
/// punctuation after them; then perhaps an extension.
fn is_viable(text: &str) -> bool {
    let extension = extension(text);
    // What follows is nothing, or just the extension.
    let is_rest = |at: usize| at == text.len() || extension.as_ref().is_some_and(|extension| extension.start == at);
    let mut chars = text.chars();
    if chars.next().and_then(digit).is_some() && chars.next().and_then(digit).is_some() {
        let two = text.len() - chars.as_str().len();
        if is_rest(two) {
            return true;
        }
    }
    let number = text.trim_start_matches(is_plus);
    let mut digits = 0;
    for (at, c) in number.char_indices() {
        if digit(c).is_some() {
            digits += 1;
        } else if !is_punctuation(c) {
            return false;
        }
        if digits == 3 {
            let from = text.len() - number.len() + at + c.len_utf8();
            let is_body = |c: char| is_punctuation(c) || c.is_ascii_alphabetic() || digit(c).is_some();
            let body = text.len() - text[from..].trim_start_matches(is_body).len();
            // An extension may begin anywhere in what could as well be letters and punctuation.
            return body == text.len() || extension.is_some_and(|extension| (from..=body).contains(&extension.start));
        }
    }
    false
}

/// The extension that a text ends with.
struct Extension<'a> {
    /// Where its label begins, with the blanks before it.
    start: usize,
    digits: &'a str,
}

/// Blanks between a number and the label of its extension.
fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\t')
}

fn is_before_label(c: char) -> bool {
    is_blank(c) || c == ','
}

fn is_after_label(c: char) -> bool {
    is_blank(c) || matches!(c, ',' | '-')
}

fn without_colon(text: &str) -> Option<&str> {
    text.strip_suffix([':', '.', '\u{ff0e}'])
}

/// Finds an extension: of all ways in which the end of the text is one, the one that begins first.
fn extension(text: &str) -> Option<Extension<'_>> {
    let body = text.strip_suffix('#').unwrap_or(text);
    let hash = body.len() < text.len();
    let before = body.trim_end_matches(|c| digit(c).is_some());
    let digits = &body[before.len()..];
    let count = digits.chars().take(MAX_EXTENSION + 1).count();
    if count == 0 || count > MAX_EXTENSION {
        return None;
    }
    let mut start = before.len();
    let mut found = |at: usize| start = start.min(at);
    if !hash && let Some(at) = without_ascii(before, EXTENSION) {
        found(at.len());
    }
    // 503#, the American way.
    if hash && count <= 6 {
        found(before.trim_end_matches(['-', ' ']).len());
    }
    let label = before.trim_end_matches(is_after_label);
    let separators = &before[label.len()..];
    let colon = without_colon(label);
    // ext. 503
    let named = colon.unwrap_or(label);
    let explicit = without_explicit_label(named);
    if let Some(rest) = explicit.or_else(|| without_ambiguous_label(named).filter(|_| count <= 9)) {
        found(rest.trim_end_matches(is_before_label).len());
    }
    // ;503 or ,,503: dialled by the telephone itself.
    if count <= 15 {
        if let Some(rest) = named.strip_suffix(';').or_else(|| colon?.strip_suffix(",,")) {
            found(rest.trim_end_matches(is_blank).len());
        } else if let Some(at) = separators.find(",,") {
            found(before[..label.len() + at].trim_end_matches(is_blank).len());
        }
    }
    // ,503 and with any number of commas.
    if count <= 9 {
        if let Some(rest) = colon.filter(|rest| rest.ends_with(',')) {
            found(rest.trim_end_matches(',').trim_end_matches(is_blank).len());
        } else if let Some(at) = separators.find(',') {
            found(before[..label.len() + at].trim_end_matches(is_blank).len());
        }
    }
    (start < before.len()).then_some(Extension { start, digits })
}

/// What is before an ASCII word, in whatever case it is written.
fn without_ascii<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let at = text.len().checked_sub(word.len())?;
    text.get(at..).filter(|end| end.eq_ignore_ascii_case(word)).map(|_| &text[..at])
}

fn without_any<'a>(text: &'a str, chars: &[char]) -> Option<&'a str> {
    text.strip_suffix(chars)
}

/// ext, extn, extension, extensión; доб; anexo.
fn without_explicit_label(text: &str) -> Option<&str> {
    let o_accented = |text| {
        let combined = |text: &'_ str| -> Option<usize> {
            let plain = text.strip_suffix('\u{301}').unwrap_or(text);
            without_any(plain, &['o', 'O', '\u{d3}']).map(str::len)
        };
        combined(text).or_else(|| without_any(text, &['\u{f3}']).map(str::len))
    };
    let without_n = without_ascii(text, "n").unwrap_or(text);
    let short = o_accented(without_n).and_then(|at| without_ascii(&without_n[..at], "ensi")).unwrap_or(without_n);
    if let Some(rest) = without_ascii(short, "xt").or_else(|| without_ascii(without_n, "xt")) {
        return Some(without_ascii(rest, "e").unwrap_or(rest));
    }
    let wide = without_any(text, &['\u{ff4e}', '\u{ff2e}']).unwrap_or(text);
    let wide =
        without_any(wide, &['\u{ff54}', '\u{ff34}']).and_then(|text| without_any(text, &['\u{ff58}', '\u{ff38}']));
    if let Some(rest) = wide {
        return Some(without_any(rest, &['\u{ff45}', '\u{ff25}']).unwrap_or(rest));
    }
    let cyrillic = without_any(text, &['\u{431}', '\u{411}'])
        .and_then(|text| without_any(text, &['\u{43e}', '\u{41e}']))
        .and_then(|text| without_any(text, &['\u{434}', '\u{414}']));
    cyrillic.or_else(|| without_ascii(text, "anexo"))
}

/// x, #, ~, int.
fn without_ambiguous_label(text: &str) -> Option<&str> {
    let wide = without_any(text, &['\u{ff54}', '\u{ff34}'])
        .and_then(|text| without_any(text, &['\u{ff4e}', '\u{ff2e}']))
        .and_then(|text| without_any(text, &['\u{ff49}', '\u{ff29}']));
    without_any(text, &['x', 'X', '\u{ff58}', '\u{ff38}', '#', '\u{ff03}', '~', '\u{ff5e}'])
        .or_else(|| without_ascii(text, "int"))
        .or(wide)
}
