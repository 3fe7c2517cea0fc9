//! Custom roles: one partition for each organization's people, and one for technicians.

use async_recursion::async_recursion as boxed;
use std::collections::BTreeSet;

use rollcall_accounts::{
    Result,
    access::Account,
    audit::AuditEvent,
    error::{Conflict, StoreError},
    ids::OrganizationId,
    operations::{
        create_role::CreateRoles, delete_role::DeleteRoles, edits::Written, get_role::ReadCustomRole,
        update_role::ChangeRoles,
    },
    roles::{CUSTOM_ROLE_LIMIT, CustomRole, ReadRoles, RoleBook, RoleId, built_in},
    user::User,
};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::internal,
    item::{self, Item},
    keys,
    write::{key_of, named},
};

impl ReadRoles for Store {
    async fn role_book(&self, organization: Option<&OrganizationId>) -> Result<RoleBook> {
        let partition = keys::roles_partition(&keys::scope(organization));
        let roles = self.partition(&partition, "").await?.into_iter().map(item::from_item);
        Ok(RoleBook::new(roles.collect::<Result<_, StoreError>>()?))
    }
}

impl ReadCustomRole for Store {
    async fn custom_role(&self, id: &RoleId) -> Result<Option<CustomRole>> {
        let locator = self.item(&keys::role_locator(id)).await?;
        let Some(scope) = locator.as_ref().and_then(|item| item::text(item, "scope")) else { return Ok(None) };
        Ok(self.item(&keys::role(scope, id)).await?.map(item::from_item).transpose()?)
    }
}

/// What a scope's count of roles is called.
const ROLES: &str = "roles";

fn scope_of(role: &CustomRole) -> String {
    keys::scope(role.organization_id.as_ref())
}

fn role_item(role: &CustomRole) -> Result<Item, StoreError> {
    item::to_item(&keys::role(&scope_of(role), &role.id), "role", role)
}

/// The guard of a role's name.
fn name_guard(role: &CustomRole) -> Item {
    named(keys::role_name(&scope_of(role), role.user_kind, &role.name), "role_name", "role_id", role.id.as_str())
}

impl CreateRoles for Store {
    async fn save_new_role(&self, role: &CustomRole, event: &AuditEvent) -> Result<Result<(), Conflict>> {
        let scope = scope_of(role);
        let mut members = vec![
            self.put_new(name_guard(role))?,
            self.count_of(&scope, ROLES, 1, CUSTOM_ROLE_LIMIT)?,
            self.put_new(role_item(role)?)?,
            self.put_new(named(keys::role_locator(&role.id), "role_locator", "scope", &scope))?,
        ];
        members.extend(self.audit(event)?);
        Ok(match self.transact(members).await? {
            Ok(()) => Ok(()),
            Err(failed) if failed.contains(&0) => Err(Conflict::NameTaken),
            Err(_) => Err(Conflict::ListFull),
        })
    }
}

impl ChangeRoles for Store {
    async fn save_role(&self, read: &CustomRole, role: &CustomRole, event: &AuditEvent) -> Result<Written> {
        let mut members = vec![self.put_over(role_item(role)?, read.version)?];
        let (old, new) = (name_guard(read), name_guard(role));
        if key_of(&old) != key_of(&new) {
            members.push(self.put_new(new)?);
            members.push(self.delete(&key_of(&old))?);
        }
        members.extend(self.audit(event)?);
        Ok(match self.transact(members).await? {
            Ok(()) => Written::Done,
            Err(failed) if failed.contains(&0) => Written::Changed,
            Err(_) => Written::Taken(Conflict::NameTaken),
        })
    }
}

impl DeleteRoles for Store {
    async fn retire_role(&self, role: &mut CustomRole, retired: bool) -> Result<bool> {
        let next = CustomRole { retired, version: role.version + 1, ..role.clone() };
        let mut members = vec![self.put_over(role_item(&next)?, role.version)?];
        if retired {
            members.push(self.retirement(&scope_of(role))?);
        }
        let done = self.transact(members).await?.is_ok();
        if done {
            *role = next;
        }
        Ok(done)
    }

    async fn remove_role(&self, role: &CustomRole, event: &AuditEvent) -> Result<bool> {
        let scope = scope_of(role);
        let mut members = vec![
            self.delete_over(&keys::role(&scope, &role.id), role.version)?,
            self.delete(&keys::role_locator(&role.id))?,
            self.delete(&key_of(&name_guard(role)))?,
            self.count_of(&scope, ROLES, -1, CUSTOM_ROLE_LIMIT)?,
        ];
        members.extend(self.audit(event)?);
        Ok(self.transact(members).await?.is_ok())
    }
}

impl Store {
    /// A user with the custom roles they have, each read by its key; most users have none.
    #[boxed]
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
                .dispatch()
                .await
                .map_err(internal)?;
            if let Some(item) = answer.item {
                roles.push(item::from_item(item)?);
            }
        }
        Ok(Account { user, roles: RoleBook::new(roles) })
    }
}
