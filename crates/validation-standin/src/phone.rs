//! Phone numbers by libphonenumber's rules. The only place that knows which implementation is used.

use rlibphonenumber::{PHONE_NUMBER_UTIL, ParseError, PhoneNumberFormat, Region, ValidationError};

/// A number as it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Number {
    /// Valid, in E.164.
    Valid(String),
    /// No country has that code.
    UnknownCountryCode,
    /// Too short for its country.
    TooShort(String),
    /// Too long for its country.
    TooLong(String),
    /// Its country (ISO 3166, or the calling code) has no such number in use.
    NotInUse(String),
    /// Not readable as a number at all.
    NotANumber,
}

/// Reads a number with its country code (`+…`), or a national one of `country` (ISO 3166 alpha-2).
pub(crate) fn read(text: &str, country: Option<&str>) -> Number {
    let util = &*PHONE_NUMBER_UTIL;
    let region = country.and_then(|country| Region::try_from(country).ok());
    let number = match util.parse(text, region) {
        Ok(number) => number,
        Err(ParseError::InvalidCountryCode) => return Number::UnknownCountryCode,
        Err(ParseError::TooShortAfterIdd | ParseError::TooShortNsn) => return Number::TooShort("any country".into()),
        Err(ParseError::TooLongNsn) => return Number::TooLong("any country".into()),
        Err(ParseError::NotANumber(_)) => return Number::NotANumber,
    };
    if util.is_valid_number(&number) {
        return Number::Valid(util.format(&number, PhoneNumberFormat::E164).into_owned());
    }
    let code = number.country_code;
    let place = util
        .get_region_for_country_code(code)
        .map(|region| region.to_string())
        .filter(|region| region.len() == 2 && region != "ZZ")
        .unwrap_or_else(|| format!("+{code}"));
    match util.is_possible_number_with_reason(&number) {
        Err(ValidationError::TooShort) => Number::TooShort(place),
        Err(ValidationError::TooLong) => Number::TooLong(place),
        Err(ValidationError::InvalidCountryCode) => Number::UnknownCountryCode,
        _ => Number::NotInUse(place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_by_their_countrys_rules() {
        let valid = |text: &str| Number::Valid(text.to_owned());
        for (text, country, expected) in [
            ("+49 30 901820", None, valid("+4930901820")),
            ("+34 600 123 456", None, valid("+34600123456")),
            ("030 901820", Some("DE"), valid("+4930901820")),
            ("+34 000 123 456", None, Number::NotInUse("ES".into())),
            ("+34 600", None, Number::TooShort("ES".into())),
            ("+34 600 123 456 789", None, Number::TooLong("ES".into())),
            ("+999 123456", None, Number::UnknownCountryCode),
            ("hello", None, Number::NotANumber),
            ("+800 1234 5678", None, valid("+80012345678")),
        ] {
            assert_eq!(read(text, country), expected, "{text}");
        }
    }
}
