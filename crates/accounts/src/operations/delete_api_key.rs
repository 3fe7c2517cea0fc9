//! Deletes one of the actor's API keys.

use serde_json::{Value, json};

use crate::{
    Result,
    access::Actor,
    audit::{AuditEvent, Origin},
    error::Missing,
    ids::{ApiKeyId, UserId},
    operations::create_api_key::ApiKey,
};

/// Deletes API keys.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait DeleteApiKey {
    /// The key of that identifier, if it is the user's.
    async fn api_key_to_delete(&self, owner: &UserId, id: &ApiKeyId) -> Result<Option<ApiKey>>;
    /// Deletes it, with its audit event; `false` when it is gone already.
    async fn delete_api_key(&self, key: &ApiKey, event: &AuditEvent) -> Result<bool>;
}

/// Deletes a key; it opens nothing from this moment on. A key may delete itself.
///
/// # Errors
/// [`Missing::ApiKey`], also for somebody else's.
pub async fn delete_api_key(ports: &impl DeleteApiKey, actor: &Actor, id: &str, origin: &Origin) -> Result<()> {
    let id = ApiKeyId::parse(id).map_err(|_| Missing::ApiKey)?;
    let key = ports.api_key_to_delete(actor.id(), &id).await?.ok_or(Missing::ApiKey)?;
    let event = origin.event(
        "api_key.deleted",
        actor.user.organization_id.as_ref(),
        key.id.as_str(),
        json!({"name": key.name, "user_id": key.user_id}),
        Value::Null,
    );
    if ports.delete_api_key(&key, &event).await? { Ok(()) } else { Err(Missing::ApiKey.into()) }
}
