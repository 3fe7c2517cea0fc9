//! POST /v1/sessions/enrolment

use http::StatusCode;
use rollcall_accounts::{
    Error,
    attempts::CountAttempts,
    operations::{
        begin_enrolment::begin_enrolment as use_case,
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        sessions::{Challenge, FindSession},
    },
    random::SystemRandomness,
};

use crate::{
    Answer, Call, Reply,
    representations::session::{BeginEnrolmentRequest, BegunResponse, new_factor},
};

/// Signs in: begins to set up a second factor. May be done again.
///
/// `texts`: whether this deployment sends text messages.
#[utoipa::path(
    post,
    path = "/v1/sessions/enrolment",
    operation_id = "begin-enrolment",
    tag = "Sessions",
    security(("session" = [])),
    request_body = BeginEnrolmentRequest,
    responses(
        (status = 200, description = "Begun: the secret for an authenticator, or a code is on its way",
            body = BegunResponse),
        (status = 400, description = "`body_not_json`, `parameter_not_valid`"),
        (status = 401, description = "`not_authenticated` when no sign-in waits for this step"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 422, description = "`method_not_offered` where text messages are not set up, `phone_required`, `phone_not_yours` when the account has another number, `phone_not_valid`, …"),
        (status = 429, description = "`rate_limited`: too many text messages",
            headers(("Retry-After" = String, description = "Seconds until the next one is sent"))),
    )
)]
pub async fn begin_enrolment(
    ports: &(impl FindSession + EditUsers + ReadCredential + ReadOrganization + CountAttempts + Challenge),
    texts: bool,
    call: Call,
) -> Answer {
    let token = call.session_token()?.ok_or(Error::NotAuthenticated)?;
    let request: BeginEnrolmentRequest = call.json()?;
    let factor = new_factor(&request.method, request.phone, texts)?;
    let begun = use_case(ports, &token, &factor, &call.origin(None), &SystemRandomness).await?;
    Reply::json(StatusCode::OK, &BegunResponse::from(begun))
}
