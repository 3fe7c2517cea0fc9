//! GET /v1/audit-events

use http::StatusCode;
use jiff::Timestamp;
use rollcall_accounts::{
    Result,
    access::Authenticator,
    error::Missing,
    ids::{OrganizationId, UserId},
    operations::{
        delivery::ReadPeople,
        list_audit_events::{Filter, ReadTrails, list_audit_events as use_case},
    },
};

use crate::{
    Answer, Call, Reply,
    representations::{audit::AuditEventResponse, page::Page},
};

/// Most characters of an action or a target.
const TEXT_LIMIT: usize = 100;

/// What was changed, by whom, when and from where; newest first.
///
/// A page may be short, or even empty, and still have a next one: `next_cursor` says so. Of the rows of an import
/// there is an event each in the trail of the organization that was imported to, and one for all of them here.
#[utoipa::path(
    get,
    path = "/v1/audit-events",
    operation_id = "list-audit-events",
    tag = "Audit",
    params(
        ("organization" = Option<String>, Query, description = "What belongs to this organization; when absent, to any that one may see and to the deployment"),
        ("actor" = Option<String>, Query, description = "Done by this user"),
        ("target" = Option<String>, Query, description = "Done to the user, organization, import, … of this identifier"),
        ("action" = Option<String>, Query, description = "`user.deleted`, or `user` for all that happens to users"),
        ("from" = Option<String>, Query, description = "At this moment or later, ISO 8601"),
        ("to" = Option<String>, Query, description = "Before this moment, ISO 8601"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before, with the same filters"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 50 when absent"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<AuditEventResponse>),
        (status = 400, description = "`parameter_not_valid`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `audit.read`"),
        (status = 404, description = "`organization_not_found`"),
    )
)]
pub async fn list_audit_events(ports: &(impl Authenticator + ReadTrails + ReadPeople), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let filter = filter(&call)?;
    let limit = call.limit()?;
    let before: Option<String> = call.cursor(actor.id())?;
    let page = use_case(ports, &actor, &filter, before, limit, call.now).await?;
    let next_cursor = page.next.map(|next| call.next_cursor(actor.id(), &next)).transpose()?;
    let items = page.items.iter().map(AuditEventResponse::new).collect();
    Reply::json(StatusCode::OK, &Page { items, next_cursor })
}

/// The filters of the audit trail.
pub(crate) fn filter(call: &Call) -> Result<Filter> {
    let organization = call.query("organization").map(OrganizationId::parse).transpose();
    let moment =
        |name| call.choice(name, "a moment such as 2026-11-21T12:00:00Z", |text| text.parse::<Timestamp>().ok());
    let text = |text: &str| {
        let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"._-".contains(&byte));
        (text.len() <= TEXT_LIMIT && plain).then(|| text.to_owned())
    };
    Ok(Filter {
        organization: organization.map_err(|_| Missing::Organization)?,
        actor: call.choice("actor", "the identifier of a user", |text| UserId::parse(text).ok())?,
        target: call.choice("target", "an identifier", text)?,
        action: call.choice("action", "an action such as user.deleted", text)?,
        from: moment("from")?,
        to: moment("to")?,
    })
}
