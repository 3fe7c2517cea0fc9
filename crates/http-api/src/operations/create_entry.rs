//! POST /v1/{list}

use http::{StatusCode, header};
use rollcall_accounts::{
    access::Authenticator,
    idempotency::KeepAnswers,
    operations::{
        create_entry::{CreateEntries, create_entry as use_case},
        create_user::ReadOrganization,
    },
    random::SystemRandomness,
};

use super::list_entries::list_of;
use crate::{
    Answer, Call, Reply,
    idempotency::idempotent,
    representations::entry::{CreateEntryRequest, EntryResponse},
};

/// Adds an entry to one of an organization's lists. At most 1,000 of a list.
#[utoipa::path(
    post,
    path = "/v1/{list}",
    operation_id = "create-entry",
    tag = "Lists",
    params(
        ("list" = String, Path, description = "`groups`, `sites`, `properties`, `courses` or `services`"),
        ("organization" = Option<String>, Query, description = "Whose; one's own when absent"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with it gives the first answer"),
    ),
    request_body = CreateEntryRequest,
    responses(
        (status = 201, description = "Added", body = EntryResponse,
            headers(("Location" = String, description = "Where it is"), ("ETag" = String, description = "Its version"))),
        (status = 400, description = "`body_not_json`, `organization_required`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `lists.write`"),
        (status = 404, description = "`organization_not_found`; `route_not_found` for another list"),
        (status = 409, description = "`name_taken` by another entry's name or key, `list_full`, `request_in_progress`"),
        (status = 422, description = "`row_refused` with every value that is refused, `idempotency_key_reused`"),
    )
)]
pub async fn create_entry(
    ports: &(impl Authenticator + KeepAnswers + CreateEntries + ReadOrganization),
    call: Call,
) -> Answer {
    let list = list_of(&call)?;
    let actor = call.actor(ports).await?;
    idempotent(ports, &call, actor.id(), || async {
        let new = call.json::<CreateEntryRequest>()?.into();
        let origin = call.origin(Some(actor.id()));
        let organization = call.query("organization");
        let entry = use_case(ports, &actor, organization, list, &new, &origin, &SystemRandomness).await?;
        Ok(Reply::json(StatusCode::CREATED, &EntryResponse::from(&entry))?
            .with(header::LOCATION, format!("/v1/{}/{}?organization={}", list.name(), entry.id, entry.organization_id))
            .with_version(entry.version))
    })
    .await
}
