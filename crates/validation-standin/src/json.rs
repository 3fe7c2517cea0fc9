//! Canonical JSON: UTF-8, keys in order, no spaces. Small, and the same on every target.

use std::fmt::Write as _;

/// A text as a JSON string.
pub fn string(out: &mut String, text: &str) {
    out.push('"');
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
}

/// Strings as an array.
pub fn strings<'a>(out: &mut String, texts: impl IntoIterator<Item = &'a str>) {
    array(out, texts, |out, text| string(out, text));
}

/// Anything as an array.
pub fn array<T>(out: &mut String, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    out.push('[');
    for (i, item) in items.into_iter().enumerate() {
        if i > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

/// A number.
pub fn number(out: &mut String, number: impl std::fmt::Display) {
    let _ = write!(out, "{number}");
}

/// Writes an object; members must come in the order of their keys.
pub struct Object<'a> {
    out: &'a mut String,
    last: &'static str,
    first: bool,
}

impl<'a> Object<'a> {
    /// Opens it.
    pub fn new(out: &'a mut String) -> Self {
        out.push('{');
        Self { out, last: "", first: true }
    }

    /// A member, written by a closure.
    pub fn member(&mut self, key: &'static str, write: impl FnOnce(&mut String)) -> &mut Self {
        debug_assert!(self.first || self.last < key, "{key} after {}", self.last);
        self.last = key;
        self.dynamic(key, write)
    }

    /// A member whose key is data.
    pub fn dynamic(&mut self, key: &str, write: impl FnOnce(&mut String)) -> &mut Self {
        if !self.first {
            self.out.push(',');
        }
        self.first = false;
        string(self.out, key);
        self.out.push(':');
        write(self.out);
        self
    }

    /// A text member.
    pub fn text(&mut self, key: &'static str, text: &str) -> &mut Self {
        self.member(key, |out| string(out, text))
    }

    /// A text member or null.
    pub fn optional(&mut self, key: &'static str, text: Option<&str>) -> &mut Self {
        self.member(key, |out| match text {
            Some(text) => string(out, text),
            None => out.push_str("null"),
        })
    }

    /// A number member.
    pub fn number(&mut self, key: &'static str, value: impl std::fmt::Display) -> &mut Self {
        self.member(key, |out| number(out, value))
    }

    /// A truth member.
    pub fn truth(&mut self, key: &'static str, truth: bool) -> &mut Self {
        self.member(key, |out| out.push_str(if truth { "true" } else { "false" }))
    }

    /// Closes it.
    pub fn end(&mut self) {
        self.out.push('}');
    }
}

/// Any JSON value in canonical form.
pub fn value(out: &mut String, json: &serde_json::Value) {
    match json {
        serde_json::Value::Null => out.push_str("null"),
        serde_json::Value::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        serde_json::Value::Number(number) => {
            let _ = write!(out, "{number}");
        }
        serde_json::Value::String(text) => string(out, text),
        serde_json::Value::Array(items) => array(out, items, value),
        serde_json::Value::Object(members) => {
            // Sorted here, whatever map serde_json was built with.
            let mut keys: Vec<&String> = members.keys().collect();
            keys.sort_unstable();
            let mut object = Object::new(out);
            for key in keys {
                object.dynamic(key, |out| value(out, &members[key]));
            }
            object.end();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_form_sorts_and_escapes() {
        let mut out = String::new();
        value(&mut out, &serde_json::json!({"b": [1, null, true], "a": "\u{1}\"\\\n\u{202e}é"}));
        assert_eq!(out, "{\"a\":\"\\u0001\\\"\\\\\\n\u{202e}é\",\"b\":[1,null,true]}");
    }
}
