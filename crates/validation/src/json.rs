//! Canonical JSON: UTF-8, keys sorted, no spaces, escapes as `JSON.stringify` writes them. Written by hand, so that
//! no feature of a JSON crate elsewhere in the build can change the bytes.

pub(crate) mod read;

use crate::Value;

/// Writes a string with its quotes.
pub(crate) fn string(out: &mut String, text: &str) {
    out.push('"');
    let mut clean = 0;
    for (at, byte) in text.bytes().enumerate() {
        let escape = match byte {
            b'"' => "\\\"",
            b'\\' => "\\\\",
            b'\n' => "\\n",
            b'\r' => "\\r",
            b'\t' => "\\t",
            0x08 => "\\b",
            0x0c => "\\f",
            0..0x20 => "",
            _ => continue,
        };
        out.push_str(&text[clean..at]);
        clean = at + 1;
        if escape.is_empty() {
            const DIGITS: &[u8; 16] = b"0123456789abcdef";
            out.push_str("\\u00");
            out.push(char::from(DIGITS[usize::from(byte >> 4)]));
            out.push(char::from(DIGITS[usize::from(byte & 15)]));
        } else {
            out.push_str(escape);
        }
    }
    out.push_str(&text[clean..]);
    out.push('"');
}

/// Writes a number.
pub(crate) fn number(out: &mut String, number: u64) {
    let mut digits = [0; 20];
    let mut at = digits.len();
    let mut rest = number;
    loop {
        at -= 1;
        digits[at] = b'0' + u8::try_from(rest % 10).unwrap_or_default();
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    out.extend(digits[at..].iter().map(|&digit| char::from(digit)));
}

/// Writes a list.
pub(crate) fn list<T>(out: &mut String, items: impl IntoIterator<Item = T>, mut write: impl FnMut(&mut String, T)) {
    out.push('[');
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            out.push(',');
        }
        write(out, item);
    }
    out.push(']');
}

/// Writes a cell's value.
pub(crate) fn value(out: &mut String, value: &Value) {
    match value {
        Value::Text(text) => string(out, text),
        Value::List(items) => list(out, items, |out, item| string(out, item)),
    }
}

/// An object being written. Keys must come in order.
pub(crate) struct Object<'a> {
    out: &'a mut String,
    last: Option<&'static str>,
}

impl<'a> Object<'a> {
    /// Writes an object: `fill` adds its members.
    pub(crate) fn write(out: &'a mut String, fill: impl FnOnce(&mut Self)) {
        out.push('{');
        let mut object = Object { out, last: None };
        fill(&mut object);
        object.out.push('}');
    }

    /// Begins a member; what is pushed to the answer is its value.
    pub(crate) fn key(&mut self, key: &'static str) -> &mut String {
        debug_assert!(self.last.is_none_or(|last| last < key), "{key} is out of order");
        if self.last.is_some() {
            self.out.push(',');
        }
        self.last = Some(key);
        string(self.out, key);
        self.out.push(':');
        self.out
    }

    pub(crate) fn string(&mut self, key: &'static str, text: &str) {
        string(self.key(key), text);
    }

    pub(crate) fn number(&mut self, key: &'static str, n: u64) {
        number(self.key(key), n);
    }

    pub(crate) fn bool(&mut self, key: &'static str, value: bool) {
        self.key(key).push_str(if value { "true" } else { "false" });
    }

    pub(crate) fn null(&mut self, key: &'static str) {
        self.key(key).push_str("null");
    }

    pub(crate) fn string_or_null(&mut self, key: &'static str, text: Option<&str>) {
        match text {
            Some(text) => self.string(key, text),
            None => self.null(key),
        }
    }
}

#[cfg(test)]
pub(crate) use tests::canonical;

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use serde_json::Value as Json;

    use super::*;

    /// Any JSON in canonical form.
    pub(crate) fn canonical(json: &Json) -> String {
        let mut out = String::new();
        any(&mut out, json);
        out
    }

    fn any(out: &mut String, json: &Json) {
        match json {
            Json::Null => out.push_str("null"),
            Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
            Json::Number(value) => out.push_str(&value.to_string()),
            Json::String(text) => string(out, text),
            Json::Array(items) => list(out, items, any),
            Json::Object(members) => {
                // The order of a JSON map depends on a feature that any crate of the build may switch on.
                let mut members: Vec<_> = members.iter().collect();
                members.sort_unstable_by_key(|(key, _)| *key);
                out.push('{');
                for (at, (key, value)) in members.into_iter().enumerate() {
                    if at > 0 {
                        out.push(',');
                    }
                    string(out, key);
                    out.push(':');
                    any(out, value);
                }
                out.push('}');
            }
        }
    }

    proptest! {
        #[test]
        fn strings_and_numbers_are_written_as_serde_json_writes_them(text in proptest::prelude::any::<String>(), n in proptest::prelude::any::<u64>()) {
            let (mut strings, mut numbers) = (String::new(), String::new());
            string(&mut strings, &text);
            number(&mut numbers, n);
            prop_assert_eq!(strings, serde_json::to_string(&text).unwrap());
            prop_assert_eq!(numbers, n.to_string());
        }
    }

    #[test]
    fn every_control_character_is_escaped_as_json_stringify_does() {
        let all: String = (0..0x20).chain([0x22, 0x5c, 0x7f, 0x2028]).filter_map(char::from_u32).collect();
        let mut out = String::new();
        string(&mut out, &all);
        assert_eq!(out, serde_json::to_string(&all).unwrap());
    }

    #[test]
    fn keys_are_sorted_at_every_depth() {
        let json = serde_json::json!({"b": 1, "a": [{"d": null, "c": true}]});
        assert_eq!(canonical(&json), r#"{"a":[{"c":true,"d":null}],"b":1}"#);
    }
}
