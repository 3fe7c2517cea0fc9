//! Takes a finished import back, as far as nobody of its people has registered; the runner does it.

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

/// Begins to undo an import. Repeated while it is being done, it is the same answer. Of its users only those go who
/// never registered and who may do no more than the actor.
///
/// # Errors
/// [`Missing::Import`], [`Error::PermissionDenied`]; [`crate::error::Conflict::ImportNotFinished`],
/// [`crate::error::Conflict::ImportUndone`], [`crate::error::Conflict::UndoTooLate`].
pub async fn undo_import(ports: &impl ChangeImports, actor: &Actor, id: &ImportId, origin: &Origin) -> Result<Import> {
    let mut import = found(ports, actor, Permission::ImportsWrite, id).await?;
    loop {
        if !import.begin_undo(origin, actor.id())? {
            return Ok(import);
        }
        let event = origin.event(
            "import.undo_started",
            import.organization_id.as_ref(),
            id.as_str(),
            serde_json::json!({"counts": import.counts}),
            serde_json::Value::Null,
        );
        let along = Along { tick: true, event: Some(event), ..Along::default() };
        if ports.save_import(&mut import, &along).await? {
            return Ok(import);
        }
        import = ports.import(id).await?.ok_or(Error::NotFound(Missing::Import))?;
    }
}
