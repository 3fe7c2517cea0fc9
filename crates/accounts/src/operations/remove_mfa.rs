//! Removes a second factor from one's own account.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    attempts::CountAttempts,
    audit::Origin,
    error::{Conflict, Missing},
    operations::{
        create_user::ReadOrganization,
        edits::{Edit, EditUsers, ReadCredential, modify_account},
        own_password::require_own_password,
        rules::mfa_required,
        steps::Method,
        verify_enrolment::methods,
    },
};

/// Removes an authenticator, or text messages: every session ends, this one included. With the last one the recovery
/// codes go too.
///
/// # Errors
/// [`Missing::Method`] for what is not set up; [`Conflict::MfaRequired`] for the last one where one is required;
/// [`crate::Error::Unfit`] with `password_wrong`; [`crate::Error::TooManyAttempts`].
pub async fn remove_mfa(
    ports: &(impl CountAttempts + ReadCredential + ReadOrganization + EditUsers),
    actor: &Actor,
    method: &str,
    password: &str,
    origin: &Origin,
) -> Result<()> {
    let method = Method::parse(method).filter(|method| *method != Method::Recovery).ok_or(Missing::Method)?;
    require_own_password(ports, actor, "password", password, origin.now).await?;
    let organization = match &actor.user.organization_id {
        Some(id) => ports.read_organization(id).await?,
        None => None,
    };
    let required = mfa_required(&actor.user, organization.as_ref());
    modify_account(ports, actor.id(), |mut user, mut credential| {
        let before = methods(&credential);
        if !before.contains(&method.name()) {
            return Err(Missing::Method.into());
        }
        match method {
            Method::Totp => {
                credential.totp_secret = None;
                credential.totp_last_step = None;
            }
            Method::Text | Method::Recovery => credential.text_codes = false,
        }
        if !credential.has_mfa() {
            if required {
                return Err(Conflict::MfaRequired.into());
            }
            credential.recovery_codes.clear();
        }
        user.mfa_enrolled = credential.has_mfa();
        user.end_sessions();
        let event = origin.event(
            "mfa.removed",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"methods": before}),
            json!({"methods": methods(&credential)}),
        );
        Ok(Edit::new(user, event).with_credential(credential))
    })
    .await?;
    Ok(())
}
