//! The lists that an organization keeps and its people refer to: access groups, sites, properties, courses,
//! services (requirements.md, S2 to S4).

use serde::{Deserialize, Serialize};

use crate::ids::{EntryId, OrganizationId};

/// The site that every organization has; a user whose site is none is there (requirements.md, S2).
pub const HEADQUARTERS: &str = "HQ";
/// Most entries of one list.
pub const ENTRY_LIMIT: usize = 1_000;

/// One of the five lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ListKind {
    /// Access groups: they name modules, and grant them while active.
    Groups,
    /// Sites.
    Sites,
    /// Definitions of properties: each user may have one value.
    Properties,
    /// Courses.
    Courses,
    /// Services (licences).
    Services,
}

impl ListKind {
    /// Every list.
    pub const ALL: &'static [Self] = &[Self::Groups, Self::Sites, Self::Properties, Self::Courses, Self::Services];

    /// Its name in paths and keys.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Groups => "groups",
            Self::Sites => "sites",
            Self::Properties => "properties",
            Self::Courses => "courses",
            Self::Services => "services",
        }
    }

    /// The list of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|list| list.name() == name)
    }
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Identifier.
    pub id: EntryId,
    /// Which list.
    pub list: ListKind,
    /// Whose.
    pub organization_id: OrganizationId,
    /// Name, unique in the list; case matters, as sheets match it exactly (requirements.md, S4).
    pub name: String,
    /// Of a group: whether it grants its modules.
    #[serde(default)]
    pub active: bool,
    /// Of a group: what it grants.
    #[serde(default)]
    pub modules: Vec<String>,
    /// Of a property: what its values are stored under and how.
    #[serde(default)]
    pub property: Option<Property>,
    /// Goes up with every edit.
    pub version: u64,
}

/// The definition of a property.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Property {
    /// Its name in the API, unique and immutable: 1 to 40 of `a-z`, `0-9`, `_`, beginning with a letter.
    pub key: String,
    /// What its values are.
    pub value_type: PropertyType,
    /// Of a choice or list: what may be chosen.
    #[serde(default)]
    pub choices: Vec<String>,
}

/// What the values of a property are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PropertyType {
    /// A text of at most 500 characters.
    Text,
    /// A decimal number.
    Number,
    /// A date of the Gregorian calendar, `2026-11-21`.
    Date,
    /// Yes or no.
    YesNo,
    /// One of the choices.
    Choice,
    /// Any of the choices.
    List,
}

/// A value of a property, of the type that its definition says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PropertyValue {
    /// Of a yes/no.
    YesNo(bool),
    /// Of a number.
    Number(serde_json::Number),
    /// Of a text, date or choice.
    Text(String),
    /// Of a list.
    List(Vec<String>),
}
