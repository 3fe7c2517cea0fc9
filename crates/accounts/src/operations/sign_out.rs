//! Ends the session that asks, complete or waiting for a step.

use jiff::Timestamp;

use crate::{
    Result,
    access::secret_hash,
    error::Error,
    operations::sessions::{EndSession, FindSession},
};

/// Ends the session of a token.
///
/// # Errors
/// [`Error::NotAuthenticated`] when there is none (any more).
pub async fn sign_out(ports: &(impl FindSession + EndSession), token: &str, now: Timestamp) -> Result<()> {
    let token_hash = secret_hash(token);
    let session = ports.find_session(&token_hash).await?;
    let session = session.filter(|session| session.is_alive(now)).ok_or(Error::NotAuthenticated)?;
    ports.end_session(&token_hash, &session).await
}
