//! Pages through users, by filter and by the beginnings of words.
//!
//! Users are listed scope by scope: technicians first, then the organizations in the order of their names;
//! within a scope by last name, or by the matching word when one is searched for. Nothing is scanned: one
//! index in the table, that of the filter which lets the fewest through ([`Filter::index`]), gives the order; the
//! users themselves are read and filtered by the rest. A page reads at most [`READ_BUDGET`] users and
//! [`QUERY_BUDGET`] stretches of an index, so it may be short or even empty and still have a next one.

use std::cmp::Ordering;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    access::{Actor, OrganizationScope},
    error::Missing,
    facet::{Facet, Stage},
    ids::{EntryId, OrganizationId, UserId},
    invitation::{Delivery, InvitationStatus},
    operations::list_organizations::ListOrganizations,
    roles::{Permission, RoleId},
    user::{User, UserKind, UserStatus},
};

/// Most users read for one page.
pub const READ_BUDGET: usize = 500;
/// Most index reads for one page.
pub const QUERY_BUDGET: usize = 40;
/// Most users read at once (DynamoDB's batch).
const BATCH: usize = 100;
/// Organizations whose listing is read at once.
const ORGANIZATIONS_AT_ONCE: usize = 20;

/// Which users are wanted. Every filter that is given must fit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter {
    /// Of this organization.
    pub organization: Option<OrganizationId>,
    /// Of this kind.
    pub kind: Option<UserKind>,
    /// In this state.
    pub status: Option<UserStatus>,
    /// Having this role.
    pub role: Option<RoleId>,
    /// Each word begins a word of name, email or username.
    pub query: Option<String>,
    /// Whose invitation is in this state now.
    pub invitation: Option<InvitationStatus>,
    /// Whose invitation's mail has come this far.
    pub delivery: Option<Delivery>,
    /// In this access group.
    pub group: Option<EntryId>,
    /// Along the index, or against it.
    pub order: Order,
}

/// The direction in which an index is read, within each scope.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Order {
    /// From A to Z.
    #[default]
    Ascending,
    /// From Z to A.
    Descending,
}

impl Order {
    /// Which of two places comes first.
    #[must_use]
    pub fn compare(self, one: &str, other: &str) -> Ordering {
        match self {
            Self::Ascending => one.cmp(other),
            Self::Descending => other.cmp(one),
        }
    }
}

/// Characters of a searched word from which on it is taken for rarer than a role or a status.
const TELLING: usize = 3;

impl Filter {
    /// The index that is read, of those that the filters have: the kind that is rarest among users first. Mail
    /// that did not arrive, then a group, a word of some length, a role, a status, any word.
    fn index(&self, words: &[String]) -> Index {
        let word = words.first();
        if self.delivery.is_some_and(Delivery::is_trouble) {
            return Index::Facet(Facet::Trouble);
        }
        if let Some(group) = &self.group {
            return Index::Facet(Facet::Group(group.clone()));
        }
        if let Some(word) = word.filter(|word| word.chars().count() >= TELLING) {
            return Index::Words(word.clone());
        }
        if let Some(role) = &self.role {
            return Index::Facet(Facet::Role(role.clone()));
        }
        if let Some(stage) = self.stage() {
            return Index::Facet(Facet::Stage(stage));
        }
        word.map_or(Index::Names, |word| Index::Words(word.clone()))
    }

    /// The one stage in which whatever the filters let through is.
    fn stage(&self) -> Option<Stage> {
        self.status.map(Stage::of).or(match self.invitation {
            // Deactivation withdraws what is pending or expired.
            Some(InvitationStatus::Pending | InvitationStatus::Expired) => Some(Stage::Unfinished),
            _ => None,
        })
    }

    /// Whether only that index decides, so that every user that is read is wanted.
    fn is_open(&self) -> bool {
        let exact = matches!(self.status, Some(UserStatus::Deactivated));
        let given = [
            self.delivery.is_some(),
            self.group.is_some(),
            self.query.is_some(),
            self.role.is_some(),
            self.status.is_some(),
        ];
        let single = given.iter().filter(|given| **given).count() <= 1;
        let decides = self.query.is_none() && self.delivery.is_none() && (self.status.is_none() || exact);
        self.kind.is_none() && self.invitation.is_none() && single && decides
    }

    fn fits(&self, user: &User, now: Timestamp) -> bool {
        let delivery = user.invitation.as_ref().map(|invitation| invitation.delivery);
        self.kind.is_none_or(|kind| user.user_kind == kind)
            && self.status.is_none_or(|status| user.status_at(now) == status)
            && self.role.as_ref().is_none_or(|role| user.roles.contains(role))
            && self.invitation.is_none_or(|wanted| user.invitation_status(now) == Some(wanted))
            && self.delivery.is_none_or(|wanted| delivery == Some(wanted))
            && self.group.as_ref().is_none_or(|group| user.groups.contains(group))
    }
}

/// How far a paging has come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Position {
    /// The commit sequence number when the paging began: what is committed later stays hidden in it.
    pub as_of: u64,
    /// The organization being listed or, without `after`, listed to its end, by its place among
    /// organizations; empty before the first one, `None` while at the technicians.
    pub organization: Option<String>,
    /// The place of the last user seen there.
    pub after: Option<String>,
}

/// What is read in order: a listing, or the words that begin with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Index {
    /// All users of the scope by name.
    Names,
    /// Those that have this, by name.
    Facet(Facet),
    /// Those that have a word that begins with this.
    Words(String),
}

/// One entry of an index.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Its place: grows along the index.
    pub place: String,
    /// Whom it names.
    pub user_id: UserId,
}

/// A stretch of an index.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stretch {
    /// Its entries in order.
    pub entries: Vec<Entry>,
    /// Whether the index goes on after them. If so, there is at least one entry.
    pub more: bool,
}

/// Reads users along an index.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadListings {
    /// The newest commit sequence number.
    async fn newest_commit(&self) -> Result<u64>;
    /// Whether the organization exists.
    async fn organization_exists(&self, id: &OrganizationId) -> Result<bool>;
    /// Entries of a scope's index after a place: about `limit`, in that order.
    async fn stretch(
        &self,
        scope: Option<&OrganizationId>,
        index: &Index,
        after: Option<&str>,
        limit: usize,
        order: Order,
    ) -> Result<Stretch>;
    /// The users of entries, in that order, as they counted at that commit sequence number. An entry that
    /// names nobody, a user who does not count, or a user whom an earlier entry of the same index names is
    /// left out.
    async fn resolve(&self, index: &Index, entries: &[Entry], as_of: u64) -> Result<Vec<(String, User)>>;
    /// The words of a search, in the form of the index; the longest first.
    fn words(&self, query: &str) -> Vec<String>;
    /// Whether each of the words begins a word of the user's.
    fn matches(&self, user: &User, words: &[String]) -> bool;
}

/// One page.
#[derive(Debug)]
pub struct Page {
    /// The users.
    pub items: Vec<User>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Position>,
}

/// Lists the users that the actor may see and the filter lets through.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; [`Missing::Organization`] for one that is not there or not the
/// actor's.
pub async fn list_users(
    ports: &(impl ReadListings + ListOrganizations),
    actor: &Actor,
    filter: &Filter,
    from: Option<Position>,
    limit: usize,
    now: Timestamp,
) -> Result<Page> {
    actor.require(Permission::UsersRead)?;
    if let Some(organization) = &filter.organization {
        actor.require_in(Permission::UsersRead, Some(organization))?;
        if !ports.organization_exists(organization).await? {
            return Err(Missing::Organization.into());
        }
    }
    let words = filter.query.as_deref().map(|query| ports.words(query));
    if words.as_ref().is_some_and(Vec::is_empty) {
        // Blanks and punctuation begin no word.
        return Ok(Page { items: Vec::new(), next: None });
    }
    let words = words.unwrap_or_default();
    let index = filter.index(&words);
    let position = match from {
        Some(position) => position,
        None => Position { as_of: ports.newest_commit().await?, organization: None, after: None },
    };
    let listing = Listing { ports, filter, index, words, limit, now };
    listing.page(&actor.user.scope, position).await
}

/// A listing under way.
struct Listing<'a, P> {
    ports: &'a P,
    filter: &'a Filter,
    index: Index,
    words: Vec<String>,
    limit: usize,
    now: Timestamp,
}

/// What a page has used and found so far.
struct Progress {
    items: Vec<User>,
    read: usize,
    queries: usize,
}

impl<P: ReadListings + ListOrganizations> Listing<'_, P> {
    async fn page(&self, scope: &OrganizationScope, mut position: Position) -> Result<Page> {
        let mut progress = Progress { items: Vec::new(), read: 0, queries: 0 };
        if let Some(organization) = &self.filter.organization {
            let next = self.scope(Some(organization), position, &mut progress).await?;
            return Ok(Page { items: progress.items, next });
        }
        let technicians = *scope == OrganizationScope::All && self.filter.kind != Some(UserKind::EndUser);
        if technicians && position.organization.is_none() {
            if let Some(next) = self.scope(None, position.clone(), &mut progress).await? {
                return Ok(Page { items: progress.items, next: Some(next) });
            }
            position.after = None;
        }
        if self.filter.kind == Some(UserKind::Technician) {
            return Ok(Page { items: progress.items, next: None });
        }
        // An organization in the middle of which the last page ended comes first, from there on.
        let resume = position.organization.clone().zip(position.after);
        let mut finished = match &resume {
            Some((place, _)) => just_before(place),
            None => position.organization.unwrap_or_default(),
        };
        loop {
            let after = Some(finished.as_str()).filter(|place| !place.is_empty());
            let some = self.ports.organizations_after(scope, after, ORGANIZATIONS_AT_ONCE).await?;
            let last = some.len() < ORGANIZATIONS_AT_ONCE;
            for organization in some {
                if progress.items.len() >= self.limit || progress.spent() {
                    let next = Position { as_of: position.as_of, organization: Some(finished), after: None };
                    return Ok(Page { items: progress.items, next: Some(next) });
                }
                let begin = Position {
                    as_of: position.as_of,
                    after: resume
                        .as_ref()
                        .filter(|(place, _)| *place == organization.position)
                        .map(|(_, after)| after.clone()),
                    organization: Some(organization.position.clone()),
                };
                if let Some(next) = self.scope(Some(&organization.id), begin, &mut progress).await? {
                    return Ok(Page { items: progress.items, next: Some(next) });
                }
                finished = organization.position;
            }
            if last {
                return Ok(Page { items: progress.items, next: None });
            }
        }
    }

    /// Lists one scope until it ends (`None`), the page is full or its budget is spent (where to go on).
    async fn scope(
        &self,
        scope: Option<&OrganizationId>,
        mut position: Position,
        progress: &mut Progress,
    ) -> Result<Option<Position>> {
        loop {
            let missing = self.limit - progress.items.len();
            if missing == 0 || progress.spent() {
                return Ok(Some(position));
            }
            // Where nothing is filtered out the first stretch is likely to be enough.
            let wanted = if self.filter.is_open() && progress.read == 0 { missing } else { BATCH };
            let stretch =
                self.ports.stretch(scope, &self.index, position.after.as_deref(), wanted, self.filter.order).await?;
            progress.queries += 1;
            progress.read += stretch.entries.len();
            let Some(end) = stretch.entries.last().map(|entry| entry.place.clone()) else {
                return Ok(None);
            };
            for (place, user) in self.ports.resolve(&self.index, &stretch.entries, position.as_of).await? {
                let fits = self.filter.fits(&user, self.now) && self.ports.matches(&user, &self.words);
                if !fits {
                    continue;
                }
                progress.items.push(user);
                if progress.items.len() == self.limit {
                    let ended = place == end && !stretch.more;
                    position.after = Some(place);
                    return Ok((!ended).then_some(position));
                }
            }
            if !stretch.more {
                return Ok(None);
            }
            position.after = Some(end);
        }
    }
}

/// A place before which all places before `place` are: they end in identifiers that no two share a
/// beginning of.
fn just_before(place: &str) -> String {
    let mut shorter = place.to_owned();
    shorter.pop();
    shorter
}

impl Progress {
    fn spent(&self) -> bool {
        self.read >= READ_BUDGET || self.queries >= QUERY_BUDGET
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::{
        access::Via,
        operations::{fake::run, list_organizations::ListedOrganization},
    };

    fn user(name: &str, organization: Option<&str>) -> User {
        let id = UserId::derived(&[name]);
        let kind = if organization.is_some() { UserKind::EndUser } else { UserKind::Technician };
        User {
            scope: OrganizationScope::All,
            first_name: name.into(),
            email: format!("{name}@example.org"),
            roles: RoleId::parse("system_administrator").into_iter().collect(),
            status: UserStatus::Active,
            mfa_enrolled: true,
            ..User::new(id.clone(), kind, organization.map(organization_id), "technician", id, Timestamp::UNIX_EPOCH)
        }
    }

    fn organization_id(name: &str) -> OrganizationId {
        OrganizationId::derived(&[name])
    }

    /// Users by name; stretches of two entries, whatever is asked for.
    struct Fake {
        organizations: Vec<&'static str>,
        users: Vec<User>,
    }

    impl ListOrganizations for Fake {
        async fn organizations_after(
            &self,
            scope: &OrganizationScope,
            after: Option<&str>,
            limit: usize,
        ) -> Result<Vec<ListedOrganization>> {
            Ok(self
                .organizations
                .iter()
                .map(|name| ListedOrganization {
                    position: format!("{name} {}", organization_id(name)),
                    id: organization_id(name),
                })
                .filter(|listed| scope.contains(&listed.id))
                .filter(|listed| after.is_none_or(|after| listed.position.as_str() > after))
                .take(limit)
                .collect())
        }
    }

    impl ReadListings for Fake {
        async fn newest_commit(&self) -> Result<u64> {
            Ok(7)
        }
        async fn organization_exists(&self, id: &OrganizationId) -> Result<bool> {
            Ok(self.organizations.iter().any(|name| organization_id(name) == *id))
        }
        async fn stretch(
            &self,
            scope: Option<&OrganizationId>,
            _index: &Index,
            after: Option<&str>,
            _limit: usize,
            _order: Order,
        ) -> Result<Stretch> {
            let mut entries: Vec<Entry> = self
                .users
                .iter()
                .filter(|user| user.organization_id.as_ref() == scope)
                .map(|user| Entry { place: user.first_name.clone(), user_id: user.id.clone() })
                .filter(|entry| after.is_none_or(|after| entry.place.as_str() > after))
                .collect();
            entries.sort_by(|a, b| a.place.cmp(&b.place));
            let more = entries.len() > 2;
            entries.truncate(2);
            Ok(Stretch { entries, more })
        }
        async fn resolve(&self, _index: &Index, entries: &[Entry], as_of: u64) -> Result<Vec<(String, User)>> {
            assert_eq!(as_of, 7);
            Ok(entries
                .iter()
                .filter_map(|entry| {
                    let user = self.users.iter().find(|user| user.id == entry.user_id)?;
                    Some((entry.place.clone(), user.clone()))
                })
                .collect())
        }
        fn words(&self, query: &str) -> Vec<String> {
            query.split_whitespace().map(str::to_owned).collect()
        }
        fn matches(&self, user: &User, words: &[String]) -> bool {
            words.iter().all(|word| user.first_name.starts_with(word.as_str()))
        }
    }

    fn fake() -> Fake {
        let mut users = vec![user("root", None), user("bea", None)];
        for (organization, names) in
            [("acme", vec!["ana", "cid", "dora"]), ("beta", vec![]), ("coda", vec!["eve", "zoe"])]
        {
            users.extend(names.into_iter().map(|name| user(name, Some(organization))));
        }
        Fake { organizations: vec!["acme", "beta", "coda"], users }
    }

    fn actor(scope: OrganizationScope) -> Actor {
        Actor::new(User { scope, ..user("root", None) }.into(), Via::ApiKey).unwrap()
    }

    /// All pages of that size, one after the other, with the number of pages.
    fn names(actor: &Actor, filter: &Filter, limit: usize) -> (Vec<String>, usize) {
        let fake = fake();
        let (mut names, mut pages, mut from) = (Vec::new(), 0, None);
        loop {
            let page = run(list_users(&fake, actor, filter, from, limit, Timestamp::UNIX_EPOCH)).unwrap();
            assert!(page.items.len() <= limit);
            names.extend(page.items.into_iter().map(|user| user.first_name));
            pages += 1;
            assert!(pages < 20, "the paging does not end");
            from = page.next;
            if from.is_none() {
                return (names, pages);
            }
        }
    }

    #[test]
    fn whatever_the_page_size_everybody_is_listed_once_technicians_first() {
        let wanted = ["bea", "root", "ana", "cid", "dora", "eve", "zoe"];
        for limit in 1..=8 {
            let (names, _) = names(&actor(OrganizationScope::All), &Filter::default(), limit);
            assert_eq!(names, wanted, "pages of {limit}");
        }
    }

    #[test]
    fn filters_and_scopes_row_by_row() {
        let all = OrganizationScope::All;
        let coda = OrganizationScope::Selected(BTreeSet::from([organization_id("coda")]));
        for (name, scope, filter, wanted) in [
            (
                "technicians",
                &all,
                Filter { kind: Some(UserKind::Technician), ..Filter::default() },
                vec!["bea", "root"],
            ),
            (
                "end users",
                &all,
                Filter { kind: Some(UserKind::EndUser), ..Filter::default() },
                vec!["ana", "cid", "dora", "eve", "zoe"],
            ),
            (
                "one organization",
                &all,
                Filter { organization: Some(organization_id("acme")), ..Filter::default() },
                vec!["ana", "cid", "dora"],
            ),
            ("an actor of one organization", &coda, Filter::default(), vec!["eve", "zoe"]),
            ("a word", &all, Filter { query: Some("z".into()), ..Filter::default() }, vec!["zoe"]),
            ("no word", &all, Filter { query: Some(" ".into()), ..Filter::default() }, vec![]),
            (
                "a state nobody is in",
                &all,
                Filter { status: Some(UserStatus::Deactivated), ..Filter::default() },
                vec![],
            ),
        ] {
            for limit in [1, 2, 50] {
                assert_eq!(names(&actor(scope.clone()), &filter, limit).0, wanted, "{name}, pages of {limit}");
            }
        }
    }

    #[test]
    fn organizations_that_are_not_there_or_not_the_actors_are_told_alike() {
        let coda = OrganizationScope::Selected(BTreeSet::from([organization_id("coda")]));
        for (scope, organization) in [(OrganizationScope::All, "gone"), (coda, "acme")] {
            let filter = Filter { organization: Some(organization_id(organization)), ..Filter::default() };
            let error = run(list_users(&fake(), &actor(scope), &filter, None, 10, Timestamp::UNIX_EPOCH));
            assert_eq!(error.err().map(|error| error.code().to_owned()).as_deref(), Some("organization_not_found"));
        }
    }

    #[test]
    fn a_page_stops_at_its_budget_and_says_where_to_go_on() {
        let mut fake = fake();
        fake.users = (0..200).map(|n| user(&format!("u{n:03}"), None)).collect();
        let filter = Filter { status: Some(UserStatus::Created), ..Filter::default() };
        let root = actor(OrganizationScope::All);
        let page = run(list_users(&fake, &root, &filter, None, 10, Timestamp::UNIX_EPOCH)).unwrap();
        assert!(page.items.is_empty());
        assert_eq!(page.next.and_then(|next| next.after).as_deref(), Some("u079"), "40 stretches of 2");
    }
}
