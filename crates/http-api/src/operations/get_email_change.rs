//! GET /v1/email-changes/{token}

use http::StatusCode;
use rollcall_accounts::{
    operations::{
        create_user::ReadOrganization,
        get_email_change::{FindChangingUser, get_email_change as use_case},
    },
    token::TokenKeys,
};

use crate::{Answer, Call, Reply, representations::mailed_link::EmailChangeLinkResponse};

/// Says what a link to confirm a new address is. Changes nothing, whoever fetches it.
#[utoipa::path(
    get,
    path = "/v1/email-changes/{token}",
    operation_id = "get-email-change",
    tag = "Email changes",
    security(()),
    params(("token" = String, Path, description = "The end of the mailed link")),
    responses(
        (status = 200, description = "The link is good", body = EmailChangeLinkResponse),
        (status = 404, description = "`change_not_found`: not issued here"),
        (status = 410, description = "`change_expired`, `change_used`, `change_replaced` by a newer one or taken back"),
    )
)]
pub async fn get_email_change(
    ports: &(impl FindChangingUser + ReadOrganization),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let view = use_case(ports, keys, call.param("token"), call.now).await?;
    Reply::json(StatusCode::OK, &EmailChangeLinkResponse::new(view))
}
