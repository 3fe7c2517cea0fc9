//! PATCH /v1/organizations/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{
        get_organization::counts_of,
        list_organizations::ReadOrganizations,
        update_organization::{ChangeOrganizations, update_organization as use_case},
    },
};

use crate::{
    Answer, Call, Reply,
    representations::organization::{OrganizationResponse, UpdateOrganizationRequest},
};

/// Changes an organization's name and settings; absent fields stay.
#[utoipa::path(
    patch,
    path = "/v1/organizations/{id}",
    operation_id = "update-organization",
    tag = "Organizations",
    params(
        ("id" = String, Path, description = "The organization"),
        ("If-Match" = String, Header, description = "The ETag that was read"),
    ),
    request_body = UpdateOrganizationRequest,
    responses(
        (status = 200, description = "Changed", body = OrganizationResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 400, description = "`body_not_json`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `organizations.write`"),
        (status = 404, description = "`organization_not_found`"),
        (status = 409, description = "`name_taken`, `domain_taken`"),
        (status = 412, description = "`version_conflict`: changed since it was read"),
        (status = 422, description = "`row_refused` with every value that is refused"),
        (status = 428, description = "`precondition_required` without `If-Match`"),
    )
)]
pub async fn update_organization(
    ports: &(impl Authenticator + ChangeOrganizations + ReadOrganizations),
    call: Call,
) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let version = call.if_match()?;
    let changes = call.json::<UpdateOrganizationRequest>()?.into();
    let organization = use_case(ports, &actor, call.param("id"), version, &changes, &origin).await?;
    let counts = counts_of(ports, &organization.id).await?;
    Ok(Reply::json(StatusCode::OK, &OrganizationResponse::new(&organization, counts))?
        .with_version(organization.version))
}
