//! Ends the session that asks, complete or waiting for its second step.

use jiff::Timestamp;

use crate::{Result, access::secret_hash, error::Error, operations::sessions::Sessions};

/// Ends the session of a token.
///
/// # Errors
/// [`Error::NotAuthenticated`] when there is none (any more).
pub async fn sign_out(ports: &impl Sessions, token: &str, now: Timestamp) -> Result<()> {
    let token_hash = secret_hash(token);
    let session = ports.find_session(&token_hash).await?;
    if session.is_none_or(|session| session.expires_at <= now) {
        return Err(Error::NotAuthenticated);
    }
    ports.end_session(&token_hash).await
}
