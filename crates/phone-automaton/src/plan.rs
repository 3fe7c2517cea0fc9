//! Numbering plans: what a number of digits is, from which country, and whether it is in use.

use core::fmt;
use core::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};

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

/// The digits of a text, in ASCII, as they stand behind a plus sign.
pub(crate) struct Digits {
    written: [u8; 64],
    length: usize,
}

impl Digits {
    #[inline]
    pub(crate) fn new() -> Self {
        let mut written = [0; 64];
        written[0] = b'+';
        Self { written, length: 0 }
    }

    /// Adds one (ASCII), unless there are enough.
    #[inline]
    pub(crate) fn push(&mut self, digit: u8) {
        if self.length < DIGITS {
            self.length += 1;
            self.written[self.length & 63] = digit;
        }
    }

    /// Writes a byte, of at most [`DIGITS`], where the next digit goes; it stays only if it is one.
    #[inline]
    pub(crate) fn write(&mut self, byte: u8, is_digit: bool) {
        self.written[(self.length + 1) & 63] = byte;
        self.length += usize::from(is_digit);
    }

    /// Takes away what was written last and is no digit.
    #[inline]
    pub(crate) fn end(&mut self) {
        self.written[(self.length + 1) & 63] = 0;
    }

    #[inline]
    pub(crate) fn len(&self) -> usize {
        self.length
    }

    #[inline]
    fn digits(&self) -> &[u8] {
        self.written.get(1..=self.length).unwrap_or_default()
    }

    /// As many of them as a number has at most; what is beyond its end is zero.
    #[inline]
    fn e164(&self) -> [u8; MAX_E164] {
        self.written.first_chunk().copied().unwrap_or([0; MAX_E164])
    }
}

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
/// The questions of each plan that every number meets, two bytes each: national prefix, in use, general, calling code.
static QUESTIONS: [AtomicU64; PLANS] = [const { AtomicU64::new(0) }; PLANS];
/// How many digits the calling codes have that begin with two digits.
static CODE_LENGTH: [AtomicU8; 100] = [const { AtomicU8::new(0) }; 100];
static READY: AtomicBool = AtomicBool::new(false);

/// Unpacks everything, once. Whoever has a state, a region or a number has been here before.
#[inline]
pub(crate) fn ready() {
    if !READY.load(Ordering::Acquire) {
        unpack();
    }
}

#[cold]
fn unpack() {
    automaton::unpack();
    for place in (0..PLANS).rev() {
        let region = Region(u8::try_from(place).unwrap_or(u8::MAX));
        let code = region.column(Column::CallingCode);
        if let Some(main) = MAIN.get(usize::from(code)) {
            main.store(region.0 + 1, Ordering::Relaxed);
        }
        let (first, count, length) = match code {
            0..10 => (code * 10, 10, 1),
            10..100 => (code, 1, 2),
            _ => (code / 10, 1, 3),
        };
        let beginnings = CODE_LENGTH.iter().skip(usize::from(first)).take(count);
        beginnings.for_each(|beginning| beginning.store(length, Ordering::Relaxed));
        if let Some(letters) = letters(TABLES[IDS + 2 * place], TABLES[IDS + 2 * place + 1]) {
            BY_LETTERS[letters].store(region.0 + 1, Ordering::Relaxed);
        }
        let questions = [Column::NationalPrefix, Column::Valid, Column::General].map(|column| region.state(column).0);
        let questions = questions.into_iter().rev().fold(u64::from(code), |all, one| all << 16 | u64::from(one));
        QUESTIONS[place].store(questions, Ordering::Relaxed);
    }
    READY.store(true, Ordering::Release);
}

fn letters(first: u8, second: u8) -> Option<usize> {
    let place = |letter: u8| letter.is_ascii_alphabetic().then(|| usize::from(letter.to_ascii_uppercase() - b'A'));
    Some(place(first)? * 26 + place(second)?)
}

#[inline]
fn indexed(table: &[AtomicU8], at: usize) -> Option<Region> {
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
        ready();
        indexed(&BY_LETTERS, letters(*first, *second)?)
    }

    /// The main region of a calling code.
    #[must_use]
    #[inline]
    pub fn of_calling_code(code: u16) -> Option<Self> {
        ready();
        indexed(&MAIN, usize::from(code))
    }

    /// All of them.
    pub fn all() -> impl Iterator<Item = Self> {
        ready();
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
    #[inline]
    pub fn calling_code(self) -> u16 {
        self.question(3)
    }

    #[inline]
    fn question(self, place: u32) -> u16 {
        let questions = QUESTIONS.get(usize::from(self.0)).map_or(0, |questions| questions.load(Ordering::Relaxed));
        (questions >> (16 * place) & 0xffff) as u16
    }

    fn column(self, column: Column) -> u16 {
        let at = COLUMNS + 2 * PLANS * (column as usize) + usize::from(self.0);
        u16::from_le_bytes([TABLES[at], TABLES[at + PLANS]])
    }

    pub(crate) fn state(self, column: Column) -> State {
        State::numbered(self.column(column))
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
    #[inline]
    pub(crate) fn verdict(self, digits: &[u8]) -> Verdict {
        match answer(State(self.question(1)), digits) {
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
        let outcome = match self.national_prefix(digits) {
            _ if digits.is_empty() => return digits,
            0 => return digits,
            outcome => OUTCOME + 8 * usize::from(outcome - 1),
        };
        let stripped = replaced(outcome, digits, scratch);
        if self.is_general(digits) && !self.is_general(stripped) { digits } else { stripped }
    }

    #[inline]
    fn national_prefix(self, digits: &[u8]) -> u8 {
        answer(State(self.question(0)), digits)
    }

    fn is_general(self, digits: &[u8]) -> bool {
        answer(State(self.question(2)), digits) != 0
    }

    /// Without asking whether it looked like a number before or looks like one then.
    #[cfg(test)]
    pub(crate) fn stripped(self, digits: &[u8]) -> alloc::vec::Vec<u8> {
        match self.national_prefix(digits) {
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
    for digit in literal.iter().map(|digit| digit | b'0').chain(copied.iter().chain(rest).copied()) {
        if let Some(place) = scratch.get_mut(length) {
            *place = digit;
            length += 1;
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
#[inline]
pub(crate) fn read(written: &Digits, plus: bool, home: Option<Region>) -> Result<Number, NotANumber> {
    let digits = written.digits();
    if plus
        && let Some((main, national)) = code_in_front(digits)
        && let number = &digits[national..]
        && (MIN_DIGITS..=MAX_DIGITS).contains(&number.len())
        && digits.len() > MIN_DIGITS
        && let Some(first) = number.first()
        && *first != b'0'
        && automaton::leads_nowhere(State(main.question(0)), *first)
    {
        // Nearly all numbers: nothing is to be taken away, so what was written is what it is.
        return Ok(Number {
            e164: written.e164(),
            length: (1 + digits.len()) as u8,
            national: (1 + national) as u8,
            extension_length: 0,
            main,
            extension: [0; MAX_EXTENSION],
        });
    }
    read_with_care(digits, plus, home)
}

/// Any number.
#[inline(never)]
fn read_with_care(digits: &[u8], plus: bool, home: Option<Region>) -> Result<Number, NotANumber> {
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
        if let Some((main, national)) = code_in_front(digits) {
            return Ok((Some(main), &digits[national..]));
        }
        return Err(NotANumber::CallingCodeUnknown);
    }
    let Some(home) = home else { return Ok((None, digits)) };
    // The code of the region itself, without a plus sign: taken for it only if the number is none otherwise.
    let mut code = [0; 3];
    let Some(rest) = digits.strip_prefix(decimal(home.calling_code(), &mut code)) else { return Ok((None, digits)) };
    let rest = home.without_national_prefix(rest, scratch);
    let better = !home.is_general(digits) && home.is_general(rest);
    if better || home.length(digits.len()) == Length::TooLong {
        return Ok((Region::of_calling_code(home.calling_code()), rest));
    }
    Ok((None, digits))
}

/// The main region of the calling code that digits begin with, and where it ends.
#[inline]
fn code_in_front(digits: &[u8]) -> Option<(Region, usize)> {
    // No calling code is the beginning of another.
    let [first, second, third, ..] = digits else { return None };
    let [first, second, third] = [first, second, third].map(|digit| u16::from(digit & 0xf));
    let two = first * 10 + second;
    let length = usize::from(CODE_LENGTH.get(usize::from(two))?.load(Ordering::Relaxed));
    let code = [0, first, two, two * 10 + third].get(length).copied()?;
    Some((indexed(&MAIN, usize::from(code))?, length))
}

/// What follows the international prefix of a region.
fn after_prefix(digits: &[u8], home: Region) -> Option<&[u8]> {
    let length = answer(home.state(Column::InternationalPrefix), digits);
    let rest = digits.get(usize::from(length)..).filter(|_| length > 0)?;
    // No calling code begins with a zero.
    (rest.first() != Some(&b'0')).then_some(rest)
}

fn decimal(code: u16, digits: &mut [u8; 3]) -> &[u8] {
    let mut from = digits.len();
    let mut rest = code;
    while rest > 0 && from > 0 {
        from -= 1;
        digits[from] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
    }
    &digits[from..]
}

fn number(main: Region, digits: &[u8]) -> Number {
    let mut code = [0; 3];
    let code = decimal(main.calling_code(), &mut code);
    // libphonenumber keeps a number as an integer with a count of zeros, of which it writes ten.
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count().min(digits.len() - 1);
    let digits = &digits[zeros.saturating_sub(10)..];
    let mut e164 = [0; MAX_E164];
    e164[0] = b'+';
    let parts = code.iter().chain(digits);
    for (place, digit) in e164[1..].iter_mut().zip(parts) {
        *place = *digit;
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
