//! Time-based one-time passwords (RFC 6238): SHA-1, six digits, thirty seconds, as every authenticator
//! app reads them.

use std::fmt;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use totp_rs::{Builder, Secret, Totp};

use crate::random::Randomness;

/// Bytes of a secret: what RFC 4226 section 4 recommends.
const SECRET_BYTES: usize = 20;
/// Steps before and after the present one that still count, for clocks that are not quite right
/// (RFC 6238 section 5.2 suggests one).
const SKEW: u16 = 1;
/// Seconds of a step.
pub const STEP_SECONDS: u64 = 30;
/// Shown by authenticator apps above the account.
const ISSUER: &str = "Rollcall";

/// A secret shared with an authenticator app. Never printed.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct TotpSecret([u8; SECRET_BYTES]);

/// A text that is not 20 bytes in base 32.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("a TOTP secret is {SECRET_BYTES} bytes in base 32")]
pub struct NotATotpSecret;

impl TotpSecret {
    /// A new secret.
    pub fn random(randomness: &impl Randomness) -> Self {
        Self(randomness.bytes())
    }

    /// Reads base 32 (RFC 4648 section 6) without padding.
    ///
    /// # Errors
    /// [`NotATotpSecret`].
    pub fn parse(base32: &str) -> Result<Self, NotATotpSecret> {
        let secret = Secret::try_from_base32(base32).map_err(|_| NotATotpSecret)?;
        secret.as_bytes().try_into().map(Self).map_err(|_| NotATotpSecret)
    }

    /// Base 32, for people who type it in.
    #[must_use]
    pub fn to_base32(&self) -> String {
        Secret::new_stack(self.0).to_base32()
    }

    /// The `otpauth://totp/…` URI that a QR code carries. `account` is the sign-in name.
    #[must_use]
    pub fn uri(&self, account: &str) -> String {
        // Colons separate issuer and account in the label; a username may hold one.
        self.totp(&account.replace(':', " ")).to_url().unwrap_or_default()
    }

    /// The code of this moment.
    #[must_use]
    pub fn code(&self, now: Timestamp) -> String {
        self.totp("").generate(seconds(now)).to_string()
    }

    /// The step whose code this is, if it is the present one or a neighbour and later than `last_used`:
    /// a code counts once (RFC 6238 section 5.2). Store the answer as the next `last_used`. Blanks that
    /// apps show between the digits are ignored.
    #[must_use]
    pub fn check(&self, code: &str, now: Timestamp, last_used: Option<u64>) -> Option<u64> {
        let code: String = code.chars().filter(|c| !c.is_whitespace()).collect();
        let step = self.totp("").check(&code, seconds(now))?;
        last_used.is_none_or(|last| step > last).then_some(step)
    }

    fn totp(&self, account: &str) -> Totp {
        // The parameters are constants of the RFC, so the unchecked constructor checks nothing less.
        Builder::new()
            .with_secret(Secret::new_stack(self.0))
            .with_skew(SKEW)
            .with_step_duration(STEP_SECONDS)
            .with_account_name(account)
            .with_issuer(Some(ISSUER))
            .build_noncompliant()
    }
}

fn seconds(moment: Timestamp) -> u64 {
    u64::try_from(moment.as_second()).unwrap_or_default()
}

impl fmt::Debug for TotpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TotpSecret")
    }
}

impl TryFrom<String> for TotpSecret {
    type Error = NotATotpSecret;
    fn try_from(text: String) -> Result<Self, NotATotpSecret> {
        Self::parse(&text)
    }
}

impl From<TotpSecret> for String {
    fn from(secret: TotpSecret) -> Self {
        secret.to_base32()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238 appendix B: the ASCII secret of its SHA-1 rows.
    fn rfc() -> TotpSecret {
        TotpSecret(*b"12345678901234567890")
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    #[test]
    fn codes_are_those_of_the_rfc() {
        for (second, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(rfc().code(at(second)), code, "{second}");
        }
    }

    #[test]
    fn a_code_counts_once_and_only_about_its_time() {
        let secret = rfc();
        let code = secret.code(at(1_000_000));
        let step = 1_000_000 / STEP_SECONDS;
        for (name, now, last_used, wanted) in [
            ("at once", 1_000_000, None, Some(step)),
            ("a step later", 1_000_030, None, Some(step)),
            ("a step early", 999_970, None, Some(step)),
            ("two steps later", 1_000_060, None, None),
            ("after an older one", 1_000_000, Some(step - 1), Some(step)),
            ("a second time", 1_000_000, Some(step), None),
            ("after a newer one", 1_000_000, Some(step + 1), None),
        ] {
            assert_eq!(secret.check(&code, at(now), last_used), wanted, "{name}");
        }
        let spaced = format!("{} {}", &code[..3], &code[3..]);
        assert_eq!(secret.check(&spaced, at(1_000_000), None), Some(step));
        for wrong in ["", "12345", "1234567", "abcdef", "00000０"] {
            assert_eq!(secret.check(wrong, at(1_000_000), None), None, "{wrong}");
        }
    }

    #[test]
    fn secrets_read_back_and_the_uri_names_the_account() {
        let secret = rfc();
        assert_eq!(TotpSecret::parse(&secret.to_base32()), Ok(secret.clone()));
        assert_eq!(TotpSecret::parse("MFRGG"), Err(NotATotpSecret));
        assert_eq!(
            secret.uri("ana:b@example.org"),
            "otpauth://totp/Rollcall:ana%20b%40example.org?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Rollcall"
        );
        assert_eq!(format!("{secret:?}"), "TotpSecret");
    }
}
