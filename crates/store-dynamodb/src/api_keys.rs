//! API keys by their hash, and listed under their owner.

use aws_sdk_dynamodb::types::TransactWriteItem;
use rollcall_accounts::{
    Error, Result,
    audit::AuditEvent,
    error::StoreError,
    operations::create_api_key::{NewApiKey, SaveApiKey},
};

use crate::{
    Store,
    item::{self, s},
    keys,
};

impl SaveApiKey for Store {
    async fn save_api_key(&self, new: &NewApiKey, event: &AuditEvent) -> Result<()> {
        let mut members = self.new_api_key(new)?;
        members.extend(self.audit(event)?);
        self.transact(members).await?.map_err(|_| Error::internal("a new API key exists already"))
    }
}

impl Store {
    /// The members of a transaction that stores an API key.
    pub(crate) fn new_api_key(&self, new: &NewApiKey) -> Result<Vec<TransactWriteItem>, StoreError> {
        let hash = new.hash();
        let entry = keys::api_key_entry(&new.api_key.user_id, &new.api_key.id);
        let mut listed = item::to_item(&entry, "api_key_entry", &new.api_key)?;
        listed.insert("hash".to_owned(), s(&hash));
        Ok(vec![self.put_new(item::to_item(&keys::api_key(&hash), "api_key", &new.api_key)?)?, self.put_new(listed)?])
    }
}
