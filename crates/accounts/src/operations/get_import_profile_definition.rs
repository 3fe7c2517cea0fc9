//! What a profile says, to be edited, exported and imported: of a custom one as it was written, of a built-in one
//! every part, as the beginning of a custom one.

use rollcall_validation::Definition;

use crate::{
    Result,
    access::Actor,
    error::Missing,
    ids::ProfileId,
    import::custom::{CustomProfile, ReadProfileVersions, seen},
    roles::Permission,
};

/// What was found.
#[derive(Debug, Clone)]
pub enum Defined {
    /// A built-in profile, every part of it.
    BuiltIn(Box<Definition>),
    /// A custom one in one of its versions.
    Custom(Box<CustomProfile>),
}

/// A profile's definition; a custom one's in an older version where that is wanted.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; [`Missing::Profile`].
pub async fn get_import_profile_definition(
    ports: &impl ReadProfileVersions,
    actor: &Actor,
    id: &str,
    version: Option<u32>,
) -> Result<Defined> {
    actor.require(Permission::ImportsRead)?;
    if let Some(definition) = Definition::of(id).filter(|_| version.is_none()) {
        return Ok(Defined::BuiltIn(Box::new(definition)));
    }
    let id = ProfileId::parse(id).map_err(|_| Missing::Profile)?;
    let found = match version {
        None => ports.custom_profile(&id).await?,
        Some(version) => ports.custom_profile_version(&id, version).await?,
    };
    Ok(Defined::Custom(Box::new(seen(actor, found)?)))
}
