//! The roles and what they grant: the built-in ones, and the custom ones of an organization and of technicians.

use crate::{
    Result,
    access::{Actor, OrganizationScope},
    ids::OrganizationId,
    roles::{BUILT_IN, CustomRole, Permission, ReadRoles, Role},
    user::UserKind,
};

/// The roles that there are or that a kind of user may have, the built-in ones first, the others by name. The
/// custom ones are those of the organization that is named or else the actor's own, and technicians' for technicians
/// who work in all organizations; of others only what they have.
///
/// # Errors
/// [`crate::Error::PermissionDenied`], [`crate::error::Missing::Organization`].
pub async fn list_roles(
    ports: &impl ReadRoles,
    actor: &Actor,
    kind: Option<UserKind>,
    organization: Option<&OrganizationId>,
) -> Result<Listed> {
    actor.require(Permission::RolesRead)?;
    if organization.is_some() {
        actor.require_in(Permission::RolesRead, organization)?;
    }
    let organization = organization.or(actor.user.organization_id.as_ref());
    let mut custom: Vec<CustomRole> = Vec::new();
    if actor.user.organization_id.is_none() && kind.is_none_or(|kind| kind == UserKind::Technician) {
        custom.extend(ports.role_book(None).await?.custom().filter(|role| sees(actor, role)).cloned());
    }
    if organization.is_some() && kind != Some(UserKind::Technician) {
        custom.extend(ports.role_book(organization).await?.custom().cloned());
    }
    custom.retain(|role| kind.is_none_or(|kind| role.user_kind == kind));
    custom.sort_by_cached_key(|role| (role.organization_id.clone(), crate::naming::folded(&role.name)));
    Ok(Listed { kind, custom })
}

/// Whether an actor may see a custom role: those of organizations in their scope, of technicians with the scope over
/// all organizations, and whatever they have themselves.
pub(super) fn sees(actor: &Actor, role: &CustomRole) -> bool {
    match &role.organization_id {
        Some(organization) => actor.user.scope.contains(organization),
        None => actor.user.scope == OrganizationScope::All || actor.user.roles.contains(&role.id),
    }
}

/// The roles of a list.
#[derive(Debug, Clone)]
pub struct Listed {
    kind: Option<UserKind>,
    custom: Vec<CustomRole>,
}

impl Listed {
    /// The roles, in their order.
    pub fn roles(&self) -> impl Iterator<Item = Role<'_>> {
        let built_in = BUILT_IN.iter().map(Role::BuiltIn);
        let fitting = built_in.filter(|role| self.kind.is_none_or(|kind| role.kinds().contains(&kind)));
        fitting.chain(self.custom.iter().map(Role::Custom))
    }
}
