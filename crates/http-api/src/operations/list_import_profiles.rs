//! `GET /v1/import-profiles`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    import::{ports::ImportOrganizations, profile::Offered},
    operations::list_import_profiles::list_import_profiles as list,
};

use super::start_import::organization;
use crate::{
    Answer, Call, Reply,
    representations::{
        import::{ImportProfileResponse, ImportProfilesResponse},
        problem::ProblemResponse,
    },
};

/// The profiles that may be imported by.
#[utoipa::path(
    get,
    path = "/v1/import-profiles",
    operation_id = "list-import-profiles",
    tag = "Imports",
    params(("organization" = Option<String>, Query, description = "For this organization")),
    responses(
        (status = 200, description = "All of them", body = ImportProfilesResponse),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`organization_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn list_import_profiles<P: Authenticator + ImportOrganizations>(ports: &P, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let profiles = list(ports, &actor, organization(&call)?.as_ref()).await?;
    let items = profiles
        .into_iter()
        .map(|Offered { kind, effective, custom }| {
            let reference = effective.reference();
            ImportProfileResponse {
                base: custom.as_ref().map(|custom| custom.definition.base().to_owned()),
                organization_id: custom.and_then(|custom| custom.organization_id).map(String::from),
                id: reference.id,
                name: effective.profile.title().to_owned(),
                kind: kind.unwrap_or_else(|| "any".to_owned()),
                version: reference.version,
                hash: reference.hash,
            }
        })
        .collect();
    Reply::json(StatusCode::OK, &ImportProfilesResponse { items })
}
