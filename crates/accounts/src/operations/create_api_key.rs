//! Makes an API key for the actor. The key itself is shown once; its hash is stored.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    access::{Actor, secret_hash},
    audit::{AuditEvent, Origin},
    error::{Error, Refusal},
    ids::{ApiKeyId, UserId},
    random::Randomness,
    roles::Permission,
    user::User,
};

/// Most characters of a key's name.
pub const NAME_LIMIT: usize = 100;
/// What every key starts with, so that scanners for leaked secrets find it.
pub const PREFIX: &str = "rk_";

/// An API key as stored, under the hash of the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Identifier.
    pub id: ApiKeyId,
    /// Whose: it may do what they may.
    pub user_id: UserId,
    /// What it is for.
    pub name: String,
    /// When it was made.
    #[serde(with = "crate::time::fixed")]
    pub created_at: Timestamp,
    /// The owner's [`User::key_epoch`] when it was made; under another one it opens nothing.
    #[serde(default)]
    pub epoch: u32,
}

/// An API key with the key itself.
#[derive(Clone)]
pub struct NewApiKey {
    /// What is stored.
    pub api_key: ApiKey,
    /// `rk_` and 52 letters and digits: 260 random bits.
    pub key: String,
}

impl NewApiKey {
    /// A new key of that owner.
    pub fn new(owner: &User, name: String, now: Timestamp, randomness: &impl Randomness) -> Self {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let bytes: [u8; 52] = randomness.bytes();
        let letters = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
        Self {
            api_key: ApiKey {
                id: ApiKeyId::random(randomness),
                user_id: owner.id.clone(),
                name,
                created_at: now,
                epoch: owner.key_epoch,
            },
            key: PREFIX.chars().chain(letters).collect(),
        }
    }

    /// What it is stored under.
    #[must_use]
    pub fn hash(&self) -> String {
        secret_hash(&self.key)
    }

    /// The audit event of making it.
    #[must_use]
    pub fn event(&self, origin: &Origin, owner: &User) -> AuditEvent {
        origin.event(
            "api_key.created",
            owner.organization_id.as_ref(),
            self.api_key.id.as_str(),
            serde_json::Value::Null,
            serde_json::json!({"name": self.api_key.name, "user_id": self.api_key.user_id}),
        )
    }
}

impl fmt::Debug for NewApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewApiKey({})", self.api_key.id)
    }
}

/// Stores new API keys.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait SaveApiKey {
    /// Stores a key with its audit event.
    async fn save_api_key(&self, new: &NewApiKey, event: &AuditEvent) -> Result<()>;
}

/// Makes a key that may do what the actor may.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`Error::Refused`] for the name.
pub async fn create_api_key(
    ports: &impl SaveApiKey,
    actor: &Actor,
    name: &str,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<NewApiKey> {
    actor.require(Permission::ApiKeysWrite)?;
    let name = name.trim();
    if !(1..=NAME_LIMIT).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        return Err(Error::Refused(vec![Refusal {
            field: "name".into(),
            code: "name_not_valid".into(),
            detail: format!("give the key a name of 1 to {NAME_LIMIT} characters"),
        }]));
    }
    let new = NewApiKey::new(&actor.user, name.to_owned(), origin.now, randomness);
    ports.save_api_key(&new, &new.event(origin, &actor.user)).await?;
    Ok(new)
}
