//! The second step of finishing an account: the first code of the authenticator. Completes; the link is spent.

use crate::{
    Error, Result,
    audit::Origin,
    credential::{Credential, new_recovery_codes, recovery_hash},
    error::{Conflict, Refusal},
    operations::{
        accept_invitation::{KeepPending, browser, finish},
        edits::EditUsers,
        links::{FindInvited, Link},
        sessions::{OpenSession, Stage},
    },
    random::Randomness,
    token::TokenKeys,
    user::User,
};

/// A finished account.
#[derive(Debug)]
pub struct Finished {
    /// The user.
    pub user: User,
    /// The session.
    pub session: OpenSession,
    /// Shown once; only their hashes are kept.
    pub recovery_codes: Vec<String>,
}

/// Takes the second step.
///
/// # Errors
/// [`crate::error::Missing::Invitation`], [`crate::error::DeadLink`], [`Conflict::AcceptanceNotBegun`],
/// [`Error::Unfit`] with `code_not_valid`.
pub async fn verify_acceptance(
    ports: &(impl FindInvited + KeepPending + EditUsers),
    keys: &TokenKeys,
    token: &str,
    code: &str,
    origin: &Origin,
    device: Option<&str>,
    randomness: &impl Randomness,
) -> Result<Finished> {
    let link = Link::find(ports, keys, token).await?;
    link.open(origin.now)?;
    let stored = ports.pending_credential(&link.user.id).await?;
    let mut credential = stored.unwrap_or_else(|| Credential::empty(link.user.id.clone()));
    let Some(pending) = credential
        .pending
        .take()
        .filter(|pending| pending.invitation_id == link.invitation().id && pending.generation == link.generation)
    else {
        // Never begun, unless the account was finished in this very moment: say which.
        Link::find(ports, keys, token).await?.open(origin.now)?;
        return Err(Conflict::AcceptanceNotBegun.into());
    };
    let secret = pending.totp_secret.clone().ok_or(Conflict::AcceptanceNotBegun)?;
    let step = secret.check(code, origin.now, None).ok_or_else(|| {
        Error::Unfit(vec![Refusal {
            field: "code".into(),
            code: "code_not_valid".into(),
            detail: "the code is not right; wait for the next one and check the device's clock".into(),
        }])
    })?;
    let recovery_codes = new_recovery_codes(randomness);
    credential.set_password(pending.password_hash.clone());
    credential.must_enrol = false;
    credential.totp_secret = Some(secret);
    credential.totp_last_step = Some(step);
    credential.recovery_codes = recovery_codes.iter().filter_map(|code| recovery_hash(code)).collect();
    let session = OpenSession::new(&link.user, Stage::Complete, &browser(origin, device), origin.now, randomness);
    let user = finish(ports, &link, &pending, &credential, &session, origin).await?;
    Ok(Finished { user, session, recovery_codes })
}
