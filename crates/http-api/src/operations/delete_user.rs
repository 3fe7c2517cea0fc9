//! DELETE /v1/users/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::delete_user::{DeleteUsers, delete_user as use_case},
    roles::ReadRoles,
};

use crate::{Answer, Call, Reply};

/// Deletes somebody else's account for good: the address is free at once, links that were mailed say that they were
/// withdrawn, and the audit trail keeps what the account was.
#[utoipa::path(
    delete,
    path = "/v1/users/{id}",
    operation_id = "delete-user",
    tag = "Users",
    params(
        ("id" = String, Path, description = "The user"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read: delete only this version"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `users.delete`, or for somebody who may do more than oneself"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`own_account`, `root_master`, `import_unfinished`"),
        (status = 412, description = "`version_conflict`: changed since it was read"),
    )
)]
pub async fn delete_user(ports: &(impl Authenticator + DeleteUsers + ReadRoles), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let version = call.if_match_if_any()?;
    use_case(ports, &actor, call.param("id"), version, &origin).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
