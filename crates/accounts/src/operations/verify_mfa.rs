//! The second step of a sign-in: a code of the authenticator, one sent as a text message, or a recovery code.

use jiff::Timestamp;
use serde_json::json;

use crate::{
    Error, Result,
    attempts::{CountAttempts, Counter},
    audit::{AuditEvent, Origin},
    credential::{Credential, recovery_hash},
    error::NotAccepted,
    ids::UserId,
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        sessions::{FindSession, OpenSessions, Session, Stage, TryCodes},
        steps::{Counting, Method, Person, Proceeded, Waiting, by, proceed, waiting},
    },
    random::Randomness,
    token::TokenKeys,
    user::User,
};

/// Codes that count once.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait UseCodes {
    /// Uses up a step of the authenticator and every step before it. `false` when it was used.
    async fn use_totp_step(&self, user: &UserId, step: u64) -> Result<bool>;
    /// Uses up a recovery code, given what was left when it was read. `false` when that has changed.
    async fn use_recovery_code(&self, read: &Credential, hash: &str, event: &AuditEvent) -> Result<bool>;
}

/// Takes the step: the session that waited ends and a new one, with a new token, begins. Without a `method` the
/// code says itself what it is.
///
/// # Errors
/// [`Error::NotAuthenticated`] when no sign-in waits for it under that token (any more; five wrong codes end it);
/// [`NotAccepted::Code`]; [`Error::TooManyAttempts`], since who knows the password may yet be a stranger.
pub async fn verify_mfa(
    ports: &(
         impl FindSession
         + TryCodes
         + CountAttempts
         + UseCodes
         + OpenSessions
         + EditUsers
         + ReadCredential
         + ReadOrganization
     ),
    keys: &TokenKeys,
    token: &str,
    code: &str,
    method: Option<Method>,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Proceeded> {
    let waiting = waiting(ports, token, Stage::VerifyMfa, origin.now).await?;
    let Waiting { session, person, .. } = &waiting;
    if !ports.try_code(&waiting.token_hash).await? {
        return Err(Error::NotAuthenticated);
    }
    let user = &person.user;
    let counter = session.known_device.as_ref().map_or_else(|| Counter::account(&user.id), Counter::device);
    let counting = Counting::begin(ports, counter, origin.now).await?;
    let policy = person.policy();
    counting.check(&policy, origin.now)?;
    if !accept(ports, keys, session, person, code, method, origin).await? {
        counting.failed(ports, &policy, Some(user), origin).await?;
        return Err(NotAccepted::Code.into());
    }
    ports.forgive_attempt(&counting.counter).await?;
    proceed(ports, keys, &waiting, origin, randomness).await
}

/// Whether the code is good, and if so uses it up. A text message's is used up with the session that it was sent for.
async fn accept(
    ports: &impl UseCodes,
    keys: &TokenKeys,
    session: &Session,
    person: &Person,
    code: &str,
    method: Option<Method>,
    origin: &Origin,
) -> Result<bool> {
    let asked = |wanted: Method| method.is_none_or(|method| method == wanted);
    let credential = &person.credential;
    if let Some(hash) = recovery_hash(code).filter(|_| asked(Method::Recovery)) {
        if !credential.recovery_codes.contains(&hash) {
            return Ok(false);
        }
        let event = recovery_code_used(&person.user, credential, origin);
        return ports.use_recovery_code(credential, &hash, &event).await;
    }
    if asked(Method::Totp)
        && let Some(step) = totp_step(credential, code, origin.now)
    {
        return ports.use_totp_step(&credential.user_id, step).await;
    }
    Ok(asked(Method::Text) && credential.text_codes && session.is_text_code(keys, code, origin.now))
}

fn totp_step(credential: &Credential, code: &str, now: Timestamp) -> Option<u64> {
    credential.totp_secret.as_ref()?.check(code, now, credential.totp_last_step)
}

fn recovery_code_used(user: &User, read: &Credential, origin: &Origin) -> AuditEvent {
    let left = read.recovery_codes.len();
    by(&user.id, origin).event(
        "mfa.recovery_code_used",
        user.organization_id.as_ref(),
        user.id.as_str(),
        json!({"recovery_codes_left": left}),
        json!({"recovery_codes_left": left.saturating_sub(1)}),
    )
}
