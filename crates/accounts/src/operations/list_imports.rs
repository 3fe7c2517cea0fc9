//! Imports, newest first.

use crate::{
    Result,
    access::{Actor, OrganizationScope},
    ids::OrganizationId,
    import::ports::{ImportPage, ImportScope, ListImports},
    roles::Permission,
};

/// A page of the imports that the actor may see: of one organization, or of all of theirs.
///
/// # Errors
/// [`crate::error::Missing::Organization`], [`crate::Error::PermissionDenied`].
pub async fn list_imports(
    ports: &impl ListImports,
    actor: &Actor,
    organization: Option<&OrganizationId>,
    after: Option<&str>,
    limit: usize,
) -> Result<ImportPage> {
    actor.require(Permission::ImportsRead)?;
    let scopes = match (organization, &actor.user.scope) {
        (Some(organization), _) => {
            actor.require_in(Permission::ImportsRead, Some(organization))?;
            vec![ImportScope::Organization(organization.clone())]
        }
        (None, OrganizationScope::All) => vec![ImportScope::All],
        (None, OrganizationScope::Selected(set)) => set.iter().cloned().map(ImportScope::Organization).collect(),
    };
    ports.list_imports(&scopes, after, limit).await
}
