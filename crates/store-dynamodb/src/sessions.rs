//! Sessions by the hash of their token, and what is needed to open and complete one.

use jiff::Timestamp;
use rollcall_accounts::{
    Result,
    credential::Credential,
    error::StoreError,
    ids::UserId,
    operations::{
        sessions::{SaveSession, Session, Sessions},
        sign_in::{FindLogin, NoteSignIn},
        verify_mfa::UseCodes,
    },
    time::iso,
    user::User,
};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Store,
    failure::{internal, is_condition_failure},
    item::{self, Item, n, s},
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

impl Sessions for Store {
    async fn find_session(&self, token_hash: &str) -> Result<Option<Session>> {
        Ok(self.session(token_hash).await?)
    }

    async fn note_failed_code(&self, token_hash: &str) -> Result<()> {
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::session(token_hash).attributes()))
            .update_expression("ADD failed_codes :one")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":one", n(1))
            .send()
            .await;
        match outcome {
            // A session that ended meanwhile takes no more codes anyway.
            Err(error) if !is_condition_failure(&error) => Err(internal(error).into()),
            _ => Ok(()),
        }
    }

    async fn end_session(&self, token_hash: &str) -> Result<()> {
        self.client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(keys::session(token_hash).attributes()))
            .send()
            .await
            .map_err(internal)?;
        Ok(())
    }
}

impl FindLogin for Store {
    async fn login(&self, identity: &IdentityKey) -> Result<Option<(User, Option<Credential>)>> {
        let holder = self.login_holder(identity).await?;
        // For a name nobody holds, the same reads of a user nobody is.
        let id = holder.clone().unwrap_or_else(|| UserId::derived(&["nobody"]));
        let (user, credential) = tokio::try_join!(self.user(&id), self.credential(&id))?;
        Ok(user.filter(|_| holder.is_some()).map(|user| (user, credential)))
    }
}

impl NoteSignIn for Store {
    async fn note_sign_in(&self, user: &UserId, now: Timestamp) -> Result<()> {
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::user(user).attributes()))
            .update_expression("SET last_sign_in_at = :now")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":now", s(iso(now)))
            .send()
            .await;
        match outcome {
            Err(error) if !is_condition_failure(&error) => Err(internal(error).into()),
            _ => Ok(()),
        }
    }
}

impl UseCodes for Store {
    async fn find_credential(&self, user: &UserId) -> Result<Option<Credential>> {
        Ok(self.credential(user).await?)
    }

    async fn use_totp_step(&self, user: &UserId, step: u64) -> Result<bool> {
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::credential(user).attributes()))
            .update_expression("SET totp_last_step = :step ADD revision :one")
            .condition_expression(
                "attribute_exists(pk) AND (attribute_not_exists(totp_last_step) OR totp_last_step < :step)",
            )
            .expression_attribute_values(":step", n(step))
            .expression_attribute_values(":one", n(1))
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(internal(error).into()),
        }
    }

    async fn use_recovery_code(&self, read: &Credential, hash: &str) -> Result<bool> {
        let left: Vec<&String> = read.recovery_codes.iter().filter(|code| *code != hash).collect();
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::credential(&read.user_id).attributes()))
            .update_expression("SET recovery_codes = :left ADD revision :one")
            .expression_attribute_values(":one", n(1))
            .condition_expression("recovery_codes = :read")
            .expression_attribute_values(":left", item::to_value(&left)?)
            .expression_attribute_values(":read", item::to_value(&read.recovery_codes)?)
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(internal(error).into()),
        }
    }
}

impl Store {
    /// Who holds a sign-in name, whether or not they count.
    async fn login_holder(&self, identity: &IdentityKey) -> Result<Option<UserId>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::guard(identity).attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(internal)?;
        Ok(answer.item().and_then(|item| item::text(item, "user_id")).and_then(|id| UserId::parse(id).ok()))
    }

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
