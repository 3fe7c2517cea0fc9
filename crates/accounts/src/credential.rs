//! What a person signs in with: password hash, second factor, recovery codes.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{
    access::secret_hash,
    ids::{InvitationId, UserId},
    random::Randomness,
    totp::TotpSecret,
};

/// Recovery codes that a person gets on enrolling a second factor.
pub const RECOVERY_CODES: usize = 10;

/// The secrets of one user. Kept apart from the user, so that nothing that reads users reads them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Whose.
    pub user_id: UserId,
    /// PHC string; none before the account is finished.
    pub password_hash: Option<String>,
    /// The enrolled authenticator.
    pub totp_secret: Option<TotpSecret>,
    /// The last step of it that was used; codes count once.
    pub totp_last_step: Option<u64>,
    /// Hashes of the recovery codes that are left.
    #[serde(default)]
    pub recovery_codes: Vec<String>,
    /// What an acceptance has given so far, until its code completes it.
    pub pending: Option<PendingCredential>,
}

impl Credential {
    /// Of a user who has none yet.
    #[must_use]
    pub fn empty(user_id: UserId) -> Self {
        Self {
            user_id,
            password_hash: None,
            totp_secret: None,
            totp_last_step: None,
            recovery_codes: Vec::new(),
            pending: None,
        }
    }
}

impl fmt::Debug for Credential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credential({})", self.user_id)
    }
}

/// An acceptance that waits for its first code. Good only for the generation it was given for.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingCredential {
    /// The invitation.
    pub invitation_id: InvitationId,
    /// Its generation; a newer one makes this void.
    pub generation: u32,
    /// PHC string of the chosen password.
    pub password_hash: String,
    /// The authenticator being enrolled.
    pub totp_secret: Option<TotpSecret>,
    /// E.164, when the person was asked for it.
    pub phone: Option<String>,
    /// When it was given.
    #[serde(with = "crate::time::fixed")]
    pub at: Timestamp,
}

impl fmt::Debug for PendingCredential {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PendingCredential({})", self.invitation_id)
    }
}

/// Letters and digits that no one confuses (Crockford's base 32).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters of a recovery code: 80 bits, so that a plain hash of it is safe to store.
const RECOVERY_LENGTH: usize = 16;

/// New recovery codes, `xxxx-xxxx-xxxx-xxxx`: shown once, stored as [`recovery_hash`].
pub fn new_recovery_codes(randomness: &impl Randomness) -> Vec<String> {
    (0..RECOVERY_CODES)
        .map(|_| {
            let bytes: [u8; RECOVERY_LENGTH] = randomness.bytes();
            let letters: Vec<char> = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)])).collect();
            letters.chunks(4).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
        })
        .collect()
}

/// What is stored of a recovery code; `None` when the text cannot be one. Case, blanks and hyphens do not
/// matter, nor do `o`, `i`, `l` for the digits they look like.
#[must_use]
pub fn recovery_hash(text: &str) -> Option<String> {
    let plain: String = text
        .chars()
        .filter(|c| !c.is_whitespace() && *c != '-')
        .map(|c| match c.to_ascii_lowercase() {
            'o' => '0',
            'i' | 'l' => '1',
            other => other,
        })
        .collect();
    let fits = plain.len() == RECOVERY_LENGTH && plain.bytes().all(|b| ALPHABET.contains(&b));
    fits.then(|| secret_hash(&plain))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandomness;

    #[test]
    fn recovery_codes_are_read_however_they_are_typed() {
        let codes = new_recovery_codes(&SystemRandomness);
        assert_eq!(codes.len(), RECOVERY_CODES);
        for code in &codes {
            assert_eq!(code.len(), 19, "{code}");
            let hash = recovery_hash(code);
            assert!(hash.is_some());
            assert_eq!(recovery_hash(&code.to_uppercase().replace('-', " ")), hash);
        }
        assert_eq!(recovery_hash("O000-I000-l000-0000"), recovery_hash("0000100010000000"));
        for text in ["", "123456", "uuuu-uuuu-uuuu-uuuu", "0000-0000-0000-00000"] {
            assert_eq!(recovery_hash(text), None, "{text}");
        }
    }
}
