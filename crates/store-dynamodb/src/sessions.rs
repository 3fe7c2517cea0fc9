//! Sessions by the hash of their token.

use rollcall_accounts::{
    Result,
    error::StoreError,
    operations::sessions::{SaveSession, Session},
};

use crate::{
    Store,
    failure::internal,
    item::{self, Item, n},
    keys,
};

impl SaveSession for Store {
    async fn save_session(&self, token_hash: &str, session: &Session) -> Result<()> {
        self.client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(session_item(token_hash, session)?))
            .send()
            .await
            .map_err(internal)?;
        Ok(())
    }
}

impl Store {
    pub(crate) async fn session(&self, token_hash: &str) -> Result<Option<Session>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::session(token_hash).attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(internal)?;
        answer.item.map(item::from_item).transpose()
    }
}

/// A session's item, for transactions that open one. Its `ttl` only tidies up; `expires_at` decides.
pub(crate) fn session_item(token_hash: &str, session: &Session) -> Result<Item, StoreError> {
    let mut item = item::to_item(&keys::session(token_hash), "session", session)?;
    item.insert("ttl".to_owned(), n(session.expires_at.as_second()));
    Ok(item)
}
