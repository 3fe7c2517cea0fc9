//! Withdraws an import that is not visible yet; the runner takes back what it wrote.

use super::stage_chunk::found;
use crate::{
    Error, Result,
    access::Actor,
    audit::Origin,
    error::Missing,
    ids::ImportId,
    import::{
        Import,
        ports::{Along, ChangeImports},
    },
    roles::Permission,
};

/// Cancels an import. Repeated, it is the same answer.
///
/// # Errors
/// [`Missing::Import`]; [`crate::error::Conflict::ImportNotCancellable`] once it is visible or was rejected.
pub async fn cancel_import(
    ports: &impl ChangeImports,
    actor: &Actor,
    id: &ImportId,
    origin: &Origin,
) -> Result<Import> {
    let mut import = found(ports, actor, Permission::ImportsWrite, id).await?;
    loop {
        let before = import.clone();
        let tick = import.cancel(origin.now)?;
        if import == before {
            return Ok(import);
        }
        let event = origin.event(
            "import.cancelled",
            import.organization_id.as_ref(),
            id.as_str(),
            serde_json::Value::Null,
            serde_json::Value::Null,
        );
        let along = Along { tick, event: Some(event), ..Along::default() };
        if ports.save_import(&mut import, &along).await? {
            return Ok(import);
        }
        import = ports.import(id).await?.ok_or(Error::NotFound(Missing::Import))?;
    }
}
