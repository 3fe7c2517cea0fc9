//! Takes one piece of a file that is larger than a request holds. The same piece again is the same answer.

use super::stage_chunk::own;
use crate::{
    Result,
    access::{Actor, secret_hash_of},
    error::{Conflict, Invalid},
    ids::ImportId,
    import::{
        PIECE_BYTES,
        ports::{Piece, StageSource, Staging},
    },
};

/// Stores a piece; says how many bytes it holds.
///
/// # Errors
/// [`crate::error::Missing::Import`]; [`Conflict::ImportOfSomebodyElse`]; [`Conflict::ImportNotStaged`]; [`Conflict::PieceDiffers`];
/// [`Conflict::ImportStagedOtherwise`] for an import of chunks;
/// [`Invalid::Parameter`] for a number that cannot be, [`Invalid::Body`] for a piece without a byte.
pub async fn stage_source(
    ports: &impl StageSource,
    actor: &Actor,
    id: &ImportId,
    number: u32,
    bytes: &[u8],
) -> Result<u64> {
    let import = own(ports, actor, id).await?;
    let Some(upload) = &import.upload else {
        return Err(Conflict::ImportStagedOtherwise.into());
    };
    if number >= upload.pieces {
        let expected = format!("a piece's number from 0 to {}", upload.pieces - 1);
        return Err(Invalid::Parameter { name: "n", expected }.into());
    }
    let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    if !(1..=PIECE_BYTES.min(upload.bytes)).contains(&length) {
        return Err(Invalid::Body("a piece has 1 byte to 4 MiB, and no more than the file".into()).into());
    }
    if !import.is_staged() {
        return Err(Conflict::ImportNotStaged.into());
    }
    let piece = Piece { number, digest: secret_hash_of(bytes), bytes: length };
    match ports.stage_piece(id, &piece, bytes).await? {
        Staging::Stored | Staging::Same => Ok(length),
        Staging::Differs => Err(Conflict::PieceDiffers.into()),
        Staging::Closed => Err(Conflict::ImportNotStaged.into()),
    }
}
