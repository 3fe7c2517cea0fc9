//! Requests for a new password: counted, queued, and led to an account when they are worked off.

use jiff::Timestamp;
use rollcall_accounts::{
    Result,
    operations::request_password_reset::{CountTurns, FindAccount, Limit, QueueMail},
    outbox::DueMail,
    user::User,
};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Store,
    failure::{internal, is_condition_failure},
    item::{n, s},
    keys,
    write::mail_item,
};

impl CountTurns for Store {
    async fn take_turn(&self, limit: &Limit, hash: &str, now: Timestamp) -> Result<bool> {
        let (window, end) = limit.window_at(now);
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::limit(limit.name, hash, window).attributes()))
            .update_expression("SET #kind = :kind, #ttl = :end ADD #turns :one")
            .condition_expression("attribute_not_exists(#turns) OR #turns < :most")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_names("#turns", "turns")
            .expression_attribute_values(":kind", s("limit"))
            .expression_attribute_values(":end", n(end.as_second()))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":most", n(limit.most))
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(internal(error).into()),
        }
    }
}

impl QueueMail for Store {
    async fn queue_mail(&self, mail: &DueMail) -> Result<()> {
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(mail_item(mail)?))
            .condition_expression("attribute_not_exists(pk)")
            .send()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(error) if is_condition_failure(&error) => Ok(()),
            Err(error) => Err(internal(error).into()),
        }
    }
}

impl FindAccount for Store {
    async fn account_of(&self, identity: &IdentityKey) -> Result<Option<User>> {
        match self.login_holder(identity).await? {
            Some(id) => Ok(self.user(&id).await?),
            None => Ok(None),
        }
    }
}
