//! Requests that may be repeated: the first answer is kept under the caller's key and given again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    Result,
    error::{Error, Invalid},
    ids::UserId,
};

/// How long an answer is kept.
pub const KEPT_HOURS: i64 = 24;
/// How long a claim stands without an answer: longer than any function runs, so that work which is still
/// going on is not begun a second time.
pub const LEASE_SECONDS: i64 = 60;
/// Most bytes of an answer's body that are kept (an item holds 400 KB). Only refusals with a report are
/// ever larger, and refusing again changes nothing.
pub const BODY_LIMIT: usize = 300 * 1024;

/// The caller's key: 1 to 255 printable ASCII characters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdempotencyKey(String);

impl IdempotencyKey {
    /// Reads the header `Idempotency-Key`.
    ///
    /// # Errors
    /// [`Invalid::Parameter`].
    pub fn parse(text: &str) -> Result<Self> {
        let fits = (1..=255).contains(&text.len()) && text.bytes().all(|b| (0x21..0x7f).contains(&b));
        if fits {
            Ok(Self(text.to_owned()))
        } else {
            Err(Error::Invalid(Invalid::Parameter {
                name: "Idempotency-Key",
                expected: "1 to 255 printable ASCII characters without blanks".into(),
            }))
        }
    }

    /// The name under which the answer is kept: of this actor, this operation and this key.
    #[must_use]
    pub fn name(&self, actor: &UserId, operation: &str) -> String {
        fingerprint([actor.as_str(), operation, &self.0].map(str::as_bytes))
    }

    /// What is kept of a request. Bodies can hold a password: without the key, which is kept nowhere, it cannot be
    /// guessed from this.
    #[must_use]
    pub fn of_request(&self, fingerprint_of_request: &str) -> String {
        fingerprint([&self.0, fingerprint_of_request].map(str::as_bytes))
    }
}

/// SHA-256 of parts, each with its length, in lower-case hex.
#[must_use]
pub fn fingerprint<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An answer that is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeptAnswer {
    /// HTTP status.
    pub status: u16,
    /// The headers that belong to the answer (content type, Location, ETag).
    pub headers: Vec<(String, String)>,
    /// The body, as text: what is kept is JSON.
    pub body: String,
}

/// One request under a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claim {
    /// See [`IdempotencyKey::name`].
    pub name: String,
    /// [`fingerprint`] of the whole request.
    pub request: String,
    /// Random: whose claim it is.
    pub owner: String,
    /// When the request came.
    pub now: Timestamp,
}

/// What claiming a key found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claimed {
    /// Nothing, or what had run out: go on, then keep the answer or let go.
    Mine,
    /// The same request, still being worked on.
    InProgress,
    /// The same request, answered.
    Answered(KeptAnswer),
    /// Another request.
    OtherRequest,
}

/// Keeps answers.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait KeepAnswers {
    /// Claims a key for [`LEASE_SECONDS`], unless it is claimed or answered.
    async fn claim(&self, claim: &Claim) -> Result<Claimed>;
    /// Keeps the answer for [`KEPT_HOURS`], if the claim is still its owner's.
    async fn keep(&self, claim: &Claim, answer: &KeptAnswer) -> Result<()>;
    /// Gives the claim up, so that the request can be repeated at once.
    async fn let_go(&self, claim: &Claim) -> Result<()>;
}
