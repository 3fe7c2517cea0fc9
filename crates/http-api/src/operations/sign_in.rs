//! POST /v1/sessions

use http::StatusCode;
use rollcall_accounts::{
    operations::{
        sessions::SaveSession,
        sign_in::{Attempt, FindLogin, NoteSignIn, sign_in as use_case},
    },
    random::SystemRandomness,
};

use crate::{
    Answer, Call, Reply,
    representations::session::{SignInRequest, SignInResponse},
};

/// Signs in: the first step.
#[utoipa::path(
    post,
    path = "/v1/sessions",
    operation_id = "sign-in",
    tag = "Sessions",
    security(()),
    request_body = SignInRequest,
    responses(
        (status = 200, description = "Signed in, or the second step comes next. Sets the session's cookie",
            body = SignInResponse, headers(("Set-Cookie" = String, description = "The `__Host-session` cookie"))),
        (status = 401, description = "`credentials_not_valid`"),
    )
)]
pub async fn sign_in(ports: &(impl FindLogin + SaveSession + NoteSignIn), call: Call) -> Answer {
    let request: SignInRequest = call.json()?;
    let attempt = Attempt { login: request.email, password: request.password };
    let signed_in = use_case(ports, &attempt, call.now, &SystemRandomness).await?;
    let next = signed_in.verify_mfa.then_some("verify_mfa");
    Ok(Reply::json(StatusCode::OK, &SignInResponse { next })?.with_session(&signed_in.session))
}
