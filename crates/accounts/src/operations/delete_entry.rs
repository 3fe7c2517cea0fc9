//! Deletes an entry of a list that nobody has. As roles are: retired first, then looked for
//! ([`super::delete_role`]).

use serde_json::Value;

use crate::{
    Error, Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::Conflict,
    facet::{Facet, FindByFacet},
    lists::{Entry, ListKind, ReadLists},
    operations::{create_entry::entry_summary, list_entries::organization_of, update_entry::entry_of},
    roles::Permission,
};

/// Deletes entries.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait DeleteEntries: ReadLists {
    /// Sets or takes back that an entry is retired, over the version that was read; then that version is one
    /// higher. `false`: it was changed meanwhile.
    async fn retire_entry(&self, entry: &mut Entry, retired: bool) -> Result<bool>;
    /// Deletes an entry over the version that was read, with its audit event. `false`: it was changed meanwhile.
    async fn remove_entry(&self, entry: &Entry, event: &AuditEvent) -> Result<bool>;
}

/// Deletes an entry; over the version that the caller has read, if they say which.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`crate::error::Missing::Organization`]; [`crate::error::Missing::Entry`];
/// [`Error::VersionConflict`]; [`Conflict::EntryInUse`].
pub async fn delete_entry(
    ports: &(impl DeleteEntries + FindByFacet),
    actor: &Actor,
    organization: Option<&str>,
    (list, id): (ListKind, &str),
    version: Option<u64>,
    origin: &Origin,
) -> Result<()> {
    let organization = organization_of(actor, Permission::ListsWrite, organization)?;
    let mut entry = entry_of(ports, &organization, list, id).await?;
    if version.is_some_and(|version| version != entry.version) {
        return Err(Error::VersionConflict);
    }
    let had = match (list, &entry.property) {
        (ListKind::Properties, Some(property)) => Facet::Property(property.key.clone()),
        (ListKind::Groups, _) => Facet::Group(entry.id.clone()),
        _ => Facet::Entry(entry.id.clone()),
    };
    if !entry.retired && ports.is_in_use(Some(&organization), &had).await? {
        return Err(Conflict::EntryInUse.into());
    }
    if !ports.retire_entry(&mut entry, true).await? {
        return Err(Error::VersionConflict);
    }
    if ports.is_in_use(Some(&organization), &had).await? {
        ports.retire_entry(&mut entry, false).await?;
        return Err(Conflict::EntryInUse.into());
    }
    let event =
        origin.event("entry.deleted", Some(&organization), entry.id.as_str(), entry_summary(&entry), Value::Null);
    if ports.remove_entry(&entry, &event).await? { Ok(()) } else { Err(Error::VersionConflict) }
}
