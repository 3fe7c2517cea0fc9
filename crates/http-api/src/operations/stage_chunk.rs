//! `PUT /v1/imports/{id}/chunks/{n}`.

use http::StatusCode;
use rollcall_accounts::{
    Result,
    access::Authenticator,
    error::{Invalid, Missing},
    ids::ImportId,
    import::ports::{ImportOrganizations, KeepFailed, PeekGuards, StageRows},
    operations::stage_chunk::{StageChunk, stage_chunk as stage},
    token::TokenKeys,
};

use crate::{
    Answer, Call, Reply,
    representations::{
        import::{StageChunkRequest, StagedChunkResponse},
        problem::ProblemResponse,
    },
};

/// Stores one chunk of a staged import. Sending the same chunk again is the same answer.
#[utoipa::path(
    put,
    path = "/v1/imports/{id}/chunks/{n}",
    operation_id = "stage-chunk",
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The import"),
        ("n" = u32, Path, description = "The chunk's number, from 0"),
    ),
    request_body = StageChunkRequest,
    responses(
        (status = 200, description = "Staged", body = StagedChunkResponse),
        (status = 400, description = "`parameter_not_valid`, `body_not_json`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`import_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 409, description = "`chunk_differs`, `import_of_somebody_else`, `import_not_staged`, `import_staged_otherwise`, `rules_changed`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 422, description = "`import_refused` with the report of this chunk", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn stage_chunk<P>(ports: &P, keys: &TokenKeys, call: Call) -> Answer
where
    P: Authenticator + ImportOrganizations + StageRows + KeepFailed + PeekGuards,
{
    let actor = call.actor(ports).await?;
    let id = import_id(&call)?;
    let number = call
        .param("n")
        .parse()
        .map_err(|_| Invalid::Parameter { name: "n", expected: "a chunk's number from 0".into() })?;
    let body: StageChunkRequest = call.json()?;
    let request = StageChunk { number, rows: body.rows, profile_hash: body.profile_hash };
    let rows = stage(ports, keys, &actor, &id, request).await?;
    Reply::json(StatusCode::OK, &StagedChunkResponse { chunk: number, rows })
}

/// The import in the path; what cannot be an identifier is an import that is not there.
pub(super) fn import_id(call: &Call) -> Result<ImportId> {
    ImportId::parse(call.param("id")).map_err(|_| Missing::Import.into())
}
