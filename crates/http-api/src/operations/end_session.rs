//! DELETE /v1/sessions/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{end_session::end_session as use_case, sessions::EndListedSession},
};

use crate::{Answer, Call, Reply};

/// Ends one of one's own sessions, wherever it is.
#[utoipa::path(
    delete,
    path = "/v1/sessions/{id}",
    operation_id = "end-session",
    tag = "Sessions",
    params(("id" = String, Path, description = "The session; the one that asks is also `current`")),
    responses(
        (status = 204, description = "Ended: its cookie is good for nothing from this moment on"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 404, description = "`session_not_found`, also for somebody else's"),
    )
)]
pub async fn end_session(ports: &(impl Authenticator + EndListedSession), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    use_case(ports, &actor, call.param("id"), &origin).await?;
    let reply = Reply::empty(StatusCode::NO_CONTENT);
    let own = actor.via.session().is_some_and(|id| id.as_str() == call.param("id"));
    Ok(if own { reply.without_session() } else { reply })
}
