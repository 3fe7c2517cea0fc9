//! PATCH /v1/roles/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::update_role::{ChangeRoles, update_role as use_case},
    roles::{ReadRoles, Role},
};

use crate::{
    Answer, Call, Reply,
    representations::role::{RoleResponse, UpdateRoleRequest},
};

/// Changes a custom role; absent fields stay.
///
/// It counts from its holders' next request on. Where a permission is taken away, their sessions are over.
#[utoipa::path(
    patch,
    path = "/v1/roles/{id}",
    operation_id = "update-role",
    tag = "Roles",
    params(
        ("id" = String, Path, description = "The role"),
        ("If-Match" = String, Header, description = "The ETag that was read"),
    ),
    request_body = UpdateRoleRequest,
    responses(
        (status = 200, description = "Changed", body = RoleResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 400, description = "`body_not_json`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `roles.write`, or for a role that grants more than one holds, before or after"),
        (status = 404, description = "`role_not_found`"),
        (status = 409, description = "`role_built_in`, `name_taken`, `would_lock_out`"),
        (status = 412, description = "`version_conflict`: changed since it was read"),
        (status = 422, description = "`row_refused` with every value that is refused"),
        (status = 428, description = "`precondition_required` without `If-Match`"),
    )
)]
pub async fn update_role(ports: &(impl Authenticator + ChangeRoles + ReadRoles), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let version = call.if_match()?;
    let changes = call.json::<UpdateRoleRequest>()?.into();
    let role = use_case(ports, &actor, call.param("id"), version, &changes, &origin).await?;
    Ok(Reply::json(StatusCode::OK, &RoleResponse::from(Role::Custom(&role)))?.with_version(role.version))
}
