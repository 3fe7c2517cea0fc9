//! The Organization resource.

use rollcall_accounts::{
    operations::update_organization::{OrganizationChanges, PolicyChanges},
    organization::{Organization, OrganizationCounts, PasswordPolicy},
    time::iso,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A customer whose people are managed.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationResponse {
    /// Identifier.
    pub id: String,
    /// Name, unique in the deployment.
    pub name: String,
    /// ISO 3166-1 alpha-2: national phone numbers are read as this country's where the profile allows it.
    #[schema(example = "DE")]
    pub default_country: Option<String>,
    /// Whether people must enrol a second factor where the profile leaves it to the organization.
    pub mfa_required: bool,
    /// What its people's passwords must be, and when an account is locked.
    pub password_policy: PasswordPolicyResponse,
    /// In which ways a new person may get their first credentials: `link` always, `generate_and_mail`,
    /// `specify_and_mail`, `specify_only`.
    #[schema(example = json!(["link"]))]
    pub credential_modes: Vec<&'static str>,
    /// Domains of usernames, the primary one first.
    pub domains: Vec<String>,
    /// When it was made, ISO 8601 UTC.
    pub created_at: String,
    /// Its people.
    pub counts: OrganizationCountsResponse,
    /// Goes up with every edit; also the ETag.
    pub version: u64,
}

/// What passwords must be, and when too many wrong ones lock an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordPolicyResponse {
    /// Fewest characters, 12 to 64.
    #[schema(minimum = 12, maximum = 64)]
    pub min_length: u8,
    /// Failed sign-ins after which an account is locked, 3 to 20.
    #[schema(minimum = 3, maximum = 20)]
    pub lockout_attempts: u8,
    /// For how many minutes, 1 to 1440.
    #[schema(minimum = 1, maximum = 1440)]
    pub lockout_minutes: u16,
    /// Words that no password may contain, beside the common ones.
    pub blocked_words: Vec<String>,
}

impl From<&PasswordPolicy> for PasswordPolicyResponse {
    fn from(policy: &PasswordPolicy) -> Self {
        Self {
            min_length: policy.min_length,
            lockout_attempts: policy.lockout_attempts,
            lockout_minutes: policy.lockout_minutes,
            blocked_words: policy.blocked_words.clone(),
        }
    }
}

/// How many people an organization has.
#[derive(Debug, Serialize, ToSchema)]
pub struct OrganizationCountsResponse {
    /// All of them.
    pub users: u64,
    /// Those who have registered.
    pub active: u64,
}

/// A new organization.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateOrganizationRequest {
    /// 1 to 150 characters.
    pub name: String,
    /// ISO 3166-1 alpha-2.
    #[schema(example = "DE")]
    pub default_country: Option<String>,
}

impl OrganizationResponse {
    /// An organization and its counts.
    #[must_use]
    pub fn new(organization: &Organization, counts: OrganizationCounts) -> Self {
        Self {
            id: organization.id.to_string(),
            name: organization.name.clone(),
            default_country: organization.default_country.clone(),
            mfa_required: organization.mfa_required,
            password_policy: (&organization.password_policy).into(),
            credential_modes: organization.credential_modes.iter().map(|mode| mode.as_str()).collect(),
            domains: organization.domains.clone(),
            created_at: iso(organization.created_at),
            counts: OrganizationCountsResponse { users: counts.users, active: counts.active },
            version: organization.version,
        }
    }
}

/// Changes of an organization. Absent fields stay; `null` removes.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"mfa_required": true, "password_policy": {"min_length": 14}, "domains": ["example.org"]}))]
pub struct UpdateOrganizationRequest {
    /// 1 to 150 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// ISO 3166-1 alpha-2, or null for none.
    #[serde(default, deserialize_with = "super::present")]
    #[schema(value_type = Option<String>, example = "DE")]
    pub default_country: Option<Option<String>>,
    /// Whether people must enrol a second factor where the profile leaves it to the organization.
    #[serde(default)]
    pub mfa_required: Option<bool>,
    /// What passwords must be; absent members stay.
    #[serde(default)]
    pub password_policy: Option<PasswordPolicyRequest>,
    /// All ways to first credentials: `generate`, `specify_and_mail`, `specify`; `link` is among them, named or not.
    #[serde(default)]
    #[schema(example = json!(["link"]))]
    pub credential_modes: Option<Vec<String>>,
    /// All domains of usernames, the primary one first; at most 20, none of another organization's.
    #[serde(default)]
    pub domains: Option<Vec<String>>,
}

/// Changes of a password policy. Absent fields stay.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PasswordPolicyRequest {
    /// Fewest characters, 12 to 64.
    #[serde(default)]
    #[schema(minimum = 12, maximum = 64)]
    pub min_length: Option<u64>,
    /// Failed sign-ins after which an account is locked, 3 to 20.
    #[serde(default)]
    #[schema(minimum = 3, maximum = 20)]
    pub lockout_attempts: Option<u64>,
    /// For how many minutes, 5 to 1440.
    #[serde(default)]
    #[schema(minimum = 5, maximum = 1440)]
    pub lockout_minutes: Option<u64>,
    /// All words that no password may contain, at most 100 of 3 to 50 characters.
    #[serde(default)]
    pub blocked_words: Option<Vec<String>>,
}

impl From<UpdateOrganizationRequest> for OrganizationChanges {
    fn from(request: UpdateOrganizationRequest) -> Self {
        let policy = request.password_policy.unwrap_or_default();
        Self {
            name: request.name,
            default_country: request.default_country,
            mfa_required: request.mfa_required,
            password_policy: PolicyChanges {
                min_length: policy.min_length,
                lockout_attempts: policy.lockout_attempts,
                lockout_minutes: policy.lockout_minutes,
                blocked_words: policy.blocked_words,
            },
            credential_modes: request.credential_modes,
            domains: request.domains,
        }
    }
}
