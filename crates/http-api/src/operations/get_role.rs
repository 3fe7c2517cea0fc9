//! GET /v1/roles/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    facet::FindByFacet,
    operations::get_role::{ReadCustomRole, get_role as use_case},
};

use crate::{Answer, Call, Reply, representations::role::RoleResponse};

/// One role and, of a custom one, whether anybody has it.
#[utoipa::path(
    get,
    path = "/v1/roles/{id}",
    operation_id = "get-role",
    tag = "Roles",
    params(("id" = String, Path, description = "The role")),
    responses(
        (status = 200, description = "The role", body = RoleResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `roles.read`"),
        (status = 404, description = "`role_not_found`, also for roles of other organizations"),
    )
)]
pub async fn get_role(ports: &(impl Authenticator + ReadCustomRole + FindByFacet), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let body = RoleResponse::from(&use_case(ports, &actor, call.param("id")).await?);
    Ok(Reply::json(StatusCode::OK, &body)?.with_version(body.version))
}
