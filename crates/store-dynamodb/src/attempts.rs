//! Counters of attempts.

use aws_sdk_dynamodb::types::{ReturnValue, TransactWriteItem, Update};
use jiff::{SignedDuration, Timestamp};
use rollcall_accounts::{
    Result,
    attempts::{CountAttempts, Counted, Counter, LockedOut},
    error::StoreError,
    ids::UserId,
    time::iso,
};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::{internal, is_condition_failure},
    item::{self, Item, n, s},
    keys,
};

/// Times that counting starts over because a counter was opened or ran out in this very moment.
const TRIES: usize = 4;
/// What is written where there is no account to lock: as many items as its audit event has.
const STAND_INS: usize = 3;

impl CountAttempts for Store {
    async fn count_attempt(&self, counter: &Counter, now: Timestamp, window: SignedDuration) -> Result<Counted> {
        for _ in 0..TRIES {
            if let Some(counted) = self.count_on(counter, now).await? {
                return Ok(counted);
            }
            let until = now.saturating_add(window).unwrap_or(Timestamp::MAX);
            if self.open_counter(counter, now, until).await? {
                return Ok(Counted { count: 1, until });
            }
        }
        Err(StoreError("a counter was opened and ran out every time it was looked at".into()).into())
    }

    async fn forgive_attempt(&self, counter: &Counter) -> Result<()> {
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::attempts(counter).attributes()))
            .update_expression("ADD attempts :less")
            .condition_expression("attempts > :zero")
            .expression_attribute_values(":less", n(-1))
            .expression_attribute_values(":zero", n(0))
            .dispatch()
            .await;
        match outcome {
            // Unlocked meanwhile: there is nothing to take back.
            Err(error) if !is_condition_failure(&error) => Err(internal(error).into()),
            _ => Ok(()),
        }
    }

    async fn close_counter(&self, counter: &Counter, until: Timestamp, locked: Option<&LockedOut>) -> Result<()> {
        let close = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::attempts(counter).attributes()))
            .update_expression("SET #until = :until, #ttl = :ttl")
            .expression_attribute_names("#until", "until")
            .expression_attribute_names("#ttl", "ttl")
            .expression_attribute_values(":until", s(iso(until)))
            .expression_attribute_values(":ttl", n(until.as_second()))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        let mut members = vec![TransactWriteItem::builder().update(close).build()];
        match locked {
            Some(locked) => {
                members.push(self.lock_user(&locked.user, until)?);
                members.extend(self.audit(&locked.event)?);
            }
            None => {
                for number in 0..=STAND_INS {
                    let key = keys::attempts_stand_in(counter, number);
                    members.push(self.put(Item::from([
                        ("pk".to_owned(), s(key.pk)),
                        ("sk".to_owned(), s(key.sk)),
                        ("kind".to_owned(), s("attempts")),
                        ("ttl".to_owned(), n(until.as_second())),
                    ]))?);
                }
            }
        }
        // The account is gone: then nothing is to be locked, and its name is free.
        let _ = self.transact(members).await?;
        Ok(())
    }
}

impl Store {
    /// Counts on; `None` when no counter is open.
    async fn count_on(&self, counter: &Counter, now: Timestamp) -> Result<Option<Counted>, StoreError> {
        let outcome = self
            .client
            .update_item()
            .table_name(&self.table)
            .set_key(Some(keys::attempts(counter).attributes()))
            .update_expression("ADD attempts :one")
            .condition_expression("#until > :now")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":one", n(1))
            .expression_attribute_values(":now", s(iso(now)))
            .return_values(ReturnValue::AllNew)
            .dispatch()
            .await;
        match outcome {
            Ok(answer) => {
                let item = answer.attributes.ok_or_else(|| StoreError("a counted attempt is empty".into()))?;
                let until = item::text(&item, "until").and_then(|until| until.parse().ok());
                let until = until.ok_or_else(|| StoreError("a counter has no end".into()))?;
                let count = item::number(&item, "attempts").unwrap_or_default();
                Ok(Some(Counted { count: u32::try_from(count).unwrap_or(u32::MAX), until }))
            }
            Err(error) if is_condition_failure(&error) => Ok(None),
            Err(error) => Err(internal(error)),
        }
    }

    /// Opens a counter with one attempt; `false` when one is open. Its `ttl` only tidies up; `until` decides.
    async fn open_counter(&self, counter: &Counter, now: Timestamp, until: Timestamp) -> Result<bool, StoreError> {
        let key = keys::attempts(counter);
        let outcome = self
            .client
            .put_item()
            .table_name(&self.table)
            .set_item(Some(Item::from([
                ("pk".to_owned(), s(key.pk)),
                ("sk".to_owned(), s(key.sk)),
                ("kind".to_owned(), s("attempts")),
                ("attempts".to_owned(), n(1)),
                ("until".to_owned(), s(iso(until))),
                ("ttl".to_owned(), n(until.as_second())),
            ])))
            .condition_expression("attribute_not_exists(pk) OR #until <= :now")
            .expression_attribute_names("#until", "until")
            .expression_attribute_values(":now", s(iso(now)))
            .dispatch()
            .await;
        match outcome {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(internal(error)),
        }
    }

    /// Whoever edits the user meanwhile finds them changed; the version, which is of people's edits, stays.
    fn lock_user(&self, user: &UserId, until: Timestamp) -> Result<TransactWriteItem, StoreError> {
        let update = Update::builder()
            .table_name(&self.table)
            .set_key(Some(keys::user(user).attributes()))
            .update_expression("SET locked_until = :until")
            .condition_expression("attribute_exists(pk)")
            .expression_attribute_values(":until", s(iso(until)))
            .build()
            .map_err(|error| StoreError(error.to_string()))?;
        Ok(TransactWriteItem::builder().update(update).build())
    }
}
