//! POST /v1/sessions/mfa/text

use http::StatusCode;
use rollcall_accounts::{
    Error,
    attempts::CountAttempts,
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        send_sign_in_code::send_sign_in_code as use_case,
        sessions::{Challenge, FindSession},
    },
};

use crate::{Answer, Call, Reply, representations::session::SentResponse};

/// Signs in: sends a code to the phone of the account.
///
/// A code is good for ten minutes, until the next one is sent. One sign-in sends at most five, half a minute apart.
#[utoipa::path(
    post,
    path = "/v1/sessions/mfa/text",
    operation_id = "send-sign-in-code",
    tag = "Sessions",
    security(("session" = [])),
    responses(
        (status = 202, description = "On its way", body = SentResponse),
        (status = 401, description = "`not_authenticated` when no first step waits"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 409, description = "`no_text_codes` when text messages are no second factor of this account"),
        (status = 429, description = "`rate_limited`",
            headers(("Retry-After" = String, description = "Seconds until the next one is sent"))),
    )
)]
pub async fn send_sign_in_code(
    ports: &(impl FindSession + EditUsers + ReadCredential + ReadOrganization + CountAttempts + Challenge),
    call: Call,
) -> Answer {
    let token = call.session_token()?.ok_or(Error::NotAuthenticated)?;
    let sent_to = use_case(ports, &token, &call.origin(None)).await?;
    Reply::json(StatusCode::ACCEPTED, &SentResponse { sent_to })
}
