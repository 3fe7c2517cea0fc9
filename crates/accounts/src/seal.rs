//! Encryption of what must be kept for a while and read again only with a secret that is not in the table.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chacha20poly1305::{
    KeyInit as _, XChaCha20Poly1305, XNonce,
    aead::{Aead as _, Payload},
};
use sha2::{Digest as _, Sha256};

use crate::random::Randomness;

/// Bytes of a nonce: long enough to be random (XChaCha20).
const NONCE_BYTES: usize = 24;

/// A key for sealing. Never printed.
pub struct SealKey(XChaCha20Poly1305);

impl SealKey {
    /// The key that follows from a secret of high entropy, for one purpose.
    #[must_use]
    pub fn of_secret(purpose: &str, secret: &str) -> Self {
        let mut hash = Sha256::new();
        for part in [purpose, secret] {
            hash.update((part.len() as u64).to_be_bytes());
            hash.update(part.as_bytes());
        }
        Self(XChaCha20Poly1305::new(&hash.finalize()))
    }

    /// Seals a text, bound to `context`: base64url of nonce and ciphertext.
    #[expect(clippy::expect_used, reason = "fails only for texts of more than 256 GB")]
    pub fn seal(&self, context: &str, text: &str, randomness: &impl Randomness) -> String {
        let nonce: [u8; NONCE_BYTES] = randomness.bytes();
        let payload = Payload { msg: text.as_bytes(), aad: context.as_bytes() };
        let sealed = self.0.encrypt(&XNonce::from(nonce), payload).expect("a short text");
        URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat())
    }

    /// Opens what [`SealKey::seal`] gave for the same context; `None` for anything else.
    #[must_use]
    pub fn open(&self, context: &str, sealed: &str) -> Option<String> {
        let bytes = URL_SAFE_NO_PAD.decode(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: context.as_bytes() };
        String::from_utf8(self.0.decrypt(&XNonce::from(*nonce), payload).ok()?).ok()
    }
}

impl fmt::Debug for SealKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SealKey")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandomness;

    #[test]
    fn only_the_same_secret_purpose_and_context_open() {
        let key = SealKey::of_secret("answers", "a secret");
        let sealed = key.seal("one", "the text", &SystemRandomness);
        assert!(!sealed.contains("text"));
        assert_eq!(key.open("one", &sealed).as_deref(), Some("the text"));
        assert_eq!(key.open("two", &sealed), None);
        assert_eq!(SealKey::of_secret("answers", "another").open("one", &sealed), None);
        assert_eq!(SealKey::of_secret("others", "a secret").open("one", &sealed), None);
        for text in ["", "AAAA", &sealed[..sealed.len() - 4]] {
            assert_eq!(key.open("one", text), None, "{text}");
        }
    }
}
