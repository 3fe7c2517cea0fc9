//! POST /v1/password-resets

use http::StatusCode;
use rollcall_accounts::{
    attempts::CountAttempts,
    operations::request_password_reset::{QueueMail, request_password_reset as use_case},
};
use serde_json::json;

use crate::{Answer, Call, Reply, representations::mailed_link::PasswordResetRequest};

/// Asks for a new password. The same answer, work and time for every address, whether or not there is an account.
///
/// Nothing is taken away by asking: the password stays what it is until the mailed link is used.
#[utoipa::path(
    post,
    path = "/v1/password-resets",
    operation_id = "request-password-reset",
    tag = "Password resets",
    security(()),
    request_body = PasswordResetRequest,
    responses(
        (status = 202, description = "If somebody signs in under that address, a mail with a link is on its way"),
        (status = 400, description = "`body_not_json`"),
        (status = 429, description = "`rate_limited`: too often under this address, or from here; whoever is named"),
    )
)]
pub async fn request_password_reset(ports: &(impl CountAttempts + QueueMail), call: Call) -> Answer {
    let request: PasswordResetRequest = call.json()?;
    use_case(ports, &request.email, &call.origin(None)).await?;
    Reply::json(StatusCode::ACCEPTED, &json!({}))
}
