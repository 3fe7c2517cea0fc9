//! Permissions and the built-in roles of every source (requirements.md, S1 to S4).

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    error::{Refusal, at_most},
    ids::{CustomRoleId, OrganizationId},
    naming,
    random::Randomness,
    user::{User, UserKind},
};

macro_rules! permissions {
    ($($(#[doc = $doc:literal])* $variant:ident $name:literal,)*) => {
        /// What an operation asks of its actor.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        pub enum Permission { $($(#[doc = $doc])* #[serde(rename = $name)] $variant,)* }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in the API.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }

            /// What it lets one do, in a sentence without its full stop.
            #[must_use]
            pub fn description(self) -> &'static str {
                let text = match self { $(Self::$variant => concat!($($doc),*),)* };
                text.trim().trim_end_matches('.')
            }

            /// The permission of that name.
            #[must_use]
            pub fn parse(name: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|permission| permission.name() == name)
            }
        }
    };
}

permissions! {
    /// See users, their invitations and their histories.
    UsersRead "users.read",
    /// Create and edit users, deactivate and activate them.
    UsersWrite "users.write",
    /// Delete users.
    UsersDelete "users.delete",
    /// Reset passwords and second factors, unlock, end sessions of others.
    CredentialsWrite "credentials.write",
    /// Send, resend and revoke invitations.
    InvitationsWrite "invitations.write",
    /// See imports and their reports.
    ImportsRead "imports.read",
    /// Start, commit and cancel imports.
    ImportsWrite "imports.write",
    /// See organizations and their settings.
    OrganizationsRead "organizations.read",
    /// Create organizations and change their settings.
    OrganizationsWrite "organizations.write",
    /// See roles.
    RolesRead "roles.read",
    /// Create, change and delete roles.
    RolesWrite "roles.write",
    /// See access groups, sites, properties, courses and services.
    ListsRead "lists.read",
    /// Change access groups, sites, properties, courses and services.
    ListsWrite "lists.write",
    /// See the audit trail.
    AuditRead "audit.read",
    /// Create API keys for oneself.
    ApiKeysWrite "api_keys.write",
    /// See billing pages.
    BillingRead "billing.read",
}

/// The identifier of a role: `system_administrator`, or one of a role made by an administrator.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RoleId(String);

impl RoleId {
    /// The role of the account that bootstraps the deployment. No form, API call or import can give it.
    pub const ROOT_MASTER: &'static str = "root_master";

    /// Reads an identifier: 1 to 60 of `a-z`, `0-9`, `_`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=60).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        fits.then(|| Self(text.to_owned()))
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A role that comes with Rollcall.
#[derive(Debug, Clone, Copy)]
pub struct BuiltInRole {
    /// Stable identifier.
    pub id: &'static str,
    /// Name shown and matched in sheets.
    pub name: &'static str,
    /// One sentence.
    pub description: &'static str,
    /// The kinds of user that may have it.
    pub kinds: &'static [UserKind],
    /// What it grants.
    pub permissions: &'static [Permission],
    /// Whether a form, an API call or an import may give it.
    pub assignable: bool,
}

use Permission as P;
use UserKind as K;

const READ_ONLY: &[Permission] =
    &[P::UsersRead, P::ImportsRead, P::OrganizationsRead, P::RolesRead, P::ListsRead, P::AuditRead, P::BillingRead];
const LOOK_AFTER: &[Permission] = &[
    P::UsersRead,
    P::UsersWrite,
    P::CredentialsWrite,
    P::InvitationsWrite,
    P::ImportsRead,
    P::ImportsWrite,
    P::OrganizationsRead,
    P::RolesRead,
    P::ListsRead,
    P::ApiKeysWrite,
    P::BillingRead,
];
/// Everything, where the scope allows it.
const ADMINISTER: &[Permission] = Permission::ALL;

/// Every built-in role.
pub const BUILT_IN: &[BuiltInRole] = &[
    BuiltInRole {
        id: RoleId::ROOT_MASTER,
        name: "Root Master",
        description: "The account that bootstraps the deployment. Holds every permission and cannot be given away here.",
        kinds: &[K::Technician, K::Member],
        permissions: Permission::ALL,
        assignable: false,
    },
    BuiltInRole {
        id: "system_administrator",
        name: "System Administrator",
        description: "Everything, in all organizations.",
        kinds: &[K::Technician],
        permissions: Permission::ALL,
        assignable: true,
    },
    BuiltInRole {
        id: "technician",
        name: "Technician",
        description: "Looks after users and imports of the organizations given to them.",
        kinds: &[K::Technician],
        permissions: LOOK_AFTER,
        assignable: true,
    },
    BuiltInRole {
        id: "organization_admin",
        name: "Organization Admin",
        description: "Everything in their own organization.",
        kinds: &[K::EndUser],
        permissions: ADMINISTER,
        assignable: true,
    },
    BuiltInRole {
        id: "organization_view_only_admin",
        name: "Organization View Only Admin",
        description: "Sees everything in their own organization and changes nothing.",
        kinds: &[K::EndUser],
        permissions: READ_ONLY,
        assignable: true,
    },
    BuiltInRole {
        id: "organization_billing_admin",
        name: "Organization Billing Admin",
        description: "Billing pages of their own organization.",
        kinds: &[K::EndUser],
        permissions: &[P::BillingRead],
        assignable: true,
    },
    BuiltInRole {
        id: "organization_user",
        name: "Organization User",
        description: "Their own account only.",
        kinds: &[K::EndUser],
        permissions: &[],
        assignable: true,
    },
    BuiltInRole {
        id: "privileged",
        name: "Privileged",
        description: "Portal user who sees the tickets of the whole organization.",
        kinds: &[K::EndUser],
        permissions: &[],
        assignable: true,
    },
    BuiltInRole {
        id: "standard",
        name: "Standard",
        description: "Portal user who sees their own tickets.",
        kinds: &[K::EndUser],
        permissions: &[],
        assignable: true,
    },
    BuiltInRole {
        id: "master",
        name: "Master",
        description: "Everything among members.",
        kinds: &[K::Member],
        permissions: ADMINISTER,
        assignable: true,
    },
    BuiltInRole {
        id: "billing",
        name: "Billing",
        description: "Billing, subscriptions, invoices and billing tickets.",
        kinds: &[K::Member],
        permissions: &[P::BillingRead],
        assignable: true,
    },
    BuiltInRole {
        id: "user",
        name: "User",
        description: "Their own tickets and those they are copied on.",
        kinds: &[K::Member],
        permissions: &[],
        assignable: true,
    },
    BuiltInRole {
        id: "co_managed_user",
        name: "Co-Managed User",
        description: "Support, read-only.",
        kinds: &[K::Member],
        permissions: &[],
        assignable: true,
    },
];

/// The built-in role of that identifier.
#[must_use]
pub fn built_in(id: &RoleId) -> Option<&'static BuiltInRole> {
    BUILT_IN.iter().find(|role| role.id == id.as_str())
}

/// A role made by an administrator: of an organization's end users or members, or of technicians.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CustomRole {
    /// Identifier, `role_` and 26 characters.
    pub id: RoleId,
    /// Whose; none: the deployment's, for technicians.
    pub organization_id: Option<OrganizationId>,
    /// Name, unique among the roles of its kind there.
    pub name: String,
    /// One sentence.
    pub description: String,
    /// The kind of user that may have it.
    pub user_kind: UserKind,
    /// What it grants.
    pub permissions: Vec<Permission>,
    /// Set while it is being deleted: nobody may be given it any more.
    #[serde(default)]
    pub retired: bool,
    /// When a permission was last taken from it: sessions of its holders that began before are over.
    #[serde(with = "crate::time::fixed::option", default)]
    pub reduced_at: Option<Timestamp>,
    /// Goes up with every edit.
    pub version: u64,
}

/// Most characters of a role's name.
pub const NAME_LIMIT: usize = 60;
/// Most characters of a role's description.
pub const DESCRIPTION_LIMIT: usize = 300;

impl RoleId {
    /// A new identifier of 128 random bits.
    pub fn random(randomness: &impl Randomness) -> Self {
        Self(CustomRoleId::random(randomness).into())
    }
}

/// The name of a custom role among those of its kind, checked: 1 to [`NAME_LIMIT`] characters, and none that a
/// built-in role has, whose names sheets may use.
///
/// # Errors
/// A [`Refusal`] with code `name_missing`, `name_too_long`, `name_not_valid` or `name_reserved`.
pub fn role_name(text: &str) -> Result<String, Refusal> {
    let name = naming::name("name", text, NAME_LIMIT)?;
    let folded = naming::folded(&name);
    if BUILT_IN.iter().any(|role| naming::folded(role.name) == folded || role.id == folded) {
        let detail = "a role that comes with Rollcall has this name".into();
        return Err(Refusal { field: "name".into(), code: "name_reserved".into(), detail });
    }
    Ok(name)
}

/// The permissions of these names, each once; unknown ones are refused, and more names than there are permissions.
pub fn parse_permissions(names: &[String], refusals: &mut Vec<Refusal>) -> Vec<Permission> {
    let mut found = BTreeSet::new();
    for name in at_most("permissions", names, Permission::ALL.len(), refusals) {
        match Permission::parse(name.trim()) {
            Some(permission) => {
                found.insert(permission);
            }
            None => refusals.push(Refusal {
                field: "permissions".into(),
                code: "permission_unknown".into(),
                detail: "GET /v1/permissions lists those that there are".into(),
            }),
        }
    }
    found.into_iter().collect()
}

/// Most custom roles of an organization, or of the deployment's technicians.
pub const CUSTOM_ROLE_LIMIT: usize = 100;

/// A role, whoever made it.
#[derive(Debug, Clone, Copy)]
pub enum Role<'a> {
    /// Comes with Rollcall.
    BuiltIn(&'static BuiltInRole),
    /// Made by an administrator.
    Custom(&'a CustomRole),
}

impl<'a> Role<'a> {
    /// Identifier as text.
    #[must_use]
    pub fn id(&self) -> &'a str {
        match self {
            Self::BuiltIn(role) => role.id,
            Self::Custom(role) => role.id.as_str(),
        }
    }

    /// Name.
    #[must_use]
    pub fn name(&self) -> &'a str {
        match self {
            Self::BuiltIn(role) => role.name,
            Self::Custom(role) => &role.name,
        }
    }

    /// One sentence; may be empty.
    #[must_use]
    pub fn description(&self) -> &'a str {
        match self {
            Self::BuiltIn(role) => role.description,
            Self::Custom(role) => &role.description,
        }
    }

    /// The kinds of user that may have it.
    #[must_use]
    pub fn kinds(&self) -> &'a [UserKind] {
        match self {
            Self::BuiltIn(role) => role.kinds,
            Self::Custom(role) => std::slice::from_ref(&role.user_kind),
        }
    }

    /// What it grants.
    #[must_use]
    pub fn permissions(&self) -> &'a [Permission] {
        match self {
            Self::BuiltIn(role) => role.permissions,
            Self::Custom(role) => &role.permissions,
        }
    }

    /// Whether that kind of user may be given it.
    #[must_use]
    pub fn is_assignable(&self, kind: UserKind) -> bool {
        match self {
            Self::BuiltIn(role) => role.assignable && role.kinds.contains(&kind),
            Self::Custom(role) => role.user_kind == kind && !role.retired,
        }
    }
}

/// The roles that can mean something for one person: the built-in ones and the custom ones of their
/// organization, or of technicians.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct RoleBook {
    custom: BTreeMap<RoleId, CustomRole>,
}

impl RoleBook {
    /// The built-in roles and these.
    #[must_use]
    pub fn new(custom: Vec<CustomRole>) -> Self {
        Self { custom: custom.into_iter().map(|role| (role.id.clone(), role)).collect() }
    }

    /// The custom ones, by identifier.
    pub fn custom(&self) -> impl Iterator<Item = &CustomRole> {
        self.custom.values()
    }

    /// Every role, the built-in ones first.
    pub fn roles(&self) -> impl Iterator<Item = Role<'_>> {
        BUILT_IN.iter().map(Role::BuiltIn).chain(self.custom.values().map(Role::Custom))
    }

    /// The role of that identifier.
    #[must_use]
    pub fn role(&self, id: &RoleId) -> Option<Role<'_>> {
        built_in(id).map(Role::BuiltIn).or_else(|| self.custom.get(id).map(Role::Custom))
    }

    /// The roles that kind of user may be given.
    pub fn assignable(&self, kind: UserKind) -> impl Iterator<Item = Role<'_>> {
        self.roles().filter(move |role| role.is_assignable(kind))
    }

    /// The one of these of that identifier or exact name.
    #[must_use]
    pub fn find_assignable(&self, kind: UserKind, id_or_name: &str) -> Option<Role<'_>> {
        let by_id = self.assignable(kind).find(|role| role.id() == id_or_name);
        by_id.or_else(|| self.assignable(kind).find(|role| role.name() == id_or_name))
    }

    /// Whether a permission was taken from one of these roles after that moment.
    #[must_use]
    pub fn reduced_since(&self, roles: &[RoleId], moment: Timestamp) -> bool {
        roles.iter().filter_map(|id| self.custom.get(id)).any(|role| role.reduced_at.is_some_and(|at| moment <= at))
    }

    /// The union of what the roles grant; unknown ones grant nothing.
    #[must_use]
    pub fn permissions_of(&self, roles: &[RoleId]) -> Vec<Permission> {
        let mut all: Vec<Permission> =
            roles.iter().filter_map(|id| self.role(id)).flat_map(|role| role.permissions().iter().copied()).collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// What a user may do: what their roles grant and what they were given beside.
    #[must_use]
    pub fn permissions_of_user(&self, user: &User) -> Vec<Permission> {
        let mut all = self.permissions_of(&user.roles);
        all.extend(&user.permissions);
        all.sort_unstable();
        all.dedup();
        all
    }
}

/// Reads the custom roles that an actor may be given.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadRoles {
    /// The roles of an organization's people, or of technicians (`None`).
    async fn role_book(&self, organization: Option<&OrganizationId>) -> Result<RoleBook>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_master_role_cannot_be_assigned() {
        for kind in [K::Technician, K::EndUser, K::Member] {
            assert!(RoleBook::default().find_assignable(kind, "root_master").is_none());
            assert!(RoleBook::default().find_assignable(kind, "Root Master").is_none());
        }
    }

    #[test]
    fn names_of_built_in_roles_are_theirs() {
        for (given, wanted) in [
            ("  Night shift ", Ok("Night shift")),
            ("Master", Err("name_reserved")),
            ("organization ADMIN", Err("name_reserved")),
            ("root_master", Err("name_reserved")),
            ("", Err("name_missing")),
            ("a\u{202e}b", Err("name_not_valid")),
        ] {
            let outcome = role_name(given);
            assert_eq!(outcome.as_deref().map_err(|refusal| refusal.code.as_str()), wanted, "{given}");
        }
    }

    #[test]
    fn every_permission_is_described_and_found_by_its_name() {
        for permission in Permission::ALL {
            assert_eq!(Permission::parse(permission.name()), Some(*permission));
            let text = permission.description();
            assert!(text.len() > 8 && !text.ends_with('.') && !text.starts_with(' '), "{text}");
        }
    }

    #[test]
    fn sessions_end_that_began_before_a_permission_was_taken_away() {
        let at = |seconds| Timestamp::from_second(seconds).unwrap();
        let role = CustomRole {
            id: RoleId::parse("role_x").unwrap(),
            organization_id: None,
            name: "X".into(),
            description: String::new(),
            user_kind: K::Technician,
            permissions: vec![],
            retired: false,
            reduced_at: Some(at(100)),
            version: 1,
        };
        let book = RoleBook::new(vec![role.clone()]);
        let theirs = [role.id];
        for (moment, over) in [(99, true), (100, true), (101, false)] {
            assert_eq!(book.reduced_since(&theirs, at(moment)), over, "{moment}");
        }
        assert!(!book.reduced_since(&[], at(0)));
    }

    #[test]
    fn identifiers_are_unique_and_well_formed() {
        for role in BUILT_IN {
            assert!(RoleId::parse(role.id).is_some(), "{}", role.id);
            assert_eq!(BUILT_IN.iter().filter(|other| other.id == role.id).count(), 1, "{}", role.id);
        }
    }
}
