//! One role.

use crate::{
    Result,
    access::Actor,
    error::Missing,
    facet::{Facet, FindByFacet},
    operations::list_roles::sees,
    roles::{BuiltInRole, CustomRole, Permission, Role, RoleId, built_in},
};

/// Reads custom roles.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadCustomRole {
    /// A custom role, wherever it belongs.
    async fn custom_role(&self, id: &RoleId) -> Result<Option<CustomRole>>;
}

/// A role that was read.
#[derive(Debug, Clone)]
pub enum Found {
    /// Comes with Rollcall.
    BuiltIn(&'static BuiltInRole),
    /// Made by an administrator, and whether anybody has it.
    Custom {
        /// The role.
        role: Box<CustomRole>,
        /// Whether anybody has it.
        in_use: bool,
    },
}

impl Found {
    /// The role.
    #[must_use]
    pub fn role(&self) -> Role<'_> {
        match self {
            Self::BuiltIn(role) => Role::BuiltIn(role),
            Self::Custom { role, .. } => Role::Custom(role),
        }
    }
}

/// Reads a role and, of a custom one, whether anybody has it.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; [`Missing::Role`], also for roles of other organizations.
pub async fn get_role(ports: &(impl ReadCustomRole + FindByFacet), actor: &Actor, id: &str) -> Result<Found> {
    actor.require(Permission::RolesRead)?;
    let id = RoleId::parse(id).ok_or(Missing::Role)?;
    if let Some(role) = built_in(&id) {
        return Ok(Found::BuiltIn(role));
    }
    let role = ports.custom_role(&id).await?.ok_or(Missing::Role)?;
    if !sees(actor, &role) {
        return Err(Missing::Role.into());
    }
    let in_use = ports.is_in_use(role.organization_id.as_ref(), &Facet::Role(id)).await?;
    Ok(Found::Custom { role: Box::new(role), in_use })
}

/// The custom role, if the actor may change it: one of theirs, that grants nothing they do not hold.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; [`Missing::Role`]; [`crate::error::Conflict::RoleBuiltIn`].
pub(super) async fn role_to_change(ports: &impl ReadCustomRole, actor: &Actor, id: &str) -> Result<CustomRole> {
    actor.require(Permission::RolesWrite)?;
    let id = RoleId::parse(id).ok_or(Missing::Role)?;
    if built_in(&id).is_some() {
        return Err(crate::error::Conflict::RoleBuiltIn.into());
    }
    let role = ports.custom_role(&id).await?.ok_or(Missing::Role)?;
    if !sees(actor, &role) {
        return Err(Missing::Role.into());
    }
    actor.require_in(Permission::RolesWrite, role.organization_id.as_ref())?;
    super::edits::covers(actor, &role.permissions)?;
    Ok(role)
}
