//! Custom roles: one partition for each organization's people, and one for technicians.

use std::collections::BTreeSet;

use rollcall_accounts::{
    Result,
    access::Account,
    error::StoreError,
    ids::OrganizationId,
    roles::{CustomRole, ReadRoles, RoleBook, RoleId, built_in},
    user::User,
};

use crate::{
    Store,
    failure::internal,
    item::{self, s},
    keys,
};

impl ReadRoles for Store {
    async fn role_book(&self, organization: Option<&OrganizationId>) -> Result<RoleBook> {
        let partition = keys::roles_partition(&keys::scope(organization));
        let mut roles = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", s(&partition))
                .set_exclusive_start_key(start)
                .send()
                .await
                .map_err(internal)?;
            for item in answer.items.unwrap_or_default() {
                roles.push(item::from_item::<CustomRole>(item)?);
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                return Ok(RoleBook::new(roles));
            }
        }
    }
}

impl Store {
    /// A user with the custom roles they have, each read by its key; most users have none.
    pub(crate) async fn account(&self, user: User) -> Result<Account, StoreError> {
        let scope = keys::scope(user.organization_id.as_ref());
        let wanted: BTreeSet<&RoleId> = user.roles.iter().filter(|id| built_in(id).is_none()).collect();
        let mut roles = Vec::new();
        for id in wanted {
            let answer = self
                .client
                .get_item()
                .table_name(&self.table)
                .set_key(Some(keys::role(&scope, id).attributes()))
                .consistent_read(true)
                .send()
                .await
                .map_err(internal)?;
            if let Some(item) = answer.item {
                roles.push(item::from_item(item)?);
            }
        }
        Ok(Account { user, roles: RoleBook::new(roles) })
    }
}
