//! `GET /v1/import-profiles/{id}`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator, import::ports::ImportOrganizations,
    operations::get_import_profile::get_import_profile as get,
};

use super::start_import::organization;
use crate::{Answer, Call, Reply, representations::problem::ProblemResponse};

/// One effective profile: exactly what the validator takes, in the browser and on the command line.
#[utoipa::path(
    get,
    path = "/v1/import-profiles/{id}",
    operation_id = "get-import-profile",
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The profile"),
        ("organization" = Option<String>, Query, description = "Required unless the profile makes technicians"),
    ),
    responses(
        (status = 200, description = "The effective profile", body = Object, content_type = "application/json"),
        (status = 400, description = "`organization_required`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`profile_not_found`, `organization_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn get_import_profile<P: Authenticator + ImportOrganizations>(ports: &P, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let effective = get(ports, &actor, call.param("id"), organization(&call)?.as_ref()).await?;
    Ok(Reply::bytes(StatusCode::OK, "application/json", effective.profile.to_json()))
}
