//! GET /v1/users/{id}/audit-events

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{
        delivery::ReadPeople, edits::EditUsers, list_audit_events::ReadTrails,
        list_user_audit_events::list_user_audit_events as use_case,
    },
};

use crate::{
    Answer, Call, Reply,
    representations::{audit::AuditEventResponse, page::Page},
};

/// What was done to a user, newest first; the import that made them comes last.
#[utoipa::path(
    get,
    path = "/v1/users/{id}/audit-events",
    operation_id = "list-user-audit-events",
    tag = "Audit",
    params(
        ("id" = String, Path, description = "The user"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 50 when absent"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<AuditEventResponse>),
        (status = 400, description = "`parameter_not_valid`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `users.read`"),
        (status = 404, description = "`user_not_found`"),
    )
)]
pub async fn list_user_audit_events(
    ports: &(impl Authenticator + EditUsers + ReadTrails + ReadPeople),
    call: Call,
) -> Answer {
    let actor = call.actor(ports).await?;
    let limit = call.limit()?;
    let before: Option<String> = call.cursor(actor.id())?;
    let page = use_case(ports, &actor, call.param("id"), before, limit, call.now).await?;
    let next_cursor = page.next.map(|next| call.next_cursor(actor.id(), &next)).transpose()?;
    let items = page.items.iter().map(AuditEventResponse::new).collect();
    Reply::json(StatusCode::OK, &Page { items, next_cursor })
}
