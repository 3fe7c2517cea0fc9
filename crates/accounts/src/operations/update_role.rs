//! Changes a custom role. It counts from its holders' next request on; where a permission is taken away, their
//! sessions are over.

use std::collections::BTreeSet;

use crate::{
    Error, Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::{Conflict, Missing},
    naming,
    operations::{
        create_role::role_summary,
        edits::{Written, covers},
        get_role::{ReadCustomRole, role_to_change},
    },
    roles::{CustomRole, DESCRIPTION_LIMIT, Permission, ReadRoles, RoleBook, parse_permissions, role_name},
};

/// What shall change; absent fields stay. A role's kind and organization never change.
#[derive(Debug, Clone, Default)]
pub struct RoleChanges {
    /// Name.
    pub name: Option<String>,
    /// One sentence; may be empty.
    pub description: Option<String>,
    /// Names of all permissions.
    pub permissions: Option<Vec<String>>,
}

/// Writes roles.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ChangeRoles: ReadCustomRole {
    /// Writes a role over the version that was read, with its audit event; [`Written::Taken`] when the new name is.
    async fn save_role(&self, read: &CustomRole, role: &CustomRole, event: &AuditEvent) -> Result<Written>;
}

/// Changes a role over the version that the caller has read.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`Missing::Role`]; [`Conflict::RoleBuiltIn`]; [`Error::VersionConflict`];
/// [`Error::Refused`]; [`Conflict::WouldLockOut`]; [`Conflict::NameTaken`].
pub async fn update_role(
    ports: &(impl ChangeRoles + ReadRoles),
    actor: &Actor,
    id: &str,
    version: u64,
    changes: &RoleChanges,
    origin: &Origin,
) -> Result<CustomRole> {
    let read = role_to_change(ports, actor, id).await?;
    if read.retired {
        return Err(Missing::Role.into());
    }
    if read.version != version {
        return Err(Error::VersionConflict);
    }
    let mut role = read.clone();
    let mut refusals = Vec::new();
    if let Some(name) = &changes.name {
        role.name = role_name(name).map_err(|refusal| refusals.push(refusal)).unwrap_or_default();
    }
    if let Some(text) = &changes.description {
        role.description = naming::text("description", text, DESCRIPTION_LIMIT)
            .map_err(|refusal| refusals.push(refusal))
            .unwrap_or_default();
    }
    if let Some(names) = &changes.permissions {
        role.permissions = parse_permissions(names, &mut refusals);
    }
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    covers(actor, &role.permissions)?;
    if read.permissions.iter().any(|permission| !role.permissions.contains(permission)) {
        role.reduced_at = Some(origin.now);
        if actor.user.roles.contains(&role.id) {
            keeps_enough(ports, actor, &role).await?;
        }
    }
    role.version += 1;
    let event = origin.event(
        "role.updated",
        role.organization_id.as_ref(),
        role.id.as_str(),
        role_summary(&read),
        role_summary(&role),
    );
    match ports.save_role(&read, &role, &event).await? {
        Written::Done => Ok(role),
        Written::Changed => Err(Error::VersionConflict),
        Written::Taken(conflict) => Err(conflict.into()),
    }
}

/// Whether the actor could still undo it: who manages roles or users now does so afterwards.
async fn keeps_enough(ports: &impl ReadRoles, actor: &Actor, role: &CustomRole) -> Result<()> {
    let book = ports.role_book(actor.user.organization_id.as_ref()).await?;
    let others = book.custom().filter(|other| other.id != role.id).cloned();
    let book = RoleBook::new(others.chain([role.clone()]).collect());
    let left: BTreeSet<Permission> = book.permissions_of_user(&actor.user).into_iter().collect();
    let needed = [Permission::RolesWrite, Permission::UsersWrite];
    if needed.iter().any(|permission| actor.may(*permission) && !left.contains(permission)) {
        return Err(Conflict::WouldLockOut.into());
    }
    Ok(())
}
