//! Changes what a person has set for themselves, and their phone number.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::{
    Error, Result,
    access::{Actor, OrganizationScope},
    audit::Origin,
    error::{Conflict, Refusal},
    ids::OrganizationId,
    operations::{
        assign::{KnowOrganizations, WantedScope},
        create_user::ReadOrganization,
        edits::{Edit, EditUsers, ReadCredential, modify_account},
        rules::{self, Rules},
    },
    settings::{
        self, MAX_IDLE_MINUTES, MIN_IDLE_MINUTES, Notifications, Priority, Schedule, Settings, Severity, Threshold,
    },
    user::User,
};

/// Most organizations that can be selected for notifications.
pub const ORGANIZATION_LIMIT: usize = 500;
/// The days of a week by their names, Monday first.
pub const DAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// What shall change; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct MyChanges {
    /// Preferred language; `Some(None)` removes it.
    pub language: Option<Option<String>>,
    /// Time zone; `Some(None)` removes it.
    pub time_zone: Option<Option<String>>,
    /// Phone, as typed; `Some(None)` removes it.
    pub phone: Option<Option<String>>,
    /// Minutes without activity after which the person is asked whether they are still there.
    pub idle_minutes: Option<i64>,
    /// Whether the getting-started page is shown.
    pub getting_started: Option<bool>,
    /// What is told, when and how.
    pub notifications: Option<WantedNotifications>,
}

/// Notification settings as asked for, whole.
#[derive(Debug, Clone)]
pub struct WantedNotifications {
    /// Events of which organizations.
    pub organizations: WantedScope,
    /// None: always.
    pub schedule: Option<WantedSchedule>,
    /// What is mailed.
    pub mail: WantedThreshold,
    /// What is sent as a text message.
    pub text: WantedThreshold,
}

/// A schedule as asked for.
#[derive(Debug, Clone)]
pub struct WantedSchedule {
    /// Names out of [`DAYS`].
    pub days: Vec<String>,
    /// `08:00`.
    pub from: String,
    /// `18:00`; `24:00` is the end of the day.
    pub to: String,
}

/// A threshold as asked for: this and higher.
#[derive(Debug, Clone)]
pub struct WantedThreshold {
    /// `info`, `warning`, `critical`, or `off`.
    pub severity: String,
    /// `low`, `normal` or `high`.
    pub priority: String,
}

/// Changes the actor over the version that they have read. Another phone number ends every session, this one
/// included.
///
/// # Errors
/// [`Error::VersionConflict`], [`Error::Refused`] with every value that is not acceptable, [`Conflict::PhoneInUse`]
/// while codes are sent to the number.
pub async fn update_me(
    ports: &(impl EditUsers + ReadCredential + ReadOrganization + KnowOrganizations),
    actor: &Actor,
    version: u64,
    changes: &MyChanges,
    origin: &Origin,
) -> Result<User> {
    let organization = match &actor.user.organization_id {
        Some(id) => ports.read_organization(id).await?,
        None => None,
    };
    let rules = Rules::of(&actor.user, organization.as_ref())?;
    let there = match &changes.notifications {
        Some(WantedNotifications { organizations: WantedScope::Selected(ids), .. }) => {
            let ids: Vec<_> =
                ids.iter().take(ORGANIZATION_LIMIT).filter_map(|id| OrganizationId::parse(id).ok()).collect();
            ports.organizations_there(&ids).await?
        }
        _ => BTreeSet::new(),
    };
    modify_account(ports, actor.id(), |read, credential| {
        if read.version != version {
            return Err(Error::VersionConflict);
        }
        let user = changed(&rules, &read, changes, &there)?;
        if user.phone != read.phone && credential.text_codes {
            return Err(Conflict::PhoneInUse.into());
        }
        let event =
            origin.event("user.updated", read.organization_id.as_ref(), read.id.as_str(), told(&read), told(&user));
        Ok(Edit::new(user, event))
    })
    .await
}

fn changed(rules: &Rules, read: &User, changes: &MyChanges, there: &BTreeSet<OrganizationId>) -> Result<User> {
    let mut user = read.clone();
    let mut refusals = Vec::new();
    if let Some(tag) = &changes.language {
        user.language = tag.as_deref().and_then(|tag| rules::language(tag, &mut refusals));
    }
    if let Some(name) = &changes.time_zone {
        user.settings.time_zone =
            name.as_deref().and_then(|name| settings::time_zone(name).map_err(|refusal| refusals.push(refusal)).ok());
    }
    if let Some(phone) = &changes.phone {
        let phone = rules.field("phone", phone.as_deref().unwrap_or_default(), &mut refusals);
        user.phone = Some(phone).filter(|phone| !phone.is_empty());
        if user.phone != read.phone {
            user.end_sessions();
        }
    }
    if let Some(minutes) = changes.idle_minutes {
        match u16::try_from(minutes) {
            Ok(minutes) if (MIN_IDLE_MINUTES..=MAX_IDLE_MINUTES).contains(&minutes) => {
                user.settings.idle_minutes = minutes;
            }
            _ => refusals.push(refused(
                "idle_minutes",
                "idle_minutes_out_of_range",
                format!("between {MIN_IDLE_MINUTES} and {MAX_IDLE_MINUTES} minutes"),
            )),
        }
    }
    user.settings.getting_started = changes.getting_started.unwrap_or(user.settings.getting_started);
    if let Some(wanted) = &changes.notifications {
        user.settings.notifications = notifications(wanted, &user, there, &mut refusals);
    }
    if refusals.is_empty() { Ok(user) } else { Err(Error::Refused(refusals)) }
}

fn notifications(
    wanted: &WantedNotifications,
    user: &User,
    there: &BTreeSet<OrganizationId>,
    refusals: &mut Vec<Refusal>,
) -> Notifications {
    let organizations = match &wanted.organizations {
        WantedScope::All => OrganizationScope::All,
        WantedScope::Selected(ids) if ids.len() > ORGANIZATION_LIMIT => {
            let detail = format!("at most {ORGANIZATION_LIMIT}, or all");
            refusals.push(refused("notifications.organizations", "too_many", detail));
            OrganizationScope::All
        }
        WantedScope::Selected(ids) => {
            let mut selected = BTreeSet::new();
            for id in ids {
                // Those outside one's scope are not there.
                let id = OrganizationId::parse(id).ok().filter(|id| there.contains(id) && user.scope.contains(id));
                match id {
                    Some(id) => {
                        selected.insert(id);
                    }
                    None => refusals.push(refused(
                        "notifications.organizations",
                        "organization_unknown",
                        "there is no such organization".into(),
                    )),
                }
            }
            OrganizationScope::Selected(selected)
        }
    };
    let mail = threshold("notifications.mail", &wanted.mail, refusals);
    let text = threshold("notifications.text", &wanted.text, refusals);
    if text.is_some() && user.phone.is_none() {
        let detail = "text messages need a phone number; add it first".into();
        refusals.push(refused("notifications.text", "phone_required", detail));
    }
    let schedule = wanted.schedule.as_ref().and_then(|wanted| schedule(wanted, refusals));
    Notifications { organizations, schedule, mail, text }
}

fn threshold(field: &str, wanted: &WantedThreshold, refusals: &mut Vec<Refusal>) -> Option<Threshold> {
    let severity = match wanted.severity.as_str() {
        "off" => None,
        "info" => Some(Severity::Info),
        "warning" => Some(Severity::Warning),
        "critical" => Some(Severity::Critical),
        _ => {
            let detail = "a severity is info, warning, critical or off".into();
            refusals.push(refused(field, "severity_unknown", detail));
            None
        }
    };
    let priority = match wanted.priority.as_str() {
        "low" => Priority::Low,
        "normal" => Priority::Normal,
        "high" => Priority::High,
        _ => {
            refusals.push(refused(field, "priority_unknown", "a priority is low, normal or high".into()));
            Priority::Low
        }
    };
    severity.map(|severity| Threshold { severity, priority })
}

fn schedule(wanted: &WantedSchedule, refusals: &mut Vec<Refusal>) -> Option<Schedule> {
    let mut refuse = |code: &str, detail: &str| {
        refusals.push(refused("notifications.schedule", code, detail.to_owned()));
    };
    let days: Option<BTreeSet<u8>> = wanted
        .days
        .iter()
        .map(|day| (1..=7).zip(DAYS).find(|(_, name)| name == day).map(|(number, _)| number))
        .collect();
    let days = days.filter(|days| !days.is_empty());
    if days.is_none() {
        refuse("days_not_valid", "name at least one of mon, tue, wed, thu, fri, sat, sun");
    }
    let hours = minute(&wanted.from).zip(minute(&wanted.to)).filter(|(from, to)| from < to);
    if hours.is_none() {
        refuse("hours_not_valid", "hours are such as 08:00 to 18:00, at most 24:00, the end after the beginning");
    }
    let ((from_minute, to_minute), days) = hours.zip(days)?;
    Some(Schedule { days, from_minute, to_minute })
}

/// `08:30` as minutes since midnight; `24:00` is the end of the day.
fn minute(text: &str) -> Option<u16> {
    let (hour, minute) = text.split_once(':')?;
    let number = |text: &str| -> Option<u16> {
        (text.len() == 2 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
    };
    let (hour, minute) = (number(hour)?, number(minute)?);
    let fits = minute < 60 && (hour < 24 || hour == 24 && minute == 0);
    fits.then_some(hour * 60 + minute)
}

/// What the audit trail says of a person's own settings.
fn told(user: &User) -> Value {
    let Settings { time_zone, idle_minutes, getting_started, notifications } = &user.settings;
    json!({
        "language": user.language,
        "time_zone": time_zone,
        "phone": user.phone,
        "idle_minutes": idle_minutes,
        "getting_started": getting_started,
        "notifications": notifications,
    })
}

fn refused(field: &str, code: &str, detail: String) -> Refusal {
    Refusal { field: field.to_owned(), code: code.to_owned(), detail }
}
