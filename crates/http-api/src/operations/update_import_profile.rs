//! `PUT /v1/import-profiles/{id}`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    import::{custom::ChangeProfiles, ports::ImportOrganizations},
    operations::update_import_profile::update_import_profile as update,
};
use rollcall_validation::Definition;

use crate::{
    Answer, Call, Reply,
    representations::{
        import::{CustomProfileResponse, ProfileDefinition},
        problem::ProblemResponse,
    },
};

/// Replaces what a custom profile says, in a new version. Rows that were checked against the former one are checked
/// again.
#[utoipa::path(
    put,
    path = "/v1/import-profiles/{id}",
    operation_id = "update-import-profile",
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The custom profile"),
        ("If-Match" = String, Header, description = "The ETag that was read"),
    ),
    request_body = ProfileDefinition,
    responses(
        (status = 200, description = "Changed", body = CustomProfileResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 400, description = "`body_not_json`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied` without `organizations.write` there", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`profile_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 409, description = "`name_taken`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 412, description = "`version_conflict`: changed since it was read", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 422, description = "`weaker_than_base`, `not_in_base`, `definition_not_valid` with every part that does not fit", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 428, description = "`precondition_required` without `If-Match`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn update_import_profile<P>(ports: &P, call: Call) -> Answer
where
    P: Authenticator + ChangeProfiles + ImportOrganizations,
{
    let (actor, origin) = call.acting(ports).await?;
    let version = call.if_match()?;
    let definition: Definition = call.json()?;
    let changed = update(ports, &actor, call.param("id"), version, definition, &origin).await?;
    Ok(Reply::json(StatusCode::OK, &CustomProfileResponse::from(&changed))?.with_version(changed.version.into()))
}
