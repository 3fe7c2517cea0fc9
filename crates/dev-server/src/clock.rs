//! The movable clock: real time plus an offset that only grows.
//!
//! It is the `time_source` of every function's SDK configuration, so the whole system believes it. The offset is
//! kept in the data folder: a restart does not go back in time.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime},
};

use aws_smithy_async::time::TimeSource;
use jiff::{SignedDuration, Span, SpanRelativeTo, Timestamp};

/// A clock that can be moved forward. Clones show the same time.
#[derive(Debug, Clone)]
pub struct Clock {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    /// Milliseconds ahead of real time.
    offset: AtomicI64,
    file: PathBuf,
}

/// Why the clock was not moved.
#[derive(Debug, thiserror::Error)]
pub enum ClockError {
    /// The text is no duration.
    #[error("a duration must be written in ISO 8601, such as PT25H or P1D")]
    NotADuration,
    /// Time does not run backwards: tokens and leases of the "future" would come alive again.
    #[error("the clock only moves forward")]
    Backwards,
    /// Beyond the years that a timestamp can hold.
    #[error("the clock cannot be moved that far")]
    TooFar,
    /// The offset could not be kept.
    #[error("the clock's offset could not be written")]
    NotKept(#[source] std::io::Error),
}

impl ClockError {
    /// The stable code of this failure.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::NotADuration => "duration_not_valid",
            Self::Backwards => "clock_only_moves_forward",
            Self::TooFar => "duration_too_long",
            Self::NotKept(_) => "internal",
        }
    }
}

impl Clock {
    /// Opens the clock of a data folder, with the offset it had when it was last moved.
    ///
    /// # Errors
    /// When the file is there and cannot be read or is no number.
    pub fn open(dir: &Path) -> std::io::Result<Self> {
        let file = dir.join("clock-offset-ms");
        let offset = match std::fs::read_to_string(&file) {
            Ok(text) => {
                text.trim().parse().map_err(|error| std::io::Error::new(std::io::ErrorKind::InvalidData, error))?
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => 0,
            Err(error) => return Err(error),
        };
        Ok(Self { inner: Arc::new(Inner { offset: AtomicI64::new(offset), file }) })
    }

    /// The moved time.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        Timestamp::try_from(self.system_time()).unwrap_or(Timestamp::MAX)
    }

    /// Moves the clock forward and says what it shows then.
    ///
    /// # Errors
    /// [`ClockError`] when the duration is negative, too long, or could not be kept.
    pub fn advance(&self, by: SignedDuration) -> Result<Timestamp, ClockError> {
        if by.is_negative() {
            return Err(ClockError::Backwards);
        }
        let millis = i64::try_from(by.as_millis()).map_err(|_| ClockError::TooFar)?;
        // A century is more than anyone needs, and keeps every later sum in range.
        let far = self.now().checked_add(by).map_err(|_| ClockError::TooFar)?;
        if far.as_second() > 7_258_118_400 {
            return Err(ClockError::TooFar);
        }
        let offset = self.inner.offset.fetch_add(millis, Ordering::SeqCst) + millis;
        std::fs::write(&self.inner.file, offset.to_string()).map_err(ClockError::NotKept)?;
        Ok(self.now())
    }

    /// Reads a duration such as `PT25H` or `P1D` (a day is 24 hours here).
    ///
    /// # Errors
    /// [`ClockError::NotADuration`].
    pub fn duration(text: &str) -> Result<SignedDuration, ClockError> {
        let span: Span = text.parse().map_err(|_| ClockError::NotADuration)?;
        span.to_duration(SpanRelativeTo::days_are_24_hours()).map_err(|_| ClockError::NotADuration)
    }

    fn system_time(&self) -> SystemTime {
        let offset = u64::try_from(self.inner.offset.load(Ordering::SeqCst)).unwrap_or(0);
        real_time() + Duration::from_millis(offset)
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where real time enters; everything else takes this clock")]
fn real_time() -> SystemTime {
    SystemTime::now()
}

impl TimeSource for Clock {
    fn now(&self) -> SystemTime {
        self.system_time()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_moves_forward_and_a_restart_does_not_go_back() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::open(dir.path()).unwrap();
        let before = clock.now();
        clock.advance(Clock::duration("PT25H").unwrap()).unwrap();
        assert!(clock.now().duration_since(before) >= SignedDuration::from_hours(25));

        let again = Clock::open(dir.path()).unwrap();
        assert!(again.now().duration_since(before) >= SignedDuration::from_hours(25));
    }

    #[test]
    fn durations_are_iso_8601() {
        for (name, text, seconds) in [
            ("hours", "PT25H", Some(90_000)),
            ("a day is 24 hours", "P1D", Some(86_400)),
            ("weeks", "P2W", Some(1_209_600)),
            ("mixed", "P1DT1M30S", Some(86_490)),
            ("months have no length", "P1M", None),
            ("not a duration", "tomorrow", None),
            ("empty", "", None),
        ] {
            let read = Clock::duration(text).ok().map(|d| d.as_secs());
            assert_eq!(read, seconds, "{name}");
        }
    }

    #[test]
    fn it_refuses_to_go_back_or_out_of_range() {
        let dir = tempfile::tempdir().unwrap();
        let clock = Clock::open(dir.path()).unwrap();
        let back = clock.advance(Clock::duration("-PT1H").unwrap());
        assert_eq!(back.unwrap_err().code(), "clock_only_moves_forward");
        let far = clock.advance(SignedDuration::from_hours(24 * 366 * 400));
        assert_eq!(far.unwrap_err().code(), "duration_too_long");
    }
}
