//! The list of users as a table, in parts: what is listed, with names instead of identifiers.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::{
    Result,
    access::{Actor, OrganizationScope},
    ids::{EntryId, OrganizationId},
    lists::{HEADQUARTERS, ListKind, PropertyValue, ReadLists},
    operations::{
        create_user::ReadOrganization,
        list_organizations::ListOrganizations,
        list_users::{Filter, Position, ReadListings, list_users},
    },
    roles::{ReadRoles, RoleBook, RoleId},
    user::{User, UserKind},
};

/// Most users of one part.
pub const PART: usize = 5_000;
/// Most pages read for one part: with filters that let little through a part is short and has a next one.
const PAGES: usize = 60;
/// Users of a page.
const PAGE: usize = 500;

/// Users from a position on with the names of what they refer to, and where the next part begins.
#[derive(Debug)]
pub struct Part {
    /// The users.
    pub users: Vec<User>,
    /// The names.
    pub names: Names,
    /// Where the next part begins; `None` at the end.
    pub next: Option<Position>,
}

/// Names of organizations, roles and entries of lists.
#[derive(Debug, Default)]
pub struct Names {
    organizations: BTreeMap<OrganizationId, String>,
    books: BTreeMap<Option<OrganizationId>, RoleBook>,
    entries: BTreeMap<EntryId, String>,
}

/// Reads a part.
///
/// # Errors
/// As [`list_users`].
pub async fn export_users(
    ports: &(impl ReadListings + ListOrganizations + ReadOrganization + ReadRoles + ReadLists),
    actor: &Actor,
    filter: &Filter,
    mut from: Option<Position>,
    now: Timestamp,
) -> Result<Part> {
    let mut users = Vec::new();
    for _ in 0..PAGES {
        let page = list_users(ports, actor, filter, from, PAGE.min(PART - users.len()), now).await?;
        users.extend(page.items);
        from = page.next;
        if from.is_none() || users.len() >= PART {
            break;
        }
    }
    let mut names = Names::default();
    for user in &users {
        names.learn(ports, user).await?;
    }
    Ok(Part { users, names, next: from })
}

impl Names {
    async fn learn(&mut self, ports: &(impl ReadOrganization + ReadRoles + ReadLists), user: &User) -> Result<()> {
        let own = &user.organization_id;
        if !self.books.contains_key(own) {
            self.books.insert(own.clone(), ports.role_book(own.as_ref()).await?);
            if let Some(organization) = own {
                for list in [ListKind::Groups, ListKind::Sites, ListKind::Courses, ListKind::Services] {
                    let entries = ports.list(organization, list).await?;
                    self.entries.extend(entries.into_iter().map(|entry| (entry.id, entry.name)));
                }
            }
        }
        if let OrganizationScope::Selected(ids) = &user.scope {
            for id in ids {
                if !self.organizations.contains_key(id) {
                    let name = ports.read_organization(id).await?.map_or_else(|| id.to_string(), |found| found.name);
                    self.organizations.insert(id.clone(), name);
                }
            }
        }
        Ok(())
    }

    /// The organization of an end user, or those that a technician works in.
    #[must_use]
    pub fn organizations(&self, user: &User) -> Vec<String> {
        match &user.scope {
            OrganizationScope::All => Vec::new(),
            OrganizationScope::Selected(ids) => {
                ids.iter().filter_map(|id| self.organizations.get(id).cloned()).collect()
            }
        }
    }

    /// The user's roles.
    #[must_use]
    pub fn roles(&self, user: &User) -> Vec<String> {
        let book = self.books.get(&user.organization_id);
        let name = |id: &RoleId| {
            let role = book.and_then(|book| book.role(id));
            role.map_or_else(|| id.as_str().to_owned(), |role| role.name().to_owned())
        };
        user.roles.iter().map(name).collect()
    }

    /// Groups, courses or services.
    #[must_use]
    pub fn entries(&self, ids: &[EntryId]) -> Vec<String> {
        ids.iter().map(|id| self.entries.get(id).cloned().unwrap_or_else(|| id.to_string())).collect()
    }

    /// The user's site; nothing for technicians.
    #[must_use]
    pub fn site(&self, user: &User) -> String {
        match &user.site {
            None if user.user_kind == UserKind::Technician => String::new(),
            None => HEADQUARTERS.to_owned(),
            Some(id) => self.entries.get(id).cloned().unwrap_or_else(|| id.to_string()),
        }
    }
}

/// The user's properties as a sheet has them: `key=value`, the parts of a list between `+`.
#[must_use]
pub fn properties(user: &User) -> Vec<String> {
    let text = |value: &PropertyValue| match value {
        PropertyValue::YesNo(true) => "yes".to_owned(),
        PropertyValue::YesNo(false) => "no".to_owned(),
        PropertyValue::Number(number) => number.to_string(),
        PropertyValue::Text(text) => text.clone(),
        PropertyValue::List(parts) => parts.join("+"),
    };
    user.properties.iter().map(|(key, value)| format!("{key}={}", text(value))).collect()
}
