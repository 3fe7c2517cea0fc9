//! Browsers in which a person has signed in before (OWASP, "device cookies"): they get in while strangers are
//! locked out, and their failed attempts are counted apart.

use std::fmt;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde::{Deserialize, Serialize};

use crate::{
    ids::UserId,
    random::Randomness,
    token::{MailedToken, Purpose, TokenKeys},
};

/// Between the user and the browser in a cookie; part of neither.
const SEPARATOR: char = '~';
/// Characters of a browser's name: 128 random bits in base64url.
const LENGTH: usize = 22;

/// A browser, by a random name.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Device(String);

impl Device {
    /// A browser that was not known before.
    pub fn random(randomness: &impl Randomness) -> Self {
        Self(URL_SAFE_NO_PAD.encode(randomness.bytes::<16>()))
    }

    /// What its cookie says: that this user has signed in there. Opens nothing.
    #[must_use]
    pub fn cookie(&self, keys: &TokenKeys, user: &UserId) -> String {
        keys.issue(Purpose::Device, &format!("{user}{SEPARATOR}{}", self.0), 1)
    }

    /// Whose browser a cookie is of. `None` when we did not make it.
    #[must_use]
    pub fn recognise(keys: &TokenKeys, cookie: &str) -> Option<(UserId, Self)> {
        let token = MailedToken::parse(cookie)?;
        keys.generation_of(&token, Purpose::Device, 1)?;
        let (user, device) = token.id.split_once(SEPARATOR)?;
        let user = UserId::parse(user).ok()?;
        (device.len() == LENGTH).then(|| (user, Self(device.to_owned())))
    }

    /// Its name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Device {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Device")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SystemRandomness;

    #[test]
    fn a_cookie_names_user_and_browser_and_cannot_be_made_up() {
        let keys = TokenKeys::parse("a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
        let (ana, bob) = (UserId::derived(&["ana"]), UserId::derived(&["bob"]));
        let device = Device::random(&SystemRandomness);
        let cookie = device.cookie(&keys, &ana);
        assert_eq!(Device::recognise(&keys, &cookie), Some((ana.clone(), device)));
        let others = TokenKeys::parse("a:BBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBBA").unwrap();
        assert_eq!(Device::recognise(&others, &cookie), None, "another deployment's");
        let stolen = cookie.replace(ana.as_str(), bob.as_str());
        let link = keys.issue(Purpose::Invitation, &format!("{ana}~{}", "x".repeat(LENGTH)), 1);
        for (name, text) in [("another user's name in it", stolen.as_str()), ("a mailed link", &link), ("nothing", "")]
        {
            assert_eq!(Device::recognise(&keys, text), None, "{name}");
        }
    }
}
