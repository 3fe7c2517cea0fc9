//! Where somebody is signed in.

use jiff::Timestamp;

use crate::{
    Result,
    access::Actor,
    operations::sessions::{ListSessions, Session, live_sessions},
};

/// The actor's own sessions, the one seen last first.
///
/// # Errors
/// Those of the store.
pub async fn list_sessions(ports: &impl ListSessions, actor: &Actor, now: Timestamp) -> Result<Vec<Session>> {
    live_sessions(ports, &actor.user, now).await
}
