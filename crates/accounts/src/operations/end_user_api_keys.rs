//! Ends every API key of a user. Browsers stay signed in.

use serde_json::{Value, json};

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    operations::edits::{Edit, EditUsers, modify_others_account},
    roles::{Permission, ReadRoles},
    user::User,
};

/// Ends the keys of somebody else; programs that use them are refused from this moment on.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], also for somebody who may do more than the actor; [`crate::error::Missing::User`];
/// one's own account, the Root Master's, one whose import is not finished.
pub async fn end_user_api_keys(
    ports: &(impl EditUsers + ReadRoles),
    actor: &Actor,
    id: &str,
    origin: &Origin,
) -> Result<User> {
    modify_others_account(ports, actor, Permission::CredentialsWrite, id, |mut user| {
        user.end_api_keys();
        let event = origin.event(
            "user.api_keys_ended",
            user.organization_id.as_ref(),
            user.id.as_str(),
            Value::Null,
            json!({"api_keys": "all"}),
        );
        Ok(Edit::new(user, event))
    })
    .await
}
