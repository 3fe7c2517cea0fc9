//! POST /v1/sessions/mfa

use http::StatusCode;
use rollcall_accounts::{
    Error,
    attempts::CountAttempts,
    error::Invalid,
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        request_password_reset::QueueMail,
        sessions::{FindSession, OpenSessions, TryCodes},
        steps::Method,
        verify_mfa::{UseCodes, verify_mfa as use_case},
    },
    random::SystemRandomness,
    token::TokenKeys,
};

use crate::{
    Answer, Call, Reply,
    representations::session::{SignInResponse, VerifyMfaRequest},
};

/// Signs in: the code of the second factor.
///
/// Five wrong codes, or ten minutes, end the attempt; the first step then comes again. Codes count once.
#[utoipa::path(
    post,
    path = "/v1/sessions/mfa",
    operation_id = "verify-mfa",
    tag = "Sessions",
    security(("session" = [])),
    request_body = VerifyMfaRequest,
    responses(
        (status = 200, description = "Signed in, or another step comes next, under a new cookie", body = SignInResponse,
            headers(("Set-Cookie" = String, description = "The `__Host-session` cookie, and `__Host-device` once signed in"))),
        (status = 400, description = "`body_not_json`, `parameter_not_valid`"),
        (status = 401, description = "`code_not_valid`; `not_authenticated` when no first step waits"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 429, description = "`too_many_attempts`",
            headers(("Retry-After" = String, description = "Seconds until the next attempt is heard"))),
    )
)]
pub async fn verify_mfa(
    ports: &(
         impl FindSession
         + TryCodes
         + CountAttempts
         + UseCodes
         + QueueMail
         + OpenSessions
         + EditUsers
         + ReadCredential
         + ReadOrganization
     ),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let token = call.session_token()?.ok_or(Error::NotAuthenticated)?;
    let request: VerifyMfaRequest = call.json()?;
    let method = match request.method.as_deref() {
        None => None,
        Some(name) => Some(
            Method::parse(name)
                .ok_or_else(|| Invalid::Parameter { name: "method", expected: "totp, text or recovery".into() })?,
        ),
    };
    let origin = call.origin(None);
    let proceeded = use_case(ports, keys, &token, &request.code, method, &origin, &SystemRandomness).await?;
    Ok(Reply::json(StatusCode::OK, &SignInResponse::from(&proceeded.next))?.with_step(&proceeded))
}
