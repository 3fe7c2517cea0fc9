//! Passwords: the rule a new one must meet, and how one is stored (Argon2id, OWASP's minimum:
//! m = 19 MiB, t = 2, p = 1).

use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use sha2::{Digest as _, Sha256};

use crate::{error::Refusal, organization::PasswordPolicy, user::User};

/// Most characters: more only costs time.
pub const MAX_LENGTH: usize = 256;
/// Memory in KiB, passes, lanes.
const COST: (u32, u32, u32) = (19_456, 2, 1);

/// A password that met the rule. Never printed.
pub struct NewPassword(String);

impl NewPassword {
    /// Takes a password as long as the policy asks and of at most 256 characters that is not one of the most
    /// common ones, is not made of the person's own `names` (email, names) alone, and contains none of the
    /// policy's words.
    ///
    /// # Errors
    /// A [`Refusal`] with code `password_too_short`, `password_too_long`, `password_too_common` or
    /// `password_word_blocked`.
    pub fn parse(text: &str, names: &[&str], policy: &PasswordPolicy) -> Result<Self, Refusal> {
        let refuse = |code: &str, detail: String| Refusal { field: "password".into(), code: code.into(), detail };
        let length = text.chars().count();
        let least = usize::from(policy.min_length);
        if length < least {
            return Err(refuse("password_too_short", format!("use at least {least} characters")));
        }
        if length > MAX_LENGTH {
            return Err(refuse("password_too_long", format!("use at most {MAX_LENGTH} characters")));
        }
        let plain = text.to_lowercase();
        let common = COMMON.lines().any(|line| plain == line)
            || has_leaked(&plain)
            || is_padded_common(&plain)
            || names.iter().any(|name| name.chars().count() >= 4 && plain == name.to_lowercase());
        if common {
            return Err(refuse("password_too_common", "this password is among the first that attackers try".into()));
        }
        let blocked = policy.blocked_words.iter().find(|word| !word.is_empty() && plain.contains(&word.to_lowercase()));
        if let Some(word) = blocked {
            return Err(refuse("password_word_blocked", format!("a password here may not contain {word}")));
        }
        Ok(Self(text.to_owned()))
    }

    /// Takes a password for that person, whose own names do not make one.
    ///
    /// # Errors
    /// Those of [`NewPassword::parse`].
    pub fn for_user(text: &str, user: &User, policy: &PasswordPolicy) -> Result<Self, Refusal> {
        let name = user.name();
        let local = user.email.split('@').next().unwrap_or_default();
        let username = user.username.as_deref().unwrap_or_default();
        Self::parse(text, &[&user.email, local, username, &name, &user.first_name, &user.last_name], policy)
    }

    /// The PHC string to store.
    #[must_use]
    #[expect(clippy::expect_used, reason = "fails only for parameters out of range, and these are constants")]
    pub fn hash(&self) -> String {
        argon2().hash_password(self.0.as_bytes()).expect("constant parameters").to_string()
    }
}

/// Whether a password is a common one repeated, counted up or padded: `password1234`, `123412341234`.
fn is_padded_common(plain: &str) -> bool {
    let first = plain.chars().next();
    if plain.chars().all(|c| Some(c) == first) {
        return true;
    }
    let letters = plain.trim_end_matches(|c: char| c.is_ascii_digit() || "!?.*#$".contains(c));
    COMMON.lines().any(|line| line == letters)
}

/// Whether a password of 12 characters or more, in lower case, is among those that leaked lists hold most.
fn has_leaked(plain: &str) -> bool {
    let digest: [u8; 32] = Sha256::digest(plain.as_bytes()).into();
    let (keys, _) = LEAKED.as_chunks::<KEY_BYTES>();
    keys.binary_search_by(|key| key[..].cmp(&digest[..KEY_BYTES])).is_ok()
}

/// The beginnings of the SHA-256 of 10,000 leaked passwords, in order: searched where they lie, nothing is read or
/// built before. Made by `leaked-passwords.py`, which says of what.
static LEAKED: &[u8] = include_bytes!("leaked-passwords.bin");
/// Bytes of a password in [`LEAKED`].
const KEY_BYTES: usize = 6;

/// Words that passwords are made of, with what is often added to them, one a line, lower case.
const COMMON: &str = include_str!("common-passwords.txt");

#[expect(clippy::expect_used, reason = "constant parameters")]
fn argon2() -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, Params::new(COST.0, COST.1, COST.2, None).expect("constant"))
}

/// Whether a password is the one that was stored. Takes as long for a missing hash as for a wrong
/// password, so that an answer's time does not say whether an account exists.
#[must_use]
pub fn verify(stored: Option<&str>, attempt: &str) -> bool {
    /// Of a random password nobody has.
    const DECOY: &str =
        "$argon2id$v=19$m=19456,t=2,p=1$c29tZXNhbHRzb21lc2FsdA$YTlvtEnB2m0b3xcFIrqf5dJdr2q0l6zgwOHQ3XKX1gM";
    let matches = PasswordHash::new(stored.unwrap_or(DECOY))
        .is_ok_and(|hash| argon2().verify_password(attempt.as_bytes(), &hash).is_ok());
    matches && stored.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One of the passwords that the console's meter is tested with too: what is refused here is never strong there.
    #[derive(serde::Deserialize)]
    struct Sample {
        name: String,
        password: String,
        #[serde(default)]
        names: Vec<String>,
        #[serde(default)]
        blocked: Vec<String>,
        min_length: Option<u8>,
        refused: Option<String>,
    }

    #[test]
    fn the_rule_row_by_row() {
        let samples: Vec<Sample> = serde_json::from_str(include_str!("password-samples.json")).unwrap();
        for sample in samples {
            let policy = PasswordPolicy {
                min_length: sample.min_length.unwrap_or(12),
                blocked_words: sample.blocked,
                ..PasswordPolicy::default()
            };
            let names: Vec<&str> = sample.names.iter().map(String::as_str).collect();
            let outcome = NewPassword::parse(&sample.password, &names, &policy).err().map(|refusal| refusal.code);
            assert_eq!(outcome, sample.refused, "{}", sample.name);
        }
        let policy = PasswordPolicy { min_length: 14, ..PasswordPolicy::default() };
        let refusal =
            |text: &str| NewPassword::parse(text, &[], &policy).err().map(|refusal| (refusal.code, refusal.detail));
        assert_eq!(refusal("correct horse").unwrap().1, "use at least 14 characters");
        assert_eq!(refusal(&"ab".repeat(129)).unwrap().0, "password_too_long");
    }

    #[test]
    fn leaked_passwords_are_refused_whatever_their_case() {
        let (keys, rest) = LEAKED.as_chunks::<KEY_BYTES>();
        assert!(rest.is_empty() && keys.len() >= 3_000 && keys.is_sorted(), "{} keys", keys.len());
        let refused = |text: &str| NewPassword::parse(text, &[], &PasswordPolicy::default()).is_err();
        for leaked in [
            "123qweasdzxc",
            "1qaz2wsx3edc",
            "q1w2e3r4t5y6",
            "leavemealone",
            "finalfantasy",
            "administrator",
            "supernatural",
            "newproject2004",
            "heartbreaker",
            "domainlock2004",
            "123qwe456asd",
            "ciaociao1234",
            "untouchables",
            "fernandotorres",
            "11235813213455",
            "whatyouwant69",
            "superstar12345",
            "presidential",
            "minorityreport",
            "liverpool200",
            "kingmaster122",
            "ilovemyself1",
            "flatron795ft",
            "Heartbreaker",
        ] {
            assert!(refused(leaked), "{leaked}");
        }
        for own in ["correct horse battery", "three blue kettles sing", "x7#Qm2!vR9$kT4pZ"] {
            assert!(!refused(own), "{own}");
        }
    }

    #[test]
    fn a_stored_password_verifies_and_others_do_not() {
        let stored = NewPassword::parse("correct horse battery", &[], &PasswordPolicy::default()).unwrap().hash();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify(Some(&stored), "correct horse battery"));
        assert!(!verify(Some(&stored), "correct horse batterz"));
        assert!(!verify(None, "correct horse battery"));
    }
}
