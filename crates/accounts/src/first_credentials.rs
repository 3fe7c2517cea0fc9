//! How a new person gets their first credentials, where it is not by a link (requirements.md, S3).

use std::fmt;

use rollcall_validation::CredentialMode;

use crate::{error::Refusal, random::Randomness};

/// Letters and digits that nobody confuses when they are read from a screen or typed from paper: no `0 O o`, no `1 I l i`.
const ALPHABET: &[u8; 55] = b"23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghjkmnpqrstuvwxyz";
/// Bytes below this stand for every character equally often.
const LARGEST_FAIR: u8 = 220;
/// Characters of a generated password, of which requirements.md wants 16 at least: 115 bits.
const GENERATED_LENGTH: usize = 20;

/// What is asked for.
#[derive(Clone, PartialEq, Eq)]
pub enum FirstCredentials {
    /// A password that nobody but the person learns, by mail.
    GenerateAndMail,
    /// This password, by mail.
    SpecifyAndMail(String),
    /// This password, handed over by whoever creates the account.
    SpecifyOnly(String),
}

impl FirstCredentials {
    /// Reads a mode and the password that goes with it; `None` for the mailed link.
    ///
    /// # Errors
    /// A [`Refusal`] of `credentials.mode` or `credentials.password`: `credential_mode_unknown`,
    /// `password_missing`, `password_not_wanted`.
    pub fn read(mode: &str, password: Option<String>) -> Result<Option<Self>, Refusal> {
        let refuse = |field: &str, code: &str, detail: String| Refusal {
            field: format!("credentials.{field}"),
            code: code.into(),
            detail,
        };
        let names = || CredentialMode::ALL.iter().map(|mode| mode.as_str()).collect::<Vec<_>>().join(", ");
        let mode = CredentialMode::parse(mode)
            .ok_or_else(|| refuse("mode", "credential_mode_unknown", format!("the mode must be one of {}", names())))?;
        let missing = || refuse("password", "password_missing", "this mode needs a password".into());
        match mode {
            CredentialMode::Link | CredentialMode::GenerateAndMail if password.is_some() => {
                Err(refuse("password", "password_not_wanted", "this mode takes no password".into()))
            }
            CredentialMode::Link => Ok(None),
            CredentialMode::GenerateAndMail => Ok(Some(Self::GenerateAndMail)),
            CredentialMode::SpecifyAndMail => password.map(|text| Some(Self::SpecifyAndMail(text))).ok_or_else(missing),
            CredentialMode::SpecifyOnly => password.map(|text| Some(Self::SpecifyOnly(text))).ok_or_else(missing),
        }
    }

    /// The mode.
    #[must_use]
    pub fn mode(&self) -> CredentialMode {
        match self {
            Self::GenerateAndMail => CredentialMode::GenerateAndMail,
            Self::SpecifyAndMail(_) => CredentialMode::SpecifyAndMail,
            Self::SpecifyOnly(_) => CredentialMode::SpecifyOnly,
        }
    }

    /// Whether the password is mailed.
    #[must_use]
    pub fn is_mailed(&self) -> bool {
        !matches!(self, Self::SpecifyOnly(_))
    }

    /// The password, of at least `least` characters where it is generated.
    #[must_use]
    pub fn password(&self, least: u8, randomness: &impl Randomness) -> String {
        match self {
            Self::GenerateAndMail => generate(GENERATED_LENGTH.max(usize::from(least)), randomness),
            Self::SpecifyAndMail(password) | Self::SpecifyOnly(password) => password.clone(),
        }
    }
}

impl fmt::Debug for FirstCredentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.mode().as_str())
    }
}

/// Letters and digits, every one as likely as another, and some of each kind.
fn generate(length: usize, randomness: &impl Randomness) -> String {
    loop {
        let mut password = String::with_capacity(length);
        while password.len() < length {
            let bytes: [u8; 32] = randomness.bytes();
            // What is above the last whole multiple would make some characters likelier.
            let fair = bytes
                .iter()
                .filter(|byte| **byte < LARGEST_FAIR)
                .map(|byte| ALPHABET[usize::from(*byte) % ALPHABET.len()]);
            password.extend(fair.take(length - password.len()).map(char::from));
        }
        let has = |kind: fn(&u8) -> bool| password.bytes().any(|byte| kind(&byte));
        if has(u8::is_ascii_digit) && has(u8::is_ascii_lowercase) && has(u8::is_ascii_uppercase) {
            return password;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::random::SystemRandomness;

    #[test]
    fn generated_passwords_are_long_mixed_and_never_confusable() {
        let all: BTreeSet<String> =
            (0..500).map(|_| FirstCredentials::GenerateAndMail.password(12, &SystemRandomness)).collect();
        assert_eq!(all.len(), 500, "no two are the same");
        let used: BTreeSet<char> = all.iter().flat_map(|password| password.chars()).collect();
        assert_eq!(used.len(), ALPHABET.len(), "every character is used");
        for password in &all {
            assert_eq!(password.len(), 20);
            assert!(!password.contains(['0', 'O', 'o', '1', 'I', 'l', 'i']), "{password}");
            for kind in [char::is_ascii_digit, char::is_ascii_lowercase, char::is_ascii_uppercase] {
                assert!(password.chars().any(|c| kind(&c)), "{password}");
            }
        }
        assert_eq!(FirstCredentials::GenerateAndMail.password(40, &SystemRandomness).len(), 40);
    }

    #[test]
    fn modes_row_by_row() {
        let own = || Some("a phrase of one's own".to_owned());
        for (mode, password, wanted) in [
            ("link", None, Ok("link")),
            ("generate_and_mail", None, Ok("generate_and_mail")),
            ("specify_only", own(), Ok("specify_only")),
            ("specify_and_mail", own(), Ok("specify_and_mail")),
            ("specify_only", None, Err("password_missing")),
            ("generate_and_mail", own(), Err("password_not_wanted")),
            ("link", own(), Err("password_not_wanted")),
            ("letter", None, Err("credential_mode_unknown")),
        ] {
            let read = FirstCredentials::read(mode, password);
            let found = read.as_ref().map(|read| read.as_ref().map_or("link", |read| read.mode().as_str()));
            assert_eq!(found.map_err(|refusal| refusal.code.as_str()), wanted, "{mode}");
        }
    }
}
