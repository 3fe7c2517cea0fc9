//! Deletes a custom role that nobody has. It is retired first, so that nobody can be given it while the holders are
//! looked for; a deletion that died in between is finished by asking again.

use serde_json::Value;

use crate::{
    Error, Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::Conflict,
    facet::{Facet, FindByFacet},
    operations::{
        create_role::role_summary,
        get_role::{ReadCustomRole, role_to_change},
    },
    roles::CustomRole,
};

/// Deletes roles.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait DeleteRoles: ReadCustomRole {
    /// Sets or takes back that a role is retired, over the version that was read; then that version is one higher.
    /// `false`: it was changed meanwhile.
    async fn retire_role(&self, role: &mut CustomRole, retired: bool) -> Result<bool>;
    /// Deletes a role over the version that was read, with its audit event. `false`: it was changed meanwhile.
    async fn remove_role(&self, role: &CustomRole, event: &AuditEvent) -> Result<bool>;
}

/// Deletes a role; over the version that the caller has read, if they say which.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`crate::error::Missing::Role`]; [`Conflict::RoleBuiltIn`];
/// [`Error::VersionConflict`]; [`Conflict::RoleInUse`].
pub async fn delete_role(
    ports: &(impl DeleteRoles + FindByFacet),
    actor: &Actor,
    id: &str,
    version: Option<u64>,
    origin: &Origin,
) -> Result<()> {
    let mut role = role_to_change(ports, actor, id).await?;
    if version.is_some_and(|version| version != role.version) {
        return Err(Error::VersionConflict);
    }
    let organization = role.organization_id.clone();
    let held = Facet::Role(role.id.clone());
    // First without touching it, so that a role in use stays as it was read.
    if !role.retired && ports.is_in_use(organization.as_ref(), &held).await? {
        return Err(Conflict::RoleInUse.into());
    }
    if !ports.retire_role(&mut role, true).await? {
        return Err(Error::VersionConflict);
    }
    if ports.is_in_use(organization.as_ref(), &held).await? {
        // Somebody was given it in between. If this fails too, asking again does it.
        ports.retire_role(&mut role, false).await?;
        return Err(Conflict::RoleInUse.into());
    }
    let event = origin.event("role.deleted", organization.as_ref(), role.id.as_str(), role_summary(&role), Value::Null);
    if ports.remove_role(&role, &event).await? { Ok(()) } else { Err(Error::VersionConflict) }
}
