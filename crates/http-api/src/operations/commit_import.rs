//! `POST /v1/imports/{id}/commit`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    import::ports::{ChangeImports, ImportOrganizations, KeepFailed, KeepReport, PeekGuards, ReadSource, StageRows},
    operations::commit_import::commit_import as commit,
    token::TokenKeys,
};

use super::stage_chunk::import_id;
use crate::{
    Answer, Call, Reply,
    representations::{import::ImportResponse, problem::ProblemResponse},
};

/// Starts the run of a staged import whose chunks, or the pieces of whose file, are all there. Repeating it is the same answer.
#[utoipa::path(
    post,
    path = "/v1/imports/{id}/commit",
    operation_id = "commit-import",
    tag = "Imports",
    params(("id" = String, Path, description = "The import")),
    responses(
        (status = 202, description = "Running", body = ImportResponse),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`import_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 409, description = "`chunks_missing` with the numbers (of pieces, too), `rows_missing`, `bytes_missing`, `rules_changed`, `import_of_somebody_else`, `import_not_staged`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 422, description = "`import_refused` with the report, of a file in pieces: it stays staged; `role_required` with the rows", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn commit_import<P>(ports: &P, keys: &TokenKeys, call: Call) -> Answer
where
    P: Authenticator
        + ImportOrganizations
        + StageRows
        + ChangeImports
        + KeepReport
        + KeepFailed
        + PeekGuards
        + ReadSource,
{
    let actor = call.actor(ports).await?;
    let import = commit(ports, keys, &actor, &import_id(&call)?, &call.origin(Some(actor.id()))).await?;
    Reply::json(StatusCode::ACCEPTED, &ImportResponse::new(&import, call.now))
}
