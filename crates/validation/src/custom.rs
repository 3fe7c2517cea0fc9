//! Custom profiles: a built-in one with other titles, fewer columns and stricter rules. Never a weaker one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{
    CredentialMode, Field, InvitationPolicy, MfaPolicy, Mode, Profile, Status,
    cell::{self, Corrections, Input},
    profile::{CharacterClass, Column, Data, List, ListName, Rule},
    text,
};

/// Most characters of a title.
const TITLE_LIMIT: usize = 150;
/// Most titles that mean a column beside its own.
const TITLES_LIMIT: usize = 30;
/// Most entries that a list is narrowed to.
const ITEMS_LIMIT: usize = 1_000;

/// A custom profile as people edit, export and import it: the base, and what is otherwise. What is absent is as in the
/// base.
///
/// # Examples
/// ```
/// # use rollcall_validation::Definition;
/// let json = r#"{"base":"technician","title":"Night shift","limits":{"rows":50},"modes":["atomic"]}"#;
/// let definition: Definition = serde_json::from_str(json).unwrap();
/// let profile = definition.profile("prof_1", 1).unwrap();
/// assert_eq!((profile.title(), profile.row_limit()), ("Night shift", 50));
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Definition {
    base: String,
    title: String,
    /// For a base that makes any kind of user: the one that this makes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    kind: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    columns: Option<Vec<ColumnChange>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limits: Option<LimitsChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    modes: Option<Vec<Mode>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    invitation: Option<InvitationChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    mfa: Option<MfaPolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    phone_at_acceptance: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    role: Option<RoleChange>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    credentials: Option<Vec<CredentialMode>>,
    /// By list, the identifiers of the entries that may be named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lists: Option<BTreeMap<ListName, Vec<String>>>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ColumnChange {
    field: Field,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    title: Option<String>,
    /// Titles that mean this column, beside the base's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    titles: Option<Vec<String>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    required: Option<bool>,
    /// The value of an empty cell; an empty one takes the base's away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    default: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rule: Option<Rule>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct LimitsChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    rows: Option<u32>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    bytes: Option<u64>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct InvitationChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    policy: Option<InvitationPolicy>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_after_hours: Option<u32>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RoleChange {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    required_at_commit: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    multiple: Option<bool>,
}

/// Why a part of a definition cannot be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unfit {
    /// Which part: `limits.rows`, `columns.email.rule`.
    pub part: String,
    /// `weaker_than_base`, `not_in_base`, `definition_not_valid`.
    pub code: &'static str,
    /// For a person.
    pub detail: String,
}

/// The base allows less.
const WEAKER: &str = "weaker_than_base";
/// The base has no such thing.
const NOT_IN_BASE: &str = "not_in_base";
/// Whatever the base, this cannot be.
const NOT_VALID: &str = "definition_not_valid";

impl Definition {
    /// The identifier of the built-in profile that it begins with.
    #[must_use]
    pub fn base(&self) -> &str {
        &self.base
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.title
    }

    /// A built-in profile as the beginning of a custom one: every part of it, to be edited. One that makes any kind
    /// of user begins with the rules of end users.
    #[must_use]
    pub fn of(base: &str) -> Option<Self> {
        let profile = Profile::built_in(base)?;
        let kind = profile.kind().unwrap_or("end_user").to_owned();
        let fixed = profile.kind().is_none().then(|| kind.clone());
        let profile = profile.for_kind(&kind)?;
        Some(Self { kind: fixed, ..Self::whole(base, profile.title(), profile.data()) })
    }

    fn whole(base: &str, title: &str, data: &Data) -> Self {
        let column = |column: &Column| ColumnChange {
            field: column.field,
            title: Some(column.title.clone()),
            titles: None,
            required: Some(column.required),
            default: column.default.clone(),
            rule: Some(column.rule.clone()),
        };
        let closed = data.lists.iter().filter(|list| !list.open || !list.only.is_empty());
        let ids = |list: &List| list.items.iter().map(|item| item.id.clone()).collect();
        Self {
            base: base.to_owned(),
            title: title.to_owned(),
            kind: None,
            columns: Some(data.columns.iter().map(column).collect()),
            limits: Some(LimitsChange { rows: Some(data.limits.rows), bytes: Some(data.limits.bytes) }),
            modes: Some(data.modes.clone()),
            invitation: Some(InvitationChange {
                policy: Some(data.invitation.policy),
                expires_after_hours: Some(data.invitation.expires_after),
            }),
            mfa: Some(data.mfa),
            phone_at_acceptance: Some(data.phone_at_acceptance),
            role: Some(RoleChange {
                required_at_commit: Some(data.role.required_at_commit),
                multiple: Some(data.role.multiple),
            }),
            credentials: Some(data.credentials.clone()),
            lists: Some(closed.map(|list| (list.name, ids(list))).collect()),
        }
    }

    /// The profile of that identifier and version.
    ///
    /// # Errors
    /// Every part that does not fit the base.
    pub fn profile(&self, id: &str, version: u32) -> Result<Profile, Vec<Unfit>> {
        let mut unfit = Problems::default();
        let Some(base) = Profile::built_in(&self.base) else {
            unfit.add("base", NOT_VALID, format!("one of {}", Profile::built_in_ids().join(", ")));
            return Err(unfit.0);
        };
        let Some(base) = self.of_kind(&base, &mut unfit) else { return Err(unfit.0) };
        let mut data = Data::clone(base.data());
        data.id = id.to_owned();
        data.version = version;
        data.kind = Some(base.kind().or(self.kind.as_deref()).unwrap_or_default().to_owned());
        data.kinds.clear();
        data.title = unfit.title("title", &self.title);
        self.limits(&mut data, &mut unfit);
        self.people(&mut data, &mut unfit);
        self.columns(&mut data, &mut unfit);
        self.lists(&mut data, &mut unfit);
        if !unfit.0.is_empty() {
            return Err(unfit.0);
        }
        if let Err(what) = data.check() {
            unfit.add("columns", NOT_VALID, what.to_owned());
            return Err(unfit.0);
        }
        let profile = Profile::new(data);
        let defaults = profile.unfit_defaults();
        if defaults.is_empty() { Ok(profile) } else { Err(defaults) }
    }

    fn of_kind(&self, base: &Profile, unfit: &mut Problems) -> Option<Profile> {
        match (base.kind(), self.kind.as_deref()) {
            (Some(_), None) => Some(base.clone()),
            (Some(own), Some(kind)) => {
                if own != kind {
                    unfit.add("kind", NOT_IN_BASE, format!("this base makes the kind {own}"));
                }
                (own == kind).then(|| base.clone())
            }
            (None, kind) => {
                let found = kind.and_then(|kind| base.for_kind(kind));
                if found.is_none() {
                    let detail = "this base makes any kind of user: say technician, end_user or member";
                    unfit.add("kind", NOT_VALID, detail.to_owned());
                }
                found
            }
        }
    }

    fn limits(&self, data: &mut Data, unfit: &mut Problems) {
        if let Some(limits) = self.limits {
            let most = data.limits;
            if let Some(rows) = limits.rows {
                data.limits.rows = unfit.between("limits.rows", rows, 1, most.rows);
            }
            if let Some(bytes) = limits.bytes {
                data.limits.bytes = unfit.between("limits.bytes", bytes, 1, most.bytes);
            }
        }
        if let Some(modes) = &self.modes {
            data.modes = unfit.some_of("modes", modes, &data.modes, |mode| mode.as_str());
        }
        if let Some(credentials) = &self.credentials {
            data.credentials = unfit.some_of("credentials", credentials, &data.credentials, |mode| mode.as_str());
        }
    }

    fn people(&self, data: &mut Data, unfit: &mut Problems) {
        if let Some(invitation) = self.invitation {
            if let Some(hours) = invitation.expires_after_hours {
                let most = data.invitation.expires_after;
                data.invitation.expires_after = unfit.between("invitation.expires_after_hours", hours, 1, most);
            }
            if let Some(policy) = invitation.policy {
                use InvitationPolicy::{Always, Never, OptIn};
                // What the base leaves to the caller may be settled here; what it settles stays.
                if policy != data.invitation.policy
                    && !(data.invitation.policy == OptIn && matches!(policy, Always | Never))
                {
                    let detail = "only an invitation that the base leaves open can be settled here";
                    unfit.add("invitation.policy", WEAKER, detail.to_owned());
                }
                data.invitation.policy = policy;
            }
        }
        if let Some(mfa) = self.mfa {
            if data.mfa == MfaPolicy::Required && mfa != MfaPolicy::Required {
                unfit.add("mfa", WEAKER, "the base requires a second factor".to_owned());
            }
            data.mfa = mfa;
        }
        unfit.only_stricter(
            "phone_at_acceptance",
            self.phone_at_acceptance,
            &mut data.phone_at_acceptance,
            true,
            "the base asks for a phone number",
        );
        if let Some(role) = self.role {
            let required = &mut data.role.required_at_commit;
            unfit.only_stricter(
                "role.required_at_commit",
                role.required_at_commit,
                required,
                true,
                "the base requires a role",
            );
            let multiple = &mut data.role.multiple;
            unfit.only_stricter("role.multiple", role.multiple, multiple, false, "the base gives one role only");
        }
    }

    fn columns(&self, data: &mut Data, unfit: &mut Problems) {
        let Some(changes) = &self.columns else { return };
        let mut columns: Vec<Column> = Vec::with_capacity(changes.len());
        for change in changes {
            let part = |what: &str| format!("columns.{}{what}", change.field.as_str());
            let Some(base) = data.columns.iter().find(|column| column.field == change.field) else {
                unfit.add(&part(""), NOT_IN_BASE, "the base has no such column".to_owned());
                continue;
            };
            if columns.iter().any(|column| column.field == change.field) {
                unfit.add(&part(""), NOT_VALID, "this column is there twice".to_owned());
                continue;
            }
            columns.push(change.column(base, &part, unfit));
        }
        let domain = data.username.and_then(|rule| rule.domain);
        for base in &data.columns {
            let kept = columns.iter().any(|column| column.field == base.field);
            let why = if kept {
                continue;
            } else if base.required {
                "the base requires this column"
            } else if base.default.is_some() || Some(base.field) == domain {
                "sheets without this column get a value for it, so it cannot be left out"
            } else {
                continue;
            };
            unfit.add(&format!("columns.{}", base.field.as_str()), WEAKER, why.to_owned());
        }
        if let Some(field) = data.role.column
            && !columns.iter().any(|column| column.field == field)
        {
            data.role.column = None;
        }
        data.columns = columns;
    }

    fn lists(&self, data: &mut Data, unfit: &mut Problems) {
        for (name, ids) in self.lists.iter().flatten() {
            let part = format!("lists.{}", name.as_str());
            if *name == ListName::Organizations {
                unfit.add(&part, NOT_VALID, "organizations are not narrowed by a profile".to_owned());
                continue;
            }
            if ids.is_empty() || ids.len() > ITEMS_LIMIT {
                unfit.add(&part, NOT_VALID, format!("from 1 to {ITEMS_LIMIT} identifiers"));
                continue;
            }
            let found = data.lists.iter_mut().find(|list| list.name == *name);
            match found {
                Some(list) if !list.open => {
                    let known = |id: &&String| list.items.iter().any(|item| item.id == **id);
                    for id in ids.iter().filter(|id| !known(id)) {
                        unfit.add(&part, WEAKER, format!("the base has no entry {id}"));
                    }
                    list.items.retain(|item| ids.contains(&item.id));
                }
                Some(list) => {
                    list.items.retain(|item| ids.contains(&item.id));
                    list.only.clone_from(ids);
                }
                None => {
                    data.lists.push(List { name: *name, items: Vec::new(), open: true, only: ids.clone() });
                    data.lists.sort_by_key(|list| list.name);
                }
            }
        }
    }
}

impl Profile {
    /// Values of empty cells that the columns' own rules refuse, as far as it is known what lists hold.
    #[must_use]
    pub fn unfit_defaults(&self) -> Vec<Unfit> {
        let mut unfit = Problems::default();
        for column in self.columns() {
            let Some(default) = column.default.as_deref() else { continue };
            if let Rule::List { list, .. } = column.rule
                && self.data().lists.iter().any(|own| own.name == list && own.awaits_entries())
            {
                continue;
            }
            let part = format!("columns.{}.default", column.field.as_str());
            if cell::check(self, column, Input::Text(default), Corrections::Made).status() != Status::Accepted {
                unfit.add(&part, NOT_VALID, format!("{default} is not a value of this column"));
            }
        }
        unfit.0
    }
}

impl ColumnChange {
    fn column(&self, base: &Column, part: &impl Fn(&str) -> String, unfit: &mut Problems) -> Column {
        let mut column = base.clone();
        if let Some(title) = &self.title {
            column.title = unfit.title(&part(".title"), title);
        }
        if let Some(titles) = &self.titles {
            if titles.len() > TITLES_LIMIT {
                unfit.add(&part(".titles"), NOT_VALID, format!("at most {TITLES_LIMIT} titles"));
            }
            for title in titles.iter().take(TITLES_LIMIT) {
                let title = unfit.title(&part(".titles"), title);
                if !column.titles.contains(&title) {
                    column.titles.push(title);
                }
            }
        }
        let required = &mut column.required;
        unfit.only_stricter(&part(".required"), self.required, required, true, "the base requires a value");
        if let Some(default) = &self.default {
            let wanted = Some(trimmed(default)).filter(|text| !text.is_empty());
            if wanted != base.default {
                column.default_first = false;
                let own = matches!(self.field, Field::Email | Field::Username | Field::Phone | Field::Password);
                if base.required && wanted.is_some() {
                    unfit.add(&part(".default"), WEAKER, "the base requires a value in every row".to_owned());
                } else if own && wanted.is_some() {
                    unfit.add(&part(".default"), NOT_VALID, "everybody has one of their own".to_owned());
                }
                column.default = wanted;
            }
        }
        if let Some(rule) = &self.rule {
            if let Some(why) = weaker(rule, &base.rule) {
                unfit.add(&part(".rule"), WEAKER, why.to_owned());
            }
            column.rule = rule.clone();
        }
        column
    }
}

/// In what a rule allows what another one does not.
fn weaker(rule: &Rule, base: &Rule) -> Option<&'static str> {
    let found: &[(bool, &'static str)] = match (rule, base) {
        (
            Rule::Text { min, max, allow, forbid },
            Rule::Text { min: least, max: most, allow: allowed, forbid: forbidden },
        ) => &[
            (min < least, "the base asks for more characters"),
            (max > most, "the base takes fewer characters"),
            (min > max, "no text is that long and that short"),
            (allow.is_empty(), "some characters must be allowed"),
            (!allow.iter().all(|class| is_within(*class, allowed)), "the base does not allow all of these characters"),
            (!forbidden.chars().all(|c| forbid.contains(c)), "the base forbids more characters"),
        ],
        (Rule::Email { max, unicode, edges }, Rule::Email { max: most, unicode: international, edges: forbidden }) => {
            &[
                (max > most, "the base takes fewer characters"),
                (*max < 6, "no address is that short"),
                (*unicode && !international, "the base takes plain addresses only"),
                (!forbidden.chars().all(|c| edges.contains(c)), "the base forbids more characters at the ends"),
            ]
        }
        (
            Rule::Phone { digits_and_blanks_only, national },
            Rule::Phone { digits_and_blanks_only: plain, national: at_home },
        ) => &[
            (*plain && !digits_and_blanks_only, "the base takes digits and blanks only"),
            (*national && !at_home, "the base wants the country code"),
        ],
        (
            Rule::List { list, multiple, case_sensitive },
            Rule::List { list: same, multiple: several, case_sensitive: exact },
        ) => &[
            (list != same, "the base names entries of another list"),
            (*multiple && !several, "the base takes one name only"),
            (*exact && !case_sensitive, "in the base upper and lower case count"),
        ],
        (Rule::Secret { min, max }, Rule::Secret { min: least, max: most }) => &[
            (min < least, "the base asks for more characters"),
            (max > most, "the base takes fewer characters"),
            (min > max, "no password is that long and that short"),
        ],
        _ => &[(true, "the base has another kind of rule here")],
    };
    found.iter().find(|(is_weaker, _)| *is_weaker).map(|(_, why)| *why)
}

/// Whether all characters of a class are allowed.
fn is_within(class: CharacterClass, allowed: &[CharacterClass]) -> bool {
    allowed.contains(&class) || allowed.contains(&CharacterClass::Printable)
}

/// Without blanks at the ends, in NFC.
fn trimmed(given: &str) -> String {
    crate::unicode::nfc(given).trim_matches(text::is_blank).to_owned()
}

#[derive(Default)]
struct Problems(Vec<Unfit>);

impl Problems {
    fn add(&mut self, part: &str, code: &'static str, detail: String) {
        self.0.push(Unfit { part: part.to_owned(), code, detail });
    }

    fn between<N: PartialOrd + std::fmt::Display>(&mut self, part: &str, wanted: N, least: N, most: N) -> N {
        if wanted < least {
            self.add(part, NOT_VALID, format!("at least {least}"));
        } else if wanted > most {
            self.add(part, WEAKER, format!("at most {most}, as in the base"));
        }
        wanted
    }

    fn some_of<T: Copy + PartialEq>(
        &mut self,
        part: &str,
        wanted: &[T],
        base: &[T],
        name: impl Fn(T) -> &'static str,
    ) -> Vec<T> {
        let mut some: Vec<T> = Vec::new();
        for one in wanted {
            if !base.contains(one) {
                self.add(part, WEAKER, format!("the base does not offer {}", name(*one)));
            } else if !some.contains(one) {
                some.push(*one);
            }
        }
        if wanted.is_empty() {
            self.add(part, NOT_VALID, "at least one".to_owned());
        }
        some
    }

    fn only_stricter(&mut self, part: &str, wanted: Option<bool>, value: &mut bool, strict: bool, why: &str) {
        let Some(wanted) = wanted else { return };
        if *value == strict && wanted != strict {
            self.add(part, WEAKER, why.to_owned());
        }
        *value = wanted;
    }

    fn title(&mut self, part: &str, title: &str) -> String {
        let title = trimmed(title);
        let length = text::length(&title);
        let hidden = |c: char| text::is_control(c) || text::is_direction_control(c);
        if length == 0 || length > TITLE_LIMIT || title.contains(hidden) {
            self.add(part, NOT_VALID, format!("from 1 to {TITLE_LIMIT} characters that can be seen"));
        }
        title
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::{Lists, Named, Rows, check, check_field};

    fn definition(base: &str, changes: Value) -> Result<Definition, String> {
        let mut json = json!({"base": base, "title": "Ours"});
        for (name, value) in changes.as_object().expect("an object") {
            json[name] = value.clone();
        }
        serde_json::from_value(json).map_err(|error| error.to_string())
    }

    /// The profile, or `part code` of everything that does not fit.
    fn made(base: &str, changes: Value) -> Result<Profile, Vec<String>> {
        let definition = definition(base, changes).map_err(|error| vec![error])?;
        let told = |unfit: Vec<Unfit>| unfit.iter().map(|one| format!("{} {}", one.part, one.code)).collect();
        definition.profile("prof_1", 3).map_err(told)
    }

    /// The base's columns, one of them otherwise.
    fn columns(base: &str, field: &str, change: Value) -> Value {
        let profile = Profile::built_in(base).unwrap();
        let columns: Vec<Value> = profile
            .fields()
            .map(|own| {
                let mut column = json!({"field": own.as_str()});
                if own.as_str() == field {
                    for (name, value) in change.as_object().unwrap() {
                        column[name] = value.clone();
                    }
                }
                column
            })
            .collect();
        json!({ "columns": columns })
    }

    fn without(base: &str, field: &str) -> Value {
        let profile = Profile::built_in(base).unwrap();
        let kept = profile.fields().filter(|own| own.as_str() != field);
        json!({"columns": kept.map(|own| json!({"field": own.as_str()})).collect::<Vec<_>>()})
    }

    #[test]
    fn a_custom_profile_is_never_weaker_than_its_base() {
        let text = |min: u32, max: u32, allow: Value, forbid: &str| json!({"rule": {"type": "text", "min": min, "max": max, "allow": allow, "forbid": forbid}});
        let email = |max: u32, unicode: bool, edges: &str| json!({"rule": {"type": "email", "max": max, "unicode": unicode, "edges": edges}});
        for (name, base, changes, wanted) in [
            ("more rows", "portal-user", json!({"limits": {"rows": 501}}), "limits.rows weaker_than_base"),
            ("no rows", "portal-user", json!({"limits": {"rows": 0}}), "limits.rows definition_not_valid"),
            ("more bytes", "portal-user", json!({"limits": {"bytes": 10_485_760}}), "limits.bytes weaker_than_base"),
            ("another mode", "end-user", json!({"modes": ["partial"]}), "modes weaker_than_base"),
            ("no mode", "end-user", json!({"modes": []}), "modes definition_not_valid"),
            ("passwords", "member", json!({"credentials": ["specify_only"]}), "credentials weaker_than_base"),
            (
                "a longer time",
                "technician",
                json!({"invitation": {"expires_after_hours": 25}}),
                "invitation.expires_after_hours weaker_than_base",
            ),
            (
                "no time",
                "technician",
                json!({"invitation": {"expires_after_hours": 0}}),
                "invitation.expires_after_hours definition_not_valid",
            ),
            (
                "no invitation",
                "end-user",
                json!({"invitation": {"policy": "never"}}),
                "invitation.policy weaker_than_base",
            ),
            (
                "an invitation at will",
                "end-user",
                json!({"invitation": {"policy": "opt_in"}}),
                "invitation.policy weaker_than_base",
            ),
            ("no second factor", "member", json!({"mfa": "as_organization"}), "mfa weaker_than_base"),
            ("no phone", "technician", json!({"phone_at_acceptance": false}), "phone_at_acceptance weaker_than_base"),
            (
                "no role",
                "member",
                json!({"role": {"required_at_commit": false}}),
                "role.required_at_commit weaker_than_base",
            ),
            ("several roles", "member", json!({"role": {"multiple": true}}), "role.multiple weaker_than_base"),
            (
                "another role",
                "member",
                json!({"lists": {"roles": ["user", "technician"]}}),
                "lists.roles weaker_than_base",
            ),
            ("no roles", "member", json!({"lists": {"roles": []}}), "lists.roles definition_not_valid"),
            (
                "organizations",
                "technician",
                json!({"lists": {"organizations": ["org_1"]}}),
                "lists.organizations definition_not_valid",
            ),
            ("a column less", "member", without("member", "groups"), "columns.groups weaker_than_base"),
            (
                "the role's column less",
                "organization-user",
                without("organization-user", "role"),
                "columns.role weaker_than_base",
            ),
            (
                "the domain less",
                "organization-user",
                without("organization-user", "domain"),
                "columns.domain weaker_than_base",
            ),
            (
                "a column more",
                "portal-user",
                json!({"columns": [{"field": "first_name"}, {"field": "email"}, {"field": "user_type"}, {"field": "site"}, {"field": "phone"}]}),
                "columns.phone not_in_base",
            ),
            (
                "a column twice",
                "portal-user",
                json!({"columns": [{"field": "first_name"}, {"field": "email"}, {"field": "email"}, {"field": "user_type"}, {"field": "site"}]}),
                "columns.email definition_not_valid",
            ),
            (
                "nothing required",
                "end-user",
                columns("end-user", "email", json!({"required": false})),
                "columns.email.required weaker_than_base",
            ),
            (
                "a value for who gives none",
                "end-user",
                columns("end-user", "last_name", json!({"default": "Nn"})),
                "columns.last_name.default weaker_than_base",
            ),
            (
                "one phone for all",
                "end-user",
                columns("end-user", "phone", json!({"default": "+442079460958"})),
                "columns.phone.default definition_not_valid",
            ),
            (
                "a value that is none",
                "portal-user",
                columns("portal-user", "user_type", json!({"default": "Owner"})),
                "columns.user_type.default definition_not_valid",
            ),
            (
                "longer names",
                "end-user",
                columns("end-user", "first_name", text(1, 151, json!(["letters"]), "")),
                "columns.first_name.rule weaker_than_base",
            ),
            (
                "empty names",
                "end-user",
                columns("end-user", "first_name", text(0, 150, json!(["letters"]), "")),
                "columns.first_name.rule weaker_than_base",
            ),
            (
                "no names",
                "end-user",
                columns("end-user", "first_name", text(5, 4, json!(["letters"]), "")),
                "columns.first_name.rule weaker_than_base",
            ),
            (
                "other characters",
                "end-user",
                columns("end-user", "first_name", text(1, 150, json!(["letters", "digits"]), "")),
                "columns.first_name.rule weaker_than_base",
            ),
            (
                "no characters",
                "end-user",
                columns("end-user", "first_name", text(1, 150, json!([]), "")),
                "columns.first_name.rule weaker_than_base",
            ),
            (
                "forbidden characters",
                "member",
                columns("member", "username", text(1, 50, json!(["printable"]), "#/?")),
                "columns.username.rule weaker_than_base",
            ),
            (
                "longer addresses",
                "end-user",
                columns("end-user", "email", email(65, false, "")),
                "columns.email.rule weaker_than_base",
            ),
            (
                "international addresses",
                "end-user",
                columns("end-user", "email", email(64, true, "")),
                "columns.email.rule weaker_than_base",
            ),
            (
                "free ends",
                "technician",
                columns("technician", "email", email(64, false, ".")),
                "columns.email.rule weaker_than_base",
            ),
            (
                "loose phones",
                "technician",
                columns(
                    "technician",
                    "phone",
                    json!({"rule": {"type": "phone", "digits_and_blanks_only": false, "national": false}}),
                ),
                "columns.phone.rule weaker_than_base",
            ),
            (
                "national phones",
                "end-user",
                columns(
                    "end-user",
                    "phone",
                    json!({"rule": {"type": "phone", "digits_and_blanks_only": false, "national": true}}),
                ),
                "columns.phone.rule weaker_than_base",
            ),
            (
                "case",
                "member",
                columns(
                    "member",
                    "groups",
                    json!({"rule": {"type": "list", "list": "groups", "multiple": true, "case_sensitive": false}}),
                ),
                "columns.groups.rule weaker_than_base",
            ),
            (
                "several sites",
                "portal-user",
                columns(
                    "portal-user",
                    "site",
                    json!({"rule": {"type": "list", "list": "sites", "multiple": true, "case_sensitive": false}}),
                ),
                "columns.site.rule weaker_than_base",
            ),
            (
                "another list",
                "portal-user",
                columns(
                    "portal-user",
                    "site",
                    json!({"rule": {"type": "list", "list": "groups", "multiple": false, "case_sensitive": false}}),
                ),
                "columns.site.rule weaker_than_base",
            ),
            (
                "another rule",
                "portal-user",
                columns("portal-user", "email", text(1, 10, json!(["printable"]), "")),
                "columns.email.rule weaker_than_base",
            ),
            (
                "shorter passwords",
                "organization-user",
                columns("organization-user", "password", json!({"rule": {"type": "secret", "min": 11, "max": 256}})),
                "columns.password.rule weaker_than_base",
            ),
            ("another kind", "member", json!({"kind": "technician"}), "kind not_in_base"),
            ("no kind", "modern", json!({}), "kind definition_not_valid"),
            ("no base", "nobody", json!({}), "base definition_not_valid"),
            ("no title", "member", json!({"title": " "}), "title definition_not_valid"),
            ("a title that turns", "member", json!({"title": "a\u{202e}b"}), "title definition_not_valid"),
            (
                "a role that is gone by default",
                "organization-user",
                json!({"lists": {"roles": ["organization_admin"]}}),
                "columns.role.default definition_not_valid",
            ),
        ] {
            assert_eq!(made(base, changes).err(), Some(vec![wanted.to_owned()]), "{name}");
        }
        assert!(made("member", json!({"shoe_size": 44})).is_err_and(|why| why[0].contains("unknown field")));
    }

    #[test]
    fn every_problem_is_said_at_once() {
        let changes = json!({"title": "", "limits": {"rows": 900, "bytes": 99_999_999}, "modes": ["partial"]});
        let problems = made("portal-user", changes).unwrap_err();
        assert_eq!(problems.len(), 4, "{problems:?}");
    }

    #[test]
    fn a_custom_profile_may_be_stricter_and_speak_the_peoples_language() {
        let stricter = json!({
            "title": "Aushilfen", "limits": {"rows": 50}, "modes": ["atomic"], "mfa": "required",
            "invitation": {"expires_after_hours": 48}, "credentials": ["link"],
            "lists": {"roles": ["organization_user"], "properties": ["desk"]},
            "columns": [
                {"field": "email", "title": "Dienst-Mail", "titles": ["Dienstadresse"], "rule": {"type": "email", "max": 60, "unicode": false, "edges": "."}},
                {"field": "username"},
                {"field": "last_name", "title": "Nachname", "required": true},
                {"field": "role"}, {"field": "domain"},
                {"field": "properties"},
            ],
        });
        let profile = made("organization-user", stricter).unwrap();
        assert_eq!((profile.id(), profile.version(), profile.title()), ("prof_1", 3, "Aushilfen"));
        assert_eq!(
            (profile.row_limit(), profile.modes(), profile.mfa()),
            (50, &[Mode::Atomic][..], MfaPolicy::Required)
        );
        assert_eq!((profile.invitation().expires_after, profile.credential_modes()), (48, &[CredentialMode::Link][..]));
        let named = |id: &str, name: &str| Named { id: id.into(), name: name.into() };
        let lists = Lists {
            properties: vec![named("desk", "Desk"), named("shoe", "Shoe")],
            roles: vec![named("organization_user", "Organization User"), named("role_1", "Night")],
            ..Lists::default()
        };
        let effective = profile.effective(&lists);
        let sheet = "Dienstadresse;Username;Nachname;Properties\n\
            ana@example.com;ana;Diaz;Desk=1\n\
            bo@example.com;bo;;Shoe=44\n";
        let told: Vec<(Status, Vec<&str>)> = check(sheet.as_bytes(), &effective)
            .rows()
            .iter()
            .map(|row| (row.status, row.issues.iter().map(|issue| issue.code).collect()))
            .collect();
        assert_eq!(
            told,
            [(Status::Accepted, vec![]), (Status::Refused, vec!["required", "property_unknown"])],
            "{}",
            check(sheet.as_bytes(), &effective).to_json(Rows::All)
        );
        assert_eq!(check_field(&effective, "role", "Organization Admin").status, Status::Refused);
        assert_eq!(check_field(&effective, "email", "ana.@example.com").status, Status::Refused);
        assert_eq!(Profile::from_json(&effective.to_json()).as_ref(), Ok(&effective));
    }

    #[test]
    fn a_list_that_the_organization_fills_holds_what_was_chosen_and_nothing_else() {
        let profile = made("end-user", json!({"lists": {"groups": ["grp_1"]}})).unwrap();
        let named = |id: &str, name: &str| Named { id: id.into(), name: name.into() };
        let lists = |groups: Vec<Named>| profile.effective(&Lists { groups, ..Lists::default() });
        let both = lists(vec![named("grp_1", "Day"), named("grp_2", "Night")]);
        let neither = lists(vec![named("grp_2", "Night")]);
        for (profile, group, wanted) in [
            (&both, "Day", Status::Accepted),
            (&both, "Night", Status::Refused),
            (&neither, "Day", Status::Refused),
            (&neither, "Night", Status::Refused),
            (&lists(Vec::new()), "Night", Status::Refused),
        ] {
            assert_eq!(check_field(profile, "groups", group).status, wanted, "{group}");
        }
    }

    #[test]
    fn a_built_in_profile_is_the_beginning_of_a_custom_one_that_is_the_same() {
        for id in Profile::built_in_ids() {
            let base = Profile::built_in(id).unwrap();
            let definition = Definition::of(id).unwrap();
            let custom = definition.profile(id, base.version()).unwrap();
            if base.kind().is_some() {
                assert_eq!(custom, base, "{id}");
            } else {
                assert_eq!(custom.kind(), Some("end_user"), "{id}");
            }
            let json = serde_json::to_string(&definition).unwrap();
            assert_eq!(serde_json::from_str::<Definition>(&json).unwrap(), definition, "{id}");
        }
    }
}
