//! GET /v1/audit-events/export

use rollcall_accounts::{
    access::Authenticator,
    operations::{
        delivery::ReadPeople,
        export_audit_events::export_audit_events as use_case,
        list_audit_events::{ReadTrails, Told},
    },
    time::iso,
};
use serde_json::Value;

use super::list_audit_events::filter;
use crate::{
    Answer, Call,
    table::{Format, Table},
};

const TITLES: &[&str] =
    &["Time", "Actor", "Actor ID", "Action", "Target", "Target ID", "Organization ID", "Source", "Before", "After"];

/// The audit trail as a table, newest first, in parts of at most 5,000 events; every part has the titles.
///
/// Reading is no change: an export leaves no event itself.
#[utoipa::path(
    get,
    path = "/v1/audit-events/export",
    operation_id = "export-audit-events",
    tag = "Audit",
    params(
        ("format" = Option<String>, Query, description = "`csv` (default) or `xlsx`"),
        ("organization" = Option<String>, Query, description = "As in GET /v1/audit-events"),
        ("actor" = Option<String>, Query, description = "As there"),
        ("target" = Option<String>, Query, description = "As there"),
        ("action" = Option<String>, Query, description = "As there"),
        ("from" = Option<String>, Query, description = "As there"),
        ("to" = Option<String>, Query, description = "As there"),
        ("cursor" = Option<String>, Query, description = "The `Rollcall-Next-Cursor` of the part before, with the same filters"),
    ),
    responses(
        (status = 200, description = "A part", content(
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ), headers(("Rollcall-Next-Cursor" = String, description = "Where the next part begins; absent at the end"))),
        (status = 400, description = "`parameter_not_valid`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `audit.read`"),
        (status = 404, description = "`organization_not_found`"),
    )
)]
pub async fn export_audit_events(ports: &(impl Authenticator + ReadTrails + ReadPeople), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let format = Format::of(&call)?;
    let filter = filter(&call)?;
    let before: Option<String> = call.cursor(actor.id())?;
    let (events, next) = use_case(ports, &actor, &filter, before, call.now).await?;
    let next = next.map(|next| call.next_cursor(actor.id(), &next)).transpose()?;
    let table = Table { name: "audit", titles: TITLES, rows: events.iter().map(row).collect() };
    table.reply(format, next)
}

fn row(told: &Told) -> Vec<String> {
    let event = &told.event;
    let json = |value: &Value| if value.is_null() { String::new() } else { value.to_string() };
    vec![
        iso(event.at),
        told.actor_name.clone().unwrap_or_default(),
        event.actor.as_ref().map(ToString::to_string).unwrap_or_default(),
        event.action.clone(),
        told.target_name.clone().unwrap_or_default(),
        event.target.clone(),
        event.organization_id.as_ref().map(ToString::to_string).unwrap_or_default(),
        event.source.clone().unwrap_or_default(),
        json(&event.before),
        json(&event.after),
    ]
}
