//! What was changed.

use rollcall_accounts::{operations::list_audit_events::Told, time::iso};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

/// One change.
#[derive(Debug, Serialize, ToSchema)]
pub struct AuditEventResponse {
    /// Identifier.
    pub id: String,
    /// When, ISO 8601 UTC.
    pub at: String,
    /// Who; null for a scheduled job, an operator with access to the deployment, or a stranger with a link.
    pub actor: Option<NamedResponse>,
    /// Source address; `operator` for the command line.
    pub source: Option<String>,
    /// `user.created`, `invitation.expired`, …
    pub action: String,
    /// The organization it belongs to; null for the deployment.
    pub organization_id: Option<String>,
    /// What was changed.
    pub target: NamedResponse,
    /// The changed values before; null where there is nothing to say.
    #[schema(value_type = Option<Object>)]
    pub before: Value,
    /// The changed values after.
    #[schema(value_type = Option<Object>)]
    pub after: Value,
}

/// Somebody or something, with its name where one may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct NamedResponse {
    /// Identifier.
    pub id: String,
    /// Name; null for somebody who is gone or not one's to see.
    pub name: Option<String>,
}

impl AuditEventResponse {
    /// The event with the names that may be seen.
    #[must_use]
    pub fn new(told: &Told) -> Self {
        let event = &told.event;
        Self {
            id: event.id.to_string(),
            at: iso(event.at),
            actor: event.actor.as_ref().map(|id| NamedResponse { id: id.to_string(), name: told.actor_name.clone() }),
            source: event.source.clone(),
            action: event.action.clone(),
            organization_id: event.organization_id.as_ref().map(ToString::to_string),
            target: NamedResponse { id: event.target.clone(), name: told.target_name.clone() },
            before: event.before.clone(),
            after: event.after.clone(),
        }
    }
}
