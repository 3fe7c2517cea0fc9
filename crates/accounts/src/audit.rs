//! Who did what, when, to whom, from where. Written in the same transaction as the change; append-only.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{AuditEventId, OrganizationId, UserId};

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
    /// Identifier.
    pub id: AuditEventId,
    /// When.
    #[serde(with = "crate::time::fixed")]
    pub at: Timestamp,
    /// Who; `None` for a scheduled job or a stranger with a link.
    pub actor: Option<UserId>,
    /// Source address, as the gateway saw it.
    pub source: Option<String>,
    /// `user.created`, `invitation.expired`, …
    pub action: String,
    /// The organization it belongs to; `None` for the deployment.
    pub organization_id: Option<OrganizationId>,
    /// What was changed: a user's, import's, organization's identifier.
    pub target: String,
    /// The changed values before, as JSON; null where there is nothing to say.
    #[serde(default)]
    pub before: serde_json::Value,
    /// The changed values after, as JSON.
    #[serde(default)]
    pub after: serde_json::Value,
}

/// Who caused a change, for the audit trail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// Who; `None` for a scheduled job or a stranger with a link.
    pub actor: Option<UserId>,
    /// Source address.
    pub source: Option<String>,
    /// When.
    pub now: Timestamp,
}

impl Origin {
    /// An event of this origin. Its identifier follows from its content, so a repeated write is one event.
    #[must_use]
    pub fn event(
        &self,
        action: &str,
        organization_id: Option<&OrganizationId>,
        target: &str,
        before: serde_json::Value,
        after: serde_json::Value,
    ) -> AuditEvent {
        let at = crate::time::iso(self.now);
        AuditEvent {
            id: AuditEventId::derived(&[action, target, &at, &before.to_string(), &after.to_string()]),
            at: self.now,
            actor: self.actor.clone(),
            source: self.source.clone(),
            action: action.to_owned(),
            organization_id: organization_id.cloned(),
            target: target.to_owned(),
            before,
            after,
        }
    }
}
