//! Organizations.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::ids::OrganizationId;

/// A customer whose people are managed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Identifier.
    pub id: OrganizationId,
    /// Name, unique in the deployment (case-folded).
    pub name: String,
    /// ISO 3166 alpha-2: national phone numbers are read as this country's where the profile allows it.
    pub default_country: Option<String>,
    /// Whether people must enrol a second factor where the profile leaves it to the organization.
    #[serde(default)]
    pub mfa_required: bool,
    /// When it was made.
    #[serde(with = "crate::time::fixed")]
    pub created_at: Timestamp,
    /// Goes up with every edit.
    pub version: u64,
}
