//! Entries of the five lists that an organization keeps. One shape; what a list has beyond names stands only in its
//! own entries.

use rollcall_accounts::{
    lists::{Entry, ListKind},
    operations::{create_entry::NewEntry, update_entry::EntryChanges},
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// An access group, site, property, course or service.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryResponse {
    /// Identifier.
    #[schema(example = "ent_0123456789abcdefghjkmnpqrs")]
    pub id: String,
    /// Name, unique in the list; case matters.
    pub name: String,
    /// Groups: whether the modules are granted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub active: Option<bool>,
    /// Groups: what they grant.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub modules: Option<Vec<String>>,
    /// Properties: what values are stored under; never changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    /// Properties: `text`, `number`, `date`, `yes_no`, `choice` or `list`; never changes.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub value_type: Option<&'static str>,
    /// Properties: what may be chosen; empty unless the type is `choice` or `list`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub choices: Option<Vec<String>>,
    /// Goes up with every edit; also the ETag.
    pub version: u64,
}

impl From<&Entry> for EntryResponse {
    fn from(entry: &Entry) -> Self {
        let is_group = entry.list == ListKind::Groups;
        let property = entry.property.as_ref();
        Self {
            id: entry.id.to_string(),
            name: entry.name.clone(),
            active: is_group.then_some(entry.active),
            modules: is_group.then(|| entry.modules.clone()),
            key: property.map(|property| property.key.clone()),
            value_type: property.map(|property| property.value_type.name()),
            choices: property.map(|property| property.choices.clone()),
            version: entry.version,
        }
    }
}

/// A new entry.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"name": "Field staff", "active": true, "modules": ["helpdesk"]}))]
pub struct CreateEntryRequest {
    /// 1 to 150 characters, unique in the list; case matters.
    pub name: String,
    /// Groups: whether the modules are granted; they are when absent.
    #[serde(default)]
    pub active: Option<bool>,
    /// Groups: what they grant, at most 50.
    #[serde(default)]
    pub modules: Option<Vec<String>>,
    /// Properties: 1 to 40 of `a-z`, `0-9`, `_`, beginning with a letter; made of the name when absent.
    #[serde(default)]
    pub key: Option<String>,
    /// Properties: `text`, `number`, `date`, `yes_no`, `choice` or `list`; `text` when absent.
    #[serde(default, rename = "type")]
    pub value_type: Option<String>,
    /// Properties of type `choice` or `list`: what may be chosen, at most 100.
    #[serde(default)]
    pub choices: Option<Vec<String>>,
}

impl From<CreateEntryRequest> for NewEntry {
    fn from(request: CreateEntryRequest) -> Self {
        Self {
            name: request.name,
            active: request.active,
            modules: request.modules,
            key: request.key,
            value_type: request.value_type,
            choices: request.choices,
        }
    }
}

/// Changes of an entry. Absent fields stay.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"active": false}))]
pub struct UpdateEntryRequest {
    /// Name.
    #[serde(default)]
    pub name: Option<String>,
    /// Groups: whether the modules are granted.
    #[serde(default)]
    pub active: Option<bool>,
    /// Groups: all that they grant.
    #[serde(default)]
    pub modules: Option<Vec<String>>,
    /// Properties: all that may be chosen. Values that are no choice any more stay where they are.
    #[serde(default)]
    pub choices: Option<Vec<String>>,
}

impl From<UpdateEntryRequest> for EntryChanges {
    fn from(request: UpdateEntryRequest) -> Self {
        Self { name: request.name, active: request.active, modules: request.modules, choices: request.choices }
    }
}
