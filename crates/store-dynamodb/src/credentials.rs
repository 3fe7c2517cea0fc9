//! What people sign in with.

use async_recursion::async_recursion as boxed;
use aws_sdk_dynamodb::types::{Put, TransactWriteItem};
use rollcall_accounts::{credential::Credential, error::StoreError, ids::UserId};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::internal,
    item::{self, n},
    keys,
};

impl Store {
    /// The secrets of a user, if there are any yet.
    #[boxed]
    pub(crate) async fn credential(&self, id: &UserId) -> Result<Option<Credential>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::credential(id).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        answer.item.map(item::from_item).transpose()
    }

    /// The secrets of a user as they shall be, over what was read of them; over whatever there is when nothing was read.
    pub(crate) fn put_credential(&self, credential: &Credential) -> Result<TransactWriteItem, StoreError> {
        let next = Credential { revision: Some(credential.revision.unwrap_or_default() + 1), ..credential.clone() };
        let item = item::to_item(&keys::credential(&credential.user_id), "credential", &next)?;
        let mut put = Put::builder().table_name(&self.table).set_item(Some(item));
        if let Some(read) = credential.revision {
            put = put.condition_expression("revision = :revision").expression_attribute_values(":revision", n(read));
        }
        let put = put.build().map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}
