//! Items and values.

use std::collections::HashMap;

use aws_sdk_dynamodb::types::AttributeValue;
use rollcall_accounts::{correlation::Correlation, error::StoreError};
use serde::{Serialize, de::DeserializeOwned};

/// An item as the SDK has it.
pub type Item = HashMap<String, AttributeValue>;

/// The attribute of mails and ticks that says which request they go back to.
pub const CORRELATION: &str = "correlation";

/// What the work that writes an item goes back to, as its attribute.
pub fn correlation() -> Option<(String, AttributeValue)> {
    Correlation::current().map(|correlation| (CORRELATION.to_owned(), s(correlation.as_str())))
}

/// A text value.
pub fn s(text: impl Into<String>) -> AttributeValue {
    AttributeValue::S(text.into())
}

/// A number value.
pub fn n(number: impl std::fmt::Display) -> AttributeValue {
    AttributeValue::N(number.to_string())
}

/// A value of ours as an item, with its keys and kind.
///
/// # Errors
/// When the value cannot be an item, which would be a bug.
pub fn to_item(key: &crate::keys::Key, kind: &str, value: &impl Serialize) -> Result<Item, StoreError> {
    let mut item: Item = serde_dynamo::to_item(value).map_err(|error| StoreError(error.to_string()))?;
    // Null says nothing that an absent attribute does not, and costs bytes.
    item.retain(|_, value| !matches!(value, AttributeValue::Null(_)));
    item.insert("pk".into(), s(&key.pk));
    item.insert("sk".into(), s(&key.sk));
    item.insert("kind".into(), s(kind));
    Ok(item)
}

/// A value of ours as an attribute.
///
/// # Errors
/// When it cannot be one, which would be a bug.
pub fn to_value(value: &impl Serialize) -> Result<AttributeValue, StoreError> {
    serde_dynamo::to_attribute_value(value).map_err(|error| StoreError(error.to_string()))
}

/// An item as a value of ours.
///
/// # Errors
/// When the item is not of that shape; the message says what is missing or expected, and nothing of what is there.
pub fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|error| {
        StoreError(format!("an item is not of its shape, which has {}", without_content(&error.to_string())))
    })
}

/// What a message of serde says that is not from the item: of `invalid type: string "ana@example.org", expected u64`
/// what was expected.
fn without_content(message: &str) -> &str {
    let of_serde = message.starts_with("invalid ") || message.starts_with("unknown variant ");
    match message.rsplit_once(", expected ") {
        Some((_, expected)) if of_serde => expected,
        // serde_dynamo's own say which type was expected, and nothing else.
        None => {
            let said = message.strip_prefix("missing ").or_else(|| message.strip_prefix("Expected "));
            said.unwrap_or("a value that is valid")
        }
        Some(_) => "a value that is valid",
    }
}

/// An item as a value of ours, where one that is not of its shape must not keep others waiting: it is told of in the
/// log, by a hash of its key, for the alarm on such (docs/RUNBOOK.md, ItemsUnreadableAlarm).
pub(crate) fn if_readable<T: DeserializeOwned>(key: &crate::keys::Key, item: Item) -> Option<T> {
    let read = from_item(item);
    read.inspect_err(|error| tracing::error!(item = key.fingerprint(), %error, "an item cannot be read")).ok()
}

/// A text attribute.
pub fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// A whole-number attribute.
pub fn number(item: &Item, name: &str) -> Option<u64> {
    item.get(name).and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok())
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    #[derive(Debug, Deserialize)]
    #[serde(rename_all = "lowercase")]
    enum Color {
        Red,
        Blue,
    }

    #[derive(Debug, Deserialize)]
    struct Shape {
        #[expect(dead_code, reason = "only read")]
        number: u32,
        #[expect(dead_code, reason = "only read")]
        color: Color,
    }

    #[test]
    fn what_is_wrong_with_an_item_is_told_without_what_is_in_it() {
        for (name, number, color, said) in [
            ("all there", Some(n(1)), Some(s("red")), None),
            ("a field is missing", None, Some(s("blue")), Some("field `number`")),
            ("another type", Some(s("ana@example.org, expected nobody")), Some(s("red")), Some("num")),
            ("another word", Some(n(1)), Some(s("ana@example.org")), Some("`red` or `blue`")),
            ("out of range", Some(n(-1)), Some(s("red")), Some("")),
        ] {
            let fields = [("number", number), ("color", color)];
            let item: Item = fields.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value?))).collect();
            let error = from_item::<Shape>(item).err().map(|error| error.to_string());
            assert_eq!(error.is_some(), said.is_some(), "{name}");
            let (error, said) = (error.unwrap_or_default(), said.unwrap_or_default());
            assert!(error.contains(said) && !error.contains("ana") && !error.contains("-1"), "{name}: {error}");
        }
    }
}
