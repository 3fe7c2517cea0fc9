//! Who is signed in, and what they may do.

use jiff::Timestamp;

use crate::{
    access::{Actor, OrganizationScope, Via},
    roles::Permission,
    user::User,
};

/// The actor to themselves. Everyone may see it.
#[derive(Debug, Clone)]
pub struct Me {
    /// The user.
    pub user: User,
    /// What they may do.
    pub permissions: Vec<Permission>,
    /// Where.
    pub organizations: OrganizationScope,
    /// When the session ends; `None` for an API key.
    pub session_expires_at: Option<Timestamp>,
}

/// Describes the actor.
#[must_use]
pub fn get_me(actor: &Actor) -> Me {
    Me {
        user: actor.user.clone(),
        permissions: actor.permissions().to_vec(),
        organizations: actor.user.scope.clone(),
        session_expires_at: match actor.via {
            Via::Session { expires_at, .. } => Some(expires_at),
            Via::ApiKey => None,
        },
    }
}
