//! What roles can grant.

use crate::{Result, access::Actor, roles::Permission};

/// Every permission there is.
///
/// # Errors
/// [`crate::Error::PermissionDenied`].
pub fn list_permissions(actor: &Actor) -> Result<&'static [Permission]> {
    actor.require(Permission::RolesRead)?;
    Ok(Permission::ALL)
}
