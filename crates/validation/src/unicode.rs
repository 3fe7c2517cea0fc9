//! Characters: their categories, normalization forms and case folding.
//!
//! The tables are made by `cargo xtask unicode-tables` from unicode-properties, unicode-normalization and caseless, which say
//! the same in the tests of this module; in the browser those crates would be most of the download. They are unpacked when
//! the first character beyond ASCII comes.

use std::borrow::Cow;
use std::sync::OnceLock;

static PACKED: &[u8] = include_bytes!("unicode/tables.bin");

/// What characters are told apart by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    /// A decimal digit (Nd).
    Digit,
    /// A letter (L).
    Letter,
    /// A combining mark (M).
    Mark,
    /// Controls, formats, surrogates, private and unassigned characters (C).
    Other,
    /// Anything else: punctuation, symbols, separators, other numbers.
    Rest,
}

/// The category of a character.
pub(crate) fn category(c: char) -> Category {
    match tables().categories.of(c) {
        1 => Category::Digit,
        2 => Category::Letter,
        3 => Category::Mark,
        4 => Category::Other,
        _ => Category::Rest,
    }
}

/// Normalization form C.
pub(crate) fn nfc(text: &str) -> Cow<'_, str> {
    if is_nfc(text) { text.into() } else { composed(decomposed(text, false)).into() }
}

/// Normalization form KC.
pub(crate) fn nfkc(text: &str) -> Cow<'_, str> {
    if text.is_ascii() { text.into() } else { composed(decomposed(text, true)).into() }
}

/// Normalization form KD.
pub(crate) fn nfkd(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        return text.into();
    }
    decomposed(text, true).into_iter().map(|(c, _)| c).collect::<String>().into()
}

/// Unicode's canonical caseless form (D145), composed: what differs only in case or composition becomes the same.
pub(crate) fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let foldings = &tables().foldings;
    let mut folded = String::with_capacity(text.len());
    // Decomposing first lets iota subscripts fold as the definition wants it.
    for (c, _) in decomposed(text, false) {
        match foldings.of(c) {
            Some((_, to)) => folded.extend(to),
            None => folded.push(c),
        }
    }
    nfc(&folded).into_owned()
}

/// The canonical combining class of signs that silence a vowel, which joiners may follow.
pub(crate) const VIRAMA: u8 = 9;

/// The canonical combining class of a character.
pub(crate) fn combining_class(c: char) -> u8 {
    tables().classes.of(c)
}

/// Runs of characters that have a value in common.
#[derive(Debug, Default)]
pub(crate) struct Runs {
    /// Where each begins.
    starts: Vec<u32>,
    values: Vec<u8>,
}

impl Runs {
    pub(crate) fn of(&self, c: char) -> u8 {
        let run = self.starts.partition_point(|start| *start <= u32::from(c));
        self.values.get(run.wrapping_sub(1)).copied().unwrap_or_default()
    }
}

/// Characters that become others.
#[derive(Debug, Default)]
pub(crate) struct Mappings {
    from: Vec<char>,
    /// The kind, and where in `to` the mapping ends.
    what: Vec<(u8, u16)>,
    to: Vec<char>,
}

impl Mappings {
    pub(crate) fn of(&self, c: char) -> Option<(u8, &[char])> {
        self.from.binary_search(&c).ok().and_then(|at| self.at(at))
    }

    fn at(&self, at: usize) -> Option<(u8, &[char])> {
        let (kind, end) = *self.what.get(at)?;
        let start = at.checked_sub(1).and_then(|before| self.what.get(before)).map_or(0, |(_, end)| *end);
        Some((kind, self.to.get(usize::from(start)..usize::from(end))?))
    }
}

/// A decomposition into two characters that are composed again.
const PAIR: u8 = 0;
/// This and more: only for compatibility.
const COMPATIBLE: u8 = 16;

struct Tables {
    categories: Runs,
    /// Canonical combining classes.
    classes: Runs,
    decompositions: Mappings,
    foldings: Mappings,
    /// Two characters, and what they become.
    pairs: Vec<((char, char), char)>,
    /// The second ones of those.
    seconds: Vec<char>,
}

fn tables() -> &'static Tables {
    static TABLES: OnceLock<Tables> = OnceLock::new();
    TABLES.get_or_init(|| {
        let mut packed = Packed::new(PACKED);
        let categories = packed.runs();
        let classes = packed.runs();
        let decompositions = packed.mappings(|kind| match kind {
            PAIR => 2,
            COMPATIBLE.. => usize::from(kind - COMPATIBLE),
            _ => usize::from(kind),
        });
        let foldings = packed.mappings(usize::from);
        let mut pairs: Vec<((char, char), char)> = decompositions
            .from
            .iter()
            .enumerate()
            .filter_map(|(at, c)| match decompositions.at(at)? {
                (PAIR, [first, second]) => Some(((*first, *second), *c)),
                _ => None,
            })
            .collect();
        pairs.sort_unstable();
        let mut seconds: Vec<char> = pairs.iter().map(|((_, second), _)| *second).collect();
        seconds.sort_unstable();
        seconds.dedup();
        Tables { categories, classes, decompositions, foldings, pairs, seconds }
    })
}

/// What is left to be read of the tables.
pub(crate) struct Packed(&'static [u8]);

impl Packed {
    pub(crate) fn new(packed: &'static [u8]) -> Self {
        Self(packed)
    }

    fn byte(&mut self) -> u8 {
        let (first, rest) = self.0.split_first().unwrap_or((&0, &[]));
        self.0 = rest;
        *first
    }

    fn number(&mut self) -> u32 {
        let (mut value, mut shift) = (0, 0);
        loop {
            let byte = self.byte();
            value |= u32::from(byte & 0x7f) << shift;
            shift += 7;
            if byte & 0x80 == 0 || shift > 28 {
                return value;
            }
        }
    }

    fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The next stream, whose length stands in front.
    fn stream(&mut self) -> Self {
        let length = usize::try_from(self.number()).unwrap_or_default();
        let (stream, rest) = self.0.split_at_checked(length).unwrap_or((self.0, &[]));
        self.0 = rest;
        Self(stream)
    }

    pub(crate) fn runs(&mut self) -> Runs {
        let (mut lengths, values) = (self.stream(), self.stream());
        let mut runs = Runs { starts: Vec::with_capacity(values.0.len()), values: values.0.to_vec() };
        let mut start = 0;
        while !lengths.is_empty() {
            runs.starts.push(start);
            start += lengths.number();
        }
        runs
    }

    pub(crate) fn mappings(&mut self, length: impl Fn(u8) -> usize) -> Mappings {
        let (mut distances, mut kinds) = (self.stream(), self.stream());
        let (mut firsts, mut others) = (self.stream(), self.stream());
        let mut mappings = Mappings::default();
        let (mut c, mut shift) = (0_u32, 0_i64);
        while !distances.is_empty() {
            c += distances.number();
            let kind = kinds.byte();
            let zigzag = i64::from(firsts.number());
            shift += (zigzag >> 1) ^ -(zigzag & 1);
            mappings.from.push(character(i64::from(c)));
            mappings.to.push(character(i64::from(c) + shift));
            for _ in 1..length(kind) {
                mappings.to.push(character(i64::from(others.number())));
            }
            mappings.what.push((kind, u16::try_from(mappings.to.len()).unwrap_or(u16::MAX)));
        }
        mappings
    }
}

fn character(number: i64) -> char {
    u32::try_from(number).ok().and_then(char::from_u32).unwrap_or(char::REPLACEMENT_CHARACTER)
}

// Hangul syllables are arithmetic (Unicode, 3.12).
const SYLLABLE: u32 = 0xac00;
const LEADING: u32 = 0x1100;
const VOWEL: u32 = 0x1161;
const TRAILING: u32 = 0x11a7;
const VOWELS: u32 = 21;
const TRAILINGS: u32 = 28;
const LEADINGS: u32 = 19;

fn from_number(number: u32) -> char {
    character(i64::from(number))
}

/// Whether a text is in form C for certain. The answer is never wrong where it is yes.
fn is_nfc(text: &str) -> bool {
    // Nothing before U+0300 combines with anything.
    if text.chars().all(|c| c < '\u{300}') {
        return true;
    }
    let tables = tables();
    let mut last = 0;
    for c in text.chars() {
        if c < '\u{300}' {
            last = 0;
            continue;
        }
        let class = tables.classes.of(c);
        if class > 0 && class < last || tables.seconds.binary_search(&c).is_ok() {
            return false;
        }
        last = class;
        let vowel_or_trailing = (VOWEL..VOWEL + VOWELS).contains(&u32::from(c))
            || (TRAILING + 1..TRAILING + TRAILINGS).contains(&u32::from(c));
        let excluded = tables.decompositions.of(c).is_some_and(|(kind, _)| kind != PAIR && kind < COMPATIBLE);
        if vowel_or_trailing || excluded {
            return false;
        }
    }
    true
}

/// Whether a character is no part of another in form C, and has none in it that could be.
#[cfg(test)]
pub(crate) fn stays_composed(c: char) -> bool {
    let tables = tables();
    let text = c.to_string();
    tables.classes.of(c) == 0 && tables.seconds.binary_search(&c).is_err() && nfc(&text) == text
}

/// Two characters that are composed, and what they become.
#[cfg(test)]
pub(crate) fn pairs() -> &'static [((char, char), char)] {
    &tables().pairs
}

/// The characters in the order of their combining classes, each with its class.
fn decomposed(text: &str, compatible: bool) -> Vec<(char, u8)> {
    let tables = tables();
    let mut parts: Vec<(char, u8)> = Vec::with_capacity(text.len());
    for c in text.chars() {
        decompose(tables, c, compatible, &mut parts);
    }
    // What combines is ordered between what does not.
    let mut start = 0;
    while start < parts.len() {
        if parts[start].1 == 0 {
            start += 1;
            continue;
        }
        let length = parts[start..].iter().take_while(|(_, class)| *class != 0).count();
        parts[start..start + length].sort_by_key(|(_, class)| *class);
        start += length;
    }
    parts
}

fn decompose(tables: &Tables, c: char, compatible: bool, parts: &mut Vec<(char, u8)>) {
    if c.is_ascii() {
        parts.push((c, 0));
        return;
    }
    let syllable = u32::from(c).wrapping_sub(SYLLABLE);
    if syllable < LEADINGS * VOWELS * TRAILINGS {
        parts.push((from_number(LEADING + syllable / (VOWELS * TRAILINGS)), 0));
        parts.push((from_number(VOWEL + syllable % (VOWELS * TRAILINGS) / TRAILINGS), 0));
        if !syllable.is_multiple_of(TRAILINGS) {
            parts.push((from_number(TRAILING + syllable % TRAILINGS), 0));
        }
        return;
    }
    match tables.decompositions.of(c) {
        Some((kind, to)) if kind < COMPATIBLE || compatible => {
            to.iter().for_each(|c| decompose(tables, *c, compatible, parts));
        }
        _ => parts.push((c, tables.classes.of(c))),
    }
}

fn composed(parts: Vec<(char, u8)>) -> String {
    let tables = tables();
    let mut text: Vec<(char, u8)> = Vec::with_capacity(parts.len());
    let mut starter: Option<usize> = None;
    for (c, class) in parts {
        let between = text.last().map(|(_, class)| *class);
        let composition = starter.filter(|starter| {
            // Blocked by what has no lower class in between.
            starter + 1 == text.len() || between.is_some_and(|between| between < class && between > 0)
        });
        if let Some(at) = composition
            && let Some(both) = compose(tables, text[at].0, c)
        {
            text[at].0 = both;
            continue;
        }
        if class == 0 {
            starter = Some(text.len());
        }
        text.push((c, class));
    }
    text.into_iter().map(|(c, _)| c).collect()
}

fn compose(tables: &Tables, first: char, second: char) -> Option<char> {
    let (a, b) = (u32::from(first), u32::from(second));
    let (leading, vowel) = (a.wrapping_sub(LEADING), b.wrapping_sub(VOWEL));
    if leading < LEADINGS && vowel < VOWELS {
        return Some(from_number(SYLLABLE + (leading * VOWELS + vowel) * TRAILINGS));
    }
    let (syllable, trailing) = (a.wrapping_sub(SYLLABLE), b.wrapping_sub(TRAILING));
    if syllable < LEADINGS * VOWELS * TRAILINGS
        && syllable.is_multiple_of(TRAILINGS)
        && (1..TRAILINGS).contains(&trailing)
    {
        return Some(from_number(a + trailing));
    }
    let pairs = &tables.pairs;
    pairs.binary_search_by_key(&(first, second), |(pair, _)| *pair).ok().map(|at| pairs[at].1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization as _;
    use unicode_properties::{GeneralCategory, GeneralCategoryGroup, UnicodeGeneralCategory as _};

    use super::*;

    /// What this module says of a text is what the oracles say.
    fn check(text: &str) {
        assert_eq!(nfc(text), text.nfc().collect::<String>(), "{text:?}");
        assert_eq!(nfkc(text), text.nfkc().collect::<String>(), "{text:?}");
        assert_eq!(nfkd(text), text.nfkd().collect::<String>(), "{text:?}");
        let folded: String = caseless::default_case_fold_str(&text.nfd().collect::<String>()).nfc().collect();
        assert_eq!(fold(text), folded, "{text:?}");
    }

    #[test]
    fn every_character_is_what_the_oracles_say() {
        for c in '\0'..=char::MAX {
            let expected = match (c.general_category(), c.general_category_group()) {
                (GeneralCategory::DecimalNumber, _) => Category::Digit,
                (_, GeneralCategoryGroup::Letter) => Category::Letter,
                (_, GeneralCategoryGroup::Mark) => Category::Mark,
                (_, GeneralCategoryGroup::Other) => Category::Other,
                _ => Category::Rest,
            };
            assert_eq!(category(c), expected, "{c:?}");
            // Planes that nothing is mapped in need no comparison of every character.
            if c < '\u{30000}' || ('\u{e0000}'..'\u{e1000}').contains(&c) {
                check(c.encode_utf8(&mut [0; 4]));
            }
        }
    }

    /// All that combines with something, or changes.
    fn interesting() -> Vec<char> {
        let tables = tables();
        let mut chars: Vec<char> = tables.decompositions.from.iter().chain(&tables.foldings.from).copied().collect();
        chars.extend(tables.decompositions.to.iter().chain(&tables.seconds));
        let marks = ('\u{300}'..'\u{1f000}').filter(|c| tables.classes.of(*c) > 0);
        chars.extend(marks.chain("a\u{1100}\u{1161}\u{11a8}\u{ac00}\u{ac01}\u{11a7}\u{11c3}\u{d7a3}z0".chars()));
        chars
    }

    #[test]
    fn every_pair_that_is_composed_is_composed_as_the_oracle_does() {
        for ((first, second), _) in &tables().pairs {
            for text in [format!("{first}{second}"), format!("a{second}{first}"), format!("{first}\u{327}{second}")] {
                check(&text);
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn texts_are_what_the_oracles_make_of_them(places in proptest::collection::vec(any::<prop::sample::Index>(), 1..8)) {
            static INTERESTING: OnceLock<Vec<char>> = OnceLock::new();
            let chars = INTERESTING.get_or_init(interesting);
            let text: String = places.iter().map(|place| *place.get(chars)).collect();
            check(&text);
        }
    }
}
