//! Sends mail of the lane *now* that is due and that the stream did not lead to: missed, postponed, or left
//! behind by a worker that died.

use jiff::Timestamp;

use crate::{
    Result,
    operations::{
        delivery::{DeliveryPorts, FAILURES, Mailer, Outcome, Run, Tally, TextSender, deliver_one},
        letters::Desk,
    },
    outbox::Lane,
};

/// Mails looked for at a time.
const BATCH: usize = 100;

/// Delivers due mail until there is none, `go_on` says no, or the mail service wants a pause.
///
/// # Errors
/// Those of the store as due mail is looked for. A mail that cannot be read keeps nobody waiting: see [`Run`].
pub async fn sweep_mail(
    ports: &impl DeliveryPorts,
    senders: &(impl Mailer + TextSender),
    desk: &Desk,
    clock: &impl Fn() -> Timestamp,
    go_on: &impl Fn() -> bool,
) -> Result<Run> {
    let mut tally = Tally::default();
    let mut failures = Vec::new();
    loop {
        let due = ports.due_mails(Lane::Now, clock(), BATCH).await?;
        let ours_before = ours(&tally);
        for id in &due {
            if !go_on() || failures.len() >= FAILURES {
                return Ok(Run::ended(tally, failures));
            }
            match deliver_one(ports, senders, desk, id, clock()).await {
                Ok(outcome) => {
                    tally.note(outcome);
                    if outcome == Outcome::Throttled {
                        return Ok(Run::ended(tally, failures));
                    }
                }
                Err(error) => failures.push(error),
            }
        }
        // The index lags behind the table; what it still shows may be done already.
        if ours(&tally) == ours_before {
            return Ok(Run::ended(tally, failures));
        }
    }
}

fn ours(tally: &Tally) -> u32 {
    tally.sent + tally.dropped + tally.refused + tally.postponed
}
