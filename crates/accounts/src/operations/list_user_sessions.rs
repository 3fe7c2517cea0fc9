//! Where a user is signed in, for their administrators.

use jiff::Timestamp;

use crate::{
    Result,
    access::Actor,
    operations::{
        edits::EditUsers,
        get_user::get_user,
        sessions::{ListSessions, Session, live_sessions},
    },
};

/// The sessions of a user that the actor may see, the one seen last first.
///
/// # Errors
/// As [`get_user`].
pub async fn list_user_sessions(
    ports: &(impl EditUsers + ListSessions),
    actor: &Actor,
    id: &str,
    now: Timestamp,
) -> Result<Vec<Session>> {
    let user = get_user(ports, actor, id).await?;
    live_sessions(ports, &user, now).await
}
