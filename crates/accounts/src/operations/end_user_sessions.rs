//! Signs a user out everywhere: browsers and programs.

use serde_json::{Value, json};

use crate::{
    Result,
    access::{Actor, Via},
    audit::Origin,
    error::Invalid,
    operations::edits::{Edit, EditUsers, covers, editable, modify_read_user, named_account},
    roles::{Permission, ReadRoles},
    user::User,
};

/// Ends every session and every API key of a user; no token of theirs is good for anything from this moment on. Of one's own account
/// that includes the session that asks, and takes one: a program does not put its owner out.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], also for somebody who may do more than the actor; [`crate::error::Missing::User`];
/// [`Invalid::SessionRequired`] for an API key of the account itself.
pub async fn end_user_sessions(
    ports: &(impl EditUsers + ReadRoles),
    actor: &Actor,
    id: &str,
    origin: &Origin,
) -> Result<User> {
    actor.require(Permission::CredentialsWrite)?;
    let (user, book) = named_account(ports, id).await?;
    modify_read_user(ports, user, |mut user| {
        editable(actor, &user)?;
        if user.id == *actor.id() && actor.via == Via::ApiKey {
            return Err(Invalid::SessionRequired.into());
        }
        covers(actor, &book.permissions_of_user(&user))?;
        let event = origin.event(
            "user.signed_out",
            user.organization_id.as_ref(),
            user.id.as_str(),
            Value::Null,
            json!({"sessions": "all", "api_keys": "all"}),
        );
        user.end_everything();
        Ok(Edit::new(user, event))
    })
    .await
}
