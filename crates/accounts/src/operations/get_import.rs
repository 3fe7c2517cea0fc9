//! One import, and what of a staged one has arrived.

use std::collections::BTreeSet;

use super::stage_chunk::found;
use crate::{
    Result,
    access::Actor,
    ids::ImportId,
    import::{
        Import,
        ports::{ReadChunks, ReadPieces},
    },
    roles::Permission,
};

/// The import; and while it is staged, the numbers of the chunks, or of the pieces of its file, that have not arrived.
///
/// # Errors
/// [`crate::error::Missing::Import`], [`crate::Error::PermissionDenied`].
pub async fn get_import(
    ports: &(impl ReadChunks + ReadPieces),
    actor: &Actor,
    id: &ImportId,
) -> Result<(Import, Option<Vec<u32>>)> {
    let import = found(ports, actor, Permission::ImportsRead, id).await?;
    if !import.is_staged() {
        return Ok((import, None));
    }
    let (all, arrived): (u32, BTreeSet<u32>) = match &import.upload {
        Some(upload) => (upload.pieces, ports.pieces(id).await?.into_iter().map(|piece| piece.number).collect()),
        None => (import.chunks, ports.chunks(id).await?.into_iter().map(|chunk| chunk.number).collect()),
    };
    let missing = (0..all).filter(|number| !arrived.contains(number)).collect();
    Ok((import, Some(missing)))
}
