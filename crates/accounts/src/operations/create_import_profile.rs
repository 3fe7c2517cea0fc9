//! Makes a custom import profile.

use rollcall_validation::Definition;
use serde_json::Value;

use crate::{
    Error, Result,
    access::Actor,
    audit::Origin,
    error::Conflict,
    ids::{OrganizationId, ProfileId},
    import::{
        custom::{CreateProfiles, CustomProfile, ReadProfiles, may_write},
        ports::ImportOrganizations,
        profile::check_definition,
    },
    random::Randomness,
};

/// Makes a custom profile of an organization, or of the deployment.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`crate::error::Missing::Organization`]; [`Error::Unfit`] with everything that does
/// not fit the base; [`Conflict::NameTaken`]; [`Conflict::ListFull`].
pub async fn create_import_profile(
    ports: &(impl CreateProfiles + ImportOrganizations),
    actor: &Actor,
    organization: Option<&OrganizationId>,
    definition: Definition,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<CustomProfile> {
    may_write(actor, organization)?;
    check_definition(ports, organization, &definition).await?;
    let profile = CustomProfile {
        id: ProfileId::random(randomness),
        organization_id: organization.cloned(),
        definition,
        written_by: actor.id().clone(),
        written_at: origin.now,
        version: 1,
    };
    title_is_free(ports, &profile).await?;
    let event =
        origin.event("import_profile.created", organization, profile.id.as_str(), Value::Null, profile.summary());
    ports.save_new_profile(&profile, &event).await??;
    Ok(profile)
}

/// Two of one title could not be told apart in a list.
///
/// # Errors
/// [`Conflict::NameTaken`].
pub(super) async fn title_is_free(ports: &impl ReadProfiles, profile: &CustomProfile) -> Result<()> {
    let others = ports.custom_profiles(profile.organization_id.as_ref()).await?;
    let same = |other: &CustomProfile| other.definition.title().trim() == profile.definition.title().trim();
    if others.iter().any(|other| other.id != profile.id && same(other)) {
        return Err(Error::Conflict(Conflict::NameTaken));
    }
    Ok(())
}
