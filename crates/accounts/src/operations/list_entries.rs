//! Pages through one of an organization's lists, by name.

use serde::{Deserialize, Serialize};

use crate::{
    Result,
    access::Actor,
    error::{Invalid, Missing},
    ids::{EntryId, OrganizationId},
    lists::{Catalog, Entry, ListKind, ReadLists},
    naming,
    roles::Permission,
};

/// How far a paging has come: the folded name and the identifier of the last entry.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position(String, EntryId);

/// One page.
#[derive(Debug)]
pub struct Page {
    /// The entries.
    pub items: Vec<Entry>,
    /// Where the next page begins; `None` at the end.
    pub next: Option<Position>,
}

/// Lists the entries of a list. The site that every organization has is none of them.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; [`Missing::Organization`]; [`Invalid::OrganizationRequired`].
pub async fn list_entries(
    ports: &impl ReadLists,
    actor: &Actor,
    organization: Option<&str>,
    list: ListKind,
    from: Option<Position>,
    limit: usize,
) -> Result<Page> {
    let organization = organization_of(actor, Permission::ListsRead, organization)?;
    let catalog = Catalog::new(ports.list(&organization, list).await?);
    let place = |entry: &Entry| Position(naming::folded(&entry.name), entry.id.clone());
    let mut items: Vec<Entry> = catalog
        .entries(list)
        .iter()
        .filter(|entry| from.as_ref().is_none_or(|from| place(entry) > *from))
        .take(limit + 1)
        .cloned()
        .collect();
    let more = items.len() > limit;
    items.truncate(limit);
    let next = items.last().filter(|_| more).map(place);
    Ok(Page { items, next })
}

/// The organization whose lists are meant: the one that is named, or else the actor's own.
///
/// # Errors
/// [`crate::Error::PermissionDenied`]; [`Missing::Organization`]; [`Invalid::OrganizationRequired`].
pub(super) fn organization_of(
    actor: &Actor,
    permission: Permission,
    organization: Option<&str>,
) -> Result<OrganizationId> {
    actor.require(permission)?;
    let id = match organization {
        Some(text) => OrganizationId::parse(text).map_err(|_| Missing::Organization)?,
        None => actor.user.organization_id.clone().ok_or(Invalid::OrganizationRequired)?,
    };
    actor.require_in(permission, Some(&id))?;
    Ok(id)
}
