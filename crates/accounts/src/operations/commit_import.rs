//! Starts the run of a staged import whose chunks are all there. Repeated, it is the same answer.

use super::{
    stage_chunk::{same_rules, writable},
    start_import::commit,
};
use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::{Conflict, Invalid},
    ids::ImportId,
    import::{
        Import, Mode, Outcome,
        ports::{ChangeImports, ImportOrganizations, StageRows},
    },
};

/// Commits a staged import.
///
/// # Errors
/// [`crate::error::Missing::Import`]; [`Conflict::ImportNotStaged`] when it was cancelled;
/// [`Conflict::RulesChanged`]; [`Invalid::ChunksMissing`]; [`Invalid::RowsMissing`];
/// [`Invalid::RoleRequired`] naming the rows of an atomic import that need a role.
pub async fn commit_import(
    ports: &(impl ImportOrganizations + StageRows + ChangeImports),
    actor: &Actor,
    id: &ImportId,
    origin: &Origin,
) -> Result<Import> {
    let mut import = writable(ports, actor, id).await?;
    if import.outcome == Some(Outcome::Cancelled) {
        return Err(Conflict::ImportNotStaged.into());
    }
    if !import.is_staged() {
        return Ok(import);
    }
    same_rules(ports, actor, &import).await?;
    let chunks = ports.chunks(id).await?;
    let missing: Vec<u32> = (0..import.chunks)
        .filter(|number| chunks.binary_search_by_key(number, |chunk| chunk.number).is_err())
        .collect();
    if !missing.is_empty() {
        return Err(Invalid::ChunksMissing(missing).into());
    }
    let accepted: u32 = chunks.iter().map(|chunk| chunk.rows).sum();
    let refused: u32 = chunks.iter().map(|chunk| chunk.refused).sum();
    if accepted + refused != import.total_rows {
        return Err(Invalid::RowsMissing { announced: import.total_rows, staged: accepted + refused }.into());
    }
    let without_role: Vec<u32> = chunks.into_iter().flat_map(|chunk| chunk.without_role).collect();
    if import.mode == Mode::Atomic && !without_role.is_empty() {
        return Err(Invalid::RoleRequired(without_role).into());
    }
    commit(ports, &mut import, actor, origin, accepted, refused).await?;
    if import.outcome == Some(Outcome::Cancelled) {
        return Err(Conflict::ImportNotStaged.into());
    }
    Ok(import)
}
