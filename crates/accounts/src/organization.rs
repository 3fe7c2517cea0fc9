//! Organizations.

use std::{collections::BTreeSet, fmt, ops::RangeInclusive};

use jiff::Timestamp;
use rollcall_validation::{CredentialMode, Profile, Status, check_field, identity::IdentityKey};
use serde::{Deserialize, Serialize};

use crate::{error::Refusal, ids::OrganizationId, naming};

/// Most characters (Unicode scalar values) of an organization's name.
pub const NAME_LIMIT: usize = 150;

/// The bounds of [`PasswordPolicy::min_length`].
pub const MIN_LENGTH: RangeInclusive<u8> = 12..=64;
/// The bounds of [`PasswordPolicy::lockout_attempts`].
pub const LOCKOUT_ATTEMPTS: RangeInclusive<u8> = 3..=20;
/// The bounds of [`PasswordPolicy::lockout_minutes`].
pub const LOCKOUT_MINUTES: RangeInclusive<u16> = 5..=1440;
/// Most blocked words.
pub const BLOCKED_WORD_LIMIT: usize = 100;
/// How many characters a blocked word has: a shorter one would forbid nearly everything.
pub const BLOCKED_WORD_LENGTHS: RangeInclusive<usize> = 3..=50;
/// Most domains of an organization.
pub const DOMAIN_LIMIT: usize = 20;

/// A customer whose people are managed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organization {
    /// Identifier.
    pub id: OrganizationId,
    /// Name, unique in the deployment (case-folded).
    pub name: String,
    /// ISO 3166 alpha-2: national phone numbers are read as this country's where the profile allows it.
    pub default_country: Option<String>,
    /// Whether people must enrol a second factor where the profile leaves it to the organization.
    #[serde(default)]
    pub mfa_required: bool,
    /// What its people's passwords must be, and when an account is locked.
    #[serde(default)]
    pub password_policy: PasswordPolicy,
    /// In which ways a new person may get their first credentials. A link to choose one's own always is one.
    #[serde(default = "every_credential_mode")]
    pub credential_modes: BTreeSet<CredentialMode>,
    /// Domains of its people's usernames; the first is the primary one.
    #[serde(default)]
    pub domains: Vec<String>,
    /// When it was made.
    #[serde(with = "crate::time::fixed")]
    pub created_at: Timestamp,
    /// Goes up with every edit.
    pub version: u64,
}

/// What a password must be, and when too many wrong ones lock an account (requirements.md, S4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PasswordPolicy {
    /// Fewest characters (Unicode scalar values), 12 to 64.
    pub min_length: u8,
    /// Failed sign-ins after which an account is locked, 3 to 20.
    pub lockout_attempts: u8,
    /// For how long, in minutes, 5 to 1440.
    pub lockout_minutes: u16,
    /// Words that no password may contain, beside the common ones; compared without case.
    pub blocked_words: Vec<String>,
}

impl Default for PasswordPolicy {
    fn default() -> Self {
        Self { min_length: 12, lockout_attempts: 10, lockout_minutes: 10, blocked_words: Vec::new() }
    }
}

/// What an organization allows until it says otherwise.
#[must_use]
pub fn every_credential_mode() -> BTreeSet<CredentialMode> {
    CredentialMode::ALL.iter().copied().collect()
}

/// How many people an organization has.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct OrganizationCounts {
    /// Users that are visible.
    pub users: u64,
    /// Those of them that have registered.
    pub active: u64,
}

/// The name of an organization: 1 to [`NAME_LIMIT`] characters in NFC, no control characters, blanks at the
/// ends trimmed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrganizationName(String);

impl OrganizationName {
    /// Reads a name.
    ///
    /// # Errors
    /// A [`Refusal`] with code `name_missing`, `name_too_long` or `name_not_valid`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        naming::name("name", text, NAME_LIMIT).map(Self)
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<OrganizationName> for String {
    fn from(name: OrganizationName) -> Self {
        name.0
    }
}

/// A domain of usernames: at least two labels of letters, digits and inner hyphens, at most 253 characters as the
/// network writes it (RFC 1035, IDNA), in lower case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Domain(String);

impl Domain {
    /// Reads a domain.
    ///
    /// # Errors
    /// A [`Refusal`] of `domains` with code `domain_not_valid`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let folded = text.trim().to_lowercase();
        // What an address may have after its @ is a domain; the validator knows the rules.
        let fits = Profile::built_in("modern")
            .is_some_and(|profile| check_field(&profile, "email", &format!("a@{folded}")).status == Status::Accepted);
        if !fits {
            return Err(Refusal {
                field: "domains".into(),
                code: "domain_not_valid".into(),
                detail: "use domains such as example.com".into(),
            });
        }
        Ok(Self(folded))
    }

    /// The domain as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<Domain> for String {
    fn from(domain: Domain) -> Self {
        domain.0
    }
}

/// A domain in the form in which two are the same: as sign-in names have it.
#[must_use]
pub fn domain_key(domain: &str) -> String {
    let key = IdentityKey::from_email(&format!("é@{domain}"));
    key.as_str().trim_start_matches("é@").to_owned()
}

/// A country by its ISO 3166-1 alpha-2 code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CountryCode([u8; 2]);

/// The officially assigned codes (ISO 3166-1), and `XK`, which phone numbers have for Kosovo.
const COUNTRIES: &str = "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ \
BR BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES \
ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO \
IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK \
ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR \
PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK \
TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW";

impl CountryCode {
    /// Reads a code in capitals.
    ///
    /// # Errors
    /// A [`Refusal`] with code `country_not_known`.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        COUNTRIES
            .split(' ')
            .find(|code| *code == text)
            .and_then(|code| code.as_bytes().try_into().ok())
            .map(Self)
            .ok_or_else(|| Refusal {
                field: "default_country".into(),
                code: "country_not_known".into(),
                detail: "use a two-letter country code in capitals (ISO 3166-1), such as DE".into(),
            })
    }
}

impl fmt::Display for CountryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{}", char::from(*byte)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ways_to_first_credentials_are_read_by_the_names_they_had_until_november_2026() {
        let kept: BTreeSet<CredentialMode> =
            serde_json::from_str(r#"["link","generate","specify_and_mail","specify"]"#).unwrap();
        assert_eq!(kept, every_credential_mode());
        let now = serde_json::to_string(&kept).unwrap();
        assert_eq!(now, r#"["link","generate_and_mail","specify_and_mail","specify_only"]"#);
    }

    #[test]
    fn names_row_by_row() {
        for (name, text, wanted) in [
            ("plain", "Acme", Ok("Acme")),
            ("blanks at the ends", "  Acme Ltd ", Ok("Acme Ltd")),
            ("decomposed", "Cafe\u{301}", Ok("Café")),
            ("empty", " \t", Err("name_missing")),
            ("a right-to-left override", "Ac\u{202e}me", Err("name_not_valid")),
            ("a NUL", "Ac\0me", Err("name_not_valid")),
            ("at the limit", &"é".repeat(150), Ok(&*"é".repeat(150))),
            ("over the limit", &"é".repeat(151), Err("name_too_long")),
        ] {
            let outcome = OrganizationName::parse(text);
            let outcome = outcome.as_ref().map(OrganizationName::as_str).map_err(|refusal| refusal.code.as_str());
            assert_eq!(outcome, wanted, "{name}");
        }
    }

    #[test]
    fn countries_are_those_of_the_standard() {
        for code in ["DE", "US", "XK"] {
            assert_eq!(CountryCode::parse(code).unwrap().to_string(), code);
        }
        for code in ["", "de", "D", "DEU", "XX", "E ", "D E"] {
            assert!(CountryCode::parse(code).is_err(), "{code}");
        }
    }
}
