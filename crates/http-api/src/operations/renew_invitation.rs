//! POST /v1/invitations/{token}/renew

use http::StatusCode;
use rollcall_accounts::{
    operations::{
        edits::EditUsers,
        links::FindInvited,
        renew_invitation::{LastRenewal, renew_invitation as use_case},
    },
    token::TokenKeys,
};
use serde_json::json;

use crate::{Answer, Call, Reply};

/// Asks for a newer link, which goes to the address on file. The same answer for every token, known or not.
#[utoipa::path(
    post,
    path = "/v1/invitations/{token}/renew",
    operation_id = "renew-invitation",
    tag = "Invitations",
    security(()),
    params(("token" = String, Path, description = "The end of the mailed link")),
    responses(
        (status = 202, description = "If the link was one that expired or was replaced, a mail is on its way"),
        (status = 429, description = "`rate_limited`: with this genuine link, less than five minutes ago"),
    )
)]
pub async fn renew_invitation(
    ports: &(impl FindInvited + LastRenewal + EditUsers),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    use_case(ports, keys, call.param("token"), &call.origin(None)).await?;
    Reply::json(StatusCode::ACCEPTED, &json!({}))
}
