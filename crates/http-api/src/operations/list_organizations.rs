//! GET /v1/organizations

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::list_organizations::{ListOrganizations, ReadOrganizations, list_organizations as use_case},
};

use crate::{
    Answer, Call, Reply,
    representations::{organization::OrganizationResponse, page::Page},
};

/// Lists the organizations that the caller may see, by name.
#[utoipa::path(
    get,
    path = "/v1/organizations",
    operation_id = "list-organizations",
    tag = "Organizations",
    params(
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 50 when absent"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<OrganizationResponse>),
        (status = 400, description = "`parameter_not_valid`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `organizations.read`"),
    )
)]
pub async fn list_organizations(
    ports: &(impl Authenticator + ListOrganizations + ReadOrganizations),
    call: Call,
) -> Answer {
    let actor = call.actor(ports).await?;
    let limit = call.limit()?;
    let after: Option<String> = call.cursor(actor.id())?;
    let page = use_case(ports, &actor, after.as_deref(), limit).await?;
    let next_cursor = page.next.map(|next| call.next_cursor(actor.id(), &next)).transpose()?;
    let items = page.items.iter().map(|(organization, counts)| OrganizationResponse::new(organization, *counts));
    Reply::json(StatusCode::OK, &Page { items: items.collect(), next_cursor })
}
