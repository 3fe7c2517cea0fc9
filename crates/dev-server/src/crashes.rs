//! Crashes on request: a function dies at its n-th call of the database, before or after the call took effect.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use tokio::sync::Notify;

/// At which side of a database call the function dies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Crash {
    /// The call is never made.
    BeforeCall,
    /// The call is done, its answer never arrives.
    AfterCall,
}

/// The crashes that are planned. Clones share them.
#[derive(Debug, Clone, Default)]
pub struct Crashes {
    inner: Arc<Mutex<State>>,
}

#[derive(Debug, Default)]
struct State {
    plans: BTreeMap<String, (usize, Crash)>,
    signals: BTreeMap<String, Arc<Notify>>,
}

impl Crashes {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Plans one crash: every running invocation of the function (by logical id) dies at the `call`-th database call
    /// from now, counting from 1.
    pub fn plan(&self, function: &str, call: usize, crash: Crash) {
        self.lock().plans.insert(function.to_owned(), (call.max(1), crash));
    }

    /// Whether a planned crash has not happened yet.
    #[must_use]
    pub fn is_planned(&self, function: &str) -> bool {
        self.lock().plans.contains_key(function)
    }

    /// Counts a call; says how it ends when this is the one.
    pub(crate) fn count(&self, function: &str) -> Option<Crash> {
        let mut state = self.lock();
        let (left, crash) = state.plans.get_mut(function)?;
        *left -= 1;
        if *left > 0 {
            return None;
        }
        let crash = *crash;
        state.plans.remove(function);
        Some(crash)
    }

    /// Kills the function's running invocations.
    pub(crate) fn strike(&self, function: &str) {
        self.signal(function).notify_waiters();
    }

    /// What an invocation listens to.
    pub(crate) fn signal(&self, function: &str) -> Arc<Notify> {
        Arc::clone(self.lock().signals.entry(function.to_owned()).or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_crash_comes_once_at_its_call() {
        let crashes = Crashes::default();
        crashes.plan("F", 3, Crash::AfterCall);
        let ends: Vec<_> = (0..5).map(|_| crashes.count("F")).collect();
        assert_eq!(ends, [None, None, Some(Crash::AfterCall), None, None]);
        assert!(!crashes.is_planned("F"));
        assert_eq!(crashes.count("G"), None);
    }
}
