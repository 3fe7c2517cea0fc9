//! POST /v1/me/mfa/verify

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{
        confirm_mfa::confirm_mfa as use_case,
        edits::{EditUsers, ReadCredential},
        sessions::{FindSession, TryCodes},
    },
    random::SystemRandomness,
    token::TokenKeys,
};

use crate::{
    Answer, Call, Reply,
    representations::{me::RecoveryCodesResponse, session::CodeRequest},
};

/// Sets up the second factor that was begun, by its first code. Every session ends, this one included.
#[utoipa::path(
    post,
    path = "/v1/me/mfa/verify",
    operation_id = "confirm-mfa",
    tag = "Own account",
    security(("session" = [])),
    request_body = CodeRequest,
    responses(
        (status = 200, description = "Set up; these take the place of any former recovery codes. Sign in again",
            body = RecoveryCodesResponse),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 404, description = "`session_not_found` for an API key"),
        (status = 409, description = "`enrolment_not_begun`, also after five wrong codes"),
        (status = 422, description = "`code_not_valid`"),
    )
)]
pub async fn confirm_mfa(
    ports: &(impl Authenticator + FindSession + TryCodes + EditUsers + ReadCredential),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let token = call.session_token()?;
    let request: CodeRequest = call.json()?;
    let recovery_codes =
        use_case(ports, keys, &actor, token.as_deref(), &request.code, &origin, &SystemRandomness).await?;
    Ok(Reply::json(StatusCode::OK, &RecoveryCodesResponse { recovery_codes })?.without_session())
}
