//! POST /v1/sessions

use http::StatusCode;
use rollcall_accounts::{
    attempts::CountAttempts,
    operations::{
        create_user::ReadOrganization,
        sessions::{EndSession, FindSession, OpenSessions},
        sign_in::{Attempt, FindLogin, sign_in as use_case},
    },
    random::SystemRandomness,
    token::TokenKeys,
};

use crate::{
    Answer, Call, Reply,
    auth::DEVICE_COOKIE,
    representations::session::{SignInRequest, SignInResponse},
};

/// Signs in: the first step.
///
/// The answer says which step comes next, each under a new cookie. Failed attempts are counted for the account, apart
/// for browsers in which the person has signed in before, and for the source address; too many are refused for a
/// while, in the same way for names that nobody holds. The session that the browser was in ends.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    operation_id = "sign-in",
    tag = "Sessions",
    security(()),
    request_body = SignInRequest,
    responses(
        (status = 200, description = "Signed in, or another step comes next. Sets the session's cookie",
            body = SignInResponse, headers(("Set-Cookie" = String, description = "The `__Host-session` cookie, and `__Host-device` once signed in"))),
        (status = 401, description = "`credentials_not_valid`"),
        (status = 429, description = "`too_many_attempts`",
            headers(("Retry-After" = String, description = "Seconds until the next attempt is heard"))),
    )
)]
pub async fn sign_in(
    ports: &(impl FindLogin + ReadOrganization + CountAttempts + OpenSessions + FindSession + EndSession),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let request: SignInRequest = call.json()?;
    let attempt = Attempt {
        login: request.email,
        password: request.password,
        device: call.device(),
        device_cookie: call.cookie(DEVICE_COOKIE).map(str::to_owned),
        former_session: call.session_token().unwrap_or_default(),
    };
    let proceeded = use_case(ports, keys, &attempt, &call.origin(None), &SystemRandomness).await?;
    Ok(Reply::json(StatusCode::OK, &SignInResponse::from(&proceeded.next))?.with_step(&proceeded))
}
