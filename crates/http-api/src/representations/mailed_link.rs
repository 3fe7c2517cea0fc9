//! What people see and send who open a link to choose a password or to confirm an address.

use rollcall_accounts::{
    operations::{get_email_change::ChangeView, get_password_reset::ResetView},
    time::iso,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::session::PasswordRuleResponse;

/// Who wants a new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordResetRequest {
    /// Email address, or username.
    #[schema(example = "ana@example.org")]
    pub email: String,
}

/// A link to choose a new password.
#[derive(Serialize, ToSchema)]
pub struct PasswordResetLinkResponse {
    /// Whose password.
    pub name: String,
    /// Their address, for the browser's password manager.
    pub email: String,
    /// When the link ends.
    pub expires_at: String,
    /// BCP 47 tag the person prefers.
    pub language: Option<String>,
    /// What the new password must be.
    pub password_policy: PasswordRuleResponse,
}

impl PasswordResetLinkResponse {
    /// The link as it is.
    #[must_use]
    pub fn new(view: ResetView) -> Self {
        Self {
            name: view.name,
            email: view.email,
            expires_at: iso(view.expires_at),
            language: view.language,
            password_policy: PasswordRuleResponse::from(&view.policy),
        }
    }
}

/// A new password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasswordRequest {
    /// As the link's `password_policy` says, none of the most common ones.
    #[schema(format = Password)]
    pub password: String,
}

/// A link to confirm a new address.
#[derive(Serialize, ToSchema)]
pub struct EmailChangeLinkResponse {
    /// The new address.
    pub email: String,
    /// Null for technicians.
    pub organization: Option<String>,
    /// When the link ends.
    pub expires_at: String,
    /// BCP 47 tag the person prefers.
    pub language: Option<String>,
}

impl EmailChangeLinkResponse {
    /// The link as it is.
    #[must_use]
    pub fn new(view: ChangeView) -> Self {
        Self {
            email: view.email,
            organization: view.organization,
            expires_at: iso(view.expires_at),
            language: view.language,
        }
    }
}
