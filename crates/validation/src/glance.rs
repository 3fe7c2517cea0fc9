//! Rows that are accepted as they stand, told at a glance: most cells of most sheets need no cleaning, no splitting and
//! no memory. What is not that plain is left to [`cell::check`], which accepts every cell without a word that is
//! accepted here; the tests hold the two together.

use crate::{
    Field, Profile, Value,
    cell::{self, Corrections, Input},
    detect::Reading,
    email, phone,
    profile::{CharacterClass, Column, Rule},
    table::Cell,
};

/// Texts of a column that are remembered.
const REMEMBERED: usize = 8;
/// Most bytes of a domain that is looked at: no limit on domains is near.
const DOMAIN_LENGTH: usize = 200;
/// Most bytes before the `@`.
const LOCAL_LENGTH: usize = 64;

/// What an ASCII character may be in a text: nothing, part of it, or what a text must have.
const ALLOWED: u8 = 1;
const TELLING: u8 = 2;

/// The rules of a profile, made ready for plain cells.
pub(crate) struct Glance<'p> {
    profile: &'p Profile,
    columns: Vec<Known<'p>>,
    /// Where first and last names stand, if there are both.
    names: Option<(usize, usize)>,
    email: Option<usize>,
    username: Option<usize>,
    /// The domain of usernames.
    domain: Option<usize>,
    /// What tells that somebody is somebody.
    address: Option<usize>,
}

/// How a cell is accepted.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Accepted<'a> {
    /// Its text is its value.
    AsGiven,
    /// With this value, if it has one.
    As(Option<&'a Value>),
}

struct Known<'p> {
    column: &'p Column,
    /// Nothing is said of an empty cell.
    may_be_empty: bool,
    plain: Plain,
    /// Of an address the domain, else the whole cell: texts that were looked up already.
    /// Each with the value of such a cell.
    remembered: Vec<(Box<str>, Option<Value>)>,
    /// Which of them is forgotten next.
    oldest: usize,
}

/// What a rule asks of plain cells.
enum Plain {
    Text {
        ascii: Box<[u8; 128]>,
        /// Letters beyond ASCII are allowed.
        letters: bool,
        /// A letter or digit must be among them.
        telling: u8,
        min: usize,
        max: usize,
    },
    Email {
        max: usize,
        edges: Box<[u8]>,
    },
    Phone {
        plain_only: bool,
    },
    /// What is looked up, and remembered.
    Looked,
    /// Nothing is accepted at a glance.
    Never,
}

impl<'p> Glance<'p> {
    pub(crate) fn new(profile: &'p Profile) -> Self {
        let column_of = |field| profile.column_of(field);
        // What stands in for nothing may be a name that others have too.
        let says_who = |column: &Column| {
            matches!(column.field, Field::Email | Field::Username | Field::Domain | Field::FirstName | Field::LastName)
        };
        let may_be_empty = |column: &Column| {
            let outcome = cell::check(profile, column, Input::Text(""), Corrections::Made);
            outcome.issues.is_empty() && (outcome.value.is_none() || !says_who(column))
        };
        let known = |column: &'p Column| Known {
            column,
            may_be_empty: may_be_empty(column),
            plain: Plain::of(profile, column),
            remembered: Vec::new(),
            oldest: 0,
        };
        let rule = profile.username();
        Self {
            profile,
            columns: profile.columns().iter().map(known).collect(),
            names: column_of(Field::FirstName).zip(column_of(Field::LastName)),
            email: column_of(Field::Email),
            username: rule.and(column_of(Field::Username)),
            domain: rule.and_then(|rule| rule.domain).and_then(column_of),
            address: profile.columns().iter().position(|column| matches!(column.rule, Rule::Email { .. })),
        }
    }

    /// Whether a row is accepted as it stands, duplicates and what its names say beside. `false` says nothing.
    pub(crate) fn accepts(&mut self, reading: &Reading<'_>, cells: &[Cell<'_>]) -> bool {
        if cells.len() > reading.width {
            return false;
        }
        for (known, place) in self.columns.iter_mut().zip(&reading.places) {
            let accepted = match place.and_then(|place| cells.get(place)) {
                Some(cell) if cell.broken => false,
                Some(cell) if !cell.text.is_empty() => known.accepts(self.profile, &cell.text),
                _ => known.may_be_empty,
            };
            if !accepted {
                return false;
            }
        }
        let text = |at: usize| text(reading, cells, at);
        // Whoever has an address is somebody, and one name alone may be two.
        self.address.is_none_or(|at| !text(at).is_empty())
            && self.names.is_none_or(|(first, last)| text(first).is_empty() == text(last).is_empty())
    }

    /// Whether a cell that is not empty is accepted at a glance.
    pub(crate) fn takes(&mut self, at: usize, text: &str) -> bool {
        self.columns[at].accepts(self.profile, text)
    }

    /// What is accepted of a cell at a glance, which is not empty.
    pub(crate) fn cell(&mut self, at: usize, text: &str) -> Option<Accepted<'_>> {
        let known = &mut self.columns[at];
        if !known.accepts(self.profile, text) {
            return None;
        }
        match &known.plain {
            Plain::Text { .. } | Plain::Email { .. } => Some(Accepted::AsGiven),
            Plain::Phone { .. } => phone::is_as_written(text).then_some(Accepted::AsGiven),
            Plain::Looked => known.remembered(text).map(|value| Accepted::As(value.as_ref())),
            Plain::Never => None,
        }
    }

    /// First name, last name and address of an accepted row, where all of them are given.
    pub(crate) fn names<'b>(&self, reading: &Reading<'_>, cells: &'b [Cell<'_>]) -> Option<[&'b str; 3]> {
        let (first, last) = self.names?;
        let names = [first, last, self.email?].map(|at| text(reading, cells, at));
        names.iter().all(|name| !name.is_empty()).then_some(names)
    }

    /// The sign-in names of an accepted row, with their columns: address, and username with its domain.
    #[expect(clippy::type_complexity, reason = "two columns with their texts")]
    pub(crate) fn sign_in_names<'b>(
        &self,
        reading: &Reading<'_>,
        cells: &'b [Cell<'_>],
    ) -> (Option<(usize, &'b str)>, Option<(usize, &'b str, Option<&'b str>)>) {
        let given = |at: usize| Some((at, text(reading, cells, at))).filter(|(_, text)| !text.is_empty());
        let username = self.username.and_then(given).map(|(at, username)| {
            let domain = self.domain.and_then(given).map(|(_, domain)| domain);
            (at, username, domain.filter(|_| !username.contains('@')))
        });
        (self.email.and_then(given), username)
    }
}

/// The text of one of the profile's columns.
fn text<'b>(reading: &Reading<'_>, cells: &'b [Cell<'_>], at: usize) -> &'b str {
    reading.places.get(at).copied().flatten().and_then(|place| cells.get(place)).map_or("", |cell| &cell.text)
}

impl Known<'_> {
    /// Whether a cell is accepted as it stands. It is not empty.
    fn accepts(&mut self, profile: &Profile, text: &str) -> bool {
        match &self.plain {
            Plain::Text { ascii, letters, telling, min, max } => is_text(text, ascii, *letters, *telling, *min, *max),
            Plain::Email { max, edges } => {
                let Some(domain) = domain(text, *max, edges) else { return false };
                self.remembered(domain).is_some() || is_domain(domain) && self.remember(domain, None)
            }
            Plain::Phone { plain_only } => is_phone(text, *plain_only),
            Plain::Looked => {
                if self.remembered(text).is_some() {
                    return true;
                }
                let outcome = cell::check(profile, self.column, Input::Text(text), Corrections::Made);
                outcome.issues.is_empty() && self.remember(text, outcome.value)
            }
            Plain::Never => false,
        }
    }

    fn remembered(&self, text: &str) -> Option<&Option<Value>> {
        self.remembered.iter().find(|(known, _)| **known == *text).map(|(_, value)| value)
    }

    fn remember(&mut self, text: &str, value: Option<Value>) -> bool {
        let entry = (text.into(), value);
        if self.remembered.len() < REMEMBERED {
            self.remembered.push(entry);
        } else {
            self.remembered[self.oldest] = entry;
            self.oldest = (self.oldest + 1) % REMEMBERED;
        }
        true
    }
}

impl Plain {
    fn of(profile: &Profile, column: &Column) -> Self {
        match &column.rule {
            // A username may bring a domain, which is one of those that are known.
            Rule::Text { .. }
                if column.field == Field::Username && profile.username().is_some_and(|r| r.domain.is_some()) =>
            {
                Self::Never
            }
            Rule::Text { min, max, allow, forbid } => {
                let beyond = [CharacterClass::Letters, CharacterClass::Printable];
                let telling = match allow.contains(&CharacterClass::Letters) {
                    true => TELLING,
                    false => 0,
                };
                let digits = allow.contains(&CharacterClass::Digits);
                let mut ascii = Box::new([0; 128]);
                for (c, allowed) in ('\0'..).zip(ascii.iter_mut()) {
                    if (' '..'\u{7f}').contains(&c) && cell::is_allowed(c, allow) && !forbid.contains(c) {
                        let tells = c.is_ascii_alphabetic() || digits && c.is_ascii_digit();
                        *allowed = ALLOWED | if tells { TELLING } else { 0 };
                    }
                }
                let letters = allow.iter().any(|class| beyond.contains(class)) && forbid.is_ascii();
                Self::Text { ascii, letters, telling, min: *min, max: *max }
            }
            Rule::Email { max, edges, .. } if edges.is_ascii() => {
                Self::Email { max: *max, edges: edges.as_bytes().into() }
            }
            Rule::Email { .. } => Self::Never,
            Rule::Phone { digits_and_blanks_only, .. } => Self::Phone { plain_only: *digits_and_blanks_only },
            Rule::List { .. } => Self::Looked,
            Rule::Secret { .. } => Self::Never,
        }
    }
}

/// Letters that are letters in every version of Unicode of these years, and stay as they are in every normalization form C
/// whatever stands beside them, if that is one of them or ASCII.
fn is_plain_letter(c: char) -> bool {
    matches!(
        c,
        '\u{c0}'..='\u{d6}'
            | '\u{d8}'..='\u{f6}'
            | '\u{f8}'..='\u{24f}'
            | '\u{3b1}'..='\u{3c9}'
            | '\u{410}'..='\u{44f}'
            | '\u{3041}'..='\u{3096}'
            | '\u{30a1}'..='\u{30fa}'
            | '\u{4e00}'..='\u{9fa5}'
            | '\u{ac00}'..='\u{d7a3}'
    )
}

fn is_text(text: &str, ascii: &[u8; 128], letters: bool, telling: u8, min: usize, max: usize) -> bool {
    let bytes = text.as_bytes();
    let (Some(first), Some(last)) = (bytes.first(), bytes.last()) else { return false };
    // What begins with a sign may be a formula, an error, or have an apostrophe too many; N may be NULL.
    if matches!(first, b' '..=b'/' | b':'..=b'@' | b'['..=b'^' | b'{'..=b'~')
        || *first == b'N' && bytes.len() < 5
        || *last == b' '
    {
        return false;
    }
    let mut seen = 0;
    let mut length = bytes.len();
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match ascii.get(usize::from(*byte)) {
            Some(0) => return false,
            Some(what) => {
                seen |= what;
                at += 1;
            }
            None => {
                let Some(c) = text[at..].chars().next().filter(|c| letters && is_plain_letter(*c)) else {
                    return false;
                };
                seen |= TELLING;
                at += c.len_utf8();
                length -= c.len_utf8() - 1;
            }
        }
    }
    (min..=max).contains(&length) && seen & telling == telling
}

/// The domain of an address of which everything else is as it should be.
fn domain<'a>(text: &'a str, max: usize, edges: &[u8]) -> Option<&'a str> {
    let bytes = text.as_bytes();
    let mut after_dot = true;
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' => after_dot = false,
            b'_' | b'-' | b'+' | b'\'' if at > 0 => after_dot = false,
            b'.' if !after_dot => after_dot = true,
            b'@' => {
                let fits = !after_dot && at <= LOCAL_LENGTH && bytes.len() <= max;
                let edge = |byte: Option<&u8>| byte.is_some_and(|byte| edges.contains(byte));
                let on_edge = edge(bytes.first()) || edge(bytes.last()) || at > 0 && edge(bytes.get(at - 1));
                return (fits && !on_edge).then(|| &text[at + 1..]);
            }
            _ => return None,
        }
    }
    None
}

/// Whether it is a domain, and nobody doubts it.
fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let Some((_, top)) = domain.rsplit_once('.') else { return false };
    domain.len() <= DOMAIN_LENGTH
        && domain.split('.').all(is_label)
        && top.bytes().any(|byte| byte.is_ascii_alphabetic())
        && email::meant_domain_of(domain).is_none()
}

/// Whether it is an international number that is in use.
fn is_phone(text: &str, plain_only: bool) -> bool {
    let Some(rest) = text.strip_prefix('+') else { return false };
    let is_plain = |byte: u8| match byte {
        b'0'..=b'9' | b' ' => true,
        b'-' | b'(' | b')' => !plain_only,
        _ => false,
    };
    rest.bytes().all(is_plain) && !rest.ends_with(' ') && phone::is_in_use(text)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::{text, unicode};

    #[test]
    fn plain_letters_are_letters_and_stay_as_they_are() {
        for c in ('\0'..=char::MAX).filter(|c| is_plain_letter(*c)) {
            assert!(text::is_letter(c) && !text::is_blank(c) && !text::is_control(c), "{c:?}");
            assert!(unicode::stays_composed(c), "{c:?}");
        }
    }

    fn cell_text() -> impl Strategy<Value = String> {
        let part = prop_oneof![
            8 => "[a-zA-Z0-9]{0,3}",
            2 => "[ '=+@.,;#()<>\\[\\]/\"_-]",
            1 => "[éßğŁ\u{301}\u{ad}\u{a0}李山あハ한жώ\u{200d}\u{202e}\u{fffd}\u{3099}\u{11a8}×÷ǅ]",
            1 => "(NULL|NaN|null|N|#N/A|###|mailto:|Technician|Standard)",
            2 => "(@gmail.com|@gmial.com|@x.de|@example.com|@a-b.co.uk|@x.con|@1.2|@-a.de|@[1.2.3.4])",
            2 => r"(\+34600123456|\+4930901820|\+49 30 901820|\+1 \(650\) 253-0000|0049|\+999)",
            1 => "[a-z]{60,70}",
        ];
        proptest::collection::vec(part, 0..5).prop_map(|parts| parts.concat())
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(4000))]

        #[test]
        fn what_is_accepted_at_a_glance_is_accepted_without_a_word(texts in proptest::collection::vec(cell_text(), 1..4)) {
            for id in Profile::built_in_ids() {
                let profile = Profile::built_in(id).unwrap();
                let mut glance = Glance::new(&profile);
                for text in texts.iter().filter(|text| !text.is_empty()) {
                    for known in &mut glance.columns {
                        if known.accepts(&profile, text) {
                            let outcome = cell::check(&profile, known.column, Input::Text(text), Corrections::Made);
                            prop_assert!(outcome.issues.is_empty(), "{:?} in {id}: {:?}", text, outcome);
                            let looked = matches!(known.plain, Plain::Looked);
                            let given = outcome.value.is_some_and(|value| !value.is_empty());
                            prop_assert!(looked || given, "{:?} in {id}", text);
                        }
                    }
                    for at in 0..glance.columns.len() {
                        let value = match glance.cell(at, text) {
                            Some(Accepted::AsGiven) => Some(Value::Text(text.clone())),
                            Some(Accepted::As(value)) => value.cloned(),
                            None => continue,
                        };
                        let outcome = cell::check(&profile, &profile.columns()[at], Input::Text(text), Corrections::Made);
                        prop_assert_eq!((outcome.value, outcome.issues.len()), (value, 0), "{:?} in {}", text, id);
                    }
                }
            }
        }
    }
}
