//! What a user is given beside who they are: roles, permissions, organizations, groups, site, courses, services,
//! properties. Read, checked and set the same way for a new user, an edit and a clone.
//!
//! What is referred to must be there when the user is written: whoever deletes a role or an entry retires it first
//! and counts that, so the writing names the count that was read before the lists ([`AsOf`]). Only then is looked
//! for somebody who has it.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::{
    Error, Result,
    access::{Actor, OrganizationScope},
    error::{Conflict, Refusal, at_most},
    ids::{EntryId, OrganizationId},
    lists::{Catalog, HEADQUARTERS, HEADQUARTERS_ID, ListKind, ReadLists},
    operations::{
        edits::covers,
        rules::{Rules, unknown},
    },
    roles::{Permission, RoleBook, RoleId, built_in, parse_permissions},
    user::{User, UserKind},
};

/// Most roles of a user.
pub const ROLE_LIMIT: usize = 10;
/// Most groups of a user.
pub const GROUP_LIMIT: usize = 30;
/// Most courses of a user, and most services.
pub const COURSE_LIMIT: usize = 20;
/// Most properties of a user that have a value.
pub const PROPERTY_LIMIT: usize = 40;
/// Most organizations that a technician is limited to.
pub const ORGANIZATION_LIMIT: usize = 500;

/// What becomes of a list of references. Adding and removing mean the same whatever else changes meanwhile.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct References {
    /// All of them; absent: those that there are.
    pub all: Option<Vec<String>>,
    /// More of them.
    pub add: Vec<String>,
    /// Fewer of them.
    pub remove: Vec<String>,
}

impl References {
    /// Whether nothing is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.all.is_none() && self.add.is_empty() && self.remove.is_empty()
    }

    /// Refuses lists that are longer than what a user may have at all.
    fn bounded(&self, field: &str, limit: usize, refusals: &mut Vec<Refusal>) {
        for (field, list) in [
            (field.to_owned(), self.all.as_deref().unwrap_or_default()),
            (format!("add_{field}"), &self.add),
            (format!("remove_{field}"), &self.remove),
        ] {
            at_most(&field, list, limit, refusals);
        }
    }

    fn named(&self) -> impl Iterator<Item = &String> {
        self.all.iter().flatten().chain(&self.add).chain(&self.remove)
    }

    /// Whether what is asked for follows from what there is at the time of writing, and from nothing older.
    fn is_relative(&self) -> bool {
        self.all.is_none()
    }
}

/// In which organizations a technician may work, as asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WantedScope {
    /// All of them.
    All,
    /// Those of these identifiers.
    Selected(Vec<String>),
}

/// What shall be given; what is absent stays.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Assignments {
    /// Roles by identifier or name.
    pub roles: References,
    /// Names of permissions that a technician holds beside those of their roles, all of them.
    pub permissions: Option<Vec<String>>,
    /// Where a technician may work.
    pub organizations: Option<WantedScope>,
    /// Access groups by identifier or name.
    pub groups: References,
    /// Courses.
    pub courses: References,
    /// Services.
    pub services: References,
    /// The site by identifier or name; `Some(None)`: the one that every organization has.
    pub site: Option<Option<String>>,
    /// Values of properties by their keys; null removes one, and others stay.
    pub properties: BTreeMap<String, Value>,
    /// Whether every module is granted.
    pub all_module_access: Option<bool>,
}

impl Assignments {
    /// Whether they mean the same whatever the user was when the caller read them.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        [&self.roles, &self.groups, &self.courses, &self.services].iter().all(|references| references.is_relative())
            && self.permissions.is_none()
            && self.organizations.is_none()
            && self.site.is_none()
            && self.properties.is_empty()
            && self.all_module_access.is_none()
    }

    /// Refuses by their lengths lists that nobody should walk.
    ///
    /// # Errors
    /// [`Error::Refused`] with `too_many` for each of them.
    fn bounded(&self) -> Result<()> {
        let mut refusals = Vec::new();
        for (references, field, limit) in [
            (&self.roles, "roles", ROLE_LIMIT),
            (&self.groups, "groups", GROUP_LIMIT),
            (&self.courses, "courses", COURSE_LIMIT),
            (&self.services, "services", COURSE_LIMIT),
        ] {
            references.bounded(field, limit, &mut refusals);
        }
        let values = self.properties.values().filter(|value| !value.is_null()).count();
        if values > PROPERTY_LIMIT {
            refusals.push(Refusal::too_many("properties", PROPERTY_LIMIT));
        }
        if refusals.is_empty() { Ok(()) } else { Err(Error::Refused(refusals)) }
    }

    fn lists(&self) -> [(ListKind, Vec<&String>); 4] {
        [
            (ListKind::Groups, self.groups.named().collect()),
            (ListKind::Courses, self.courses.named().collect()),
            (ListKind::Services, self.services.named().collect()),
            (ListKind::Sites, self.site.iter().flatten().filter(|site| !is_headquarters(site)).collect()),
        ]
    }

    fn refers(&self) -> bool {
        !self.roles.is_empty() || !self.properties.is_empty() || self.lists().iter().any(|(_, named)| !named.is_empty())
    }
}

/// Which organizations there are.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait KnowOrganizations {
    /// Those of these that there are.
    async fn organizations_there(&self, ids: &[OrganizationId]) -> Result<BTreeSet<OrganizationId>>;
}

/// The scope's count of retirements that was read before its lists were; see
/// [`ReadLists::retirements`](crate::lists::ReadLists::retirements).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AsOf(pub u64);

/// What assignments refer to, as far as it is there.
#[derive(Debug, Clone, Default)]
pub struct Referred {
    /// The count of retirements, where something is referred to.
    pub as_of: Option<AsOf>,
    catalog: Catalog,
    organizations: BTreeSet<OrganizationId>,
}

impl Referred {
    /// Reads what assignments of an organization's user (none: a technician) refer to: each entry by its key
    /// where identifiers are given and there, whole lists otherwise, so that refusals can name what there is.
    /// Call it before the roles are read.
    ///
    /// # Errors
    /// [`Error::Refused`] with `too_many` for lists that are longer than a user's may be; those of the store.
    pub async fn read(
        ports: &(impl ReadLists + KnowOrganizations),
        organization: Option<&OrganizationId>,
        wanted: &Assignments,
    ) -> Result<Self> {
        wanted.bounded()?;
        let mut referred = Self::default();
        if let Some(WantedScope::Selected(ids)) = &wanted.organizations {
            let ids: Vec<OrganizationId> =
                ids.iter().take(ORGANIZATION_LIMIT).filter_map(|id| OrganizationId::parse(id).ok()).collect();
            referred.organizations = ports.organizations_there(&ids).await?;
        }
        if !wanted.refers() {
            return Ok(referred);
        }
        referred.as_of = Some(AsOf(ports.retirements(organization).await?));
        let Some(organization) = organization else { return Ok(referred) };
        let lists = wanted.lists();
        let ids: Vec<(ListKind, EntryId)> = lists
            .iter()
            .flat_map(|(list, named)| named.iter().map(|text| (*list, text)))
            .filter_map(|(list, text)| Some((list, EntryId::parse(text).ok()?)))
            .collect();
        let mut entries = if ids.is_empty() { Vec::new() } else { ports.entries(organization, &ids).await? };
        for (list, named) in &lists {
            let there =
                |text: &&String| entries.iter().any(|entry| entry.list == *list && entry.id.as_str() == text.as_str());
            if !named.iter().all(there) {
                entries.retain(|entry| entry.list != *list);
                entries.extend(ports.list(organization, *list).await?);
            }
        }
        if !wanted.properties.is_empty() {
            entries.extend(ports.list(organization, ListKind::Properties).await?);
        }
        referred.catalog = Catalog::new(entries);
        Ok(referred)
    }
}

/// Sets on a user what was asked for; what cannot be goes to `refusals`.
///
/// # Errors
/// [`Conflict::RootMaster`] when the Root Master's role is asked for.
pub fn assign(
    rules: &Rules,
    referred: &Referred,
    wanted: &Assignments,
    user: &mut User,
    refusals: &mut Vec<Refusal>,
) -> Result<()> {
    if !wanted.roles.is_empty() {
        user.roles = roles(rules, &wanted.roles, user, refusals)?;
    }
    if let Some(names) = &wanted.permissions {
        user.permissions = permissions(names, user.user_kind, refusals);
    }
    if let Some(scope) = &wanted.organizations {
        user.scope = organizations(scope, referred, user, refusals);
    }
    let catalog = &referred.catalog;
    for (list, wanted, field, code, limit, to) in [
        (ListKind::Groups, &wanted.groups, "groups", "group_unknown", GROUP_LIMIT, &mut user.groups),
        (ListKind::Courses, &wanted.courses, "courses", "course_unknown", COURSE_LIMIT, &mut user.courses),
        (ListKind::Services, &wanted.services, "services", "service_unknown", COURSE_LIMIT, &mut user.services),
    ] {
        if !wanted.is_empty() {
            *to = entries(catalog, list, wanted, to, refusals, field, code);
            if to.len() > limit {
                refusals.push(Refusal::too_many(field, limit));
            }
        }
    }
    if let Some(site) = &wanted.site {
        user.site = match site.as_deref().filter(|site| !is_headquarters(site)) {
            None => None,
            Some(site) => {
                let found = held_or_found(catalog, ListKind::Sites, site, user.site.as_slice());
                if found.is_none() {
                    refusals.push(unknown("site", "site_unknown", "sites", &site_names(catalog)));
                }
                found
            }
        };
    }
    properties(catalog, &wanted.properties, user, refusals);
    if let Some(all) = wanted.all_module_access {
        user.all_module_access = all;
    }
    Ok(())
}

/// Whether a user as they shall be is the actor's to make of the user as they are (none: a new one): nobody gives
/// or takes what they do not hold, nor decides on themselves, nor on the Root Master's role.
///
/// # Errors
/// [`Conflict::RootMaster`], [`Conflict::OwnAccount`], [`Error::PermissionDenied`].
pub fn permitted(actor: &Actor, book: &RoleBook, read: Option<&User>, user: &User) -> Result<()> {
    if let Some(read) = read {
        if access_differs(read, user) {
            if read.is_root() {
                return Err(Conflict::RootMaster.into());
            }
            if read.id == *actor.id() {
                return Err(Conflict::OwnAccount.into());
            }
        }
        covers(actor, &book.permissions_of_user(read))?;
        within(actor, &read.scope)?;
    }
    covers(actor, &book.permissions_of_user(user))?;
    within(actor, &user.scope)
}

/// Whether one may do something that the other may not, or somewhere else, as far as their own items say.
#[must_use]
pub fn access_differs(read: &User, user: &User) -> bool {
    fn access(user: &User) -> (BTreeSet<&RoleId>, &[Permission], &OrganizationScope) {
        (user.roles.iter().collect(), &user.permissions, &user.scope)
    }
    access(read) != access(user)
}

/// Whether something is taken away that a user may do, or where.
#[must_use]
pub fn is_reduced(book: &RoleBook, read: &User, user: &User) -> bool {
    let left = book.permissions_of_user(user);
    book.permissions_of_user(read).iter().any(|permission| !left.contains(permission))
        || !user.scope.covers(&read.scope)
}

/// Whether a user refers to a custom role or an entry that they did not refer to before.
#[must_use]
pub fn refers_anew(read: Option<&User>, user: &User) -> bool {
    fn references(user: &User) -> BTreeSet<&str> {
        let roles = user.roles.iter().filter(|role| built_in(role).is_none()).map(RoleId::as_str);
        let entries = user.groups.iter().chain(&user.courses).chain(&user.services).chain(&user.site);
        let properties = user.properties.keys().map(String::as_str);
        roles.chain(entries.map(EntryId::as_str)).chain(properties).collect()
    }
    let before = read.map(references).unwrap_or_default();
    references(user).iter().any(|reference| !before.contains(reference))
}

fn within(actor: &Actor, scope: &OrganizationScope) -> Result<()> {
    if actor.user.scope.covers(scope) { Ok(()) } else { Err(Error::PermissionDenied(Permission::UsersWrite.name())) }
}

fn roles(rules: &Rules, wanted: &References, user: &User, refusals: &mut Vec<Refusal>) -> Result<Vec<RoleId>> {
    let is_root = |text: &String| matches!(text.trim(), RoleId::ROOT_MASTER | "Root Master");
    if !user.is_root() && wanted.all.iter().flatten().chain(&wanted.add).any(is_root) {
        return Err(Conflict::RootMaster.into());
    }
    let held: Vec<String> = user.roles.iter().map(|role| role.as_str().to_owned()).collect();
    let mut names: Vec<String> = wanted.all.clone().unwrap_or(held);
    names.extend(wanted.add.iter().cloned());
    let mut roles = rules.roles(&names, &user.roles, refusals);
    if !wanted.remove.is_empty() {
        let removed = rules.roles_named(&wanted.remove, &user.roles, refusals);
        roles.retain(|role| !removed.contains(role));
        rules.require_role(&roles, refusals);
    }
    if roles.len() > ROLE_LIMIT {
        refusals.push(Refusal::too_many("roles", ROLE_LIMIT));
    }
    Ok(roles)
}

fn permissions(names: &[String], kind: UserKind, refusals: &mut Vec<Refusal>) -> Vec<Permission> {
    if kind != UserKind::Technician && !names.is_empty() {
        refusals.push(Refusal {
            field: "permissions".into(),
            code: "technicians_only".into(),
            detail: "only technicians hold permissions beside those of their roles".into(),
        });
        return Vec::new();
    }
    parse_permissions(names, refusals)
}

fn organizations(
    wanted: &WantedScope,
    referred: &Referred,
    user: &User,
    refusals: &mut Vec<Refusal>,
) -> OrganizationScope {
    let mut refuse = |code: &str, detail: String| {
        refusals.push(Refusal { field: "organizations".into(), code: code.into(), detail });
    };
    let selected = match wanted {
        WantedScope::All => None,
        WantedScope::Selected(ids) => Some(ids),
    };
    if let Some(own) = &user.organization_id {
        let same = selected.is_some_and(|ids| matches!(ids.as_slice(), [id] if id == own.as_str()));
        if !same {
            refuse("technicians_only", "only technicians work in organizations other than their own".into());
        }
        return user.scope.clone();
    }
    let Some(ids) = selected else { return OrganizationScope::All };
    if ids.is_empty() {
        refuse("organizations_missing", "select at least one organization, or all".into());
    }
    if ids.len() > ORGANIZATION_LIMIT {
        refuse("too_many", format!("at most {ORGANIZATION_LIMIT}, or all"));
        return user.scope.clone();
    }
    let mut found = BTreeSet::new();
    for id in ids {
        match OrganizationId::parse(id).ok().filter(|id| referred.organizations.contains(id)) {
            Some(id) => {
                found.insert(id);
            }
            None => refuse("organization_unknown", "there is no such organization".into()),
        }
    }
    OrganizationScope::Selected(found)
}

/// What somebody has stays theirs, even if it is being deleted; everything else must be there.
fn held_or_found(catalog: &Catalog, list: ListKind, text: &str, held: &[EntryId]) -> Option<EntryId> {
    let held = held.iter().find(|id| id.as_str() == text).cloned();
    held.or_else(|| catalog.find(list, text.trim()).map(|entry| entry.id.clone()))
}

fn entries(
    catalog: &Catalog,
    list: ListKind,
    wanted: &References,
    held: &[EntryId],
    refusals: &mut Vec<Refusal>,
    field: &str,
    code: &str,
) -> Vec<EntryId> {
    let mut read = |texts: &[String]| -> Vec<EntryId> {
        let mut found = Vec::new();
        for text in texts {
            match held_or_found(catalog, list, text, held) {
                Some(id) if !found.contains(&id) => found.push(id),
                Some(_) => {}
                None => refusals.push(unknown(field, code, field, &names(catalog, list))),
            }
        }
        found
    };
    let mut all = wanted.all.as_deref().map_or_else(|| held.to_vec(), &mut read);
    for id in read(&wanted.add) {
        if !all.contains(&id) {
            all.push(id);
        }
    }
    let removed = read(&wanted.remove);
    all.retain(|id| !removed.contains(id));
    all
}

fn properties(catalog: &Catalog, wanted: &BTreeMap<String, Value>, user: &mut User, refusals: &mut Vec<Refusal>) {
    for (key, value) in wanted {
        let field = || format!("properties.{key}");
        if value.is_null() {
            user.properties.remove(key);
            continue;
        }
        let Some(property) = catalog.property(key) else {
            let known: Vec<String> = catalog.properties().map(|property| property.key.clone()).collect();
            // The key may be anything: what is not known is not repeated in the field.
            refusals.push(unknown("properties", "property_unknown", "properties", &known));
            continue;
        };
        match property.value(value) {
            Ok(value) => {
                user.properties.insert(key.clone(), value);
            }
            // A choice that is not offered any more stays where it is.
            Err(_) if user.properties.get(key).is_some_and(|held| serde_json::json!(held) == *value) => {}
            Err(error) => {
                refusals.push(Refusal { field: field(), code: error.code().into(), detail: error.to_string() });
            }
        }
    }
    if !wanted.is_empty() && user.properties.len() > PROPERTY_LIMIT {
        refusals.push(Refusal::too_many("properties", PROPERTY_LIMIT));
    }
}

/// Whether this names the site that every organization has.
#[must_use]
pub fn is_headquarters(site: &str) -> bool {
    matches!(site.trim(), HEADQUARTERS | HEADQUARTERS_ID)
}

fn names(catalog: &Catalog, list: ListKind) -> Vec<String> {
    catalog.entries(list).iter().map(|entry| entry.name.clone()).collect()
}

fn site_names(catalog: &Catalog) -> Vec<String> {
    let mut all = vec![HEADQUARTERS.to_owned()];
    all.extend(names(catalog, ListKind::Sites));
    all
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        access::{Account, Via},
        ids::UserId,
        user::UserStatus,
    };

    fn user(name: &str, kind: UserKind, roles: &[&str]) -> User {
        let organization = (kind != UserKind::Technician).then(|| OrganizationId::derived(&["acme"]));
        let id = UserId::derived(&[name]);
        let mut user = User::new(id.clone(), kind, organization, "modern", id, Timestamp::UNIX_EPOCH);
        user.status = UserStatus::Active;
        user.roles = roles.iter().filter_map(|role| RoleId::parse(role)).collect();
        user
    }

    fn actor(name: &str, kind: UserKind, roles: &[&str]) -> Actor {
        let account = Account { user: user(name, kind, roles), roles: RoleBook::default() };
        Actor::new(account, Via::ApiKey).unwrap()
    }

    #[test]
    fn whose_it_is_to_decide_row_by_row() {
        use UserKind::{EndUser, Technician};
        let admin = || actor("admin", Technician, &["system_administrator"]);
        let looks_after = || actor("admin", Technician, &["technician"]);
        let own = || actor("admin", EndUser, &["organization_admin"]);
        let acme = OrganizationScope::Selected([OrganizationId::derived(&["acme"])].into());
        let plain = || user("ana", Technician, &["technician"]);
        let limited = || User { scope: acme.clone(), ..plain() };
        let with_audit = || User { permissions: vec![Permission::AuditRead], ..plain() };
        for (name, actor, read, becomes, wanted) in [
            ("a new one", admin(), None, plain(), "ok"),
            ("a new one of less power", looks_after(), None, plain(), "ok"),
            ("a new one of more power", looks_after(), None, with_audit(), "permission_denied"),
            ("more", looks_after(), Some(plain()), with_audit(), "permission_denied"),
            ("less, of what one does not hold", looks_after(), Some(with_audit()), plain(), "permission_denied"),
            ("less, of what one holds", admin(), Some(with_audit()), plain(), "ok"),
            ("fewer organizations", admin(), Some(plain()), limited(), "ok"),
            ("beyond one's own", own(), None, plain(), "permission_denied"),
            ("an administrator's equal", own(), None, user("ana", EndUser, &["organization_admin"]), "ok"),
            (
                "one's own role",
                admin(),
                Some(user("admin", Technician, &["system_administrator"])),
                user("admin", Technician, &["technician"]),
                "own_account",
            ),
            (
                "one's own name",
                admin(),
                Some(user("admin", Technician, &["system_administrator"])),
                user("admin", Technician, &["system_administrator"]),
                "ok",
            ),
            (
                "the Root Master's role",
                admin(),
                Some(user("root", Technician, &["root_master"])),
                plain(),
                "root_master",
            ),
            (
                "the Root Master's organizations",
                actor("root", Technician, &["root_master"]),
                Some(user("root", Technician, &["root_master"])),
                User { scope: acme.clone(), ..user("root", Technician, &["root_master"]) },
                "root_master",
            ),
        ] {
            let outcome = permitted(&actor, &RoleBook::default(), read.as_ref(), &becomes);
            assert_eq!(outcome.map_or_else(|error| error.code().to_owned(), |()| "ok".into()), wanted, "{name}");
        }
    }

    #[test]
    fn lists_are_refused_by_their_lengths() {
        let many = |count: usize| vec!["x".to_owned(); count];
        let roles = |all: usize, add: usize, remove: usize| Assignments {
            roles: References { all: Some(many(all)), add: many(add), remove: many(remove) },
            ..Assignments::default()
        };
        let values = |count: usize, value: Value| Assignments {
            properties: (0..count).map(|n| (n.to_string(), value.clone())).collect(),
            ..Assignments::default()
        };
        for (name, wanted, refused) in [
            ("as many as there may be", roles(10, 10, 10), ""),
            ("more", roles(11, 0, 0), "roles"),
            ("more to add", roles(0, 11, 0), "add_roles"),
            ("more to take away", roles(0, 0, 11), "remove_roles"),
            ("values", values(40, Value::from(1)), ""),
            ("more values", values(41, Value::from(1)), "properties"),
            ("more to forget", values(41, Value::Null), ""),
        ] {
            let found = match wanted.bounded() {
                Err(Error::Refused(refusals)) => refusals[0].field.clone(),
                _ => String::new(),
            };
            assert_eq!(found, refused, "{name}");
        }
    }

    #[test]
    fn only_what_is_taken_away_is_a_reduction() {
        let book = RoleBook::default();
        let technician = || user("ana", UserKind::Technician, &["technician"]);
        let acme = OrganizationScope::Selected([OrganizationId::derived(&["acme"])].into());
        for (name, read, becomes, wanted) in [
            ("nothing", technician(), technician(), false),
            ("more", technician(), user("ana", UserKind::Technician, &["system_administrator"]), false),
            ("less", technician(), user("ana", UserKind::Technician, &[]), true),
            (
                "the same by another way",
                technician(),
                User { permissions: book.permissions_of_user(&technician()), ..user("ana", UserKind::Technician, &[]) },
                false,
            ),
            ("fewer organizations", technician(), User { scope: acme.clone(), ..technician() }, true),
            ("more organizations", User { scope: acme.clone(), ..technician() }, technician(), false),
        ] {
            assert_eq!(is_reduced(&book, &read, &becomes), wanted, "{name}");
        }
    }

    #[test]
    fn only_new_references_need_the_lists_as_they_were_read() {
        let ana = user("ana", UserKind::EndUser, &["standard"]);
        let entry = EntryId::derived(&["e"]);
        let in_group = User { groups: vec![entry.clone()], ..ana.clone() };
        let custom = User { roles: RoleId::parse("role_x").into_iter().collect(), ..ana.clone() };
        for (name, read, becomes, wanted) in [
            ("built-in roles", None, &ana, false),
            ("a group", Some(&ana), &in_group, true),
            ("the same group", Some(&in_group), &in_group, false),
            ("no group any more", Some(&in_group), &ana, false),
            ("a custom role", None, &custom, true),
        ] {
            assert_eq!(refers_anew(read, becomes), wanted, "{name}");
        }
    }
}
