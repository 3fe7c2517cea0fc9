//! The profiles that an actor may import by.

use crate::{
    Result,
    access::Actor,
    ids::OrganizationId,
    import::{
        ports::ImportOrganizations,
        profile::{Offered, offered},
    },
};

/// The effective profiles, for an organization if one is named.
///
/// # Errors
/// Those of [`offered`].
pub async fn list_import_profiles(
    ports: &impl ImportOrganizations,
    actor: &Actor,
    organization: Option<&OrganizationId>,
) -> Result<Vec<Offered>> {
    offered(ports, actor, organization).await
}
