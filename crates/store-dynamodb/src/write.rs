//! Pieces that transactions are made of, written the same way by every operation.

use std::time::Duration;

use aws_sdk_dynamodb::types::{Delete, Put, TransactWriteItem, Update};
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
    failure::{Cancelled, cancelled},
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
    pub(crate) async fn transact(&self, members: Vec<TransactWriteItem>) -> Result<Result<(), Vec<usize>>, StoreError> {
        let mut pause = Duration::from_millis(20);
        for _ in 1..TRIES {
            match self.client.transact_write_items().set_transact_items(Some(members.clone())).send().await {
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

/// The user's own item.
pub(crate) fn user_item(user: &User) -> Result<Item, StoreError> {
    item::to_item(&keys::user(&user.id), "user", user)
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
            let kind = match key.pk.split_once('#') {
                Some(("LIST", _)) => "listing",
                Some(("FACET", _)) => "facet",
                _ => "word",
            };
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
    Ok(item)
}
