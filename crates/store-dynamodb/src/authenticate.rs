//! Sessions and API keys to users.

use jiff::Timestamp;
use rollcall_accounts::{
    Result,
    access::{Account, Authenticator},
    ids::{SessionId, UserId},
};

use crate::{Store, failure::internal, item, keys};

impl Authenticator for Store {
    async fn session_user(&self, token_hash: &str, now: Timestamp) -> Result<Option<(Account, SessionId, Timestamp)>> {
        let Some(session) = self.session(token_hash).await? else {
            return Ok(None);
        };
        if !session.complete || session.expires_at <= now {
            return Ok(None);
        }
        let Some(user) = self.user(&session.user_id).await? else {
            return Ok(None);
        };
        Ok(Some((self.account(user).await?, session.id, session.expires_at)))
    }

    async fn api_key_user(&self, key_hash: &str) -> Result<Option<Account>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::api_key(key_hash).attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(internal)?;
        match answer.item().and_then(|item| item::text(item, "user_id")).and_then(|id| UserId::parse(id).ok()) {
            Some(id) => match self.user(&id).await? {
                Some(user) => Ok(Some(self.account(user).await?)),
                None => Ok(None),
            },
            None => Ok(None),
        }
    }
}
