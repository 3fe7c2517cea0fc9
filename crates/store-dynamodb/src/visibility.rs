//! The one rule by which a marked item counts: its import's head is committed (and, within a paging, was
//! when the paging began). "Committed" and "discarded" never change and are cached; "pending" never is.

use async_recursion::async_recursion as boxed;
use std::{
    collections::{BTreeSet, HashMap},
    sync::{Arc, Mutex},
};

use aws_sdk_dynamodb::types::KeysAndAttributes;
use rollcall_accounts::{error::StoreError, ids::ImportId, user::User};

use crate::{Store, dispatch::Dispatch as _, failure::internal, item, keys};

/// What an import's head says of what it wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Head {
    /// Not visible, for now.
    Pending,
    /// Visible since this commit sequence number.
    Committed {
        /// The number.
        seq: u64,
    },
    /// Never visible.
    Discarded,
}

/// Heads that cannot change any more, per process. Bounded: emptied when it holds [`CACHED`].
#[derive(Debug, Clone, Default)]
pub(crate) struct HeadCache(Arc<Mutex<HashMap<ImportId, Head>>>);

/// Most heads kept.
const CACHED: usize = 1000;

impl HeadCache {
    fn get(&self, id: &ImportId) -> Option<Head> {
        self.0.lock().ok()?.get(id).copied()
    }

    fn put(&self, id: ImportId, head: Head) {
        if head == Head::Pending {
            return;
        }
        if let Ok(mut map) = self.0.lock() {
            if map.len() >= CACHED {
                map.clear();
            }
            map.insert(id, head);
        }
    }
}

impl Store {
    /// The heads of these imports, each read at most once. A head that is gone was discarded.
    #[boxed]
    pub(crate) async fn heads(&self, ids: BTreeSet<ImportId>) -> Result<HashMap<ImportId, Head>, StoreError> {
        let mut found = HashMap::new();
        let mut missing = Vec::new();
        for id in ids {
            match self.heads.get(&id) {
                Some(head) => {
                    found.insert(id, head);
                }
                None => missing.push(id),
            }
        }
        for group in missing.chunks(100) {
            let items = self.batch_get(group.iter().map(keys::import_head).collect()).await?;
            for id in group {
                let key = keys::import_head(id);
                let head = items.get(&key).map_or(Head::Discarded, |item| match item::text(item, "visibility") {
                    Some("committed") => Head::Committed { seq: item::number(item, "commit_seq").unwrap_or(0) },
                    Some("discarded") => Head::Discarded,
                    _ => Head::Pending,
                });
                self.heads.put(id.clone(), head);
                found.insert(id.clone(), head);
            }
        }
        Ok(found)
    }

    /// The users of these that count; with `as_of`, those that counted when that commit sequence number
    /// was the newest.
    #[boxed]
    pub(crate) async fn visible(&self, users: Vec<User>, as_of: Option<u64>) -> Result<Vec<User>, StoreError> {
        let marked =
            users.iter().filter_map(|user| user.import_mark.as_ref()).map(|mark| mark.import_id.clone()).collect();
        let heads = self.heads(marked).await?;
        Ok(users
            .into_iter()
            .filter_map(|mut user| {
                if let Some(mark) = &user.import_mark {
                    match heads.get(&mark.import_id) {
                        Some(Head::Committed { seq }) => user.visible_seq = Some(*seq),
                        _ => return None,
                    }
                }
                let in_time = as_of.is_none_or(|as_of| user.visible_seq.is_none_or(|seq| seq <= as_of));
                in_time.then_some(user)
            })
            .collect())
    }

    /// The newest commit sequence number: a paging that begins now shows imports up to it.
    #[boxed]
    pub(crate) async fn commit_sequence(&self) -> Result<u64, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::commit_sequence().attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        Ok(answer.item().and_then(|item| item::number(item, "n")).unwrap_or(0))
    }

    /// Items by key, read consistently; what the table leaves unprocessed is asked for again, at growing
    /// intervals. At most 100 keys a call of the table.
    #[boxed]
    pub(crate) async fn batch_get(&self, wanted: Vec<keys::Key>) -> Result<HashMap<keys::Key, item::Item>, StoreError> {
        let mut found = HashMap::with_capacity(wanted.len());
        // One key needs no batch, nor the right to one.
        if let [key] = wanted.as_slice() {
            let answer = self
                .client
                .get_item()
                .table_name(&self.table)
                .set_key(Some(key.attributes()))
                .consistent_read(true)
                .dispatch()
                .await
                .map_err(internal)?;
            found.extend(answer.item.map(|item| (key.clone(), item)));
            return Ok(found);
        }
        for group in wanted.chunks(100) {
            let mut pending: Vec<_> = group.iter().map(keys::Key::attributes).collect();
            let mut pause = std::time::Duration::from_millis(25);
            while !pending.is_empty() {
                let request = KeysAndAttributes::builder()
                    .set_keys(Some(std::mem::take(&mut pending)))
                    .consistent_read(true)
                    .build()
                    .map_err(|error| StoreError(error.to_string()))?;
                let mut answer = self
                    .client
                    .batch_get_item()
                    .request_items(&self.table, request)
                    .dispatch()
                    .await
                    .map_err(internal)?;
                for item in answer.responses.as_mut().and_then(|map| map.remove(&self.table)).unwrap_or_default() {
                    if let (Some(pk), Some(sk)) = (item::text(&item, "pk"), item::text(&item, "sk")) {
                        found.insert(keys::Key::new(pk, sk), item);
                    }
                }
                if let Some(rest) = answer.unprocessed_keys.and_then(|mut map| map.remove(&self.table)) {
                    pending = rest.keys;
                    tokio::time::sleep(pause).await;
                    pause = (pause * 2).min(std::time::Duration::from_secs(2));
                }
            }
        }
        Ok(found)
    }
}
