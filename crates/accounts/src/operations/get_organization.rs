//! One organization with its settings.

use crate::{
    Result,
    access::Actor,
    error::Missing,
    ids::OrganizationId,
    operations::list_organizations::ReadOrganizations,
    organization::{Organization, OrganizationCounts},
    roles::Permission,
};

/// Reads an organization and how many people it has.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; [`Missing::Organization`].
pub async fn get_organization(
    ports: &impl ReadOrganizations,
    actor: &Actor,
    id: &str,
) -> Result<(Organization, OrganizationCounts)> {
    actor.require(Permission::OrganizationsRead)?;
    let id = OrganizationId::parse(id).map_err(|_| Missing::Organization)?;
    actor.require_in(Permission::OrganizationsRead, Some(&id))?;
    Ok(ports.organizations(&[id]).await?.pop().ok_or(Missing::Organization)?)
}

/// How many people an organization has.
///
/// # Errors
/// Those of the store.
pub async fn counts_of(ports: &impl ReadOrganizations, id: &OrganizationId) -> Result<OrganizationCounts> {
    let found = ports.organizations(std::slice::from_ref(id)).await?.pop();
    Ok(found.map(|(_, counts)| counts).unwrap_or_default())
}
