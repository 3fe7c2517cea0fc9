//! Mailed tokens: `ID.KID.MAC`, where the MAC is the first 128 bits of HMAC-SHA-256(key, purpose, id, generation)
//! (design.md, "Mailed links").
//!
//! The table holds nothing that opens a link; a delivery that is tried again carries the same link;
//! raising the generation kills older links and still recognises them.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use jiff::SignedDuration;
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::{random::Randomness, seal::SealKey};

/// What a token is good for; part of what is authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Finishing an account.
    Invitation,
    /// Choosing a new password.
    PasswordReset,
    /// Confirming a new address.
    EmailChange,
    /// A browser that is known; mailed to nobody.
    Device,
}

impl Purpose {
    fn label(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::PasswordReset => "password-reset",
            Self::EmailChange => "email-change",
            Self::Device => "device",
        }
    }
}

/// The keys of a deployment, current one first; older ones only verify.
#[derive(Clone)]
pub struct TokenKeys(Vec<(String, [u8; 32])>);

/// A key list that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("token keys are kid:base64url, 32 bytes each, separated by commas")]
pub struct TokenKeysError;

/// Bytes of the MAC in a token.
const MAC_BYTES: usize = 16;
/// How long a code that was sent as a text message is good.
pub const TEXT_CODE_LIFETIME: SignedDuration = SignedDuration::from_mins(10);

impl TokenKeys {
    /// Reads `kid:secret[,kid:secret…]`, as the environment variable `ROLLCALL_TOKEN_KEYS` gives it. A
    /// secret is 32 bytes in base64url, or any text of at least 32 characters (Secrets Manager generates
    /// such), which is then hashed to 32 bytes.
    ///
    /// # Errors
    /// [`TokenKeysError`] when the list is empty or an entry is malformed.
    pub fn parse(text: &str) -> Result<Self, TokenKeysError> {
        let keys: Vec<_> = text
            .split(',')
            .map(|entry| {
                let (kid, secret) = entry.split_once(':').ok_or(TokenKeysError)?;
                let kid_fits = (1..=8).contains(&kid.len()) && kid.bytes().all(|b| b.is_ascii_alphanumeric());
                if !kid_fits {
                    return Err(TokenKeysError);
                }
                let key = match URL_SAFE_NO_PAD.decode(secret).ok().and_then(|bytes| bytes.try_into().ok()) {
                    Some(key) => key,
                    None if secret.len() >= 32 => <sha2::Sha256 as sha2::Digest>::digest(secret.as_bytes()).into(),
                    None => return Err(TokenKeysError),
                };
                Ok((kid.to_owned(), key))
            })
            .collect::<Result<_, _>>()?;
        if keys.is_empty() { Err(TokenKeysError) } else { Ok(Self(keys)) }
    }

    /// The token to mail: `ID.KID.MAC`, URL-safe.
    #[must_use]
    pub fn issue(&self, purpose: Purpose, id: &str, generation: u32) -> String {
        let (kid, key) = &self.0[0];
        format!("{id}.{kid}.{}", URL_SAFE_NO_PAD.encode(mac(key, purpose, id, generation)))
    }

    /// The generation that a token was issued for, looked for from `newest` down to 1. `None`: forged.
    #[must_use]
    pub fn generation_of(&self, token: &MailedToken, purpose: Purpose, newest: u32) -> Option<u32> {
        let (_, key) = self.0.iter().find(|(kid, _)| *kid == token.kid)?;
        (1..=newest).rev().find(|generation| mac(key, purpose, &token.id, *generation).ct_eq(&token.mac).into())
    }

    /// The six digits that are sent as a text message: the answer to one sending of a challenge. Nothing stored tells them.
    #[must_use]
    pub fn text_code(&self, challenge: &str, number: u32) -> String {
        digits(&self.0[0].1, challenge, number)
    }

    /// Seals a text that waits in the table, for that purpose and bound to that context: `KID.SEALED`. Without
    /// these keys nobody reads it.
    #[must_use]
    pub fn seal(&self, purpose: &str, context: &str, text: &str, randomness: &impl Randomness) -> String {
        let (kid, key) = &self.0[0];
        format!("{kid}.{}", seal_key(key, purpose).seal(context, text, randomness))
    }

    /// As [`TokenKeys::seal`], but the same text sealed again under the same key is the same: what is sent twice is
    /// known again. Different texts share no nonce, as it is a MAC over purpose, context and text.
    #[must_use]
    pub fn seal_repeatably(&self, purpose: &str, context: &str, text: &str) -> String {
        let (_, key) = &self.0[0];
        let parts = [purpose, context, text].map(|part| format!("{}:{part}", part.len()));
        self.seal(purpose, context, text, &Following { key, from: parts.concat() })
    }

    /// Opens what [`TokenKeys::seal`] gave for the same purpose and context, under a former key too.
    #[must_use]
    pub fn open(&self, purpose: &str, context: &str, sealed: &str) -> Option<String> {
        let (kid, sealed) = sealed.split_once('.')?;
        let (_, key) = self.0.iter().find(|(known, _)| known == kid)?;
        seal_key(key, purpose).open(context, sealed)
    }

    /// Whether these are the digits that were sent. Blanks do not matter.
    #[must_use]
    pub fn is_text_code(&self, challenge: &str, number: u32, code: &str) -> bool {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        self.0.iter().any(|(_, key)| digits(key, challenge, number).as_bytes().ct_eq(code.as_bytes()).into())
    }
}

impl std::fmt::Debug for TokenKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "TokenKeys({})", self.0.len())
    }
}

/// Bytes that follow from a text, and that nobody tells from random ones without the key.
struct Following<'a> {
    key: &'a [u8; 32],
    from: String,
}

impl Randomness for Following<'_> {
    fn bytes<const N: usize>(&self) -> [u8; N] {
        let mut bytes = [0_u8; N];
        for (part, block) in (0_u32..).zip(bytes.chunks_mut(MAC_BYTES)) {
            block.copy_from_slice(&labelled_mac(self.key, "nonce", &self.from, part)[..block.len()]);
        }
        bytes
    }
}

/// A key of its own for every purpose, from which the deployment's does not follow.
fn seal_key(key: &[u8; 32], purpose: &str) -> SealKey {
    SealKey::of_secret("waiting text", &URL_SAFE_NO_PAD.encode(labelled_mac(key, "seal", purpose, 0)))
}

/// Six digits of the MAC; 64 bits of it, so that no code is noticeably likelier than another.
fn digits(key: &[u8; 32], challenge: &str, number: u32) -> String {
    let full = labelled_mac(key, "text-code", challenge, number);
    let wide = full.iter().take(8).fold(0_u64, |wide, byte| (wide << 8) | u64::from(*byte));
    format!("{:06}", wide % 1_000_000)
}

fn mac(key: &[u8; 32], purpose: Purpose, id: &str, generation: u32) -> [u8; MAC_BYTES] {
    labelled_mac(key, purpose.label(), id, generation)
}

#[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
fn labelled_mac(key: &[u8; 32], label: &str, id: &str, generation: u32) -> [u8; MAC_BYTES] {
    let mut mac = <Hmac<Sha256> as KeyInit>::new_from_slice(key).expect("any length");
    for part in [label.as_bytes(), id.as_bytes(), &generation.to_be_bytes()] {
        mac.update(&(part.len() as u64).to_be_bytes());
        mac.update(part);
    }
    let full = mac.finalize().into_bytes();
    let mut short = [0_u8; MAC_BYTES];
    short.copy_from_slice(&full[..MAC_BYTES]);
    short
}

/// A token as it came in: split, not yet believed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailedToken {
    /// The identifier it claims to be for.
    pub id: String,
    kid: String,
    mac: [u8; MAC_BYTES],
}

impl MailedToken {
    /// Splits a token. `None` when it cannot be one.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('.');
        let (id, kid, mac) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() || text.len() > 120 {
            return None;
        }
        let mac = URL_SAFE_NO_PAD.decode(mac).ok()?.try_into().ok()?;
        Some(Self { id: id.to_owned(), kid: kid.to_owned(), mac })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandomness;

    fn keys(text: &str) -> TokenKeys {
        TokenKeys::parse(text).unwrap()
    }
    const A: &str = "a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const B: &str = "b:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA";

    #[test]
    fn a_token_names_its_generation_and_an_older_one_is_recognised() {
        let keys = keys(A);
        let token = MailedToken::parse(&keys.issue(Purpose::Invitation, "inv_1", 2)).unwrap();
        assert_eq!(keys.generation_of(&token, Purpose::Invitation, 5), Some(2));
        assert_eq!(keys.generation_of(&token, Purpose::Invitation, 1), None);
    }

    #[test]
    fn a_rotated_key_still_verifies_and_another_deployments_does_not() {
        let old = keys(A).issue(Purpose::Invitation, "inv_1", 1);
        let token = MailedToken::parse(&old).unwrap();
        assert_eq!(keys(&format!("{B},{A}")).generation_of(&token, Purpose::Invitation, 1), Some(1));
        assert_eq!(keys(B).generation_of(&token, Purpose::Invitation, 1), None);
    }

    #[test]
    fn a_text_code_answers_one_sending_of_one_challenge() {
        let now = keys(&format!("{B},{A}"));
        let code = now.text_code("ses_1", 2);
        assert!(code.len() == 6 && code.bytes().all(|b| b.is_ascii_digit()), "{code}");
        let spaced = format!(" {} {}", &code[..3], &code[3..]);
        assert!(now.is_text_code("ses_1", 2, &spaced));
        assert!(now.is_text_code("ses_1", 2, &keys(A).text_code("ses_1", 2)), "sent under the former key");
        for (name, challenge, number) in [("another sending", "ses_1", 3), ("another challenge", "ses_2", 2)] {
            assert!(!now.is_text_code(challenge, number, &code), "{name}");
        }
        assert!(!keys(A).is_text_code("ses_1", 2, &code), "another deployment's");
    }

    #[test]
    fn a_waiting_text_is_read_under_its_purpose_context_and_key_only() {
        let sealed = keys(A).seal("first password", "usr_1", "the text", &SystemRandomness);
        assert!(sealed.starts_with("a.") && !sealed.contains("text"), "{sealed}");
        let rotated = keys(&format!("{B},{A}"));
        assert_eq!(rotated.open("first password", "usr_1", &sealed).as_deref(), Some("the text"));
        for (name, keys, purpose, context) in [
            ("another purpose", keys(A), "other", "usr_1"),
            ("another context", keys(A), "first password", "usr_2"),
            ("another deployment's keys", keys(B), "first password", "usr_1"),
        ] {
            assert_eq!(keys.open(purpose, context, &sealed), None, "{name}");
        }
    }

    #[test]
    fn what_is_sealed_repeatably_is_the_same_again_and_only_then() {
        let mine = keys(A);
        let sealed = mine.seal_repeatably("rows", "imp_1#3", "a secret");
        assert_eq!(mine.seal_repeatably("rows", "imp_1#3", "a secret"), sealed);
        assert_eq!(mine.open("rows", "imp_1#3", &sealed).as_deref(), Some("a secret"));
        for (purpose, context, text) in
            [("rows", "imp_1#3", "a secrets"), ("rows", "imp_1#4", "a secret"), ("others", "imp_1#3", "a secret")]
        {
            let other = mine.seal_repeatably(purpose, context, text);
            assert_ne!(other[..40], sealed[..40], "another nonce: {purpose} {context} {text}");
        }
    }

    #[test]
    fn tokens_of_one_purpose_are_none_of_another() {
        let keys = keys(A);
        let token = MailedToken::parse(&keys.issue(Purpose::PasswordReset, "rst_1", 1)).unwrap();
        assert_eq!(keys.generation_of(&token, Purpose::PasswordReset, 1), Some(1));
        for other in [Purpose::Invitation, Purpose::EmailChange] {
            assert_eq!(keys.generation_of(&token, other, 1), None, "{other:?}");
        }
    }

    #[test]
    fn malformed_tokens_and_keys_are_refused() {
        for text in ["", "a", "a.b", "a.b.c", "a.b.c.d", &"x".repeat(500)] {
            assert_eq!(MailedToken::parse(text), None, "{text}");
        }
        for text in ["", "a", "a:short", "a b:AAAA"] {
            assert!(TokenKeys::parse(text).is_err(), "{text}");
        }
    }
}
