//! One import.

use super::stage_chunk::found;
use crate::{
    Result,
    access::Actor,
    ids::ImportId,
    import::{Import, ports::ReadImports},
    roles::Permission,
};

/// The import.
///
/// # Errors
/// [`crate::error::Missing::Import`], [`crate::Error::PermissionDenied`].
pub async fn get_import(ports: &impl ReadImports, actor: &Actor, id: &ImportId) -> Result<Import> {
    found(ports, actor, Permission::ImportsRead, id).await
}
