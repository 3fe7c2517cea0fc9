//! A person who cannot sign in asks for a new password.
//!
//! Asking tells nothing about who has an account, neither by the answer nor by its time: it counts the request
//! and writes one item, whoever is named. Whose account it is, if anybody's, is looked up when that item is
//! worked off (`deliver-mail`). Nothing is taken away by asking: the password stays what it is until the link is used.

use jiff::{SignedDuration, Timestamp};
use rollcall_validation::identity::IdentityKey;
use serde_json::{Value, json};

use crate::{
    Error, Result,
    access::secret_hash,
    audit::Origin,
    error::Missing,
    operations::edits::{Edit, EditUsers, modify_user},
    outbox::DueMail,
    user::{PasswordReset, User, UserStatus},
};

/// Most characters of a sign-in name: those of an email address.
const LOGIN_LIMIT: usize = 254;

/// How often something may be done in a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    /// What is counted.
    pub name: &'static str,
    /// Times.
    pub most: u32,
    /// Within so long, counted from the beginning of the hour, half hour, …
    pub window: SignedDuration,
}

impl Limit {
    /// The number of the window that a moment is in, and its end.
    #[must_use]
    pub fn window_at(&self, now: Timestamp) -> (i64, Timestamp) {
        let length = self.window.as_secs().max(1);
        let number = now.as_second().div_euclid(length);
        let end = Timestamp::from_second((number + 1).saturating_mul(length)).unwrap_or(Timestamp::MAX);
        (number, end)
    }
}

/// Requests under one sign-in name: enough for somebody who mistypes, too few to fill an inbox.
pub const PER_NAME: Limit = Limit { name: "reset-name", most: 5, window: SignedDuration::from_hours(1) };
/// Requests from one source address, which many people can share.
pub const PER_SOURCE: Limit = Limit { name: "reset-source", most: 60, window: SignedDuration::from_hours(1) };

/// Counts what may be done only so often.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait CountTurns {
    /// Takes a turn of what `hash` names; `false` when there is none left in this window. Takes the same write
    /// for every name.
    async fn take_turn(&self, limit: &Limit, hash: &str, now: Timestamp) -> Result<bool>;
}

/// Writes requests that are worked off later.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait QueueMail {
    /// Puts a mail into the outbox; one of that name that is there already stays.
    async fn queue_mail(&self, mail: &DueMail) -> Result<()>;
}

/// Finds the account behind a sign-in name.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait FindAccount {
    /// The user that holds a sign-in name, if it counts.
    async fn account_of(&self, identity: &IdentityKey) -> Result<Option<User>>;
}

/// Asks for a new password under a sign-in name, whoever's that is.
///
/// # Errors
/// [`Error::RateLimited`], the same for names that nobody holds.
pub async fn request_password_reset(ports: &(impl CountTurns + QueueMail), login: &str, origin: &Origin) -> Result<()> {
    let login = login.trim();
    // What is longer than any sign-in name is nobody's.
    let login = if login.chars().count() <= LOGIN_LIMIT { login } else { "" };
    let source = network(origin.source.as_deref().unwrap_or_default());
    take(ports, &PER_SOURCE, &source, origin.now).await?;
    take(ports, &PER_NAME, IdentityKey::from_email(login).as_str(), origin.now).await?;
    ports.queue_mail(&DueMail::reset_request(login, origin.source.as_deref(), origin.now)).await
}

async fn take(ports: &impl CountTurns, limit: &Limit, of: &str, now: Timestamp) -> Result<()> {
    if ports.take_turn(limit, &secret_hash(of), now).await? {
        return Ok(());
    }
    let (_, end) = limit.window_at(now);
    let seconds = (end.duration_since(now).as_millis() + 999) / 1000;
    Err(Error::RateLimited { retry_after_seconds: u32::try_from(seconds).unwrap_or(u32::MAX) })
}

/// What counts as one source: an IPv4 address, or the 64 bits of an IPv6 one that a subscriber has to themselves.
fn network(source: &str) -> String {
    match source.parse::<std::net::Ipv6Addr>() {
        Ok(address) => format!("{:x?}", &address.segments()[..4]),
        Err(_) => source.to_owned(),
    }
}

/// Works a request off: whoever signs in under that name gets a link, if they have registered. `origin.now` is
/// when it was asked for. Work that is done again makes no second link.
///
/// # Errors
/// Those of the store.
pub(crate) async fn begin_password_reset(
    ports: &(impl FindAccount + EditUsers),
    login: &str,
    origin: &Origin,
) -> Result<()> {
    let Some(user) = ports.account_of(&IdentityKey::from_email(login)).await? else { return Ok(()) };
    let outcome = modify_user(ports, &user.id, |mut user| {
        let done = user.password_reset.as_ref().is_some_and(|reset| reset.requested_at >= origin.now);
        if user.status != UserStatus::Active || user.import_mark.is_some() || done {
            return Err(Missing::User.into());
        }
        let reset = PasswordReset::next(&user, None, origin.now);
        let event = origin.event(
            "user.password_reset_requested",
            user.organization_id.as_ref(),
            user.id.as_str(),
            Value::Null,
            json!({"expires_at": crate::time::iso(reset.expires_at)}),
        );
        user.password_reset = Some(reset);
        let mail = DueMail::password_reset(&user);
        let mut edit = Edit::new(user, event);
        edit.mails.extend(mail);
        Ok(edit)
    })
    .await;
    match outcome {
        Ok(_) | Err(Error::NotFound(Missing::User)) => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sources_are_counted_by_whoever_has_them() {
        for (one, other, same) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("2001:db8:0:1::1", "2001:db8:0:1:ffff::2", true),
            ("2001:db8:0:1::1", "2001:db8:0:2::1", false),
        ] {
            assert_eq!(network(one) == network(other), same, "{one} {other}");
        }
    }

    #[test]
    fn windows_begin_with_the_hour_and_end_with_it() {
        for (now, end) in [
            ("2026-11-21T12:00:00Z", "2026-11-21T13:00:00Z"),
            ("2026-11-21T12:59:59.999Z", "2026-11-21T13:00:00Z"),
            ("1969-12-31T23:59:59Z", "1970-01-01T00:00:00Z"),
        ] {
            let (_, found) = PER_NAME.window_at(now.parse().unwrap());
            assert_eq!(found, end.parse().unwrap(), "{now}");
        }
    }
}
