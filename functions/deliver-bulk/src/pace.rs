//! Turns at an even rate, in real time.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use rollcall_accounts::operations::deliver_bulk::Pace;
use tokio::time::{Instant, sleep_until};

/// Gives turns, each so long after the one before, until the run's time is over.
#[derive(Debug)]
pub(crate) struct Metronome {
    end: Instant,
    state: Mutex<State>,
}

#[derive(Debug)]
struct State {
    interval: Duration,
    next: Instant,
    stopped: bool,
}

impl Metronome {
    /// Turns for a run of that length; one a second until the rate is set.
    pub(crate) fn new(length: Duration) -> Self {
        let now = Instant::now();
        Self {
            end: now + length,
            state: Mutex::new(State { interval: Duration::from_secs(1), next: now, stopped: false }),
        }
    }

    /// The moment of the next turn, which is then taken; none when the run is over before it.
    fn book(&self, now: Instant) -> Option<Instant> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // Turns that nobody took are gone: no burst makes up for them.
        let turn = state.next.max(now);
        if state.stopped || turn >= self.end {
            return None;
        }
        state.next = turn + state.interval;
        Some(turn)
    }

    fn is_stopped(&self) -> bool {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stopped
    }
}

impl Pace for Metronome {
    fn set_rate(&self, per_second: f64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.interval = Duration::from_secs_f64(1.0 / per_second.clamp(0.01, 100_000.0));
    }

    async fn turn(&self) -> bool {
        let Some(turn) = self.book(Instant::now()) else { return false };
        sleep_until(turn).await;
        !self.is_stopped()
    }

    fn stop(&self) {
        self.state.lock().unwrap_or_else(PoisonError::into_inner).stopped = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_even_do_not_pile_up_and_end() {
        let pace = Metronome::new(Duration::from_secs(10));
        pace.set_rate(2.0);
        let start = pace.end - Duration::from_secs(10);
        let at = |ms| start + Duration::from_millis(ms);
        for (name, now, turn) in [
            ("at once", 0, Some(0)),
            ("the next waits", 0, Some(500)),
            ("and the one after it", 0, Some(1000)),
            ("after a pause one comes at once", 5000, Some(5000)),
            ("and no more than one", 5000, Some(5500)),
            ("the last", 9900, Some(9900)),
            ("none after the end", 9900, None),
        ] {
            assert_eq!(pace.book(at(now)), turn.map(at), "{name}");
        }
        pace.stop();
        assert_eq!(pace.book(at(0)), None);
    }
}
