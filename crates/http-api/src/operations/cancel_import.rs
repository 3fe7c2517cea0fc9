//! `POST /v1/imports/{id}/cancel`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator, import::ports::ChangeImports, operations::cancel_import::cancel_import as cancel,
};

use super::stage_chunk::import_id;
use crate::{
    Answer, Call, Reply,
    representations::{import::ImportResponse, problem::ProblemResponse},
};

/// Withdraws an import that is not visible yet. Repeating it is the same answer.
#[utoipa::path(
    post,
    path = "/v1/imports/{id}/cancel",
    operation_id = "cancel-import",
    tag = "Imports",
    params(("id" = String, Path, description = "The import")),
    responses(
        (status = 202, description = "Cancelled, or about to be: `status` says when nothing of it is left", body = ImportResponse),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`import_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 409, description = "`import_not_cancellable`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn cancel_import<P>(ports: &P, call: Call) -> Answer
where
    P: Authenticator + ChangeImports,
{
    let actor = call.actor(ports).await?;
    let import = cancel(ports, &actor, &import_id(&call)?, &call.origin(Some(actor.id()))).await?;
    Reply::json(StatusCode::ACCEPTED, &ImportResponse::new(&import, call.now))
}
