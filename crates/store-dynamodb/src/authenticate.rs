//! Sessions and API keys to users.

use jiff::Timestamp;
use rollcall_accounts::{
    Result,
    access::Authenticator,
    ids::{SessionId, UserId},
    user::User,
};

use crate::{Store, failure::internal, item, keys};

impl Authenticator for Store {
    async fn session_user(&self, token_hash: &str, now: Timestamp) -> Result<Option<(User, SessionId, Timestamp)>> {
        let Some(session) = self.session(token_hash).await? else {
            return Ok(None);
        };
        if !session.complete || session.expires_at <= now {
            return Ok(None);
        }
        let user = self.user(&session.user_id).await?;
        Ok(user.map(|user| (user, session.id, session.expires_at)))
    }

    async fn api_key_user(&self, key_hash: &str) -> Result<Option<User>> {
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
            Some(id) => Ok(self.user(&id).await?),
            None => Ok(None),
        }
    }
}
