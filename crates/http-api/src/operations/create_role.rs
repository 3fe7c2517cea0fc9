//! POST /v1/roles

use http::{StatusCode, header};
use rollcall_accounts::{
    access::Authenticator,
    idempotency::KeepAnswers,
    operations::{
        create_role::{CreateRoles, create_role as use_case},
        create_user::ReadOrganization,
    },
    random::SystemRandomness,
    roles::Role,
};

use crate::{
    Answer, Call, Reply,
    idempotency::idempotent,
    representations::role::{CreateRoleRequest, RoleResponse},
};

/// Makes a role of an organization's people, or of technicians.
///
/// It grants nothing that one does not hold oneself. At most 100 of an organization, and of technicians.
#[utoipa::path(
    post,
    path = "/v1/roles",
    operation_id = "create-role",
    tag = "Roles",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with it gives the first answer")),
    request_body = CreateRoleRequest,
    responses(
        (status = 201, description = "Made", body = RoleResponse,
            headers(("Location" = String, description = "Where it is"), ("ETag" = String, description = "Its version"))),
        (status = 400, description = "`body_not_json`, `organization_required`, `parameter_not_valid`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `roles.write`, for what one does not hold, and for technicians' roles without the scope over all organizations"),
        (status = 404, description = "`organization_not_found`"),
        (status = 409, description = "`name_taken`, `list_full`, `request_in_progress`"),
        (status = 422, description = "`row_refused` with every value that is refused, `idempotency_key_reused`"),
    )
)]
pub async fn create_role(
    ports: &(impl Authenticator + KeepAnswers + CreateRoles + ReadOrganization),
    call: Call,
) -> Answer {
    let actor = call.actor(ports).await?;
    idempotent(ports, &call, actor.id(), || async {
        let new = call.json::<CreateRoleRequest>()?.into_new_role()?;
        let role = use_case(ports, &actor, &new, &call.origin(Some(actor.id())), &SystemRandomness).await?;
        let body = RoleResponse { in_use: Some(false), ..Role::Custom(&role).into() };
        Ok(Reply::json(StatusCode::CREATED, &body)?
            .with(header::LOCATION, format!("/v1/roles/{}", role.id.as_str()))
            .with_version(role.version))
    })
    .await
}
