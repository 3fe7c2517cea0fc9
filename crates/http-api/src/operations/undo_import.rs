//! `POST /v1/imports/{id}/undo`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator, import::ports::ChangeImports, operations::undo_import::undo_import as undo,
};

use super::stage_chunk::import_id;
use crate::{
    Answer, Call, Reply,
    representations::{import::ImportResponse, problem::ProblemResponse},
};

/// Takes a finished import back within 24 hours: removes the users it made who have not registered. The report says
/// who stayed and why. Asking again while it is being done is the same answer.
#[utoipa::path(
    post,
    path = "/v1/imports/{id}/undo",
    operation_id = "undo-import",
    tag = "Imports",
    params(("id" = String, Path, description = "The import")),
    responses(
        (status = 202, description = "Being undone: `status` says when it is", body = ImportResponse),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`import_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 409, description = "`import_not_finished`, `import_undone`, `undo_too_late`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn undo_import<P>(ports: &P, call: Call) -> Answer
where
    P: Authenticator + ChangeImports,
{
    let actor = call.actor(ports).await?;
    let import = undo(ports, &actor, &import_id(&call)?, &call.origin(Some(actor.id()))).await?;
    Reply::json(StatusCode::ACCEPTED, &ImportResponse::new(&import, call.now))
}
