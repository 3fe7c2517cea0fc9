//! Signing in and out.

use http::header::SET_COOKIE;
use rollcall_accounts::{
    Timestamp,
    operations::{get_me::Me, sessions::OpenSession},
    time::iso,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::user::{OrganizationsResponse, UserResponse};
use crate::{Reply, auth::SESSION_COOKIE};

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

/// Second step of a sign-in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyMfaRequest {
    /// Six digits of the authenticator, or one of the recovery codes.
    pub code: String,
}

/// What comes next.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignInResponse {
    /// `verify_mfa`, or null when the sign-in is complete.
    pub next: Option<&'static str>,
}

/// Who is signed in, and what they may do.
#[derive(Debug, Serialize, ToSchema)]
pub struct MeResponse {
    /// The user.
    pub user: UserResponse,
    /// What they may do.
    pub permissions: Vec<&'static str>,
    /// `all`, or the identifiers of the organizations they may work in.
    pub organizations: OrganizationsResponse,
    /// Null for an API key.
    pub session: Option<SessionResponse>,
}

/// A browser's session.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionResponse {
    /// When it ends.
    pub expires_at: String,
}

impl MeResponse {
    /// The actor as seen at `now`.
    #[must_use]
    pub fn new(me: &Me, now: Timestamp) -> Self {
        Self {
            user: UserResponse::new(&me.user, now),
            permissions: me.permissions.iter().map(|permission| permission.name()).collect(),
            organizations: (&me.organizations).into(),
            session: me.session_expires_at.map(|at| SessionResponse { expires_at: iso(at) }),
        }
    }
}

impl Reply {
    /// With the cookie of a session that was just opened.
    #[must_use]
    pub fn with_session(self, open: &OpenSession) -> Self {
        let session = &open.session;
        let seconds = session.expires_at.duration_since(session.created_at).as_secs();
        self.with(SET_COOKIE, cookie(&open.token, seconds))
    }

    /// With the order to forget the cookie.
    #[must_use]
    pub fn without_session(self) -> Self {
        self.with(SET_COOKIE, cookie("", 0))
    }
}

fn cookie(token: &str, seconds: i64) -> String {
    format!("{SESSION_COOKIE}={token}; Max-Age={seconds}; Path=/; Secure; HttpOnly; SameSite=Strict")
}
