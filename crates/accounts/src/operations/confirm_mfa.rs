//! Sets up a second factor of one's own account. Its other half: the first code.

use crate::{
    Error, Result,
    access::Actor,
    audit::Origin,
    credential::new_recovery_codes,
    operations::{
        edits::{Edit, EditUsers, ReadCredential, modify_account},
        own_password::own_session,
        sessions::{FindSession, TryCodes},
        verify_enrolment::{enrol, prove},
    },
    random::Randomness,
    token::TokenKeys,
};

/// Enrols what was begun in this session: every session ends, this one included. The answer is the recovery codes,
/// which are shown once and take the place of any former ones.
///
/// # Errors
/// [`crate::error::Missing::Session`] for an API key; [`crate::error::Conflict::EnrolmentNotBegun`];
/// [`Error::Unfit`] with `code_not_valid`.
pub async fn confirm_mfa(
    ports: &(impl FindSession + TryCodes + EditUsers + ReadCredential),
    keys: &TokenKeys,
    actor: &Actor,
    token: Option<&str>,
    code: &str,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Vec<String>> {
    let (token_hash, session) = own_session(ports, actor, token).await?;
    let proved = prove(ports, keys, &token_hash, &session, code, origin).await?;
    let recovery_codes = new_recovery_codes(randomness);
    modify_account(ports, actor.id(), |mut user, mut credential| {
        // What ended the sessions meanwhile ended this setting-up too.
        if user.session_epoch != session.epoch {
            return Err(Error::NotAuthenticated);
        }
        let event = enrol(&mut user, &mut credential, &proved, &recovery_codes, origin);
        Ok(Edit::new(user, event).with_credential(credential))
    })
    .await?;
    Ok(recovery_codes)
}
