//! Ends one of one's own sessions, wherever it is.

use serde_json::{Value, json};

use crate::{
    Result, access::Actor, audit::Origin, error::Missing, ids::SessionId, operations::sessions::EndListedSession,
};

/// Ends a session of the actor's; its token is good for nothing from this moment on.
///
/// # Errors
/// [`Missing::Session`], also for somebody else's.
pub async fn end_session(ports: &impl EndListedSession, actor: &Actor, id: &str, origin: &Origin) -> Result<()> {
    let id = SessionId::parse(id).map_err(|_| Missing::Session)?;
    let user = &actor.user;
    let event = origin.event(
        "session.ended",
        user.organization_id.as_ref(),
        user.id.as_str(),
        json!({"session": id}),
        Value::Null,
    );
    if ports.end_listed_session(&user.id, &id, &event).await? { Ok(()) } else { Err(Missing::Session.into()) }
}
