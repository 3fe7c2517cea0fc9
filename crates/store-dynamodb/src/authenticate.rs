//! Sessions and API keys to users.

use async_recursion::async_recursion as boxed;
use jiff::Timestamp;
use rollcall_accounts::{
    Result,
    access::{Account, Authenticator, Via},
    operations::{create_api_key::ApiKey, sessions::Stage},
};

use crate::{Store, dispatch::Dispatch as _, failure::internal, item, keys};

impl Authenticator for Store {
    async fn session_user(&self, token_hash: &str, now: Timestamp) -> Result<Option<(Account, Via)>> {
        self.signed_in(token_hash, now).await
    }

    async fn api_key_user(&self, key_hash: &str, now: Timestamp) -> Result<Option<Account>> {
        self.key_holder(key_hash, now).await
    }
}

impl Store {
    #[boxed]
    async fn signed_in(&self, token_hash: &str, now: Timestamp) -> Result<Option<(Account, Via)>> {
        let session = self.session(token_hash).await?;
        let Some(session) = session.filter(|session| session.stage == Stage::Complete && session.is_alive(now)) else {
            return Ok(None);
        };
        let user = self.user(&session.user_id).await?;
        let Some(user) = user.filter(|user| user.session_epoch == session.epoch) else {
            return Ok(None);
        };
        let account = self.account(user).await?;
        // Whose role was reduced meanwhile signs in again.
        if account.roles.reduced_since(&account.user.roles, session.created_at) {
            return Ok(None);
        }
        let via = Via::Session { id: session.id, expires_at: session.expires_at, idle_until: session.idle_until };
        Ok(Some((account, via)))
    }

    #[boxed]
    async fn key_holder(&self, key_hash: &str, now: Timestamp) -> Result<Option<Account>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::api_key(key_hash).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        let Some(item) = answer.item else { return Ok(None) };
        let key: ApiKey = item::from_item(item)?;
        match self.user(&key.user_id).await?.filter(|user| key.is_live(user, now)) {
            Some(user) => Ok(Some(self.account(user).await?)),
            None => Ok(None),
        }
    }
}
