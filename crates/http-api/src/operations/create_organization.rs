//! POST /v1/organizations

use http::{StatusCode, header};
use rollcall_accounts::{
    access::Authenticator,
    idempotency::KeepAnswers,
    operations::create_organization::{NewOrganization, SaveOrganization, create_organization as use_case},
    organization::OrganizationCounts,
    random::SystemRandomness,
};

use crate::{
    Answer, Call, Reply,
    idempotency::idempotent,
    representations::organization::{CreateOrganizationRequest, OrganizationResponse},
};

/// Makes an organization.
#[utoipa::path(
    post,
    path = "/v1/organizations",
    operation_id = "create-organization",
    tag = "Organizations",
    params(("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with it gives the first answer")),
    request_body = CreateOrganizationRequest,
    responses(
        (status = 201, description = "Made", body = OrganizationResponse,
            headers(("Location" = String, description = "Where it is"), ("ETag" = String, description = "Its version"))),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `organizations.write` in all organizations"),
        (status = 409, description = "`name_taken`, `request_in_progress`"),
        (status = 422, description = "`row_refused` with every value that is refused, `idempotency_key_reused`"),
    )
)]
pub async fn create_organization(ports: &(impl Authenticator + SaveOrganization + KeepAnswers), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    idempotent(ports, &call, actor.id(), || async {
        let request: CreateOrganizationRequest = call.json()?;
        let new = NewOrganization { name: request.name, default_country: request.default_country };
        let origin = call.origin(Some(actor.id()));
        let organization = use_case(ports, &actor, &new, &origin, &SystemRandomness).await?;
        let body = OrganizationResponse::new(&organization, OrganizationCounts::default());
        Ok(Reply::json(StatusCode::CREATED, &body)?
            .with(header::LOCATION, format!("/v1/organizations/{}", organization.id))
            .with_version(organization.version))
    })
    .await
}
