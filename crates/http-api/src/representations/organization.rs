//! The Organization resource.

use rollcall_accounts::{
    organization::{Organization, OrganizationCounts},
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
    /// When it was made, ISO 8601 UTC.
    pub created_at: String,
    /// Its people.
    pub counts: OrganizationCountsResponse,
    /// Goes up with every edit; also the ETag.
    pub version: u64,
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
            created_at: iso(organization.created_at),
            counts: OrganizationCountsResponse { users: counts.users, active: counts.active },
            version: organization.version,
        }
    }
}
