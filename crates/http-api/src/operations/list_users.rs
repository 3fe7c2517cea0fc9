//! GET /v1/users

use http::StatusCode;
use rollcall_accounts::{
    Result,
    access::Authenticator,
    error::{Invalid, Missing},
    ids::{EntryId, OrganizationId},
    invitation::{Delivery, InvitationStatus},
    operations::{
        list_organizations::ListOrganizations,
        list_users::{Filter, Order, Position, ReadListings, list_users as use_case},
    },
    roles::{RoleId, built_in},
    user::{UserKind, UserStatus},
};

use crate::{
    Answer, Call, Reply,
    representations::{page::Page, user::UserResponse},
};

/// What the identifiers of roles begin with that administrators made.
const CUSTOM_ROLE: &str = "role_";
/// Most characters of a search.
const QUERY_LIMIT: usize = 200;

/// Lists users: technicians first, then by organization; by name, or by the word that a search begins.
///
/// A page may be short, or even empty, and still have a next one: `next_cursor` says so. Users of an import
/// that becomes visible while one pages are not shown in that paging.
#[utoipa::path(
    get,
    path = "/v1/users",
    operation_id = "list-users",
    tag = "Users",
    params(
        ("organization" = Option<String>, Query, description = "Users of this organization"),
        ("kind" = Option<String>, Query, description = "`technician`, `end_user` or `member`"),
        ("status" = Option<String>, Query, description = "`created`, `invited`, `active`, `locked_out` or `deactivated`"),
        ("role" = Option<String>, Query, description = "A role's identifier"),
        ("group" = Option<String>, Query, description = "An access group's identifier"),
        ("sort" = Option<String>, Query, description = "`name` (default) or `-name`, within each organization; a search is in the order of the words found"),
        ("q" = Option<String>, Query, description = "Each word begins a word of name, email or username"),
        ("invitation" = Option<String>, Query, description = "`pending`, `expired`, `registered` or `revoked`, at this moment"),
        ("delivery" = Option<String>, Query, description = "`queued`, `sent`, `delivered`, `bounced`, `complained` or `suppressed`"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before, with the same filters"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 50 when absent"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<UserResponse>),
        (status = 400, description = "`parameter_not_valid`, `parameter_not_supported`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `users.read`"),
        (status = 404, description = "`organization_not_found`"),
    )
)]
pub async fn list_users(ports: &(impl Authenticator + ReadListings + ListOrganizations), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let filter = filter(&call)?;
    let limit = call.limit()?;
    let from: Option<Position> = call.cursor(actor.id())?;
    let page = use_case(ports, &actor, &filter, from, limit, call.now).await?;
    let next_cursor = page.next.map(|next| call.next_cursor(actor.id(), &next)).transpose()?;
    let items = page.items.iter().map(|user| UserResponse::new(user, call.now)).collect();
    Reply::json(StatusCode::OK, &Page { items, next_cursor })
}

/// `?sort=name` or `?sort=-name`, within each organization. By moments nothing is indexed, and sorting a page at
/// a time would not be sorting.
fn order(call: &Call) -> Result<Order> {
    match call.query("sort") {
        None | Some("name") => Ok(Order::Ascending),
        Some("-name") => Ok(Order::Descending),
        Some("created" | "-created" | "last_sign_in" | "-last_sign_in") => Err(Invalid::ParameterNotSupported {
            name: "sort",
            detail: "users are sorted by name or -name; export the list to sort it otherwise".into(),
        }
        .into()),
        Some(_) => Err(Invalid::Parameter { name: "sort", expected: "name or -name".into() }.into()),
    }
}

/// The filters of a list of users.
pub(crate) fn filter(call: &Call) -> Result<Filter> {
    let organization = call.query("organization").map(OrganizationId::parse).transpose();
    Ok(Filter {
        // Whatever cannot be an identifier names no organization.
        organization: organization.map_err(|_| Missing::Organization)?,
        kind: call.choice("kind", "technician, end_user or member", UserKind::parse)?,
        status: call.choice("status", "created, invited, active, locked_out or deactivated", UserStatus::parse)?,
        role: call.choice("role", "the identifier of a role", |text| {
            RoleId::parse(text).filter(|role| built_in(role).is_some() || text.starts_with(CUSTOM_ROLE))
        })?,
        group: call.choice("group", "the identifier of an access group", |text| EntryId::parse(text).ok())?,
        order: order(call)?,
        query: call.choice("q", "at most 200 characters", |text| {
            (text.chars().count() <= QUERY_LIMIT).then(|| text.to_owned())
        })?,
        invitation: call.choice("invitation", "pending, expired, registered or revoked", InvitationStatus::parse)?,
        delivery: call.choice(
            "delivery",
            "queued, sent, delivered, bounced, complained or suppressed",
            Delivery::parse,
        )?,
    })
}
