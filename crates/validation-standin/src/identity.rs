//! Identity keys: what makes two sign-in names the same (requirements.md: NFC, Unicode case fold, domain in
//! IDNA A-label form).

use unicode_normalization::UnicodeNormalization as _;

/// A sign-in name in the form that is compared. Emails and usernames share one namespace.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey(String);

impl IdentityKey {
    /// The key of an email address: case folded, its domain as A-labels.
    #[must_use]
    pub fn from_email(email: &str) -> Self {
        let folded = fold(email);
        match folded.rsplit_once('@') {
            Some((local, domain)) if !domain.is_ascii() => {
                Self(format!("{local}@{}", idna::domain_to_ascii(domain).unwrap_or_else(|_| domain.to_owned())))
            }
            _ => Self(folded),
        }
    }

    /// The key of a username. One that is an email address has that address's key.
    #[must_use]
    pub fn from_username(username: &str) -> Self {
        Self::from_email(username)
    }

    /// The key as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// NFC, full case fold, NFC again: `ß` and `ss`, `K` (Kelvin) and `k`, `É` in one piece or two are the same.
#[must_use]
pub fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    caseless::default_case_fold_str(&text.nfc().collect::<String>()).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_name_has_one_key() {
        for (name, left, right, same) in [
            ("case", "Ana@Example.org", "ana@example.ORG", true),
            ("sharp s", "straße@example.org", "STRASSE@example.org", true),
            ("Kelvin sign", "\u{212a}im@example.org", "kim@example.org", true),
            ("composed and decomposed", "jos\u{e9}@example.org", "jose\u{301}@example.org", true),
            ("IDNA", "a@bücher.example", "a@xn--bcher-kva.example", true),
            ("dots count", "a.b@example.org", "ab@example.org", false),
        ] {
            assert_eq!(IdentityKey::from_email(left) == IdentityKey::from_email(right), same, "{name}");
        }
    }
}
