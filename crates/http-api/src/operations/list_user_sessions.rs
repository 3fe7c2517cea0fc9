//! GET /v1/users/{id}/sessions

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{edits::EditUsers, list_user_sessions::list_user_sessions as use_case, sessions::ListSessions},
};

use crate::{Answer, Call, Reply, representations::session::SessionsResponse};

/// Where a user is signed in.
#[utoipa::path(
    get,
    path = "/v1/users/{id}/sessions",
    operation_id = "list-user-sessions",
    tag = "Users",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "Their sessions, the one seen last first", body = SessionsResponse),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `users.read`"),
        (status = 404, description = "`user_not_found`"),
    )
)]
pub async fn list_user_sessions(ports: &(impl Authenticator + EditUsers + ListSessions), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let sessions = use_case(ports, &actor, call.param("id"), call.now).await?;
    Reply::json(StatusCode::OK, &SessionsResponse::new(&sessions, actor.via.session()))
}
