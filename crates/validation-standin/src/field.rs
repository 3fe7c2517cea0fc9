//! Fields of a person, and their values.

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident $name:literal $title:literal $list:literal,)*) => {
        /// What a column can hold.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$doc])* $variant,)* }

        impl Field {
            /// Every field.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in reports, profiles and the API.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// Its title for people, English.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// Whether its values are lists in JSON.
            #[must_use]
            pub const fn is_list(self) -> bool {
                match self { $(Self::$variant => $list,)* }
            }

            /// The field of that name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|field| field.as_str() == name)
            }
        }
    };
}

// In alphabetical order of their names, which is the order of canonical JSON.
fields! {
    /// Courses of a member.
    Courses "courses" "Courses" true,
    /// The domain part of the sign-in name.
    Domain "domain" "Domain" false,
    /// Email address.
    Email "email" "Email" false,
    /// First name.
    FirstName "first_name" "First name" false,
    /// Access groups.
    Groups "groups" "Groups" true,
    /// Preferred language.
    Language "language" "Language" false,
    /// Last name.
    LastName "last_name" "Last name" false,
    /// Organizations of a technician.
    Organizations "organizations" "Organizations" true,
    /// A specified password.
    Password "password" "Password" false,
    /// Phone number.
    Phone "phone" "Phone" false,
    /// Organization-defined properties, `name=value`.
    Properties "properties" "Properties" true,
    /// Role or roles.
    Role "role" "Role" true,
    /// Site.
    Site "site" "Site" false,
    /// User type.
    UserType "user_type" "User type" false,
    /// Sign-in name, or a portal user's display name.
    Username "username" "Username" false,
}

/// A value after checking.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// One text.
    Text(String),
    /// Canonical names.
    List(Vec<String>),
}

impl Value {
    /// The text, or the names joined by `; `.
    #[must_use]
    pub fn to_text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::List(names) => names.join("; "),
        }
    }

    /// The text of a single value.
    #[must_use]
    pub fn text(&self) -> Option<&str> {
        match self {
            Self::Text(text) => Some(text),
            Self::List(_) => None,
        }
    }

    /// The names of a list value.
    #[must_use]
    pub fn list(&self) -> &[String] {
        match self {
            Self::Text(_) => &[],
            Self::List(names) => names,
        }
    }
}

/// The values of a row by field, in canonical order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Values(std::collections::BTreeMap<Field, Value>);

impl Values {
    /// The value of a field, if it has one.
    #[must_use]
    pub fn get(&self, field: Field) -> Option<&Value> {
        self.0.get(&field)
    }

    /// The text of a field; empty when there is none or it is a list.
    #[must_use]
    pub fn text(&self, field: Field) -> &str {
        self.get(field).and_then(Value::text).unwrap_or_default()
    }

    /// The names in a list field; empty when there are none.
    #[must_use]
    pub fn list(&self, field: Field) -> &[String] {
        self.get(field).map(Value::list).unwrap_or_default()
    }

    /// Field and value, in canonical order.
    pub fn iter(&self) -> impl Iterator<Item = (Field, &Value)> {
        self.0.iter().map(|(field, value)| (*field, value))
    }

    pub(crate) fn insert(&mut self, field: Field, value: Value) {
        self.0.insert(field, value);
    }
}
