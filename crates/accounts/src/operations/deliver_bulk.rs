//! Drains bulk mail: one sender at a time, at the account's own rate, so that bulk stands in nobody's way.

use futures_util::{StreamExt as _, stream};
use jiff::{SignedDuration, Timestamp};

use crate::{
    Result,
    operations::{
        delivery::{Allowance, DeliveryPorts, FAILURES, Mailer, Outcome, Run, Tally, TextSender, deliver_one},
        letters::Desk,
    },
    outbox::Lane,
    random::Randomness,
};

/// Mails looked for at a time.
const BATCH: usize = 200;
/// Mails on their way to the mail service at once.
const CONCURRENCY: usize = 16;
/// The part of the account's rate and day that bulk may use; the rest is for mail that a person waits for.
const SHARE: f64 = 0.8;
/// How long a sender has the lane: longer than its function's timeout and its client's together.
pub const LEASE: SignedDuration = SignedDuration::from_secs(120);

/// Lets one sender at a time have the lane.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait BulkLease {
    /// Takes the lane until `until` if nobody has it at `now`.
    async fn take_lane(&self, owner: &str, now: Timestamp, until: Timestamp) -> Result<bool>;
    /// Gives it back.
    async fn leave_lane(&self, owner: &str) -> Result<()>;
}

/// Measures out turns in real time.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait Pace {
    /// Sets how many turns a second has.
    fn set_rate(&self, per_second: f64);
    /// Waits for the next turn; `false` when the run's time is over before it comes.
    async fn turn(&self) -> bool;
    /// Ends the run: no more turns.
    fn stop(&self);
}

/// Delivers due bulk mail until there is none, the time is over, or the mail service wants a pause. Does
/// nothing while another sender has the lane.
///
/// # Errors
/// Those of the store as due mail is looked for, and of the mail service's quota. A mail that cannot be read keeps
/// nobody waiting: see [`Run`].
pub async fn deliver_bulk(
    ports: &(impl DeliveryPorts + BulkLease),
    senders: &(impl Mailer + TextSender),
    desk: &Desk,
    clock: &impl Fn() -> Timestamp,
    pace: &impl Pace,
    randomness: &impl Randomness,
) -> Result<Run> {
    // Most runs find nothing: they cost eight queries and no write.
    if ports.due_mails(Lane::Bulk, clock(), 1).await?.is_empty() {
        return Ok(Run::ended(Tally::default(), Vec::new()));
    }
    let owner = u128::from_be_bytes(randomness.bytes()).to_string();
    let now = clock();
    if !ports.take_lane(&owner, now, now.saturating_add(LEASE).unwrap_or(Timestamp::MAX)).await? {
        return Ok(Run::ended(Tally::default(), Vec::new()));
    }
    let outcome = drain(ports, senders, desk, clock, pace).await;
    ports.leave_lane(&owner).await?;
    outcome
}

async fn drain(
    ports: &impl DeliveryPorts,
    senders: &(impl Mailer + TextSender),
    desk: &Desk,
    clock: &impl Fn() -> Timestamp,
    pace: &impl Pace,
) -> Result<Run> {
    let allowance = senders.allowance().await?;
    pace.set_rate(allowance.per_second * SHARE);
    let mut left = left_for_bulk(&allowance);
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    while left > 0 {
        let mut due = ports.due_mails(Lane::Bulk, clock(), BATCH).await?;
        due.truncate(usize::try_from(left).unwrap_or(usize::MAX));
        let mut ours = 0_u32;
        let mut over = false;
        let mut running = stream::iter(due)
            .map(|id| async move {
                if pace.turn().await {
                    deliver_one(ports, senders, desk, &id, clock()).await.map(Some)
                } else {
                    Ok(None)
                }
            })
            .buffer_unordered(CONCURRENCY);
        while let Some(outcome) = running.next().await {
            match outcome {
                Ok(Some(outcome)) => {
                    tally.note(outcome);
                    ours += u32::from(outcome != Outcome::NotOurs);
                    left = left.saturating_sub(u64::from(outcome == Outcome::Sent));
                    if outcome == Outcome::Throttled {
                        pace.stop();
                        over = true;
                    }
                }
                Ok(None) => over = true,
                // One that cannot be read keeps nobody waiting. Those on their way are seen through in any case: their
                // answers must be recorded.
                Err(error) => {
                    failures.push(error);
                    if failures.len() >= FAILURES {
                        pace.stop();
                        over = true;
                    }
                }
            }
        }
        // The index lags behind the table; a round of what is done already is the last one.
        if over || ours == 0 {
            break;
        }
    }
    Ok(Run::ended(tally, failures))
}

/// Mails that bulk may send today: what is left, less the part that is kept for mail somebody waits for.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a quota is a small positive number, and `as` saturates"
)]
fn left_for_bulk(allowance: &Allowance) -> u64 {
    match (allowance.per_day, allowance.left_today) {
        (Some(day), Some(left)) => (left - day * (1.0 - SHARE)).max(0.0) as u64,
        _ => u64::MAX,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fifth_of_the_day_is_kept_for_people_who_wait() {
        for (name, per_day, left_today, wanted) in [
            ("no limit", None, None, u64::MAX),
            ("fresh day", Some(1000.0), Some(1000.0), 800),
            ("most is used", Some(1000.0), Some(250.0), 50),
            ("only the reserve is left", Some(1000.0), Some(200.0), 0),
            ("less than the reserve", Some(1000.0), Some(3.0), 0),
        ] {
            let allowance = Allowance { per_second: 1.0, per_day, left_today };
            assert_eq!(left_for_bulk(&allowance), wanted, "{name}");
        }
    }
}
