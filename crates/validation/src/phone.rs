//! Phone numbers by libphonenumber's rules. The only module that knows which implementation of them is used.

use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumber, PhoneNumberFormat, Region, ValidationError};

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
    let util = &*PHONE_NUMBER_UTIL;
    let region = country.and_then(|country| Region::try_from(country).ok());
    let number = util.parse(text, region).map_err(|error| match error {
        ParseError::InvalidCountryCode => NotANumber::CountryCodeUnknown,
        ParseError::NotANumber(_) => NotANumber::Unreadable,
        ParseError::TooShortAfterIdd | ParseError::TooShortNsn => NotANumber::TooShort(None),
        ParseError::TooLongNsn => NotANumber::TooLong(None),
    })?;
    let country_code = u32::try_from(number.country_code).unwrap_or_default();
    if util.is_valid_number(&number) {
        let e164 = util.format(&number, PhoneNumberFormat::E164).into_owned();
        return Ok(Number { e164, extension: has_extension(&number) });
    }
    Err(match util.is_possible_number_with_reason(&number) {
        Err(ValidationError::InvalidCountryCode) => NotANumber::CountryCodeUnknown,
        Err(ValidationError::TooShort) => NotANumber::TooShort(Some(country_code)),
        Err(ValidationError::TooLong) => NotANumber::TooLong(Some(country_code)),
        _ => {
            let region = util.get_region_for_country_code(number.country_code).map(|region| region.to_string());
            NotANumber::NotInUse { country_code, region: region.filter(|region| region.len() == 2 && region != "ZZ") }
        }
    })
}

/// Whether a number (E.164) is dialled with a zero in front at home that is no part of it abroad.
pub(crate) fn has_trunk_zero(e164: &str) -> bool {
    let util = &*PHONE_NUMBER_UTIL;
    util.parse(e164, None).is_ok_and(|number| {
        let national = util.format(&number, PhoneNumberFormat::National);
        !number.italian_leading_zero() && national.trim_start_matches('(').starts_with('0')
    })
}

/// Whether it is a country that numbers are known of.
pub(crate) fn is_country(country: &str) -> bool {
    Region::try_from(country).is_ok_and(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region).is_some())
}

fn has_extension(number: &PhoneNumber) -> bool {
    !number.extension().is_empty()
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
}
