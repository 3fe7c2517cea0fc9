//! A person chooses a new password with a mailed link, which is spent by it.

use serde_json::{Value, json};

use crate::{
    Error, Result,
    audit::Origin,
    error::DeadLink,
    operations::{
        create_user::ReadOrganization,
        edits::{Edit, EditUsers, ReadCredential, modify_account},
        get_password_reset::{FindResetUser, ResetLink, open_reset, policy_for},
    },
    outbox::DueMail,
    password::NewPassword,
    token::TokenKeys,
    user::LinkState,
};

/// Sets the new password: every session ends, a lock is lifted, the person is told.
///
/// # Errors
/// [`crate::error::Missing::PasswordReset`], [`DeadLink`], [`Error::Unfit`] with what is wrong with the password.
pub async fn complete_password_reset(
    ports: &(impl FindResetUser + ReadOrganization + EditUsers + ReadCredential),
    keys: &TokenKeys,
    token: &str,
    password: &str,
    origin: &Origin,
) -> Result<()> {
    let ResetLink { user, generation } = ResetLink::find(ports, keys, token).await?;
    open_reset(&user, generation, origin.now)?;
    let policy = policy_for(ports, &user).await?;
    let password = NewPassword::for_user(password, &user, &policy).map_err(|refusal| Error::Unfit(vec![refusal]))?;
    let hash = password.hash();
    let origin = Origin { actor: Some(user.id.clone()), ..origin.clone() };
    modify_account(ports, &user.id, |mut user, mut credential| {
        open_reset(&user, generation, origin.now)?;
        let reset = user.password_reset.as_mut().ok_or(DeadLink::ResetRevoked)?;
        reset.state = LinkState::Used;
        reset.ended_at = Some(origin.now);
        credential.set_password(hash.clone());
        user.locked_until = None;
        user.end_sessions();
        let event = origin.event(
            "user.password_changed",
            user.organization_id.as_ref(),
            user.id.as_str(),
            Value::Null,
            json!({"by": "reset_link"}),
        );
        let mail = DueMail::password_changed(&user, origin.now);
        Ok(Edit::new(user, event).with_credential(credential).with_mail(mail))
    })
    .await?;
    Ok(())
}
