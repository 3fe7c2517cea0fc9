//! What users of a scope are found by, beside their names: the one source of the entries that the table keeps of
//! a user, of which filters can be served, and of whether anybody refers to a role or an entry of a list.

use std::fmt;

use crate::{
    ids::EntryId,
    invitation::Delivery,
    roles::RoleId,
    user::{User, UserStatus},
};

/// Something that a user has or is.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Facet {
    /// Their invitation's mail did not arrive or was not wanted: it bounced, was complained about, or suppressed.
    Trouble,
    /// An access group.
    Group(EntryId),
    /// A role.
    Role(RoleId),
    /// Where the account is in its life, as far as an index tells.
    Stage(Stage),
    /// A site, course or service.
    Entry(EntryId),
    /// A property that has a value, by its key.
    Property(String),
}

/// The stored statuses, those before the first sign-in as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Created or invited.
    Unfinished,
    /// Active, locked out or not.
    Active,
    /// Deactivated.
    Deactivated,
}

impl Stage {
    /// The stage of a status.
    #[must_use]
    pub fn of(status: UserStatus) -> Self {
        match status {
            UserStatus::Created | UserStatus::Invited => Self::Unfinished,
            UserStatus::Active | UserStatus::LockedOut => Self::Active,
            UserStatus::Deactivated => Self::Deactivated,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Unfinished => "unfinished",
            Self::Active => "active",
            Self::Deactivated => "deactivated",
        }
    }
}

impl Facet {
    /// Everything that a user is found by.
    #[must_use]
    pub fn all_of(user: &User) -> Vec<Self> {
        let delivery = user.invitation.as_ref().map(|invitation| invitation.delivery);
        let mut all = vec![Self::Stage(Stage::of(user.status))];
        all.extend(delivery.filter(|delivery| delivery.is_trouble()).map(|_| Self::Trouble));
        all.extend(user.roles.iter().cloned().map(Self::Role));
        all.extend(user.groups.iter().cloned().map(Self::Group));
        let entries = user.site.iter().chain(&user.courses).chain(&user.services);
        all.extend(entries.cloned().map(Self::Entry));
        all.extend(user.properties.keys().cloned().map(Self::Property));
        all.sort_unstable();
        all.dedup();
        all
    }

    /// Whether lists are filtered by it: its entries are then in the order of names.
    #[must_use]
    pub fn is_listed(&self) -> bool {
        match self {
            Self::Trouble | Self::Group(_) | Self::Role(_) | Self::Stage(_) => true,
            Self::Entry(_) | Self::Property(_) => false,
        }
    }

    /// Whether a user has it.
    #[must_use]
    pub fn is_of(&self, user: &User) -> bool {
        Self::all_of(user).contains(self)
    }
}

/// As keys name it.
impl fmt::Display for Facet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Trouble => f.write_str("trouble"),
            Self::Group(id) => write!(f, "group:{id}"),
            Self::Role(id) => write!(f, "role:{}", id.as_str()),
            Self::Stage(stage) => write!(f, "status:{}", stage.name()),
            Self::Entry(id) => write!(f, "entry:{id}"),
            Self::Property(key) => write!(f, "property:{key}"),
        }
    }
}

impl Delivery {
    /// Whether somebody should look at the address.
    #[must_use]
    pub fn is_trouble(self) -> bool {
        matches!(self, Self::Bounced | Self::Complained | Self::Suppressed)
    }
}

/// Asks whether anybody has something.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait FindByFacet {
    /// Whether any user of the scope (an organization, or the technicians) has it: visible, of an import that is
    /// still running, deactivated, whatever. Reads one user where somebody has it, and none where nobody does.
    async fn is_in_use(&self, organization: Option<&crate::ids::OrganizationId>, facet: &Facet) -> crate::Result<bool>;
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        ids::{InvitationId, OrganizationId, UserId},
        invitation::Invitation,
        lists::PropertyValue,
        user::UserKind,
    };

    #[test]
    fn a_user_is_found_by_what_they_have() {
        let id = UserId::derived(&["ana"]);
        let entry = |name: &str| EntryId::derived(&[name]);
        let organization = OrganizationId::derived(&["acme"]);
        let mut user =
            User::new(id.clone(), UserKind::Member, Some(organization), "member", id.clone(), Timestamp::UNIX_EPOCH);
        assert_eq!(Facet::all_of(&user), [Facet::Stage(Stage::Unfinished)]);

        user.status = UserStatus::Deactivated;
        user.roles = RoleId::parse("billing").into_iter().collect();
        user.groups = vec![entry("g"), entry("h")];
        user.site = Some(entry("s"));
        user.courses = vec![entry("c")];
        user.services = vec![entry("v"), entry("c")];
        user.properties.insert("desk".into(), PropertyValue::YesNo(true));
        let names = |user: &User| Facet::all_of(user).iter().map(ToString::to_string).collect::<Vec<_>>();
        let mut wanted = vec![
            format!("group:{}", entry("g")),
            format!("group:{}", entry("h")),
            "role:billing".to_owned(),
            "status:deactivated".to_owned(),
            format!("entry:{}", entry("s")),
            format!("entry:{}", entry("c")),
            format!("entry:{}", entry("v")),
            "property:desk".to_owned(),
        ];
        let mut found = names(&user);
        found.sort_unstable();
        wanted.sort_unstable();
        assert_eq!(found, wanted);

        let mut invitation = Invitation::queued(InvitationId::derived(&["i"]), 24, id, Timestamp::UNIX_EPOCH);
        for delivery in Delivery::ALL {
            invitation.delivery = *delivery;
            user.invitation = Some(invitation.clone());
            assert_eq!(Facet::Trouble.is_of(&user), delivery.is_trouble(), "{delivery:?}");
        }
    }
}
