//! New users and edits of users, each one transaction: the user with all that guards, lists and finds it, the
//! invitation's locator, counters, mail, audit event.

use async_recursion::async_recursion as boxed;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use aws_sdk_dynamodb::types::{AttributeValue, ConditionCheck, Delete, Put, TransactWriteItem, Update};
use rollcall_accounts::credential::{Credential, PendingCredential};
use rollcall_accounts::{
    Error, Result,
    access::Actor,
    attempts::Counter,
    audit::AuditEvent,
    error::{Conflict, StoreError},
    ids::{EmailChangeId, ImportId, InvitationId, OrganizationId, PasswordResetId, UserId},
    invitation::{Invitation, InvitationStatus},
    operations::{
        accept_invitation::KeepPending,
        create_user::{CreateUsers, Creation, ReadOrganization},
        delete_user::DeleteUsers,
        delivery::ReadPeople,
        edits::{Edit, EditUsers, ReadCredential, Written},
        get_email_change::FindChangingUser,
        get_password_reset::FindResetUser,
        links::FindInvited,
        update_user::NamesInUse,
    },
    organization::Organization,
    roles::RoleId,
    user::{User, UserStatus},
};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::internal,
    item::{self, Item, n, s},
    keys::{self, Key},
    visibility::Head,
    write::{Counts, Finding, guard_item, identities, user_item},
};

/// Times that a transaction is put together again because a guard turned out to be a discarded import's.
const TAKEOVERS: usize = 3;

/// Most items of a user that go in the transaction that deletes them.
const BELONGINGS: usize = 30;

/// Guards that a discarded import left and that may be taken over.
type Takeovers = BTreeMap<IdentityKey, ImportId>;

/// What a guard that is in the way says.
enum Held {
    /// By somebody.
    Taken(Conflict, Option<UserId>),
    /// By an import that never became visible.
    Discarded(ImportId),
    /// Not any more.
    Free,
}

impl ReadOrganization for Store {
    async fn read_organization(&self, id: &OrganizationId) -> Result<Option<Organization>> {
        Ok(self.organization(id).await?)
    }
}

impl ReadPeople for Store {
    async fn read_person(&self, id: &UserId) -> Result<Option<User>> {
        Ok(self.user(id).await?)
    }

    async fn read_people(&self, ids: &[UserId]) -> Result<Vec<User>> {
        Ok(self.visible(self.readable_users(ids).await?, None).await?)
    }
}

impl FindInvited for Store {
    async fn invited_user(&self, id: &InvitationId) -> Result<Option<User>> {
        self.located_user(&keys::invitation(id)).await
    }

    async fn left_generation(&self, id: &InvitationId) -> Result<Option<u32>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::invitation(id).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        let generation = answer.item().filter(|item| !item.contains_key("user_id"));
        Ok(generation.and_then(|item| item::number(item, "generation")).and_then(|number| u32::try_from(number).ok()))
    }
}

impl FindResetUser for Store {
    async fn reset_user(&self, id: &PasswordResetId) -> Result<Option<User>> {
        self.located_user(&keys::password_reset(id)).await
    }
}

impl FindChangingUser for Store {
    async fn changing_user(&self, id: &EmailChangeId) -> Result<Option<User>> {
        self.located_user(&keys::email_change(id)).await
    }
}

impl NamesInUse for Store {
    async fn name_conflict(&self, identity: &IdentityKey, own: &UserId) -> Result<Option<Conflict>> {
        Ok(match self.holder(identity).await? {
            Held::Taken(_, holder) if holder.as_ref() == Some(own) => None,
            Held::Taken(conflict, _) => Some(conflict),
            Held::Discarded(_) | Held::Free => None,
        })
    }
}

impl KeepPending for Store {
    async fn pending_credential(&self, id: &UserId) -> Result<Option<Credential>> {
        Ok(self.credential(id).await?)
    }

    async fn keep_pending(&self, credential: &Credential, pending: &PendingCredential) -> Result<bool> {
        let still = aws_sdk_dynamodb::types::ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(keys::user(&credential.user_id).attributes()))
            .condition_expression(
                "invitation.id = :id AND invitation.generation = :generation AND invitation.#status = :pending",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":id", s(pending.invitation_id.as_str()))
            .expression_attribute_values(":generation", n(pending.generation))
            .expression_attribute_values(":pending", s(InvitationStatus::Pending.name()))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        let members =
            vec![TransactWriteItem::builder().condition_check(still).build(), self.put_credential(credential)?];
        match self.transact(members).await? {
            Ok(()) => Ok(true),
            Err(failed) if failed.contains(&0) => Ok(false),
            // The same step, taken twice at the same time.
            Err(_) => Err(Error::VersionConflict),
        }
    }
}

impl CreateUsers for Store {
    async fn write_creation(&self, creation: &Creation) -> Result<Result<(), Conflict>> {
        self.create(creation).await
    }
}

/// The condition that a user is as it was read.
struct AsRead {
    condition: String,
    names: Option<HashMap<String, String>>,
    values: HashMap<String, AttributeValue>,
}

impl AsRead {
    fn of(read: &User) -> Self {
        let mut condition = "version = :version".to_owned();
        let mut values = HashMap::from([(":version".to_owned(), n(read.version))]);
        let mut expect = |name: &str, path: &str, value: Option<AttributeValue>| match value {
            Some(value) => {
                condition.push_str(&format!(" AND {path} = :{name}"));
                values.insert(format!(":{name}"), value);
            }
            None => {
                condition.push_str(&format!(" AND NOT attribute_type({path}, :text)"));
                values.insert(":text".to_owned(), s("S"));
            }
        };
        expect("signed_in", "last_sign_in_at", read.last_sign_in_at.map(moment));
        expect("locked", "locked_until", read.locked_until.map(moment));
        if let Some(invitation) = &read.invitation {
            expect("delivery", "invitation.delivery", Some(s(invitation.delivery.name())));
            expect("status", "invitation.#status", Some(s(invitation.status.name())));
            expect("sent", "invitation.sent_at", invitation.sent_at.map(moment));
        }
        let names = read.invitation.is_some().then(|| HashMap::from([("#status".to_owned(), "status".to_owned())]));
        Self { condition, names, values }
    }
}

impl DeleteUsers for Store {
    async fn write_deletion(&self, read: &User, actor: &Actor, event: &AuditEvent) -> Result<Written> {
        self.erase(read, Some(actor), self.audit(event)?).await
    }
}

impl ReadCredential for Store {
    async fn credential_to_edit(&self, id: &UserId) -> Result<Option<Credential>> {
        Ok(self.credential(id).await?)
    }
}

impl EditUsers for Store {
    async fn user_to_edit(&self, id: &UserId) -> Result<Option<User>> {
        Ok(self.user(id).await?)
    }

    async fn write_edit(&self, read: &User, edit: &Edit) -> Result<Written> {
        self.edit(read, edit).await
    }
}

impl Store {
    /// The user that a mailed link's locator leads to, if there is one and it counts.
    async fn located_user(&self, locator: &Key) -> Result<Option<User>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(locator.attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        let user = answer.item().and_then(|item| item::text(item, "user_id")).and_then(|id| UserId::parse(id).ok());
        match user {
            Some(id) => Ok(self.user(&id).await?),
            None => Ok(None),
        }
    }

    /// The members of an edit beside the user, its guards and what finds it, by the difference to what was read.
    pub(crate) fn edit_members(&self, read: &User, edit: &Edit) -> Result<Vec<TransactWriteItem>, StoreError> {
        let user = &edit.user;
        let mut members = Vec::new();
        if let Some(invitation) = &user.invitation {
            let mailing = |invitation: &Invitation| (invitation.id.clone(), invitation.generation, invitation.status);
            if read.invitation.as_ref().map(mailing) != Some(mailing(invitation)) {
                members.push(self.locate(invitation, &user.id, edit.renewed_at)?);
            }
        }
        if let Some(reset) = &user.password_reset
            && read.password_reset.as_ref().map(|reset| &reset.id) != Some(&reset.id)
        {
            members.push(self.locate_link(&keys::password_reset(&reset.id), "password_reset", &user.id)?);
        }
        if let Some(change) = &user.email_change
            && read.email_change.as_ref().map(|change| &change.id) != Some(&change.id)
        {
            members.push(self.locate_link(&keys::email_change(&change.id), "email_change", &user.id)?);
        }
        for mail in &edit.mails {
            members.push(self.mail(mail)?);
        }
        if let Some(credential) = &edit.credential {
            members.push(self.put_credential(credential)?);
        }
        if let Some(former) = &edit.former_session {
            members.push(self.end_former(former)?);
        }
        if read.locked_until.is_some() && user.locked_until.is_none() {
            // Unlocked: strangers' attempts begin anew.
            members.push(self.delete(&keys::attempts(&Counter::account(&user.id)))?);
        }
        if let Some(session) = &edit.session {
            members.extend(self.opened(session)?);
        }
        members.extend(self.audit(&edit.event)?);
        let active = |user: &User| i64::from(user.status == UserStatus::Active);
        let change = active(user) - active(read);
        if change != 0 {
            let scope = keys::scope(user.organization_id.as_ref());
            members.push(self.count(&scope, user.id.as_str(), Counts { users: 0, active: change })?);
        }
        Ok(members)
    }

    /// What else is a user's alone: secrets, API keys, sessions, mailed links; each with what lists it.
    async fn belongings(&self, user: &User) -> Result<Vec<Key>, StoreError> {
        let mut theirs = Vec::new();
        let mut start = None;
        loop {
            let answer = self
                .client
                .query()
                .table_name(&self.table)
                .consistent_read(true)
                .key_condition_expression("pk = :pk")
                .expression_attribute_values(":pk", s(keys::user(&user.id).pk))
                .set_exclusive_start_key(start)
                .dispatch()
                .await
                .map_err(internal)?;
            for item in answer.items() {
                let (Some(pk), Some(sk)) = (item::text(item, "pk"), item::text(item, "sk")) else { continue };
                match (sk.split('#').next().unwrap_or_default(), item::text(item, "hash")) {
                    ("USER", _) => continue,
                    ("APIKEY", Some(hash)) => theirs.push(keys::api_key(hash)),
                    ("SESSION", Some(hash)) => theirs.push(keys::session(hash)),
                    _ => {}
                }
                theirs.push(Key::new(pk, sk));
            }
            start = answer.last_evaluated_key;
            if start.is_none() {
                break;
            }
        }
        theirs.extend(user.password_reset.as_ref().map(|reset| keys::password_reset(&reset.id)));
        theirs.extend(user.email_change.as_ref().map(|change| keys::email_change(&change.id)));
        Ok(theirs)
    }

    /// Goes on only while somebody is active and has these roles.
    fn still_active(&self, actor: &UserId, roles: &[RoleId]) -> Result<TransactWriteItem, StoreError> {
        let check = ConditionCheck::builder()
            .table_name(&self.table)
            .set_key(Some(keys::user(actor).attributes()))
            .condition_expression("#status = :active AND #roles = :roles")
            .expression_attribute_names("#status", "status")
            .expression_attribute_names("#roles", "roles")
            .expression_attribute_values(":active", s(UserStatus::Active.name()))
            .expression_attribute_values(":roles", item::to_value(&roles)?)
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().condition_check(check).build())
    }

    /// A user as it is now, over what was read: nobody edited it, and no worker recorded a delivery, an
    /// expiry or a sign-in meanwhile.
    pub(crate) fn replace_as_read(&self, user: &User, read: &User) -> Result<TransactWriteItem, StoreError> {
        let AsRead { condition, names, values } = AsRead::of(read);
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(user_item(user)?))
            .condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(Some(values))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// A user goes, if it is as it was read.
    fn delete_as_read(&self, read: &User) -> Result<TransactWriteItem, StoreError> {
        let AsRead { condition, names, values } = AsRead::of(read);
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(keys::user(&read.id).attributes()))
            .condition_expression(condition)
            .set_expression_attribute_names(names)
            .set_expression_attribute_values(Some(values))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// The locator of an invitation whose user goes: its links were withdrawn, and it finds nobody any more.
    fn leave_locator(&self, invitation: &Invitation) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::invitation(&invitation.id).attributes()))
            .update_expression("SET #kind = :kind, generation = :generation REMOVE user_id, due_pk, due_at")
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_values(":kind", s("invitation"))
            .expression_attribute_values(":generation", n(invitation.generation))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// A sign-in name becomes a user's, if it is free or a discarded import's.
    fn guard(
        &self,
        identity: &IdentityKey,
        user: &User,
        takeovers: &Takeovers,
    ) -> Result<TransactWriteItem, StoreError> {
        let item = guard_item(identity, user);
        let Some(import) = takeovers.get(identity) else {
            return self.put_new(item);
        };
        let put = Put::builder()
            .table_name(&self.table)
            .set_item(Some(item))
            .condition_expression("attribute_not_exists(pk) OR import_id = :import")
            .expression_attribute_values(":import", s(import.as_str()))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }

    /// A sign-in name is free again, if it is still the user's.
    fn free_guard(&self, identity: &IdentityKey, owner: &UserId) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(keys::guard(identity).attributes()))
            .condition_expression("user_id = :owner")
            .expression_attribute_values(":owner", s(owner.as_str()))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Finds the user of a mailed link that has no end of its own to be found by.
    fn locate_link(&self, key: &Key, kind: &str, user: &UserId) -> Result<TransactWriteItem, StoreError> {
        self.put(Item::from([
            ("pk".to_owned(), s(&key.pk)),
            ("sk".to_owned(), s(&key.sk)),
            ("kind".to_owned(), s(kind)),
            ("user_id".to_owned(), s(user.as_str())),
        ]))
    }

    /// The locator of an invitation whose generation or status is new: not due, for only a pending one that
    /// was sent has a time to end, and that comes with the sending.
    fn locate(
        &self,
        invitation: &Invitation,
        user: &UserId,
        renewed_at: Option<jiff::Timestamp>,
    ) -> Result<TransactWriteItem, StoreError> {
        let mut set = "SET #kind = :kind, user_id = :user".to_owned();
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::invitation(&invitation.id).attributes()))
            .expression_attribute_names("#kind", "kind")
            .expression_attribute_values(":kind", s("invitation"))
            .expression_attribute_values(":user", s(user.as_str()));
        if let Some(at) = renewed_at {
            set.push_str(", renewed_at = :renewed");
            update = update.expression_attribute_values(":renewed", moment(at));
        }
        let update = update
            .update_expression(format!("{set} REMOVE due_pk, due_at"))
            .condition_expression("attribute_not_exists(pk) OR user_id = :user")
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// Looks whose the guards are that were in the way: a conflict, or more takeovers to try again with.
    async fn look_behind(
        &self,
        in_the_way: &[&IdentityKey],
        takeovers: &mut Takeovers,
    ) -> Result<Option<Conflict>, StoreError> {
        for identity in in_the_way {
            match self.holder(identity).await? {
                Held::Taken(conflict, _) => return Ok(Some(conflict)),
                Held::Discarded(import) => {
                    takeovers.insert((*identity).clone(), import);
                }
                Held::Free => {}
            }
        }
        Ok(None)
    }

    async fn holder(&self, identity: &IdentityKey) -> Result<Held, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::guard(identity).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        let Some(guard) = answer.item else { return Ok(Held::Free) };
        let holder = item::text(&guard, "user_id").and_then(|id| UserId::parse(id).ok());
        let Some(import) = import_of(&guard) else { return Ok(Held::Taken(Conflict::EmailTaken, holder)) };
        let head = self.heads(BTreeSet::from([import.clone()])).await?.remove(&import);
        Ok(match head {
            Some(Head::Committed { .. }) => Held::Taken(Conflict::EmailTaken, holder),
            Some(Head::Pending) => Held::Taken(Conflict::EmailReserved, holder),
            Some(Head::Discarded) | None => Held::Discarded(import),
        })
    }
}

/// A sign-in name that is taken, by what it is of the user's who wants it.
fn of_name(conflict: Conflict, user: &User, in_the_way: &[&IdentityKey]) -> Conflict {
    let email = IdentityKey::from_email(&user.email);
    if conflict == Conflict::EmailTaken && in_the_way.iter().all(|identity| **identity != email) {
        Conflict::UsernameTaken
    } else {
        conflict
    }
}

fn import_of(guard: &Item) -> Option<ImportId> {
    item::text(guard, "import_id").and_then(|id| ImportId::parse(id).ok())
}

fn moment(at: jiff::Timestamp) -> AttributeValue {
    s(rollcall_accounts::time::iso(at))
}

impl Store {
    #[boxed]
    async fn edit(&self, read: &User, edit: &Edit) -> Result<Written> {
        let old: BTreeSet<IdentityKey> = identities(read).into_iter().collect();
        let new: BTreeSet<IdentityKey> = identities(&edit.user).into_iter().collect();
        let guards: Vec<&IdentityKey> = new.difference(&old).collect();
        let mut takeovers = Takeovers::new();
        for _ in 0..TAKEOVERS {
            let mut members = vec![self.replace_as_read(&edit.user, read)?];
            for identity in &guards {
                members.push(self.guard(identity, &edit.user, &takeovers)?);
            }
            for identity in old.difference(&new) {
                members.push(self.free_guard(identity, &read.id)?);
            }
            members.extend(self.edit_members(read, edit)?);
            let acting = match &edit.acting {
                Some((actor, roles)) => {
                    members.push(self.still_active(actor, roles)?);
                    Some(members.len() - 1)
                }
                None => None,
            };
            let lists = members.len();
            if let Some(as_of) = edit.as_of {
                members.push(self.nothing_retired(&keys::scope(read.organization_id.as_ref()), as_of)?);
            }
            if let Some(settling) = &edit.settling {
                members.push(self.settling(settling)?);
            }
            let finding = Finding::new(Some(read), Some(&edit.user), members.len());
            self.put_ahead(&finding).await?;
            members.extend(self.finding_members(&finding)?);
            let Err(failed) = self.transact(members).await? else {
                self.delete_behind(&finding).await;
                return Ok(Written::Done);
            };
            if acting.is_some_and(|position| failed.contains(&position)) {
                return Err(Error::NotAuthenticated);
            }
            if failed.contains(&0) {
                return Ok(Written::Changed);
            }
            if edit.as_of.is_some() && failed.contains(&lists) {
                return Ok(Written::Taken(Conflict::ListsChanged));
            }
            let in_the_way: Vec<&IdentityKey> =
                failed.iter().filter_map(|position| guards.get(position.checked_sub(1)?).copied()).collect();
            if in_the_way.is_empty() {
                // The secrets are others, the locator was renewed meanwhile, or the mail is there: whoever did
                // that changed the user too.
                return Ok(Written::Changed);
            }
            if let Some(conflict) = self.look_behind(&in_the_way, &mut takeovers).await? {
                return Ok(Written::Taken(conflict));
            }
        }
        Ok(Written::Taken(Conflict::EmailReserved))
    }

    #[boxed]
    async fn create(&self, creation: &Creation) -> Result<Result<(), Conflict>> {
        let user = &creation.user;
        let mut takeovers = Takeovers::new();
        for _ in 0..TAKEOVERS {
            let mut members = vec![self.put_new(user_item(user)?)?];
            let guards = identities(user);
            for identity in &guards {
                members.push(self.guard(identity, user, &takeovers)?);
            }
            let lists = members.len();
            if let Some(as_of) = creation.as_of {
                members.push(self.nothing_retired(&keys::scope(user.organization_id.as_ref()), as_of)?);
            }
            if let Some(invitation) = &user.invitation {
                members.push(self.locate(invitation, &user.id, None)?);
            }
            if let Some(mail) = &creation.mail {
                members.push(self.mail(mail)?);
            }
            if let Some(credential) = &creation.credential {
                members.push(self.put_credential(credential)?);
            }
            members.extend(self.audit(&creation.event)?);
            members.push(self.count(
                &keys::scope(user.organization_id.as_ref()),
                user.id.as_str(),
                Counts { users: 1, active: 0 },
            )?);
            let finding = Finding::new(None, Some(user), members.len());
            self.put_ahead(&finding).await?;
            members.extend(self.finding_members(&finding)?);
            let Err(failed) = self.transact(members).await? else {
                return Ok(Ok(()));
            };
            if creation.as_of.is_some() && failed.contains(&lists) {
                return Ok(Err(Conflict::ListsChanged));
            }
            let in_the_way: Vec<&IdentityKey> =
                failed.iter().filter_map(|position| guards.get(position.checked_sub(1)?)).collect();
            if in_the_way.is_empty() {
                return Err(StoreError(format!("a new user's items are there already (members {failed:?})")).into());
            }
            if let Some(conflict) = self.look_behind(&in_the_way, &mut takeovers).await? {
                return Ok(Err(of_name(conflict, user, &in_the_way)));
            }
        }
        Ok(Err(Conflict::EmailReserved))
    }

    #[boxed]
    pub(crate) async fn erase(
        &self,
        read: &User,
        actor: Option<&Actor>,
        told: Vec<TransactWriteItem>,
    ) -> Result<Written> {
        let mut members = vec![self.delete_as_read(read)?];
        if let Some(actor) = actor {
            members.push(self.still_active(actor.id(), &actor.user.roles)?);
        }
        for identity in identities(read) {
            members.push(self.free_guard(&identity, &read.id)?);
        }
        if let Some(invitation) = &read.invitation {
            members.push(self.leave_locator(invitation)?);
        }
        members.extend(told);
        let scope = keys::scope(read.organization_id.as_ref());
        let active = -i64::from(read.status == UserStatus::Active);
        members.push(self.count(&scope, read.id.as_str(), Counts { users: -1, active })?);
        // Secrets, keys, sessions and links: with the user gone none of them means anything; as many as there is
        // room for go with it, the rest right after.
        let mut theirs = self.belongings(read).await?;
        let rest = theirs.split_off(theirs.len().min(BELONGINGS));
        for key in &theirs {
            members.push(self.delete(key)?);
        }
        let finding = Finding::new(Some(read), None, members.len());
        members.extend(self.finding_members(&finding)?);
        match self.transact(members).await? {
            Ok(()) => {
                self.delete_behind(&finding).await;
                self.delete_all(&rest).await;
                Ok(Written::Done)
            }
            Err(failed) if actor.is_some() && failed.contains(&1) => Err(Error::NotAuthenticated),
            Err(_) => Ok(Written::Changed),
        }
    }
}
