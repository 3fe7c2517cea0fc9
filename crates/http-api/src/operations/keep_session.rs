//! POST /v1/sessions/current/keep

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{keep_session::keep_session as use_case, sessions::ContinueSession},
};

use crate::{Answer, Call, Reply, representations::session::SessionTimesResponse};

/// Somebody is there: the session goes on.
///
/// A session ends a minute after its user's idle limit, whatever requests are made in it, unless this is called; and
/// seven days after the sign-in in any case.
#[utoipa::path(
    post,
    path = "/v1/sessions/current/keep",
    operation_id = "keep-session",
    tag = "Sessions",
    security(("session" = [])),
    responses(
        (status = 200, description = "Until when it goes on", body = SessionTimesResponse),
        (status = 401, description = "`not_authenticated`: it has ended"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 404, description = "`session_not_found` for an API key"),
    )
)]
pub async fn keep_session(ports: &(impl Authenticator + ContinueSession), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let token = call.session_token()?;
    let kept = use_case(ports, &actor, token.as_deref(), call.now).await?;
    Reply::json(StatusCode::OK, &SessionTimesResponse::from(&kept))
}
