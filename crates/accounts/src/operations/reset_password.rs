//! An administrator resets a person's password: void at once, signed out everywhere, a link to choose another.

use serde_json::{Value, json};

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::Missing,
    ids::UserId,
    lifecycle::{self, Operation},
    operations::edits::{Edit, EditUsers, ReadCredential, editable, modify_account, others_account},
    outbox::DueMail,
    roles::{Permission, ReadRoles},
    user::{PasswordReset, User},
};

/// Resets a password. The link is good for [`PasswordReset::VALID`] from now.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], also for somebody who may do more than the actor; [`Missing::User`];
/// what stands in the way: one's own account, the Root Master's, one that was never finished or is switched off.
pub async fn reset_password(
    ports: &(impl EditUsers + ReadCredential + ReadRoles),
    actor: &Actor,
    id: &str,
    origin: &Origin,
) -> Result<User> {
    actor.require(Permission::CredentialsWrite)?;
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    let found = ports.user_to_edit(&id).await?.ok_or(Missing::User)?;
    editable(actor, &found)?;
    let book = ports.role_book(found.organization_id.as_ref()).await?;
    modify_account(ports, &id, |mut user, mut credential| {
        others_account(actor, &user, &book)?;
        lifecycle::next(&user, Operation::ResetPassword, origin.now)?;
        let reset = PasswordReset::next(&user, Some(actor.id()), origin.now);
        let event = origin.event(
            "user.password_reset",
            user.organization_id.as_ref(),
            user.id.as_str(),
            Value::Null,
            json!({"expires_at": crate::time::iso(reset.expires_at)}),
        );
        credential.void_password();
        user.password_reset = Some(reset);
        user.end_everything();
        let mail = DueMail::password_reset(&user);
        let mut edit = Edit::new(user, event).with_credential(credential);
        edit.mails.extend(mail);
        Ok(edit)
    })
    .await
}
