//! The second step of a sign-in: a code of the authenticator, or a recovery code.

use jiff::Timestamp;

use crate::{
    Result,
    access::secret_hash,
    credential::{Credential, recovery_hash},
    error::{Error, NotAccepted},
    ids::UserId,
    operations::{
        sessions::{MAX_FAILED_CODES, OpenSession, SaveSession, Sessions, open_session},
        sign_in::NoteSignIn,
    },
    random::Randomness,
};

/// Codes that count once.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait UseCodes {
    /// The secrets of a user.
    async fn find_credential(&self, user: &UserId) -> Result<Option<Credential>>;
    /// Uses up a step of the authenticator and every step before it. `false` when it was used.
    async fn use_totp_step(&self, user: &UserId, step: u64) -> Result<bool>;
    /// Uses up a recovery code, given what was left when it was read. `false` when that has changed.
    async fn use_recovery_code(&self, read: &Credential, hash: &str) -> Result<bool>;
}

/// Completes the sign-in of a session's token: the incomplete session ends and a new one, with a new
/// token, begins.
///
/// # Errors
/// [`Error::NotAuthenticated`] when no sign-in waits under that token (any more; five wrong codes end it);
/// [`NotAccepted::Code`].
pub async fn verify_mfa(
    ports: &(impl Sessions + UseCodes + SaveSession + NoteSignIn),
    token: &str,
    code: &str,
    now: Timestamp,
    randomness: &impl Randomness,
) -> Result<OpenSession> {
    let token_hash = secret_hash(token);
    let session = ports
        .find_session(&token_hash)
        .await?
        .filter(|session| !session.complete && session.expires_at > now && session.failed_codes < MAX_FAILED_CODES)
        .ok_or(Error::NotAuthenticated)?;
    let credential = ports.find_credential(&session.user_id).await?.ok_or(Error::NotAuthenticated)?;
    if !accept(ports, &credential, code, now).await? {
        ports.note_failed_code(&token_hash).await?;
        return Err(NotAccepted::Code.into());
    }
    let open = open_session(ports, &session.user_id, true, now, randomness).await?;
    ports.end_session(&token_hash).await?;
    ports.note_sign_in(&session.user_id, now).await?;
    Ok(open)
}

/// Whether the code is good, and if so uses it up.
async fn accept(ports: &impl UseCodes, credential: &Credential, code: &str, now: Timestamp) -> Result<bool> {
    if let Some(hash) = recovery_hash(code) {
        return Ok(credential.recovery_codes.contains(&hash) && ports.use_recovery_code(credential, &hash).await?);
    }
    let step = credential.totp_secret.as_ref().and_then(|secret| secret.check(code, now, credential.totp_last_step));
    match step {
        Some(step) => ports.use_totp_step(&credential.user_id, step).await,
        None => Ok(false),
    }
}

#[cfg(test)]
mod tests {
    use std::{
        cell::RefCell,
        collections::HashMap,
        future::Future,
        pin::pin,
        task::{Context, Poll, Waker},
    };

    use super::*;
    use crate::{
        credential::new_recovery_codes, operations::sessions::Session, random::SystemRandomness, totp::TotpSecret,
    };

    /// The fakes below never wait.
    fn run<T>(future: impl Future<Output = T>) -> T {
        match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("a fake waited"),
        }
    }

    struct Fake {
        sessions: RefCell<HashMap<String, Session>>,
        credential: RefCell<Credential>,
        signed_in: RefCell<Option<Timestamp>>,
    }

    impl SaveSession for Fake {
        async fn save_session(&self, token_hash: &str, session: &Session) -> Result<()> {
            self.sessions.borrow_mut().insert(token_hash.into(), session.clone());
            Ok(())
        }
    }

    impl Sessions for Fake {
        async fn find_session(&self, token_hash: &str) -> Result<Option<Session>> {
            Ok(self.sessions.borrow().get(token_hash).cloned())
        }
        async fn note_failed_code(&self, token_hash: &str) -> Result<()> {
            self.sessions.borrow_mut().get_mut(token_hash).unwrap().failed_codes += 1;
            Ok(())
        }
        async fn end_session(&self, token_hash: &str) -> Result<()> {
            self.sessions.borrow_mut().remove(token_hash);
            Ok(())
        }
    }

    impl UseCodes for Fake {
        async fn find_credential(&self, _user: &UserId) -> Result<Option<Credential>> {
            Ok(Some(self.credential.borrow().clone()))
        }
        async fn use_totp_step(&self, _user: &UserId, step: u64) -> Result<bool> {
            self.credential.borrow_mut().totp_last_step = Some(step);
            Ok(true)
        }
        async fn use_recovery_code(&self, _read: &Credential, hash: &str) -> Result<bool> {
            self.credential.borrow_mut().recovery_codes.retain(|left| left != hash);
            Ok(true)
        }
    }

    impl NoteSignIn for Fake {
        async fn note_sign_in(&self, _user: &UserId, now: Timestamp) -> Result<()> {
            *self.signed_in.borrow_mut() = Some(now);
            Ok(())
        }
    }

    fn now() -> Timestamp {
        "2026-11-21T12:00:00Z".parse().unwrap()
    }

    /// A user with an authenticator and one recovery code, and the token of a sign-in that waits.
    fn waiting() -> (Fake, String, TotpSecret, String) {
        let user = UserId::derived(&["ana"]);
        let secret = TotpSecret::random(&SystemRandomness);
        let recovery = new_recovery_codes(&SystemRandomness).remove(0);
        let open = OpenSession::new(&user, false, now(), &SystemRandomness);
        let fake = Fake {
            sessions: RefCell::new(HashMap::from([(open.token_hash(), open.session.clone())])),
            credential: RefCell::new(Credential {
                totp_secret: Some(secret.clone()),
                recovery_codes: recovery_hash(&recovery).into_iter().collect(),
                ..Credential::empty(user)
            }),
            signed_in: RefCell::new(None),
        };
        (fake, open.token, secret, recovery)
    }

    fn code_of(outcome: Result<OpenSession>) -> String {
        outcome.map_or_else(|error| error.code().to_owned(), |_| "ok".to_owned())
    }

    #[test]
    fn a_code_completes_the_sign_in_under_a_new_token_and_counts_once() {
        let (fake, token, secret, _) = waiting();
        let code = secret.code(now());
        let open = run(verify_mfa(&fake, &token, &code, now(), &SystemRandomness)).unwrap();
        assert!(open.session.complete);
        assert_ne!(open.token, token);
        assert_eq!(*fake.signed_in.borrow(), Some(now()));
        assert!(fake.sessions.borrow().get(&secret_hash(&token)).is_none());

        let again = OpenSession::new(&UserId::derived(&["ana"]), false, now(), &SystemRandomness);
        run(fake.save_session(&again.token_hash(), &again.session)).unwrap();
        assert_eq!(code_of(run(verify_mfa(&fake, &again.token, &code, now(), &SystemRandomness))), "code_not_valid");
    }

    #[test]
    fn a_recovery_code_works_once() {
        let (fake, token, _, recovery) = waiting();
        assert_eq!(code_of(run(verify_mfa(&fake, &token, &recovery, now(), &SystemRandomness))), "ok");
        let again = OpenSession::new(&UserId::derived(&["ana"]), false, now(), &SystemRandomness);
        run(fake.save_session(&again.token_hash(), &again.session)).unwrap();
        assert_eq!(
            code_of(run(verify_mfa(&fake, &again.token, &recovery, now(), &SystemRandomness))),
            "code_not_valid"
        );
    }

    #[test]
    fn five_wrong_codes_end_the_attempt_even_for_the_right_one() {
        let (fake, token, secret, _) = waiting();
        let right = secret.code(now());
        let wrong = if right == "000000" { "000001" } else { "000000" };
        for _ in 0..MAX_FAILED_CODES {
            assert_eq!(code_of(run(verify_mfa(&fake, &token, wrong, now(), &SystemRandomness))), "code_not_valid");
        }
        assert_eq!(code_of(run(verify_mfa(&fake, &token, &right, now(), &SystemRandomness))), "not_authenticated");
    }

    #[test]
    fn an_attempt_ends_after_ten_minutes_and_unknown_tokens_are_nobody() {
        let (fake, token, secret, _) = waiting();
        let late = now() + jiff::SignedDuration::from_mins(10);
        for (name, token, at) in [("late", token.as_str(), late), ("unknown", "guess", now())] {
            assert_eq!(
                code_of(run(verify_mfa(&fake, token, &secret.code(at), at, &SystemRandomness))),
                "not_authenticated",
                "{name}"
            );
        }
    }
}
