//! Lifts the lock that too many failed sign-ins have put on an account.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::Missing,
    ids::UserId,
    lifecycle::{self, Operation},
    operations::edits::{Edit, EditUsers, modify_user, others_account},
    roles::{Permission, ReadRoles},
    user::User,
};

/// Unlocks somebody else's account, at once.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], [`Missing::User`], and what stands in the way: one's own account, the Root
/// Master's, one that is not locked.
pub async fn unlock_user(
    ports: &(impl EditUsers + ReadRoles),
    actor: &Actor,
    id: &str,
    origin: &Origin,
) -> Result<User> {
    actor.require(Permission::CredentialsWrite)?;
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    let user = ports.user_to_edit(&id).await?.ok_or(Missing::User)?;
    let book = ports.role_book(user.organization_id.as_ref()).await?;
    modify_user(ports, &id, |mut user| {
        others_account(actor, &user, &book)?;
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
