//! Adds an entry to one of an organization's lists.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    Error, Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::{Conflict, Missing, Refusal, at_most},
    ids::EntryId,
    lists::{
        CHOICE_LIMIT, Entry, HEADQUARTERS, HEADQUARTERS_ID, KEY_LIMIT, ListKind, MODULE_LIMIT, MODULE_NAME_LIMIT,
        NAME_LIMIT, Property, PropertyType,
    },
    naming,
    operations::{create_user::ReadOrganization, list_entries::organization_of},
    random::Randomness,
    roles::Permission,
};

/// What is asked for, as it came in.
#[derive(Debug, Clone, Default)]
pub struct NewEntry {
    /// Name.
    pub name: String,
    /// Of a group: whether it grants its modules; it does when absent.
    pub active: Option<bool>,
    /// Of a group: what it grants.
    pub modules: Option<Vec<String>>,
    /// Of a property: what its values are stored under; made of the name when absent.
    pub key: Option<String>,
    /// Of a property: what its values are; texts when absent.
    pub value_type: Option<String>,
    /// Of a choice or list: what may be chosen.
    pub choices: Option<Vec<String>>,
}

/// Stores new entries.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait CreateEntries {
    /// Stores an entry with its audit event. `Err` inside, and nothing stored: [`Conflict::NameTaken`] by another
    /// entry's name or key, or [`Conflict::ListFull`].
    async fn save_new_entry(&self, entry: &Entry, event: &AuditEvent) -> Result<Result<(), Conflict>>;
}

/// Adds an entry with a name of its own.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`Missing::Organization`]; [`crate::error::Invalid::OrganizationRequired`];
/// [`Error::Refused`] with every value that is refused; [`Conflict::NameTaken`]; [`Conflict::ListFull`].
pub async fn create_entry(
    ports: &(impl CreateEntries + ReadOrganization),
    actor: &Actor,
    organization: Option<&str>,
    list: ListKind,
    new: &NewEntry,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Entry> {
    let organization_id = organization_of(actor, Permission::ListsWrite, organization)?;
    ports.read_organization(&organization_id).await?.ok_or(Missing::Organization)?;
    let mut refusals = Vec::new();
    let name = entry_name(list, &new.name).map_err(|refusal| refusals.push(refusal)).unwrap_or_default();
    fitting(
        list,
        [
            ("active", new.active.is_some()),
            ("modules", new.modules.is_some()),
            ("key", new.key.is_some()),
            ("type", new.value_type.is_some()),
            ("choices", new.choices.is_some()),
        ],
        &mut refusals,
    );
    let modules = modules(new.modules.as_deref().unwrap_or_default(), &mut refusals);
    let property = (list == ListKind::Properties).then(|| property(new, &name, &mut refusals));
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    let entry = Entry {
        id: EntryId::random(randomness),
        list,
        organization_id,
        name,
        active: list == ListKind::Groups && new.active.unwrap_or(true),
        modules,
        property,
        retired: false,
        version: 1,
    };
    let event = origin.event(
        "entry.created",
        Some(&entry.organization_id),
        entry.id.as_str(),
        Value::Null,
        entry_summary(&entry),
    );
    ports.save_new_entry(&entry, &event).await??;
    Ok(entry)
}

/// What the audit trail keeps of an entry.
pub(crate) fn entry_summary(entry: &Entry) -> Value {
    let mut summary = json!({"list": entry.list, "name": entry.name});
    if entry.list == ListKind::Groups {
        summary["active"] = json!(entry.active);
        summary["modules"] = json!(entry.modules);
    }
    if let Some(property) = &entry.property {
        summary["key"] = json!(property.key);
        summary["type"] = json!(property.value_type);
        summary["choices"] = json!(property.choices);
    }
    summary
}

fn refusal(field: &str, code: &str, detail: String) -> Refusal {
    Refusal { field: field.into(), code: code.into(), detail }
}

/// An entry's name, checked. The site that every organization has keeps its own.
pub(super) fn entry_name(list: ListKind, text: &str) -> std::result::Result<String, Refusal> {
    let name = naming::name("name", text, NAME_LIMIT)?;
    let folded = naming::folded(&name);
    if list == ListKind::Sites && [HEADQUARTERS, HEADQUARTERS_ID].iter().any(|own| naming::folded(own) == folded) {
        return Err(refusal("name", "name_reserved", format!("every organization has the site {HEADQUARTERS}")));
    }
    Ok(name)
}

/// Refuses members that entries of this list do not have.
pub(super) fn fitting<const N: usize>(list: ListKind, given: [(&str, bool); N], refusals: &mut Vec<Refusal>) {
    for (field, is_given) in given {
        let fits = match field {
            "active" | "modules" => list == ListKind::Groups,
            _ => list == ListKind::Properties,
        };
        if is_given && !fits {
            refusals.push(refusal(field, "field_unknown", format!("{} have none", list.name())));
        }
    }
}

/// The modules that a group names, in order, each once.
pub(super) fn modules(given: &[String], refusals: &mut Vec<Refusal>) -> Vec<String> {
    let mut modules = BTreeSet::new();
    for text in at_most("modules", given, MODULE_LIMIT, refusals) {
        match naming::name("modules", text, MODULE_NAME_LIMIT) {
            Ok(name) => {
                modules.insert(name);
            }
            Err(refusal) => refusals.push(refusal),
        }
    }
    modules.into_iter().collect()
}

/// What may be chosen of a property of that type, in the order given.
pub(super) fn choices(value_type: PropertyType, given: &[String], refusals: &mut Vec<Refusal>) -> Vec<String> {
    if !value_type.has_choices() {
        if !given.is_empty() {
            let detail = format!("values of the type {} are not chosen", value_type.name());
            refusals.push(refusal("choices", "field_unknown", detail));
        }
        return Vec::new();
    }
    let mut choices: Vec<String> = Vec::new();
    for text in at_most("choices", given, CHOICE_LIMIT, refusals) {
        match naming::name("choices", text, NAME_LIMIT) {
            Ok(name) if choices.contains(&name) => {}
            Ok(name) => choices.push(name),
            Err(refusal) => refusals.push(refusal),
        }
    }
    if choices.is_empty() && given.len() <= CHOICE_LIMIT {
        refusals.push(refusal("choices", "choices_missing", "name at least one choice".into()));
    }
    choices
}

fn property(new: &NewEntry, name: &str, refusals: &mut Vec<Refusal>) -> Property {
    let key = match &new.key {
        Some(key) => key.trim().to_owned(),
        None => key_of(name),
    };
    // A key that would be made of a name that is refused itself says nothing more.
    let refused_already = new.key.is_none() && name.is_empty();
    if !refused_already && !is_key(&key) {
        let detail = format!("1 to {KEY_LIMIT} of a-z, 0-9 and _, beginning with a letter");
        refusals.push(refusal("key", "key_not_valid", detail));
    }
    let value_type = match new.value_type.as_deref() {
        None => PropertyType::Text,
        Some(name) => PropertyType::parse(name).unwrap_or_else(|| {
            let names: Vec<&str> = PropertyType::ALL.iter().map(|kind| kind.name()).collect();
            refusals.push(refusal("type", "type_unknown", format!("one of {}", names.join(", "))));
            PropertyType::Text
        }),
    };
    let choices = choices(value_type, new.choices.as_deref().unwrap_or_default(), refusals);
    Property { key, value_type, choices }
}

fn is_key(key: &str) -> bool {
    key.len() <= KEY_LIMIT
        && key.starts_with(|c: char| c.is_ascii_lowercase())
        && key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_')
}

/// A key made of a name: its Latin letters and digits, other stretches as one `_`.
fn key_of(name: &str) -> String {
    use unicode_normalization::UnicodeNormalization as _;
    let mut key = String::new();
    for c in name.nfkd().filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        match c.to_ascii_lowercase() {
            c if c.is_ascii_lowercase() || c.is_ascii_digit() => key.push(c),
            _ if key.ends_with('_') || key.is_empty() => {}
            _ => key.push('_'),
        }
    }
    key.truncate(KEY_LIMIT);
    key.trim_end_matches('_').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_made_of_names() {
        for (name, wanted) in [
            ("Desk number", "desk_number"),
            ("Straße & Hausnr.", "stra_e_hausnr"),
            ("Größe", "grosse"),
            ("Cost-center (EU)", "cost_center_eu"),
        ] {
            // The sharp s has no decomposition; what matters is that the key can be one.
            let key = key_of(name);
            assert!(is_key(&key), "{name}: {key}");
            if !name.contains('ß') {
                assert_eq!(key, wanted);
            }
        }
        for name in ["番号", "12th floor", ""] {
            assert!(!is_key(&key_of(name)), "{name}");
        }
    }

    #[test]
    fn lists_take_what_is_theirs_only() {
        for (list, given, wanted) in [
            (ListKind::Groups, "modules", None),
            (ListKind::Properties, "choices", None),
            (ListKind::Sites, "modules", Some("modules")),
            (ListKind::Courses, "active", Some("active")),
            (ListKind::Groups, "key", Some("key")),
        ] {
            let mut refusals = Vec::new();
            fitting(list, [(given, true)], &mut refusals);
            assert_eq!(refusals.first().map(|refusal| refusal.field.as_str()), wanted, "{list:?} {given}");
        }
    }

    #[test]
    fn headquarters_keeps_its_name() {
        for (list, name, wanted) in [
            (ListKind::Sites, "HQ", Err("name_reserved")),
            (ListKind::Sites, " hq ", Err("name_reserved")),
            (ListKind::Sites, "HQ North", Ok("HQ North")),
            (ListKind::Groups, "HQ", Ok("HQ")),
        ] {
            let outcome = entry_name(list, name);
            assert_eq!(outcome.as_deref().map_err(|refusal| refusal.code.as_str()), wanted, "{list:?} {name}");
        }
    }
}
