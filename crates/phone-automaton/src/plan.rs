//! Numbering plans: what a number of digits is, from which country, and whether it is in use.

use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU8, Ordering};

use crate::automaton::{self, State, answer};
use crate::generated::{OUTCOMES, PLANS, TABLES};
use crate::{MAX_DIGITS, MAX_E164, MAX_EXTENSION, MIN_DIGITS, NotANumber, Number, Verdict};

/// A country or territory with a numbering plan of its own, or a calling code that belongs to none.
///
/// Plans are ordered by calling code; the first of each code is its main one.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(u8);

const IDS: usize = automaton::END;
const COLUMNS: usize = IDS + 2 * PLANS;
const LENGTHS: usize = COLUMNS + 12 * PLANS;
const OUTCOME: usize = LENGTHS + 8 * PLANS;
/// Where the tables of characters begin.
pub(crate) const END: usize = OUTCOME + 8 * OUTCOMES;

/// Digits of a text that are looked at. Nothing more than this makes a difference: no plan reads that far, and what is cut
/// off for a prefix leaves more than any number has.
pub(crate) const DIGITS: usize = 60;
/// One more than that, with what national prefixes are replaced by.
type Scratch = [u8; DIGITS + 4];

/// Columns of two bytes.
#[derive(Clone, Copy)]
pub(crate) enum Column {
    CallingCode,
    Valid,
    General,
    NationalPrefix,
    InternationalPrefix,
    TrunkZero,
}

/// The main plan of each calling code, plus one.
static MAIN: [AtomicU8; 1000] = [const { AtomicU8::new(0) }; 1000];
/// The plan of each pair of letters, plus one.
static BY_LETTERS: [AtomicU8; 26 * 26] = [const { AtomicU8::new(0) }; 26 * 26];
static INDEXED: AtomicBool = AtomicBool::new(false);

#[cold]
fn index() {
    for place in (0..PLANS).rev() {
        let region = Region(u8::try_from(place).unwrap_or(u8::MAX));
        if let Some(main) = MAIN.get(usize::from(region.calling_code())) {
            main.store(region.0 + 1, Ordering::Relaxed);
        }
        if let Some(letters) = letters(TABLES[IDS + 2 * place], TABLES[IDS + 2 * place + 1]) {
            BY_LETTERS[letters].store(region.0 + 1, Ordering::Relaxed);
        }
    }
    INDEXED.store(true, Ordering::Release);
}

fn letters(first: u8, second: u8) -> Option<usize> {
    let place = |letter: u8| letter.is_ascii_alphabetic().then(|| usize::from(letter.to_ascii_uppercase() - b'A'));
    Some(place(first)? * 26 + place(second)?)
}

fn indexed(table: &[AtomicU8], at: usize) -> Option<Region> {
    if !INDEXED.load(Ordering::Acquire) {
        index();
    }
    table.get(at)?.load(Ordering::Relaxed).checked_sub(1).map(Region)
}

/// How many digits a number has, compared with those of a plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Length {
    Possible,
    /// Without the area code.
    Local,
    TooShort,
    TooLong,
    /// Between those that there are; or there are none.
    Other,
}

impl Region {
    /// The region of an ISO 3166 alpha-2 code, in either case, if it has a numbering plan.
    #[must_use]
    pub fn of(code: &str) -> Option<Self> {
        let [first, second] = code.as_bytes() else { return None };
        indexed(&BY_LETTERS, letters(*first, *second)?)
    }

    /// The main region of a calling code.
    #[must_use]
    pub fn of_calling_code(code: u16) -> Option<Self> {
        indexed(&MAIN, usize::from(code))
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..u8::try_from(PLANS).unwrap_or(u8::MAX)).map(Self)
    }

    /// Its ISO 3166 alpha-2 code; `001`, the world, where a calling code belongs to no country.
    #[must_use]
    pub fn code(self) -> &'static str {
        let at = IDS + 2 * usize::from(self.0);
        if self.is_geographic() { crate::ascii(&TABLES[at..at + 2]) } else { "001" }
    }

    /// Whether it is a place at all.
    #[must_use]
    pub fn is_geographic(self) -> bool {
        TABLES[IDS + 2 * usize::from(self.0)].is_ascii_uppercase()
    }

    /// `49`.
    #[must_use]
    pub fn calling_code(self) -> u16 {
        self.column(Column::CallingCode)
    }

    fn column(self, column: Column) -> u16 {
        let at = COLUMNS + 2 * PLANS * (column as usize) + usize::from(self.0);
        u16::from_le_bytes([TABLES[at], TABLES[at + PLANS]])
    }

    pub(crate) fn state(self, column: Column) -> State {
        State(self.column(column))
    }

    /// Bit n: n digits.
    fn lengths(self, local: bool) -> u32 {
        let at = LENGTHS + if local { 4 * PLANS } else { 0 } + usize::from(self.0);
        u32::from_le_bytes([TABLES[at], TABLES[at + PLANS], TABLES[at + 2 * PLANS], TABLES[at + 3 * PLANS]])
    }

    /// libphonenumber's `testNumberLength`.
    fn length(self, digits: usize) -> Length {
        let possible = self.lengths(false);
        let longest = 31 - possible.leading_zeros().min(31) as usize;
        match digits {
            _ if possible == 0 => Length::Other,
            32.. => Length::TooLong,
            _ if self.lengths(true) >> digits & 1 == 1 => Length::Local,
            _ if possible >> digits & 1 == 1 => Length::Possible,
            _ if digits < possible.trailing_zeros() as usize => Length::TooShort,
            _ if digits > longest => Length::TooLong,
            _ => Length::Other,
        }
    }

    /// Of the main region of a calling code.
    pub(crate) fn verdict(self, digits: &[u8]) -> Verdict {
        match answer(self.state(Column::Valid), digits) {
            0 => match self.length(digits.len()) {
                Length::TooShort => Verdict::TooShort,
                Length::TooLong => Verdict::TooLong,
                Length::Possible | Length::Local | Length::Other => Verdict::NotInUse,
            },
            place => Verdict::InUse(Self(self.0 + (place - 1))),
        }
    }

    pub(crate) fn has_trunk_zero(self, digits: &[u8]) -> bool {
        answer(self.state(Column::TrunkZero), digits) != 0
    }

    /// libphonenumber's `maybeStripNationalPrefixAndCarrierCode`.
    fn without_national_prefix<'a>(self, digits: &'a [u8], scratch: &'a mut Scratch) -> &'a [u8] {
        let outcome = match answer(self.state(Column::NationalPrefix), digits) {
            _ if digits.is_empty() => return digits,
            0 => return digits,
            outcome => OUTCOME + 8 * usize::from(outcome - 1),
        };
        let stripped = replaced(outcome, digits, scratch);
        let general = self.state(Column::General);
        if answer(general, digits) != 0 && answer(general, stripped) == 0 { digits } else { stripped }
    }

    /// Without asking whether it looked like a number before or looks like one then.
    #[cfg(test)]
    pub(crate) fn stripped(self, digits: &[u8]) -> alloc::vec::Vec<u8> {
        match answer(self.state(Column::NationalPrefix), digits) {
            0 => digits.to_vec(),
            outcome => replaced(OUTCOME + 8 * usize::from(outcome - 1), digits, &mut [0; DIGITS + 4]).to_vec(),
        }
    }
}

/// What an outcome makes of a number.
fn replaced<'a>(outcome: usize, digits: &'a [u8], scratch: &'a mut Scratch) -> &'a [u8] {
    let [length, literal @ .., from, to, rest] = &TABLES[outcome..outcome + 8] else { return digits };
    let literal = &literal[..usize::from(*length)];
    let copied = digits.get(usize::from(*from)..usize::from(*to)).unwrap_or_default();
    let rest = digits.get(usize::from(*rest)..).unwrap_or_default();
    if literal.is_empty() && copied.is_empty() {
        return rest;
    }
    let mut length = 0;
    for part in [literal, copied, rest] {
        if let Some(place) = scratch.get_mut(length..length + part.len()) {
            place.copy_from_slice(part);
            length += part.len();
        }
    }
    &scratch[..length]
}

impl fmt::Debug for Region {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (+{})", self.code(), self.calling_code())
    }
}

/// Reads digits, which a plus sign stood before or not: libphonenumber's `parse` after it has done with the text.
pub(crate) fn read(digits: &[u8], plus: bool, home: Option<Region>) -> Result<Number, NotANumber> {
    let (mut first, mut second) = ([0; DIGITS + 4], [0; DIGITS + 4]);
    let (main, digits) = match calling_code(digits, plus, home, &mut first) {
        // What follows the plus sign may be dialled with an international prefix.
        Err(NotANumber::CallingCodeUnknown) if plus => {
            let (main, digits) = calling_code(digits, false, home, &mut first)?;
            (Some(main.ok_or(NotANumber::CallingCodeUnknown)?), digits)
        }
        read => read?,
    };
    let plan = main.or(home).ok_or(NotANumber::CallingCodeUnknown)?;
    let main = match main {
        Some(main) => main,
        None => Region::of_calling_code(plan.calling_code()).ok_or(NotANumber::CallingCodeUnknown)?,
    };
    if digits.len() < MIN_DIGITS {
        return Err(NotANumber::TooShort);
    }
    let stripped = plan.without_national_prefix(digits, &mut second);
    // What would be too short was no prefix: short numbers may begin like one.
    let digits = match plan.length(stripped.len()) {
        Length::Local | Length::TooShort | Length::Other => digits,
        Length::Possible | Length::TooLong => stripped,
    };
    match digits.len() {
        0..MIN_DIGITS => return Err(NotANumber::TooShort),
        MIN_DIGITS..=MAX_DIGITS => {}
        _ => return Err(NotANumber::TooLong),
    }
    Ok(number(main, digits))
}

/// The main region of the calling code that the digits begin with, if they do, and what follows: libphonenumber's
/// `maybeExtractCountryCode`.
fn calling_code<'a>(
    digits: &'a [u8],
    plus: bool,
    home: Option<Region>,
    scratch: &'a mut Scratch,
) -> Result<(Option<Region>, &'a [u8]), NotANumber> {
    let international = if plus { Some(digits) } else { home.and_then(|home| after_prefix(digits, home)) };
    if let Some(digits) = international {
        // An empty text has no plus sign to it.
        if digits.len() <= MIN_DIGITS {
            return Err(NotANumber::TooShortAfterPrefix);
        }
        let mut code = 0;
        for (place, digit) in digits.iter().take(3).enumerate() {
            code = code * 10 + u16::from(*digit);
            if code == 0 {
                break;
            }
            if let Some(main) = Region::of_calling_code(code) {
                return Ok((Some(main), &digits[place + 1..]));
            }
        }
        return Err(NotANumber::CallingCodeUnknown);
    }
    let Some(home) = home else { return Ok((None, digits)) };
    // The code of the region itself, without a plus sign: taken for it only if the number is none otherwise.
    let mut code = [0; 3];
    let Some(rest) = digits.strip_prefix(decimal(home.calling_code(), &mut code)) else { return Ok((None, digits)) };
    let rest = home.without_national_prefix(rest, scratch);
    let general = home.state(Column::General);
    let better = answer(general, digits) == 0 && answer(general, rest) != 0;
    if better || home.length(digits.len()) == Length::TooLong {
        return Ok((Region::of_calling_code(home.calling_code()), rest));
    }
    Ok((None, digits))
}

/// What follows the international prefix of a region.
fn after_prefix(digits: &[u8], home: Region) -> Option<&[u8]> {
    let length = answer(home.state(Column::InternationalPrefix), digits);
    let rest = digits.get(usize::from(length)..).filter(|_| length > 0)?;
    // No calling code begins with a zero.
    (rest.first() != Some(&0)).then_some(rest)
}

fn decimal(code: u16, digits: &mut [u8; 3]) -> &[u8] {
    let mut from = digits.len();
    let mut rest = code;
    while rest > 0 && from > 0 {
        from -= 1;
        digits[from] = u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    &digits[from..]
}

fn number(main: Region, digits: &[u8]) -> Number {
    let mut code = [0; 3];
    let code = decimal(main.calling_code(), &mut code);
    // libphonenumber keeps a number as an integer with a count of zeros, of which it writes ten.
    let zeros = digits.iter().take_while(|digit| **digit == 0).count().min(digits.len() - 1);
    let digits = &digits[zeros.saturating_sub(10)..];
    let mut e164 = [0; MAX_E164];
    e164[0] = b'+';
    let parts = code.iter().chain(digits);
    for (place, digit) in e164[1..].iter_mut().zip(parts) {
        *place = b'0' + digit;
    }
    let national = 1 + code.len();
    Number {
        e164,
        length: u8::try_from(national + digits.len()).unwrap_or_default(),
        national: u8::try_from(national).unwrap_or_default(),
        extension_length: 0,
        main,
        extension: [0; MAX_EXTENSION],
    }
}
