//! What a cell can be about, and what it holds once it is checked.

use serde::{Deserialize, Serialize};

/// What a column is about. The order is that of the names, so that maps by field are written in canonical order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Names of courses.
    Courses,
    /// The domain of a username.
    Domain,
    /// Email address.
    Email,
    /// First name, or the one name that somebody has.
    FirstName,
    /// Names of access groups.
    Groups,
    /// Preferred language.
    Language,
    /// Last name.
    LastName,
    /// Names of the organizations that a technician sees.
    Organizations,
    /// A password to begin with.
    Password,
    /// Phone number.
    Phone,
    /// Custom properties.
    Properties,
    /// Names of roles.
    Role,
    /// Name of a site.
    Site,
    /// Kind of portal user.
    UserType,
    /// Sign-in name.
    Username,
}

impl Field {
    /// All of them, in canonical order.
    pub const ALL: [Self; 15] = [
        Self::Courses,
        Self::Domain,
        Self::Email,
        Self::FirstName,
        Self::Groups,
        Self::Language,
        Self::LastName,
        Self::Organizations,
        Self::Password,
        Self::Phone,
        Self::Properties,
        Self::Role,
        Self::Site,
        Self::UserType,
        Self::Username,
    ];

    /// The name that profiles, reports and the API use.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Courses => "courses",
            Self::Domain => "domain",
            Self::Email => "email",
            Self::FirstName => "first_name",
            Self::Groups => "groups",
            Self::Language => "language",
            Self::LastName => "last_name",
            Self::Organizations => "organizations",
            Self::Password => "password",
            Self::Phone => "phone",
            Self::Properties => "properties",
            Self::Role => "role",
            Self::Site => "site",
            Self::UserType => "user_type",
            Self::Username => "username",
        }
    }

    /// The field of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|field| field.as_str() == name)
    }
}

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// Of an ordinary column.
    Text(String),
    /// Of a list column: canonical names.
    List(Vec<String>),
}

impl Value {
    /// Whether there is nothing in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        match self {
            Self::Text(text) => text.is_empty(),
            Self::List(items) => items.is_empty(),
        }
    }

    /// As a person would type it into one cell.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(items) => items.join("; "),
        }
    }
}

/// The values of a row by field, in canonical order, without empty ones.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(Vec<(Field, Value)>);

impl Values {
    /// The value of a field, if it has one.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&Value> {
        self.0.binary_search_by_key(&field, |(field, _)| *field).ok().map(|at| &self.0[at].1)
    }

    /// The text of a field; empty when there is none or it is a list.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        match self.get(field) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// The names in a list field; empty when there are none.
    #[must_use]
    pub fn list(&self, field: Field) -> &[String] {
        match self.get(field) {
            Some(Value::List(items)) => items,
            _ => &[],
        }
    }

    /// Field and value, in canonical order.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value)> {
        self.0.iter().map(|(field, value)| (*field, value))
    }

    /// How many fields have a value.
    #[must_use]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether no field has a value.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl FromIterator<(Field, Value)> for Values {
    fn from_iter<I: IntoIterator<Item = (Field, Value)>>(values: I) -> Self {
        let mut values: Vec<_> = values.into_iter().filter(|(_, value)| !value.is_empty()).collect();
        values.sort_by_key(|(field, _)| *field);
        values.dedup_by_key(|(field, _)| *field);
        Self(values)
    }
}

impl IntoIterator for Values {
    type Item = (Field, Value);
    type IntoIter = std::vec::IntoIter<(Field, Value)>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_stand_in_the_order_of_their_names_and_names_lead_back() {
        assert!(Field::ALL.windows(2).all(|pair| pair[0] < pair[1] && pair[0].as_str() < pair[1].as_str()));
        for field in Field::ALL {
            assert_eq!(Field::parse(field.as_str()), Some(field));
            assert_eq!(serde_json::to_value(field).unwrap(), field.as_str());
        }
    }
}
