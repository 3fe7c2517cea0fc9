//! Signs a user out everywhere.

use serde_json::{Value, json};

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::Missing,
    ids::UserId,
    operations::edits::{Edit, EditUsers, covers, editable, modify_user},
    roles::{Permission, ReadRoles},
    user::User,
};

/// Ends every session of a user; no token of theirs is good for anything from this moment on. Of one's own account
/// that includes the session that asks.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], also for somebody who may do more than the actor; [`Missing::User`].
pub async fn end_user_sessions(
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
        editable(actor, &user)?;
        covers(actor, &book.permissions_of_user(&user))?;
        let event = origin.event(
            "user.signed_out",
            user.organization_id.as_ref(),
            user.id.as_str(),
            Value::Null,
            json!({"sessions": "all"}),
        );
        user.end_sessions();
        Ok(Edit::new(user, event))
    })
    .await
}
