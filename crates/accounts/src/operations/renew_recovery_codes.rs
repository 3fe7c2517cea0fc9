//! New recovery codes for one's own account.

use serde_json::json;

use crate::{
    Result,
    access::Actor,
    attempts::CountAttempts,
    audit::Origin,
    credential::{new_recovery_codes, recovery_hash},
    error::Conflict,
    operations::{
        edits::{Edit, EditUsers, ReadCredential, modify_account},
        own_password::require_own_password,
    },
    random::Randomness,
};

/// Ten new codes, shown once, in place of whatever was left.
///
/// # Errors
/// [`Conflict::NotEnrolled`] without a second factor; [`crate::Error::Unfit`] with `password_wrong`;
/// [`crate::Error::TooManyAttempts`].
pub async fn renew_recovery_codes(
    ports: &(impl CountAttempts + ReadCredential + EditUsers),
    actor: &Actor,
    password: &str,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Vec<String>> {
    require_own_password(ports, actor, "password", password, origin.now).await?;
    let codes = new_recovery_codes(randomness);
    modify_account(ports, actor.id(), |user, mut credential| {
        if !credential.has_mfa() {
            return Err(Conflict::NotEnrolled.into());
        }
        let before = credential.recovery_codes.len();
        credential.recovery_codes = codes.iter().filter_map(|code| recovery_hash(code)).collect();
        let event = origin.event(
            "mfa.recovery_codes_renewed",
            user.organization_id.as_ref(),
            user.id.as_str(),
            json!({"recovery_codes_left": before}),
            json!({"recovery_codes_left": credential.recovery_codes.len()}),
        );
        Ok(Edit::new(user, event).with_credential(credential))
    })
    .await?;
    Ok(codes)
}
