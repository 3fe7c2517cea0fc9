//! Switches an account on again. The person must choose a new password, with the link that is mailed, and set up
//! the second factor anew; an account that was never finished can be invited.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    audit::Origin,
    credential::Credential,
    lifecycle::{self, Operation, State},
    operations::edits::{Edit, EditUsers, modify_others_account},
    outbox::DueMail,
    roles::{Permission, ReadRoles},
    user::{PasswordReset, User, UserStatus},
};

/// Activates somebody else's account. As that voids the password and mails a link to choose another, it takes the
/// permission for resets, too.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], [`crate::error::Missing::User`], and what stands in the way: one's own account, the Root
/// Master's, one that is not deactivated.
pub async fn activate_user(
    ports: &(impl EditUsers + ReadRoles),
    actor: &Actor,
    id: &str,
    origin: &Origin,
) -> Result<User> {
    actor.require(Permission::CredentialsWrite)?;
    modify_others_account(ports, actor, Permission::UsersWrite, id, |mut user| {
        let state = lifecycle::next(&user, Operation::Activate, origin.now)?;
        let mut credential = Credential::empty(user.id.clone());
        let mut mail = None;
        if state == State::Active {
            user.status = UserStatus::Active;
            user.mfa_enrolled = false;
            credential.must_enrol = true;
            user.password_reset = Some(PasswordReset::next(&user, Some(actor.id()), origin.now));
            mail = DueMail::password_reset(&user);
        } else {
            user.status = UserStatus::Created;
        }
        let event = origin.event(
            "user.activated",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"status": UserStatus::Deactivated.name()}),
            json!({"status": user.status.name(), "must_choose_password": mail.is_some()}),
        );
        let edit = Edit::new(user, event).with_credential(credential).while_active(actor);
        Ok(mail.into_iter().fold(edit, Edit::with_mail))
    })
    .await
}
