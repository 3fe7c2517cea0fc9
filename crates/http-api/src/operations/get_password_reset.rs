//! GET /v1/password-resets/{token}

use http::StatusCode;
use rollcall_accounts::{
    operations::{
        create_user::ReadOrganization,
        get_password_reset::{FindResetUser, get_password_reset as use_case},
    },
    token::TokenKeys,
};

use crate::{Answer, Call, Reply, representations::mailed_link::PasswordResetLinkResponse};

/// Says what a link to choose a new password is. Changes nothing, whoever fetches it.
#[utoipa::path(
    get,
    path = "/v1/password-resets/{token}",
    operation_id = "get-password-reset",
    tag = "Password resets",
    security(()),
    params(("token" = String, Path, description = "The end of the mailed link")),
    responses(
        (status = 200, description = "The link is good", body = PasswordResetLinkResponse),
        (status = 404, description = "`reset_not_found`: not issued here"),
        (status = 410, description = "`reset_expired`, `reset_used`, `reset_replaced` by a newer one, `reset_revoked` as the password or address changed otherwise"),
    )
)]
pub async fn get_password_reset(
    ports: &(impl FindResetUser + ReadOrganization),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let view = use_case(ports, keys, call.param("token"), call.now).await?;
    Reply::json(StatusCode::OK, &PasswordResetLinkResponse::new(view))
}
