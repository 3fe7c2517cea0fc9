//! `POST /v1/import-profiles/preview`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator, import::ports::ImportOrganizations,
    operations::preview_import_profile::preview_import_profile as preview,
};
use rollcall_validation::Definition;

use super::start_import::organization;
use crate::{
    Answer, Call, Reply,
    representations::{import::ProfileDefinition, problem::ProblemResponse},
};

/// The effective profile of a definition, to try it against a sample with the validator. Nothing is stored.
#[utoipa::path(
    post,
    path = "/v1/import-profiles/preview",
    operation_id = "preview-import-profile",
    tag = "Imports",
    params(("organization" = Option<String>, Query, description = "Whose it would be; every organization's when absent")),
    request_body = ProfileDefinition,
    responses(
        (status = 200, description = "The effective profile", body = Object, content_type = "application/json"),
        (status = 400, description = "`body_not_json`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied` without `organizations.write` there", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`organization_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 422, description = "`weaker_than_base`, `not_in_base`, `definition_not_valid` with every part that does not fit", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn preview_import_profile<P: Authenticator + ImportOrganizations>(ports: &P, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let definition: Definition = call.json()?;
    let profile = preview(ports, &actor, organization(&call)?.as_ref(), &definition).await?;
    Ok(Reply::bytes(StatusCode::OK, "application/json", profile.to_json()))
}
