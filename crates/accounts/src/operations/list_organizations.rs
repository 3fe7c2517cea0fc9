//! Pages through the organizations that the actor may see, in the order of their names.

use crate::{
    Result,
    access::{Actor, OrganizationScope},
    ids::OrganizationId,
    organization::{Organization, OrganizationCounts},
    roles::Permission,
};

/// A place in the listing of all organizations: sorts as the organizations do.
pub type Position = String;

/// An organization with its place in the listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedOrganization {
    /// Its place.
    pub position: Position,
    /// Its identifier.
    pub id: OrganizationId,
}

/// Reads the listing of organizations.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ListOrganizations {
    /// At most `limit` organizations of the scope after a place, in order; fewer only at the end.
    async fn organizations_after(
        &self,
        scope: &OrganizationScope,
        after: Option<&str>,
        limit: usize,
    ) -> Result<Vec<ListedOrganization>>;
}

/// Reads organizations and their counters.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadOrganizations {
    /// These organizations with their counts, in that order; those that are gone are left out.
    async fn organizations(&self, ids: &[OrganizationId]) -> Result<Vec<(Organization, OrganizationCounts)>>;
}

/// One page.
#[derive(Debug)]
pub struct Page {
    /// The organizations.
    pub items: Vec<(Organization, OrganizationCounts)>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Position>,
}

/// Lists the organizations in the actor's scope.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; those of the store.
pub async fn list_organizations(
    ports: &(impl ListOrganizations + ReadOrganizations),
    actor: &Actor,
    after: Option<&str>,
    limit: usize,
) -> Result<Page> {
    actor.require(Permission::OrganizationsRead)?;
    let mut listed = ports.organizations_after(&actor.user.scope, after, limit + 1).await?;
    let more = listed.len() > limit;
    listed.truncate(limit);
    let next = if more { listed.last().map(|last| last.position.clone()) } else { None };
    let ids: Vec<_> = listed.into_iter().map(|listed| listed.id).collect();
    Ok(Page { items: ports.organizations(&ids).await?, next })
}
