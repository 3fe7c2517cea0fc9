//! The Root Master: made once per deployment, handed on by operators only.

use aws_sdk_dynamodb::types::{TransactWriteItem, Update};
use rollcall_accounts::{
    Result,
    audit::AuditEvent,
    credential::Credential,
    error::StoreError,
    ids::UserId,
    operations::{
        bootstrap::{SaveRootMaster, Saved},
        create_api_key::NewApiKey,
        edits::Edit,
        promote_root::PromoteRoot,
    },
    user::User,
};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Store,
    item::{self, Item, s},
    keys,
    write::{Counts, Finding, finding_items, guard_item, identities, user_item},
};

impl PromoteRoot for Store {
    async fn root_master(&self) -> Result<Option<UserId>> {
        let item = self.item(&keys::bootstrap()).await?;
        Ok(item.and_then(|item| UserId::parse(item::text(&item, "user_id")?).ok()))
    }

    async fn holder_of_address(&self, email: &str) -> Result<Option<UserId>> {
        let item = self.item(&keys::guard(&IdentityKey::from_email(email))).await?;
        Ok(item.and_then(|item| UserId::parse(item::text(&item, "user_id")?).ok()))
    }

    async fn write_promotion(&self, former: (&User, &Edit), next: (&User, &Edit)) -> Result<bool> {
        let mut members = vec![self.hand_on(&former.0.id, &next.0.id)?];
        for (read, edit) in [former, next] {
            members.push(self.replace_as_read(&edit.user, read)?);
            members.extend(self.edit_members(read, edit)?);
        }
        for (read, edit) in [former, next] {
            let finding = Finding::new(Some(read), Some(&edit.user), members.len());
            members.extend(self.finding_members(&finding)?);
        }
        Ok(self.transact(members).await?.is_ok())
    }
}

impl Store {
    /// Who is the Root Master, if it still is who was read.
    fn hand_on(&self, former: &UserId, next: &UserId) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::bootstrap().attributes()))
            .update_expression("SET user_id = :next")
            .condition_expression("user_id = :former")
            .expression_attribute_values(":next", s(next.as_str()))
            .expression_attribute_values(":former", s(former.as_str()))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}

impl SaveRootMaster for Store {
    async fn save_root_master(
        &self,
        user: &User,
        credential: &Credential,
        api_key: &NewApiKey,
        events: &[AuditEvent],
    ) -> Result<Saved> {
        let key = keys::bootstrap();
        let done = Item::from([
            ("pk".to_owned(), s(key.pk)),
            ("sk".to_owned(), s(key.sk)),
            ("kind".to_owned(), s("bootstrap")),
            ("user_id".to_owned(), s(user.id.as_str())),
        ]);
        // The mark comes first: its position tells "already done" from a taken address.
        let mut members = vec![self.put_new(done)?];
        for identity in identities(user) {
            members.push(self.put_new(guard_item(&identity, user))?);
        }
        members.push(self.put_new(user_item(user)?)?);
        members.push(self.put_credential(credential)?);
        for item in finding_items(user) {
            members.push(self.put(item)?);
        }
        members.extend(self.new_api_key(api_key)?);
        members.push(self.count(
            &keys::scope(user.organization_id.as_ref()),
            user.id.as_str(),
            Counts { users: 1, active: 1 },
        )?);
        for event in events {
            members.extend(self.audit(event)?);
        }
        Ok(match self.transact(members).await? {
            Ok(()) => Saved::Done,
            Err(failed) if failed.contains(&0) => Saved::AlreadyDone,
            Err(_) => Saved::EmailTaken,
        })
    }
}
