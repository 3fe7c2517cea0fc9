//! API keys by their hash, and listed under their owner.

use aws_sdk_dynamodb::types::{Delete, TransactWriteItem};
use rollcall_accounts::{
    Error, Result,
    audit::AuditEvent,
    error::StoreError,
    ids::{ApiKeyId, UserId},
    operations::{
        create_api_key::{ApiKey, NewApiKey, SaveApiKey},
        delete_api_key::DeleteApiKey,
        list_api_keys::ListApiKeys,
    },
    outbox::DueMail,
};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::internal,
    item::{self, Item, n, s},
    keys,
};

impl SaveApiKey for Store {
    async fn save_api_key(&self, new: &NewApiKey, event: &AuditEvent, mail: &DueMail) -> Result<()> {
        let mut members = self.new_api_key(new)?;
        members.push(self.mail(mail)?);
        members.extend(self.audit(event)?);
        self.transact(members).await?.map_err(|_| Error::internal("a new API key exists already"))
    }
}

impl ListApiKeys for Store {
    async fn api_keys_of(&self, user: &UserId) -> Result<Vec<ApiKey>> {
        let items = self.partition(&keys::user(user).pk, keys::API_KEY_ENTRIES).await?;
        Ok(items.into_iter().map(item::from_item).collect::<Result<_, _>>()?)
    }
}

impl DeleteApiKey for Store {
    async fn api_key_to_delete(&self, owner: &UserId, id: &ApiKeyId) -> Result<Option<ApiKey>> {
        Ok(self.api_key_entry(owner, id).await?.map(item::from_item).transpose()?)
    }

    async fn delete_api_key(&self, key: &ApiKey, event: &AuditEvent) -> Result<bool> {
        let Some(entry) = self.api_key_entry(&key.user_id, &key.id).await? else { return Ok(false) };
        let hash = item::text(&entry, "hash").ok_or_else(|| StoreError("an API key's entry has no hash".into()))?;
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(keys::api_key_entry(&key.user_id, &key.id).attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        let mut members = vec![TransactWriteItem::builder().delete(delete).build(), self.delete(&keys::api_key(hash))?];
        members.extend(self.audit(event)?);
        Ok(self.transact(members).await?.is_ok())
    }
}

impl Store {
    async fn api_key_entry(&self, owner: &UserId, id: &ApiKeyId) -> Result<Option<Item>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::api_key_entry(owner, id).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        Ok(answer.item)
    }

    /// The members of a transaction that stores an API key. Their `ttl` only tidies up; the key's end decides.
    pub(crate) fn new_api_key(&self, new: &NewApiKey) -> Result<Vec<TransactWriteItem>, StoreError> {
        let hash = new.hash();
        let entry = keys::api_key_entry(&new.api_key.user_id, &new.api_key.id);
        let mut opens = item::to_item(&keys::api_key(&hash), "api_key", &new.api_key)?;
        let mut listed = item::to_item(&entry, "api_key_entry", &new.api_key)?;
        listed.insert("hash".to_owned(), s(&hash));
        let ttl = new.api_key.listed_until().as_second();
        for item in [&mut opens, &mut listed] {
            item.insert("ttl".to_owned(), n(ttl));
        }
        Ok(vec![self.put_new(opens)?, self.put_new(listed)?])
    }
}
