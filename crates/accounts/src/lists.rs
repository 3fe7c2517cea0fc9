//! The lists that an organization keeps and its people refer to: access groups, sites, properties, courses,
//! services (requirements.md, S2 to S4).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    Result,
    ids::{EntryId, OrganizationId},
    naming,
    user::User,
};

/// The site that every organization has; a user whose site is none is there (requirements.md, S2).
pub const HEADQUARTERS: &str = "HQ";
/// How that site is named where an identifier is wanted.
pub const HEADQUARTERS_ID: &str = "hq";
/// Most entries of one list.
pub const ENTRY_LIMIT: usize = 1_000;
/// Most characters of an entry's name, and of a choice.
pub const NAME_LIMIT: usize = 150;
/// Most modules that a group names.
pub const MODULE_LIMIT: usize = 50;
/// Most characters of a module's name.
pub const MODULE_NAME_LIMIT: usize = 60;
/// Most choices of a property.
pub const CHOICE_LIMIT: usize = 100;
/// Most characters of a property's key.
pub const KEY_LIMIT: usize = 40;
/// Most characters of a property's text.
pub const TEXT_LIMIT: usize = 500;
/// The largest number that every reader of JSON keeps exactly, 2⁵³ − 1; a property's number is within it.
pub const NUMBER_LIMIT: f64 = 9_007_199_254_740_991.0;

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
    /// Set while it is being deleted: nobody may be given it any more.
    #[serde(default)]
    pub retired: bool,
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

impl PropertyType {
    /// Every type.
    pub const ALL: &'static [Self] = &[Self::Text, Self::Number, Self::Date, Self::YesNo, Self::Choice, Self::List];

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Number => "number",
            Self::Date => "date",
            Self::YesNo => "yes_no",
            Self::Choice => "choice",
            Self::List => "list",
        }
    }

    /// The type of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Whether its values are chosen.
    #[must_use]
    pub fn has_choices(self) -> bool {
        matches!(self, Self::Choice | Self::List)
    }
}

/// Why a value is none of a property.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotAValue {
    /// No text, or one with characters that cannot be seen.
    #[error("give a text")]
    Text,
    /// A text that is too long.
    #[error("use at most {TEXT_LIMIT} characters")]
    TooLong,
    /// No number, or one that not every program reads exactly.
    #[error("give a number between -(2^53 - 1) and 2^53 - 1")]
    Number,
    /// No date.
    #[error("give a date such as 2026-11-21")]
    Date,
    /// Neither yes nor no.
    #[error("give true or false")]
    YesNo,
    /// None of the choices.
    #[error("choose among {}", some_of(.0))]
    Choice(Vec<String>),
    /// No list of choices.
    #[error("give a list of some of {}", some_of(.0))]
    List(Vec<String>),
}

/// The first choices, and how many more there are.
fn some_of(choices: &[String]) -> String {
    const LISTED: usize = 20;
    let listed = choices.iter().take(LISTED).cloned().collect::<Vec<_>>().join(", ");
    match choices.len().saturating_sub(LISTED) {
        0 => listed,
        more => format!("{listed} and {more} more"),
    }
}

impl NotAValue {
    /// The stable code that programs match on.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Text => "property_not_text",
            Self::TooLong => "property_too_long",
            Self::Number => "property_not_number",
            Self::Date => "property_not_date",
            Self::YesNo => "property_not_yes_no",
            Self::Choice(_) => "property_not_choice",
            Self::List(_) => "property_not_list",
        }
    }
}

impl Property {
    /// A value as the API takes it.
    ///
    /// # Errors
    /// [`NotAValue`].
    pub fn value(&self, given: &Value) -> Result<PropertyValue, NotAValue> {
        match self.value_type {
            PropertyType::Text => {
                let text = given.as_str().ok_or(NotAValue::Text)?;
                match naming::name("", text, TEXT_LIMIT) {
                    Ok(text) => Ok(PropertyValue::Text(text)),
                    Err(refusal) if refusal.code == "name_too_long" => Err(NotAValue::TooLong),
                    Err(_) => Err(NotAValue::Text),
                }
            }
            PropertyType::Number => match given {
                // What has a place before 10⁻⁹ or none at all: the table keeps numbers to 38 digits.
                Value::Number(number) if number.as_f64().is_some_and(|n| n.abs() <= NUMBER_LIMIT && fits(n)) => {
                    Ok(PropertyValue::Number(number.clone()))
                }
                _ => Err(NotAValue::Number),
            },
            PropertyType::Date => {
                let text = given.as_str().filter(|text| text.len() == 10).ok_or(NotAValue::Date)?;
                let date: jiff::civil::Date = text.parse().map_err(|_| NotAValue::Date)?;
                Ok(PropertyValue::Text(date.to_string()))
            }
            PropertyType::YesNo => given.as_bool().map(PropertyValue::YesNo).ok_or(NotAValue::YesNo),
            PropertyType::Choice => {
                let chosen = given.as_str().and_then(|text| self.choice(text));
                chosen.map(PropertyValue::Text).ok_or_else(|| NotAValue::Choice(self.choices.clone()))
            }
            PropertyType::List => {
                let refused = || NotAValue::List(self.choices.clone());
                let given = given.as_array().filter(|given| given.len() <= CHOICE_LIMIT).ok_or_else(refused)?;
                let mut chosen = Vec::new();
                for value in given {
                    let choice = value.as_str().and_then(|text| self.choice(text)).ok_or_else(refused)?;
                    if !chosen.contains(&choice) {
                        chosen.push(choice);
                    }
                }
                Ok(PropertyValue::List(chosen))
            }
        }
    }

    /// A value as a sheet has it: `12,5` is a number too, `ja` a yes, and the parts of a list stand between `+`.
    ///
    /// # Errors
    /// [`NotAValue`].
    pub fn value_of_text(&self, text: &str) -> Result<PropertyValue, NotAValue> {
        let text = text.trim();
        let value = match self.value_type {
            PropertyType::Text | PropertyType::Date | PropertyType::Choice => Value::from(text),
            PropertyType::Number => serde_json::from_str(&text.replacen(',', ".", 1)).map_err(|_| NotAValue::Number)?,
            PropertyType::YesNo => Value::from(yes_or_no(text).ok_or(NotAValue::YesNo)?),
            PropertyType::List => text.split('+').map(str::trim).filter(|part| !part.is_empty()).collect(),
        };
        self.value(&value)
    }

    fn choice(&self, text: &str) -> Option<String> {
        self.choices.iter().find(|choice| choice.as_str() == text.trim()).cloned()
    }
}

fn fits(number: f64) -> bool {
    number == 0.0 || number.abs() >= 1e-9
}

fn yes_or_no(text: &str) -> Option<bool> {
    const YES: [&str; 7] = ["yes", "true", "1", "ja", "oui", "sí", "はい"];
    const NO: [&str; 7] = ["no", "false", "0", "nein", "non", "いいえ", "n"];
    let text = naming::folded(text);
    if YES.contains(&text.as_str()) || text == "y" {
        return Some(true);
    }
    NO.contains(&text.as_str()).then_some(false)
}

/// A value of a property, of the type that its definition says.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
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

/// Entries of an organization's lists: those that a change or an import refers to, or whole lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Catalog {
    entries: BTreeMap<ListKind, Vec<Entry>>,
}

impl Catalog {
    /// These entries, by name; retired ones are left out.
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        let mut by_list: BTreeMap<ListKind, Vec<Entry>> = BTreeMap::new();
        for entry in entries.into_iter().filter(|entry| !entry.retired) {
            by_list.entry(entry.list).or_default().push(entry);
        }
        for entries in by_list.values_mut() {
            entries.sort_by_cached_key(|entry| (naming::folded(&entry.name), entry.id.clone()));
        }
        Self { entries: by_list }
    }

    /// The entries of a list, by name.
    #[must_use]
    pub fn entries(&self, list: ListKind) -> &[Entry] {
        self.entries.get(&list).map_or(&[], Vec::as_slice)
    }

    /// The entry of that identifier or exact name.
    #[must_use]
    pub fn find(&self, list: ListKind, id_or_name: &str) -> Option<&Entry> {
        let entries = self.entries(list);
        let by_id = entries.iter().find(|entry| entry.id.as_str() == id_or_name);
        by_id.or_else(|| entries.iter().find(|entry| entry.name == id_or_name))
    }

    /// The property of that key.
    #[must_use]
    pub fn property(&self, key: &str) -> Option<&Property> {
        self.properties().find(|property| property.key == key)
    }

    /// The property of that key or exact name.
    #[must_use]
    pub fn find_property(&self, key_or_name: &str) -> Option<&Property> {
        self.property(key_or_name)
            .or_else(|| self.find(ListKind::Properties, key_or_name).and_then(|entry| entry.property.as_ref()))
    }

    /// The properties.
    pub fn properties(&self) -> impl Iterator<Item = &Property> {
        self.entries(ListKind::Properties).iter().filter_map(|entry| entry.property.as_ref())
    }
}

/// The modules that a user has: those that the active ones among these groups of theirs name or, with access to
/// all modules, those that any group of the organization names.
#[must_use]
pub fn modules(user: &User, groups: &[Entry]) -> Vec<String> {
    let granting = |group: &&Entry| user.all_module_access || group.active && user.groups.contains(&group.id);
    let all: BTreeSet<&String> = groups.iter().filter(granting).flat_map(|group| &group.modules).collect();
    all.into_iter().cloned().collect()
}

/// The modules that a user has at this moment.
///
/// # Errors
/// Those of the store.
pub async fn modules_of(ports: &impl ReadLists, user: &User) -> Result<Vec<String>> {
    let Some(organization) = &user.organization_id else { return Ok(Vec::new()) };
    let groups = if user.all_module_access {
        ports.list(organization, ListKind::Groups).await?
    } else if user.groups.is_empty() {
        return Ok(Vec::new());
    } else {
        let wanted: Vec<_> = user.groups.iter().map(|id| (ListKind::Groups, id.clone())).collect();
        ports.entries(organization, &wanted).await?
    };
    Ok(modules(user, &groups))
}

/// Reads the lists of organizations.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadLists {
    /// All entries of a list, in no order, retired ones among them.
    async fn list(&self, organization: &OrganizationId, list: ListKind) -> Result<Vec<Entry>>;
    /// These entries; those that are gone are left out.
    async fn entries(&self, organization: &OrganizationId, wanted: &[(ListKind, EntryId)]) -> Result<Vec<Entry>>;
    /// How often an entry of a list or a role was retired there (`None`: technicians' roles). Read it before
    /// them: what refers to them is written on the condition that nothing was retired since.
    async fn retirements(&self, organization: Option<&OrganizationId>) -> Result<u64>;
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{ids::UserId, user::UserKind};

    fn property(value_type: PropertyType) -> Property {
        Property { key: "p".into(), value_type, choices: vec!["Red".into(), "Blue".into()] }
    }

    #[test]
    fn values_are_of_their_type_row_by_row() {
        use PropertyType::*;
        let long = "x".repeat(TEXT_LIMIT + 1);
        for (name, kind, given, wanted) in [
            ("a text", Text, json!(" Desk 12 "), Ok(json!("Desk 12"))),
            ("a number for a text", Text, json!(12), Err("property_not_text")),
            ("an empty text", Text, json!(""), Err("property_not_text")),
            ("a text too long", Text, json!(long), Err("property_too_long")),
            ("an override", Text, json!("a\u{202e}b"), Err("property_not_text")),
            ("a whole number", Number, json!(12), Ok(json!(12))),
            ("a fraction", Number, json!(-1.5), Ok(json!(-1.5))),
            ("the largest", Number, json!(9_007_199_254_740_991_i64), Ok(json!(9_007_199_254_740_991_i64))),
            ("one more", Number, json!(9_007_199_254_740_993_i64), Err("property_not_number")),
            ("too fine", Number, json!(1e-300), Err("property_not_number")),
            ("a text for a number", Number, json!("12"), Err("property_not_number")),
            ("a date", Date, json!("2024-02-29"), Ok(json!("2024-02-29"))),
            ("a day that never was", Date, json!("2023-02-29"), Err("property_not_date")),
            ("a date and a time", Date, json!("2024-02-29T10:00:00"), Err("property_not_date")),
            ("yes", YesNo, json!(true), Ok(json!(true))),
            ("a text for a yes", YesNo, json!("yes"), Err("property_not_yes_no")),
            ("a choice", Choice, json!("Red"), Ok(json!("Red"))),
            ("another case", Choice, json!("red"), Err("property_not_choice")),
            ("two choices", Choice, json!(["Red"]), Err("property_not_choice")),
            ("a list", List, json!(["Blue", "Red", "Blue"]), Ok(json!(["Blue", "Red"]))),
            ("an empty list", List, json!([]), Ok(json!([]))),
            ("an unknown one", List, json!(["Green"]), Err("property_not_list")),
            ("null", List, json!(null), Err("property_not_list")),
            ("an object", Number, json!({}), Err("property_not_number")),
        ] {
            let outcome = property(kind).value(&given).map(|value| json!(value)).map_err(|error| error.code());
            assert_eq!(outcome, wanted, "{name}");
        }
    }

    #[test]
    fn sheets_write_values_in_their_way() {
        use PropertyType::*;
        for (kind, given, wanted) in [
            (Number, "12,5", Ok(json!(12.5))),
            (Number, "twelve", Err("property_not_number")),
            (YesNo, "Ja", Ok(json!(true))),
            (YesNo, "nein", Ok(json!(false))),
            (YesNo, "maybe", Err("property_not_yes_no")),
            (List, "Red + Blue", Ok(json!(["Red", "Blue"]))),
            (Choice, " Red ", Ok(json!("Red"))),
            (Date, "21.11.2026", Err("property_not_date")),
        ] {
            let outcome = property(kind).value_of_text(given).map(|value| json!(value)).map_err(|error| error.code());
            assert_eq!(outcome, wanted, "{given}");
        }
    }

    #[test]
    fn values_come_back_from_json_as_they_went() {
        for value in [
            PropertyValue::YesNo(false),
            PropertyValue::Number(12.into()),
            PropertyValue::Text("12".into()),
            PropertyValue::List(vec![]),
        ] {
            let text = serde_json::to_string(&value).unwrap();
            assert_eq!(serde_json::from_str::<PropertyValue>(&text).unwrap(), value);
        }
    }

    fn group(name: &str, active: bool, modules: &[&str]) -> Entry {
        Entry {
            id: EntryId::derived(&[name]),
            list: ListKind::Groups,
            organization_id: OrganizationId::derived(&["acme"]),
            name: name.into(),
            active,
            modules: modules.iter().map(|module| (*module).to_owned()).collect(),
            property: None,
            retired: false,
            version: 1,
        }
    }

    #[test]
    fn only_active_groups_grant_their_modules() {
        let groups =
            [group("Day", true, &["crm", "mail"]), group("Night", false, &["erp"]), group("Other", true, &["hr"])];
        let mut user = User::new(
            UserId::derived(&["u"]),
            UserKind::EndUser,
            Some(OrganizationId::derived(&["acme"])),
            "end-user",
            UserId::derived(&["root"]),
            jiff::Timestamp::UNIX_EPOCH,
        );
        assert_eq!(modules(&user, &groups), [""; 0]);
        user.groups = vec![groups[0].id.clone(), groups[1].id.clone()];
        assert_eq!(modules(&user, &groups), ["crm", "mail"]);
        user.all_module_access = true;
        assert_eq!(modules(&user, &groups), ["crm", "erp", "hr", "mail"]);
    }

    #[test]
    fn entries_are_found_by_identifier_and_by_exact_name() {
        let mut retired = group("Old", true, &[]);
        retired.retired = true;
        let catalog = Catalog::new(vec![group("night", true, &[]), group("Day", true, &[]), retired]);
        let names: Vec<&str> = catalog.entries(ListKind::Groups).iter().map(|entry| entry.name.as_str()).collect();
        assert_eq!(names, ["Day", "night"]);
        assert!(catalog.find(ListKind::Groups, "Day").is_some());
        assert!(catalog.find(ListKind::Groups, EntryId::derived(&["Day"]).as_str()).is_some());
        for other in ["day", "Old", ""] {
            assert!(catalog.find(ListKind::Groups, other).is_none(), "{other}");
        }
        assert!(catalog.find(ListKind::Sites, "Day").is_none());
    }
}
