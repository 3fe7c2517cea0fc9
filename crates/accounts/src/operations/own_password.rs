//! What only the person may do who knows the account's password, not whoever finds an unlocked computer.

use jiff::Timestamp;

use crate::{
    Error, Result,
    access::{Actor, Via, secret_hash},
    attempts::{CountAttempts, Counter, OWN_LIMIT, WINDOW},
    error::{Missing, Refusal},
    operations::{
        edits::ReadCredential,
        sessions::{FindSession, Session},
    },
    password,
};

/// Goes on only with the actor's own password. Wrong ones are counted before they are tried.
///
/// # Errors
/// [`Error::Unfit`] with `password_wrong`, naming `field`; [`Error::TooManyAttempts`].
pub(crate) async fn require_own_password(
    ports: &(impl CountAttempts + ReadCredential),
    actor: &Actor,
    field: &'static str,
    password: &str,
    now: Timestamp,
) -> Result<()> {
    let counter = Counter::own(actor.id());
    let counted = ports.count_attempt(&counter, now, WINDOW).await?;
    counted.within(OWN_LIMIT, now)?;
    let credential = ports.credential_to_edit(actor.id()).await?;
    let stored = credential.as_ref().and_then(|credential| credential.password_hash.as_deref());
    if !password::verify(stored, password) {
        return Err(Error::Unfit(vec![Refusal {
            field: field.into(),
            code: "password_wrong".into(),
            detail: "this is not the password of your account".into(),
        }]));
    }
    ports.forgive_attempt(&counter).await
}

/// The session that the actor is in, under its token's hash.
///
/// # Errors
/// [`Missing::Session`] for an API key; [`Error::NotAuthenticated`] when it ended in this very moment.
pub(crate) async fn own_session(
    ports: &impl FindSession,
    actor: &Actor,
    token: Option<&str>,
) -> Result<(String, Session)> {
    let (Via::Session { .. }, Some(token)) = (&actor.via, token) else { return Err(Missing::Session.into()) };
    let token_hash = secret_hash(token);
    let session = ports.find_session(&token_hash).await?.ok_or(Error::NotAuthenticated)?;
    Ok((token_hash, session))
}
