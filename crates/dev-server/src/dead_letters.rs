//! What was given up after its last try: the local stand-in for the template's dead-letter queues.

use std::{
    io::Write as _,
    os::unix::fs::OpenOptionsExt as _,
    path::PathBuf,
    sync::{Arc, Mutex, PoisonError},
};

use serde::Serialize;
use serde_json::Value;

/// A letter in one of the queues. Like the cloud's own it says what failed, not what the records held.
#[derive(Debug, Clone, Serialize)]
pub struct DeadLetter {
    /// Logical id of the queue; `None` where the template names none.
    pub queue: Option<String>,
    /// Logical id of the function that failed.
    pub function: String,
    /// How it failed the last time.
    pub reason: String,
    /// Where to find what failed: sequence numbers, a message id, a schedule.
    pub detail: Value,
}

/// The queues, all in one file. Clones share it.
#[derive(Debug, Clone)]
pub struct DeadLetters {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    file: PathBuf,
    letters: Mutex<Vec<DeadLetter>>,
}

impl DeadLetters {
    pub(crate) fn new(file: PathBuf) -> Self {
        Self { inner: Arc::new(Inner { file, letters: Mutex::default() }) }
    }

    pub(crate) fn put(&self, letter: DeadLetter) {
        tracing::error!(
            function = letter.function,
            queue = letter.queue,
            reason = letter.reason,
            detail = %letter.detail,
            "given up"
        );
        let line = serde_json::to_string(&letter).unwrap_or_default();
        let written = std::fs::OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.inner.file)
            .and_then(|mut file| writeln!(file, "{line}"));
        if let Err(error) = written {
            tracing::error!(%error, "a dead letter could not be kept");
        }
        self.lock().push(letter);
    }

    /// The letters since the start.
    #[must_use]
    pub fn list(&self) -> Vec<DeadLetter> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<DeadLetter>> {
        self.inner.letters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
