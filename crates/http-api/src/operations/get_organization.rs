//! GET /v1/organizations/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{get_organization::get_organization as use_case, list_organizations::ReadOrganizations},
};

use crate::{Answer, Call, Reply, representations::organization::OrganizationResponse};

/// One organization with its settings.
#[utoipa::path(
    get,
    path = "/v1/organizations/{id}",
    operation_id = "get-organization",
    tag = "Organizations",
    params(("id" = String, Path, description = "The organization")),
    responses(
        (status = 200, description = "The organization", body = OrganizationResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `organizations.read`"),
        (status = 404, description = "`organization_not_found`"),
    )
)]
pub async fn get_organization(ports: &(impl Authenticator + ReadOrganizations), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let (organization, counts) = use_case(ports, &actor, call.param("id")).await?;
    Ok(Reply::json(StatusCode::OK, &OrganizationResponse::new(&organization, counts))?
        .with_version(organization.version))
}
