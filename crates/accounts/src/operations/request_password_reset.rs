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
    attempts::{CountAttempts, Counter, rate_limited},
    audit::Origin,
    error::Missing,
    lifecycle::{self, Operation},
    operations::{
        edits::{Edit, EditUsers, modify_user},
        sign_in::login_name,
    },
    outbox::DueMail,
    user::{PasswordReset, User},
};

/// Requests under one sign-in name in [`WINDOW`]: enough for somebody who mistypes, too few to fill an inbox.
pub const PER_NAME: u32 = 5;
/// Requests from one source address in [`WINDOW`], which many people can share.
pub const PER_SOURCE: u32 = 60;
/// For how long requests add up.
pub const WINDOW: SignedDuration = SignedDuration::from_hours(1);

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
pub async fn request_password_reset(
    ports: &(impl CountAttempts + QueueMail),
    login: &str,
    origin: &Origin,
) -> Result<()> {
    let login = login_name(login);
    let source = origin.source.as_deref();
    limit(ports, &Counter::reset_source(source), PER_SOURCE, origin.now).await?;
    limit(ports, &Counter::reset_name(&IdentityKey::from_email(login)), PER_NAME, origin.now).await?;
    ports.queue_mail(&DueMail::reset_request(login, source, origin.now)).await
}

async fn limit(ports: &impl CountAttempts, counter: &Counter, most: u32, now: Timestamp) -> Result<()> {
    let counted = ports.count_attempt(counter, now, WINDOW).await?;
    if counted.count <= most { Ok(()) } else { Err(rate_limited(counted.until, now)) }
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
        let fits = lifecycle::next(&user, Operation::ResetPassword, origin.now).is_ok() && user.import_mark.is_none();
        if !fits || done {
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
    use crate::{
        operations::fake::{Fake, after, at, now, run},
        user::{LinkState, UserStatus},
    };

    impl FindAccount for Fake {
        async fn account_of(&self, identity: &IdentityKey) -> Result<Option<User>> {
            Ok(self.users.borrow().values().find(|user| IdentityKey::from_email(&user.email) == *identity).cloned())
        }
    }

    #[test]
    fn a_request_that_is_worked_off_again_makes_no_second_link() {
        let (fake, ana) = Fake::with_ana();
        let email = fake.user(&ana).email;
        for (name, login, asked, generation) in [
            ("nobody's name", "nobody@acme.example", now(), None),
            ("hers", email.as_str(), now(), Some(1)),
            ("the same again", &email, now(), Some(1)),
            ("an older one, late", &email, after(-5), Some(1)),
            ("another, written otherwise", &email.to_uppercase(), after(5), Some(2)),
        ] {
            run(begin_password_reset(&fake, login, &at(asked))).unwrap();
            let reset = fake.user(&ana).password_reset;
            assert_eq!(reset.as_ref().map(|reset| reset.generation), generation, "{name}");
            assert!(reset.is_none_or(|reset| reset.requested_by.is_none() && reset.state == LinkState::Pending));
        }
        assert!(fake.credential(&ana).password_hash.is_some(), "asking takes nothing away");
    }

    #[test]
    fn only_who_has_registered_gets_a_link() {
        for (status, gets) in [
            (UserStatus::Created, false),
            (UserStatus::Invited, false),
            (UserStatus::Active, true),
            (UserStatus::Deactivated, false),
        ] {
            let (fake, ana) = Fake::with_ana();
            fake.change(&ana, |user, _| user.status = status);
            run(begin_password_reset(&fake, &fake.user(&ana).email, &at(now()))).unwrap();
            assert_eq!(fake.user(&ana).password_reset.is_some(), gets, "{status:?}");
        }
    }
}
