//! POST /v1/sessions/mfa

use http::StatusCode;
use rollcall_accounts::{
    Error,
    operations::{
        sessions::{SaveSession, Sessions},
        sign_in::NoteSignIn,
        verify_mfa::{UseCodes, verify_mfa as use_case},
    },
    random::SystemRandomness,
};

use crate::{
    Answer, Call, Reply,
    representations::session::{SignInResponse, VerifyMfaRequest},
};

/// Signs in: the second step.
///
/// Five wrong codes, or ten minutes, end the attempt; the first step then comes again.
#[utoipa::path(
    post,
    path = "/v1/sessions/mfa",
    operation_id = "verify-mfa",
    tag = "Sessions",
    security(("session" = [])),
    request_body = VerifyMfaRequest,
    responses(
        (status = 200, description = "Signed in, under a new cookie", body = SignInResponse,
            headers(("Set-Cookie" = String, description = "The `__Host-session` cookie"))),
        (status = 401, description = "`code_not_valid`; `not_authenticated` when no first step waits"),
        (status = 403, description = "`origin_not_allowed`"),
    )
)]
pub async fn verify_mfa(ports: &(impl Sessions + UseCodes + SaveSession + NoteSignIn), call: Call) -> Answer {
    let token = call.session_token()?.ok_or(Error::NotAuthenticated)?;
    let request: VerifyMfaRequest = call.json()?;
    let open = use_case(ports, &token, &request.code, call.now, &SystemRandomness).await?;
    Ok(Reply::json(StatusCode::OK, &SignInResponse { next: None })?.with_session(&open))
}
