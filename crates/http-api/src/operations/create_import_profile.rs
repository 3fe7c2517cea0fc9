//! `POST /v1/import-profiles`.

use http::{StatusCode, header};
use rollcall_accounts::{
    access::Authenticator,
    idempotency::KeepAnswers,
    import::{custom::CreateProfiles, ports::ImportOrganizations},
    operations::create_import_profile::create_import_profile as create,
    random::SystemRandomness,
};
use rollcall_validation::Definition;

use super::start_import::organization;
use crate::{
    Answer, Call, Reply,
    idempotency::idempotent,
    representations::{
        import::{CustomProfileResponse, ProfileDefinition},
        problem::ProblemResponse,
    },
};

/// Makes a custom profile, an organization's or, where none is named, every organization's.
#[utoipa::path(
    post,
    path = "/v1/import-profiles",
    operation_id = "create-import-profile",
    tag = "Imports",
    params(
        ("organization" = Option<String>, Query, description = "Whose it is; every organization's when absent"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with it gives the first answer"),
    ),
    request_body = ProfileDefinition,
    responses(
        (status = 201, description = "Made", body = CustomProfileResponse,
            headers(("Location" = String, description = "Where it is"), ("ETag" = String, description = "Its version"))),
        (status = 400, description = "`body_not_json`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied` without `organizations.write` there", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`organization_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 409, description = "`name_taken`, `list_full`, `request_in_progress`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 422, description = "`weaker_than_base`, `not_in_base`, `definition_not_valid` with every part that does not fit; `idempotency_key_reused`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn create_import_profile<P>(ports: &P, call: Call) -> Answer
where
    P: Authenticator + KeepAnswers + CreateProfiles + ImportOrganizations,
{
    let actor = call.actor(ports).await?;
    idempotent(ports, &call, actor.id(), || async {
        let organization = organization(&call)?;
        let definition: Definition = call.json()?;
        let origin = call.origin(Some(actor.id()));
        let made = create(ports, &actor, organization.as_ref(), definition, &origin, &SystemRandomness).await?;
        Ok(Reply::json(StatusCode::CREATED, &CustomProfileResponse::from(&made))?
            .with(header::LOCATION, format!("/v1/import-profiles/{}", made.id))
            .with_version(made.version.into()))
    })
    .await
}
