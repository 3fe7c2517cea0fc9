//! An invitation and its generations (design.md, "Mailed links").

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::{InvitationId, UserId};

/// The state of an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationStatus {
    /// Waiting for the person.
    Pending,
    /// The person finished.
    Registered,
    /// Its time passed.
    Expired,
    /// Withdrawn.
    Revoked,
}

impl InvitationStatus {
    /// Every status there is.
    pub const ALL: &'static [Self] = &[Self::Pending, Self::Registered, Self::Expired, Self::Revoked];

    /// The status of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|status| status.name() == name)
    }

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Registered => "registered",
            Self::Expired => "expired",
            Self::Revoked => "revoked",
        }
    }
}

/// How far the invitation's current mail has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// Waiting to be handed to the mail service.
    Queued,
    /// The mail service took it.
    Sent,
    /// The receiving server took it.
    Delivered,
    /// Permanently refused by the receiving server.
    Bounced,
    /// The person marked it as spam.
    Complained,
    /// The mail service holds the address on its suppression list, or rejected the mail for good.
    Suppressed,
}

impl Delivery {
    /// Every state there is.
    pub const ALL: &'static [Self] =
        &[Self::Queued, Self::Sent, Self::Delivered, Self::Bounced, Self::Complained, Self::Suppressed];

    /// The state of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|delivery| delivery.name() == name)
    }

    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Suppressed => "suppressed",
        }
    }
}

/// A user's invitation in its current generation. Older generations are only remembered by their number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Invitation {
    /// Identifier, the same through all generations; starts the mailed token.
    pub id: InvitationId,
    /// Starts at 1; resending and a change of address raise it, which kills every older link.
    pub generation: u32,
    /// Stored state; see [`Invitation::status_at`] for the exact one.
    pub status: InvitationStatus,
    /// How far the mail has come.
    pub delivery: Delivery,
    /// How long it is good for once its mail is handed over, in hours.
    pub valid_hours: u32,
    /// Who invited (the latest time).
    pub invited_by: UserId,
    /// When this generation was asked for.
    #[serde(with = "crate::time::fixed")]
    pub queued_at: Timestamp,
    /// When the mail service took this generation's mail.
    #[serde(with = "crate::time::fixed::option", default)]
    pub sent_at: Option<Timestamp>,
    /// When it ends: set with `sent_at`, null while queued (requirements.md).
    #[serde(with = "crate::time::fixed::option", default)]
    pub expires_at: Option<Timestamp>,
    /// When the receiving server took it, it bounced, or was complained about.
    #[serde(with = "crate::time::fixed::option", default)]
    pub delivery_at: Option<Timestamp>,
    /// When the person finished.
    #[serde(with = "crate::time::fixed::option", default)]
    pub registered_at: Option<Timestamp>,
    /// When it was revoked.
    #[serde(with = "crate::time::fixed::option", default)]
    pub revoked_at: Option<Timestamp>,
    /// Generations below this one went to an address that is no longer the person's.
    #[serde(default)]
    pub address_generation: u32,
}

impl Invitation {
    /// The first generation, queued now.
    #[must_use]
    pub fn queued(id: InvitationId, valid_hours: u32, invited_by: UserId, now: Timestamp) -> Self {
        Self {
            id,
            generation: 1,
            status: InvitationStatus::Pending,
            delivery: Delivery::Queued,
            valid_hours,
            invited_by,
            queued_at: now,
            sent_at: None,
            expires_at: None,
            delivery_at: None,
            registered_at: None,
            revoked_at: None,
            address_generation: 1,
        }
    }

    /// The next generation, queued now: older links die.
    #[must_use]
    pub fn next_generation(&self, valid_hours: u32, invited_by: UserId, now: Timestamp, address_changed: bool) -> Self {
        let generation = self.generation + 1;
        Self {
            generation,
            address_generation: if address_changed { generation } else { self.address_generation },
            ..Self::queued(self.id.clone(), valid_hours, invited_by, now)
        }
    }

    /// The status at a moment: a pending invitation whose time has passed is expired, to the millisecond,
    /// whether or not the scheduled job has been there.
    #[must_use]
    pub fn status_at(&self, now: Timestamp) -> InvitationStatus {
        match (self.status, self.expires_at) {
            (InvitationStatus::Pending, Some(end)) if now >= end => InvitationStatus::Expired,
            (status, _) => status,
        }
    }
}
