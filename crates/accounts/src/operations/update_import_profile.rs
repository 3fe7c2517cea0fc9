//! Changes a custom import profile: what it says is replaced as a whole, in a new version. Imports that went by an
//! older one keep naming it, and rows that were checked against it are checked again.

use rollcall_validation::Definition;

use crate::{
    Error, Result,
    access::Actor,
    audit::Origin,
    import::{
        custom::{ChangeProfiles, CustomProfile, to_change},
        ports::ImportOrganizations,
        profile::check_definition,
    },
    operations::create_import_profile::title_is_free,
};

/// Changes a custom profile over the version that the caller has read.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`crate::error::Missing::Profile`]; [`Error::VersionConflict`]; [`Error::Unfit`] with
/// everything that does not fit the base; [`crate::error::Conflict::NameTaken`].
pub async fn update_import_profile(
    ports: &(impl ChangeProfiles + ImportOrganizations),
    actor: &Actor,
    id: &str,
    version: u64,
    definition: Definition,
    origin: &Origin,
) -> Result<CustomProfile> {
    let read = to_change(ports, actor, id).await?;
    if u64::from(read.version) != version {
        return Err(Error::VersionConflict);
    }
    let organization = read.organization_id.as_ref();
    check_definition(ports, organization, &definition).await?;
    let profile = CustomProfile {
        definition,
        written_by: actor.id().clone(),
        written_at: origin.now,
        version: read.version + 1,
        ..read.clone()
    };
    title_is_free(ports, &profile).await?;
    let event =
        origin.event("import_profile.updated", organization, profile.id.as_str(), read.summary(), profile.summary());
    if ports.save_profile(read.version, &profile, &event).await? { Ok(profile) } else { Err(Error::VersionConflict) }
}
