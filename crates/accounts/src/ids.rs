//! Identifiers: a prefix that names the kind and 26 characters of lower-case Crockford base 32.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::random::Randomness;

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
/// Characters after the prefix: 130 bits, of which 128 are used.
const LENGTH: usize = 26;

/// A text that is not an identifier of the wanted kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an identifier here starts with {prefix} and has 26 letters and digits after it")]
pub struct NotAnId {
    prefix: &'static str,
}

fn encode(bytes: [u8; 16]) -> String {
    let mut value = u128::from_be_bytes(bytes);
    let mut text = [0_u8; LENGTH];
    for place in text.iter_mut().rev() {
        *place = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
    text.iter().map(|byte| char::from(*byte)).collect()
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The prefix that every identifier of this kind starts with.
            pub const PREFIX: &'static str = $prefix;

            /// A new identifier of 128 random bits.
            pub fn random(randomness: &impl Randomness) -> Self {
                Self(format!("{}{}", $prefix, encode(randomness.bytes())))
            }

            /// The identifier that these parts always give, so that work done again names the same thing.
            #[must_use]
            pub fn derived(parts: &[&str]) -> Self {
                let mut hash = Sha256::new();
                for part in parts {
                    hash.update((part.len() as u64).to_be_bytes());
                    hash.update(part.as_bytes());
                }
                let digest = hash.finalize();
                let mut bytes = [0_u8; 16];
                bytes.copy_from_slice(&digest[..16]);
                Self(format!("{}{}", $prefix, encode(bytes)))
            }

            /// Reads an identifier.
            ///
            /// # Errors
            /// [`NotAnId`] when the prefix, the length or a character is another.
            pub fn parse(text: &str) -> std::result::Result<Self, NotAnId> {
                match text.strip_prefix($prefix) {
                    Some(rest) if rest.len() == LENGTH && rest.bytes().all(|byte| ALPHABET.contains(&byte)) => {
                        Ok(Self(text.to_owned()))
                    }
                    _ => Err(NotAnId { prefix: $prefix }),
                }
            }

            /// The identifier as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> std::result::Result<Self, NotAnId> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id!(
    /// Names a user.
    UserId, "usr_");
id!(
    /// Names an organization.
    OrganizationId, "org_");
id!(
    /// Names an import.
    ImportId, "imp_");
id!(
    /// Names the password resets of a user.
    PasswordResetId, "rst_");
id!(
    /// Names the changes of address of a user.
    EmailChangeId, "emc_");
id!(
    /// Names an entry of one of an organization's lists: a group, site, property, course or service.
    EntryId, "ent_");
id!(
    /// Names a role that an administrator made.
    CustomRoleId, "role_");
id!(
    /// Names a custom import profile.
    ProfileId, "prof_");
id!(
    /// Names an invitation; the same for every generation of it. The mailed token starts with it.
    InvitationId, "inv_");
id!(
    /// Names a session.
    SessionId, "ses_");
id!(
    /// Names an API key (not the key itself).
    ApiKeyId, "key_");
id!(
    /// Names an audit event.
    AuditEventId, "aud_");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_identifiers_repeat_and_parse() {
        let one = UserId::derived(&["imp_x", "1"]);
        assert_eq!(one, UserId::derived(&["imp_x", "1"]));
        assert_ne!(one, UserId::derived(&["imp_x1", ""]));
        assert_eq!(UserId::parse(one.as_str()), Ok(one));
    }

    #[test]
    fn other_prefixes_lengths_and_letters_are_refused() {
        for text in [
            "",
            "usr_",
            "org_00000000000000000000000000",
            "usr_0000000000000000000000000U",
            "usr_0000000000000000000000000",
        ] {
            assert!(UserId::parse(text).is_err(), "{text}");
        }
    }
}
