//! `PUT /v1/imports/{id}/source/{n}`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator, error::Invalid, import::ports::StageSource, operations::stage_source::stage_source as stage,
};

use super::stage_chunk::import_id;
use crate::{
    Answer, Call, Reply,
    representations::{import::StagedPieceResponse, problem::ProblemResponse},
};

/// Takes one piece of a file that is larger than a request holds. Repeating it is the same answer.
#[utoipa::path(
    put,
    path = "/v1/imports/{id}/source/{n}",
    operation_id = "stage-source",
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The import"),
        ("n" = u32, Path, description = "The piece's number, from 0"),
    ),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "Up to 4 MiB of the file"),
    responses(
        (status = 200, description = "It has arrived", body = StagedPieceResponse),
        (status = 400, description = "`parameter_not_valid`, `body_not_json`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`import_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 409, description = "`piece_differs`, `import_of_somebody_else`, `import_not_staged`, `import_staged_otherwise`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 413, description = "`body_too_large`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 415, description = "`media_type_not_supported`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn stage_source<P: Authenticator + StageSource>(ports: &P, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    if call.media_type() != "application/octet-stream" {
        return Err(Invalid::MediaType { expected: "application/octet-stream" }.into());
    }
    let number = call
        .param("n")
        .parse()
        .map_err(|_| Invalid::Parameter { name: "n", expected: "a piece's number from 0".into() })?;
    let bytes = stage(ports, &actor, &import_id(&call)?, number, &call.body).await?;
    Reply::json(StatusCode::OK, &StagedPieceResponse { piece: number, bytes })
}
