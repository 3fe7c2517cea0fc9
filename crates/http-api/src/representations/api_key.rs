//! The API key resource.

use rollcall_accounts::{
    operations::create_api_key::{ApiKey, NewApiKey},
    time::iso,
};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A new API key.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreateApiKeyRequest {
    /// What it is for, 1 to 100 characters.
    pub name: String,
    /// How many days it is good for, 1 to 365; 90 where nothing is said.
    #[schema(minimum = 1, maximum = 365, example = 90)]
    pub expires_in_days: Option<i64>,
    /// The password of whoever asks.
    #[schema(example = "correct horse battery staple")]
    pub password: Option<String>,
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
    /// From when on it opens nothing, ISO 8601 UTC.
    pub expires_at: String,
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
    /// From when on it opens nothing, ISO 8601 UTC. Those of the last 30 days are listed, too.
    pub expires_at: String,
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
                expires_at: iso(key.ends_at()),
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
            expires_at: iso(new.api_key.ends_at()),
        }
    }
}
