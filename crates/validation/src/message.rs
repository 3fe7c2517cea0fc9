//! Text for people: states the rule and the limit, in English, lower case, without a full stop.

use std::collections::BTreeMap;

use crate::{Issue, Param, code};

/// The text of an issue.
///
/// # Examples
/// ```
/// # use rollcall_validation::{Profile, check_field, message};
/// let profile = Profile::built_in("technician").unwrap();
/// let verdict = check_field(&profile, "first_name", "Jean-Luc");
/// assert_eq!(message(&verdict.issues[0]), "letters only: “-” is not allowed");
/// ```
#[must_use]
pub fn message(issue: &Issue) -> String {
    text(issue.code, &issue.params)
}

/// The text of an issue that was read back from a report: its `code` and its `params`.
///
/// # Examples
/// ```
/// # use rollcall_validation::message_in_report;
/// let params = serde_json::json!({"max": 150, "length": 151});
/// assert_eq!(message_in_report("too_long", &params), "at most 150 characters, this has 151");
/// ```
#[must_use]
pub fn message_in_report(code: &str, params: &serde_json::Value) -> String {
    let params = params.as_object().into_iter().flatten();
    text(code, &params.filter_map(|(name, value)| Some((name.as_str(), read(value)?))).collect())
}

fn read(value: &serde_json::Value) -> Option<Param> {
    if let Some(items) = value.as_array() {
        let row = |item: &serde_json::Value| u32::try_from(item.as_u64()?).ok();
        let name = |item: &serde_json::Value| Some(item.as_str()?.to_owned());
        return match items.first().map(serde_json::Value::is_number) {
            Some(true) => items.iter().map(row).collect::<Option<_>>().map(Param::Rows),
            _ => items.iter().map(name).collect::<Option<_>>().map(Param::Names),
        };
    }
    value.as_u64().map(Param::Number).or_else(|| Some(Param::Text(value.as_str()?.to_owned())))
}

fn text(code: &str, params: &BTreeMap<&str, Param>) -> String {
    let p = Shown(params);
    match code {
        code::EMPTY => "there is nothing in it".into(),
        code::NO_ROWS => "there is a header row, but no row under it".into(),
        code::NOT_TEXT => match p.get("format").as_str() {
            "" => "this is not text".into(),
            format => format!("this is a file of another kind: {format}"),
        },
        code::XLSX_NOT_SUPPORTED => {
            "Excel workbooks cannot be read here; save it as CSV, or copy and paste the rows".into()
        }
        code::XLS_NOT_SUPPORTED => {
            "workbooks of Excel 97 to 2003 cannot be read; open it in Excel and save it as .xlsx".into()
        }
        code::WORKBOOK_ENCRYPTED => {
            "the workbook is protected by a password; remove the password in Excel and save it again".into()
        }
        code::WORKBOOK_DAMAGED => {
            "the workbook is damaged or incomplete; open it in Excel and save it again, or save it as CSV".into()
        }
        code::WORKBOOK_TOO_LARGE => p.too_large(),
        code::NOT_A_WORKBOOK => p.not_a_workbook(),
        code::SHEET_UNKNOWN => p.unknown("sheet"),
        code::TOO_LARGE => format!("at most {} bytes, this has {}", p.get("limit"), p.get("bytes")),
        code::TOO_MANY_ROWS => format!("at most {} rows, this has {}", p.get("limit"), p.get("rows")),
        code::TOO_MANY_COLUMNS => format!("at most {} columns, this has {}", p.get("limit"), p.get("columns")),
        code::COLUMN_MISSING => format!("the column “{}” is missing", p.get("title")),
        code::ENCODINGS_MIXED => {
            "the file was put together of texts in two encodings, UTF-8 and Windows-1252; look at names with accents"
                .into()
        }
        code::ROWS_BEFORE_HEADER => match p.get("rows").as_str() {
            "1" => format!("the line before the titles is left out: {}", p.get("lines")),
            rows => format!("{rows} lines before the titles are left out: {}", p.get("lines")),
        },
        code::HEADER_REPEATED => "this row repeats the titles or explains them".into(),
        code::LOOKS_LIKE_TOTAL => "this row sums up or ends the list; it is no person".into(),
        code::COLUMN_REPEATED => {
            format!("two columns mean “{}”: “{}” is left out", p.get("title"), p.get("ignored"))
        }
        code::TOO_MANY_CELLS => {
            format!("{} cells in a row of a sheet with {} columns", p.get("cells"), p.get("columns"))
        }
        code::FIELD_UNKNOWN => format!("there is no field “{}”", p.get("field")),
        code::DUPLICATE_IN_FILE => match params.get("rows") {
            Some(Param::Rows(rows)) if rows.len() == 1 => format!("also in row {}", rows[0]),
            _ => format!("also in {} other rows: {}", p.get("count"), p.get("rows")),
        },

        code::REQUIRED => "required".into(),
        code::TOO_SHORT => format!("at least {} characters, this has {}", p.get("min"), p.get("length")),
        code::TOO_LONG => format!("at most {} characters, this has {}", p.get("max"), p.get("length")),
        code::CHARACTER_NOT_ALLOWED => match params.get("allowed") {
            Some(_) => format!("{} only: {} is not allowed", p.get("allowed"), p.character()),
            None => format!("{} is not allowed", p.character()),
        },
        code::LETTER_MISSING => "there must be a letter in it".into(),
        code::CONTROL_CHARACTER => format!("control characters are not allowed: {}", p.character()),
        code::DIRECTION_CONTROL => {
            format!("invisible characters that change the direction of writing are not allowed: {}", p.character())
        }
        code::LINE_BREAK => "must be one line".into(),
        code::FORMULA => "this is a formula; enter its value".into(),
        code::EXCEL_ERROR => format!("{} stands for an error or for nothing; it is no value", p.get("value")),
        code::SMART_QUOTES => format!("typographic quotes are not allowed: {}", p.character()),
        code::QUOTE_NOT_CLOSED => "a quotation mark is not closed, or not doubled within quotes".into(),

        code::BLANKS_TRIMMED => "blanks at the ends were removed".into(),
        code::BLANKS_NORMALIZED => "special blanks were replaced by ordinary ones".into(),
        code::INVISIBLE_REMOVED => "invisible characters were removed".into(),
        code::EXCEL_APOSTROPHE => "Excel's apostrophe was removed".into(),
        code::EXCEL_TEXT_FORMULA => "the =\"…\" around the value was removed".into(),
        code::UNICODE_NORMALIZED => "letters and their accents were joined".into(),

        code::EMAIL_NOT_VALID => "not an email address".into(),
        code::EMAIL_TOO_LONG => format!("at most {} characters, this has {}", p.get("max"), p.get("length")),
        code::EMAIL_LOCAL_TOO_LONG => {
            format!("at most {} octets before the @, this has {}", p.get("max"), p.get("length"))
        }
        code::EMAIL_AT_MISSING => "there must be an @ in it, as in name@example.com".into(),
        code::EMAIL_LOCAL_MISSING => "there must be something before the @".into(),
        code::EMAIL_SEVERAL => "one address only".into(),
        code::EMAIL_DISPLAY_NAME => "the address only, without a name beside it".into(),
        code::EMAIL_BLANK => "blanks are not allowed in an address".into(),
        code::EMAIL_NOT_ASCII => format!("unaccented letters, digits and signs only: {} is not allowed", p.character()),
        code::EMAIL_CHARACTER => format!("{} is not allowed in an address", p.character()),
        code::EMAIL_DOTS => "a dot may not stand at an end of a part of the address, nor beside another dot".into(),
        code::EMAIL_EDGE => format!("may not begin or end with {}", p.character()),
        code::EMAIL_DOMAIN_INCOMPLETE => "the part after the @ must be a full domain, as in example.com".into(),
        code::EMAIL_DOMAIN_NOT_VALID => "the part after the @ is not a domain".into(),
        code::EMAIL_DOMAIN_TYPO => format!("probably a typing error for {}", p.get("meant")),
        code::EMAIL_QUOTED => "quoted parts are not allowed in an address".into(),
        code::EMAIL_DOMAIN_LITERAL => "an IP address in place of the domain is not allowed".into(),
        code::EMAIL_COMMENT => "comments in parentheses are not allowed in an address".into(),

        code::PHONE_NOT_VALID => match params.get("region") {
            Some(_) => format!("not a number in use in {} (+{})", p.get("region"), p.get("country_code")),
            None => "not a phone number".into(),
        },
        code::PHONE_TOO_SHORT => format!("too few digits for a number of +{}", p.get("country_code")),
        code::PHONE_TOO_LONG => format!("too many digits for a number of +{}", p.get("country_code")),
        code::PHONE_SCIENTIFIC_NOTATION => {
            "a spreadsheet turned the number into scientific notation and its digits are lost; enter it again".into()
        }
        code::PHONE_DECIMAL => "a program wrote the number as one with decimals".into(),
        code::PHONE_PLUS_LOST => "the + before the country code is missing".into(),
        code::PHONE_ZERO_LOST => "the leading zero is missing".into(),
        code::PHONE_COUNTRY_CODE_MISSING => "must begin with + and the country code".into(),
        code::PHONE_NATIONAL => {
            format!("must begin with + and the country code; this is a number as dialled in {}", p.get("country"))
        }
        code::PHONE_COUNTRY_CODE_UNKNOWN => "no country has this country code".into(),
        code::PHONE_INTERNATIONAL_PREFIX => "must begin with + instead of 00".into(),
        code::PHONE_CHARACTER => match params.get("allowed") {
            Some(_) => format!("a +, digits and blanks only: {} is not allowed", p.character()),
            None => format!("{} is not allowed in a phone number", p.character()),
        },
        code::PHONE_LETTERS => "digits, not letters".into(),
        code::PHONE_EXTENSION => "without an extension".into(),
        code::PHONE_SEVERAL => "one number only".into(),

        code::NAMES_SWAPPED => format!(
            "first and last name seem to be swapped: the address says first name “{}”, last name “{}”",
            p.get("first_name"),
            p.get("last_name")
        ),
        code::FULL_NAME_IN_ONE_CELL => format!(
            "first and last name in one cell: first name “{}”, last name “{}”",
            p.get("first_name"),
            p.get("last_name")
        ),

        code::ONE_ONLY => format!("one only, this has {}", p.get("count")),
        code::COURSE_UNKNOWN => p.unknown("course"),
        code::DOMAIN_UNKNOWN => p.unknown("domain"),
        code::GROUP_UNKNOWN => p.unknown("group"),
        code::LANGUAGE_UNKNOWN => p.unknown("language"),
        code::ORGANIZATION_UNKNOWN => p.unknown("organization"),
        code::PROPERTY_UNKNOWN => p.unknown("property"),
        code::ROLE_UNKNOWN => p.unknown("role"),
        code::SITE_UNKNOWN => p.unknown("site"),
        code::USER_TYPE_UNKNOWN => p.unknown("user type"),
        other => other.replace('_', " "),
    }
}

struct Shown<'a>(&'a BTreeMap<&'a str, Param>);

impl Shown<'_> {
    fn get(&self, name: &str) -> String {
        match self.0.get(name) {
            Some(Param::Number(number)) => number.to_string(),
            Some(Param::Text(text)) => text.clone(),
            Some(Param::Names(names)) => names.join(", "),
            Some(Param::Rows(rows)) => {
                let mut shown = rows.iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
                if let Some(Param::Number(count)) = self.0.get("count")
                    && usize::try_from(*count).is_ok_and(|count| count > rows.len())
                {
                    shown.push_str(", …");
                }
                shown
            }
            None => String::new(),
        }
    }

    /// A character that cannot be seen goes by its number.
    fn character(&self) -> String {
        let text = self.get("character");
        if text == "U+0020" {
            "a blank".to_owned()
        } else if text.starts_with("U+") {
            text
        } else {
            format!("“{text}”")
        }
    }

    fn too_large(&self) -> String {
        let what = match self.get("what").as_str() {
            "unpacked" => "bytes, once unpacked,",
            "cells" => "cells in a sheet",
            "columns" => "columns in a sheet",
            "rows" => "rows in a sheet",
            "sheets" => "sheets",
            _ => "parts",
        };
        format!(
            "the workbook is too large: at most {} {what} are read; copy the people into a new one",
            self.get("limit")
        )
    }

    fn not_a_workbook(&self) -> String {
        match self.get("format").as_str() {
            "zip" | "" => "this is an archive, not an Excel workbook; unpack it and choose the file within".into(),
            format => format!("this is a file of the kind .{format}, not an Excel workbook; save it as .xlsx or CSV"),
        }
    }

    fn unknown(&self, what: &str) -> String {
        let name = self.get("name");
        match self.0.get("known") {
            Some(Param::Names(known)) if known.is_empty() => format!("there is no {what} “{name}”, nor any other"),
            Some(Param::Names(_)) => format!("there is no {what} “{name}”; there are: {}", self.get("known")),
            _ => format!("there is no {what} “{name}”"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Params;

    #[test]
    fn every_code_has_a_text_of_its_own() {
        let params = Params::new();
        for code in code::ALL {
            if *code != code::REQUIRED {
                assert_ne!(text(code, &params), code.replace('_', " "), "{code}");
            }
        }
    }

    #[test]
    fn texts_state_the_limit_and_have_no_full_stop() {
        for code in code::ALL {
            let params = Params::from([
                ("max", Param::Number(150)),
                ("length", Param::Number(151)),
                ("character", Param::from("U+202E")),
            ]);
            let text = text(code, &params);
            assert!(!text.ends_with('.'), "{code}: {text}");
        }
        let issue = Issue::error(code::TOO_LONG).with("max", 150_u32).with("length", 151_u32);
        assert_eq!(message(&issue), "at most 150 characters, this has 151");
    }

    #[test]
    fn other_rows_are_named_and_the_rest_counted() {
        let one = Issue::error(code::DUPLICATE_IN_FILE).with("count", 1_u32);
        let one = Issue { params: Params::from([("rows", Param::Rows(vec![7]))]), ..one };
        assert_eq!(message(&one), "also in row 7");
        let many = Params::from([("rows", Param::Rows(vec![1, 2])), ("count", Param::Number(9))]);
        assert_eq!(text(code::DUPLICATE_IN_FILE, &many), "also in 9 other rows: 1, 2, …");
    }
}
