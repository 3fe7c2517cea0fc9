//! The roles and what they grant.

use crate::{
    Result,
    access::Actor,
    roles::{BUILT_IN, BuiltInRole, Permission},
    user::UserKind,
};

/// The roles that there are, or those that a kind of user may have.
///
/// # Errors
/// [`crate::Error::PermissionDenied`].
pub fn list_roles(actor: &Actor, kind: Option<UserKind>) -> Result<Vec<&'static BuiltInRole>> {
    actor.require(Permission::RolesRead)?;
    Ok(BUILT_IN.iter().filter(|role| kind.is_none_or(|kind| role.kinds.contains(&kind))).collect())
}
