//! What people sign in with.

use rollcall_accounts::{credential::Credential, error::StoreError, ids::UserId};

use crate::{
    Store,
    failure::internal,
    item::{self, Item},
    keys,
};

impl Store {
    /// The secrets of a user, if there are any yet.
    pub(crate) async fn credential(&self, id: &UserId) -> Result<Option<Credential>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::credential(id).attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(internal)?;
        answer.item.map(item::from_item).transpose()
    }
}

/// The item of a user's secrets.
pub(crate) fn credential_item(credential: &Credential) -> Result<Item, StoreError> {
    item::to_item(&keys::credential(&credential.user_id), "credential", credential)
}
