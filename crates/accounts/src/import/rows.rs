//! Rows as they are staged, and the users that they become. Everything here follows from the import and the
//! row's place in it, so that a slice done again writes the same things.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Import, OnExisting, ServerIssue, Severity, credentials::issue};
use crate::{
    access::OrganizationScope,
    audit::{AuditEvent, Origin},
    credential::Credential,
    ids::{EntryId, ImportId, InvitationId, OrganizationId, UserId},
    invitation::Invitation,
    lists::{Catalog, ListKind, PropertyValue},
    operations::{
        assign::{COURSE_LIMIT, GROUP_LIMIT, PROPERTY_LIMIT, ROLE_LIMIT, is_headquarters},
        create_user::grants_all_modules,
    },
    outbox::{DueMail, Lane},
    random::Randomness,
    roles::{RoleBook, RoleId},
    token::TokenKeys,
    user::{ImportMark, User, UserKind, UserStatus},
};

/// A row that the validator accepted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StagedRow {
    /// The sheet's row.
    pub row: u32,
    /// What happens to its person if they are there already, where the row says so itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_existing: Option<OnExisting>,
    /// Values by field, after correction.
    pub values: BTreeMap<String, FieldValue>,
    /// The fields whose value is that of an empty cell: they say nothing about a person who is there already.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub by_default: BTreeSet<String>,
    /// The first password that the sheet gives, sealed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// The organizations that a technician is limited to, resolved; empty: all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scope: Vec<OrganizationId>,
    /// What its values name, resolved.
    #[serde(flatten)]
    pub given: Given,
}

/// What a row gives its user, resolved when the row is staged: names may change, identifiers do not.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Given {
    /// Roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<RoleId>,
    /// Access groups.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<EntryId>,
    /// Courses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub courses: Vec<EntryId>,
    /// Site; none is the one that every organization has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub site: Option<EntryId>,
    /// Properties by their keys.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub properties: BTreeMap<String, PropertyValue>,
}

/// A value of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum FieldValue {
    /// Of an ordinary column.
    Text(String),
    /// Of a list column.
    List(Vec<String>),
}

impl StagedRow {
    /// The text of a field; empty when there is none.
    #[must_use]
    pub fn text(&self, field: &str) -> &str {
        match self.values.get(field) {
            Some(FieldValue::Text(text)) => text,
            _ => "",
        }
    }

    /// The texts of a field, whether it is a list column or not.
    #[must_use]
    pub fn list(&self, field: &str) -> &[String] {
        match self.values.get(field) {
            Some(FieldValue::List(list)) => list,
            Some(FieldValue::Text(text)) => std::slice::from_ref(text),
            None => &[],
        }
    }

    /// Whether it names a role.
    #[must_use]
    pub fn has_role(&self) -> bool {
        !self.list("role").is_empty()
    }

    fn optional(&self, field: &str) -> Option<String> {
        Some(self.text(field)).filter(|text| !text.is_empty()).map(str::to_owned)
    }
}

/// A row's place in an import: its chunk, and the position in it. Unique, unlike the row's number, which the
/// caller may give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Place {
    /// Chunk, from 0.
    pub chunk: u32,
    /// Position in the chunk, from 0.
    pub index: u32,
}

/// The user that the row in that place becomes.
#[must_use]
pub fn user_id(import: &ImportId, place: Place) -> UserId {
    UserId::derived(&[import.as_str(), &place.chunk.to_string(), &place.index.to_string()])
}

/// A row becomes a user, marked with the import.
#[must_use]
pub fn user_of(import: &Import, place: Place, row: &StagedRow) -> User {
    let roles = match &import.options.role {
        Some(role) if !row.has_role() => RoleId::parse(role).into_iter().collect(),
        _ => row.given.roles.clone(),
    };
    let scope = match (&import.organization_id, row.scope.as_slice()) {
        (Some(organization), _) => OrganizationScope::Selected([organization.clone()].into()),
        (None, []) => OrganizationScope::All,
        (None, selected) => OrganizationScope::Selected(selected.iter().cloned().collect()),
    };
    User {
        scope,
        first_name: row.text("first_name").to_owned(),
        last_name: row.text("last_name").to_owned(),
        email: row.text("email").to_owned(),
        username: row.optional("username"),
        phone: row.optional("phone"),
        all_module_access: grants_all_modules(&roles),
        roles,
        groups: row.given.groups.clone(),
        courses: row.given.courses.clone(),
        properties: row.given.properties.clone(),
        site: row.given.site.clone(),
        language: row.optional("language"),
        import_mark: Some(ImportMark { import_id: import.id.clone(), row: row.row }),
        import_id: Some(import.id.clone()),
        own_rules: import.options.own_rules.clone(),
        ..User::new(
            user_id(&import.id, place),
            import.user_kind,
            import.organization_id.clone(),
            import.options.own_rules.as_ref().map_or(&import.profile.id, |own| &own.base),
            import.created_by.clone(),
            import.created_at,
        )
    }
}

impl Given {
    /// Resolves what a row's values name by what there is; what is not there or does not fit is said of its field by
    /// a stable code.
    ///
    /// # Errors
    /// Everything that does not fit, by field.
    pub fn resolve(
        row: &StagedRow,
        kind: UserKind,
        roles: &RoleBook,
        catalog: &Catalog,
    ) -> Result<Self, Vec<(&'static str, &'static str)>> {
        let mut given = Self::default();
        let mut problems = Vec::new();
        for name in row.list("role") {
            match roles.find_assignable(kind, name).and_then(|role| RoleId::parse(role.id())) {
                Some(role) if given.roles.contains(&role) => {}
                Some(role) => given.roles.push(role),
                None => problems.push(("role", "role_unknown")),
            }
        }
        for (field, list, code, to) in [
            ("groups", ListKind::Groups, "group_unknown", &mut given.groups),
            ("courses", ListKind::Courses, "course_unknown", &mut given.courses),
        ] {
            for name in row.list(field) {
                match catalog.find(list, name) {
                    Some(entry) if to.contains(&entry.id) => {}
                    Some(entry) => to.push(entry.id.clone()),
                    None => problems.push((field, code)),
                }
            }
        }
        let site = row.text("site");
        if !site.is_empty() && !is_headquarters(site) {
            match catalog.find(ListKind::Sites, site) {
                Some(entry) => given.site = Some(entry.id.clone()),
                None => problems.push(("site", "site_unknown")),
            }
        }
        for text in row.list("properties") {
            // `name=value` or `name: value`; a name alone has the value `yes`.
            let (name, value) = text.split_once(['=', ':']).unwrap_or((text, "yes"));
            let Some(property) = catalog.find_property(name.trim()) else {
                problems.push(("properties", "property_unknown"));
                continue;
            };
            match property.value_of_text(value) {
                Ok(value) => {
                    if given.properties.insert(property.key.clone(), value).is_some() {
                        problems.push(("properties", "property_twice"));
                    }
                }
                Err(error) => problems.push(("properties", error.code())),
            }
        }
        given.roles.sort_unstable();
        for (field, length, limit) in [
            ("role", given.roles.len(), ROLE_LIMIT),
            ("groups", given.groups.len(), GROUP_LIMIT),
            ("courses", given.courses.len(), COURSE_LIMIT),
            ("properties", given.properties.len(), PROPERTY_LIMIT),
        ] {
            if length > limit {
                problems.push((field, "too_many"));
            }
        }
        if problems.is_empty() { Ok(given) } else { Err(problems) }
    }
}

/// What finishing makes of a user that the import wrote: the mark goes, the invitation comes, to the address
/// that the user has now.
#[derive(Debug, Clone)]
pub struct Finished {
    /// The user as it was read.
    pub read_version: u64,
    /// The user as it will be.
    pub user: User,
    /// The mail of its invitation, or the one that brings its first password.
    pub mail: Option<DueMail>,
    /// Its secrets, where somebody else chose its first password.
    pub credential: Option<Credential>,
    /// What is told to the audit trail.
    pub event: AuditEvent,
}

/// Finishes a user, if it still carries the mark of this import. `password` is what waits in its row.
#[must_use]
pub fn finish(
    import: &Import,
    mut user: User,
    password: Option<&str>,
    keys: &TokenKeys,
    randomness: &impl Randomness,
    now: Timestamp,
) -> Option<Finished> {
    let mark = user.import_mark.take_if(|mark| mark.import_id == import.id)?;
    let read_version = user.version;
    user.visible_seq = import.commit_seq;
    user.version += 1;
    if import.invite && user.status == UserStatus::Created && user.invitation.is_none() {
        let id = InvitationId::random(randomness);
        user.invitation = Some(Invitation::queued(id, import.valid_hours, import.created_by.clone(), now));
        user.status = UserStatus::Invited;
    }
    let issued = (user.status == UserStatus::Created)
        .then(|| issue(import, mark.row, password, &user, keys, randomness, now))
        .flatten();
    if issued.is_some() {
        user.status = UserStatus::Invited;
    }
    let invited = user.invitation.as_ref().map(|invitation| DueMail::invitation(&user.id, invitation, Lane::Bulk));
    let origin = Origin { actor: Some(import.created_by.clone()), source: import.source.clone(), now };
    let mut after = serde_json::json!({
        "import_id": import.id, "row": mark.row, "email": user.email, "kind": user.user_kind,
        "roles": user.roles, "invited": invited.is_some(),
    });
    if let Some(issued) = &issued {
        after["credentials"] = serde_json::json!(issued.mode.as_str());
    }
    let event =
        origin.event("user.created", user.organization_id.as_ref(), user.id.as_str(), serde_json::Value::Null, after);
    let (credential, mailed) = issued.map(|issued| (issued.credential, issued.mail)).unzip();
    Some(Finished { read_version, user, mail: invited.or(mailed.flatten()), credential, event })
}

/// An issue of a row, with the row's place.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlacedIssue {
    /// The row's place.
    pub place: Place,
    /// The person who is there already, where something is to be done to them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<UserId>,
    /// The issue.
    #[serde(flatten)]
    pub issue: ServerIssue,
}

impl PlacedIssue {
    /// An issue that refuses its row.
    #[must_use]
    pub fn error(place: Place, row: u32, field: &str, code: &str) -> Self {
        Self {
            place,
            person: None,
            issue: ServerIssue {
                row,
                field: field.to_owned(),
                code: code.to_owned(),
                severity: Severity::Error,
                other_row: None,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        import::{Mode, tests::staged},
        lists::{Entry, Property, PropertyType},
        random::SystemRandomness,
        roles::CustomRole,
    };

    fn row() -> StagedRow {
        serde_json::from_value(serde_json::json!({
            "row": 7,
            "values": {"first_name": "Ana", "last_name": "Sá", "email": "ana@example.com", "role": ["Technician"]},
            "roles": ["technician"],
        }))
        .unwrap()
    }

    #[test]
    fn the_same_place_always_gives_the_same_user() {
        let import = staged(2, Mode::Atomic);
        let place = Place { chunk: 1, index: 3 };
        assert_eq!(user_of(&import, place, &row()), user_of(&import, place, &row()));
        assert_ne!(user_id(&import.id, place), user_id(&import.id, Place { chunk: 13, index: 0 }));
    }

    fn entry(list: ListKind, name: &str, property: Option<Property>) -> Entry {
        Entry {
            id: EntryId::derived(&[list.name(), name]),
            list,
            organization_id: OrganizationId::derived(&["acme"]),
            name: name.into(),
            active: true,
            modules: vec![],
            property,
            retired: false,
            version: 1,
        }
    }

    #[test]
    fn names_become_identifiers_row_by_row() {
        let number = Property { key: "desk".into(), value_type: PropertyType::Number, choices: vec![] };
        let flag = Property { key: "parking".into(), value_type: PropertyType::YesNo, choices: vec![] };
        let night = CustomRole {
            id: RoleId::parse("role_night").unwrap(),
            organization_id: Some(OrganizationId::derived(&["acme"])),
            name: "Night".into(),
            description: String::new(),
            user_kind: UserKind::EndUser,
            permissions: vec![],
            retired: false,
            reduced_at: None,
            version: 1,
        };
        let book = RoleBook::new(vec![night]);
        let catalog = Catalog::new(vec![
            entry(ListKind::Groups, "Day", None),
            entry(ListKind::Sites, "Berlin", None),
            entry(ListKind::Properties, "Desk number", Some(number)),
            entry(ListKind::Properties, "Parking", Some(flag)),
        ]);
        let resolved = |values: serde_json::Value| {
            let row: StagedRow = serde_json::from_value(serde_json::json!({"row": 1, "values": values})).unwrap();
            Given::resolve(&row, UserKind::EndUser, &book, &catalog)
        };
        let all = resolved(serde_json::json!({
            "role": ["Night", "Standard"], "groups": ["Day", "Day"], "site": "Berlin",
            "properties": ["Desk number=12", "Parking"],
        }))
        .unwrap();
        assert_eq!(all.roles.iter().map(RoleId::as_str).collect::<Vec<_>>(), ["role_night", "standard"]);
        assert_eq!((all.groups.len(), all.site.is_some()), (1, true));
        assert_eq!(serde_json::json!(all.properties), serde_json::json!({"desk": 12, "parking": true}));
        assert_eq!(resolved(serde_json::json!({"site": "HQ"})).unwrap(), Given::default());
        for (values, wanted) in [
            (serde_json::json!({"role": ["Day"]}), ("role", "role_unknown")),
            (serde_json::json!({"groups": ["day"]}), ("groups", "group_unknown")),
            (serde_json::json!({"courses": ["Safety"]}), ("courses", "course_unknown")),
            (serde_json::json!({"site": "Paris"}), ("site", "site_unknown")),
            (serde_json::json!({"properties": ["Shoe=44"]}), ("properties", "property_unknown")),
            (serde_json::json!({"properties": ["desk=x"]}), ("properties", "property_not_number")),
            (serde_json::json!({"properties": ["desk=1", "desk=2"]}), ("properties", "property_twice")),
        ] {
            assert_eq!(resolved(values.clone()), Err(vec![wanted]), "{values}");
        }
    }

    #[test]
    fn a_row_without_a_role_gets_the_one_asked_for_and_a_row_with_one_keeps_it() {
        let mut import = staged(1, Mode::Atomic);
        import.options.role = Some("system_administrator".into());
        let place = Place { chunk: 0, index: 0 };
        let ids = |row: &StagedRow| -> Vec<String> {
            user_of(&import, place, row).roles.iter().map(|role| role.as_str().to_owned()).collect()
        };
        assert_eq!(ids(&row()), ["technician"]);
        let mut without = row();
        without.values.remove("role");
        assert_eq!(ids(&without), ["system_administrator"]);
    }

    #[test]
    fn finishing_takes_the_mark_and_invites_once_and_leaves_others_alone() {
        let mut import = staged(1, Mode::Atomic);
        import.flip(4, import.created_at);
        let marked = user_of(&import, Place { chunk: 0, index: 0 }, &row());
        let keys = TokenKeys::parse("a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let finish = |user: User| finish(&import, user, None, &keys, &SystemRandomness, import.created_at);
        let finished = finish(marked.clone()).unwrap();
        assert_eq!(finished.user.import_mark, None);
        assert_eq!(finished.user.visible_seq, Some(4));
        assert_eq!(finished.user.status, UserStatus::Invited);
        assert!(finished.mail.is_some());
        assert!(finish(finished.user).is_none());

        let mut foreign = marked;
        foreign.import_mark = Some(ImportMark { import_id: ImportId::derived(&["other"]), row: 1 });
        assert!(finish(foreign).is_none());
    }
}
