//! Import profiles: data that says what a sheet may hold and what becomes of it. No product's name appears in code.

mod json;

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    Field,
    json::read::{Json, Members, Why, parse},
};

/// A built-in or effective profile. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    data: Arc<Data>,
    hash: Arc<str>,
}

/// Why a text is no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Neither the id of a built-in profile nor JSON.
    #[error("there is no built-in profile of that id")]
    Unknown,
    /// The JSON is no profile.
    #[error("not a profile: {0}")]
    NotValid(String),
    /// The JSON was changed after its hash was made.
    #[error("the profile does not have the hash that it states")]
    HashDiffers,
}

impl ProfileError {
    /// Stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Unknown => "profile_unknown",
            Self::NotValid(_) => "profile_not_valid",
            Self::HashDiffers => "profile_hash_differs",
        }
    }
}

/// An entry of an organization's list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Identifier, as the API gives it.
    pub id: String,
    /// Name, as sheets give it.
    pub name: String,
}

/// What an organization adds to a profile. An empty list says nothing about what exists: names of that kind are then
/// taken as they are and left to the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lists {
    /// Roles that may be given.
    pub roles: Vec<Named>,
    /// Access groups.
    pub groups: Vec<Named>,
    /// Sites.
    pub sites: Vec<Named>,
    /// Domains of usernames, the primary one first.
    pub domains: Vec<Named>,
    /// Custom properties.
    pub properties: Vec<Named>,
    /// Courses.
    pub courses: Vec<Named>,
    /// ISO 3166 alpha-2, for phone numbers without a country code.
    pub default_country: Option<String>,
    /// Fewest characters of a password.
    pub password_min: Option<usize>,
}

/// How an import may treat refused rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All rows or none.
    Atomic,
    /// The good rows.
    Partial,
}

impl Mode {
    /// The name in profiles and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Atomic => "atomic",
            Self::Partial => "partial",
        }
    }
}

/// Whether new users are invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationPolicy {
    /// Each of them.
    Always,
    /// If the caller wants it.
    OptIn,
    /// None.
    Never,
    /// As the way in which they get their credentials asks for.
    ByCredentialMode,
}

/// Whether new users are invited, and how long that is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// Whether they are.
    pub policy: InvitationPolicy,
    /// Hours from when the mail is handed to the mail service.
    #[serde(rename = "expires_after_hours")]
    pub expires_after: u32,
}

/// Whether a second factor must be enrolled to finish.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MfaPolicy {
    /// Always.
    Required,
    /// Where the organization's settings ask for it.
    AsOrganization,
}

/// Whether and how many roles are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleRule {
    /// A row without a role passes the check and is refused at commit.
    pub required_at_commit: bool,
    /// Several may be given.
    pub multiple: bool,
    /// The field that names them, where the sheet may.
    pub column: Option<Field>,
}

/// How people get in for the first time (requirements.md, S3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CredentialMode {
    /// A mailed link to choose a password of one's own: the invitation.
    Link,
    /// A password is generated and mailed; whoever creates the account never learns it.
    #[serde(alias = "generate")] // As organizations kept it until November 2026.
    GenerateAndMail,
    /// A password is given by whoever creates the account, and mailed.
    SpecifyAndMail,
    /// A password is given by whoever creates the account, who hands it over.
    #[serde(alias = "specify")]
    SpecifyOnly,
}

impl CredentialMode {
    /// All of them.
    pub const ALL: &'static [Self] = &[Self::Link, Self::GenerateAndMail, Self::SpecifyAndMail, Self::SpecifyOnly];

    /// The name in profiles and in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Link => "link",
            Self::GenerateAndMail => "generate_and_mail",
            Self::SpecifyAndMail => "specify_and_mail",
            Self::SpecifyOnly => "specify_only",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|mode| mode.as_str() == name)
    }
}

/// Where sign-in names come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UsernameRule {
    /// Forms fill it in from this field.
    pub prefill: Option<Field>,
    /// The field whose value follows the `@`, where the username itself has none.
    pub domain: Option<Field>,
    /// Cannot be changed once saved.
    pub immutable: bool,
}

/// What a kind of user asks for where a profile makes several kinds.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub(crate) struct KindRules {
    kind: String,
    invitation: Invitation,
    mfa: MfaPolicy,
    phone_at_acceptance: bool,
    role: RoleRule,
    roles: Vec<Named>,
}

/// The lists that rules refer to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ListName {
    Courses,
    Domains,
    Groups,
    Languages,
    Organizations,
    Properties,
    Roles,
    Sites,
    UserTypes,
}

impl ListName {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Courses => "courses",
            Self::Domains => "domains",
            Self::Groups => "groups",
            Self::Languages => "languages",
            Self::Organizations => "organizations",
            Self::Properties => "properties",
            Self::Roles => "roles",
            Self::Sites => "sites",
            Self::UserTypes => "user_types",
        }
    }
}

/// A list with what is in it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub(crate) struct List {
    pub(crate) name: ListName,
    pub(crate) items: Vec<Named>,
    /// The organization's entries are added; otherwise those of the profile are all there are.
    pub(crate) open: bool,
    /// Of those, only the ones of these identifiers; empty: all of them.
    #[cfg_attr(test, serde(default, skip_serializing_if = "Vec::is_empty"))]
    pub(crate) only: Vec<String>,
}

impl List {
    /// Whether an organization may still bring entries that are named already.
    pub(crate) fn awaits_entries(&self) -> bool {
        self.open && self.only.iter().any(|id| self.items.iter().all(|item| item.id != *id))
    }
}

/// Kinds of characters that a text may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum CharacterClass {
    /// Unicode letters and combining marks.
    Letters,
    /// Unicode decimal digits.
    Digits,
    /// The space.
    Spaces,
    /// `-` and U+2010.
    Hyphens,
    /// `'`.
    Apostrophes,
    /// U+2019 and U+02BC.
    CurlyApostrophes,
    /// `.`.
    FullStops,
    /// U+00B7.
    MiddleDots,
    /// Whatever can be seen, and the space.
    Printable,
}

impl CharacterClass {
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Letters => "letters",
            Self::Digits => "digits",
            Self::Spaces => "spaces",
            Self::Hyphens => "hyphens",
            Self::Apostrophes => "apostrophes",
            Self::CurlyApostrophes => "curly apostrophes",
            Self::FullStops => "full stops",
            Self::MiddleDots => "middle dots",
            Self::Printable => "printable characters",
        }
    }
}

/// What a cell must be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Rule {
    /// Text of certain characters; lengths in Unicode scalar values after NFC.
    Text {
        min: usize,
        max: usize,
        allow: Vec<CharacterClass>,
        #[serde(default)]
        forbid: String,
    },
    /// An email address.
    Email {
        max: usize,
        /// Internationalized addresses.
        unicode: bool,
        /// Characters that it neither begins nor ends with.
        edges: String,
    },
    /// A phone number that is valid by its country's numbering plan. Its value is in E.164.
    Phone {
        digits_and_blanks_only: bool,
        /// Numbers without country code are read as the default country's.
        national: bool,
    },
    /// One or several names of a list.
    List { list: ListName, multiple: bool, case_sensitive: bool },
    /// A password: taken as it is, never shown.
    Secret { min: usize, max: usize },
}

/// A column that a sheet may have.
#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub(crate) struct Column {
    pub(crate) field: Field,
    /// What people call it.
    pub(crate) title: String,
    /// Other titles that mean this column in this profile, beside those that every profile knows.
    #[cfg_attr(test, serde(default))]
    pub(crate) titles: Vec<String>,
    pub(crate) required: bool,
    pub(crate) rule: Rule,
    /// The value of an empty cell.
    #[cfg_attr(test, serde(default))]
    pub(crate) default: Option<String>,
    /// The value of an empty cell is the first entry of the list.
    #[cfg_attr(test, serde(default))]
    pub(crate) default_first: bool,
}

impl Column {
    pub(crate) fn is_list(&self) -> bool {
        matches!(self.rule, Rule::List { multiple: true, .. }) || self.field_is_list()
    }

    /// Whether a sheet must have it.
    pub(crate) fn is_needed(&self) -> bool {
        self.required && self.default.is_none() && !self.default_first
    }

    /// Fields whose values are lists whatever the profile.
    fn field_is_list(&self) -> bool {
        matches!(self.field, Field::Role | Field::Groups | Field::Properties | Field::Organizations | Field::Courses)
    }
}

/// Most of a sheet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(test, derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub(crate) struct Limits {
    pub(crate) rows: u32,
    pub(crate) bytes: u64,
}

#[derive(Debug, Clone, PartialEq, Eq)]
#[cfg_attr(test, derive(Serialize, Deserialize), serde(deny_unknown_fields))]
pub(crate) struct Data {
    pub(crate) id: String,
    pub(crate) version: u32,
    pub(crate) title: String,
    pub(crate) kind: Option<String>,
    pub(crate) columns: Vec<Column>,
    pub(crate) limits: Limits,
    pub(crate) modes: Vec<Mode>,
    pub(crate) invitation: Invitation,
    pub(crate) mfa: MfaPolicy,
    pub(crate) phone_at_acceptance: bool,
    pub(crate) role: RoleRule,
    pub(crate) username: Option<UsernameRule>,
    pub(crate) credentials: Vec<CredentialMode>,
    pub(crate) lists: Vec<List>,
    pub(crate) default_country: Option<String>,
    /// For a profile that makes whatever the caller names: what each kind asks for.
    pub(crate) kinds: Vec<KindRules>,
}

const BUILT_IN: [(&str, &str); 6] = [
    ("modern", include_str!("../profiles/modern.json")),
    ("technician", include_str!("../profiles/technician.json")),
    ("end-user", include_str!("../profiles/end-user.json")),
    ("portal-user", include_str!("../profiles/portal-user.json")),
    ("organization-user", include_str!("../profiles/organization-user.json")),
    ("member", include_str!("../profiles/member.json")),
];

impl Profile {
    /// The built-in profile of that id.
    #[must_use]
    pub fn built_in(id: &str) -> Option<Self> {
        let (_, json) = BUILT_IN.iter().find(|(name, _)| *name == id)?;
        Self::from_json(json).ok()
    }

    /// Ids of the built-in profiles, the one to offer first first.
    #[must_use]
    pub fn built_in_ids() -> &'static [&'static str] {
        const IDS: [&str; BUILT_IN.len()] =
            [BUILT_IN[0].0, BUILT_IN[1].0, BUILT_IN[2].0, BUILT_IN[3].0, BUILT_IN[4].0, BUILT_IN[5].0];
        &IDS
    }

    /// Reads a profile from its JSON. A `hash` in it must be the profile's own.
    ///
    /// # Errors
    /// [`ProfileError::NotValid`], [`ProfileError::HashDiffers`].
    pub fn from_json(json: &str) -> Result<Self, ProfileError> {
        let read = |json: &str| -> Result<(Option<Json>, Data), Why> {
            let mut members = Members::of(parse(json)?)?;
            Ok((members.take("hash"), Data::read(members)?))
        };
        let (stated, data) = read(json).map_err(ProfileError::NotValid)?;
        data.check().map_err(|what| ProfileError::NotValid(what.to_owned()))?;
        let profile = Self::new(data);
        match stated {
            Some(Json::Text(stated)) if *stated == *profile.hash => Ok(profile),
            Some(_) => Err(ProfileError::HashDiffers),
            None => Ok(profile),
        }
    }

    /// Reads a built-in profile's id or a profile's JSON.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub fn parse(id_or_json: &str) -> Result<Self, ProfileError> {
        match Self::built_in(id_or_json) {
            Some(profile) => Ok(profile),
            None if id_or_json.trim_start().starts_with('{') => Self::from_json(id_or_json),
            None => Err(ProfileError::Unknown),
        }
    }

    pub(crate) fn data(&self) -> &Data {
        &self.data
    }

    pub(crate) fn new(data: Data) -> Self {
        let hash: String = Sha256::digest(data.to_json(None))
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(u32::from(digit), 16))
            .collect();
        Self { data: Arc::new(data), hash: hash.into() }
    }

    /// Canonical JSON, the hash included.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.data.to_json(Some(self.hash()))
    }

    /// Identifier.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.data.id
    }

    /// Goes up with every change of the built-in data.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.data.version
    }

    /// SHA-256 of the canonical JSON without the hash, in lowercase hex.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.hash
    }

    /// What people call it.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.data.title
    }

    /// The kind of user that it makes: `technician`, `end_user`, `member`; none where the caller names it
    /// ([`Profile::for_kind`]).
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.data.kind.as_deref()
    }

    /// The profile for a kind of user: itself if it makes that kind; if the caller names the kind, with that kind's
    /// roles and its rules of invitation, second factor and role; else nothing. For the kind that it has in mind
    /// anyway this is the profile as it is, hash and all.
    #[must_use]
    pub fn for_kind(&self, kind: &str) -> Option<Self> {
        if self.kind().is_some() {
            return (self.kind() == Some(kind)).then(|| self.clone());
        }
        let rules = self.data.kinds.iter().find(|rules| rules.kind == kind)?;
        let mut data = Data::clone(&self.data);
        data.invitation = rules.invitation;
        data.mfa = rules.mfa;
        data.phone_at_acceptance = rules.phone_at_acceptance;
        data.role = rules.role;
        if let Some(list) = data.lists.iter_mut().find(|list| list.name == ListName::Roles) {
            list.items.clone_from(&rules.roles);
        }
        Some(Self::new(data))
    }

    /// The profile with an organization's lists in it: what browser, command line and functions really take.
    #[must_use]
    pub fn effective(&self, lists: &Lists) -> Self {
        let mut data = Data::clone(&self.data);
        for (name, items) in [
            (ListName::Courses, &lists.courses),
            (ListName::Domains, &lists.domains),
            (ListName::Groups, &lists.groups),
            (ListName::Properties, &lists.properties),
            (ListName::Roles, &lists.roles),
            (ListName::Sites, &lists.sites),
        ] {
            data.add(name, items);
        }
        for column in &mut data.columns {
            if let (Rule::Secret { min, .. }, Some(fewest)) = (&mut column.rule, lists.password_min) {
                *min = fewest.max(*min);
            }
        }
        // A country that no rule asks for would only give the same rules another hash.
        let phones = data.columns.iter().any(|column| matches!(column.rule, Rule::Phone { .. }));
        if phones && lists.default_country.is_some() {
            data.default_country.clone_from(&lists.default_country);
        }
        Self::new(data)
    }

    /// The modes it offers; the first is the default.
    #[must_use]
    pub fn modes(&self) -> &[Mode] {
        &self.data.modes
    }

    /// Most rows of a sheet.
    #[must_use]
    pub fn row_limit(&self) -> u32 {
        self.data.limits.rows
    }

    /// Most bytes of a file.
    #[must_use]
    pub fn byte_limit(&self) -> u64 {
        self.data.limits.bytes
    }

    /// Whether and for how long people are invited.
    #[must_use]
    pub fn invitation(&self) -> Invitation {
        self.data.invitation
    }

    /// Whether people are invited.
    #[must_use]
    pub fn invitation_policy(&self) -> InvitationPolicy {
        self.data.invitation.policy
    }

    /// Whether people must enrol a second factor.
    #[must_use]
    pub fn mfa(&self) -> MfaPolicy {
        self.data.mfa
    }

    /// Whether people without a phone number are asked for one when they accept.
    #[must_use]
    pub fn phone_at_acceptance(&self) -> bool {
        self.data.phone_at_acceptance
    }

    /// Whether and how many roles are given.
    #[must_use]
    pub fn role(&self) -> RoleRule {
        self.data.role
    }

    /// The roles that its sheets can name, if it is known which those are.
    #[must_use]
    pub fn role_list(&self) -> Option<&[Named]> {
        match self.role_column().map(|column| &column.rule) {
            Some(Rule::List { list, .. }) => self.list(*list),
            _ => self.list(ListName::Roles),
        }
    }

    /// The value of a field's empty cells.
    #[must_use]
    pub fn default_value(&self, field: Field) -> Option<crate::Value> {
        crate::cell::default(self, self.data.columns.get(self.column_of(field)?)?)
    }

    /// The name of the role of whoever is given none.
    #[must_use]
    pub fn default_role(&self) -> Option<&str> {
        self.role_column()?.default.as_deref()
    }

    fn role_column(&self) -> Option<&Column> {
        self.data.columns.get(self.column_of(self.data.role.column?)?)
    }

    /// Whether a field may not be empty.
    #[must_use]
    pub fn requires(&self, field: Field) -> bool {
        self.column_of(field).is_some_and(|at| self.data.columns[at].required)
    }

    /// Where sign-in names come from; none where people sign in with their email address.
    #[must_use]
    pub fn username(&self) -> Option<UsernameRule> {
        self.data.username
    }

    /// The ways in which people may get their credentials; the first is the default.
    #[must_use]
    pub fn credential_modes(&self) -> &[CredentialMode] {
        &self.data.credentials
    }

    /// ISO 3166 alpha-2 of the country of phone numbers without country code.
    #[must_use]
    pub fn default_country(&self) -> Option<&str> {
        self.data.default_country.as_deref()
    }

    /// The fields that a sheet may have, in the profile's order.
    pub fn fields(&self) -> impl Iterator<Item = Field> {
        self.data.columns.iter().map(|column| column.field)
    }

    pub(crate) fn columns(&self) -> &[Column] {
        &self.data.columns
    }

    pub(crate) fn column_of(&self, field: Field) -> Option<usize> {
        self.data.columns.iter().position(|column| column.field == field)
    }

    /// The entries of a list, if it is known what it holds.
    pub(crate) fn list(&self, name: ListName) -> Option<&[Named]> {
        self.data.lists.iter().find(|list| list.name == name).map(|list| list.items.as_slice())
    }
}

impl Data {
    /// What the types do not say.
    pub(crate) fn check(&self) -> Result<(), &'static str> {
        if self.id.is_empty() {
            return Err("id is empty");
        }
        if self.modes.is_empty() {
            return Err("modes is empty");
        }
        for (at, column) in self.columns.iter().enumerate() {
            if self.columns[..at].iter().any(|other| other.field == column.field) {
                return Err("two columns have the same field");
            }
        }
        if self.columns.is_empty() || self.columns.len() > Field::ALL.len() {
            return Err("columns is empty");
        }
        Ok(())
    }

    fn add(&mut self, name: ListName, items: &[Named]) {
        if items.is_empty() {
            return;
        }
        match self.lists.iter_mut().find(|list| list.name == name) {
            None => {
                self.lists.push(List { name, items: items.to_vec(), open: true, only: Vec::new() });
                self.lists.sort_by_key(|list| list.name);
            }
            Some(list) => {
                for item in items.iter().filter(|item| list.only.is_empty() || list.only.contains(&item.id)) {
                    match list.items.iter_mut().find(|own| own.name == item.name) {
                        Some(own) => own.id.clone_from(&item.id),
                        None if list.open => list.items.push(item.clone()),
                        None => {}
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(names: &[&str]) -> Vec<Named> {
        names.iter().map(|name| Named { id: name.to_lowercase().replace(' ', "_"), name: (*name).to_owned() }).collect()
    }

    #[test]
    fn built_in_profiles_are_as_the_requirements_say() {
        for (id, kind, modes, hours, mfa, phone, role) in [
            ("technician", Some("technician"), &[Mode::Atomic][..], 24, MfaPolicy::Required, true, false),
            ("end-user", Some("end_user"), &[Mode::Atomic], 14 * 24, MfaPolicy::AsOrganization, false, true),
            ("modern", None, &[Mode::Atomic, Mode::Partial], 14 * 24, MfaPolicy::AsOrganization, false, true),
        ] {
            let profile = Profile::built_in(id).unwrap_or_else(|| panic!("{id}"));
            assert_eq!((profile.id(), profile.version(), profile.kind()), (id, 1, kind));
            assert_eq!((profile.modes(), profile.row_limit()), (modes, 100_000), "{id}");
            assert_eq!(
                profile.invitation(),
                Invitation { policy: InvitationPolicy::Always, expires_after: hours },
                "{id}"
            );
            assert_eq!((profile.mfa(), profile.phone_at_acceptance()), (mfa, phone), "{id}");
            assert_eq!(profile.role().required_at_commit, role, "{id}");
        }
        let ids = ["modern", "technician", "end-user", "portal-user", "organization-user", "member"];
        assert_eq!(Profile::built_in_ids(), ids);
    }

    #[test]
    fn json_leads_back_to_the_same_profile_and_the_hash_is_of_the_rest() {
        for id in Profile::built_in_ids() {
            let profile = Profile::built_in(id).unwrap();
            let json = profile.to_json();
            assert_eq!(Profile::from_json(&json).as_ref(), Ok(&profile));
            assert_eq!(Profile::parse(id).as_ref(), Ok(&profile));
            let rest = json.replace(&format!("\"hash\":\"{}\",", profile.hash()), "");
            let digest: String = Sha256::digest(rest).iter().map(|byte| format!("{byte:02x}")).collect();
            assert_eq!(digest, profile.hash());
            let changed = json.replacen("\"rows\":", "\"rows\":1", 1);
            assert_eq!(Profile::from_json(&changed), Err(ProfileError::HashDiffers));
        }
    }

    #[test]
    fn what_is_no_profile_is_refused() {
        for (json, code) in [
            ("nobody", "profile_unknown"),
            ("{", "profile_not_valid"),
            ("{}", "profile_not_valid"),
            (r#"{"id":"x","shoe_size":44}"#, "profile_not_valid"),
        ] {
            assert_eq!(Profile::parse(json).map_err(|error| error.code()).err(), Some(code), "{json}");
        }
    }

    #[test]
    fn an_organization_adds_its_lists() {
        let profile = Profile::built_in("technician").unwrap();
        let lists = Lists { roles: named(&["Technician", "Auditor"]), groups: named(&["Night"]), ..Lists::default() };
        let effective = profile.effective(&lists);
        let names: Vec<&str> =
            effective.list(ListName::Roles).unwrap().iter().map(|named| named.name.as_str()).collect();
        assert_eq!(names, ["System Administrator", "Technician", "Auditor"]);
        assert_eq!(effective.list(ListName::Sites), None);
        assert_ne!(effective.hash(), profile.hash());
        assert_eq!(effective.effective(&lists), effective);
    }

    #[test]
    fn an_organization_that_adds_nothing_changes_nothing_not_even_the_hash() {
        let profile = Profile::built_in("technician").unwrap();
        let lists = Lists { roles: named(&["System Administrator", "Technician"]), ..Lists::default() };
        assert_eq!(profile.effective(&lists), profile);
        assert_eq!(profile.effective(&Lists::default()), profile);
    }

    #[test]
    fn a_profile_for_any_kind_takes_the_rules_of_the_kind_that_is_named() {
        let modern = Profile::built_in("modern").unwrap();
        let technicians = modern.for_kind("technician").unwrap();
        assert_eq!((technicians.invitation().expires_after, technicians.mfa()), (24, MfaPolicy::Required));
        assert!(technicians.phone_at_acceptance());
        assert_eq!(technicians.list(ListName::Roles).unwrap().len(), 2);
        assert_eq!(modern.for_kind("end_user"), Some(modern.clone()));
        assert_eq!(modern.for_kind("member").unwrap().mfa(), MfaPolicy::Required);
        assert_eq!(modern.for_kind("robot"), None);
        let end_users = Profile::built_in("end-user").unwrap();
        assert_eq!(end_users.for_kind("technician"), None);
        assert_eq!(end_users.for_kind("end_user"), Some(end_users.clone()));
    }
}
