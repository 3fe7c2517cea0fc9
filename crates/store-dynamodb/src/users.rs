//! Users by identifier and by sign-in name.

use async_recursion::async_recursion as boxed;
use rollcall_accounts::{error::StoreError, ids::UserId, user::User};

use crate::{Store, dispatch::Dispatch as _, failure::internal, item, keys};

impl Store {
    /// The user, if it counts.
    #[boxed]
    pub(crate) async fn user(&self, id: &UserId) -> Result<Option<User>, StoreError> {
        Ok(self.visible(self.raw_users(std::slice::from_ref(id)).await?, None).await?.pop())
    }

    /// Users by identifier in that order, whether or not they count (see `visible`); those that are gone are left out.
    #[boxed]
    pub(crate) async fn raw_users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        if let [id] = ids {
            let answer = self
                .client
                .get_item()
                .table_name(&self.table)
                .set_key(Some(keys::user(id).attributes()))
                .consistent_read(true)
                .dispatch()
                .await
                .map_err(internal)?;
            return answer.item.map(item::from_item).transpose().map(|user| user.into_iter().collect());
        }
        let mut items = self.batch_get(ids.iter().map(keys::user).collect()).await?;
        ids.iter().filter_map(|id| items.remove(&keys::user(id))).map(item::from_item).collect()
    }

    /// The same, where one whose record cannot be read must not keep the others from being read: it is left out.
    pub(crate) async fn readable_users(&self, ids: &[UserId]) -> Result<Vec<User>, StoreError> {
        Ok(self.users_if_readable(ids).await?.into_iter().filter_map(|(_, user)| user).collect())
    }

    /// The same; `None` for one whose record cannot be read.
    #[boxed]
    pub(crate) async fn users_if_readable(&self, ids: &[UserId]) -> Result<Vec<(UserId, Option<User>)>, StoreError> {
        let mut items = self.batch_get(ids.iter().map(keys::user).collect()).await?;
        let read = |id: &UserId| {
            let key = keys::user(id);
            items.remove(&key).map(|item| (id.clone(), item::if_readable(&key, item)))
        };
        Ok(ids.iter().filter_map(read).collect())
    }
}
