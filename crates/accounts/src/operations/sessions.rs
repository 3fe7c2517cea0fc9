//! Browser sessions: how one is opened, gone on with and ended, and what is stored of it. The token itself never is.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    access::secret_hash,
    audit::AuditEvent,
    device::Device,
    ids::{SessionId, UserId},
    outbox::DueMail,
    random::Randomness,
    token::{TEXT_CODE_LIFETIME, TokenKeys},
    totp::TotpSecret,
    user::User,
};

/// How long a session lasts, whatever happens in it.
pub const LIFETIME: SignedDuration = SignedDuration::from_hours(7 * 24);
/// How long a sign-in waits for its code.
pub const MFA_PENDING_LIFETIME: SignedDuration = SignedDuration::from_mins(10);
/// How long a sign-in waits for a password to be chosen or a second factor to be set up.
pub const SET_UP_LIFETIME: SignedDuration = SignedDuration::from_mins(30);
/// How long the question whether somebody is still there waits for an answer.
pub const IDLE_GRACE: SignedDuration = SignedDuration::from_secs(60);
/// Codes that one sign-in, or one setting-up of a second factor, may be tried with.
pub const MAX_FAILED_CODES: u32 = 5;
/// Text messages with codes that one sign-in may send.
pub const MAX_TEXTS: u32 = 5;
/// Time between two text messages.
pub const TEXT_PAUSE: SignedDuration = SignedDuration::from_secs(30);

/// What a session still lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// The password was given; a code of the second factor comes next.
    VerifyMfa,
    /// A password that somebody else chose must be changed.
    ChangePassword,
    /// A second factor must be set up.
    EnrolMfa,
    /// Nothing: whoever has it is signed in.
    Complete,
}

impl Stage {
    /// What comes next, as the API names it; none when nothing does.
    #[must_use]
    pub fn name(self) -> Option<&'static str> {
        match self {
            Self::VerifyMfa => Some("verify_mfa"),
            Self::ChangePassword => Some("change_password"),
            Self::EnrolMfa => Some("enrol_mfa"),
            Self::Complete => None,
        }
    }
}

/// The browser that a session is in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Browser {
    /// Source address, as the gateway saw it.
    pub source: Option<String>,
    /// What it calls itself, short: `Firefox on Linux`.
    pub device: Option<String>,
    /// Its name, if the user has signed in there before.
    pub known: Option<Device>,
}

/// A session as stored, under the hash of its token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// Identifier.
    pub id: SessionId,
    /// Whose.
    pub user_id: UserId,
    /// What it still lacks.
    pub stage: Stage,
    /// The user's [`User::session_epoch`] when it was opened.
    pub epoch: u32,
    /// When it was opened.
    #[serde(with = "crate::time::fixed")]
    pub created_at: Timestamp,
    /// When somebody was there last.
    #[serde(with = "crate::time::fixed")]
    pub last_seen_at: Timestamp,
    /// When it ends unless somebody is there before.
    #[serde(with = "crate::time::fixed")]
    pub idle_until: Timestamp,
    /// When it ends in any case.
    #[serde(with = "crate::time::fixed")]
    pub expires_at: Timestamp,
    /// Where from it was opened.
    pub source: Option<String>,
    /// What the browser calls itself.
    pub device: Option<String>,
    /// The browser's name, if the user has signed in there before.
    pub known_device: Option<Device>,
    /// Codes tried so far.
    #[serde(default)]
    pub failed_codes: u32,
    /// The last code that was sent as a text message.
    pub text: Option<TextSent>,
    /// A second factor that is being set up.
    pub enrolment: Option<Enrolment>,
}

/// A code that was sent. It follows from the session, the number and the deployment's keys, and is stored nowhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextSent {
    /// Which sending of the session it is.
    pub number: u32,
    /// When it was asked for.
    #[serde(with = "crate::time::fixed")]
    pub at: Timestamp,
}

/// A second factor that waits for its first code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Enrolment {
    /// An authenticator with this secret.
    Totp {
        /// Shared with the app.
        secret: TotpSecret,
    },
    /// Text messages to this number.
    Text {
        /// E.164.
        phone: String,
    },
}

impl Session {
    /// Whether it has not come to its end.
    #[must_use]
    pub fn is_alive(&self, now: Timestamp) -> bool {
        now < self.expires_at && now < self.idle_until
    }

    /// Whether the code is the last one that was sent, and not too old.
    #[must_use]
    pub fn is_text_code(&self, keys: &TokenKeys, code: &str, now: Timestamp) -> bool {
        self.text.as_ref().is_some_and(|text| {
            now.duration_since(text.at) < TEXT_CODE_LIFETIME && keys.is_text_code(self.id.as_str(), text.number, code)
        })
    }

    /// The browser it is in.
    #[must_use]
    pub fn browser(&self) -> Browser {
        Browser { source: self.source.clone(), device: self.device.clone(), known: self.known_device.clone() }
    }
}

/// When a session of that user ends that somebody is in at `now`.
#[must_use]
pub fn idle_end(user: &User, expires_at: Timestamp, now: Timestamp) -> Timestamp {
    let idle = SignedDuration::from_mins(i64::from(user.settings.idle_minutes)) + IDLE_GRACE;
    now.saturating_add(idle).unwrap_or(Timestamp::MAX).min(expires_at)
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
    /// A session of a user, as they are, that begins now. One that lacks something only leads to it.
    pub fn new(user: &User, stage: Stage, browser: &Browser, now: Timestamp, randomness: &impl Randomness) -> Self {
        let lifetime = match stage {
            Stage::VerifyMfa => MFA_PENDING_LIFETIME,
            Stage::ChangePassword | Stage::EnrolMfa => SET_UP_LIFETIME,
            Stage::Complete => LIFETIME,
        };
        let expires_at = now.saturating_add(lifetime).unwrap_or(Timestamp::MAX);
        Self {
            token: URL_SAFE_NO_PAD.encode(randomness.bytes::<32>()),
            session: Session {
                id: SessionId::random(randomness),
                user_id: user.id.clone(),
                stage,
                epoch: user.session_epoch,
                created_at: now,
                last_seen_at: now,
                idle_until: if stage == Stage::Complete { idle_end(user, expires_at, now) } else { expires_at },
                expires_at,
                source: browser.source.clone(),
                device: browser.device.clone(),
                known_device: browser.known.clone(),
                failed_codes: 0,
                text: None,
                enrolment: None,
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

/// Sessions by the hash of their token.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait FindSession {
    /// The session of a token's hash, whatever its state.
    async fn find_session(&self, token_hash: &str) -> Result<Option<Session>>;
}

/// Opens sessions.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait OpenSessions {
    /// Opens a session, in place of the one under `former`, in one go; a complete one is the user's last sign-in.
    /// `false`: the former one is gone, and nothing was written.
    async fn open_session(&self, open: &OpenSession, former: Option<&str>) -> Result<bool>;
}

/// Ends the session of a token.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait EndSession {
    /// Ends the session; one that is gone already is no error.
    async fn end_session(&self, token_hash: &str, session: &Session) -> Result<()>;
}

/// Codes that are tried in a session.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait TryCodes {
    /// Counts a code before it is tried; `false` after [`MAX_FAILED_CODES`], and when the session is gone.
    async fn try_code(&self, token_hash: &str) -> Result<bool>;
}

/// Second factors that are being set up, and codes that are sent.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait Challenge {
    /// Keeps what is asked of a session's person: a code that is sent with this, a second factor that is being set
    /// up. `false`: another request was quicker, or the session is gone.
    async fn keep_challenge(
        &self,
        token_hash: &str,
        read: &Session,
        enrolment: Option<&Enrolment>,
        text: Option<(&TextSent, &DueMail)>,
    ) -> Result<bool>;
}

/// Goes on with a session.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ContinueSession {
    /// Somebody is there: the session goes on until `idle_until`. `false` when it ended meanwhile.
    async fn continue_session(
        &self,
        token_hash: &str,
        session: &SessionId,
        user: &UserId,
        idle_until: Timestamp,
        now: Timestamp,
    ) -> Result<bool>;
}

/// The sessions of a user.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ListSessions {
    /// The complete sessions that neither a sign-out nor the reduction of a role of theirs has ended; some may be
    /// over otherwise.
    async fn sessions_of(&self, user: &User) -> Result<Vec<Session>>;
}

/// Ends a session by its identifier.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait EndListedSession {
    /// Ends a session of a user; `false` when there is none of that identifier.
    async fn end_listed_session(&self, user: &UserId, session: &SessionId, event: &AuditEvent) -> Result<bool>;
}

/// The sessions of a user that a request would be answered in, the one seen last first.
///
/// # Errors
/// Those of the store.
pub async fn live_sessions(ports: &impl ListSessions, user: &User, now: Timestamp) -> Result<Vec<Session>> {
    let mut sessions = ports.sessions_of(user).await?;
    sessions.retain(|session| session.is_alive(now) && session.epoch == user.session_epoch);
    sessions.sort_by(|one, other| other.last_seen_at.cmp(&one.last_seen_at).then_with(|| one.id.cmp(&other.id)));
    Ok(sessions)
}
