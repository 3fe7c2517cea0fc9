//! The first step of a sign-in: email (or username) and password.

use std::fmt;

use jiff::Timestamp;
use rollcall_validation::identity::IdentityKey;

use crate::{
    Result,
    credential::Credential,
    error::NotAccepted,
    ids::UserId,
    operations::sessions::{OpenSession, SaveSession, open_session},
    password,
    random::Randomness,
    user::{User, UserStatus},
};

/// Most characters of a sign-in name: those of an email address.
const LOGIN_LIMIT: usize = 254;

/// What a person typed.
#[derive(Clone)]
pub struct Attempt {
    /// Email address or username.
    pub login: String,
    /// Password.
    pub password: String,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attempt")
    }
}

/// A session, and what is still missing from it.
#[derive(Debug)]
pub struct SignedIn {
    /// The session.
    pub session: OpenSession,
    /// Whether the second factor comes next.
    pub verify_mfa: bool,
}

/// Finds who a sign-in name belongs to.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait FindLogin {
    /// The user that holds a sign-in name with their secrets; takes as many reads for a name nobody holds.
    async fn login(&self, identity: &IdentityKey) -> Result<Option<(User, Option<Credential>)>>;
}

/// Remembers completed sign-ins.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait NoteSignIn {
    /// Stores when the user signed in last, without touching the version.
    async fn note_sign_in(&self, user: &UserId, now: Timestamp) -> Result<()>;
}

/// Checks email and password and opens a session, incomplete where a second factor is enrolled. Takes as
/// long for a name nobody holds as for a wrong password.
///
/// # Errors
/// [`NotAccepted::Credentials`], which never says what was wrong.
pub async fn sign_in(
    ports: &(impl FindLogin + SaveSession + NoteSignIn),
    attempt: &Attempt,
    now: Timestamp,
    randomness: &impl Randomness,
) -> Result<SignedIn> {
    // What is longer than any sign-in name is nobody's, and the table takes no such key.
    let login = Some(attempt.login.trim()).filter(|login| login.chars().count() <= LOGIN_LIMIT).unwrap_or_default();
    let identity = if login.contains('@') { IdentityKey::from_email(login) } else { IdentityKey::from_username(login) };
    let found = ports.login(&identity).await?;
    let stored = found.as_ref().and_then(|(_, credential)| credential.as_ref()?.password_hash.as_deref());
    let fits = password::verify(stored, &attempt.password);
    let user = match found {
        Some((user, _)) if fits && user.status == UserStatus::Active => user,
        _ => return Err(NotAccepted::Credentials.into()),
    };
    let complete = !user.mfa_enrolled;
    let session = open_session(ports, &user.id, complete, now, randomness).await?;
    if complete {
        ports.note_sign_in(&user.id, now).await?;
    }
    Ok(SignedIn { session, verify_mfa: !complete })
}
