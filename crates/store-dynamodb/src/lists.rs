//! The lists of organizations, and the count of what was retired there that every reference is written under.

use std::collections::BTreeSet;

use aws_sdk_dynamodb::types::{ConditionCheck, TransactWriteItem, Update};
use rollcall_accounts::{
    Result,
    error::StoreError,
    ids::{EntryId, OrganizationId},
    lists::{Entry, ListKind, ReadLists},
    operations::assign::{AsOf, KnowOrganizations},
};

use crate::{
    Store,
    failure::internal,
    item::{self, n, s},
    keys::{self, Key},
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
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::catalog(&keys::scope(organization)).attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(internal)?;
        Ok(answer.item().and_then(|item| item::number(item, RETIRED)).unwrap_or(0))
    }
}

impl KnowOrganizations for Store {
    async fn organizations_there(&self, ids: &[OrganizationId]) -> Result<BTreeSet<OrganizationId>> {
        let wanted: BTreeSet<&OrganizationId> = ids.iter().collect();
        let found = self.batch_get(wanted.iter().map(|id| keys::organization(id)).collect()).await?;
        Ok(wanted.into_iter().filter(|id| found.contains_key(&keys::organization(id))).cloned().collect())
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
