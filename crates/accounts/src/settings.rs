//! What a person has set for themselves (requirements.md, S1): when they are asked whether they are still
//! there, and what Rollcall tells them by mail and text message.

use std::collections::BTreeSet;

use jiff::{
    Timestamp, ToSpan as _,
    civil::{Date, Time},
    tz::{AmbiguousOffset, TimeZone},
};
use serde::{Deserialize, Serialize};

use crate::{access::OrganizationScope, error::Refusal, ids::OrganizationId};

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

/// An IANA time zone by its name, in the database's own spelling: `Europe/Berlin`.
///
/// # Errors
/// A [`Refusal`] of `time_zone` with code `time_zone_not_known`.
pub fn time_zone(text: &str) -> Result<String, Refusal> {
    let zone = jiff::tz::TimeZone::get(text.trim()).ok();
    let name = zone.as_ref().and_then(|zone| zone.iana_name()).map(str::to_owned);
    name.ok_or_else(|| Refusal {
        field: "time_zone".into(),
        code: "time_zone_not_known".into(),
        detail: "name a time zone of the IANA database, such as Europe/Berlin".into(),
    })
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

/// How something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// By mail.
    Mail,
    /// By text message.
    Text,
}

/// What settings look at in an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weight<'a> {
    /// How serious.
    pub severity: Severity,
    /// How soon.
    pub priority: Priority,
    /// Of which organization; none: of the deployment.
    pub organization: Option<&'a OrganizationId>,
}

/// When a person is told of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told {
    /// At once.
    Now,
    /// When their schedule begins next.
    At(Timestamp),
    /// Not on this channel.
    Never,
}

impl Notifications {
    /// Whether events of that organization (none: of the deployment) are told.
    #[must_use]
    pub fn cover(&self, organization: Option<&OrganizationId>) -> bool {
        organization.is_none_or(|organization| self.organizations.contains(organization))
    }

    /// When an event is told on a channel to a person whose clock shows that zone's time.
    #[must_use]
    pub fn delivery(&self, event: Weight<'_>, channel: Channel, zone: &TimeZone, now: Timestamp) -> Told {
        let least = match channel {
            Channel::Mail => self.mail,
            Channel::Text => self.text,
        };
        let told = self.cover(event.organization)
            && least.is_some_and(|least| event.severity >= least.severity && event.priority >= least.priority);
        match &self.schedule {
            _ if !told => Told::Never,
            None => Told::Now,
            Some(schedule) => match schedule.next_opening(zone, now) {
                None => Told::Never,
                Some(at) if at <= now => Told::Now,
                Some(at) => Told::At(at),
            },
        }
    }
}

impl Settings {
    /// The zone that the person's clock shows; UTC when none is set, or one that is not known any more.
    #[must_use]
    pub fn zone(&self) -> TimeZone {
        self.time_zone.as_deref().and_then(|name| TimeZone::get(name).ok()).unwrap_or(TimeZone::UTC)
    }
}

impl Schedule {
    /// When the schedule is open next: `now` while it is, else its next beginning. None when it has no days.
    ///
    /// Hours are those of the clocks in the zone. Where these leap over a beginning or an end, it is the moment
    /// of the leap; where they show it twice, a beginning is the first time and an end the second.
    #[must_use]
    pub fn next_opening(&self, zone: &TimeZone, now: Timestamp) -> Option<Timestamp> {
        let today = now.to_zoned(zone.clone()).date();
        // From yesterday, for a clock put back over midnight, to the same day of next week.
        (-1..=8)
            .filter_map(|days| today.checked_add(days.days()).ok())
            .filter(|day| self.days.contains(&day.weekday().to_monday_one_offset().unsigned_abs()))
            .find_map(|day| {
                let begin = moment(zone, day, self.from_minute, Twice::First)?;
                let end = moment(zone, day, self.to_minute, Twice::Second)?;
                (now < end && begin < end).then_some(begin.max(now))
            })
    }
}

/// Which of the two moments at which clocks that are put back show the same.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Twice {
    First,
    Second,
}

/// When the clocks of a zone show so many minutes of a day, or leap over them.
fn moment(zone: &TimeZone, day: Date, minute: u16, twice: Twice) -> Option<Timestamp> {
    let shown = day.to_datetime(Time::midnight()).checked_add(i64::from(minute).minutes()).ok()?;
    let ambiguous = zone.to_ambiguous_timestamp(shown);
    match ambiguous.offset() {
        AmbiguousOffset::Gap { after, .. } => {
            let before = after.to_timestamp(shown).ok()?;
            zone.following(before).next().map(|leap| leap.timestamp())
        }
        AmbiguousOffset::Unambiguous { .. } | AmbiguousOffset::Fold { .. } => match twice {
            Twice::First => ambiguous.earlier().ok(),
            Twice::Second => ambiguous.later().ok(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> TimeZone {
        TimeZone::get(name).unwrap()
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    fn schedule(days: &[u8], from: &str, to: &str) -> Schedule {
        let minute = |text: &str| {
            let (hour, minute) = text.split_once(':').unwrap();
            hour.parse::<u16>().unwrap() * 60 + minute.parse::<u16>().unwrap()
        };
        Schedule { days: days.iter().copied().collect(), from_minute: minute(from), to_minute: minute(to) }
    }

    const WORKDAYS: [u8; 5] = [1, 2, 3, 4, 5];
    const DAILY: [u8; 7] = [1, 2, 3, 4, 5, 6, 7];

    #[test]
    fn openings_row_by_row() {
        // 21 November 2026 is a Saturday. Berlin puts clocks back on 25 October 2026 and forward on 28 March 2027.
        for (name, days, hours, place, now, opening) in [
            ("open", &WORKDAYS[..], ("08:00", "18:00"), "UTC", "2026-11-20T09:00:00Z", Some("2026-11-20T09:00:00Z")),
            (
                "its first moment",
                &WORKDAYS,
                ("08:00", "18:00"),
                "UTC",
                "2026-11-20T08:00:00Z",
                Some("2026-11-20T08:00:00Z"),
            ),
            ("before it", &WORKDAYS, ("08:00", "18:00"), "UTC", "2026-11-20T07:59:59Z", Some("2026-11-20T08:00:00Z")),
            (
                "its end is outside",
                &WORKDAYS,
                ("08:00", "18:00"),
                "UTC",
                "2026-11-20T18:00:00Z",
                Some("2026-11-23T08:00:00Z"),
            ),
            ("a weekend", &WORKDAYS, ("08:00", "18:00"), "UTC", "2026-11-21T12:00:00Z", Some("2026-11-23T08:00:00Z")),
            (
                "by the person's clock",
                &WORKDAYS,
                ("08:00", "18:00"),
                "Asia/Tokyo",
                "2026-11-19T23:30:00Z",
                Some("2026-11-19T23:30:00Z"),
            ),
            (
                "by the person's day",
                &WORKDAYS,
                ("08:00", "18:00"),
                "Asia/Tokyo",
                "2026-11-20T15:30:00Z",
                Some("2026-11-22T23:00:00Z"),
            ),
            (
                "one day a week, just over",
                &[6],
                ("08:00", "18:00"),
                "UTC",
                "2026-11-21T18:00:00Z",
                Some("2026-11-28T08:00:00Z"),
            ),
            ("to midnight", &DAILY, ("22:00", "24:00"), "UTC", "2026-11-21T23:59:59Z", Some("2026-11-21T23:59:59Z")),
            (
                "all day long, every day",
                &DAILY,
                ("00:00", "24:00"),
                "Europe/Berlin",
                "2026-10-25T00:30:00Z",
                Some("2026-10-25T00:30:00Z"),
            ),
            (
                "winter time has begun",
                &DAILY,
                ("08:00", "18:00"),
                "Europe/Berlin",
                "2026-10-25T06:30:00Z",
                Some("2026-10-25T07:00:00Z"),
            ),
            (
                "summer time has begun",
                &DAILY,
                ("08:00", "18:00"),
                "Europe/Berlin",
                "2027-03-28T05:30:00Z",
                Some("2027-03-28T06:00:00Z"),
            ),
            (
                "a beginning that clocks leap over",
                &DAILY,
                ("02:30", "18:00"),
                "Europe/Berlin",
                "2027-03-28T00:30:00Z",
                Some("2027-03-28T01:00:00Z"),
            ),
            (
                "a beginning that clocks show twice",
                &DAILY,
                ("02:30", "18:00"),
                "Europe/Berlin",
                "2026-10-25T00:00:00Z",
                Some("2026-10-25T00:30:00Z"),
            ),
            (
                "between the two, it is open",
                &DAILY,
                ("02:30", "18:00"),
                "Europe/Berlin",
                "2026-10-25T01:10:00Z",
                Some("2026-10-25T01:10:00Z"),
            ),
            (
                "an end that clocks show twice",
                &DAILY,
                ("01:00", "02:30"),
                "Europe/Berlin",
                "2026-10-25T01:20:00Z",
                Some("2026-10-25T01:20:00Z"),
            ),
            (
                "an hour that clocks leap over is none",
                &DAILY,
                ("02:00", "03:00"),
                "Europe/Berlin",
                "2027-03-28T00:30:00Z",
                Some("2027-03-29T00:00:00Z"),
            ),
            ("no days", &[], ("08:00", "18:00"), "UTC", "2026-11-20T09:00:00Z", None),
        ] {
            let found = schedule(days, hours.0, hours.1).next_opening(&zone(place), at(now));
            assert_eq!(found, opening.map(at), "{name}");
        }
    }

    #[test]
    fn what_is_told_row_by_row() {
        use Priority as P;
        use Severity as S;
        let ours = OrganizationId::derived(&["ours"]);
        let others = OrganizationId::derived(&["others"]);
        let threshold = |severity, priority| Some(Threshold { severity, priority });
        let selected = Notifications {
            organizations: OrganizationScope::Selected([ours.clone()].into()),
            mail: threshold(S::Warning, P::Normal),
            ..Notifications::default()
        };
        let office = Notifications {
            schedule: Some(schedule(&WORKDAYS, "08:00", "18:00")),
            text: threshold(S::Critical, P::High),
            ..Notifications::default()
        };
        let never = Notifications { schedule: Some(schedule(&[], "08:00", "18:00")), ..Notifications::default() };
        let monday = Told::At(at("2026-11-23T08:00:00Z"));
        for (name, settings, severity, priority, organization, channel, told) in [
            (
                "by default everything is mailed",
                &Notifications::default(),
                S::Info,
                P::Low,
                Some(&ours),
                Channel::Mail,
                Told::Now,
            ),
            (
                "and nothing is sent as a text",
                &Notifications::default(),
                S::Critical,
                P::High,
                Some(&ours),
                Channel::Text,
                Told::Never,
            ),
            ("just the threshold", &selected, S::Warning, P::Normal, Some(&ours), Channel::Mail, Told::Now),
            ("higher", &selected, S::Critical, P::High, Some(&ours), Channel::Mail, Told::Now),
            ("less serious", &selected, S::Info, P::High, Some(&ours), Channel::Mail, Told::Never),
            ("less urgent", &selected, S::Critical, P::Low, Some(&ours), Channel::Mail, Told::Never),
            ("another organization's", &selected, S::Critical, P::High, Some(&others), Channel::Mail, Told::Never),
            ("the deployment's own", &selected, S::Critical, P::High, None, Channel::Mail, Told::Now),
            ("outside the schedule", &office, S::Info, P::Low, Some(&ours), Channel::Mail, monday),
            ("the same by text", &office, S::Critical, P::High, Some(&ours), Channel::Text, monday),
            (
                "what is not told waits for nothing",
                &office,
                S::Warning,
                P::High,
                Some(&ours),
                Channel::Text,
                Told::Never,
            ),
            ("a schedule without days", &never, S::Critical, P::High, None, Channel::Mail, Told::Never),
        ] {
            let event = Weight { severity, priority, organization };
            let found = settings.delivery(event, channel, &TimeZone::UTC, at("2026-11-21T12:00:00Z"));
            assert_eq!(found, told, "{name}");
        }
    }

    #[test]
    fn a_zone_that_is_not_known_is_utc() {
        for (name, known) in [(None, "UTC"), (Some("Europe/Berlin"), "Europe/Berlin"), (Some("Mars/Base"), "UTC")] {
            let settings = Settings { time_zone: name.map(str::to_owned), ..Settings::default() };
            assert_eq!(settings.zone().iana_name(), Some(known), "{name:?}");
        }
    }

    #[test]
    fn zones_are_those_of_the_database() {
        for (given, wanted) in [
            ("Europe/Berlin", Some("Europe/Berlin")),
            (" america/new_york ", Some("America/New_York")),
            ("UTC", Some("UTC")),
            ("", None),
            ("Berlin", None),
            ("+02:00", None),
            ("Europe/../Berlin", None),
        ] {
            assert_eq!(time_zone(given).ok().as_deref(), wanted, "{given}");
        }
    }
}
