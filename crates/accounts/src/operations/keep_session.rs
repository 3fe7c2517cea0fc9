//! Somebody is there: the session goes on.

use jiff::Timestamp;

use crate::{
    Result,
    access::{Actor, Via, secret_hash},
    error::{Error, Missing},
    operations::sessions::{ContinueSession, idle_end},
};

/// Until when a session goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// Unless somebody is there before.
    pub idle_until: Timestamp,
    /// In any case.
    pub expires_at: Timestamp,
    /// After how many minutes without activity the person is asked.
    pub idle_minutes: u16,
}

/// Moves the session's end, as far as it lasts at most.
///
/// # Errors
/// [`Missing::Session`] for an API key; [`Error::NotAuthenticated`] when it ended in this very moment.
pub async fn keep_session(
    ports: &impl ContinueSession,
    actor: &Actor,
    token: Option<&str>,
    now: Timestamp,
) -> Result<Kept> {
    let (Via::Session { id, expires_at, .. }, Some(token)) = (&actor.via, token) else {
        return Err(Missing::Session.into());
    };
    let idle_until = idle_end(&actor.user, *expires_at, now);
    if !ports.continue_session(&secret_hash(token), id, actor.id(), idle_until, now).await? {
        return Err(Error::NotAuthenticated);
    }
    Ok(Kept { idle_until, expires_at: *expires_at, idle_minutes: actor.user.settings.idle_minutes })
}
