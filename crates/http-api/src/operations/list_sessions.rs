//! GET /v1/sessions

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{list_sessions::list_sessions as use_case, sessions::ListSessions},
};

use crate::{Answer, Call, Reply, representations::session::SessionsResponse};

/// Where one is signed in.
#[utoipa::path(
    get,
    path = "/v1/sessions",
    operation_id = "list-sessions",
    tag = "Sessions",
    responses(
        (status = 200, description = "One's own sessions, the one seen last first", body = SessionsResponse),
        (status = 401, description = "`not_authenticated`"),
    )
)]
pub async fn list_sessions(ports: &(impl Authenticator + ListSessions), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let sessions = use_case(ports, &actor, call.now).await?;
    Reply::json(StatusCode::OK, &SessionsResponse::new(&sessions, actor.via.session()))
}
