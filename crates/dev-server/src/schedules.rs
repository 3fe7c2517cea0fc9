//! The schedules, driven by the movable clock. What runs every minute in the cloud runs every two seconds here.

use std::{sync::Arc, time::Duration};

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::{
    clock::Clock,
    dead_letters::{DeadLetter, DeadLetters},
    functions::Functions,
    random::uuid,
    template::{ACCOUNT, REGION, Schedule},
};

/// Real time between two looks at the clock, and between two runs of a minute schedule.
const LOOK: Duration = Duration::from_secs(2);
const MINUTE: Duration = Duration::from_secs(60);

/// All schedules. Clones share them.
#[derive(Debug, Clone)]
pub(crate) struct Schedules {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    clock: Clock,
    functions: Functions,
    dead_letters: DeadLetters,
    /// The rarest first: what they cause is then done by the frequent ones.
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    function: String,
    schedule: Schedule,
    /// When it runs next. Held during a run, so that no schedule overlaps with itself.
    due: Mutex<Timestamp>,
}

impl Schedules {
    pub(crate) fn new(
        mut schedules: Vec<(String, Schedule)>,
        clock: Clock,
        functions: Functions,
        dead_letters: DeadLetters,
    ) -> Self {
        schedules.sort_by_key(|(function, schedule)| (std::cmp::Reverse(schedule.every), function.clone()));
        let now = clock.now();
        let entries = schedules
            .into_iter()
            .map(|(function, schedule)| Entry { function, due: Mutex::new(next(now, schedule.every)), schedule })
            .collect();
        Self { inner: Arc::new(Inner { clock, functions, dead_letters, entries }) }
    }

    /// Runs the schedules from now on, each by itself.
    pub(crate) fn start(&self) -> Vec<tokio::task::JoinHandle<()>> {
        (0..self.inner.entries.len())
            .map(|index| {
                let inner = Arc::clone(&self.inner);
                tokio::spawn(async move {
                    loop {
                        tokio::time::sleep(LOOK).await;
                        inner.run_if_due(index, inner.entries[index].schedule.every <= MINUTE).await;
                    }
                })
            })
            .collect()
    }

    /// Runs each schedule that is due, once and to its end.
    pub(crate) async fn run_due(&self) {
        for index in 0..self.inner.entries.len() {
            self.inner.run_if_due(index, false).await;
        }
    }
}

impl Inner {
    async fn run_if_due(&self, index: usize, anyway: bool) {
        let entry = &self.entries[index];
        let mut due = entry.due.lock().await;
        let now = self.clock.now();
        if !anyway && now < *due {
            return;
        }
        *due = next(now, entry.schedule.every);
        self.run(entry, now).await;
    }

    async fn run(&self, entry: &Entry, now: Timestamp) {
        let event = entry.schedule.input.clone().unwrap_or_else(|| event(&entry.function, now));
        let mut left = entry.schedule.retries;
        let mut backoff = Duration::from_millis(100);
        loop {
            let Err(error) = self.functions.invoke(&entry.function, event.clone()).await else {
                return;
            };
            if left == 0 {
                self.dead_letters.put(DeadLetter {
                    queue: entry.schedule.failure_destination.clone(),
                    function: entry.function.clone(),
                    reason: error.to_string(),
                    detail: json!({ "time": now.to_string() }),
                });
                return;
            }
            left -= 1;
            tokio::time::sleep(backoff).await;
            backoff *= 2;
        }
    }
}

fn next(now: Timestamp, every: Duration) -> Timestamp {
    let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::from_mins(1));
    now.checked_add(every).unwrap_or(Timestamp::MAX)
}

/// The scheduler's own event.
fn event(function: &str, now: Timestamp) -> Value {
    let name = function.strip_suffix("Function").unwrap_or(function);
    json!({
        "version": "0",
        "id": uuid(),
        "detail-type": "Scheduled Event",
        "source": "aws.scheduler",
        "account": ACCOUNT,
        "time": now.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
        "region": REGION,
        "resources": [format!("arn:aws:scheduler:{REGION}:{ACCOUNT}:schedule/default/{name}")],
        "detail": "{}",
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_run_is_one_period_away() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        assert_eq!(next(now, Duration::from_secs(300)).to_string(), "2026-11-21T12:05:00Z");
        assert_eq!(next(Timestamp::MAX, Duration::from_secs(60)), Timestamp::MAX);
    }

    #[test]
    fn the_event_is_the_schedulers_own() {
        let event = event("SweepMailFunction", "2026-11-21T12:00:00.123Z".parse().unwrap());
        assert_eq!(event["time"], "2026-11-21T12:00:00Z");
        assert_eq!(event["resources"][0], "arn:aws:scheduler:eu-central-1:000000000000:schedule/default/SweepMail");
    }
}
