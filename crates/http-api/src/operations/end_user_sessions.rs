//! DELETE /v1/users/{id}/sessions

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{edits::EditUsers, end_user_sessions::end_user_sessions as use_case},
    roles::ReadRoles,
};

use crate::{Answer, Call, Reply};

/// Signs a user out everywhere, at once: sessions and API keys end.
#[utoipa::path(
    delete,
    path = "/v1/users/{id}/sessions",
    operation_id = "end-user-sessions",
    tag = "Users",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 204, description = "Signed out everywhere"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `credentials.write`, or for somebody who may do more than oneself; `session_required` for oneself with an API key"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`import_unfinished`"),
    )
)]
pub async fn end_user_sessions(ports: &(impl Authenticator + EditUsers + ReadRoles), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let user = use_case(ports, &actor, call.param("id"), &origin).await?;
    let reply = Reply::empty(StatusCode::NO_CONTENT);
    Ok(if user.id == *actor.id() { reply.without_session() } else { reply })
}
