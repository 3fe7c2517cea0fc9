//! Deletes a custom import profile. Its versions stay, as imports name them; people whom it made keep its rules.

use serde_json::Value;

use crate::{
    Error, Result,
    access::Actor,
    audit::Origin,
    import::custom::{DeleteProfiles, to_change},
};

/// Deletes a custom profile; over the version that the caller has read, if they say which.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`crate::error::Missing::Profile`]; [`Error::VersionConflict`].
pub async fn delete_import_profile(
    ports: &impl DeleteProfiles,
    actor: &Actor,
    id: &str,
    version: Option<u64>,
    origin: &Origin,
) -> Result<()> {
    let read = to_change(ports, actor, id).await?;
    if version.is_some_and(|version| version != u64::from(read.version)) {
        return Err(Error::VersionConflict);
    }
    let organization = read.organization_id.as_ref();
    let event = origin.event("import_profile.deleted", organization, read.id.as_str(), read.summary(), Value::Null);
    if ports.remove_profile(&read, &event).await? { Ok(()) } else { Err(Error::VersionConflict) }
}
