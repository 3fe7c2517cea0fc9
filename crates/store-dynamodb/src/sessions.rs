//! Sessions by the hash of their token, each complete one listed under its user too, and what is needed to open, go
//! on with and end one.

use async_recursion::async_recursion as boxed;
use aws_sdk_dynamodb::types::{Delete, TransactWriteItem, Update};
use jiff::Timestamp;
use rollcall_accounts::{
    Result,
    audit::AuditEvent,
    credential::Credential,
    error::StoreError,
    ids::{OrganizationId, SessionId, UserId},
    operations::{
        sessions::{
            Challenge, ContinueSession, EndListedSession, EndSession, Enrolment, FindSession, ListSessions,
            MAX_FAILED_CODES, OpenSession, OpenSessions, Session, Stage, TextSent, TryCodes,
        },
        sign_in::FindLogin,
        verify_mfa::UseCodes,
    },
    organization::domain_key,
    outbox::DueMail,
    time::iso,
    user::User,
};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::{internal, is_condition_failure},
    item::{self, n, s},
    keys,
};

impl FindSession for Store {
    async fn find_session(&self, token_hash: &str) -> Result<Option<Session>> {
        Ok(self.session(token_hash).await?)
    }
}

impl OpenSessions for Store {
    async fn open_session(&self, open: &OpenSession, former: Option<&str>) -> Result<bool> {
        if former.is_none() && open.session.stage != Stage::Complete {
            let [item] = self.session_items(open)?.try_into().map_err(|_| StoreError("one item".into()))?;
            self.client.put_item().table_name(&self.table).set_item(Some(item)).dispatch().await.map_err(internal)?;
            return Ok(true);
        }
        let mut members = Vec::new();
        if let Some(former) = former {
            members.push(self.end_former(former)?);
        }
        members.extend(self.opened(open)?);
        if open.session.stage == Stage::Complete {
            let user = Update::builder()
                .table_name(&self.table)
                .set_key(Some(keys::user(&open.session.user_id).attributes()))
                .update_expression("SET last_sign_in_at = :now")
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_values(":now", s(iso(open.session.created_at)))
                .build()
                .map_err(|error| StoreError(error.to_string()))?;
            members.push(TransactWriteItem::builder().update(user).build());
        }
        Ok(self.transact(members).await?.is_ok())
    }
}

impl EndSession for Store {
    async fn end_session(&self, token_hash: &str, session: &Session) -> Result<()> {
        let mut members = vec![self.delete(&keys::session(token_hash))?];
        if session.stage == Stage::Complete {
            members.push(self.delete(&keys::session_entry(&session.user_id, &session.id))?);
        }
        self.transact(members).await?.map_err(|_| StoreError("a deletion without a condition failed on one".into()))?;
        Ok(())
    }
}

impl ContinueSession for Store {
    async fn continue_session(
        &self,
        token_hash: &str,
        session: &SessionId,
        user: &UserId,
        idle_until: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        let goes_on = |key: keys::Key| -> Result<TransactWriteItem, StoreError> {
            let update = Update::builder()
                .table_name(&self.table)
                .set_key(Some(key.attributes()))
                .update_expression("SET idle_until = :until, last_seen_at = :now")
                .condition_expression("attribute_exists(pk)")
                .expression_attribute_values(":until", s(iso(idle_until)))
                .expression_attribute_values(":now", s(iso(now)))
                .build()
                .map_err(|error| StoreError(error.to_string()))?;
            Ok(TransactWriteItem::builder().update(update).build())
        };
        let members = vec![goes_on(keys::session(token_hash))?, goes_on(keys::session_entry(user, session))?];
        Ok(self.transact(members).await?.is_ok())
    }
}

impl ListSessions for Store {
    async fn sessions_of(&self, user: &User) -> Result<Vec<Session>> {
        let items = self.partition(&keys::user(&user.id).pk, keys::SESSION_ENTRIES).await?;
        let mut sessions: Vec<Session> = items.into_iter().map(item::from_item).collect::<Result<_, _>>()?;
        let account = self.account(user.clone()).await?;
        sessions.retain(|session| !account.roles.reduced_since(&user.roles, session.created_at));
        Ok(sessions)
    }
}

impl EndListedSession for Store {
    async fn end_listed_session(&self, user: &UserId, session: &SessionId, event: &AuditEvent) -> Result<bool> {
        let key = keys::session_entry(user, session);
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        let Some(hash) = answer.item().and_then(|item| item::text(item, "hash")) else { return Ok(false) };
        let entry = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(key.attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        let mut members = vec![TransactWriteItem::builder().delete(entry).build(), self.delete(&keys::session(hash))?];
        members.extend(self.audit(event)?);
        Ok(self.transact(members).await?.is_ok())
    }
}

impl TryCodes for Store {
    async fn try_code(&self, token_hash: &str) -> Result<bool> {
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::session(token_hash).attributes()))
            .update_expression("ADD failed_codes :one")
            .condition_expression("attribute_exists(pk) AND failed_codes < :most")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":most", n(MAX_FAILED_CODES))
            .dispatch()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(internal(error).into()),
        }
    }
}

impl Challenge for Store {
    async fn keep_challenge(
        &self,
        token_hash: &str,
        read: &Session,
        enrolment: Option<&Enrolment>,
        text: Option<(&TextSent, &DueMail)>,
    ) -> Result<bool> {
        let mut set = Vec::new();
        let mut update =
            Update::builder().table_name(&self.table).set_key(Some(keys::session(token_hash).attributes()));
        let mut condition = "attribute_exists(pk)".to_owned();
        if let Some(enrolment) = enrolment {
            set.push("enrolment = :enrolment, failed_codes = :zero");
            update = update
                .expression_attribute_values(":enrolment", item::to_value(enrolment)?)
                .expression_attribute_values(":zero", n(0));
        }
        let mut members = Vec::new();
        if let Some((text, mail)) = text {
            set.push("#text = :text");
            update = update
                .expression_attribute_names("#text", "text")
                .expression_attribute_values(":text", item::to_value(text)?);
            match &read.text {
                Some(before) => {
                    condition.push_str(" AND #text.#number = :before");
                    update = update
                        .expression_attribute_names("#number", "number")
                        .expression_attribute_values(":before", n(before.number));
                }
                None => condition.push_str(" AND attribute_not_exists(#text)"),
            }
            members.push(self.mail(mail)?);
        }
        let update = update
            .update_expression(format!("SET {}", set.join(", ")))
            .condition_expression(condition)
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        members.push(TransactWriteItem::builder().update(update).build());
        Ok(self.transact(members).await?.is_ok())
    }
}

impl FindLogin for Store {
    async fn holder_of(&self, identity: &IdentityKey) -> Result<Option<UserId>> {
        Ok(self.login_holder(identity).await?)
    }

    async fn organization_of_domain(&self, domain: &str) -> Result<Option<OrganizationId>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::domain(&domain_key(domain)).attributes()))
            .consistent_read(true)
            .send()
            .await
            .map_err(internal)?;
        let id = answer.item().and_then(|item| item::text(item, "organization_id"));
        Ok(id.and_then(|id| OrganizationId::parse(id).ok()))
    }

    async fn login(&self, user: &UserId) -> Result<Option<(User, Option<Credential>)>> {
        let (user, credential) = tokio::try_join!(self.user(user), self.credential(user))?;
        Ok(user.map(|user| (user, credential)))
    }
}

impl UseCodes for Store {
    async fn use_totp_step(&self, user: &UserId, step: u64) -> Result<bool> {
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::credential(user).attributes()))
            .update_expression("SET totp_last_step = :step ADD revision :one")
            .condition_expression(
                "attribute_exists(pk) AND (attribute_not_exists(totp_last_step) OR totp_last_step < :step)",
            )
            .expression_attribute_values(":step", n(step))
            .expression_attribute_values(":one", n(1))
            .dispatch()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(internal(error).into()),
        }
    }

    async fn use_recovery_code(&self, read: &Credential, hash: &str, event: &AuditEvent) -> Result<bool> {
        let left: Vec<&String> = read.recovery_codes.iter().filter(|code| *code != hash).collect();
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::credential(&read.user_id).attributes()))
            .update_expression("SET recovery_codes = :left ADD revision :one")
            .condition_expression("recovery_codes = :read")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":left", item::to_value(&left)?)
            .expression_attribute_values(":read", item::to_value(&read.recovery_codes)?)
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        let mut members = vec![TransactWriteItem::builder().update(update).build()];
        members.extend(self.audit(event)?);
        Ok(self.transact(members).await?.is_ok())
    }
}

impl Store {
    /// Who holds a sign-in name, whether or not they count.
    #[boxed]
    pub(crate) async fn login_holder(&self, identity: &IdentityKey) -> Result<Option<UserId>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::guard(identity).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        Ok(answer.item().and_then(|item| item::text(item, "user_id")).and_then(|id| UserId::parse(id).ok()))
    }

    #[boxed]
    pub(crate) async fn session(&self, token_hash: &str) -> Result<Option<Session>, StoreError> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::session(token_hash).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        // One without a stage was opened by an earlier version, and is none any more.
        answer.item.filter(|item| item.contains_key("stage")).map(item::from_item).transpose()
    }

    /// The members of a transaction that opens a session.
    pub(crate) fn opened(&self, open: &OpenSession) -> Result<Vec<TransactWriteItem>, StoreError> {
        self.session_items(open)?.into_iter().map(|item| self.put_new(item)).collect()
    }

    /// The member of a transaction that ends the session whose place another one takes.
    pub(crate) fn end_former(&self, token_hash: &str) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(keys::session(token_hash).attributes()))
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// A session's item and, once it is complete, the entry that lists it. Their `ttl` only tidies up; `expires_at`
    /// and `idle_until` decide.
    fn session_items(&self, open: &OpenSession) -> Result<Vec<item::Item>, StoreError> {
        let (session, hash) = (&open.session, open.token_hash());
        let mut items = vec![item::to_item(&keys::session(&hash), "session", session)?];
        if session.stage == Stage::Complete {
            let mut entry =
                item::to_item(&keys::session_entry(&session.user_id, &session.id), "session_entry", session)?;
            entry.insert("hash".to_owned(), s(&hash));
            items.push(entry);
        }
        for item in &mut items {
            item.insert("ttl".to_owned(), n(session.expires_at.as_second()));
        }
        Ok(items)
    }
}
