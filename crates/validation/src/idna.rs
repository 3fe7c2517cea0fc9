//! Domain names beyond ASCII in the form that mail servers look up (UTS 46, RFC 5891 to 5893).
//!
//! The tables are made by `cargo xtask unicode-tables` from what the `idna` crate goes by, which says the same in the
//! tests of this module; in the browser that crate would be a fifth of the download.

use std::sync::OnceLock;

use crate::unicode::{Category, Mappings, Packed, Runs, VIRAMA, category, combining_class, fold, nfc, nfkc};

static PACKED: &[u8] = include_bytes!("unicode/idna.bin");

/// Most characters of a label that are encoded or decoded: both take quadratic time. Nothing that long is a domain.
const ENCODED_LIMIT: usize = 1000;
const DECODED_LIMIT: usize = 2000;
/// Most octets of a domain and of a label (RFC 1035, 2.3.4).
const DOMAIN_LIMIT: usize = 253;
const LABEL_LIMIT: usize = 63;

/// A domain in ASCII, if it may be registered: letters, digits and hyphens in the right places, lengths included.
pub(crate) fn to_ascii_strict(domain: &str) -> Option<String> {
    let ascii = to_ascii(domain, true)?;
    let fits = |label: &str| (1..=LABEL_LIMIT).contains(&label.len());
    (ascii.len() <= DOMAIN_LIMIT && ascii.split('.').all(fits)).then_some(ascii)
}

/// A domain in ASCII, whatever else is in it.
pub(crate) fn to_ascii_lenient(domain: &str) -> Option<String> {
    to_ascii(domain, false)
}

fn to_ascii(domain: &str, strict: bool) -> Option<String> {
    let mut ascii = String::with_capacity(domain.len() + 8);
    let mut labels: Vec<Vec<char>> = Vec::new();
    for label in domain.split('.') {
        let mapped = if label.is_ascii() { label.to_ascii_lowercase() } else { mapped(label.chars(), true)? };
        // What stands for a full stop elsewhere divides labels, too.
        for label in mapped.split('.') {
            if !labels.is_empty() {
                ascii.push('.');
            }
            let (chars, is_encoded) = match label.strip_prefix("xn--") {
                Some(encoded) => (decoded(encoded)?, true),
                None => (label.chars().collect(), false),
            };
            if strict && !chars.iter().all(is_letter_digit_hyphen) || !is_label(&chars, strict) {
                return None;
            }
            if is_encoded || chars.iter().all(char::is_ascii) {
                ascii.push_str(label);
            } else {
                ascii.push_str("xn--");
                encode(&chars, &mut ascii);
            }
            labels.push(chars);
        }
    }
    directions_fit(&labels).then_some(ascii)
}

/// Of ASCII, what host names are made of.
fn is_letter_digit_hyphen(c: &char) -> bool {
    !c.is_ascii() || c.is_ascii_lowercase() || c.is_ascii_digit() || *c == '-'
}

struct Tables {
    kinds: Runs,
    exceptions: Mappings,
    directions: Runs,
    joinings: Runs,
}

/// Kinds of characters. Beside them there are those whose mapping is computed.
const STAYS: u8 = 1;
const NOT_ALLOWED: u8 = 2;
const LEFT_OUT: u8 = 3;

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut packed = Packed::new(PACKED);
        Tables {
            kinds: packed.runs(),
            exceptions: packed.mappings(usize::from),
            directions: packed.runs(),
            joinings: packed.runs(),
        }
    })
}

/// What characters are taken for, composed; nothing if one of them is not allowed.
fn mapped(chars: impl Iterator<Item = char>, may_be_left_out: bool) -> Option<String> {
    let tables = tables();
    let mut mapped = String::new();
    for c in chars {
        match tables.kinds.of(c) {
            NOT_ALLOWED => return None,
            LEFT_OUT if may_be_left_out => {}
            LEFT_OUT => return None,
            STAYS => mapped.push(c),
            _ => match tables.exceptions.of(c) {
                Some((_, to)) => mapped.extend(to),
                None => mapped.push_str(&nfkc(&fold(&nfkc(c.encode_utf8(&mut [0; 4]))))),
            },
        }
    }
    Some(nfc(&mapped).into_owned())
}

/// What a label is that was encoded, without what marks it as such. Only what had to be encoded may have been.
fn decoded(encoded: &str) -> Option<Vec<char>> {
    if encoded.is_empty() || encoded.ends_with('-') || encoded.len() > DECODED_LIMIT || !encoded.is_ascii() {
        return None;
    }
    let chars = decode(encoded)?;
    let normalized = mapped(chars.iter().copied(), false)?;
    normalized.chars().eq(chars.iter().copied()).then_some(chars)
}

/// What holds for a label by itself.
fn is_label(label: &[char], strict: bool) -> bool {
    if strict && (label.first() == Some(&'-') || label.last() == Some(&'-') || label.get(2..4) == Some(&['-', '-'])) {
        return false;
    }
    let begins_with_mark = label.first().is_some_and(|c| category(*c) == Category::Mark);
    let joiner_fits = |at: usize, c: char| {
        let (before, after) = (&label[..at], &label[at + 1..]);
        before.last().is_some_and(|c| combining_class(*c) == VIRAMA)
            || c == '\u{200c}' && joins(before.iter().rev(), 1) && joins(after.iter(), 2)
    };
    let joiners_fit = (0..).zip(label).all(|(at, c)| !matches!(c, '\u{200c}' | '\u{200d}') || joiner_fits(at, *c));
    !begins_with_mark && joiners_fit && (label.len() <= ENCODED_LIMIT || label.iter().all(char::is_ascii))
}

/// Whether the next character that counts joins to this side.
fn joins<'a>(mut chars: impl Iterator<Item = &'a char>, side: u8) -> bool {
    const TRANSPARENT: u8 = 4;
    let joinings = &tables().joinings;
    chars.find_map(|c| Some(joinings.of(*c)).filter(|joining| *joining != TRANSPARENT)).unwrap_or_default() & side != 0
}

const LEFT_TO_RIGHT: u8 = 1;
const RIGHT_TO_LEFT: u8 = 2;
const EUROPEAN_DIGIT: u8 = 3;
const ARABIC_DIGIT: u8 = 4;
const WITHOUT_WIDTH: u8 = 5;
const NEUTRAL: u8 = 6;

/// Whether all labels can be told from each other where one is written from right to left (RFC 5893, 2).
fn directions_fit(labels: &[Vec<char>]) -> bool {
    let of = |c: &char| tables().directions.of(*c);
    if !labels.iter().flatten().any(|c| matches!(of(c), RIGHT_TO_LEFT | ARABIC_DIGIT)) {
        return true;
    }
    labels.iter().all(|label| {
        let Some((first, rest)) = label.split_first() else { return true };
        let first = of(first);
        let Some(last) = rest.iter().rposition(|c| of(c) != WITHOUT_WIDTH) else {
            return matches!(first, LEFT_TO_RIGHT | RIGHT_TO_LEFT);
        };
        let (middle, last) = (&rest[..last], of(&rest[last]));
        let is_anywhere = |direction| matches!(direction, EUROPEAN_DIGIT | WITHOUT_WIDTH | NEUTRAL);
        match first {
            LEFT_TO_RIGHT => {
                matches!(last, LEFT_TO_RIGHT | EUROPEAN_DIGIT)
                    && middle.iter().map(of).all(|c| c == LEFT_TO_RIGHT || is_anywhere(c))
            }
            RIGHT_TO_LEFT => {
                let has = |digit| last == digit || middle.iter().any(|c| of(c) == digit);
                matches!(last, RIGHT_TO_LEFT | EUROPEAN_DIGIT | ARABIC_DIGIT)
                    && middle.iter().map(of).all(|c| matches!(c, RIGHT_TO_LEFT | ARABIC_DIGIT) || is_anywhere(c))
                    && !(has(EUROPEAN_DIGIT) && has(ARABIC_DIGIT))
            }
            _ => false,
        }
    })
}

// Punycode (RFC 3492, 5 and 6).
const BASE: u32 = 36;
const FIRST: u32 = 0x80;
const BIAS: u32 = 72;

/// How much the digit at a place is worth at least to go on.
fn threshold(place: u32, bias: u32) -> u32 {
    place.saturating_sub(bias).clamp(1, 26)
}

fn adapted(delta: u32, count: u32, is_first: bool) -> u32 {
    let mut delta = if is_first { delta / 700 } else { delta / 2 };
    delta += delta / count;
    let mut place = 0;
    while delta > (BASE - 1) * 26 / 2 {
        delta /= BASE - 1;
        place += BASE;
    }
    place + BASE * delta / (delta + 38)
}

fn decode(encoded: &str) -> Option<Vec<char>> {
    // A hyphen in front divides nothing.
    let (plain, digits) = encoded.rsplit_once('-').filter(|(plain, _)| !plain.is_empty()).unwrap_or(("", encoded));
    let mut label: Vec<char> = plain.chars().collect();
    let mut digits = digits.bytes();
    let (mut number, mut at, mut bias) = (FIRST, 0_u32, BIAS);
    while let Some(mut digit) = digits.next() {
        let before = at;
        let (mut weight, mut place) = (1_u32, BASE);
        loop {
            let value = match digit {
                b'a'..=b'z' => u32::from(digit - b'a'),
                b'0'..=b'9' => u32::from(digit - b'0') + 26,
                _ => return None,
            };
            at = at.checked_add(value.checked_mul(weight)?)?;
            let least = threshold(place, bias);
            if value < least {
                break;
            }
            weight = weight.checked_mul(BASE - least)?;
            place += BASE;
            digit = digits.next()?;
        }
        let count = u32::try_from(label.len()).ok()? + 1;
        bias = adapted(at - before, count, before == 0);
        number = number.checked_add(at / count)?;
        at %= count;
        label.insert(usize::try_from(at).ok()?, char::from_u32(number)?);
        at += 1;
    }
    Some(label)
}

/// Encodes a label of at most [`ENCODED_LIMIT`] characters.
fn encode(label: &[char], out: &mut String) {
    out.extend(label.iter().filter(|c| c.is_ascii()));
    let plain = label.iter().filter(|c| c.is_ascii()).count();
    if plain > 0 {
        out.push('-');
    }
    let mut done = u32::try_from(plain).unwrap_or(u32::MAX);
    let (mut number, mut delta, mut bias) = (FIRST, 0_u32, BIAS);
    let numbers = || label.iter().map(|c| u32::from(*c));
    while let Some(next) = numbers().filter(|c| *c >= number).min() {
        delta += (next - number) * (done + 1);
        number = next;
        let is_first = done as usize == plain;
        let mut is_first = is_first;
        for c in numbers() {
            if c < number {
                delta += 1;
            }
            if c != number {
                continue;
            }
            let (mut rest, mut place) = (delta, BASE);
            loop {
                let least = threshold(place, bias);
                if rest < least {
                    break;
                }
                out.push(digit(least + (rest - least) % (BASE - least)));
                rest = (rest - least) / (BASE - least);
                place += BASE;
            }
            out.push(digit(rest));
            bias = adapted(delta, done + 1, is_first);
            is_first = false;
            delta = 0;
            done += 1;
        }
        delta += 1;
        number += 1;
    }
}

fn digit(value: u32) -> char {
    let value = u8::try_from(value).unwrap_or_default();
    char::from(if value < 26 { b'a' + value } else { b'0' + value - 26 })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What this module says of a domain that is not all ASCII is what the `idna` crate says.
    fn check(domain: &str) {
        if domain.is_ascii() {
            return;
        }
        assert_eq!(to_ascii_strict(domain), ::idna::domain_to_ascii_strict(domain).ok(), "strict {domain:?}");
        let lenient = ::idna::domain_to_ascii_cow(domain.as_bytes(), ::idna::AsciiDenyList::EMPTY).ok();
        assert_eq!(to_ascii_lenient(domain).as_deref(), lenient.as_deref(), "lenient {domain:?}");
    }

    fn check_encoded(label: &str) {
        if let Some(encoded) = ::idna::punycode::encode_str(label) {
            check(&format!("xn--{encoded}.\u{e9}"));
            check(&format!("\u{e9}.XN--{}", encoded.to_ascii_uppercase()));
            check(&format!("\u{ff58}n--{encoded}"));
        }
    }

    #[test]
    fn every_character_is_what_the_crate_takes_it_for() {
        for c in '\u{80}'..=char::MAX {
            check(c.encode_utf8(&mut [0; 4]));
            // Ideographs, syllables, and what is not assigned: one like the other.
            let alike = [0x3400..=0x9fff, 0xac00..=0xd7a3, 0xe000..=0xf8ff, 0x1_7000..=0x1_8cff, 0x2_0000..=0xd_ffff]
                .iter()
                .any(|range| range.contains(&u32::from(c)))
                || c > '\u{e1000}';
            if alike && u32::from(c) % 61 != 0 {
                continue;
            }
            check(&format!("a{c}b.de"));
            // In each place where direction or joining decide.
            for (before, after) in [("\u{5d0}", ""), ("\u{5d0}", "\u{5d0}"), ("", "1.\u{5d0}"), ("a", "1.\u{627}")] {
                check(&format!("{before}{c}{after}"));
            }
            for around in ["\u{628}", "\u{94d}"] {
                check(&format!("{around}\u{200c}{c}"));
                check(&format!("{c}\u{200c}{around}"));
            }
            check(&format!("{c}\u{200d}"));
            check_encoded(&c.to_string());
            check_encoded(&format!("a{c}"));
        }
    }

    #[test]
    fn what_combines_combines_as_it_does_in_the_crate() {
        for ((first, second), both) in crate::unicode::pairs() {
            check(&format!("{first}{second}"));
            check(&format!("x{first}{second}\u{327}"));
            check_encoded(&format!("{first}{second}"));
            check_encoded(&both.to_string());
        }
        for c in ('\u{80}'..'\u{20000}').filter(|c| combining_class(*c) > 0) {
            check(&format!("a{c}\u{301}"));
            check(&format!("a\u{327}{c}"));
            check(&format!("={c}<{c}"));
        }
    }

    #[test]
    fn long_domains_are_as_long_as_the_crate_has_them() {
        for length in [58, 59, 60, 62, 63, 64, 200, 253, 254, 999, 1000, 1001, 2500] {
            check(&format!("{}\u{e9}", "a".repeat(length)));
            check(&"\u{e9}".repeat(length));
            check(&format!("\u{e9}.{}", "a".repeat(length)));
            check(&format!("\u{e9}.{}", "a.".repeat(length)));
            check(&format!("\u{e9}.xn--{}", "a".repeat(length)));
            check(&format!("\u{e9}.xn--{}-9ca", "a".repeat(length)));
        }
    }

    fn part() -> impl Strategy<Value = String> {
        prop_oneof![
            6 => "[a-z0-9]{1,3}",
            2 => "[A-Z_=<!\u{df}\u{3c2}\u{e9}\u{fc}\u{130}\u{212a}\u{2126}\u{ff21}\u{1e9e}]",
            2 => "[.\u{3002}\u{ff0e}-]",
            2 => "[\u{ad}\u{200c}\u{200d}\u{301}\u{323}\u{338}\u{94d}\u{915}\u{e000}\u{fffd}\u{2260}\u{345}\u{3b1}\u{fb1d}]",
            2 => "[\u{5d0}\u{5b0}\u{627}\u{628}\u{660}\u{6f0}\u{640}\u{64b}\u{1100}\u{1161}\u{11a8}\u{ac00}\u{4e00}\u{3042}]",
            1 => "(xn--|XN--|xn--bcher-kva|xn--mgba|xn--a-ecp|xn---|xn--e1afmkfd|xn--0ca)",
            1 => any::<char>().prop_map(String::from),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60_000))]

        #[test]
        fn domains_are_what_the_crate_makes_of_them(parts in proptest::collection::vec(part(), 1..9)) {
            let domain = parts.concat();
            check(&domain);
            check(&format!("{domain}.\u{e9}"));
            check_encoded(&domain.to_lowercase());
        }

        #[test]
        fn what_is_encoded_is_decoded(text in "[a-z0-9-]{0,4}\\PC{1,6}[a-z]{0,3}", digits in "[a-z0-9-]{0,12}") {
            let chars: Vec<char> = text.chars().collect();
            let mut encoded = String::new();
            encode(&chars, &mut encoded);
            prop_assert_eq!(Some(encoded.clone()), ::idna::punycode::encode(&chars));
            if !chars.iter().all(char::is_ascii) {
                prop_assert_eq!(decode(&encoded), Some(chars));
            }
            check(&format!("xn--{digits}.\u{e9}"));
        }
    }
}
