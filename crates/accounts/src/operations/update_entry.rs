//! Changes an entry of a list. What a group grants counts from its users' next request on; a property's key and type
//! never change, and values that are no choice any more stay where they are.

use crate::{
    Error, Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::Missing,
    ids::{EntryId, OrganizationId},
    lists::{Entry, ListKind, ReadLists},
    operations::{
        create_entry::{choices, entry_name, entry_summary, fitting, modules},
        edits::Written,
        list_entries::organization_of,
    },
    roles::Permission,
};

/// What shall change; absent fields stay.
#[derive(Debug, Clone, Default)]
pub struct EntryChanges {
    /// Name.
    pub name: Option<String>,
    /// Of a group: whether it grants its modules.
    pub active: Option<bool>,
    /// Of a group: all that it grants.
    pub modules: Option<Vec<String>>,
    /// Of a choice or list: all that may be chosen.
    pub choices: Option<Vec<String>>,
}

/// Writes entries.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ChangeEntries: ReadLists {
    /// Writes an entry over the version that was read, with its audit event; [`Written::Taken`] when the new name is.
    async fn save_entry(&self, read: &Entry, entry: &Entry, event: &AuditEvent) -> Result<Written>;
}

/// Changes an entry over the version that the caller has read.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`Missing::Organization`]; [`Missing::Entry`]; [`Error::VersionConflict`];
/// [`Error::Refused`]; [`crate::error::Conflict::NameTaken`].
pub async fn update_entry(
    ports: &impl ChangeEntries,
    actor: &Actor,
    organization: Option<&str>,
    (list, id): (ListKind, &str),
    version: u64,
    changes: &EntryChanges,
    origin: &Origin,
) -> Result<Entry> {
    let organization = organization_of(actor, Permission::ListsWrite, organization)?;
    let read = entry_of(ports, &organization, list, id).await?;
    if read.retired {
        return Err(Missing::Entry.into());
    }
    if read.version != version {
        return Err(Error::VersionConflict);
    }
    let mut entry = read.clone();
    let mut refusals = Vec::new();
    fitting(
        list,
        [
            ("active", changes.active.is_some()),
            ("modules", changes.modules.is_some()),
            ("choices", changes.choices.is_some()),
        ],
        &mut refusals,
    );
    if let Some(name) = &changes.name {
        entry.name = entry_name(list, name).map_err(|refusal| refusals.push(refusal)).unwrap_or_default();
    }
    if let Some(active) = changes.active {
        entry.active = active;
    }
    if let Some(given) = &changes.modules {
        entry.modules = modules(given, &mut refusals);
    }
    if let (Some(given), Some(property)) = (&changes.choices, &mut entry.property) {
        property.choices = choices(property.value_type, given, &mut refusals);
    }
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    entry.version += 1;
    let event = origin.event(
        "entry.updated",
        Some(&organization),
        entry.id.as_str(),
        entry_summary(&read),
        entry_summary(&entry),
    );
    match ports.save_entry(&read, &entry, &event).await? {
        Written::Done => Ok(entry),
        Written::Changed => Err(Error::VersionConflict),
        Written::Taken(conflict) => Err(conflict.into()),
    }
}

/// An entry of that identifier in that list.
///
/// # Errors
/// [`Missing::Entry`].
pub(super) async fn entry_of(
    ports: &impl ReadLists,
    organization: &OrganizationId,
    list: ListKind,
    id: &str,
) -> Result<Entry> {
    let id = EntryId::parse(id).map_err(|_| Missing::Entry)?;
    let found = ports.entries(organization, &[(list, id)]).await?.pop();
    found.ok_or(Error::NotFound(Missing::Entry))
}
