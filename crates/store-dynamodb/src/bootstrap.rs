//! The Root Master, once per deployment.

use rollcall_accounts::{
    Result,
    audit::AuditEvent,
    credential::Credential,
    operations::{
        bootstrap::{SaveRootMaster, Saved},
        create_api_key::NewApiKey,
    },
    user::User,
};

use crate::{
    Store,
    item::{Item, s},
    keys,
    write::{Counts, finding_items, guard_item, identities, user_item},
};

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
