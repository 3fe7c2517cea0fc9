//! What a definition would make of an organization's sheets: its effective profile, to try it against a sample with
//! the validator before it is saved. Nothing is stored.

use rollcall_validation::{Definition, Profile};

use crate::{
    Result,
    access::Actor,
    ids::OrganizationId,
    import::{custom::may_write, ports::ImportOrganizations, profile::check_definition},
};

/// The effective profile of a definition.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; [`crate::error::Missing::Organization`]; [`crate::Error::Unfit`] with
/// everything that does not fit the base.
pub async fn preview_import_profile(
    ports: &impl ImportOrganizations,
    actor: &Actor,
    organization: Option<&OrganizationId>,
    definition: &Definition,
) -> Result<Profile> {
    may_write(actor, organization)?;
    check_definition(ports, organization, definition).await
}
