//! Permissions and the built-in roles of every source (requirements.md, S1 to S4).

use serde::{Deserialize, Serialize};

use crate::user::UserKind;

macro_rules! permissions {
    ($($(#[$doc:meta])* $variant:ident $name:literal,)*) => {
        /// What an operation asks of its actor.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Permission { $($(#[$doc])* $variant,)* }

        impl Permission {
            /// Every permission there is.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// Its name in the API.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)* }
            }
        }
    };
}

permissions! {
    /// See users and their invitations.
    UsersRead "users.read",
    /// Create and edit users.
    UsersWrite "users.write",
    /// Send, resend and revoke invitations.
    InvitationsWrite "invitations.write",
    /// See imports and their reports.
    ImportsRead "imports.read",
    /// Start, commit and cancel imports.
    ImportsWrite "imports.write",
    /// See organizations.
    OrganizationsRead "organizations.read",
    /// Create organizations.
    OrganizationsWrite "organizations.write",
    /// See roles.
    RolesRead "roles.read",
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

const READ_ONLY: &[Permission] = &[P::UsersRead, P::ImportsRead, P::OrganizationsRead, P::RolesRead, P::BillingRead];
const ADMINISTER: &[Permission] = &[
    P::UsersRead,
    P::UsersWrite,
    P::InvitationsWrite,
    P::ImportsRead,
    P::ImportsWrite,
    P::OrganizationsRead,
    P::RolesRead,
    P::ApiKeysWrite,
    P::BillingRead,
];

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
        permissions: ADMINISTER,
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

/// The assignable role of that identifier or exact name for that kind of user.
#[must_use]
pub fn assignable(kind: UserKind, id_or_name: &str) -> Option<&'static BuiltInRole> {
    BUILT_IN.iter().find(|role| {
        role.assignable && role.kinds.contains(&kind) && (role.id == id_or_name || role.name == id_or_name)
    })
}

/// The union of what the roles grant; unknown roles grant nothing.
#[must_use]
pub fn permissions_of(roles: &[RoleId]) -> Vec<Permission> {
    let mut all: Vec<Permission> =
        roles.iter().filter_map(built_in).flat_map(|role| role.permissions.iter().copied()).collect();
    all.sort_unstable();
    all.dedup();
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_master_role_cannot_be_assigned() {
        for kind in [K::Technician, K::EndUser, K::Member] {
            assert!(assignable(kind, "root_master").is_none());
            assert!(assignable(kind, "Root Master").is_none());
        }
    }

    #[test]
    fn identifiers_are_unique_and_well_formed() {
        for role in BUILT_IN {
            assert!(RoleId::parse(role.id).is_some(), "{}", role.id);
            assert_eq!(BUILT_IN.iter().filter(|other| other.id == role.id).count(), 1, "{}", role.id);
        }
    }
}
