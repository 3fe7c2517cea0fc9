//! Pieces that transactions are made of, written the same way by every operation.

use async_recursion::async_recursion as boxed;
use std::{collections::BTreeSet, time::Duration};

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
use futures_util::future::{join_all, try_join_all};
use rollcall_accounts::{
    audit::AuditEvent,
    error::StoreError,
    facet::Facet,
    outbox::{DueMail, Lane},
    time::iso,
    user::User,
};
use rollcall_validation::identity::IdentityKey;
use serde::Serialize;

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::{Cancelled, cancelled, internal},
    item::{self, Item, n, s},
    keys::{self, Due, Key},
};

/// Times that a transaction which met another one is tried.
const TRIES: u32 = 6;

/// How the numbers of a scope change with a write. `users` counts those that are visible, `active` those
/// of them that have registered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Counts {
    pub(crate) users: i64,
    pub(crate) active: i64,
}

fn built<T>(result: Result<T, aws_sdk_dynamodb::error::BuildError>) -> Result<T, StoreError> {
    result.map_err(|error| StoreError(error.to_string()))
}

impl Store {
    /// Runs a transaction (at most 100 members), again when it met another one.
    ///
    /// `Ok(Err(positions))`: these members' conditions failed and nothing was written.
    #[boxed]
    pub(crate) async fn transact(&self, members: Vec<TransactWriteItem>) -> Result<Result<(), Vec<usize>>, StoreError> {
        let mut pause = Duration::from_millis(20);
        for _ in 1..TRIES {
            match self.client.transact_write_items().set_transact_items(Some(members.clone())).dispatch().await {
                Ok(_) => return Ok(Ok(())),
                Err(error) => match cancelled(error)? {
                    Cancelled::Conditions(failed) => return Ok(Err(failed)),
                    Cancelled::Conflict => {
                        tokio::time::sleep(pause).await;
                        pause *= 2;
                    }
                },
            }
        }
        Err(StoreError("a transaction met others every time it was tried".into()))
    }

    /// Puts an item only where none is.
    pub(crate) fn put_new(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk)");
        Ok(TransactWriteItem::builder().put(built(put.build())?).build())
    }

    /// Puts an item, whatever was there.
    pub(crate) fn put(&self, item: Item) -> Result<TransactWriteItem, StoreError> {
        Ok(TransactWriteItem::builder()
            .put(built(Put::builder().table_name(&self.table).set_item(Some(item)).build())?)
            .build())
    }

    /// Deletes an item, whether or not it is there.
    pub(crate) fn delete(&self, key: &Key) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder().table_name(&self.table).set_key(Some(key.attributes()));
        Ok(TransactWriteItem::builder().delete(built(delete.build())?).build())
    }

    /// Puts an item over the version that was read.
    pub(crate) fn put_over(&self, item: Item, read_version: u64) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", n(read_version));
        Ok(TransactWriteItem::builder().put(built(put.build())?).build())
    }

    /// Deletes an item of the version that was read.
    pub(crate) fn delete_over(&self, key: &Key, read_version: u64) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", n(read_version));
        Ok(TransactWriteItem::builder().delete(built(delete.build())?).build())
    }

    /// One item, read consistently.
    #[boxed]
    pub(crate) async fn item(&self, key: &Key) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        Ok(answer.item)
    }

    /// A user as it is now, over the version that was read.
    pub(crate) fn replace_user(&self, user: &User, read_version: u64) -> Result<TransactWriteItem, StoreError> {
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(user_item(user)?))
            .condition_expression("version = :read")
            .expression_attribute_values(":read", n(read_version));
        Ok(TransactWriteItem::builder().put(built(put.build())?).build())
    }

    /// An audit event, in the trails of its scope, of its target and of the deployment. The same event written
    /// again is one event.
    pub(crate) fn audit(&self, event: &AuditEvent) -> Result<Vec<TransactWriteItem>, StoreError> {
        let (id, at) = (event.id.as_str(), event.at);
        let copies = [
            (keys::audit(&keys::scope(event.organization_id.as_ref()), at, id), "audit"),
            (keys::audit_of(&event.target, at, id), "audit_of"),
            (keys::audit_all(at, id), "audit_all"),
        ];
        copies.iter().map(|(key, kind)| self.put(item::to_item(key, kind, event)?)).collect()
    }

    /// An audit event in the trail of its scope only: one of very many, whose targets and whose deployment tell of
    /// them otherwise.
    pub(crate) fn audit_of_many(&self, event: &AuditEvent) -> Result<TransactWriteItem, StoreError> {
        let key = keys::audit(&keys::scope(event.organization_id.as_ref()), event.at, event.id.as_str());
        self.put(item::to_item(&key, "audit", event)?)
    }

    /// A mail into the outbox, due at once; asking again for the same mail changes nothing that was sent,
    /// since the caller's own condition (a new generation) comes with it.
    pub(crate) fn mail(&self, mail: &DueMail) -> Result<TransactWriteItem, StoreError> {
        self.put_new(mail_item(mail)?)
    }

    /// Changes the counters of a scope, in the shard of `id`.
    pub(crate) fn count(&self, scope: &str, id: &str, counts: Counts) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::counts(scope, keys::shard_of(id)).attributes()))
            .update_expression("SET #kind = :kind ADD #users :users, #active :active")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_names("#users", "users")
            .expression_attribute_names("#active", "active")
            .expression_attribute_values(":kind", s("counts"))
            .expression_attribute_values(":users", n(counts.users))
            .expression_attribute_values(":active", n(counts.active));
        Ok(TransactWriteItem::builder().update(built(update.build())?).build())
    }
}

/// An item that only says what one thing it is about.
pub(crate) fn named(key: Key, kind: &str, name: &str, value: &str) -> Item {
    Item::from([
        ("pk".to_owned(), s(key.pk)),
        ("sk".to_owned(), s(key.sk)),
        ("kind".to_owned(), s(kind)),
        (name.to_owned(), s(value)),
    ])
}

/// The key of an item.
pub(crate) fn key_of(item: &Item) -> Key {
    Key::new(item::text(item, "pk").unwrap_or_default(), item::text(item, "sk").unwrap_or_default())
}

/// The user's own item.
pub(crate) fn user_item(user: &User) -> Result<Item, StoreError> {
    item::to_item(&keys::user(&user.id), "user", user)
}

/// Most members of a transaction.
const MEMBERS: usize = 100;

/// How the entries that find a user change with a write. What a transaction has no room for is put before it and
/// deleted after it: an entry whose user is not (or not any more) as it says is skipped by every reader.
#[derive(Debug)]
pub(crate) struct Finding {
    ahead: Vec<Item>,
    puts: Vec<Item>,
    deletes: Vec<Key>,
    behind: Vec<Key>,
}

impl Finding {
    /// The change from one user (none: a new one) to another (none: it goes), in a transaction that has so many
    /// members already.
    pub(crate) fn new(from: Option<&User>, to: Option<&User>, members: usize) -> Self {
        let keys = |user: Option<&User>| -> BTreeSet<Key> { user.map(finding_keys).into_iter().flatten().collect() };
        let (old, new) = (keys(from), keys(to));
        let mut puts: Vec<Item> = to
            .into_iter()
            .flat_map(|user| new.difference(&old).map(|key| entry(key.clone(), kind_of(key), user)))
            .collect();
        let mut deletes: Vec<Key> = old.difference(&new).cloned().collect();
        let room = MEMBERS.saturating_sub(members);
        let behind = deletes.split_off(deletes.len().min(room.saturating_sub(puts.len())));
        let ahead = puts.split_off(puts.len().min(room));
        Self { ahead, puts, deletes, behind }
    }
}

impl Store {
    /// The members of a transaction that change what finds a user.
    pub(crate) fn finding_members(&self, finding: &Finding) -> Result<Vec<TransactWriteItem>, StoreError> {
        let puts = finding.puts.iter().map(|item| self.put(item.clone()));
        puts.chain(finding.deletes.iter().map(|key| self.delete(key))).collect()
    }

    /// Puts what the transaction has no room for.
    #[boxed]
    pub(crate) async fn put_ahead(&self, finding: &Finding) -> Result<(), StoreError> {
        let puts = finding.ahead.iter().map(|item| async {
            let put = self.client.put_item().table_name(&self.table).set_item(Some(item.clone()));
            put.dispatch().await.map(drop).map_err(internal)
        });
        try_join_all(puts).await.map(drop)
    }

    /// Deletes what the transaction had no room for. What stays is skipped by every reader.
    #[boxed]
    pub(crate) async fn delete_behind(&self, finding: &Finding) {
        self.delete_all(&finding.behind).await;
    }

    /// Deletes items that mean nothing any more. One that stays does no harm.
    #[boxed]
    pub(crate) async fn delete_all(&self, keys: &[Key]) {
        let deletes = keys.iter().map(|key| async {
            let delete = self.client.delete_item().table_name(&self.table).set_key(Some(key.attributes()));
            delete.dispatch().await
        });
        join_all(deletes).await;
    }
}

fn kind_of(key: &Key) -> &'static str {
    match key.pk.split_once('#') {
        Some(("LIST", _)) => "listing",
        Some(("FACET", _)) => "facet",
        _ => "word",
    }
}

/// The entry that finds a user by one facet.
pub(crate) fn facet_item(user: &User, facet: &Facet) -> Item {
    entry(facet_key(user, facet), "facet", user)
}

/// The key of that entry.
pub(crate) fn facet_key(user: &User, facet: &Facet) -> Key {
    let scope = keys::scope(user.organization_id.as_ref());
    if facet.is_listed() {
        keys::facet(&scope, facet, &keys::listing_sort(&user.first_name, &user.last_name, &user.id), &user.id)
    } else {
        keys::facet(&scope, facet, user.id.as_str(), &user.id)
    }
}

/// An item that only says which user it is about.
fn entry(key: Key, kind: &str, user: &User) -> Item {
    Item::from([
        ("pk".to_owned(), s(key.pk)),
        ("sk".to_owned(), s(key.sk)),
        ("kind".to_owned(), s(kind)),
        ("user_id".to_owned(), s(user.id.as_str())),
    ])
}

/// The items that list and find a user; their keys follow from scope, names, email, username and facets.
pub(crate) fn finding_items(user: &User) -> Vec<Item> {
    finding_keys(user)
        .into_iter()
        .map(|key| {
            let kind = kind_of(&key);
            entry(key, kind, user)
        })
        .collect()
}

/// Their keys, the listing first.
pub(crate) fn finding_keys(user: &User) -> Vec<Key> {
    let scope = keys::scope(user.organization_id.as_ref());
    let mut texts = vec![user.first_name.as_str(), user.last_name.as_str(), user.email.as_str()];
    texts.extend(user.username.as_deref());
    let mut all = vec![keys::listing(&scope, &user.first_name, &user.last_name, &user.id)];
    all.extend(Facet::all_of(user).iter().map(|facet| facet_key(user, facet)));
    all.extend(keys::search_entries(&scope, &texts, &user.id));
    all
}

/// The sign-in names that a user holds.
pub(crate) fn identities(user: &User) -> Vec<IdentityKey> {
    let mut all = vec![IdentityKey::from_email(&user.email)];
    all.extend(user.username.as_deref().map(IdentityKey::from_username));
    all.dedup();
    all
}

/// The guard of a sign-in name, held by a user.
pub(crate) fn guard_item(identity: &IdentityKey, user: &User) -> Item {
    let key = keys::guard(identity);
    let mut guard = Item::from([
        ("pk".to_owned(), s(key.pk)),
        ("sk".to_owned(), s(key.sk)),
        ("kind".to_owned(), s("guard")),
        ("user_id".to_owned(), s(user.id.as_str())),
        ("scope".to_owned(), s(keys::scope(user.organization_id.as_ref()))),
    ]);
    if let Some(mark) = &user.import_mark {
        guard.insert("import_id".to_owned(), s(mark.import_id.as_str()));
    }
    guard
}

/// A mail's item: filtered by `lane` on the stream, found by its due key.
pub(crate) fn mail_item(mail: &DueMail) -> Result<Item, StoreError> {
    #[derive(Serialize)]
    struct MailItem<'a> {
        #[serde(flatten)]
        mail: &'a DueMail,
        attempts: u32,
    }
    let mut item = item::to_item(&keys::mail(&mail.id), "mail", &MailItem { mail, attempts: 0 })?;
    let work = match mail.lane {
        Lane::Now => Due::MailNow,
        Lane::Bulk => Due::MailBulk,
    };
    item.extend(keys::due(work, &mail.id, mail.queued_at));
    item.insert("due_since".into(), s(iso(mail.queued_at)));
    item.extend(item::correlation());
    Ok(item)
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use rollcall_accounts::{
        ids::{EntryId, UserId},
        user::UserKind,
    };

    use super::*;

    fn user(groups: usize) -> User {
        let id = UserId::derived(&["ana"]);
        let mut user = User::new(id.clone(), UserKind::Technician, None, "technician", id, Timestamp::UNIX_EPOCH);
        user.first_name = "Ana".into();
        user.last_name = "Silva".into();
        user.email = "ana@example.org".into();
        user.groups = (0..groups).map(|group| EntryId::derived(&[&group.to_string()])).collect();
        user
    }

    #[test]
    fn what_finds_a_user_fits_into_the_transaction_or_goes_before_and_after_it() {
        let renamed = |groups| User { last_name: "Santos".into(), ..user(groups) };
        for (name, from, to, members) in [
            ("nothing changes", Some(user(3)), Some(user(3)), 5),
            ("a new name", Some(user(3)), Some(renamed(3)), 5),
            ("a new one with very many groups", None, Some(user(150)), 10),
            ("a new name with many groups", Some(user(70)), Some(renamed(70)), 10),
            ("one who goes", Some(user(150)), None, 20),
            ("no room at all", Some(user(1)), Some(renamed(1)), 100),
        ] {
            let finding = Finding::new(from.as_ref(), to.as_ref(), members);
            let inside = finding.puts.len() + finding.deletes.len();
            assert!(members + inside <= MEMBERS, "{name}");
            let before = from.as_ref().map(finding_keys).unwrap_or_default();
            let after = to.as_ref().map(finding_keys).unwrap_or_default();
            let new = after.iter().filter(|key| !before.contains(key)).count();
            let old = before.iter().filter(|key| !after.contains(key)).count();
            assert_eq!(finding.puts.len() + finding.ahead.len(), new, "{name}");
            assert_eq!(finding.deletes.len() + finding.behind.len(), old, "{name}");
            let outside = finding.ahead.len() + finding.behind.len();
            assert!(outside == 0 || members + inside == MEMBERS, "{name}: only what has no room stays outside");
        }
    }
}
