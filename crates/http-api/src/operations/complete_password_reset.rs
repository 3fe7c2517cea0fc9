//! POST /v1/password-resets/{token}

use http::StatusCode;
use rollcall_accounts::{
    operations::{
        complete_password_reset::complete_password_reset as use_case,
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        get_password_reset::FindResetUser,
    },
    token::TokenKeys,
};

use crate::{Answer, Call, Reply, representations::mailed_link::NewPasswordRequest};

/// Chooses a new password with a mailed link, which is spent by it.
///
/// Every session ends, a lock is lifted, and the person is told by mail.
#[utoipa::path(
    post,
    path = "/v1/password-resets/{token}",
    operation_id = "complete-password-reset",
    tag = "Password resets",
    security(()),
    params(("token" = String, Path, description = "The end of the mailed link")),
    request_body = NewPasswordRequest,
    responses(
        (status = 204, description = "The password is the new one"),
        (status = 400, description = "`body_not_json`"),
        (status = 404, description = "`reset_not_found`"),
        (status = 410, description = "`reset_expired`, `reset_used`, `reset_replaced`, `reset_revoked`"),
        (status = 422, description = "`password_too_short`, `password_too_long`, `password_too_common`, `password_word_blocked`"),
    )
)]
pub async fn complete_password_reset(
    ports: &(impl FindResetUser + ReadOrganization + EditUsers + ReadCredential),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let request: NewPasswordRequest = call.json()?;
    use_case(ports, keys, call.param("token"), &request.password, &call.origin(None)).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
