//! `GET /v1/imports/{id}`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    import::ports::{ReadChunks, ReadPieces},
    operations::get_import::get_import as get,
};

use super::stage_chunk::import_id;
use crate::{
    Answer, Call, Reply,
    representations::{
        import::{ImportResponse, StagedPart},
        problem::ProblemResponse,
    },
};

/// One import and how far it is.
#[utoipa::path(
    get,
    path = "/v1/imports/{id}",
    operation_id = "get-import",
    tag = "Imports",
    params(("id" = String, Path, description = "The import")),
    responses(
        (status = 200, description = "The import", body = ImportResponse),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`import_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn get_import<P: Authenticator + ReadChunks + ReadPieces>(ports: &P, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let (import, missing) = get(ports, &actor, &import_id(&call)?).await?;
    let staged = missing.map(|missing| StagedPart {
        chunks: import.chunks,
        source_pieces: import.upload.as_ref().map(|upload| upload.pieces),
        missing,
    });
    let response = ImportResponse { staged, ..ImportResponse::new(&import, call.now) };
    Ok(Reply::json(StatusCode::OK, &response)?.with_version(import.version))
}
