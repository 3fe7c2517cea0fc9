//! `POST /v1/imports/{id}/commit`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    import::ports::{ChangeImports, ImportOrganizations, StageRows},
    operations::commit_import::commit_import as commit,
};

use super::stage_chunk::import_id;
use crate::{
    Answer, Call, Reply,
    representations::{import::ImportResponse, problem::ProblemResponse},
};

/// Starts the run of a staged import whose chunks are all there. Repeating it is the same answer.
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
        (status = 409, description = "`chunks_missing` with the numbers, `rows_missing`, `rules_changed`, `import_not_staged`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 422, description = "`role_required` with the rows", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn commit_import<P>(ports: &P, call: Call) -> Answer
where
    P: Authenticator + ImportOrganizations + StageRows + ChangeImports,
{
    let actor = call.actor(ports).await?;
    let import = commit(ports, &actor, &import_id(&call)?, &call.origin(Some(actor.id()))).await?;
    Reply::json(StatusCode::ACCEPTED, &ImportResponse::new(&import, call.now))
}
