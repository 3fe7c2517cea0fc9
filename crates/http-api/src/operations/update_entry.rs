//! PATCH /v1/{list}/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::update_entry::{ChangeEntries, update_entry as use_case},
};

use super::list_entries::list_of;
use crate::{
    Answer, Call, Reply,
    representations::entry::{EntryResponse, UpdateEntryRequest},
};

/// Changes an entry of a list; absent fields stay.
///
/// What a group grants, and whether it does, counts at once. A property's key and type never change.
#[utoipa::path(
    patch,
    path = "/v1/{list}/{id}",
    operation_id = "update-entry",
    tag = "Lists",
    params(
        ("list" = String, Path, description = "`groups`, `sites`, `properties`, `courses` or `services`"),
        ("id" = String, Path, description = "The entry"),
        ("organization" = Option<String>, Query, description = "Whose; one's own when absent"),
        ("If-Match" = String, Header, description = "The ETag that was read"),
    ),
    request_body = UpdateEntryRequest,
    responses(
        (status = 200, description = "Changed", body = EntryResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 400, description = "`body_not_json`, `organization_required`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `lists.write`"),
        (status = 404, description = "`entry_not_found`, `organization_not_found`; `route_not_found` for another list"),
        (status = 409, description = "`name_taken`"),
        (status = 412, description = "`version_conflict`: changed since it was read"),
        (status = 422, description = "`row_refused` with every value that is refused"),
        (status = 428, description = "`precondition_required` without `If-Match`"),
    )
)]
pub async fn update_entry(ports: &(impl Authenticator + ChangeEntries), call: Call) -> Answer {
    let list = list_of(&call)?;
    let (actor, origin) = call.acting(ports).await?;
    let version = call.if_match()?;
    let changes = call.json::<UpdateEntryRequest>()?.into();
    let named = (list, call.param("id"));
    let entry = use_case(ports, &actor, call.query("organization"), named, version, &changes, &origin).await?;
    Ok(Reply::json(StatusCode::OK, &EntryResponse::from(&entry))?.with_version(entry.version))
}
