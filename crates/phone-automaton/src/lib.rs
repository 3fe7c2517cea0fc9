//! Reads phone numbers by libphonenumber's rules, and says whether they are in use, without regular expressions,
//! dependencies or allocation on the way.
//!
//! All of libphonenumber's numbering plans are finite questions about digits. They were answered beforehand: the crate
//! carries one minimal automaton, and a number costs a table look-up for each of its digits. What is said of a text is what
//! libphonenumber's `parse`, `isValidNumber` and `isPossibleNumberWithReason` say with the metadata of
//! [`METADATA_VERSION`]; tests prove that for the plans and sample it for the reading.
//!
//! ```
//! use phone_automaton::{NotANumber, Region, Verdict, parse};
//!
//! let number = parse("+44 (0)20 7031 3000", None).unwrap();
//! assert_eq!(number.e164(), "+442070313000");
//! assert_eq!(number.verdict(), Verdict::InUse(Region::of("GB").unwrap()));
//!
//! let number = parse("030 901820", Region::of("DE")).unwrap();
//! assert_eq!(number.e164(), "+4930901820");
//!
//! assert_eq!(parse("+34 600", None).unwrap().verdict(), Verdict::TooShort);
//! assert_eq!(parse("call me", None), Err(NotANumber::Unreadable));
//! ```
#![no_std]
#![deny(missing_docs)]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod automaton;
mod generated;
mod plan;
#[cfg(test)]
mod proof;
mod text;

use core::fmt;

pub use generated::{METADATA_HASH, METADATA_SOURCE, METADATA_VERSION, UNICODE_VERSION};
pub use plan::Region;

/// Fewest digits of a number without its calling code.
pub const MIN_DIGITS: usize = 2;
/// Most. The ITU says 15 with the calling code; Germany has longer ones.
pub const MAX_DIGITS: usize = 17;
/// Most digits of an extension.
const MAX_EXTENSION: usize = 20;
/// `+`, a calling code, a number.
const MAX_E164: usize = 1 + 3 + MAX_DIGITS;

/// Reads a number: international, or as it is written in a region.
///
/// The number need not be in use, see [`Number::verdict`].
///
/// # Errors
/// Those of libphonenumber's `parse`.
#[inline]
pub fn parse(text: &str, home: Option<Region>) -> Result<Number, NotANumber> {
    plan::ready();
    text::read(text, home)
}

/// Why a text is no number: libphonenumber's `ErrorType`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum NotANumber {
    /// It does not look like one.
    Unreadable,
    /// It begins with no calling code, and no region was given whose plan it might follow.
    CallingCodeUnknown,
    /// Too few digits come after an international prefix.
    TooShortAfterPrefix,
    /// Fewer than [`MIN_DIGITS`] digits without the calling code.
    TooShort,
    /// More than [`MAX_DIGITS`].
    TooLong,
}

impl NotANumber {
    /// A name that does not change.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Unreadable => "not_a_number",
            Self::CallingCodeUnknown => "invalid_country_code",
            Self::TooShortAfterPrefix => "too_short_after_idd",
            Self::TooShort => "too_short_nsn",
            Self::TooLong => "too_long",
        }
    }
}

impl fmt::Display for NotANumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable => f.write_str("this is not a phone number"),
            Self::CallingCodeUnknown => f.write_str("no country has this calling code"),
            Self::TooShortAfterPrefix => f.write_str("too few digits come after the international prefix"),
            Self::TooShort => write!(f, "a phone number has at least {MIN_DIGITS} digits after the calling code"),
            Self::TooLong => write!(f, "a phone number has at most {MAX_DIGITS} digits after the calling code"),
        }
    }
}

impl core::error::Error for NotANumber {}

/// What a numbering plan says of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// It is in use there: libphonenumber's `isValidNumber` and `getRegionCodeForNumber`.
    InUse(Region),
    /// No number of this calling code is that short.
    TooShort,
    /// Nor that long.
    TooLong,
    /// The calling code has no such number.
    NotInUse,
}

/// A number, in use or not.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Number {
    e164: [u8; MAX_E164],
    length: u8,
    /// Where the national number begins.
    national: u8,
    extension_length: u8,
    main: Region,
    extension: [u8; MAX_EXTENSION],
}

impl Number {
    /// `+4930901820`. Extensions are no part of it.
    #[must_use]
    pub fn e164(&self) -> &str {
        ascii(&self.e164[..usize::from(self.length)])
    }

    /// Its digits after the calling code: `30901820`.
    #[must_use]
    pub fn national(&self) -> &str {
        ascii(&self.e164[usize::from(self.national)..usize::from(self.length)])
    }

    /// The digits to be dialled once the call is answered; empty without any.
    #[must_use]
    pub fn extension(&self) -> &str {
        ascii(&self.extension[..usize::from(self.extension_length)])
    }

    /// `49`.
    #[must_use]
    pub fn calling_code(&self) -> u16 {
        self.main.calling_code()
    }

    /// The region that its calling code stands for first: the United States for 1.
    #[must_use]
    pub fn main_region(&self) -> Region {
        self.main
    }

    /// Whether it is in use, and where; or why it is not.
    #[must_use]
    #[inline]
    pub fn verdict(&self) -> Verdict {
        self.main.verdict(self.digits())
    }

    /// Whether it is written at home with a zero in front that is no part of it: `030 901820`. The answer is
    /// libphonenumber's for numbers that are in use.
    #[must_use]
    pub fn has_trunk_zero(&self) -> bool {
        self.main.has_trunk_zero(self.digits())
    }

    /// ASCII.
    #[inline]
    fn digits(&self) -> &[u8] {
        &self.e164[usize::from(self.national)..usize::from(self.length)]
    }
}

impl fmt::Debug for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Number").field("e164", &self.e164()).field("extension", &self.extension()).finish()
    }
}

impl fmt::Display for Number {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.e164())
    }
}

/// What was made of ASCII characters only.
fn ascii(bytes: &[u8]) -> &str {
    core::str::from_utf8(bytes).unwrap_or_default()
}
