//! POST /v1/me/mfa

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    attempts::CountAttempts,
    operations::{
        begin_mfa::begin_mfa as use_case,
        create_user::ReadOrganization,
        edits::ReadCredential,
        sessions::{Challenge, FindSession},
    },
    random::SystemRandomness,
};

use crate::{
    Answer, Call, Reply,
    representations::{
        me::BeginMfaRequest,
        session::{BegunResponse, new_factor},
    },
};

/// Begins to set up a second factor. What is set up already stays until the first code of the new one.
///
/// `texts`: whether this deployment sends text messages.
#[utoipa::path(
    post,
    path = "/v1/me/mfa",
    operation_id = "begin-mfa",
    tag = "Own account",
    security(("session" = [])),
    request_body = BeginMfaRequest,
    responses(
        (status = 200, description = "Begun: the secret for an authenticator, or a code is on its way",
            body = BegunResponse),
        (status = 400, description = "`body_not_json`, `parameter_not_valid`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 404, description = "`session_not_found` for an API key"),
        (status = 422, description = "`password_wrong`, `method_not_offered` where text messages are not set up, `phone_required`, `phone_not_valid`, …"),
        (status = 429, description = "`too_many_attempts`, `rate_limited`",
            headers(("Retry-After" = String, description = "Seconds until the next one is heard"))),
    )
)]
pub async fn begin_mfa(
    ports: &(impl Authenticator + FindSession + CountAttempts + ReadCredential + ReadOrganization + Challenge),
    texts: bool,
    call: Call,
) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let token = call.session_token()?;
    let request: BeginMfaRequest = call.json()?;
    let factor = new_factor(&request.method, request.phone, texts)?;
    let begun =
        use_case(ports, &actor, token.as_deref(), &factor, &request.password, &origin, &SystemRandomness).await?;
    Reply::json(StatusCode::OK, &BegunResponse::from(begun))
}
