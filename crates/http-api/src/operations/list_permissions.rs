//! GET /v1/permissions

use http::StatusCode;
use rollcall_accounts::{access::Authenticator, operations::list_permissions::list_permissions as use_case};

use crate::{
    Answer, Call, Reply,
    representations::role::{PermissionResponse, PermissionsResponse},
};

/// Lists what roles can grant.
#[utoipa::path(
    get,
    path = "/v1/permissions",
    operation_id = "list-permissions",
    tag = "Roles",
    responses(
        (status = 200, description = "All of them", body = PermissionsResponse),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `roles.read`"),
    )
)]
pub async fn list_permissions(ports: &impl Authenticator, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let items = use_case(&actor)?.iter().copied().map(PermissionResponse::from).collect();
    Reply::json(StatusCode::OK, &PermissionsResponse { items })
}
