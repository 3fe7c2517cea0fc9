//! What a profile asks of the columns of a sheet, for those who explain it: templates, readmes.

use crate::{
    Field, Named, Profile,
    profile::{CharacterClass, Column, ListName, Rule},
};

/// A column that a sheet may have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SheetColumn<'a> {
    /// What it is about.
    pub field: Field,
    /// What the profile calls it.
    pub title: &'a str,
    /// Whether every row must have a value.
    pub required: bool,
    /// The value of an empty cell, where that has one.
    pub default: Option<&'a str>,
    /// What its cells must be.
    pub expects: Expects<'a>,
}

/// What a cell must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expects<'a> {
    /// Text; lengths in characters (Unicode scalar values after NFC).
    Text {
        /// At least so many.
        min: usize,
        /// At most so many.
        max: usize,
        /// The kinds of characters that may stand in it, as messages name them.
        allow: Vec<&'static str>,
        /// Characters that may not, though they are of such a kind.
        forbid: &'a str,
    },
    /// An email address.
    Email {
        /// At most so many characters.
        max: usize,
        /// Whether letters beyond ASCII may stand in it.
        unicode: bool,
        /// Characters that it neither begins nor ends with.
        edges: &'a str,
    },
    /// A phone number with its country code.
    Phone {
        /// Nothing but digits and blanks after the plus sign.
        digits_and_blanks_only: bool,
        /// Whether it may also be a national one; of which country, where that is known.
        national: bool,
        /// ISO 3166 alpha-2.
        country: Option<&'a str>,
    },
    /// Names.
    Names {
        /// Several in one cell.
        multiple: bool,
        /// Capitals count.
        case_sensitive: bool,
        /// Each is followed by `=` and a value.
        with_value: bool,
        /// Those there are, as far as that is known.
        known: Option<&'a [Named]>,
    },
    /// A password.
    Secret {
        /// At least so many characters.
        min: usize,
        /// At most so many.
        max: usize,
    },
}

impl Profile {
    /// The columns that a sheet may have, in the profile's order.
    pub fn sheet_columns(&self) -> impl Iterator<Item = SheetColumn<'_>> {
        self.columns().iter().map(|column| SheetColumn {
            field: column.field,
            title: &column.title,
            required: column.required,
            default: self.default_of(column),
            expects: self.expects(column),
        })
    }

    /// What stands in a column's empty cells.
    pub(crate) fn default_of<'a>(&'a self, column: &'a Column) -> Option<&'a str> {
        column.default.as_deref().or_else(|| match column.rule {
            Rule::List { list, .. } if column.default_first => self.list(list)?.first().map(|first| &*first.name),
            _ => None,
        })
    }

    fn expects<'a>(&'a self, column: &'a Column) -> Expects<'a> {
        match &column.rule {
            Rule::Text { min, max, allow, forbid } => Expects::Text {
                min: *min,
                max: *max,
                allow: allow.iter().copied().map(CharacterClass::as_str).collect(),
                forbid,
            },
            Rule::Email { max, unicode, edges } => Expects::Email { max: *max, unicode: *unicode, edges },
            Rule::Phone { digits_and_blanks_only, national } => Expects::Phone {
                digits_and_blanks_only: *digits_and_blanks_only,
                national: *national,
                country: self.default_country(),
            },
            Rule::List { list, multiple, case_sensitive } => Expects::Names {
                multiple: *multiple,
                case_sensitive: *case_sensitive,
                with_value: *list == ListName::Properties,
                known: self.list(*list),
            },
            Rule::Secret { min, max } => Expects::Secret { min: *min, max: *max },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_say_what_the_profile_asks() {
        let profile = Profile::built_in("end-user").unwrap();
        let columns: Vec<_> = profile.sheet_columns().collect();
        assert_eq!(columns.iter().map(|column| column.field).collect::<Vec<_>>(), profile.fields().collect::<Vec<_>>());
        let first = &columns[0];
        assert_eq!((first.title, first.required, first.default), ("First name", true, None));
        assert_eq!(first.expects, Expects::Text { min: 1, max: 150, allow: vec!["letters"], forbid: "" });
        assert_eq!(columns[2].expects, Expects::Email { max: 64, unicode: false, edges: "" });
        let Expects::Names { multiple: true, case_sensitive: false, with_value: false, known: Some(roles) } =
            columns[4].expects
        else {
            panic!("{:?}", columns[4]);
        };
        assert!(roles.iter().any(|role| role.name == "Organization Admin"));
        assert!(matches!(columns[6].expects, Expects::Names { with_value: true, known: None, .. }));
    }

    #[test]
    fn an_empty_cell_may_mean_the_first_of_a_list() {
        let json = Profile::built_in("end-user").unwrap().to_json();
        let mut json: serde_json::Value = serde_json::from_str(&json).unwrap();
        json.as_object_mut().unwrap().remove("hash");
        json["columns"][4]["default_first"] = true.into();
        json["columns"][5]["default"] = "Everybody".into();
        let profile = Profile::from_json(&json.to_string()).unwrap();
        let defaults: Vec<_> = profile.sheet_columns().map(|column| column.default.map(str::to_owned)).collect();
        assert_eq!(defaults[4..6], [Some("Organization Admin".to_owned()), Some("Everybody".to_owned())]);
    }
}
