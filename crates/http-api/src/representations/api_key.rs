//! The API key resource.

use rollcall_accounts::{
    operations::create_api_key::{ApiKey, NewApiKey},
    time::iso,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new API key.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKeyRequest {
    /// What it is for, 1 to 100 characters.
    pub name: String,
}

/// An API key, the only time that it shows the key itself.
#[derive(Serialize, ToSchema)]
pub struct NewApiKeyResponse {
    /// Identifier.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// To send as `Authorization: Bearer`. Shown now and never again.
    #[schema(example = "rk_…")]
    pub key: String,
    /// When it was made, ISO 8601 UTC.
    pub created_at: String,
}

/// An API key, without the key itself.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeyResponse {
    /// Identifier.
    pub id: String,
    /// What it is for.
    pub name: String,
    /// When it was made, ISO 8601 UTC.
    pub created_at: String,
}

/// API keys, the newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApiKeysResponse {
    /// All of them.
    pub items: Vec<ApiKeyResponse>,
}

impl From<&[ApiKey]> for ApiKeysResponse {
    fn from(keys: &[ApiKey]) -> Self {
        let items = keys
            .iter()
            .map(|key| ApiKeyResponse {
                id: key.id.to_string(),
                name: key.name.clone(),
                created_at: iso(key.created_at),
            })
            .collect();
        Self { items }
    }
}

impl From<&NewApiKey> for NewApiKeyResponse {
    fn from(new: &NewApiKey) -> Self {
        Self {
            id: new.api_key.id.to_string(),
            name: new.api_key.name.clone(),
            key: new.key.clone(),
            created_at: iso(new.api_key.created_at),
        }
    }
}
