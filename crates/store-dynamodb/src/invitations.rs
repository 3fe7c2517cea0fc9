//! Invitations beside their users: renewals, what the mail service reports, expiry.

use std::collections::{HashMap, HashSet};

use aws_sdk_dynamodb::types::{Put, TransactWriteItem, Update};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use rollcall_accounts::{
    Result,
    error::StoreError,
    facet::Facet,
    ids::{InvitationId, UserId},
    invitation::{Delivery, InvitationStatus},
    operations::{
        expire_invitations::{DueExpiry, ExpireInvitations, ExpiriesWritten, Expiry, Invited},
        record_delivery::{RecordDelivery, Report, ReportWritten, Waiting},
        renew_invitation::LastRenewal,
    },
    outbox::{DueMail, Event, MailSubject},
    time::iso,
    user::User,
};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::{internal, is_condition_failure},
    item::{self, n, s},
    keys::{self, Due},
    write::{facet_item, mail_item},
};

impl LastRenewal for Store {
    async fn last_renewal(&self, id: &InvitationId) -> Result<Option<Timestamp>> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::invitation(id).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        Ok(answer.item().and_then(|item| item::text(item, "renewed_at")).and_then(|at| at.parse().ok()))
    }
}

impl RecordDelivery for Store {
    async fn write_report(&self, report: &Report, from: &[Delivery]) -> Result<bool> {
        if from.is_empty() {
            return Ok(false);
        }
        Ok(self.transact(vec![self.reported(report, from, None)?]).await?.is_ok())
    }

    async fn reported_user(&self, id: &UserId) -> Result<Option<User>> {
        Ok(self.user(id).await?)
    }

    async fn waiting_notice(&self, id: &str) -> Result<Waiting> {
        let answer = self
            .client
            .get_item()
            .table_name(&self.table)
            .set_key(Some(keys::mail(id).attributes()))
            .consistent_read(true)
            .dispatch()
            .await
            .map_err(internal)?;
        let Some(item) = answer.item else { return Ok(Waiting::None) };
        if item::number(&item, "attempts") != Some(0) {
            return Ok(Waiting::Sent);
        }
        match item::from_item::<DueMail>(item)?.subject {
            MailSubject::Notice { event: Event::InvitationsUndelivered { people, total, .. }, .. } => {
                Ok(Waiting::For { people, total })
            }
            _ => Err(StoreError("a notice is about something else".into()).into()),
        }
    }

    async fn write_told_report(
        &self,
        user: &User,
        report: &Report,
        from: &[Delivery],
        read: &Waiting,
        notice: &DueMail,
        due: Timestamp,
    ) -> Result<ReportWritten> {
        let over = match read {
            Waiting::For { total, .. } => Over::Growing(*total),
            Waiting::None | Waiting::Sent => Over::Nothing,
        };
        // The entry's key holds the user's name: it must be the one that was read.
        let members = vec![
            self.reported(report, from, Some(user.version))?,
            self.growing_mail(notice, due, over)?,
            self.put(facet_item(user, &Facet::Trouble))?,
        ];
        Ok(match self.transact(members).await? {
            Ok(()) => ReportWritten::Done,
            Err(failed) if failed.contains(&0) => ReportWritten::UserChanged,
            Err(_) => ReportWritten::NoticeChanged,
        })
    }
}

impl ExpireInvitations for Store {
    async fn due_expiries(&self, now: Timestamp, limit: usize) -> Result<Vec<DueExpiry>> {
        let due: Vec<(InvitationId, Timestamp)> = self
            .due(Due::Expiry, now, limit)
            .await?
            .into_iter()
            .filter_map(|(pk, at)| {
                let id = InvitationId::parse(pk.strip_prefix("INVITATION#")?).ok()?;
                Some((id, at.parse().ok()?))
            })
            .collect();
        let locators = self.batch_get(due.iter().map(|(id, _)| keys::invitation(id)).collect()).await?;
        let owners: HashMap<&InvitationId, UserId> = due
            .iter()
            .filter_map(|(id, _)| {
                let locator = locators.get(&keys::invitation(id))?;
                Some((id, UserId::parse(item::text(locator, "user_id")?).ok()?))
            })
            .collect();
        let ids: Vec<UserId> = owners.values().cloned().collect();
        let read = try_join_all(ids.chunks(100).map(|ids| self.users_if_readable(ids))).await?.into_iter().flatten();
        let (mut users, mut unreadable) = (Vec::new(), HashSet::new());
        for (id, user) in read {
            match user {
                Some(user) => users.push(user),
                None => {
                    unreadable.insert(id);
                }
            }
        }
        let users = self.visible(users, None).await?;
        let mut users: HashMap<UserId, User> = users.into_iter().map(|user| (user.id.clone(), user)).collect();
        let mut invited = |owner: &UserId| match users.remove(owner) {
            Some(user) => Invited::User(Box::new(user)),
            None if unreadable.contains(owner) => Invited::Unreadable,
            None => Invited::Nobody,
        };
        Ok(due
            .iter()
            .map(|(id, due_at)| DueExpiry {
                invitation_id: id.clone(),
                due_at: *due_at,
                invited: owners.get(id).map_or(Invited::Nobody, &mut invited),
            })
            .collect())
    }

    async fn write_expiries(
        &self,
        expiries: &[Expiry],
        digest: &DueMail,
        digest_due: Timestamp,
    ) -> Result<ExpiriesWritten> {
        let mut members = vec![self.growing_mail(digest, digest_due, Over::Unclaimed)?];
        for expiry in expiries {
            members.push(self.expire(expiry)?);
            members.push(self.not_due(&expiry.invitation.id)?);
            members.extend(self.audit(&expiry.event)?);
        }
        match self.transact(members).await? {
            Ok(()) => Ok(ExpiriesWritten::Done),
            Err(failed) if failed.contains(&0) => Ok(ExpiriesWritten::DigestGone),
            Err(failed) => {
                let mut positions: Vec<usize> = failed.into_iter().map(|member| (member - 1) / 5).collect();
                positions.dedup();
                Ok(ExpiriesWritten::Changed(positions))
            }
        }
    }

    async fn correct_expiry(&self, found: &DueExpiry, due: Option<Timestamp>) -> Result<()> {
        let mut update = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::invitation(&found.invitation_id).attributes()))
            .condition_expression("due_at = :found")
            .expression_attribute_values(":found", s(iso(found.due_at)));
        update = match due {
            None => update.update_expression("REMOVE due_pk, due_at"),
            Some(at) => update.update_expression("SET due_at = :due").expression_attribute_values(":due", s(iso(at))),
        };
        match update.dispatch().await {
            Ok(_) => Ok(()),
            Err(error) if is_condition_failure(&error) => Ok(()),
            Err(error) => Err(internal(error).into()),
        }
    }
}

impl Store {
    /// The invitation expires, if it is still the mailing that was read.
    fn expire(&self, expiry: &Expiry) -> Result<TransactWriteItem, StoreError> {
        let invitation = &expiry.invitation;
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::user(&expiry.user_id).attributes()))
            .update_expression("SET invitation.#status = :expired")
            .condition_expression(
                "invitation.id = :id AND invitation.generation = :generation AND invitation.#status = :pending",
            )
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":expired", s(InvitationStatus::Expired.name()))
            .expression_attribute_values(":id", s(invitation.id.as_str()))
            .expression_attribute_values(":generation", n(invitation.generation))
            .expression_attribute_values(":pending", s(InvitationStatus::Pending.name()))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    fn not_due(&self, id: &InvitationId) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::invitation(id).attributes()))
            .update_expression("REMOVE due_pk, due_at")
            .condition_expression("attribute_exists(pk)")
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// The invitation's delivery is what the mail service reports, if it is still that mailing and one of `from`.
    fn reported(
        &self,
        report: &Report,
        from: &[Delivery],
        version: Option<u64>,
    ) -> Result<TransactWriteItem, StoreError> {
        let places: Vec<String> = (0..from.len()).map(|i| format!(":from{i}")).collect();
        let same = if version.is_some() { " AND version = :version" } else { "" };
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::user(&report.user_id).attributes()))
            .update_expression("SET invitation.delivery = :delivery, invitation.delivery_at = :at")
            .condition_expression(format!(
                "invitation.id = :id AND invitation.generation = :generation AND invitation.delivery IN ({}){same}",
                places.join(", ")
            ))
            .expression_attribute_values(":delivery", s(report.delivery.name()))
            .expression_attribute_values(":at", s(iso(report.at)))
            .expression_attribute_values(":id", s(report.invitation_id.as_str()))
            .expression_attribute_values(":generation", n(report.generation));
        for (place, delivery) in places.iter().zip(from) {
            update = update.expression_attribute_values(place, s(delivery.name()));
        }
        if let Some(version) = version {
            update = update.expression_attribute_values(":version", n(version));
        }
        let update = update.build().map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// A mail over an earlier form of itself, unless a sender has it already.
    fn growing_mail(&self, mail: &DueMail, due: Timestamp, over: Over) -> Result<TransactWriteItem, StoreError> {
        let mut item = mail_item(mail)?;
        item.insert("due_at".to_owned(), s(iso(due)));
        let put = Put::builder().table_name(&self.table).set_item(Some(item));
        let put = match over {
            Over::Nothing => put.condition_expression("attribute_not_exists(pk)"),
            Over::Unclaimed => put
                .condition_expression("attribute_not_exists(pk) OR attempts = :none")
                .expression_attribute_values(":none", n(0)),
            Over::Growing(total) => put
                .condition_expression("attempts = :none AND #subject.#event.#total = :total")
                .expression_attribute_names("#subject", "subject")
                .expression_attribute_names("#event", "event")
                .expression_attribute_names("#total", "total")
                .expression_attribute_values(":none", n(0))
                .expression_attribute_values(":total", n(total)),
        };
        let put = put.build().map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().put(put).build())
    }
}

/// Over which earlier form of itself a growing mail is written.
#[derive(Debug, Clone, Copy)]
enum Over {
    /// There is none.
    Nothing,
    /// Any that no sender has.
    Unclaimed,
    /// That with so many people, which no sender has.
    Growing(usize),
}
