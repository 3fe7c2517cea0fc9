//! Answers kept under idempotency keys. Puts under conditions only, so that a function that keeps answers
//! needs no right to update or delete.

use jiff::{SignedDuration, Timestamp};
use rollcall_accounts::{
    Error, Result,
    error::StoreError,
    idempotency::{Claim, Claimed, KEPT_HOURS, KeepAnswers, KeptAnswer, LEASE_SECONDS},
    time::iso,
};
use serde::{Deserialize, Serialize};

use crate::{
    Store,
    dispatch::Dispatch as _,
    failure::{internal, is_condition_failure},
    item::{self, n, s},
    keys,
};

/// What is stored under a key. Until `until` it stands; afterwards it is as if it were not there.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct AnswerItem {
    request: String,
    owner: String,
    #[serde(with = "rollcall_accounts::time::fixed")]
    until: Timestamp,
    answer: Option<KeptAnswer>,
}

impl KeepAnswers for Store {
    async fn claim(&self, claim: &Claim) -> Result<Claimed> {
        // Twice: what stood in the way may run out between the write and the read.
        for _ in 0..2 {
            if self.put_answer(claim, SignedDuration::from_secs(LEASE_SECONDS), None, true).await? {
                return Ok(Claimed::Mine);
            }
            let found = self
                .client
                .get_item()
                .table_name(&self.table)
                .set_key(Some(keys::idempotency(&claim.name).attributes()))
                .consistent_read(true)
                .dispatch()
                .await
                .map_err(internal)?
                .item
                .map(item::from_item::<AnswerItem>)
                .transpose()?
                .filter(|found| found.until > claim.now);
            match found {
                Some(found) if found.request != claim.request => return Ok(Claimed::OtherRequest),
                Some(AnswerItem { answer: Some(answer), .. }) => return Ok(Claimed::Answered(answer)),
                Some(_) => return Ok(Claimed::InProgress),
                None => {}
            }
        }
        Err(Error::internal("an idempotency key was neither free nor taken"))
    }

    async fn keep(&self, claim: &Claim, answer: &KeptAnswer) -> Result<()> {
        // A claim that is no longer its owner's has run out, and what came after it counts.
        self.put_answer(claim, SignedDuration::from_hours(KEPT_HOURS), Some(answer.clone()), false).await?;
        Ok(())
    }

    async fn let_go(&self, claim: &Claim) -> Result<()> {
        self.put_answer(claim, SignedDuration::ZERO, None, false).await?;
        Ok(())
    }
}

impl Store {
    /// Puts what stands under a key from now on: over nothing or what has run out (`fresh`), or over the
    /// owner's own claim. `false` when something else is there.
    async fn put_answer(
        &self,
        claim: &Claim,
        stands: SignedDuration,
        answer: Option<KeptAnswer>,
        fresh: bool,
    ) -> Result<bool, StoreError> {
        let until = claim.now.saturating_add(stands).unwrap_or(Timestamp::MAX);
        let stored = AnswerItem { request: claim.request.clone(), owner: claim.owner.clone(), until, answer };
        let mut item = item::to_item(&keys::idempotency(&claim.name), "idempotency", &stored)?;
        item.insert("ttl".to_owned(), n(until.as_second() + 3600));
        let put = self.client.put_item().table_name(&self.table).set_item(Some(item));
        let put = if fresh {
            put.condition_expression("attribute_not_exists(pk) OR #until <= :now")
                .expression_attribute_names("#until", "until")
                .expression_attribute_values(":now", s(iso(claim.now)))
        } else {
            put.condition_expression("#owner = :owner")
                .expression_attribute_names("#owner", "owner")
                .expression_attribute_values(":owner", s(&claim.owner))
        };
        match put.dispatch().await {
            Ok(_) => Ok(true),
            Err(error) if is_condition_failure(&error) => Ok(false),
            Err(error) => Err(internal(error)),
        }
    }
}
