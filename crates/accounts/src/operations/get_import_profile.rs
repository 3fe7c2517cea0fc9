//! One effective profile, as the validator takes it.

use crate::{
    Result,
    access::Actor,
    ids::OrganizationId,
    import::{
        ports::ImportOrganizations,
        profile::{Effective, effective},
    },
    roles::Permission,
};

/// The effective profile.
///
/// # Errors
/// Those of [`effective`].
pub async fn get_import_profile(
    ports: &impl ImportOrganizations,
    actor: &Actor,
    profile: &str,
    organization: Option<&OrganizationId>,
) -> Result<Effective> {
    effective(ports, actor, Permission::ImportsRead, profile, organization).await
}
