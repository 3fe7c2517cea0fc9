//! Browser sessions: how one is opened and what is stored of it. The token itself never is.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    access::secret_hash,
    ids::{SessionId, UserId},
    random::Randomness,
};

/// How long a session lasts, whatever happens in it.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(12);
/// How long a sign-in waits for its second step.
pub const MFA_PENDING_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// Wrong codes after which a sign-in that waits for its second step is over.
pub const MAX_FAILED_CODES: u32 = 5;

/// A session as stored, under the hash of its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Identifier.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// Whether the second factor was given, or none is enrolled.
    pub complete: bool,
    /// When it was opened.
    #[serde(with = "crate::time::fixed")]
    pub created_at: Timestamp,
    /// When it ends.
    #[serde(with = "crate::time::fixed")]
    pub expires_at: Timestamp,
    /// Wrong codes given so far.
    #[serde(default)]
    pub failed_codes: u32,
}

/// A session with its token, which only the cookie will know.
#[derive(Clone)]
pub struct OpenSession {
    /// 256 random bits, base64url.
    pub token: String,
    /// What is stored.
    pub session: Session,
}

impl OpenSession {
    /// A session that begins now. Incomplete ones only lead to the second step.
    pub fn new(user_id: &UserId, complete: bool, now: Timestamp, randomness: &impl Randomness) -> Self {
        let lifetime = if complete { LIFETIME } else { MFA_PENDING_LIFETIME };
        Self {
            token: URL_SAFE_NO_PAD.encode(randomness.bytes::<32>()),
            session: Session {
                id: SessionId::random(randomness),
                user_id: user_id.clone(),
                complete,
                created_at: now,
                expires_at: now.saturating_add(lifetime).unwrap_or(Timestamp::MAX),
                failed_codes: 0,
            },
        }
    }

    /// What the session is stored under.
    #[must_use]
    pub fn token_hash(&self) -> String {
        secret_hash(&self.token)
    }
}

impl fmt::Debug for OpenSession {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OpenSession({})", self.session.id)
    }
}

/// Stores new sessions.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait SaveSession {
    /// Stores a session under its token's hash.
    async fn save_session(&self, token_hash: &str, session: &Session) -> Result<()>;
}

/// Sessions by the hash of their token.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait Sessions {
    /// The session of a token's hash, whatever its state.
    async fn find_session(&self, token_hash: &str) -> Result<Option<Session>>;
    /// Counts a wrong code against the session.
    async fn note_failed_code(&self, token_hash: &str) -> Result<()>;
    /// Ends the session; one that is gone already is no error.
    async fn end_session(&self, token_hash: &str) -> Result<()>;
}

/// Opens a session for a user who has proved who they are.
///
/// # Errors
/// Those of the store.
pub async fn open_session(
    ports: &impl SaveSession,
    user_id: &UserId,
    complete: bool,
    now: Timestamp,
    randomness: &impl Randomness,
) -> Result<OpenSession> {
    let open = OpenSession::new(user_id, complete, now, randomness);
    ports.save_session(&open.token_hash(), &open.session).await?;
    Ok(open)
}
