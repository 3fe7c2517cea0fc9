//! Taking a finished import back: who goes, and who stays and why (requirements.md, "Undo").

use serde::{Deserialize, Serialize};

use super::rows::{Place, user_id};
use crate::{
    access::Actor,
    ids::{ImportId, UserId},
    operations::edits::others_account,
    roles::RoleBook,
    user::{User, UserStatus},
};

/// A row that became a user.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Made {
    /// Its position in the chunk.
    pub index: u32,
    /// The sheet's row.
    pub row: u32,
}

impl Made {
    /// Who it became.
    #[must_use]
    pub fn user(self, import: &ImportId, chunk: u32) -> UserId {
        user_id(import, Place { chunk, index: self.index })
    }
}

/// Somebody who stayed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Stayed {
    /// The sheet's row.
    pub row: u32,
    /// Who.
    pub user_id: UserId,
    /// Why: a stable code.
    pub reason: String,
}

impl Stayed {
    /// A person whom the import changed: what they had before is not kept.
    pub const UPDATED: &'static str = "updated_person";
}

/// Why a user of an undone import stays; none: they go. Only who never registered does, and only somebody else who
/// may do no more than whoever undoes it.
#[must_use]
pub fn stays(actor: Option<&Actor>, book: &RoleBook, user: &User) -> Option<&'static str> {
    match user.status {
        UserStatus::Active | UserStatus::LockedOut => return Some("registered"),
        UserStatus::Deactivated => return Some("deactivated"),
        UserStatus::Created | UserStatus::Invited => {}
    }
    let allowed = actor.is_some_and(|actor| others_account(actor, user, book).is_ok());
    (!allowed).then_some("permission_denied")
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        access::{Account, Via},
        ids::OrganizationId,
        roles::RoleId,
        user::UserKind,
    };

    fn user(name: &str, role: &str, status: UserStatus) -> User {
        let id = UserId::derived(&[name]);
        let acme = OrganizationId::derived(&["acme"]);
        let mut user = User::new(id.clone(), UserKind::EndUser, Some(acme), "modern", id, Timestamp::UNIX_EPOCH);
        user.status = status;
        user.roles = RoleId::parse(role).into_iter().collect();
        user
    }

    #[test]
    fn who_goes_and_who_stays_row_by_row() {
        let admin = |role| Actor::new(Account::from(user("admin", role, UserStatus::Active)), Via::ApiKey);
        let whole = admin("organization_admin");
        for (name, actor, person, wanted) in [
            ("never invited", &whole, user("ana", "standard", UserStatus::Created), None),
            ("invited", &whole, user("ana", "standard", UserStatus::Invited), None),
            ("registered", &whole, user("ana", "standard", UserStatus::Active), Some("registered")),
            ("switched off", &whole, user("ana", "standard", UserStatus::Deactivated), Some("deactivated")),
            (
                "given more since than who undoes it may do",
                &admin("organization_billing_admin"),
                user("ana", "organization_admin", UserStatus::Invited),
                Some("permission_denied"),
            ),
            (
                "by somebody who was switched off",
                &None,
                user("ana", "standard", UserStatus::Invited),
                Some("permission_denied"),
            ),
        ] {
            assert_eq!(stays(actor.as_ref(), &RoleBook::default(), &person), wanted, "{name}");
        }
    }
}
