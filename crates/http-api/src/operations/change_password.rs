//! POST /v1/me/password

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    attempts::CountAttempts,
    operations::{
        change_password::change_password as use_case,
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
    },
};

use crate::{Answer, Call, Reply, representations::me::ChangePasswordRequest};

/// Changes one's own password. Every session ends, this one included.
#[utoipa::path(
    post,
    path = "/v1/me/password",
    operation_id = "change-password",
    tag = "Own account",
    request_body = ChangePasswordRequest,
    responses(
        (status = 204, description = "Changed; sign in with the new one"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 422, description = "`password_wrong` for the present one; `password_too_short`, `password_too_common`, `password_word_blocked`, `password_unchanged`, …"),
        (status = 429, description = "`too_many_attempts`",
            headers(("Retry-After" = String, description = "Seconds until the next attempt is heard"))),
    )
)]
pub async fn change_password(
    ports: &(impl Authenticator + CountAttempts + ReadCredential + ReadOrganization + EditUsers),
    call: Call,
) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let request: ChangePasswordRequest = call.json()?;
    use_case(ports, &actor, &request.current, &request.password, &origin).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT).without_session())
}
