//! Users along the listing of names and along the index of words.

use std::collections::HashMap;

use futures_util::future::try_join_all;
use rollcall_accounts::{
    Result,
    error::StoreError,
    facet::{Facet, FindByFacet},
    ids::{OrganizationId, UserId},
    operations::list_users::{Entry, Index, Order, ReadListings, Stretch},
    user::User,
};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::internal,
    item::{self, s},
    keys::{self, Key, SHARDS},
    write::facet_key,
};

/// Entries read of every shard beyond its share, since names do not fall evenly.
const SLACK: usize = 4;

impl ReadListings for Store {
    async fn newest_commit(&self) -> Result<u64> {
        Ok(self.commit_sequence().await?)
    }

    async fn organization_exists(&self, id: &OrganizationId) -> Result<bool> {
        Ok(self.organization(id).await?.is_some())
    }

    async fn stretch(
        &self,
        scope: Option<&OrganizationId>,
        index: &Index,
        after: Option<&str>,
        limit: usize,
        order: Order,
    ) -> Result<Stretch> {
        let scope = keys::scope(scope);
        Ok(match index {
            Index::Names => {
                let partition = |shard| keys::listing_partition(&scope, shard);
                self.sharded(partition, after, limit, order).await?
            }
            Index::Facet(facet) => {
                let partition = |shard| keys::facet_partition(&scope, facet, shard);
                self.sharded(partition, after, limit, order).await?
            }
            Index::Words(word) => {
                let partition = keys::search_partition(&scope, word);
                self.entries(&partition, Some(word), after, limit, order).await?
            }
        })
    }

    async fn resolve(&self, index: &Index, entries: &[Entry], as_of: u64) -> Result<Vec<(String, User)>> {
        let mut ids: Vec<UserId> = entries.iter().map(|entry| entry.user_id.clone()).collect();
        ids.sort_unstable();
        ids.dedup();
        let users = self.visible(self.readable_users(&ids).await?, Some(as_of)).await?;
        let users: HashMap<UserId, User> = users.into_iter().map(|user| (user.id.clone(), user)).collect();
        Ok(entries
            .iter()
            .filter_map(|entry| {
                let user = users.get(&entry.user_id)?;
                let first = first_place(index, user)?;
                (first == entry.place).then(|| (first, user.clone()))
            })
            .collect())
    }

    fn words(&self, query: &str) -> Vec<String> {
        keys::query_words(query)
    }

    fn matches(&self, user: &User, words: &[String]) -> bool {
        let mut texts = vec![user.first_name.as_str(), user.last_name.as_str(), user.email.as_str()];
        texts.extend(user.username.as_deref());
        let own: Vec<String> = texts.into_iter().flat_map(keys::search_words).collect();
        words.iter().all(|word| own.iter().any(|own| own.starts_with(word.as_str())))
    }
}

/// The one place where the index names a user: their other words begin no second entry of the same search.
fn first_place(index: &Index, user: &User) -> Option<String> {
    let partition_and_prefix = |key: &Key| match index {
        Index::Names => key.pk.starts_with("LIST#"),
        Index::Facet(facet) => *key == facet_key(user, facet),
        Index::Words(word) => key.pk.starts_with("WORD#") && key.sk.starts_with(word.as_str()),
    };
    crate::write::finding_keys(user).into_iter().filter(partition_and_prefix).map(|key| key.sk).min()
}

/// One stretch of the stretches of all shards: as far as every shard is known.
fn merge(shards: Vec<Stretch>, order: Order) -> Stretch {
    let known = shards
        .iter()
        .filter(|shard| shard.more)
        .filter_map(|shard| shard.entries.last().map(|entry| entry.place.clone()))
        .min_by(|a, b| order.compare(a, b));
    let mut entries: Vec<Entry> = shards
        .into_iter()
        .flat_map(|shard| shard.entries)
        .filter(|entry| known.as_ref().is_none_or(|known| order.compare(&entry.place, known).is_le()))
        .collect();
    entries.sort_unstable_by(|a, b| order.compare(&a.place, &b.place));
    Stretch { entries, more: known.is_some() }
}

impl FindByFacet for Store {
    async fn is_in_use(&self, organization: Option<&OrganizationId>, facet: &Facet) -> Result<bool> {
        let scope = keys::scope(organization);
        let mut after: Option<String> = None;
        loop {
            let partition = |shard| keys::facet_partition(&scope, facet, shard);
            let stretch = self.sharded(partition, after.as_deref(), 1, Order::Ascending).await?;
            let ids: Vec<UserId> = stretch.entries.iter().map(|entry| entry.user_id.clone()).collect();
            // Entries may be left of what was; whoever still has it has it.
            if self.raw_users(&ids).await?.iter().any(|user| facet.is_of(user)) {
                return Ok(true);
            }
            match stretch.entries.last() {
                Some(last) if stretch.more => after = Some(last.place.clone()),
                _ => return Ok(false),
            }
        }
    }
}

impl Store {
    /// Entries of the shards of an index after a place: about `limit`, in order.
    async fn sharded(
        &self,
        partition: impl Fn(u32) -> String,
        after: Option<&str>,
        limit: usize,
        order: Order,
    ) -> Result<Stretch, StoreError> {
        let share = limit.div_ceil(SHARDS as usize) + SLACK;
        let shards = (0..SHARDS).map(|shard| {
            let partition = partition(shard);
            async move { self.entries(&partition, None, after, share, order).await }
        });
        Ok(merge(try_join_all(shards).await?, order))
    }

    /// Entries of one partition after a place, at most `limit`.
    async fn entries(
        &self,
        partition: &str,
        prefix: Option<&str>,
        after: Option<&str>,
        limit: usize,
        order: Order,
    ) -> Result<Stretch, StoreError> {
        let query = self
            .client
            .query()
            .table_name(&self.table)
            .consistent_read(true)
            .scan_index_forward(order == Order::Ascending)
            .limit(i32::try_from(limit).unwrap_or(i32::MAX))
            .projection_expression("pk, sk, user_id")
            .expression_attribute_values(":pk", s(partition));
        // A start key stands for "after": a condition on the sort key can then be the prefix.
        let query = query.set_exclusive_start_key(after.map(|after| Key::new(partition, after).attributes()));
        let query = match prefix {
            Some(prefix) => query
                .key_condition_expression("pk = :pk AND begins_with(sk, :prefix)")
                .expression_attribute_values(":prefix", s(prefix)),
            None => query.key_condition_expression("pk = :pk"),
        };
        let answer = query.dispatch().await.map_err(internal)?;
        let more = answer.last_evaluated_key().is_some();
        let entries: Vec<Entry> = answer
            .items()
            .iter()
            .filter_map(|item| {
                Some(Entry {
                    place: item::text(item, "sk")?.to_owned(),
                    user_id: UserId::parse(item::text(item, "user_id")?).ok()?,
                })
            })
            .collect();
        Ok(Stretch { more: more && !entries.is_empty(), entries })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stretch(places: &[&str], more: bool) -> Stretch {
        let entries = places
            .iter()
            .map(|place| Entry { place: (*place).to_owned(), user_id: UserId::derived(&[place]) })
            .collect();
        Stretch { entries, more }
    }

    #[test]
    fn shards_are_merged_as_far_as_all_are_known() {
        for (name, shards, wanted, more) in [
            ("all at their end", vec![stretch(&["b", "d"], false), stretch(&["a"], false)], "abd", false),
            ("one goes on", vec![stretch(&["b", "d"], true), stretch(&["a", "c", "e"], false)], "abcd", true),
            ("two go on", vec![stretch(&["b", "d"], true), stretch(&["a", "c"], true)], "abc", true),
            ("an empty one", vec![stretch(&[], false), stretch(&["a"], true)], "a", true),
            ("nothing", vec![stretch(&[], false)], "", false),
        ] {
            let merged = merge(shards, Order::Ascending);
            let places: String = merged.entries.iter().map(|entry| entry.place.as_str()).collect();
            assert_eq!((places.as_str(), merged.more), (wanted, more), "{name}");
        }
        let backwards = merge(vec![stretch(&["d", "b"], true), stretch(&["e", "c", "a"], false)], Order::Descending);
        let places: String = backwards.entries.iter().map(|entry| entry.place.as_str()).collect();
        assert_eq!((places.as_str(), backwards.more), ("edcb", true));
    }
}
