//! One user.

use crate::{
    Result, access::Actor, error::Missing, ids::UserId, operations::edits::EditUsers, roles::Permission, user::User,
};

/// Reads a user. Everyone may read themselves.
///
/// # Errors
/// [`Missing::User`], also for users that the actor may not see.
pub async fn get_user(ports: &impl EditUsers, actor: &Actor, id: &str) -> Result<User> {
    if id != actor.id().as_str() {
        actor.require(Permission::UsersRead)?;
    }
    let id = UserId::parse(id).map_err(|_| Missing::User)?;
    let user = ports.user_to_edit(&id).await?.ok_or(Missing::User)?;
    if actor.sees(&user) { Ok(user) } else { Err(Missing::User.into()) }
}
