//! Import profiles: rules as data (JSON, versioned, hashed). No product has a code path of its own.

use std::sync::Arc;

use serde::Deserialize;
use sha2::{Digest as _, Sha256};

use crate::{field::Field, json};

/// Why a text is no profile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileError {
    /// Not JSON of the profile's shape.
    #[error("not a profile: {0}")]
    Shape(String),
    /// Says something that cannot be.
    #[error("not a profile: {0}")]
    Meaning(&'static str),
    /// The hash in it is not the hash of it.
    #[error("the profile was changed after its hash was made")]
    Hash,
    /// No built-in profile has this identifier.
    #[error("there is no built-in profile of that name")]
    Unknown,
}

impl ProfileError {
    /// The stable code.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Shape(_) | Self::Meaning(_) => "profile_not_valid",
            Self::Hash => "profile_hash_differs",
            Self::Unknown => "profile_not_found",
        }
    }
}

/// One name of a list (roles, groups, sites …) with its identifier.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// Identifier; the name where there is no other.
    pub id: String,
    /// Name, as in sheets.
    pub name: String,
}

/// An organization's lists, inlined into an effective profile.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lists {
    /// Roles that may be given to this kind of user.
    pub roles: Vec<Named>,
    /// Access groups.
    pub groups: Vec<Named>,
    /// Sites.
    pub sites: Vec<Named>,
    /// Domains for sign-in names, primary first.
    pub domains: Vec<Named>,
    /// Properties.
    pub properties: Vec<Named>,
    /// Courses.
    pub courses: Vec<Named>,
    /// Organizations that a technician may be given.
    pub organizations: Vec<Named>,
    /// ISO 3166 alpha-2: national phone numbers are this country's.
    pub default_country: Option<String>,
}

/// Whether good rows land without the bad ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// All rows or none.
    Atomic,
    /// Good rows land, the others are reported.
    Partial,
}

impl Mode {
    /// Its name in the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Atomic => "atomic",
            Self::Partial => "partial",
        }
    }
}

/// When people are invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationPolicy {
    /// Always.
    Always,
    /// When asked for.
    OptIn,
    /// By the credential mode.
    ByCredentialMode,
    /// Never.
    Never,
}

/// Whether a second factor is needed to finish an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MfaPolicy {
    /// Always.
    Required,
    /// As the organization says.
    AsOrganization,
}

/// When a role is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RoleRequired {
    /// In the sheet.
    InSheet,
    /// When committing: by column, parameter or assignment.
    AtCommit,
    /// Never.
    Never,
}

/// The rule about roles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RoleRule {
    /// A row without a role passes the check and is refused at commit.
    pub required_at_commit: bool,
    /// Whether there may be several.
    pub multiple: bool,
}

/// What a cell of a column may be.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Rule {
    /// Letters and combining marks, and what else is named.
    Name {
        max: u32,
        #[serde(default)]
        also: String,
        #[serde(default)]
        digits: bool,
    },
    /// Anything printable.
    Text { max: u32 },
    /// An email address.
    Email {
        max: u32,
        #[serde(default)]
        unicode: bool,
        /// Characters that the local part may not begin or end with.
        #[serde(default)]
        edges: String,
    },
    /// A phone number, valid by its country's numbering rules.
    Phone {
        /// Only these may stand between digits; none given: whatever people write.
        #[serde(default)]
        only: Option<String>,
        /// Whether a number without country code is read as the default country's.
        #[serde(default)]
        national: bool,
    },
    /// A sign-in name.
    Username {
        max: u32,
        #[serde(default)]
        none_of: String,
    },
    /// One or several names of a list.
    List {
        of: ListName,
        #[serde(default)]
        multiple: bool,
        #[serde(default)]
        exact: bool,
    },
    /// `name=value`, several.
    Properties,
    /// A language tag.
    Language,
    /// A specified password.
    Password { min: u32, max: u32 },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ListName {
    Roles,
    Groups,
    Sites,
    Domains,
    Courses,
    Organizations,
}

/// A column that a profile reads.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Column {
    #[serde(deserialize_with = "field_name")]
    field: Field,
    #[serde(default)]
    required: bool,
    #[serde(default)]
    default: Option<String>,
    #[serde(default)]
    title: Option<String>,
    rule: Rule,
}

impl Column {
    /// The field.
    #[must_use]
    pub fn field(&self) -> Field {
        self.field
    }

    /// Whether every row needs it.
    #[must_use]
    pub fn is_required(&self) -> bool {
        self.required
    }

    /// What an empty cell means.
    #[must_use]
    pub fn default_value(&self) -> Option<&str> {
        self.default.as_deref()
    }

    /// Its title in templates.
    #[must_use]
    pub fn title(&self) -> &str {
        self.title.as_deref().unwrap_or_else(|| self.field.title())
    }

    /// Whether a cell may hold several names.
    #[must_use]
    pub fn is_multiple(&self) -> bool {
        matches!(self.rule, Rule::List { multiple: true, .. } | Rule::Properties)
    }

    /// Whether its values sign people in, and so share one namespace with emails.
    #[must_use]
    pub fn is_sign_in_name(&self) -> bool {
        matches!(self.rule, Rule::Email { .. } | Rule::Username { .. })
    }

    pub(crate) fn rule(&self) -> &Rule {
        &self.rule
    }
}

fn field_name<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Field, D::Error> {
    let name = String::deserialize(deserializer)?;
    Field::parse(&name).ok_or_else(|| serde::de::Error::custom("no such field"))
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Policy {
    role: RolePolicy,
    invitation: Invitation,
    mfa: MfaPolicy,
    #[serde(default)]
    phone_at_acceptance: bool,
    #[serde(default)]
    credentials: Vec<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct RolePolicy {
    required: RoleRequired,
}

/// Whether new users are invited, and how long that is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Invitation {
    /// Whether they are.
    pub policy: InvitationPolicy,
    /// Hours from when the mail is handed to the mail service.
    #[serde(rename = "expires_after_hours")]
    pub expires_after: u32,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    rows: u32,
    bytes: u64,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    id: String,
    version: u32,
    name: String,
    #[serde(default)]
    kind: Option<String>,
    modes: Vec<Mode>,
    limits: Limits,
    columns: Vec<Column>,
    policies: std::collections::BTreeMap<String, Policy>,
    #[serde(default)]
    lists: Lists,
    #[serde(default)]
    hash: Option<String>,
}

#[derive(Debug)]
struct Inner {
    data: Data,
    policy: Policy,
    source: serde_json::Value,
    hash: String,
}

/// An import profile, built-in or effective. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Profile(Arc<Inner>);

const BUILT_IN: &[(&str, &str)] = &[
    ("modern", include_str!("../profiles/modern.json")),
    ("technician", include_str!("../profiles/technician.json")),
    ("end-user", include_str!("../profiles/end-user.json")),
];
const BUILT_IN_IDS: &[&str] = &["modern", "technician", "end-user"];

impl Profile {
    /// The built-in profile of that identifier.
    #[must_use]
    pub fn built_in(id: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(name, _)| *name == id)?;
        Self::from_json(text).ok()
    }

    /// The identifiers of the built-in profiles, the one to offer first in front.
    #[must_use]
    pub fn built_in_ids() -> &'static [&'static str] {
        BUILT_IN_IDS
    }

    /// A profile from its JSON. Where that has a `hash`, it must be the right one.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub fn from_json(text: &str) -> Result<Self, ProfileError> {
        let source: serde_json::Value = serde_json::from_str(text).map_err(|e| ProfileError::Shape(e.to_string()))?;
        Self::from_value(source)
    }

    fn from_value(mut source: serde_json::Value) -> Result<Self, ProfileError> {
        let data: Data = Data::deserialize(&source).map_err(|e| ProfileError::Shape(e.to_string()))?;
        if let Some(members) = source.as_object_mut() {
            members.remove("hash");
        }
        let mut canonical = String::new();
        json::value(&mut canonical, &source);
        let hash = hex(&Sha256::digest(canonical.as_bytes()));
        if data.hash.as_ref().is_some_and(|given| *given != hash) {
            return Err(ProfileError::Hash);
        }
        let policy = data.kind.as_ref().and_then(|kind| data.policies.get(kind)).or_else(|| data.policies.values().next()).cloned();
        let policy = policy.ok_or(ProfileError::Meaning("it has no policy"))?;
        if data.modes.is_empty() {
            return Err(ProfileError::Meaning("it has no mode"));
        }
        if !data.columns.iter().any(|column| column.required) {
            return Err(ProfileError::Meaning("it has no required column"));
        }
        for (i, column) in data.columns.iter().enumerate() {
            if data.columns[..i].iter().any(|other| other.field == column.field) {
                return Err(ProfileError::Meaning("a field has two columns"));
            }
        }
        Ok(Self(Arc::new(Inner { data, policy, source, hash })))
    }

    /// A built-in profile by its identifier, or a profile's JSON.
    ///
    /// # Errors
    /// [`ProfileError`].
    pub fn parse(id_or_json: &str) -> Result<Self, ProfileError> {
        if id_or_json.trim_start().starts_with('{') {
            Self::from_json(id_or_json)
        } else {
            Self::built_in(id_or_json).ok_or(ProfileError::Unknown)
        }
    }

    /// Canonical JSON with the hash.
    #[must_use]
    pub fn to_json(&self) -> String {
        let mut source = self.0.source.clone();
        if let Some(members) = source.as_object_mut() {
            members.insert("hash".into(), self.0.hash.clone().into());
        }
        let mut out = String::new();
        json::value(&mut out, &source);
        out
    }

    /// The same rules for one kind of user (`technician`, `end_user`, `member`): the policies of that kind.
    ///
    pub fn for_kind(&self, kind: &str) -> Option<Self> {
        if !self.0.data.policies.contains_key(kind) {
            return None;
        }
        let mut source = self.0.source.clone();
        source["kind"] = kind.into();
        Self::from_value(source).ok()
    }

    /// The effective profile: an organization's lists inlined, with a hash of its own.
    #[must_use]
    pub fn effective(&self, lists: &Lists) -> Self {
        let named = |items: &[Named]| -> serde_json::Value {
            items.iter().map(|item| serde_json::json!({"id": item.id, "name": item.name})).collect()
        };
        let mut source = self.0.source.clone();
        source["lists"] = serde_json::json!({
            "roles": named(&lists.roles),
            "groups": named(&lists.groups),
            "sites": named(&lists.sites),
            "domains": named(&lists.domains),
            "properties": named(&lists.properties),
            "courses": named(&lists.courses),
            "organizations": named(&lists.organizations),
            "default_country": lists.default_country,
        });
        // The shape is that of a profile that was read before, with lists of the right shape.
        Self::from_value(source).unwrap_or_else(|_| self.clone())
    }

    /// Identifier.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.0.data.id
    }

    /// Version.
    #[must_use]
    pub fn version(&self) -> u32 {
        self.0.data.version
    }

    /// Lower-case hex SHA-256 of the canonical JSON without the hash.
    #[must_use]
    pub fn hash(&self) -> &str {
        &self.0.hash
    }

    /// Name for people.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.0.data.name
    }

    /// `technician`, `end_user` or `member`.
    #[must_use]
    pub fn kind(&self) -> Option<&str> {
        self.0.data.kind.as_deref()
    }

    /// Every kind that it can make.
    pub fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.data.policies.keys().map(String::as_str)
    }

    /// The modes to choose from, the default first.
    #[must_use]
    pub fn modes(&self) -> &[Mode] {
        &self.0.data.modes
    }

    /// Most rows of one import.
    #[must_use]
    pub fn row_limit(&self) -> u32 {
        self.0.data.limits.rows
    }

    /// Most bytes of one file; this many are accepted.
    #[must_use]
    pub fn byte_limit(&self) -> u64 {
        self.0.data.limits.bytes
    }

    /// The columns.
    #[must_use]
    pub fn columns(&self) -> &[Column] {
        &self.0.data.columns
    }

    /// The column of a field.
    #[must_use]
    pub fn column(&self, field: Field) -> Option<&Column> {
        self.0.data.columns.iter().find(|column| column.field == field)
    }

    /// When people are invited.
    #[must_use]
    pub fn invitation_policy(&self) -> InvitationPolicy {
        self.0.policy.invitation.policy
    }

    /// Whether new users are invited, and how long that is good for.
    #[must_use]
    pub fn invitation(&self) -> Invitation {
        self.0.policy.invitation
    }

    /// Whether a second factor is needed to finish.
    #[must_use]
    pub fn mfa(&self) -> MfaPolicy {
        self.0.policy.mfa
    }

    /// Whether somebody without a phone number is asked for one when finishing.
    #[must_use]
    pub fn phone_at_acceptance(&self) -> bool {
        self.0.policy.phone_at_acceptance
    }

    /// The ways to hand out credentials, the default first; empty: a link only.
    #[must_use]
    pub fn credential_modes(&self) -> &[String] {
        &self.0.policy.credentials
    }

    /// The rule about roles.
    #[must_use]
    pub fn role(&self) -> RoleRule {
        let multiple = self.column(Field::Role).is_some_and(Column::is_multiple);
        RoleRule { required_at_commit: self.0.policy.role.required != RoleRequired::Never, multiple }
    }

    pub(crate) fn role_in_sheet(&self) -> bool {
        self.0.policy.role.required == RoleRequired::InSheet
    }

    /// The inlined lists.
    #[must_use]
    pub fn lists(&self) -> &Lists {
        &self.0.data.lists
    }

    pub(crate) fn list(&self, name: ListName) -> &[Named] {
        let lists = &self.0.data.lists;
        match name {
            ListName::Roles => &lists.roles,
            ListName::Groups => &lists.groups,
            ListName::Sites => &lists.sites,
            ListName::Domains => &lists.domains,
            ListName::Courses => &lists.courses,
            ListName::Organizations => &lists.organizations,
        }
    }

    /// The names that a field may have, where it is one of a list.
    #[must_use]
    pub fn options(&self, field: Field) -> Option<&[Named]> {
        match self.column(field)?.rule {
            Rule::List { of, .. } => Some(self.list(of)),
            _ => None,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    bytes.iter().flat_map(|b| [DIGITS[usize::from(b >> 4)], DIGITS[usize::from(b & 15)]]).map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_profiles_read_back_with_their_hash() {
        for id in Profile::built_in_ids() {
            let profile = Profile::built_in(id).unwrap_or_else(|| panic!("{id}: {:?}", {
                let text = BUILT_IN.iter().find(|(name, _)| name == id).unwrap().1;
                Profile::from_json(text).err()
            }));
            assert_eq!(profile.id(), *id);
            let again = Profile::from_json(&profile.to_json()).unwrap();
            assert_eq!(again.hash(), profile.hash());
            assert_eq!(again.to_json(), profile.to_json());
        }
    }

    #[test]
    fn a_changed_profile_does_not_carry_its_old_hash() {
        let json = Profile::built_in("technician").unwrap().to_json().replace("\"max\":64", "\"max\":640");
        assert_eq!(Profile::from_json(&json).err(), Some(ProfileError::Hash));
    }

    #[test]
    fn lists_and_kind_change_the_hash() {
        let plain = Profile::built_in("modern").unwrap();
        let lists = Lists { default_country: Some("DE".into()), ..Lists::default() };
        assert_ne!(plain.effective(&lists).hash(), plain.hash());
        let technician = plain.for_kind("technician").unwrap();
        assert_eq!((technician.invitation().expires_after, technician.mfa()), (24, MfaPolicy::Required));
        assert_eq!(plain.for_kind("end_user").unwrap().invitation().expires_after, 14 * 24);
    }
}
