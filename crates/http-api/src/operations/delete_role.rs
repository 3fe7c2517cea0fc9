//! DELETE /v1/roles/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    facet::FindByFacet,
    operations::delete_role::{DeleteRoles, delete_role as use_case},
};

use crate::{Answer, Call, Reply};

/// Deletes a custom role that nobody has.
#[utoipa::path(
    delete,
    path = "/v1/roles/{id}",
    operation_id = "delete-role",
    tag = "Roles",
    params(
        ("id" = String, Path, description = "The role"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read: delete only this version"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `roles.write`, or for a role that grants more than one holds"),
        (status = 404, description = "`role_not_found`"),
        (status = 409, description = "`role_built_in`, `role_in_use`"),
        (status = 412, description = "`version_conflict`: changed since it was read"),
    )
)]
pub async fn delete_role(ports: &(impl Authenticator + DeleteRoles + FindByFacet), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let version = call.if_match_if_any()?;
    use_case(ports, &actor, call.param("id"), version, &origin).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
