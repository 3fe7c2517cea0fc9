//! What a number is as text: in full, or the date that its cell shows.

use std::fmt::Write as _;

/// How a cell shows its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Style {
    Number,
    /// A date, a time, or both.
    Date,
    /// Hours that go on beyond 24.
    Elapsed,
    /// Digits with a `+` or zeros before them, as people make Excel keep those of a phone number.
    Digits {
        plus: bool,
        least: usize,
    },
}

/// The formats that every workbook has without saying (ECMA-376-1, 18.8.30), those of East Asian languages included.
pub(crate) fn built_in(id: u32) -> Style {
    match id {
        14..=22 | 27..=36 | 45 | 47 | 50..=58 => Style::Date,
        46 => Style::Elapsed,
        _ => Style::Number,
    }
}

/// What a format code shows.
pub(crate) fn parse(code: &str) -> Style {
    // Sections for negative numbers, zero and text do not matter: people are counted in positive numbers.
    let (mut plain, mut literal) = (String::new(), String::new());
    let (mut elapsed, mut date) = (false, false);
    let mut chars = code.chars();
    while let Some(c) = chars.next() {
        match c {
            ';' => break,
            '"' => literal.extend(chars.by_ref().take_while(|c| *c != '"')),
            '\\' => literal.extend(chars.next()),
            '_' | '*' => {
                chars.next();
            }
            '[' => {
                let inner: String = chars.by_ref().take_while(|c| *c != ']').collect();
                let inner = inner.to_ascii_lowercase();
                elapsed |= !inner.is_empty()
                    && ["h", "m", "s"]
                        .iter()
                        .any(|unit| inner.trim_matches(unit.chars().next().unwrap_or(' ')).is_empty());
            }
            c => plain.push(c.to_ascii_lowercase()),
        }
    }
    if plain.contains("general") {
        return Style::Number;
    }
    date |= plain.contains(['d', 'm', 'y', 'h', 's']);
    // `e` and `g` are years and eras in East Asia, but `0.00E+00` is a number.
    date |= plain.contains(['e', 'g', 'b']) && !plain.contains(['0', '#', '?']);
    if elapsed {
        return Style::Elapsed;
    }
    if date {
        return Style::Date;
    }
    let digits = plain.trim_start_matches('+');
    let plus = plain.starts_with('+') || literal == "+";
    if !digits.is_empty() && digits.chars().all(|c| matches!(c, '0' | '#')) && (literal.is_empty() || literal == "+") {
        return Style::Digits { plus, least: digits.matches('0').count() };
    }
    Style::Number
}

/// Days from 1970-01-01 as year, month and day (H. Hinnant, "chrono-compatible low-level date algorithms").
fn civil(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let shifted = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * shifted + 2) / 5 + 1;
    let month = if shifted < 10 { shifted + 3 } else { shifted - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The last day of the year 9999, beyond which Excel shows no date.
const LAST_DAY: f64 = 2_958_465.0;

/// Serial numbers of days as dates; nothing where there is no such date.
fn date(serial: f64, from_1904: bool) -> Option<String> {
    if !(0.0..LAST_DAY + 1.0).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 2,958,466 days of 86,400 seconds")]
    let seconds = (serial * 86_400.0).round() as i64;
    let (day, second) = (seconds.div_euclid(86_400), seconds.rem_euclid(86_400));
    let time = format!("{:02}:{:02}:{:02}", second / 3600, second / 60 % 60, second % 60);
    if day == 0 && (second > 0 || !from_1904) {
        return Some(time);
    }
    let (year, month, day) = match (from_1904, day) {
        (true, day) => civil(day - 24_107),
        // Excel believes that 1900 was a leap year: its 60th day never was.
        (false, 60) => (1900, 2, 29),
        (false, day) => civil(day - if day < 60 { 25_568 } else { 25_569 }),
    };
    let mut text = format!("{year:04}-{month:02}-{day:02}");
    if second != 0 {
        let _ = write!(text, "T{time}");
    }
    Some(text)
}

fn elapsed(serial: f64) -> Option<String> {
    if !(0.0..LAST_DAY).contains(&serial) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "at most 2,958,466 days of 86,400 seconds")]
    let seconds = (serial * 86_400.0).round() as i64;
    Some(format!("{:02}:{:02}:{:02}", seconds / 3600, seconds / 60 % 60, seconds % 60))
}

/// The text of a number as it stands in the file.
///
/// Whole numbers of up to 15 digits, all that Excel keeps, stand in full; larger ones, whose last digits are lost, as
/// Excel shows them (`4.11111111111111E+15`), so that nobody takes them for the number that was typed; others are the
/// shortest text that reads back as the same number. What is no number stays as it is.
pub(crate) fn text(raw: &str, style: &Style, from_1904: bool) -> String {
    let raw = raw.trim();
    let Some(number) = raw.parse::<f64>().ok().filter(|number| number.is_finite()) else { return raw.to_owned() };
    let shown = match style {
        Style::Date => date(number, from_1904),
        Style::Elapsed => elapsed(number),
        Style::Number | Style::Digits { .. } => None,
    };
    if let Some(shown) = shown {
        return shown;
    }
    let size = number.abs();
    if size >= 1e15 || (size > 0.0 && size < 1e-9) {
        let text = format!("{number:E}");
        return if size >= 1.0 { text.replacen('E', "E+", 1) } else { text };
    }
    // Without this, minus zero keeps its sign.
    let text = if number == 0.0 { "0".to_owned() } else { number.to_string() };
    match style {
        Style::Digits { plus, least } if text.bytes().all(|byte| byte.is_ascii_digit()) => {
            format!("{}{text:0>least$}", if *plus { "+" } else { "" }, least = *least)
        }
        _ => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_told_in_full() {
        for (raw, expected) in [
            ("491701234567", "491701234567"),
            ("999999999999999", "999999999999999"),
            ("4.91701234567E+11", "491701234567"),
            ("4.91701234567e11", "491701234567"),
            ("491701234567.0", "491701234567"),
            ("1E+15", "1E+15"),
            ("4111111111111110", "4.11111111111111E+15"),
            ("1.5", "1.5"),
            ("0.1", "0.1"),
            ("0.30000000000000004", "0.30000000000000004"),
            ("-7", "-7"),
            ("-0", "0"),
            ("1E-3", "0.001"),
            ("1E-10", "1E-10"),
            ("1e400", "1e400"),
            ("NaN", "NaN"),
            (" 42 ", "42"),
            ("", ""),
        ] {
            assert_eq!(text(raw, &Style::Number, false), expected, "{raw}");
        }
    }

    #[test]
    fn dates_are_told_as_such() {
        for (raw, from_1904, expected) in [
            ("46347", false, "2026-11-21"),
            ("46347.4375", false, "2026-11-21T10:30:00"),
            ("46346.999999", false, "2026-11-21"),
            ("44885", true, "2026-11-21"),
            ("0", true, "1904-01-01"),
            ("0.4375", true, "10:30:00"),
            ("1", false, "1900-01-01"),
            ("59", false, "1900-02-28"),
            ("60", false, "1900-02-29"),
            ("61", false, "1900-03-01"),
            ("36585", false, "2000-02-29"),
            ("0.4375", false, "10:30:00"),
            ("2958465", false, "9999-12-31"),
            ("2958466", false, "2958466"),
            ("-1", false, "-1"),
            ("soon", false, "soon"),
        ] {
            assert_eq!(text(raw, &Style::Date, from_1904), expected, "{raw}");
        }
        assert_eq!(text("1.5", &Style::Elapsed, false), "36:00:00");
    }

    #[test]
    fn formats_are_understood() {
        let digits = |plus, least| Style::Digits { plus, least };
        for (code, expected) in [
            ("General", Style::Number),
            ("0.00E+00", Style::Number),
            ("#,##0.00", Style::Number),
            ("0.0%", Style::Number),
            ("#,##0 \"days\"", Style::Number),
            ("[Red]0.0", Style::Number),
            ("_-* #,##0.00\\ \"€\"_-;-* #,##0.00\\ \"€\"_-", Style::Number),
            ("@", Style::Number),
            ("yyyy-mm-dd", Style::Date),
            ("[$-407]d. mmmm yyyy;@", Style::Date),
            ("dd/mm/yyyy hh:mm", Style::Date),
            ("h:mm AM/PM", Style::Date),
            ("[$-411]ge.m.d", Style::Date),
            ("[h]:mm:ss", Style::Elapsed),
            ("[mm]:ss", Style::Elapsed),
            ("0", digits(false, 1)),
            ("00000", digits(false, 5)),
            ("+0", digits(true, 1)),
            ("\"+\"0", digits(true, 1)),
            ("\\+#", digits(true, 0)),
            ("\"00\"0", Style::Number),
        ] {
            assert_eq!(parse(code), expected, "{code}");
        }
        assert_eq!(text("34600123456", &digits(true, 1), false), "+34600123456");
        assert_eq!(text("612345678", &digits(false, 10), false), "0612345678");
        assert_eq!(text("-5", &digits(false, 3), false), "-5");
    }
}
