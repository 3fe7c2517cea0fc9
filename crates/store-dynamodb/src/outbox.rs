//! The outbox: mails that are due, claimed, postponed, taken out; and the lease of bulk mail's one sender.

use async_recursion::async_recursion as boxed;
use aws_sdk_dynamodb::{
    operation::update_item::builders::UpdateItemFluentBuilder,
    types::{Delete, ReturnValue, TransactWriteItem, Update},
};
use futures_util::future::try_join_all;
use jiff::Timestamp;
use rollcall_accounts::{
    Result,
    correlation::Correlation,
    error::StoreError,
    facet::Facet,
    invitation::{Delivery, InvitationStatus},
    operations::{
        deliver_bulk::BulkLease,
        delivery::{Claimed, Handed, HandedOutcome, Outbox},
    },
    outbox::{DueMail, Lane},
    time::iso,
};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::{internal, is_condition_failure},
    item::{self, Item, n, s},
    keys::{self, Due, SHARDS},
    write::facet_item,
};

/// Times that recording what became of a mail starts over because the mail service reported meanwhile.
const TRIES: usize = 4;

fn work(lane: Lane) -> Due {
    match lane {
        Lane::Now => Due::MailNow,
        Lane::Bulk => Due::MailBulk,
    }
}

impl Outbox for Store {
    async fn due_mails(&self, lane: Lane, now: Timestamp, limit: usize) -> Result<Vec<String>> {
        let found = self.due(work(lane), now, limit).await?;
        Ok(found.into_iter().filter_map(|(pk, _)| pk.strip_prefix("MAIL#").map(str::to_owned)).collect())
    }

    async fn claim_mail(&self, id: &str, now: Timestamp, until: Timestamp) -> Result<Option<Claimed>> {
        let outcome = self
            .update_mail(id)
            .update_expression("SET due_at = :until, claimed_at = :now, attempts = attempts + :one")
            // Never claimed is due, whatever clock wrote its due time.
            .condition_expression("attribute_exists(pk) AND (attempts = :zero OR due_at <= :now)")
            .expression_attribute_values(":until", s(iso(until)))
            .expression_attribute_values(":now", s(iso(now)))
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":zero", n(0))
            .return_values(ReturnValue::AllOld)
            .dispatch()
            .await;
        match outcome {
            Ok(answer) => {
                let old = answer.attributes.ok_or_else(|| StoreError("a claimed mail is empty".into()))?;
                let before = item::text(&old, "claimed_at").and_then(|at| at.parse().ok());
                let attempts = item::number(&old, "attempts").unwrap_or_default() + 1;
                let correlation = item::text(&old, item::CORRELATION).and_then(Correlation::parse);
                let mail: DueMail = item::from_item(old)?;
                let attempts = u32::try_from(attempts).unwrap_or(u32::MAX);
                Ok(Some(Claimed { mail, attempts, at: now, before, correlation }))
            }
            Err(error) if is_condition_failure(&error) => Ok(None),
            Err(error) => Err(internal(error).into()),
        }
    }

    async fn postpone_mail(&self, claimed: &Claimed, due: Timestamp) -> Result<()> {
        let outcome = self
            .update_mail(&claimed.mail.id)
            .update_expression("SET due_at = :due")
            .condition_expression("attempts = :ours")
            .expression_attribute_values(":due", s(iso(due)))
            .expression_attribute_values(":ours", n(claimed.attempts))
            .dispatch()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            // The lease ended and somebody else has it now.
            Err(error) if is_condition_failure(&error) => Ok(()),
            Err(error) => Err(internal(error).into()),
        }
    }

    async fn drop_mail(&self, claimed: &Claimed) -> Result<()> {
        let outcome = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(keys::mail(&claimed.mail.id).attributes()))
            .condition_expression("attempts = :ours")
            .expression_attribute_values(":ours", n(claimed.attempts))
            .dispatch()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(error) if is_condition_failure(&error) => Ok(()),
            Err(error) => Err(internal(error).into()),
        }
    }

    async fn replace_mail(&self, claimed: &Claimed, next: &DueMail) -> Result<()> {
        // Whoever has the mail since our lease ended does the same.
        let _ = self.transact(vec![self.take_out(claimed)?, self.mail(next)?]).await?;
        Ok(())
    }

    async fn record_handed(&self, claimed: &Claimed, handed: &Handed) -> Result<()> {
        // The mail service's own report can be quicker than this record. It then stays, and only the times are set.
        let mut reported = false;
        for _ in 0..TRIES {
            let mut members = vec![self.take_out(claimed)?];
            // Whoever has trouble is found by it; the entry's key holds their name, so it must be the one read.
            let mut refused = None;
            match handed.outcome {
                HandedOutcome::Taken { expires_at, .. } => {
                    members.extend([self.hand(handed, reported, None)?, self.due_expiry(handed, expires_at)?]);
                }
                HandedOutcome::Refused { .. } => {
                    let user = self.raw_users(std::slice::from_ref(&handed.user_id)).await?.pop();
                    let Some(user) = user.filter(|user| handed.is_of(user)) else {
                        return self.drop_mail(claimed).await;
                    };
                    reported =
                        user.invitation.as_ref().is_some_and(|invitation| invitation.delivery != Delivery::Queued);
                    members.push(self.hand(handed, reported, Some(user.version))?);
                    if !reported {
                        members.push(self.put(facet_item(&user, &Facet::Trouble))?);
                    }
                    refused = Some(user);
                }
            }
            match self.transact(members).await? {
                Ok(()) => return Ok(()),
                // Somebody else has the mail since our lease ended; theirs is the record.
                Err(failed) if failed.contains(&0) => return Ok(()),
                // Changed since they were read: again.
                Err(_) if refused.is_some() => {}
                Err(_) if !reported => reported = true,
                // Neither waiting nor reported: revoked, finished, or of a newer generation.
                Err(_) => return self.drop_mail(claimed).await,
            }
        }
        Ok(())
    }
}

impl BulkLease for Store {
    async fn take_lane(&self, owner: &str, now: Timestamp, until: Timestamp) -> Result<bool> {
        let key = keys::bulk_lease();
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(Item::from([
                ("pk".to_owned(), s(key.pk)),
                ("sk".to_owned(), s(key.sk)),
                ("kind".to_owned(), s("lease")),
                ("owner".to_owned(), s(owner)),
                ("until".to_owned(), s(iso(until))),
            ])))
            .condition_expression("attribute_not_exists(pk) OR #until <= :now")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":now", s(iso(now)))
            .dispatch()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(internal(error).into()),
        }
    }

    async fn leave_lane(&self, owner: &str) -> Result<()> {
        let outcome = self
            .client
            .delete_item()
            .table_name(&self.table)
            .set_key(Some(keys::bulk_lease().attributes()))
            .condition_expression("#owner = :owner")
            .expression_attribute_names("#owner", "owner")
            .expression_attribute_values(":owner", s(owner))
            .dispatch()
            .await;
        match outcome {
            Ok(_) => Ok(()),
            Err(error) if is_condition_failure(&error) => Ok(()),
            Err(error) => Err(internal(error).into()),
        }
    }
}

impl Store {
    /// What is due by `now`, of every shard its share: partition key and due time. The index lags, so what
    /// it shows may be done already.
    #[boxed]
    pub(crate) async fn due(
        &self,
        work: Due,
        now: Timestamp,
        limit: usize,
    ) -> Result<Vec<(String, String)>, StoreError> {
        let share = i32::try_from(limit.div_ceil(SHARDS as usize)).unwrap_or(i32::MAX);
        let now = iso(now);
        let shards = (0..SHARDS).map(|shard| {
            let query = self
                .client
                .query()
                .table_name(&self.table)
                .index_name("due")
                .key_condition_expression("due_pk = :work AND due_at <= :now")
                .expression_attribute_values(":work", s(work.partition(shard)))
                .expression_attribute_values(":now", s(&now))
                .limit(share);
            async move { query.dispatch().await.map_err(internal) }
        });
        let mut found: Vec<(String, String)> = try_join_all(shards)
            .await?
            .into_iter()
            .flat_map(|page| page.items.unwrap_or_default())
            .filter_map(|item| Some((item::text(&item, "pk")?.to_owned(), item::text(&item, "due_at")?.to_owned())))
            .collect();
        found.sort_by(|one, other| one.1.cmp(&other.1));
        Ok(found)
    }

    fn update_mail(&self, id: &str) -> UpdateItemFluentBuilder {
        self.client.update_item().table_name(&self.table).set_key(Some(keys::mail(id).attributes()))
    }

    /// Takes a mail out, if it is still this claim's.
    fn take_out(&self, claimed: &Claimed) -> Result<TransactWriteItem, StoreError> {
        let delete = Delete::builder()
            .table_name(&self.table)
            .set_key(Some(keys::mail(&claimed.mail.id).attributes()))
            .condition_expression("attempts = :ours")
            .expression_attribute_values(":ours", n(claimed.attempts))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().delete(delete).build())
    }

    /// Records on the invitation what the mail service did. `reported`: it has reported itself, which stays.
    fn hand(&self, handed: &Handed, reported: bool, version: Option<u64>) -> Result<TransactWriteItem, StoreError> {
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::user(&handed.user_id).attributes()))
            .expression_attribute_names("#status", "status")
            .expression_attribute_values(":id", s(handed.invitation_id.as_str()))
            .expression_attribute_values(":generation", n(handed.generation))
            .expression_attribute_values(":pending", s(InvitationStatus::Pending.name()))
            .expression_attribute_values(":queued", s(Delivery::Queued.name()));
        let mut set = Vec::new();
        let (delivery, at) = match handed.outcome {
            HandedOutcome::Taken { sent_at, expires_at } => {
                set.extend(["invitation.sent_at = :sent_at", "invitation.expires_at = :expires_at"]);
                update = update
                    .expression_attribute_values(":sent_at", s(iso(sent_at)))
                    .expression_attribute_values(":expires_at", s(iso(expires_at)));
                (Delivery::Sent, None)
            }
            HandedOutcome::Refused { at } => (Delivery::Suppressed, Some(at)),
        };
        if !reported {
            set.push("invitation.delivery = :delivery");
            update = update.expression_attribute_values(":delivery", s(delivery.name()));
            if let Some(at) = at {
                set.push("invitation.delivery_at = :at");
                update = update.expression_attribute_values(":at", s(iso(at)));
            }
        }
        let same = if version.is_some() { " AND version = :version" } else { "" };
        if let Some(version) = version {
            update = update.expression_attribute_values(":version", n(version));
        }
        let compare = if reported { "<>" } else { "=" };
        if set.is_empty() {
            // Refused, yet reported on: nothing to add, but the invitation must be the one that is meant.
            set.push("invitation.generation = :generation");
        }
        let update = update
            .update_expression(format!("SET {}", set.join(", ")))
            .condition_expression(format!(
                "invitation.id = :id AND invitation.generation = :generation AND invitation.#status = :pending \
                 AND invitation.delivery {compare} :queued{same}"
            ))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }

    /// The invitation's end is due at its time.
    fn due_expiry(&self, handed: &Handed, expires_at: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let mut update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::invitation(&handed.invitation_id).attributes()))
            .update_expression("SET due_pk = :due_pk, due_at = :due_at")
            .condition_expression("attribute_exists(pk)");
        for (name, value) in keys::due(Due::Expiry, handed.invitation_id.as_str(), expires_at) {
            update = update.expression_attribute_values(format!(":{name}"), value);
        }
        let update = update.build().map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
