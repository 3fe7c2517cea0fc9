//! What is wrong with a cell, a row or a file, or was put right.

use std::collections::BTreeMap;

use crate::{Field, Value, json};

/// Whether an issue refuses what it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Severity {
    /// Refused.
    Error,
    /// Accepted, with a named correction or a remark.
    Warning,
}

impl Severity {
    /// The name in reports.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// A parameter of an issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Param {
    /// A limit, a length, a count.
    Number(u64),
    /// A character, a name.
    Text(String),
    /// Names.
    Names(Vec<String>),
    /// Row numbers.
    Rows(Vec<u32>),
}

impl Param {
    pub(crate) fn write(&self, out: &mut String) {
        match self {
            Self::Number(number) => json::number(out, *number),
            Self::Text(text) => json::string(out, text),
            Self::Names(names) => json::list(out, names, |out, name| json::string(out, name)),
            Self::Rows(rows) => json::list(out, rows, |out, row| json::number(out, u64::from(*row))),
        }
    }
}

impl From<usize> for Param {
    fn from(number: usize) -> Self {
        Self::Number(u64::try_from(number).unwrap_or(u64::MAX))
    }
}

impl From<u32> for Param {
    fn from(number: u32) -> Self {
        Self::Number(u64::from(number))
    }
}

impl From<&str> for Param {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Param {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Parameters by name.
pub type Params = BTreeMap<&'static str, Param>;

/// What is wrong, or was put right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// The field, where it is about one.
    pub field: Option<Field>,
    /// The column in the sheet, from 0, where there is one.
    pub column: Option<u32>,
    /// Stable code, one of [`code::ALL`](crate::code::ALL).
    pub code: &'static str,
    /// Whether it refuses.
    pub severity: Severity,
    /// What the code leaves open: limits, characters, other rows.
    pub params: Params,
    /// The value after correction: of a warning applied, of an error suggested.
    pub correction: Option<Value>,
}

impl Issue {
    /// An issue that refuses.
    pub(crate) fn error(code: &'static str) -> Self {
        Self { field: None, column: None, code, severity: Severity::Error, params: Params::new(), correction: None }
    }

    /// An issue that does not.
    pub(crate) fn warning(code: &'static str) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code) }
    }

    pub(crate) fn with(mut self, name: &'static str, param: impl Into<Param>) -> Self {
        self.params.insert(name, param.into());
        self
    }

    pub(crate) fn of(mut self, field: Field) -> Self {
        self.field = Some(field);
        self
    }

    /// Whether it refuses what it is about.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    pub(crate) fn write(&self, out: &mut String) {
        json::Object::write(out, |object| {
            object.string("code", self.code);
            match self.column {
                Some(column) => object.number("column", u64::from(column)),
                None => object.null("column"),
            }
            self.write_correction(object);
            object.string_or_null("field", self.field.map(Field::as_str));
            write_params(object.key("params"), &self.params);
            object.string("severity", self.severity.as_str());
        });
    }

    /// As editors and forms need it: with the text for people.
    pub(crate) fn write_with_message(&self, out: &mut String) {
        json::Object::write(out, |object| {
            object.string("code", self.code);
            self.write_correction(object);
            object.string_or_null("field", self.field.map(Field::as_str));
            object.string("message", &crate::message(self));
            write_params(object.key("params"), &self.params);
            object.string("severity", self.severity.as_str());
        });
    }

    fn write_correction(&self, object: &mut json::Object<'_>) {
        match &self.correction {
            Some(value) => json::value(object.key("correction"), value),
            None => object.null("correction"),
        }
    }
}

fn write_params(out: &mut String, params: &Params) {
    json::Object::write(out, |object| {
        for (name, param) in params {
            param.write(object.key(name));
        }
    });
}
