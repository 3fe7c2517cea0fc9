//! The audit trail as a table, in parts.

use jiff::Timestamp;

use super::list_audit_events::{Filter, ReadTrails, Told, list_audit_events};
use crate::{Result, access::Actor, operations::delivery::ReadPeople};

/// Most events of one part.
pub const PART: usize = 5_000;
/// Most pages read for one part: with filters that let little through a part is short and has a next one.
const PAGES: usize = 100;
/// Events of a page.
const PAGE: usize = 100;

/// Events from a place on, and where the next part begins.
///
/// # Errors
/// As [`list_audit_events`].
pub async fn export_audit_events(
    ports: &(impl ReadTrails + ReadPeople),
    actor: &Actor,
    filter: &Filter,
    mut before: Option<String>,
    now: Timestamp,
) -> Result<(Vec<Told>, Option<String>)> {
    let mut events = Vec::new();
    for _ in 0..PAGES {
        let limit = PAGE.min(PART - events.len());
        let page = list_audit_events(ports, actor, filter, before, limit, now).await?;
        events.extend(page.items);
        before = page.next;
        if before.is_none() || events.len() >= PART {
            break;
        }
    }
    Ok((events, before))
}
