//! GET /v1/{list}

use http::StatusCode;
use rollcall_accounts::{
    Error,
    access::Authenticator,
    error::Missing,
    lists::{ListKind, ReadLists},
    operations::list_entries::{Position, list_entries as use_case},
};

use crate::{
    Answer, Call, Reply,
    representations::{entry::EntryResponse, page::Page},
};

/// Lists the entries of one of an organization's lists, by name.
///
/// The site HQ, which every organization has, is none of them: it is where a user's `site` is null.
#[utoipa::path(
    get,
    path = "/v1/{list}",
    operation_id = "list-entries",
    tag = "Lists",
    params(
        ("list" = String, Path, description = "`groups`, `sites`, `properties`, `courses` or `services`"),
        ("organization" = Option<String>, Query, description = "Whose; one's own when absent"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 50 when absent"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<EntryResponse>),
        (status = 400, description = "`organization_required`, `parameter_not_valid`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `lists.read`"),
        (status = 404, description = "`organization_not_found`; `route_not_found` for another list"),
    )
)]
pub async fn list_entries(ports: &(impl Authenticator + ReadLists), call: Call) -> Answer {
    let list = list_of(&call)?;
    let actor = call.actor(ports).await?;
    let limit = call.limit()?;
    let from: Option<Position> = call.cursor(actor.id())?;
    let page = use_case(ports, &actor, call.query("organization"), list, from, limit).await?;
    let next_cursor = page.next.map(|next| call.next_cursor(actor.id(), &next)).transpose()?;
    Reply::json(StatusCode::OK, &Page { items: page.items.iter().map(EntryResponse::from).collect(), next_cursor })
}

/// The list that the path names.
///
/// # Errors
/// [`Missing::Route`].
pub(super) fn list_of(call: &Call) -> Result<ListKind, Error> {
    ListKind::parse(call.param("list")).ok_or(Error::NotFound(Missing::Route))
}
