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
/// When the item is not of that shape; the message names the field, not its content.
pub fn from_item<T: DeserializeOwned>(item: Item) -> Result<T, StoreError> {
    serde_dynamo::from_item(item).map_err(|error| StoreError(format!("an item is not of its shape: {error}")))
}

/// A text attribute.
pub fn text<'a>(item: &'a Item, name: &str) -> Option<&'a str> {
    item.get(name).and_then(|value| value.as_s().ok()).map(String::as_str)
}

/// A whole-number attribute.
pub fn number(item: &Item, name: &str) -> Option<u64> {
    item.get(name).and_then(|value| value.as_n().ok()).and_then(|text| text.parse().ok())
}
