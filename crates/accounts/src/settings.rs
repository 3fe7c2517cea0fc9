//! What a person has set for themselves (requirements.md, S1): when they are asked whether they are still
//! there, and what Rollcall tells them by mail and text message.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{access::OrganizationScope, ids::OrganizationId};

/// Minutes without activity after which a person is asked whether they are still there, if they set nothing.
pub const DEFAULT_IDLE_MINUTES: u16 = 60;
/// Fewest minutes that can be set.
pub const MIN_IDLE_MINUTES: u16 = 5;
/// Most minutes that can be set: 24 hours.
pub const MAX_IDLE_MINUTES: u16 = 1440;

/// A person's settings.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Settings {
    /// IANA name of the time zone that times are shown and schedules are read in; none: UTC.
    pub time_zone: Option<String>,
    /// Minutes without activity after which the person is asked whether they are still there.
    pub idle_minutes: u16,
    /// Whether the getting-started page is shown.
    pub getting_started: bool,
    /// What is told, when and how.
    pub notifications: Notifications,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            time_zone: None,
            idle_minutes: DEFAULT_IDLE_MINUTES,
            getting_started: true,
            notifications: Notifications::default(),
        }
    }
}

/// How serious an event is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Somebody should look.
    Warning,
    /// Somebody must act.
    Critical,
}

/// How soon an event wants attention.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// Some day.
    Low,
    /// Today.
    Normal,
    /// Now.
    High,
}

/// What a person is told of Rollcall's own events.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Notifications {
    /// Events of which organizations.
    pub organizations: OrganizationScope,
    /// When something may be delivered; none: always. What happens outside it waits for its next beginning.
    pub schedule: Option<Schedule>,
    /// What is mailed; none: nothing.
    pub mail: Option<Threshold>,
    /// What is sent as a text message; none: nothing.
    pub text: Option<Threshold>,
}

impl Default for Notifications {
    fn default() -> Self {
        Self {
            organizations: OrganizationScope::All,
            schedule: None,
            mail: Some(Threshold { severity: Severity::Info, priority: Priority::Low }),
            text: None,
        }
    }
}

/// The least that is told: this and higher, of both.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Threshold {
    /// Least severity.
    pub severity: Severity,
    /// Least priority.
    pub priority: Priority,
}

/// Days and hours, in the person's time zone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// On these days, 1 (Monday) to 7 (ISO 8601).
    pub days: BTreeSet<u8>,
    /// From this minute of the day, 0 to 1439.
    pub from_minute: u16,
    /// To before this one, 1 to 1440; more than `from_minute`.
    pub to_minute: u16,
}

impl Notifications {
    /// Whether events of that organization (none: of the deployment) are told.
    #[must_use]
    pub fn cover(&self, organization: Option<&OrganizationId>) -> bool {
        organization.is_none_or(|organization| self.organizations.contains(organization))
    }
}
