//! DELETE /v1/users/{id}/api-keys

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{edits::EditUsers, end_user_api_keys::end_user_api_keys as use_case},
    roles::ReadRoles,
};

use crate::{Answer, Call, Reply};

/// Ends every API key of somebody else, at once.
#[utoipa::path(
    delete,
    path = "/v1/users/{id}/api-keys",
    operation_id = "end-user-api-keys",
    tag = "Users",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 204, description = "None of them opens anything any more"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `credentials.write`, or for somebody who may do more than oneself"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`own_account`, `root_master`, `import_unfinished`"),
    )
)]
pub async fn end_user_api_keys(ports: &(impl Authenticator + EditUsers + ReadRoles), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    use_case(ports, &actor, call.param("id"), &origin).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
