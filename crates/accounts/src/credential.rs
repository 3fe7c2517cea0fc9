//! What a person signs in with: password hash, second factor, recovery codes.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    access::secret_hash,
    ids::{InvitationId, UserId},
    password::NewPassword,
    random::Randomness,
    totp::TotpSecret,
};

/// Recovery codes that a person gets on enrolling a second factor.
pub const RECOVERY_CODES: usize = 10;
/// How long a password that somebody else chose opens the first sign-in (requirements.md, S3: as an invitation).
pub const FIRST_PASSWORD_LIFETIME: SignedDuration = SignedDuration::from_hours(14 * 24);

/// The secrets of one user. Kept apart from the user, so that nothing that reads users reads them.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credential {
    /// Whose.
    pub user_id: UserId,
    /// PHC string; none before the account is finished.
    pub password_hash: Option<String>,
    /// Until when a password that somebody else chose opens a sign-in, in which it must be changed; none when
    /// the person chose the password.
    #[serde(with = "crate::time::fixed::option", default)]
    pub first_password_until: Option<Timestamp>,
    /// The enrolled authenticator.
    pub totp_secret: Option<TotpSecret>,
    /// The last step of it that was used; codes count once.
    pub totp_last_step: Option<u64>,
    /// Whether codes are sent to the phone number of the account.
    #[serde(default)]
    pub text_codes: bool,
    /// Whether a second factor is set up at the next sign-in, because an administrator reset the former one.
    #[serde(default)]
    pub must_enrol: bool,
    /// Hashes of the recovery codes that are left.
    #[serde(default)]
    pub recovery_codes: Vec<String>,
    /// What an acceptance has given so far, until its code completes it.
    pub pending: Option<PendingCredential>,
    /// Goes up with every write. As it was read: an edit is written over nothing else. None: over whatever there is.
    #[serde(default)]
    pub revision: Option<u64>,
}

impl Credential {
    /// Of a user who has none yet.
    #[must_use]
    pub fn empty(user_id: UserId) -> Self {
        Self {
            user_id,
            password_hash: None,
            first_password_until: None,
            totp_secret: None,
            totp_last_step: None,
            text_codes: false,
            must_enrol: false,
            recovery_codes: Vec::new(),
            pending: None,
            revision: None,
        }
    }

    /// Of a user whose first password somebody else chose: it opens one sign-in, within
    /// [`FIRST_PASSWORD_LIFETIME`], in which the person chooses their own.
    #[must_use]
    pub fn first_password(user_id: UserId, password: &NewPassword, now: Timestamp) -> Self {
        Self {
            password_hash: Some(password.hash()),
            first_password_until: Some(now.saturating_add(FIRST_PASSWORD_LIFETIME).unwrap_or(Timestamp::MAX)),
            ..Self::empty(user_id)
        }
    }

    /// Whether the password is one that somebody else chose and that the person must change.
    #[must_use]
    pub fn must_change(&self) -> bool {
        self.first_password_until.is_some()
    }

    /// A password of the person's own choice, hashed, takes the place of any other.
    pub fn set_password(&mut self, password_hash: String) {
        self.password_hash = Some(password_hash);
        self.first_password_until = None;
        self.pending = None;
    }

    /// Nobody signs in with a password until a new one is chosen.
    pub fn void_password(&mut self) {
        self.password_hash = None;
        self.first_password_until = None;
        self.pending = None;
    }

    /// Forgets every second factor; one is set up at the next sign-in.
    pub fn reset_mfa(&mut self) {
        self.totp_secret = None;
        self.totp_last_step = None;
        self.text_codes = false;
        self.recovery_codes.clear();
        self.must_enrol = true;
    }

    /// No code is sent any more: the number is another, which nobody has proved. Without an authenticator a second
    /// factor is set up at the next sign-in.
    pub fn stop_text_codes(&mut self) {
        self.text_codes = false;
        if !self.has_mfa() {
            self.reset_mfa();
        }
    }

    /// Whether a second factor is enrolled. Recovery codes only stand in for one.
    #[must_use]
    pub fn has_mfa(&self) -> bool {
        self.totp_secret.is_some() || self.text_codes
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
/// Characters of a recovery code: 120 bits, so that a plain hash of it is safe to store (ASVS 6.5.2 asks for 112).
const RECOVERY_LENGTH: usize = 24;
/// Characters of the codes that were made before; they stay good.
const FORMER_RECOVERY_LENGTH: usize = 16;

/// New recovery codes, `xxxx-xxxx-xxxx-xxxx-xxxx-xxxx`: shown once, stored as [`recovery_hash`].
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
    let long = [RECOVERY_LENGTH, FORMER_RECOVERY_LENGTH].contains(&plain.len());
    let fits = long && plain.bytes().all(|b| ALPHABET.contains(&b));
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
            let letters = code.chars().filter(char::is_ascii_alphanumeric).count();
            assert!(letters * 5 >= 112 && code.len() == 29, "{code}: five bits a letter");
            let hash = recovery_hash(code);
            assert!(hash.is_some());
            assert_eq!(recovery_hash(&code.to_uppercase().replace('-', " ")), hash);
        }
        assert_eq!(recovery_hash("O000-I000-l000-0000"), recovery_hash("0000100010000000"), "a former code");
        for text in ["", "123456", "uuuu-uuuu-uuuu-uuuu", "0000-0000-0000-00000", "0000-0000-0000-0000-0000-0000-0"] {
            assert_eq!(recovery_hash(text), None, "{text}");
        }
    }
}
