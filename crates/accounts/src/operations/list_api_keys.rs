//! The actor's API keys.

use crate::{Result, access::Actor, ids::UserId, operations::create_api_key::ApiKey};

/// Lists API keys.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ListApiKeys {
    /// The keys of a user, those among them that are good for nothing any more.
    async fn api_keys_of(&self, user: &UserId) -> Result<Vec<ApiKey>>;
}

/// The keys that act as the actor, the newest first. The keys themselves are shown to nobody any more.
///
/// # Errors
/// Those of the store.
pub async fn list_api_keys(ports: &impl ListApiKeys, actor: &Actor) -> Result<Vec<ApiKey>> {
    let mut keys = ports.api_keys_of(actor.id()).await?;
    keys.retain(|key| key.epoch == actor.user.key_epoch);
    keys.sort_by(|one, other| other.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&other.id)));
    Ok(keys)
}
