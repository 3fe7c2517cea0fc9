//! The audit trail: by month of the deployment (sharded) and of a scope, and whole of one target.

use futures_util::future::try_join_all;
use rollcall_accounts::{
    Result,
    error::StoreError,
    operations::list_audit_events::{ReadTrails, Stretch, Trail},
};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::internal,
    item::{self, s},
    keys::{self, SHARDS},
};

impl ReadTrails for Store {
    async fn trail(&self, trail: &Trail, month: &str, before: &str, limit: usize) -> Result<Stretch> {
        Ok(match trail {
            Trail::Deployment => {
                let share = limit.div_ceil(SHARDS as usize) + 4;
                let shards = (0..SHARDS).map(|shard| {
                    let partition = keys::audit_all_partition(month, shard);
                    async move { self.events(&partition, before, share).await }
                });
                Stretch::merge(try_join_all(shards).await?)
            }
            Trail::Organization(id) => {
                self.events(&keys::audit_partition(&keys::scope(Some(id)), month), before, limit).await?
            }
            Trail::Target(target) => self.events(&keys::audit_of_partition(target), before, limit).await?,
        })
    }
}

impl Store {
    /// Events of a partition before a place, at most `limit`, newest first.
    async fn events(&self, partition: &str, before: &str, limit: usize) -> Result<Stretch, StoreError> {
        let answer = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(false)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .key_condition_expression("pk = :pk AND sk < :before")
            .expression_attribute_values(":pk", s(partition))
            .expression_attribute_values(":before", s(before))
            .dispatch()
            .await
            .map_err(internal)?;
        let more = answer.last_evaluated_key().is_some();
        let mut events = Vec::new();
        for found in answer.items.unwrap_or_default() {
            let place = item::text(&found, "sk").unwrap_or_default().to_owned();
            events.push((place, item::from_item(found)?));
        }
        Ok(Stretch { more: more && !events.is_empty(), events })
    }
}
