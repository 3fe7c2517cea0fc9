//! GET /v1/roles

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator, operations::list_roles::list_roles as use_case, roles::ReadRoles, user::UserKind,
};

use super::start_import::organization;
use crate::{
    Answer, Call, Reply,
    representations::{page::Page, role::RoleResponse},
};

/// Lists the roles and what they grant: the built-in ones, then the custom ones of technicians (for technicians) and
/// of one organization.
#[utoipa::path(
    get,
    path = "/v1/roles",
    operation_id = "list-roles",
    tag = "Roles",
    params(
        ("kind" = Option<String>, Query, description = "Only those that this kind of user may have: `technician`, `end_user` or `member`"),
        ("organization" = Option<String>, Query, description = "Whose custom roles; one's own organization's when absent"),
    ),
    responses(
        (status = 200, description = "All of them", body = Page<RoleResponse>),
        (status = 400, description = "`parameter_not_valid`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `roles.read`"),
        (status = 404, description = "`organization_not_found`"),
    )
)]
pub async fn list_roles(ports: &(impl Authenticator + ReadRoles), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let kind = call.choice("kind", "technician, end_user or member", UserKind::parse)?;
    let listed = use_case(ports, &actor, kind, organization(&call)?.as_ref()).await?;
    Reply::json(StatusCode::OK, &Page::whole(listed.roles().map(RoleResponse::from).collect()))
}
