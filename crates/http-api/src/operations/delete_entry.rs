//! DELETE /v1/{list}/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    facet::FindByFacet,
    operations::delete_entry::{DeleteEntries, delete_entry as use_case},
};

use super::list_entries::list_of;
use crate::{Answer, Call, Reply};

/// Deletes an entry that nobody has; of a property, one that nobody has a value of.
#[utoipa::path(
    delete,
    path = "/v1/{list}/{id}",
    operation_id = "delete-entry",
    tag = "Lists",
    params(
        ("list" = String, Path, description = "`groups`, `sites`, `properties`, `courses` or `services`"),
        ("id" = String, Path, description = "The entry"),
        ("organization" = Option<String>, Query, description = "Whose; one's own when absent"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read: delete only this version"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 400, description = "`organization_required`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `lists.write`"),
        (status = 404, description = "`entry_not_found`, `organization_not_found`; `route_not_found` for another list"),
        (status = 409, description = "`entry_in_use`"),
        (status = 412, description = "`version_conflict`: changed since it was read"),
    )
)]
pub async fn delete_entry(ports: &(impl Authenticator + DeleteEntries + FindByFacet), call: Call) -> Answer {
    let list = list_of(&call)?;
    let (actor, origin) = call.acting(ports).await?;
    let version = call.if_match_if_any()?;
    use_case(ports, &actor, call.query("organization"), (list, call.param("id")), version, &origin).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
