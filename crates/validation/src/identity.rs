//! Identity keys: what makes two sign-in names the same.

use crate::idna;
pub(crate) use crate::unicode::fold;

/// A sign-in name in the form that is compared: NFC, Unicode full case folding, the domain of an address in IDNA
/// A-label form. Emails and usernames share one namespace, so a username that is an address has that address's key.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct IdentityKey(String);

impl IdentityKey {
    /// The key of an email address. Never fails: what is no address has a key too.
    #[must_use]
    pub fn from_email(email: &str) -> Self {
        if email.is_ascii() {
            return Self(email.to_ascii_lowercase());
        }
        Self(match email.rsplit_once('@') {
            Some((local, domain)) => format!("{}@{}", fold(local), domain_key(domain)),
            None => fold(email),
        })
    }

    /// The key of a username.
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

fn domain_key(domain: &str) -> String {
    if domain.is_ascii() {
        return domain.to_ascii_lowercase();
    }
    idna::to_ascii_lenient(domain).unwrap_or_else(|| fold(domain))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sign_in_names_that_mean_the_same_have_one_key() {
        for (name, a, b) in [
            ("case", "Ana.Diaz@Example.COM", "ana.diaz@example.com"),
            ("sharp s", "stra\u{df}e@example.com", "STRASSE@example.com"),
            ("Kelvin sign", "\u{212a}elvin@example.com", "kelvin@example.com"),
            ("composition", "jose\u{301}@example.com", "jos\u{e9}@example.com"),
            ("final sigma", "\u{3c3}\u{3b1}\u{3c2}@example.com", "\u{3a3}\u{391}\u{3a3}@example.com"),
            ("domain in A-label form", "ana@b\u{fc}cher.example", "ana@xn--bcher-kva.example"),
            ("domain in capitals", "ana@B\u{dc}CHER.example", "ana@XN--BCHER-KVA.example"),
            ("full-width domain", "an\u{e1}@\u{ff45}xample.com", "an\u{e1}@example.com"),
        ] {
            assert_eq!(IdentityKey::from_email(a), IdentityKey::from_email(b), "{name}");
        }
    }

    #[test]
    fn different_sign_in_names_have_different_keys() {
        for (name, a, b) in [
            ("plus tag", "ana+1@example.com", "ana@example.com"),
            ("dot", "a.na@example.com", "ana@example.com"),
            ("sharp s in a domain is another domain", "ana@stra\u{df}e.example", "ana@strasse.example"),
            ("accent", "jos\u{e9}@example.com", "jose@example.com"),
        ] {
            assert_ne!(IdentityKey::from_email(a), IdentityKey::from_email(b), "{name}");
        }
    }

    #[test]
    fn a_username_that_is_an_address_has_the_addresss_key() {
        assert_eq!(IdentityKey::from_username("Ana@Example.com"), IdentityKey::from_email("ana@example.com"));
        assert_eq!(IdentityKey::from_username("Stra\u{df}e").as_str(), "strasse");
    }

    proptest! {
        #[test]
        fn a_key_is_its_own_key(text in "[a-z\u{df}\u{e9}\u{130}\u{212a}\u{3c3}\u{3c2}\u{fc}A-Z.@-]{0,24}") {
            let key = IdentityKey::from_email(&text);
            prop_assert_eq!(IdentityKey::from_email(key.as_str()), key);
        }
    }
}
