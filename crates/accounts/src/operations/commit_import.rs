//! Starts the run of a staged import whose chunks are all there. Repeated, it is the same answer.

use super::{
    stage_chunk::{own, precheck, same_rules},
    start_import::{Intake, Terms, commit, without_role},
};
use crate::{
    Result,
    access::Actor,
    audit::Origin,
    error::{Conflict, Invalid},
    ids::ImportId,
    import::{
        Import, Mode, Outcome, Upload,
        check::{self, Checked},
        credentials::Sealing,
        ports::{ChangeImports, ImportOrganizations, KeepFailed, KeepReport, PeekGuards, ReadSource, StageRows},
        profile::Effective,
    },
    token::TokenKeys,
};

/// Commits a staged import.
///
/// # Errors
/// [`crate::error::Missing::Import`]; [`Conflict::ImportOfSomebodyElse`]; [`Conflict::ImportNotStaged`] when it was cancelled;
/// [`Conflict::RulesChanged`]; [`Invalid::ChunksMissing`]; [`Invalid::RowsMissing`], [`Invalid::BytesMissing`];
/// [`crate::Error::ImportRefused`] when the check refuses a file that came in pieces; [`Invalid::RoleRequired`] naming the rows of an atomic import that need a role.
pub async fn commit_import(
    ports: &(impl ImportOrganizations + StageRows + ChangeImports + KeepReport + KeepFailed + PeekGuards + ReadSource),
    keys: &TokenKeys,
    actor: &Actor,
    id: &ImportId,
    origin: &Origin,
) -> Result<Import> {
    let mut import = own(ports, actor, id).await?;
    if import.outcome == Some(Outcome::Cancelled) {
        return Err(Conflict::ImportNotStaged.into());
    }
    if !import.is_staged() {
        return Ok(import);
    }
    let effective = same_rules(ports, actor, &import).await?;
    if let Some(upload) = import.upload.clone() {
        return commit_upload(ports, keys, actor, &effective, import, &upload, origin).await;
    }
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

/// Checks a file whose pieces are all there, and starts its run. One that is refused stays staged.
async fn commit_upload(
    ports: &(impl ImportOrganizations + StageRows + ChangeImports + KeepReport + KeepFailed + PeekGuards + ReadSource),
    keys: &TokenKeys,
    actor: &Actor,
    effective: &Effective,
    mut import: Import,
    upload: &Upload,
    origin: &Origin,
) -> Result<Import> {
    let pieces = ports.pieces(&import.id).await?;
    let missing: Vec<u32> = (0..upload.pieces)
        .filter(|number| pieces.binary_search_by_key(number, |piece| piece.number).is_err())
        .collect();
    if !missing.is_empty() {
        return Err(Invalid::ChunksMissing(missing).into());
    }
    let staged: u64 = pieces.iter().map(|piece| piece.bytes).sum();
    if staged != upload.bytes {
        return Err(Invalid::BytesMissing { announced: upload.bytes, staged }.into());
    }
    let bytes = ports.source(&import.id, &pieces).await?;
    let Checked { report, file_refused, accepted, refused } =
        check::sheet(&bytes, upload.sheet.as_deref(), &effective.profile);
    drop(bytes);
    let policy = effective.password_policy();
    let sealing = Sealing { import: &import.id, passwords: import.options.credentials, policy: &policy, keys };
    let prechecked = precheck(ports, actor, effective, &sealing, accepted).await?;
    let without_role = without_role(ports, &Terms::of_import(&import), &prechecked.rows).await?;
    let intake = Intake::of(import.mode, report, file_refused, refused, prechecked, without_role)?;
    intake.run(ports, &mut import, actor, origin).await?;
    if import.outcome == Some(Outcome::Cancelled) {
        return Err(Conflict::ImportNotStaged.into());
    }
    Ok(import)
}
