//! Phone numbers by libphonenumber's rules. The only module that knows which implementation of them is used.

use phone_automaton::{Region, Verdict, parse};

/// A number that is in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Number {
    pub(crate) e164: String,
    pub(crate) extension: bool,
}

/// Why a text is no number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum NotANumber {
    /// Not even by its looks.
    Unreadable,
    /// No country has that code.
    CountryCodeUnknown,
    /// Too few digits for the country of this code.
    TooShort(Option<u32>),
    /// Too many.
    TooLong(Option<u32>),
    /// The numbering plan of the country has no such number.
    NotInUse { country_code: u32, region: Option<String> },
}

/// Reads a number: international, or national in the country given (ISO 3166 alpha-2).
pub(crate) fn read(text: &str, country: Option<&str>) -> Result<Number, NotANumber> {
    use phone_automaton::NotANumber as Why;
    let number = parse(text, country.and_then(Region::of)).map_err(|why| match why {
        Why::CallingCodeUnknown => NotANumber::CountryCodeUnknown,
        Why::Unreadable => NotANumber::Unreadable,
        Why::TooShortAfterPrefix | Why::TooShort => NotANumber::TooShort(None),
        Why::TooLong => NotANumber::TooLong(None),
    })?;
    let country_code = u32::from(number.calling_code());
    match number.verdict() {
        Verdict::InUse(_) => Ok(Number { e164: number.e164().to_owned(), extension: !number.extension().is_empty() }),
        Verdict::TooShort => Err(NotANumber::TooShort(Some(country_code))),
        Verdict::TooLong => Err(NotANumber::TooLong(Some(country_code))),
        Verdict::NotInUse => {
            let region = Some(number.main_region()).filter(|region| region.is_geographic());
            Err(NotANumber::NotInUse { country_code, region: region.map(|region| region.code().to_owned()) })
        }
    }
}

/// Whether an international number is in use.
pub(crate) fn is_in_use(text: &str) -> bool {
    parse(text, None).is_ok_and(|number| matches!(number.verdict(), Verdict::InUse(_)))
}

/// Whether a number that is in use is written in E.164.
pub(crate) fn is_as_written(text: &str) -> bool {
    parse(text, None).is_ok_and(|number| number.e164() == text)
}

/// Whether a number (E.164) is dialled with a zero in front at home that is no part of it abroad.
pub(crate) fn has_trunk_zero(e164: &str) -> bool {
    parse(e164, None).is_ok_and(|number| number.has_trunk_zero())
}

/// Whether two numbers (E.164) have the same country code.
pub(crate) fn of_one_country(a: &str, b: &str) -> bool {
    let code = |number: &str| parse(number, None).map(|number| number.calling_code()).ok();
    code(a) == code(b)
}

/// Whether it is a country that numbers are known of.
pub(crate) fn is_country(country: &str) -> bool {
    Region::of(country).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_by_their_countrys_plan() {
        for (name, text, country, expected) in [
            ("international", "+49 30 901820", None, Ok("+4930901820")),
            ("punctuated", "+1 (650) 253-0000", None, Ok("+16502530000")),
            ("trunk zero in parentheses", "+44 (0)20 7031 3000", None, Ok("+442070313000")),
            ("zero that belongs to it", "+39 06 6982", None, Ok("+39066982")),
            ("national", "030 901820", Some("DE"), Ok("+4930901820")),
            ("national with its country's code", "+34 600 123 456", Some("DE"), Ok("+34600123456")),
            ("of no country", "+800 1234 5678", None, Ok("+80012345678")),
            ("no country code", "030 901820", None, Err(NotANumber::CountryCodeUnknown)),
            ("unknown country code", "+999 123456", None, Err(NotANumber::CountryCodeUnknown)),
            ("too short", "+34 600", None, Err(NotANumber::TooShort(Some(34)))),
            ("too long", "+34 600 123 456 789", None, Err(NotANumber::TooLong(Some(34)))),
            (
                "not in use",
                "+34 000 123 456",
                None,
                Err(NotANumber::NotInUse { country_code: 34, region: Some("ES".into()) }),
            ),
            ("words", "call me", None, Err(NotANumber::Unreadable)),
        ] {
            assert_eq!(read(text, country).map(|number| number.e164), expected.map(str::to_owned), "{name}");
        }
        assert!(read("+1 650 253 0000 ext. 5", None).is_ok_and(|number| number.extension));
    }

    #[test]
    fn numbers_are_dialled_with_a_zero_or_not() {
        for (number, zero) in [
            ("+4930901820", true),
            ("+442070313000", true),
            ("+16502530000", false),
            ("+34600123456", false),
            ("+39066982", false),
            ("nothing", false),
        ] {
            assert_eq!(has_trunk_zero(number), zero, "{number}");
        }
        assert!(is_country("JP") && !is_country("XX"));
    }

    /// What this module was before: rlibphonenumber, asked.
    mod oracle {
        use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumberFormat, Region, ValidationError};

        use super::{NotANumber, Number};

        pub(super) fn read(text: &str, country: Option<&str>) -> Result<Number, NotANumber> {
            let util = &*PHONE_NUMBER_UTIL;
            let region = country.and_then(|country| Region::try_from(country).ok());
            let number = util.parse(text, region).map_err(|error| match error {
                ParseError::InvalidCountryCode => NotANumber::CountryCodeUnknown,
                ParseError::NotANumber(_) => NotANumber::Unreadable,
                ParseError::TooShortAfterIdd | ParseError::TooShortNsn => NotANumber::TooShort(None),
                ParseError::TooLongNsn => NotANumber::TooLong(None),
            })?;
            let country_code = u32::try_from(number.country_code).unwrap();
            if util.is_valid_number(&number) {
                let e164 = util.format(&number, PhoneNumberFormat::E164).into_owned();
                return Ok(Number { e164, extension: !number.extension().is_empty() });
            }
            Err(match util.is_possible_number_with_reason(&number) {
                Err(ValidationError::InvalidCountryCode) => NotANumber::CountryCodeUnknown,
                Err(ValidationError::TooShort) => NotANumber::TooShort(Some(country_code)),
                Err(ValidationError::TooLong) => NotANumber::TooLong(Some(country_code)),
                _ => {
                    let region = util.get_region_for_country_code(number.country_code);
                    let region = region.map(|region| region.to_string());
                    NotANumber::NotInUse { country_code, region: region.filter(|region| region.len() == 2) }
                }
            })
        }

        pub(super) fn has_trunk_zero(e164: &str) -> bool {
            PHONE_NUMBER_UTIL.parse(e164, None).is_ok_and(|number| {
                let national = PHONE_NUMBER_UTIL.format(&number, PhoneNumberFormat::National);
                !number.italian_leading_zero() && national.trim_start_matches('(').starts_with('0')
            })
        }
    }

    #[test]
    fn cells_of_the_corpus_are_read_as_the_oracle_reads_them() {
        let corpus = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tests/corpus");
        let mut numbers = 0;
        for file in std::fs::read_dir(corpus).unwrap() {
            let bytes = std::fs::read(file.unwrap().path()).unwrap();
            let text = String::from_utf8_lossy(&bytes).into_owned();
            let cells = text.split(['\n', '\t', ',', ';', '"']);
            for cell in cells.filter(|cell| cell.contains(|c: char| c.is_ascii_digit()) && cell.len() < 60) {
                for country in [None, Some("DE"), Some("US"), Some("GB"), Some("IT"), Some("AR"), Some("XX")] {
                    let ours = read(cell, country);
                    assert_eq!(ours, oracle::read(cell, country), "{cell:?} in {country:?}");
                    if let Ok(number) = ours {
                        numbers += 1;
                        assert_eq!(has_trunk_zero(&number.e164), oracle::has_trunk_zero(&number.e164), "{number:?}");
                    }
                }
            }
        }
        assert!(numbers > 100, "{numbers}");
    }
}
