//! The lists of organizations, and the count of what was retired there that every reference is written under.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem, Update};
use rollcall_accounts::{
    Result,
    audit::AuditEvent,
    error::{Conflict, StoreError},
    ids::{EntryId, OrganizationId},
    lists::{ENTRY_LIMIT, Entry, ListKind, ReadLists},
    operations::{
        assign::{AsOf, KnowOrganizations},
        create_entry::CreateEntries,
        delete_entry::DeleteEntries,
        edits::Written,
        update_entry::ChangeEntries,
    },
};

use crate::{
    Store,
    item::{self, Item, n, s},
    keys::{self, Key},
    write::{key_of, named},
};

impl ReadLists for Store {
    async fn list(&self, organization: &OrganizationId, list: ListKind) -> Result<Vec<Entry>> {
        let items = self.partition(&keys::entries_partition(organization, list), "").await?;
        Ok(items.into_iter().map(item::from_item).collect::<Result<_, StoreError>>()?)
    }

    async fn entries(&self, organization: &OrganizationId, wanted: &[(ListKind, EntryId)]) -> Result<Vec<Entry>> {
        let keys: BTreeSet<Key> = wanted.iter().map(|(list, id)| keys::list_entry(organization, *list, id)).collect();
        let items = self.batch_get(keys.into_iter().collect()).await?;
        Ok(items.into_values().map(item::from_item).collect::<Result<_, StoreError>>()?)
    }

    async fn retirements(&self, organization: Option<&OrganizationId>) -> Result<u64> {
        let counts = self.item(&keys::catalog(&keys::scope(organization))).await?;
        Ok(counts.and_then(|item| item::number(&item, RETIRED)).unwrap_or(0))
    }
}

impl KnowOrganizations for Store {
    async fn organizations_there(&self, ids: &[OrganizationId]) -> Result<BTreeSet<OrganizationId>> {
        let wanted: BTreeSet<&OrganizationId> = ids.iter().collect();
        let found = self.batch_get(wanted.iter().map(|id| keys::organization(id)).collect()).await?;
        Ok(wanted.into_iter().filter(|id| found.contains_key(&keys::organization(id))).cloned().collect())
    }
}

fn item_of(entry: &Entry) -> Result<Item, StoreError> {
    item::to_item(&keys::list_entry(&entry.organization_id, entry.list, &entry.id), "entry", entry)
}

/// The guard of an entry's name.
fn name_guard(entry: &Entry) -> Item {
    let key = keys::entry_name(&entry.organization_id, entry.list, &entry.name);
    named(key, "entry_name", "entry_id", entry.id.as_str())
}

/// The guard of a property's key.
fn key_guard(entry: &Entry) -> Option<Item> {
    let property = entry.property.as_ref()?;
    let key = keys::property_key(&entry.organization_id, &property.key);
    Some(named(key, "property_key", "entry_id", entry.id.as_str()))
}

impl CreateEntries for Store {
    async fn save_new_entry(&self, entry: &Entry, event: &AuditEvent) -> Result<Result<(), Conflict>> {
        let scope = keys::scope(Some(&entry.organization_id));
        let mut members = vec![
            self.count_of(&scope, entry.list.name(), 1, ENTRY_LIMIT)?,
            self.put_new(name_guard(entry))?,
            self.put_new(item_of(entry)?)?,
        ];
        if let Some(guard) = key_guard(entry) {
            members.push(self.put_new(guard)?);
        }
        members.extend(self.audit(event)?);
        Ok(match self.transact(members).await? {
            Ok(()) => Ok(()),
            Err(failed) if failed == [0] => Err(Conflict::ListFull),
            Err(_) => Err(Conflict::NameTaken),
        })
    }
}

impl ChangeEntries for Store {
    async fn save_entry(&self, read: &Entry, entry: &Entry, event: &AuditEvent) -> Result<Written> {
        let mut members = vec![self.put_over(item_of(entry)?, read.version)?];
        let (old, new) = (name_guard(read), name_guard(entry));
        if key_of(&old) != key_of(&new) {
            members.push(self.put_new(new)?);
            members.push(self.delete(&key_of(&old))?);
        }
        members.extend(self.audit(event)?);
        Ok(match self.transact(members).await? {
            Ok(()) => Written::Done,
            Err(failed) if failed.contains(&0) => Written::Changed,
            Err(_) => Written::Taken(Conflict::NameTaken),
        })
    }
}

impl DeleteEntries for Store {
    async fn retire_entry(&self, entry: &mut Entry, retired: bool) -> Result<bool> {
        let next = Entry { retired, version: entry.version + 1, ..entry.clone() };
        let mut members = vec![self.put_over(item_of(&next)?, entry.version)?];
        if retired {
            members.push(self.retirement(&keys::scope(Some(&entry.organization_id)))?);
        }
        let done = self.transact(members).await?.is_ok();
        if done {
            *entry = next;
        }
        Ok(done)
    }

    async fn remove_entry(&self, entry: &Entry, event: &AuditEvent) -> Result<bool> {
        let scope = keys::scope(Some(&entry.organization_id));
        let mut members = vec![
            self.delete_over(&key_of(&item_of(entry)?), entry.version)?,
            self.delete(&key_of(&name_guard(entry)))?,
            self.count_of(&scope, entry.list.name(), -1, ENTRY_LIMIT)?,
        ];
        if let Some(guard) = key_guard(entry) {
            members.push(self.delete(&key_of(&guard))?);
        }
        members.extend(self.audit(event)?);
        Ok(self.transact(members).await?.is_ok())
    }
}

/// The attribute that counts retirements.
const RETIRED: &str = "retired";

impl Store {
    /// Nothing was retired in a scope since its count was read.
    pub(crate) fn nothing_retired(&self, scope: &str, as_of: AsOf) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(keys::catalog(scope).attributes()))
            .condition_expression(if as_of.0 == 0 {
                "attribute_not_exists(retired) OR retired = :read"
            } else {
                "retired = :read"
            })
            .expression_attribute_values(":read", n(as_of.0))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// One more, or one less, of what `counted` counts (a list's name, `roles`); at most `limit`.
    pub(crate) fn count_of(
        &self,
        scope: &str,
        counted: &str,
        change: i64,
        limit: usize,
    ) -> Result<TransactWriteItem, StoreError> {
        let update = self
            .of_catalog(scope)
            .update_expression("SET #kind = :kind ADD #counted :change")
            .expression_attribute_names("#counted", counted)
            .expression_attribute_values(":change", n(change));
        let update = if change > 0 {
            update
                .condition_expression("attribute_not_exists(#counted) OR #counted < :limit")
                .expression_attribute_values(":limit", n(limit))
        } else {
            update
        };
        Ok(TransactWriteItem::builder().update(update.build().map_err(|error| StoreError(error.to_string()))?).build())
    }

    /// Something is retired: who refers to anything of the scope and has read before this reads again.
    pub(crate) fn retirement(&self, scope: &str) -> Result<TransactWriteItem, StoreError> {
        let update = self
            .of_catalog(scope)
            .update_expression("SET #kind = :kind ADD retired :one")
            .expression_attribute_values(":one", n(1))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn of_catalog(&self, scope: &str) -> aws_sdk_dynamodb::types::builders::UpdateBuilder {
        Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::catalog(scope).attributes()))
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_values(":kind", s("catalog"))
    }
}
