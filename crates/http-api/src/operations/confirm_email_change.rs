//! POST /v1/email-changes/{token}/confirm

use http::StatusCode;
use rollcall_accounts::{
    operations::{
        confirm_email_change::confirm_email_change as use_case, edits::EditUsers, get_email_change::FindChangingUser,
    },
    roles::ReadRoles,
    token::TokenKeys,
};

use crate::{Answer, Call, Reply};

/// Confirms a new address: from now on it is the account's.
///
/// Every session ends, and the former address is told.
#[utoipa::path(
    post,
    path = "/v1/email-changes/{token}/confirm",
    operation_id = "confirm-email-change",
    tag = "Email changes",
    security(()),
    params(("token" = String, Path, description = "The end of the mailed link")),
    responses(
        (status = 204, description = "The address is the new one"),
        (status = 404, description = "`change_not_found`"),
        (status = 409, description = "`email_taken`, `email_reserved`: somebody else has it meanwhile"),
        (status = 410, description = "`change_expired`, `change_used`, `change_replaced`, also where whoever asked may not touch the account any more"),
    )
)]
pub async fn confirm_email_change(
    ports: &(impl FindChangingUser + EditUsers + ReadRoles),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    use_case(ports, keys, call.param("token"), &call.origin(None)).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
