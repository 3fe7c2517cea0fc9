//! The actor's API keys.

use jiff::Timestamp;

use crate::{Result, access::Actor, ids::UserId, operations::create_api_key::ApiKey, user::User};

/// Lists API keys.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ListApiKeys {
    /// The keys of a user, those among them that are good for nothing any more.
    async fn api_keys_of(&self, user: &UserId) -> Result<Vec<ApiKey>>;
}

/// The keys that act as the actor, and those whose end has come of late; the newest first. The keys themselves are
/// shown to nobody any more.
///
/// # Errors
/// Those of the store.
pub async fn list_api_keys(ports: &impl ListApiKeys, actor: &Actor, now: Timestamp) -> Result<Vec<ApiKey>> {
    keys_of(ports, &actor.user, now).await
}

/// The keys of a user that were not ended otherwise than by time, and by that not long ago.
pub(crate) async fn keys_of(ports: &impl ListApiKeys, user: &User, now: Timestamp) -> Result<Vec<ApiKey>> {
    let mut keys = ports.api_keys_of(&user.id).await?;
    keys.retain(|key| key.epoch == user.key_epoch && now < key.listed_until());
    keys.sort_by(|one, other| other.created_at.cmp(&one.created_at).then_with(|| one.id.cmp(&other.id)));
    Ok(keys)
}
