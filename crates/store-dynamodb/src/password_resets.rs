//! Requests for a new password: queued, and led to an account when they are worked off.

use rollcall_accounts::{
    Result,
    operations::request_password_reset::{FindAccount, QueueMail},
    outbox::DueMail,
    user::User,
};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::{internal, is_condition_failure},
    write::mail_item,
};

impl QueueMail for Store {
    async fn queue_mail(&self, mail: &DueMail) -> Result<()> {
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(mail_item(mail)?))
            .condition_expression("attribute_not_exists(pk)")
            .dispatch()
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
