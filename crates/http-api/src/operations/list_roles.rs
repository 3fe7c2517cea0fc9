//! GET /v1/roles

use http::StatusCode;
use rollcall_accounts::{access::Authenticator, operations::list_roles::list_roles as use_case, user::UserKind};

use crate::{
    Answer, Call, Reply,
    representations::{page::Page, role::RoleResponse},
};

/// Lists the roles and what they grant.
#[utoipa::path(
    get,
    path = "/v1/roles",
    operation_id = "list-roles",
    tag = "Roles",
    params(("kind" = Option<String>, Query, description = "Only those that this kind of user may have: `technician`, `end_user` or `member`")),
    responses(
        (status = 200, description = "All of them", body = Page<RoleResponse>),
        (status = 400, description = "`parameter_not_valid`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `roles.read`"),
    )
)]
pub async fn list_roles(ports: &impl Authenticator, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let kind = call.choice("kind", "technician, end_user or member", UserKind::parse)?;
    let roles = use_case(&actor, kind)?;
    Reply::json(StatusCode::OK, &Page::whole(roles.into_iter().map(RoleResponse::from).collect()))
}
