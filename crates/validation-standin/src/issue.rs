//! What is wrong with a cell, a row or a file: a stable code, parameters, and the text for a person.

use std::collections::BTreeMap;

use crate::{field::Field, json};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// A correction that was made; the row is accepted.
    Warning,
    /// The row is refused until a person does something.
    Error,
}

impl Severity {
    /// Its name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

/// A parameter of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// A number.
    Number(u64),
    /// A text.
    Text(String),
    /// Row numbers.
    Rows(Vec<u32>),
    /// Names.
    Names(Vec<String>),
}

impl Param {
    fn shown(&self) -> String {
        match self {
            Self::Number(number) => grouped(*number),
            Self::Text(text) => text.clone(),
            Self::Rows(rows) => rows.iter().map(u32::to_string).collect::<Vec<_>>().join(", "),
            Self::Names(names) => names.join(", "),
        }
    }

    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Number(number) => json::number(out, number),
            Self::Text(text) => json::string(out, text),
            Self::Rows(rows) => json::array(out, rows, json::number),
            Self::Names(names) => json::strings(out, names.iter().map(String::as_str)),
        }
    }
}

/// 100,000 as people write it.
fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// Parameters by name.
pub type Params = BTreeMap<&'static str, Param>;

/// One thing that is wrong, or was corrected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The field; none where it is about the row or the file.
    pub field: Option<Field>,
    /// The column in the sheet, from 0.
    pub column: Option<u32>,
    /// Stable code.
    pub code: &'static str,
    /// How bad.
    pub severity: Severity,
    /// Parameters of the text.
    pub params: Params,
    /// A warning's: the value that was taken. An error's: the value that a person may take.
    pub correction: Option<String>,
}

impl Issue {
    /// A refusal.
    pub(crate) fn error(field: Option<Field>, code: &'static str) -> Self {
        Self { field, column: None, code, severity: Severity::Error, params: Params::new(), correction: None }
    }

    /// A correction that was made.
    pub(crate) fn corrected(field: Field, code: &'static str, value: &str) -> Self {
        Self {
            field: Some(field),
            column: None,
            code,
            severity: Severity::Warning,
            params: Params::new(),
            correction: Some(value.to_owned()),
        }
    }

    pub(crate) fn with(mut self, name: &'static str, param: Param) -> Self {
        self.params.insert(name, param);
        self
    }

    pub(crate) fn number(self, name: &'static str, number: u64) -> Self {
        self.with(name, Param::Number(number))
    }

    pub(crate) fn text(self, name: &'static str, text: impl Into<String>) -> Self {
        self.with(name, Param::Text(text.into()))
    }

    pub(crate) fn suggest(mut self, correction: Option<String>) -> Self {
        self.correction = correction;
        self
    }

    /// Whether it refuses what it is about.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// The text for a person.
    #[must_use]
    pub fn message(&self) -> String {
        message(self)
    }

    /// As in a report; with the text for the grid, which shows it as it stands.
    pub(crate) fn write(&self, out: &mut String, with_message: bool) {
        let mut object = json::Object::new(out);
        object.text("code", self.code);
        object.member("column", |out| match self.column {
            Some(column) => json::number(out, column),
            None => out.push_str("null"),
        });
        object.optional("correction", self.correction.as_deref());
        object.optional("field", self.field.map(Field::as_str));
        if with_message {
            object.text("message", &self.message());
        }
        object.member("params", |out| {
            let mut params = json::Object::new(out);
            for (name, param) in &self.params {
                params.member(name, |out| param.write(out));
            }
            params.end();
        });
        object.text("severity", self.severity.as_str());
        object.end();
    }
}

/// The text for a code: states the rule and the limit, lower case, no full stop.
#[must_use]
pub fn message(issue: &Issue) -> String {
    let Issue { code, field, params, .. } = issue;
    let title = field.map_or("this value", Field::title);
    let p = |name: &str| params.get(name).map(Param::shown).unwrap_or_default();
    match *code {
        "required" => format!("{title} is required"),
        "role_required" => "give this person a role".into(),
        "too_long" => format!("{title} has {} characters, at most {} are allowed", p("length"), p("limit")),
        "too_short" => format!("{title} has {} characters, at least {} are needed", p("length"), p("limit")),
        "name_has_space" => format!("{title} must be one word: blanks are not allowed here"),
        "name_has_digit" => format!("{title} must not contain digits: {}", p("character")),
        "name_has_punctuation" => format!("{title} must be letters only: {} is not allowed", p("character")),
        "bidi_control" => format!("{title} contains an invisible character that reverses text ({})", p("codepoint")),
        "control_character" => format!("{title} contains a control character ({})", p("codepoint")),
        "line_break" => format!("{title} must not contain a line break"),
        "formula" => format!("{title} looks like a formula, not like a value"),
        "excel_error" => format!("{title} is the spreadsheet error {}; its value is lost", p("value")),
        "email_not_valid" => "not an email address: it needs one @ and a domain like example.org".into(),
        "email_no_at" => "not an email address: the @ is missing".into(),
        "email_has_display_name" => "only the address, without the name around it".into(),
        "email_several" => "one address a row; this cell has several".into(),
        "email_has_blank" => "an email address has no blanks in it".into(),
        "email_not_ascii" => format!("only unaccented letters are allowed in this email address, not {}", p("character")),
        "email_edge" => format!("the part before the @ must not begin or end with {}", p("character")),
        "email_domain_not_valid" => "the domain of this email address does not exist in this form".into(),
        "email_quoted" => "quoted parts are not allowed in an email address".into(),
        "phone_scientific_notation" => {
            "the spreadsheet turned this number into powers of ten and its digits are lost; type it again".into()
        }
        "phone_country_code_missing" => "the phone number needs its country code, like +49".into(),
        "phone_plus_missing" => "the + before the country code is missing".into(),
        "phone_leading_zero_lost" => "a national number needs its country code or its leading zero".into(),
        "phone_character" => format!("only digits and blanks after the +, not {}", p("character")),
        "phone_too_short" => format!("too short for a number in {}", p("country")),
        "phone_too_long" => format!("too long for a number in {}", p("country")),
        "phone_country_code_unknown" => "no country has this country code".into(),
        "phone_not_valid" => format!("not a number in use in {}", p("country")),
        "phone_not_a_number" => "not a phone number".into(),
        "username_character" => format!("{title} must not contain {}", p("character")),
        "language_not_valid" => "not a language tag like en or pt-BR".into(),
        "property_not_valid" => "write properties as name=value".into(),
        "value_unknown" => {
            let known = p("known");
            if known.is_empty() {
                format!("there is no {} \u{201c}{}\u{201d}", title.to_lowercase(), p("value"))
            } else {
                format!("there is no {} \u{201c}{}\u{201d}; there is: {known}", title.to_lowercase(), p("value"))
            }
        }
        "value_several" => format!("{title} takes exactly one value here"),
        "duplicate_in_file" => format!("the same sign-in name is in row {} too", p("rows")),
        "too_many_cells" => format!("this row has {} cells, the header has {}", p("cells"), p("columns")),
        "field_unknown" => format!("this profile has no field {}", p("field")),
        "column_missing" => format!("there is no column for {title}, which is required"),
        "column_repeated" => format!("two columns look like {title}; choose one"),
        "empty" => "there is nothing in this sheet".into(),
        "no_rows" => "there is a header but no row under it".into(),
        "too_many_rows" => format!("{} rows, at most {} are allowed in one import", p("rows"), p("limit")),
        "too_large" => format!("{} bytes, at most {} are allowed in one import", p("bytes"), p("limit")),
        "too_many_columns" => format!("{} columns, at most {} are read", p("columns"), p("limit")),
        "not_text" => "this is not a sheet of text".into(),
        "format_not_supported" => format!("this is a file of the kind {}; save it as CSV or paste its cells", p("format")),
        "quote_unbalanced" => format!("a quotation mark in line {} is never closed", p("line")),
        "email_taken" => "this email address belongs to an account already".into(),
        "email_reserved" => "this email address is part of an import that is still running; try again shortly".into(),
        "duplicate_in_import" => "the same sign-in name is in this import twice".into(),
        "blanks_trimmed" => "blanks around it were removed".into(),
        "zero_width_removed" => "invisible characters were removed".into(),
        "no_break_space_replaced" => "special blanks became ordinary ones".into(),
        "apostrophe_removed" => "the spreadsheet's leading apostrophe was removed".into(),
        "normalized" => "accented letters were put into their usual form".into(),
        "default_taken" => format!("empty, so it is {}", p("value")),
        _ => format!("{title} is not accepted ({code})"),
    }
}
