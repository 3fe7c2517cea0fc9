//! The profiles that an actor may import by.

use crate::{
    Result,
    access::Actor,
    ids::OrganizationId,
    import::{
        ports::ImportOrganizations,
        profile::{Effective, offered},
    },
};

/// The effective profiles, each with the one kind that it makes (none: the caller decides), for an
/// organization if one is named.
///
/// # Errors
/// Those of [`offered`].
pub async fn list_import_profiles(
    ports: &impl ImportOrganizations,
    actor: &Actor,
    organization: Option<&OrganizationId>,
) -> Result<Vec<(Option<String>, Effective)>> {
    offered(ports, actor, organization).await
}
