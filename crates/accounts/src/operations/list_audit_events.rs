//! The audit trail, newest first: of the deployment, of an organization, or of one thing that was changed.
//!
//! Trails are kept month by month. A page walks backwards through at most [`QUERY_BUDGET`] stretches and
//! [`READ_BUDGET`] events, so it may be short or even empty and still have a next one.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{Timestamp, civil::Date, tz::TimeZone};
use serde_json::Value;

use crate::{
    Result,
    access::{Actor, OrganizationScope},
    audit::AuditEvent,
    ids::{OrganizationId, UserId},
    operations::delivery::ReadPeople,
    roles::Permission,
};

/// Most events read for one page.
pub const READ_BUDGET: usize = 2_000;
/// Most stretches of a trail read for one page.
pub const QUERY_BUDGET: usize = 40;
/// Events read at once.
const STRETCH: usize = 100;
/// The month before which nothing was recorded: Rollcall is younger.
const FIRST_MONTH: &str = "2026-01";
/// Organizations whose trails are merged; whoever sees more of them reads the deployment's.
const MERGED: usize = 16;

/// Where events are recorded in order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trail {
    /// Everything of the deployment.
    Deployment,
    /// What belongs to an organization.
    Organization(OrganizationId),
    /// What was done to one thing, by its identifier. One trail, not one a month.
    Target(String),
}

/// Which events are wanted. Every filter that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this organization.
    pub organization: Option<OrganizationId>,
    /// Done by this user.
    pub actor: Option<UserId>,
    /// Done to the thing of this identifier.
    pub target: Option<String>,
    /// `user.deleted`, or `user` for all of `user.…`.
    pub action: Option<String>,
    /// At this moment or later.
    pub from: Option<Timestamp>,
    /// Before this moment.
    pub to: Option<Timestamp>,
}

impl Filter {
    fn fits(&self, event: &AuditEvent) -> bool {
        let action = |wanted: &String| {
            let rest = event.action.strip_prefix(wanted.as_str());
            rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        };
        self.actor.as_ref().is_none_or(|actor| event.actor.as_ref() == Some(actor))
            && self.target.as_ref().is_none_or(|target| event.target == *target)
            && self.action.as_ref().is_none_or(action)
            && self.organization.as_ref().is_none_or(|id| event.organization_id.as_ref() == Some(id))
            && self.from.is_none_or(|from| event.at >= from)
            && self.to.is_none_or(|to| event.at < to)
    }
}

/// An event with its place in its trail: places grow with time.
pub type Placed = (String, AuditEvent);

/// A stretch of a trail, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Its events.
    pub events: Vec<Placed>,
    /// Whether there are older ones (of that month). If so, there is at least one event.
    pub more: bool,
}

/// Reads trails.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadTrails {
    /// Events of a trail (of that month, `2026-11`) before a place, about `limit`, newest first.
    async fn trail(&self, trail: &Trail, month: &str, before: &str, limit: usize) -> Result<Stretch>;
}

/// An event with the names of who did it and of what it was done to, as far as the actor may see them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The event.
    pub event: AuditEvent,
    /// Who did it.
    pub actor_name: Option<String>,
    /// What it was done to.
    pub target_name: Option<String>,
}

/// One page.
#[derive(Debug)]
pub struct Page {
    /// The events.
    pub items: Vec<Told>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<String>,
}

/// Lists what has happened where the actor may look.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; [`crate::error::Missing::Organization`] for one that is not the actor's.
pub async fn list_audit_events(
    ports: &(impl ReadTrails + ReadPeople),
    actor: &Actor,
    filter: &Filter,
    before: Option<String>,
    limit: usize,
    now: Timestamp,
) -> Result<Page> {
    actor.require(Permission::AuditRead)?;
    if let Some(organization) = &filter.organization {
        actor.require_in(Permission::AuditRead, Some(organization))?;
    }
    let trails = trails(actor, filter);
    let (events, next) = page(ports, actor, &trails, filter, before, limit, now).await?;
    Ok(Page { items: told(ports, actor, events).await?, next })
}

fn trails(actor: &Actor, filter: &Filter) -> Vec<Trail> {
    if let Some(target) = &filter.target {
        return vec![Trail::Target(target.clone())];
    }
    if let Some(organization) = &filter.organization {
        return vec![Trail::Organization(organization.clone())];
    }
    match &actor.user.scope {
        OrganizationScope::Selected(ids) if ids.len() <= MERGED => {
            ids.iter().cloned().map(Trail::Organization).collect()
        }
        _ => vec![Trail::Deployment],
    }
}

/// Whether an event is the actor's to see: it belongs to one of their organizations, or to the deployment and
/// theirs are all.
fn is_visible(actor: &Actor, event: &AuditEvent) -> bool {
    match &event.organization_id {
        Some(organization) => actor.user.scope.contains(organization),
        None => actor.user.scope == OrganizationScope::All,
    }
}

/// The newest events of these trails before a place, and where the next page begins.
pub(crate) async fn page(
    ports: &impl ReadTrails,
    actor: &Actor,
    trails: &[Trail],
    filter: &Filter,
    before: Option<String>,
    limit: usize,
    now: Timestamp,
) -> Result<(Vec<AuditEvent>, Option<String>)> {
    // Months that are still to come are not walked through.
    let latest = filter.to.map_or(now, |to| to.min(now));
    let mut before = before.unwrap_or_else(|| after(latest));
    let by_month = !matches!(trails, [Trail::Target(_)]);
    let first = filter.from.map_or_else(|| FIRST_MONTH.to_owned(), |from| month_of(&crate::time::iso(from)));
    let first = first.max(FIRST_MONTH.to_owned());
    let mut month = month_of(&before);
    let mut events = Vec::new();
    let (mut read, mut queries) = (0, 0);
    while month >= first || !by_month {
        if read >= READ_BUDGET || queries >= QUERY_BUDGET {
            return Ok((events, Some(before)));
        }
        let stretch = merged(ports, trails, &month, &before).await?;
        read += stretch.events.len();
        queries += trails.len();
        let last = stretch.events.last().map(|(place, _)| place.clone());
        for (place, event) in stretch.events {
            if filter.from.is_some_and(|from| event.at < from) {
                return Ok((events, None));
            }
            if is_visible(actor, &event) && filter.fits(&event) {
                events.push(event);
                if events.len() == limit {
                    return Ok((events, Some(place)));
                }
            }
        }
        match last {
            Some(last) if stretch.more => before = last,
            _ if by_month => {
                // Nothing of an earlier month comes after the month's own name.
                before.clone_from(&month);
                month = month_before(&month);
            }
            _ => return Ok((events, None)),
        }
    }
    Ok((events, None))
}

/// The stretches of several trails as one, as far as each is known.
async fn merged(ports: &impl ReadTrails, trails: &[Trail], month: &str, before: &str) -> Result<Stretch> {
    let mut stretches = Vec::with_capacity(trails.len());
    for trail in trails {
        stretches.push(ports.trail(trail, month, before, STRETCH).await?);
    }
    Ok(Stretch::merge(stretches))
}

impl Stretch {
    /// Several stretches of the same time as one, as far as each is known.
    #[must_use]
    pub fn merge(stretches: Vec<Self>) -> Self {
        let known = stretches
            .iter()
            .filter(|stretch| stretch.more)
            .filter_map(|stretch| stretch.events.last().map(|(place, _)| place.clone()))
            .max();
        let mut events: Vec<Placed> = stretches
            .into_iter()
            .flat_map(|stretch| stretch.events)
            .filter(|(place, _)| known.as_ref().is_none_or(|known| place >= known))
            .collect();
        events.sort_unstable_by(|one, other| other.0.cmp(&one.0));
        Self { events, more: known.is_some() }
    }
}

/// The names that an actor may see.
pub(crate) async fn told(ports: &impl ReadPeople, actor: &Actor, events: Vec<AuditEvent>) -> Result<Vec<Told>> {
    let user = |text: &str| UserId::parse(text).ok();
    let ids: BTreeSet<UserId> =
        events.iter().flat_map(|event| event.actor.clone().into_iter().chain(user(&event.target))).collect();
    let ids: Vec<UserId> = ids.into_iter().collect();
    let people = if ids.is_empty() { Vec::new() } else { ports.read_people(&ids).await? };
    let names: BTreeMap<UserId, String> = people
        .into_iter()
        .filter(|person| actor.sees(person))
        .map(|person| (person.id.clone(), person.name()))
        .collect();
    Ok(events
        .into_iter()
        .map(|event| Told {
            actor_name: event.actor.as_ref().and_then(|id| names.get(id).cloned()),
            target_name: user(&event.target)
                .and_then(|id| names.get(&id).cloned())
                .or_else(|| name_in(&event.after))
                .or_else(|| name_in(&event.before)),
            event,
        })
        .collect())
}

/// What the event itself calls its target: the name of a thing, or of somebody who is gone.
fn name_in(values: &Value) -> Option<String> {
    let text = |name: &str| values[name].as_str().filter(|text| !text.is_empty());
    let person = [text("first_name"), text("last_name")].into_iter().flatten().collect::<Vec<_>>().join(" ");
    text("name").map(str::to_owned).or(Some(person).filter(|name| !name.is_empty()))
}

/// A place after everything that was recorded up to a moment.
fn after(now: Timestamp) -> String {
    format!("{}~", crate::time::iso(now))
}

fn month_of(place: &str) -> String {
    place.get(..7).unwrap_or(FIRST_MONTH).to_owned()
}

fn month_before(month: &str) -> String {
    let first: Date = format!("{month}-01").parse().unwrap_or(Date::MIN);
    let earlier = first.yesterday().unwrap_or(Date::MIN);
    let midnight = earlier.to_zoned(TimeZone::UTC).map(|zoned| zoned.timestamp()).unwrap_or(Timestamp::MIN);
    month_of(&crate::time::iso(midnight))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use super::*;
    use crate::{
        access::Via,
        ids::AuditEventId,
        operations::fake::{Fake, now, run},
    };

    fn event(at: &str, action: &str) -> AuditEvent {
        AuditEvent {
            id: AuditEventId::derived(&[at, action]),
            at: at.parse().unwrap(),
            actor: None,
            source: None,
            action: action.into(),
            organization_id: None,
            target: "x".into(),
            before: Value::Null,
            after: Value::Null,
        }
    }

    #[test]
    fn months_go_backwards() {
        for (month, before) in [("2026-11", "2026-10"), ("2026-03", "2026-02"), ("2027-01", "2026-12")] {
            assert_eq!(month_before(month), before);
        }
    }

    /// Trails in which nothing stands; notes the months that are read.
    #[derive(Default)]
    struct Nothing(RefCell<Vec<String>>);

    impl ReadTrails for Nothing {
        async fn trail(&self, _: &Trail, month: &str, _: &str, _: usize) -> Result<Stretch> {
            self.0.borrow_mut().push(month.to_owned());
            Ok(Stretch::default())
        }
    }

    #[test]
    fn months_are_read_from_the_present_one_or_an_earlier_end_back_to_the_beginning() {
        let (ana, id) = Fake::with_ana();
        let actor = Actor::new(ana.user(&id).into(), Via::ApiKey).unwrap();
        let moment = |text: &str| text.parse::<Timestamp>().unwrap();
        for (name, from, to, wanted) in [
            ("open", "2026-10-31T00:00:00Z", None, vec!["2026-11", "2026-10"]),
            ("an end long to come", "2026-10-31T00:00:00Z", Some("9998-12-31T00:00:00Z"), vec!["2026-11", "2026-10"]),
            ("an end in the past", "2026-09-30T00:00:00Z", Some("2026-10-01T00:00:00.5Z"), vec!["2026-10", "2026-09"]),
        ] {
            let filter = Filter { from: Some(moment(from)), to: to.map(moment), ..Filter::default() };
            let trails = Nothing::default();
            let (events, next) = run(page(&trails, &actor, &[Trail::Deployment], &filter, None, 10, now())).unwrap();
            assert_eq!((events.len(), next), (0, None), "{name}");
            assert_eq!(trails.0.into_inner(), wanted, "{name}");
        }
    }

    #[test]
    fn an_action_names_itself_or_its_kind() {
        let deleted = event("2026-11-21T12:00:00Z", "user.deleted");
        for (wanted, fits) in [("user.deleted", true), ("user", true), ("user.delete", false), ("use", false)] {
            let filter = Filter { action: Some(wanted.into()), ..Filter::default() };
            assert_eq!(filter.fits(&deleted), fits, "{wanted}");
        }
    }

    #[test]
    fn trails_are_merged_newest_first_as_far_as_each_is_known() {
        let stretch = |places: &[&str], more| Stretch {
            events: places.iter().map(|place| ((*place).to_owned(), event("2026-11-21T12:00:00Z", "a"))).collect(),
            more,
        };
        let places = |merged: &Stretch| merged.events.iter().map(|(place, _)| place.clone()).collect::<String>();
        let whole = Stretch::merge(vec![stretch(&["d", "b"], false), stretch(&["c", "a"], false)]);
        assert_eq!((places(&whole).as_str(), whole.more), ("dcba", false));
        let part = Stretch::merge(vec![stretch(&["d", "c"], true), stretch(&["e", "b"], false)]);
        assert_eq!((places(&part).as_str(), part.more), ("edc", true));
    }

    #[test]
    fn what_is_gone_is_called_what_it_was_called() {
        for (name, values, wanted) in [
            ("a thing", serde_json::json!({"name": "Acme"}), Some("Acme")),
            ("a person", serde_json::json!({"first_name": "Ana", "last_name": "Sá"}), Some("Ana Sá")),
            ("one name", serde_json::json!({"first_name": "Ana", "last_name": ""}), Some("Ana")),
            ("nothing", Value::Null, None),
        ] {
            assert_eq!(name_in(&values).as_deref(), wanted, "{name}");
        }
    }
}
