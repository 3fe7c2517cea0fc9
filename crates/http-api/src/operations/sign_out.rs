//! DELETE /v1/sessions/current

use http::StatusCode;
use rollcall_accounts::{
    Error,
    operations::{
        sessions::{EndSession, FindSession},
        sign_out::sign_out as use_case,
    },
};

use crate::{Answer, Call, Reply};

/// Ends the session of the cookie.
#[utoipa::path(
    delete,
    path = "/v1/sessions/current",
    operation_id = "sign-out",
    tag = "Sessions",
    security(("session" = [])),
    responses(
        (status = 204, description = "Signed out; the cookie is taken back"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`origin_not_allowed`"),
    )
)]
pub async fn sign_out(ports: &(impl FindSession + EndSession), call: Call) -> Answer {
    let token = call.session_token()?.ok_or(Error::NotAuthenticated)?;
    use_case(ports, &token, call.now).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT).without_session())
}
