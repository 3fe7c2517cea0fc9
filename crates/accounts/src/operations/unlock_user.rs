//! Lifts the lock that too many failed sign-ins have put on an account.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    lifecycle::{self, Operation},
    operations::edits::{Edit, EditUsers, modify_others_account},
    roles::{Permission, ReadRoles},
    user::User,
};

/// Unlocks somebody else's account, at once.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], [`crate::error::Missing::User`], and what stands in the way: one's own account, the Root
/// Master's, one that is not locked.
pub async fn unlock_user(
    ports: &(impl EditUsers + ReadRoles),
    actor: &Actor,
    id: &str,
    origin: &Origin,
) -> Result<User> {
    modify_others_account(ports, actor, Permission::CredentialsWrite, id, |mut user| {
        lifecycle::next(&user, Operation::Unlock, origin.now)?;
        let event = origin.event(
            "user.unlocked",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"locked_until": user.locked_until.map(crate::time::iso)}),
            json!({"locked_until": null}),
        );
        user.locked_until = None;
        Ok(Edit::new(user, event))
    })
    .await
}
