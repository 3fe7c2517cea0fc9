//! One cell against its column's rule, and one row against its profile.

use crate::{
    email::{self, EmailRule},
    field::{Field, Value, Values},
    identity::fold,
    issue::{Issue, Param, Severity},
    json,
    phone::{self, Number},
    profile::{Column, ListName, Named, Profile, Rule},
    text,
};

/// What the validator says of one cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FieldVerdict {
    /// What is said of it.
    pub status: FieldStatus,
    /// The value after correction; none when empty or refused.
    pub value: Option<Value>,
    /// Corrections that were made and refusals.
    pub issues: Vec<Issue>,
}

/// The verdict on a field.
pub type FieldStatus = crate::report::Status;

impl FieldVerdict {
    fn new(value: Option<Value>, issues: Vec<Issue>) -> Self {
        Self { status: FieldStatus::of(&issues), value, issues }
    }

    /// Whether the cell may be used.
    #[must_use]
    pub fn is_accepted(&self) -> bool {
        self.issues.iter().all(|issue| issue.severity == Severity::Warning)
    }

    /// As JSON: `{"issues":[…],"status":"accepted|corrected|refused","value":…}`, issues with their message.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut out = String::new();
        let mut object = json::Object::new(&mut out);
        object.member("issues", |out| json::array(out, &self.issues, |out, issue| issue.write(out, true)));
        let status = match (self.is_accepted(), self.issues.is_empty()) {
            (true, true) => "accepted",
            (true, false) => "corrected",
            (false, _) => "refused",
        };
        object.text("status", status);
        object.member("value", |out| match &self.value {
            Some(Value::Text(text)) => json::string(out, text),
            Some(Value::List(names)) => json::strings(out, names.iter().map(String::as_str)),
            None => out.push_str("null"),
        });
        object.end();
        out
    }
}

/// One field by its name, for forms.
pub(crate) fn check_named(profile: &Profile, field: &str, cell: &str) -> FieldVerdict {
    match Field::parse(field).and_then(|field| profile.column(field)) {
        Some(column) => check_cell(profile, column, cell, false),
        None => {
            FieldVerdict::new(None, vec![Issue::error(None, "field_unknown").text("field", short(field))])
        }
    }
}

/// One cell. `as_written`: corrections were refused, so what they would mend is checked as it stands.
pub(crate) fn check_cell(profile: &Profile, column: &Column, cell: &str, as_written: bool) -> FieldVerdict {
    let field = column.field();
    let mut issues = Vec::new();
    let repaired = text::repair(cell);
    let value = if as_written && !text::is_blank(cell) {
        cell
    } else {
        issues.extend(repaired.codes.iter().map(|code| Issue::corrected(field, code, &repaired.text)));
        repaired.text.as_str()
    };
    if value.is_empty() {
        // Blanks alone are an empty cell, nothing that was corrected.
        issues.clear();
        if let Some(default) = column.default_value() {
            return match check_value(profile, column, default) {
                Ok(value) => FieldVerdict::new(Some(value), issues),
                Err(issue) => FieldVerdict::new(None, vec![issue]),
            };
        }
        if column.is_required() {
            issues.push(Issue::error(Some(field), "required"));
        }
        return FieldVerdict::new(None, issues);
    }
    match general(field, value, column).map_or_else(|| check_value(profile, column, value), Err) {
        Ok(value) => FieldVerdict::new(Some(value), issues),
        Err(issue) => {
            issues.push(issue);
            FieldVerdict::new(None, issues)
        }
    }
}

/// What no cell of any column may be.
fn general(field: Field, value: &str, column: &Column) -> Option<Issue> {
    let refuse = |code| Issue::error(Some(field), code);
    const ERRORS: &[&str] = &["#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!", "#NV", "#WERT!", "#BEZUG!"];
    if value.starts_with('#') && ERRORS.contains(&value) {
        return Some(refuse("excel_error").text("value", value));
    }
    for c in value.chars() {
        if c == '\n' || c == '\r' {
            if matches!(column.rule(), Rule::List { .. } | Rule::Properties) {
                continue;
            }
            let joined: String = value.split_whitespace().collect::<Vec<_>>().join(" ");
            let verdict = (joined != value).then_some(joined);
            return Some(refuse("line_break").suggest(verdict));
        }
        if text::is_bidi_control(c) {
            let without: String = value.chars().filter(|c| !text::is_bidi_control(*c)).collect();
            return Some(refuse("bidi_control").text("codepoint", codepoint(c)).suggest(Some(without)));
        }
        if text::is_control(c) {
            return Some(refuse("control_character").text("codepoint", codepoint(c)));
        }
    }
    let formula = match value.chars().next() {
        Some('=' | '@') => true,
        Some('+' | '-') => field != Field::Phone && value.chars().any(|c| "(!|".contains(c)),
        _ => false,
    };
    formula.then(|| refuse("formula"))
}

fn codepoint(c: char) -> String {
    format!("U+{:04X}", u32::from(c))
}

/// The beginning of a text that came from outside, for a parameter.
fn short(text: &str) -> String {
    text.chars().take(60).collect()
}

fn length(field: Field, value: &str, max: u32) -> Result<(), Issue> {
    let length = value.chars().count() as u64;
    if length > u64::from(max) {
        return Err(Issue::error(Some(field), "too_long").number("length", length).number("limit", max.into()));
    }
    Ok(())
}

fn check_value(profile: &Profile, column: &Column, value: &str) -> Result<Value, Issue> {
    let field = column.field();
    let refuse = |code| Issue::error(Some(field), code);
    match column.rule() {
        Rule::Name { max, also, digits } => {
            length(field, value, *max)?;
            for c in value.chars() {
                if text::is_letter(c) || also.contains(c) || (*digits && text::is_digit(c)) {
                    continue;
                }
                return Err(match c {
                    c if text::is_blank_char(c) => refuse("name_has_space"),
                    c if text::is_digit(c) => refuse("name_has_digit").text("character", c),
                    c => refuse("name_has_punctuation").text("character", c),
                });
            }
            if !value.chars().any(|c| text::is_letter(c) || (*digits && text::is_digit(c))) {
                return Err(refuse("name_has_punctuation").text("character", short(value)));
            }
            Ok(Value::Text(value.to_owned()))
        }
        Rule::Text { max } => {
            length(field, value, *max)?;
            Ok(Value::Text(value.to_owned()))
        }
        Rule::Email { max, unicode, edges } => {
            email::check(value, &EmailRule { max: *max, unicode: *unicode, edges }).map(Value::Text)
        }
        Rule::Phone { only, national } => {
            let country = if *national { profile.lists().default_country.as_deref() } else { None };
            check_phone(value, only.as_deref(), country).map(Value::Text)
        }
        Rule::Username { max, none_of } => {
            length(field, value, *max)?;
            match value.chars().find(|c| none_of.contains(*c) || text::is_blank_char(*c)) {
                Some(c) if text::is_blank_char(c) => Err(refuse("username_character").text("character", "a blank")),
                Some(c) => Err(refuse("username_character").text("character", c)),
                None => Ok(Value::Text(value.to_owned())),
            }
        }
        Rule::List { of, multiple, exact } => {
            let known = profile.list(*of);
            let names = split_names(value, known, *exact);
            let mut found: Vec<String> = Vec::new();
            for name in &names {
                let Some(named) = find(known, name, *exact) else { return Err(unknown(field, *of, name, known)) };
                if !found.contains(&named.name) {
                    found.push(named.name.clone());
                }
            }
            if !multiple && found.len() > 1 {
                return Err(refuse("value_several"));
            }
            if field.is_list() {
                Ok(Value::List(found))
            } else {
                Ok(Value::Text(found.into_iter().next().unwrap_or_default()))
            }
        }
        Rule::Properties => {
            let known = &profile.lists().properties;
            let mut found = Vec::new();
            for part in value.split([';', '|']).map(str::trim).filter(|part| !part.is_empty()) {
                let (name, text) = part.split_once('=').ok_or_else(|| refuse("property_not_valid"))?;
                let (name, text) = (name.trim(), text.trim());
                match find(known, name, false) {
                    Some(named) => found.push(format!("{}={text}", named.name)),
                    None => return Err(refuse("value_unknown").text("value", short(name)).with("known", first(known))),
                }
            }
            Ok(Value::List(found))
        }
        Rule::Language => {
            let mut parts = value.split('-');
            let fits = parts.next().is_some_and(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()))
                && parts.all(|p| (2..=8).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphanumeric()));
            if fits { Ok(Value::Text(value.to_owned())) } else { Err(refuse("language_not_valid")) }
        }
        Rule::Password { min, max } => {
            length(field, value, *max)?;
            let length = value.chars().count() as u64;
            if length < u64::from(*min) {
                return Err(refuse("too_short").number("length", length).number("limit", (*min).into()));
            }
            Ok(Value::Text(value.to_owned()))
        }
    }
}

/// A cell that equals one known name is that name; otherwise it splits on `;`, `|` or `,` (requirements.md).
fn split_names<'a>(value: &'a str, known: &[Named], exact: bool) -> Vec<&'a str> {
    if find(known, value, exact).is_some() {
        return vec![value];
    }
    value.split([';', '|', ',', '\n']).map(|part| part.trim_matches(text::is_blank_char)).filter(|p| !p.is_empty()).collect()
}

fn find<'a>(known: &'a [Named], name: &str, exact: bool) -> Option<&'a Named> {
    known.iter().find(|named| named.name == name).or_else(|| {
        if exact {
            return None;
        }
        let folded = fold(name);
        known.iter().find(|named| fold(&named.name) == folded || named.id == name)
    })
}

/// The first names of a list, for a message.
fn first(known: &[Named]) -> Param {
    Param::Names(known.iter().take(12).map(|named| named.name.clone()).collect())
}

fn unknown(field: Field, _of: ListName, name: &str, known: &[Named]) -> Issue {
    let folded = fold(name);
    // One that begins alike, or differs in case only where case counts: very likely what was meant.
    let near = known
        .iter()
        .find(|named| fold(&named.name) == folded)
        .or_else(|| known.iter().find(|named| folded.chars().count() >= 4 && fold(&named.name).starts_with(&folded)));
    Issue::error(Some(field), "value_unknown")
        .text("value", short(name))
        .with("known", first(known))
        .suggest(near.map(|named| named.name.clone()))
}

fn check_phone(value: &str, only: Option<&str>, country: Option<&str>) -> Result<String, Issue> {
    let refuse = |code| Issue::error(Some(Field::Phone), code);
    let digits: String = value.chars().filter(char::is_ascii_digit).collect();
    if is_scientific(value) {
        return Err(refuse("phone_scientific_notation"));
    }
    if value.chars().any(char::is_alphabetic) || digits.is_empty() {
        return Err(refuse("phone_not_a_number"));
    }
    let valid = |text: &str| match phone::read(text, None) {
        Number::Valid(number) => Some(number),
        _ => None,
    };
    // Full-width and other plus signs are what people's keyboards make of it.
    let international = value.trim_start_matches('(').starts_with(['+', '\u{ff0b}']);
    if let Some(only) = only {
        let odd = value.chars().enumerate().find(|(i, c)| !(c.is_ascii_digit() || (*c == '+' && *i == 0) || only.contains(*c)));
        if let Some((_, c)) = odd {
            let plain = format!("+{digits}");
            return Err(refuse("phone_character").text("character", c).suggest(if international { valid(&plain) } else { None }));
        }
    }
    let read = match (international, country) {
        (true, _) => phone::read(value, None),
        (false, Some(country)) => phone::read(value, Some(country)),
        (false, None) => {
            // A leading 00 is how a + is dialled; a bare country code is a + that a spreadsheet ate. Both are
            // likely, neither is certain: a person says so.
            let meant = digits.strip_prefix("00").unwrap_or(&digits);
            return Err(match valid(&format!("+{meant}")) {
                Some(number) if !meant.starts_with('0') => refuse("phone_plus_missing").suggest(Some(number)),
                _ => refuse("phone_country_code_missing"),
            });
        }
    };
    match read {
        Number::Valid(number) => Ok(number),
        Number::UnknownCountryCode => Err(refuse("phone_country_code_unknown")),
        Number::TooShort(place) => Err(refuse("phone_too_short").text("country", place)),
        Number::TooLong(place) => Err(refuse("phone_too_long").text("country", place)),
        Number::NotInUse(place) => {
            let suggestion = if international { None } else { valid(&format!("+{digits}")) };
            Err(refuse("phone_not_valid").text("country", place).suggest(suggestion))
        }
        Number::NotANumber => Err(refuse("phone_not_a_number")),
    }
}

/// `5.58E+12`, `5,58E+12`: what a spreadsheet shows of a number too wide for its column.
fn is_scientific(value: &str) -> bool {
    let value = value.trim_start_matches('+');
    let Some((mantissa, exponent)) = value.split_once(['E', 'e']) else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    digits(exponent.trim_start_matches(['+', '-']))
        && mantissa.bytes().all(|b| b.is_ascii_digit() || b == b'.' || b == b',')
        && mantissa.starts_with(|c: char| c.is_ascii_digit())
}

/// A row after checking: values of accepted cells, issues of all. Duplicates are the caller's.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct RowVerdict {
    pub(crate) values: Values,
    pub(crate) issues: Vec<Issue>,
}

/// Checks a row whose cells stand in the order of the profile's columns. `as_written` says for which columns
/// (bits) corrections were refused.
pub(crate) fn check_row<'a>(profile: &Profile, cell: impl Fn(usize) -> &'a str, as_written: u32) -> RowVerdict {
    let mut row = RowVerdict::default();
    for (i, column) in profile.columns().iter().enumerate() {
        let verdict = check_cell(profile, column, cell(i), as_written & (1 << i) != 0);
        row.issues.extend(verdict.issues);
        if let Some(value) = verdict.value {
            row.values.insert(column.field(), value);
        }
    }
    let in_sheet = profile.role_in_sheet();
    if in_sheet && row.values.get(Field::Role).is_none() && !row.issues.iter().any(|i| i.field == Some(Field::Role)) {
        row.issues.push(Issue::error(Some(Field::Role), "role_required"));
    }
    row
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::profile::Lists;

    fn verdict(profile: &Profile, field: &str, cell: &str) -> String {
        let verdict = check_named(profile, field, cell);
        let codes: Vec<&str> = verdict.issues.iter().map(|issue| issue.code).collect();
        let suggestion = verdict.issues.iter().rev().find(|i| i.severity == Severity::Error).and_then(|i| i.correction.clone());
        let value = verdict.value.map(|value| value.to_text()).unwrap_or_default();
        format!("{value} [{}] {}", codes.join(" "), suggestion.unwrap_or_default()).trim().to_owned()
    }

    #[test]
    fn technician_cells_row_by_row() {
        let profile = Profile::built_in("technician").unwrap();
        for (name, field, cell, expected) in [
            ("letters", "first_name", "José", "José []"),
            ("combining mark alone in NFC", "first_name", "Ṙ̇", "Ṙ̇ []"),
            ("two words", "first_name", "José María", "[name_has_space]"),
            ("apostrophe", "last_name", "O'Brien", "[name_has_punctuation]"),
            ("digit", "last_name", "R2", "[name_has_digit]"),
            ("blanks around", "first_name", "  Ana ", "Ana [blanks_trimmed]"),
            ("empty", "first_name", "", "[required]"),
            ("blanks only", "first_name", " \u{a0}", "[required]"),
            ("150", "first_name", &"a".repeat(150), &format!("{} []", "a".repeat(150))),
            ("151", "first_name", &"a".repeat(151), "[too_long]"),
            ("right-to-left override", "first_name", "Ana\u{202e}", "[bidi_control] Ana"),
            ("NUL", "first_name", "A\0na", "[control_character]"),
            ("formula", "first_name", "=1+1", "[formula]"),
            ("formula with apostrophe", "first_name", "'=1+1", "[apostrophe_removed formula]"),
            ("lookup error", "first_name", "#N/A", "[excel_error]"),
            ("phone", "phone", "+34 600 123 456", "+34600123456 []"),
            ("phone with apostrophe", "phone", "'+34 600 123 456", "+34600123456 [apostrophe_removed]"),
            ("phone with dashes", "phone", "+34 600-123-456", "[phone_character] +34600123456"),
            ("powers of ten", "phone", "5.58E+12", "[phone_scientific_notation]"),
            ("lost plus", "phone", "34600123456", "[phone_plus_missing] +34600123456"),
            ("dialled 00", "phone", "0034600123456", "[phone_plus_missing] +34600123456"),
            ("national", "phone", "0600123456", "[phone_country_code_missing]"),
            ("not in use", "phone", "+34 000 123 456", "[phone_not_valid]"),
            ("no phone", "phone", "", "[]"),
            ("role by name", "role", "System Administrator", "System Administrator []"),
            ("role in another case", "role", "system administrator", "System Administrator []"),
            ("two roles", "role", "Technician; System Administrator", "Technician; System Administrator []"),
            ("role nobody knows", "role", "King", "[value_unknown]"),
            ("role's beginning", "role", "Tech", "[value_unknown] Technician"),
        ] {
            assert_eq!(verdict(&profile, field, cell), expected, "{name}");
        }
    }

    #[test]
    fn modern_cells_row_by_row() {
        let lists = Lists { default_country: Some("DE".into()), ..Lists::default() };
        let profile = Profile::built_in("modern").unwrap().effective(&lists);
        for (name, field, cell, expected) in [
            ("apostrophe", "last_name", "O'Brien", "O'Brien []"),
            ("curly apostrophe", "last_name", "O’Brien", "O’Brien []"),
            ("hyphen", "first_name", "Jean-Luc", "Jean-Luc []"),
            ("two words", "first_name", "José María", "José María []"),
            ("Chinese", "last_name", "李", "李 []"),
            ("full stop", "first_name", "J. R.", "J. R. []"),
            ("punctuation only", "first_name", "-", "[name_has_punctuation]"),
            ("no last name", "last_name", "", "[]"),
            ("national number", "phone", "030 901820", "+4930901820 []"),
            ("umlaut in address", "email", "jürgen@example.org", "jürgen@example.org []"),
            ("language", "language", "pt-BR", "pt-BR []"),
            ("no language", "language", "Portuguese", "[language_not_valid]"),
        ] {
            assert_eq!(verdict(&profile, field, cell), expected, "{name}");
        }
    }
}
