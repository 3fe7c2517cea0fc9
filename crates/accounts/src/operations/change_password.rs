//! Changes one's own password.

use serde_json::{Value, json};

use crate::{
    Error, Result,
    access::Actor,
    attempts::CountAttempts,
    audit::Origin,
    operations::{
        choose_password::unchanged,
        create_user::ReadOrganization,
        edits::{Edit, EditUsers, ReadCredential, modify_account},
        own_password::require_own_password,
    },
    outbox::DueMail,
    password::NewPassword,
};

/// Changes the actor's password, given the present one: every session ends, this one included, and the person is
/// told by mail.
///
/// # Errors
/// [`Error::Unfit`] with what is wrong with either password; [`Error::TooManyAttempts`].
pub async fn change_password(
    ports: &(impl CountAttempts + ReadCredential + ReadOrganization + EditUsers),
    actor: &Actor,
    current: &str,
    password: &str,
    origin: &Origin,
) -> Result<()> {
    let organization = match &actor.user.organization_id {
        Some(id) => ports.read_organization(id).await?,
        None => None,
    };
    let policy = organization.map(|organization| organization.password_policy).unwrap_or_default();
    let new = NewPassword::for_user(password, &actor.user, &policy).map_err(|refusal| Error::Unfit(vec![refusal]))?;
    if password == current {
        return Err(Error::Unfit(vec![unchanged("password")]));
    }
    require_own_password(ports, actor, "current", current, origin.now).await?;
    let hash = new.hash();
    modify_account(ports, actor.id(), |mut user, mut credential| {
        credential.set_password(hash.clone());
        user.revoke_password_reset(origin.now);
        user.end_sessions();
        let event = origin.event(
            "user.password_changed",
            user.organization_id.as_ref(),
            user.id.as_str(),
            Value::Null,
            json!({"by": "user"}),
        );
        let mail = DueMail::password_changed(&user, origin.now);
        Ok(Edit::new(user, event).with_credential(credential).with_mail(mail))
    })
    .await?;
    Ok(())
}
