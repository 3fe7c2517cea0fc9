//! What an invited person sees and sends.

use jiff::Timestamp;
use rollcall_accounts::{
    operations::{accept_invitation::Accepted, get_invitation::InvitationView},
    time::iso,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{session::PasswordRuleResponse, user::UserResponse};

/// What a mailed link is.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationLinkResponse {
    /// `open`, `expired`, `replaced`, `used`, `revoked` or `address_changed`.
    pub state: &'static str,
    /// `accept`, `renew`, `open_newer_mail`, `sign_in` or `ask_administrator`.
    pub next_step: &'static str,
    /// Null for technicians.
    pub organization_name: Option<String>,
    /// Who invited.
    pub inviter_name: Option<String>,
    /// The invited person.
    pub name: Option<String>,
    /// Only while the link is open.
    pub email: Option<String>,
    /// When the link ends or ended.
    pub expires_at: Option<String>,
    /// When it was replaced, used or withdrawn.
    pub replaced_at: Option<String>,
    /// Whether a phone number is asked for.
    pub needs_phone: bool,
    /// Whether a second factor is to be enrolled.
    pub needs_mfa: bool,
    /// BCP 47 tag the person prefers.
    pub language: Option<String>,
    /// What the password must be. Only while the link is open.
    pub password_policy: Option<PasswordRuleResponse>,
}

impl InvitationLinkResponse {
    /// The link as it is.
    #[must_use]
    pub fn new(view: &InvitationView) -> Self {
        Self {
            state: view.state.name(),
            next_step: view.state.next_step(),
            organization_name: view.organization_name.clone(),
            inviter_name: view.inviter_name.clone(),
            name: view.name.clone(),
            email: view.email.clone(),
            expires_at: view.expires_at.map(iso),
            replaced_at: view.died_at.map(iso),
            needs_phone: view.needs_phone,
            needs_mfa: view.needs_mfa,
            language: view.language.clone(),
            password_policy: view.password_policy.as_ref().map(PasswordRuleResponse::from),
        }
    }
}

/// First step of an acceptance.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptRequest {
    /// At least 12 characters, none of the most common ones.
    #[schema(format = Password)]
    pub password: String,
    /// With country code; where the link says `needs_phone`.
    #[serde(default)]
    pub phone: Option<String>,
}

/// What follows the first step.
#[derive(Serialize, ToSchema)]
pub struct AcceptResponse {
    /// `enrol_mfa`, or null when the account is finished.
    pub next: Option<&'static str>,
    /// `otpauth://…`, for a QR code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totp_uri: Option<String>,
    /// The same secret in base 32, for typing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub totp_secret: Option<String>,
    /// The finished user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<UserResponse>,
}

impl AcceptResponse {
    /// What follows, as seen at `now`.
    #[must_use]
    pub fn new(accepted: &Accepted, now: Timestamp) -> Self {
        match accepted {
            Accepted::EnrolMfa { totp_uri, totp_secret } => Self {
                next: Some("enrol_mfa"),
                totp_uri: Some(totp_uri.clone()),
                totp_secret: Some(totp_secret.clone()),
                user: None,
            },
            Accepted::Finished { user, .. } => {
                Self { next: None, totp_uri: None, totp_secret: None, user: Some(UserResponse::new(user, now)) }
            }
        }
    }
}

/// Second step of an acceptance.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct VerifyRequest {
    /// Six digits of the authenticator.
    pub code: String,
}

/// A finished account.
#[derive(Serialize, ToSchema)]
pub struct VerifyResponse {
    /// Null: nothing is left to do.
    pub next: Option<&'static str>,
    /// Each signs in once where the authenticator is lost. Shown this once.
    pub recovery_codes: Vec<String>,
}
