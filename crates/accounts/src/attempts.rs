//! Attempts at passwords and codes, counted before they are tried: however many run at once, no more of them
//! are tried than a limit allows.
//!
//! Strangers are counted apart from browsers in which the person has signed in before (OWASP, "device cookies"),
//! so that nobody is kept out of their own browser by what somebody else types elsewhere. Names that nobody holds
//! are counted in just the same way.

use std::net::IpAddr;

use jiff::{SignedDuration, Timestamp};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Error, Result, access::secret_hash, audit::AuditEvent, credential::Credential, device::Device, ids::UserId,
};

/// For how long failed attempts at one account add up.
pub const WINDOW: SignedDuration = SignedDuration::from_mins(30);
/// For how long the failed attempts of one source address add up.
pub const SOURCE_WINDOW: SignedDuration = SignedDuration::from_mins(10);
/// Failed attempts of one source address, at whatever names, after which it is not heard for the rest of the window.
pub const SOURCE_LIMIT: u32 = 100;
/// Wrong passwords that a session's own user may give where the password is asked for again.
pub const OWN_LIMIT: u32 = 10;
/// Text messages with codes that one account gets in [`TEXTS_WINDOW`].
pub const TEXTS_LIMIT: u32 = 20;
/// See [`TEXTS_LIMIT`].
pub const TEXTS_WINDOW: SignedDuration = SignedDuration::from_hours(24);

/// Wrong codes behind a right password in [`CODES_WINDOW`], of browsers that are not known, after which no more are
/// tried. A lock of some minutes between them does not forget them, nor does another right password.
pub const CODES_LIMIT: u32 = 100;
/// See [`CODES_LIMIT`].
pub const CODES_WINDOW: SignedDuration = SignedDuration::from_hours(24);
/// The wrong code at which the person is told that somebody knows their password.
pub const CODES_TOLD: u32 = 10;

/// What attempts are counted against.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Counter(String);

impl Counter {
    /// Strangers' attempts at an account, whichever of its names they use.
    #[must_use]
    pub fn account(user: &UserId) -> Self {
        Self(format!("ACCOUNT#{user}"))
    }

    /// Attempts at a name that nobody holds.
    #[must_use]
    pub fn name(identity: &IdentityKey) -> Self {
        Self(format!("NAME#{}", secret_hash(identity.as_str())))
    }

    /// Attempts from a browser that is known to an account.
    #[must_use]
    pub fn device(device: &Device) -> Self {
        Self(format!("DEVICE#{}", device.as_str()))
    }

    /// Strangers' attempts from a source address: an IPv4 address, or the /64 network of an IPv6 one, of which
    /// whoever has one address has all.
    #[must_use]
    pub fn source(source: Option<&str>) -> Self {
        let network = match source.and_then(|text| text.parse().ok()) {
            Some(IpAddr::V4(address)) => address.to_string(),
            Some(IpAddr::V6(address)) => match address.to_ipv4_mapped() {
                Some(address) => address.to_string(),
                None => address.segments()[..4].iter().map(|part| format!("{part:x}")).collect::<Vec<_>>().join(":"),
            },
            None => "unknown".to_owned(),
        };
        Self(format!("SOURCE#{network}"))
    }

    /// Requests for a new password under a name, whoever holds it.
    #[must_use]
    pub fn reset_name(identity: &IdentityKey) -> Self {
        Self(format!("RESET#{}", Self::name(identity).0))
    }

    /// Requests for new passwords from a source address.
    #[must_use]
    pub fn reset_source(source: Option<&str>) -> Self {
        Self(format!("RESET#{}", Self::source(source).0))
    }

    /// Attempts at the password of one's own account from within a session.
    #[must_use]
    pub fn own(user: &UserId) -> Self {
        Self(format!("OWN#{user}"))
    }

    /// Codes that are tried behind one password of an account. Whoever has chosen another one since begins anew.
    #[must_use]
    pub fn codes(credential: &Credential) -> Self {
        let password = secret_hash(credential.password_hash.as_deref().unwrap_or_default());
        Self(format!("CODES#{}#{password}", credential.user_id))
    }

    /// Text messages sent for an account.
    #[must_use]
    pub fn texts(user: &UserId) -> Self {
        Self(format!("TEXTS#{user}"))
    }

    /// As keys name it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a counter says once an attempt is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Attempts since it was opened, this one included.
    pub count: u32,
    /// When it is forgotten.
    pub until: Timestamp,
}

impl Counted {
    /// Lets an attempt pass that is within the limit.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`].
    pub fn within(self, limit: u32, now: Timestamp) -> Result<()> {
        if self.count <= limit { Ok(()) } else { Err(too_many(self.until, now)) }
    }
}

/// The refusal of what is tried too often.
#[must_use]
pub fn too_many(until: Timestamp, now: Timestamp) -> Error {
    Error::TooManyAttempts { retry_after_seconds: seconds(until, now) }
}

/// The refusal of what is asked for too often.
#[must_use]
pub fn rate_limited(until: Timestamp, now: Timestamp) -> Error {
    Error::RateLimited { retry_after_seconds: seconds(until, now) }
}

/// Whole seconds from `now`, at least one.
fn seconds(until: Timestamp, now: Timestamp) -> u32 {
    u32::try_from(until.duration_since(now).as_secs().max(1)).unwrap_or(u32::MAX)
}

/// An active account that is locked, with the audit event of it.
#[derive(Debug, Clone)]
pub struct LockedOut {
    /// Whose.
    pub user: UserId,
    /// `user.locked_out`.
    pub event: AuditEvent,
}

/// Counts attempts.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait CountAttempts {
    /// Counts an attempt; the first one, or the first after the counter's time, opens it for that long.
    async fn count_attempt(&self, counter: &Counter, now: Timestamp, window: SignedDuration) -> Result<Counted>;
    /// Takes an attempt back that was good.
    async fn forgive_attempt(&self, counter: &Counter) -> Result<()>;
    /// Keeps a counter as it is until then, and locks the account if there is an active one. Takes as many writes
    /// when there is none.
    async fn close_counter(&self, counter: &Counter, until: Timestamp, locked: Option<&LockedOut>) -> Result<()>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_addresses_or_networks() {
        for (name, source, wanted) in [
            ("IPv4", Some("198.51.100.7"), "SOURCE#198.51.100.7"),
            ("IPv6", Some("2001:db8:1:2:3:4:5:6"), "SOURCE#2001:db8:1:2"),
            ("a neighbour", Some("2001:db8:1:2:ffff::1"), "SOURCE#2001:db8:1:2"),
            ("IPv4 written as IPv6", Some("::ffff:198.51.100.7"), "SOURCE#198.51.100.7"),
            ("no address", Some("localhost"), "SOURCE#unknown"),
            ("none", None, "SOURCE#unknown"),
        ] {
            assert_eq!(Counter::source(source).as_str(), wanted, "{name}");
        }
    }

    #[test]
    fn the_limit_is_the_last_that_passes() {
        let now: Timestamp = "2026-11-21T12:00:00Z".parse().unwrap();
        let until = now + SignedDuration::from_mins(10);
        for (count, wanted) in [(1, None), (10, None), (11, Some(600))] {
            let counted = Counted { count, until };
            let seconds = match counted.within(10, now) {
                Err(Error::TooManyAttempts { retry_after_seconds }) => Some(retry_after_seconds),
                _ => None,
            };
            assert_eq!(seconds, wanted, "{count}");
        }
    }
}
