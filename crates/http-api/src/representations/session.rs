//! Signing in and out, and where somebody is signed in.

use http::header::SET_COOKIE;
use rollcall_accounts::{
    Error,
    device::Device,
    error::{Invalid, Refusal},
    ids::SessionId,
    operations::{
        begin_enrolment::{Begun, NewFactor},
        keep_session::Kept,
        sessions::{OpenSession, Session},
        steps::{Next, Proceeded},
    },
    organization::PasswordPolicy,
    random::SystemRandomness,
    time::iso,
    token::TokenKeys,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    Reply,
    auth::{DEVICE_COOKIE, SESSION_COOKIE},
};

/// Seconds for which a browser stays known: a year.
const DEVICE_SECONDS: i64 = 365 * 24 * 60 * 60;

/// First step of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignInRequest {
    /// Email address or username.
    pub email: String,
    /// Password.
    #[schema(format = Password)]
    pub password: String,
}

/// The step that takes a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyMfaRequest {
    /// Six digits, or one of the recovery codes.
    #[schema(example = "123456")]
    pub code: String,
    /// `totp`, `text` or `recovery`; the code says itself when absent.
    #[serde(default)]
    pub method: Option<String>,
}

/// The step that changes a password which somebody else chose.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoosePasswordRequest {
    /// The new password.
    #[schema(format = Password)]
    pub password: String,
}

/// A second factor to be set up while signing in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BeginEnrolmentRequest {
    /// `totp` or `text`.
    #[schema(example = "totp")]
    pub method: String,
    /// With `text`: a mobile number with country code, where the account has none.
    #[serde(default)]
    #[schema(example = json!(null))]
    pub phone: Option<String>,
}

/// The first code of a second factor.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeRequest {
    /// Six digits.
    #[schema(example = "123456")]
    pub code: String,
}

/// What comes next.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInResponse {
    /// `verify_mfa`, `change_password`, `enrol_mfa`, or null when the sign-in is complete.
    pub next: Option<&'static str>,
    /// With `verify_mfa`: how the code may be had, of `totp`, `text` and `recovery`. With `enrol_mfa`: what may be
    /// set up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub methods: Vec<&'static str>,
    /// With `change_password`: what the new one must be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_policy: Option<PasswordRuleResponse>,
}

/// What a new password must be.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordRuleResponse {
    /// Fewest characters.
    pub min_length: u8,
    /// Words that it may not contain.
    pub blocked_words: Vec<String>,
}

/// A sign-in that is complete because a second factor was set up.
#[derive(Serialize, ToSchema)]
pub struct EnrolledResponse {
    /// Null: the sign-in is complete.
    pub next: Option<&'static str>,
    /// Ten codes, each good once instead of the second factor. Shown now and never again.
    pub recovery_codes: Vec<String>,
}

/// What is needed to finish setting up a second factor.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
pub enum BegunResponse {
    /// Of an authenticator app.
    Totp {
        /// `otpauth://…`, for a QR code.
        totp_uri: String,
        /// The secret in base 32, for typing.
        totp_secret: String,
    },
    /// Of text messages.
    Text(SentResponse),
}

/// A code is on its way.
#[derive(Serialize, ToSchema)]
pub struct SentResponse {
    /// How the number ends.
    #[schema(example = "…12")]
    pub sent_to: String,
}

/// Until when a session goes on.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionTimesResponse {
    /// Unless somebody is there before: `POST /v1/sessions/current/keep`.
    pub idle_until: String,
    /// In any case.
    pub expires_at: String,
    /// After how many minutes without activity the person is asked whether they are still there; a minute later the
    /// session ends.
    pub idle_minutes: u16,
}

/// Where somebody is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionResponse {
    /// Identifier.
    pub id: String,
    /// When it was opened, ISO 8601 UTC.
    pub created_at: String,
    /// When somebody was there last.
    pub last_seen_at: String,
    /// When it ends in any case.
    pub expires_at: String,
    /// Source address at sign-in.
    pub source: Option<String>,
    /// What the browser calls itself.
    #[schema(example = "Firefox on Linux")]
    pub device: Option<String>,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// Sessions, the one seen last first.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionsResponse {
    /// All of them.
    pub items: Vec<SessionResponse>,
}

impl From<&PasswordPolicy> for PasswordRuleResponse {
    fn from(policy: &PasswordPolicy) -> Self {
        Self { min_length: policy.min_length, blocked_words: policy.blocked_words.clone() }
    }
}

impl From<&Next> for SignInResponse {
    fn from(next: &Next) -> Self {
        Self {
            next: next.stage.name(),
            methods: next.methods.iter().map(|method| method.name()).collect(),
            password_policy: next.password_policy.as_ref().map(PasswordRuleResponse::from),
        }
    }
}

impl From<Begun> for BegunResponse {
    fn from(begun: Begun) -> Self {
        match begun {
            Begun::Totp { uri, secret } => Self::Totp { totp_uri: uri, totp_secret: secret },
            Begun::Text { sent_to } => Self::Text(SentResponse { sent_to }),
        }
    }
}

impl From<&Kept> for SessionTimesResponse {
    fn from(kept: &Kept) -> Self {
        Self { idle_until: iso(kept.idle_until), expires_at: iso(kept.expires_at), idle_minutes: kept.idle_minutes }
    }
}

impl SessionsResponse {
    /// These sessions, of which one may be the one that asks.
    #[must_use]
    pub fn new(sessions: &[Session], current: Option<&SessionId>) -> Self {
        let items = sessions
            .iter()
            .map(|session| SessionResponse {
                id: session.id.to_string(),
                created_at: iso(session.created_at),
                last_seen_at: iso(session.last_seen_at),
                expires_at: iso(session.expires_at),
                source: session.source.clone(),
                device: session.device.clone(),
                current: current == Some(&session.id),
            })
            .collect();
        Self { items }
    }
}

/// A second factor of that name, if this deployment offers it: text messages only where it sends them.
///
/// # Errors
/// [`Invalid::Parameter`]; [`Error::Unfit`] with `method_not_offered`.
pub(crate) fn new_factor(method: &str, phone: Option<String>, texts: bool) -> Result<NewFactor, Error> {
    match method {
        "totp" => Ok(NewFactor::Totp),
        "text" if texts => Ok(NewFactor::Text { phone }),
        "text" => Err(Error::Unfit(vec![Refusal {
            field: "method".into(),
            code: "method_not_offered".into(),
            detail: "text messages are not set up here; use an authenticator app".into(),
        }])),
        _ => Err(Invalid::Parameter { name: "method", expected: "totp or text".into() }.into()),
    }
}

impl Reply {
    /// With the cookie of a session that was just opened.
    #[must_use]
    pub fn with_session(self, open: &OpenSession) -> Self {
        let session = &open.session;
        let seconds = session.expires_at.duration_since(session.created_at).as_secs();
        self.with(SET_COOKIE, cookie(SESSION_COOKIE, &open.token, seconds))
    }

    /// With the cookies of a step that was taken.
    #[must_use]
    pub(crate) fn with_step(self, proceeded: &Proceeded) -> Self {
        let reply = self.with_session(&proceeded.session);
        match &proceeded.device {
            Some(device) => reply.with(SET_COOKIE, cookie(DEVICE_COOKIE, device, DEVICE_SECONDS)),
            None => reply,
        }
    }

    /// With the cookie by which a browser is known from now on in which somebody has finished an account.
    #[must_use]
    pub(crate) fn with_new_device(self, keys: &TokenKeys, open: &OpenSession) -> Self {
        let device = Device::random(&SystemRandomness).cookie(keys, &open.session.user_id);
        self.with(SET_COOKIE, cookie(DEVICE_COOKIE, &device, DEVICE_SECONDS))
    }

    /// With the order to forget the session's cookie. The browser stays known.
    #[must_use]
    pub fn without_session(self) -> Self {
        self.with(SET_COOKIE, cookie(SESSION_COOKIE, "", 0))
    }
}

fn cookie(name: &str, value: &str, seconds: i64) -> String {
    format!("{name}={value}; Max-Age={seconds}; Path=/; Secure; HttpOnly; SameSite=Strict")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_messages_are_offered_where_they_are_sent() {
        for (method, texts, wanted) in [
            ("totp", false, Ok(())),
            ("text", true, Ok(())),
            ("text", false, Err("method_not_offered")),
            ("letter", true, Err("parameter_not_valid")),
        ] {
            let found = new_factor(method, None, texts);
            assert_eq!(found.as_ref().map(|_| ()).map_err(Error::code), wanted, "{method}");
        }
    }
}
