//! Which request a piece of work goes back to: for the log and the mail service's events, never for a decision.
//!
//! What a request puts into the outbox and the ticks of an import carry its identifier, and whoever works them off goes
//! on under it, so that one search of the logs leads from a request to the mails that it caused.

use std::{cell::RefCell, sync::Arc};

/// The identifier of a request: 1 to 64 ASCII letters, digits, hyphens and underscores, which a tag of a mail takes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correlation(Arc<str>);

thread_local! {
    static CURRENT: RefCell<Option<Correlation>> = const { RefCell::new(None) };
}

impl Correlation {
    /// Longest identifier.
    pub const MAX: usize = 64;

    /// An identifier, if it is one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        ((1..=Self::MAX).contains(&text.len()) && text.bytes().all(known)).then(|| Self(text.into()))
    }

    /// As text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What the work that asks goes back to.
    #[must_use]
    pub fn current() -> Option<Self> {
        CURRENT.with_borrow(Clone::clone)
    }

    /// Does some work under `correlation`. Not handed on to other tasks that it starts.
    pub async fn within<F: Future>(correlation: Option<Self>, work: F) -> F::Output {
        let mut work = std::pin::pin!(work);
        std::future::poll_fn(|context| {
            // Whatever else runs on this thread between two polls has its own.
            let _before = Restore(CURRENT.replace(correlation.clone()));
            work.as_mut().poll(context)
        })
        .await
    }
}

/// Puts back what was there, also when the work panics.
struct Restore(Option<Correlation>);

impl Drop for Restore {
    fn drop(&mut self) {
        CURRENT.set(self.0.take());
    }
}

#[cfg(test)]
mod tests {
    use std::task::{Context, Poll, Waker};

    use super::*;

    #[test]
    fn identifiers_are_such_as_a_tag_takes() {
        for (text, valid) in [
            ("c6af9ac6-7b61-11e6-9a41-93e8deadbeef", true),
            ("local_1", true),
            ("", false),
            ("ana@example.org", false),
            ("a b", false),
            (&"x".repeat(64), true),
            (&"x".repeat(65), false),
        ] {
            assert_eq!(Correlation::parse(text).is_some(), valid, "{text}");
        }
    }

    #[test]
    fn each_work_has_its_own_however_they_take_turns() {
        let pause = || {
            let mut paused = false;
            std::future::poll_fn(
                move |_| if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending },
            )
        };
        let work = |name: &'static str| {
            Correlation::within(Correlation::parse(name), async move {
                let before = Correlation::current();
                pause().await;
                [before, Correlation::current()].map(|seen| seen.map(|seen| seen.as_str().to_owned()))
            })
        };
        let mut context = Context::from_waker(Waker::noop());
        let (mut one, mut two) = (Box::pin(work("one")), Box::pin(work("two")));
        assert!(one.as_mut().poll(&mut context).is_pending());
        assert!(two.as_mut().poll(&mut context).is_pending());
        assert_eq!(Correlation::current(), None);
        for (name, work) in [("one", &mut one), ("two", &mut two)] {
            let expected = [Some(name.to_owned()), Some(name.to_owned())];
            assert_eq!(work.as_mut().poll(&mut context), Poll::Ready(expected));
        }
        assert_eq!(Correlation::current(), None);
    }
}
