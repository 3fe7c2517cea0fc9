//! `GET /v1/import-profiles/{id}/definition`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    error::Invalid,
    import::custom::ReadProfileVersions,
    operations::get_import_profile_definition::{Defined, get_import_profile_definition as get},
};

use crate::{
    Answer, Call, Reply,
    representations::{import::ProfileDefinition, problem::ProblemResponse},
};

/// What a profile says, as it is edited, exported and imported.
#[utoipa::path(
    get,
    path = "/v1/import-profiles/{id}/definition",
    operation_id = "get-import-profile-definition",
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The profile, built in or custom"),
        ("version" = Option<u32>, Query, description = "A version of a custom profile, also of one that was deleted; the newest when absent"),
    ),
    responses(
        (status = 200, description = "The definition", body = ProfileDefinition,
            headers(("ETag" = String, description = "Its version, of a custom one"))),
        (status = 400, description = "`parameter_not_valid`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`profile_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn get_import_profile_definition<P: Authenticator + ReadProfileVersions>(ports: &P, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let version = call.query("version").map(|text| {
        text.parse().map_err(|_| Invalid::Parameter { name: "version", expected: "a version's number".into() })
    });
    Ok(match get(ports, &actor, call.param("id"), version.transpose()?).await? {
        Defined::BuiltIn(definition) => Reply::json(StatusCode::OK, &definition)?,
        Defined::Custom(custom) => Reply::json(StatusCode::OK, &custom.definition)?.with_version(custom.version.into()),
    })
}
