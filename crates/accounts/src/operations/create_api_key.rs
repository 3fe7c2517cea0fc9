//! Makes an API key for the actor, who says with their password that it is them. The key itself is shown once; its
//! hash is stored.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    Result,
    access::{Actor, secret_hash},
    attempts::CountAttempts,
    audit::{AuditEvent, Origin},
    error::{Conflict, Error, Invalid, Refusal},
    ids::{ApiKeyId, UserId},
    operations::{edits::ReadCredential, list_api_keys::ListApiKeys, own_password::require_own_password},
    outbox::DueMail,
    random::Randomness,
    roles::Permission,
    user::User,
};

/// Most characters of a key's name.
pub const NAME_LIMIT: usize = 100;
/// Days that a key is good for unless somebody says otherwise.
pub const DEFAULT_DAYS: u16 = 90;
/// Most days that a key is good for.
pub const MOST_DAYS: u16 = 365;
/// Most keys of a person that are good for something at the same time.
pub const LIVE_LIMIT: usize = 20;
/// Days that a key whose end has come is still listed, so that its owner finds out why a program stopped.
pub const LISTED_DAYS: u16 = 30;
/// What every key starts with, so that scanners for leaked secrets find it.
pub const PREFIX: &str = "rk_";

/// An API key as stored, under the hash of the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Identifier.
    pub id: ApiKeyId,
    /// Whose: it may do what they may.
    pub user_id: UserId,
    /// What it is for.
    pub name: String,
    /// When it was made.
    #[serde(with = "crate::time::fixed")]
    pub created_at: Timestamp,
    /// From when on it opens nothing. Keys from before there were ends have none: see [`ApiKey::ends_at`].
    #[serde(with = "crate::time::fixed::option", default)]
    pub expires_at: Option<Timestamp>,
    /// The owner's [`User::key_epoch`] when it was made; under another one it opens nothing.
    #[serde(default)]
    pub epoch: u32,
}

impl ApiKey {
    /// When it ends: at the latest [`MOST_DAYS`] after it was made.
    #[must_use]
    pub fn ends_at(&self) -> Timestamp {
        let most = later(self.created_at, MOST_DAYS);
        self.expires_at.map_or(most, |end| end.min(most))
    }

    /// Until when it is listed.
    #[must_use]
    pub fn listed_until(&self) -> Timestamp {
        later(self.ends_at(), LISTED_DAYS)
    }

    /// Whether it opens anything of its owner's at a moment.
    #[must_use]
    pub fn is_live(&self, owner: &User, now: Timestamp) -> bool {
        self.epoch == owner.key_epoch && now < self.ends_at()
    }
}

/// So many days after a moment.
fn later(moment: Timestamp, days: u16) -> Timestamp {
    moment.saturating_add(SignedDuration::from_hours(24 * i64::from(days))).unwrap_or(Timestamp::MAX)
}

/// An API key with the key itself.
#[derive(Clone)]
pub struct NewApiKey {
    /// What is stored.
    pub api_key: ApiKey,
    /// `rk_` and 52 letters and digits: 260 random bits.
    pub key: String,
}

impl NewApiKey {
    /// A new key of that owner, for so many days.
    pub fn new(owner: &User, name: String, days: u16, now: Timestamp, randomness: &impl Randomness) -> Self {
        const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let bytes: [u8; 52] = randomness.bytes();
        let letters = bytes.iter().map(|byte| char::from(ALPHABET[usize::from(byte & 31)]));
        Self {
            api_key: ApiKey {
                id: ApiKeyId::random(randomness),
                user_id: owner.id.clone(),
                name,
                created_at: now,
                expires_at: Some(later(now, days)),
                epoch: owner.key_epoch,
            },
            key: PREFIX.chars().chain(letters).collect(),
        }
    }

    /// What it is stored under.
    #[must_use]
    pub fn hash(&self) -> String {
        secret_hash(&self.key)
    }

    /// The audit event of making it.
    #[must_use]
    pub fn event(&self, origin: &Origin, owner: &User) -> AuditEvent {
        origin.event(
            "api_key.created",
            owner.organization_id.as_ref(),
            self.api_key.id.as_str(),
            serde_json::Value::Null,
            serde_json::json!({
                "name": self.api_key.name,
                "user_id": self.api_key.user_id,
                "expires_at": crate::time::iso(self.api_key.ends_at()),
            }),
        )
    }
}

impl fmt::Debug for NewApiKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NewApiKey({})", self.api_key.id)
    }
}

/// Stores new API keys.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait SaveApiKey {
    /// Stores a key with its audit event and the mail that tells its owner.
    async fn save_api_key(&self, new: &NewApiKey, event: &AuditEvent, mail: &DueMail) -> Result<()>;
}

/// A key as asked for.
#[derive(Clone)]
pub struct WantedKey {
    /// What it is for.
    pub name: String,
    /// How long it shall be good for; [`DEFAULT_DAYS`].
    pub days: Option<i64>,
    /// The password of whoever asks.
    pub password: Option<String>,
}

impl fmt::Debug for WantedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WantedKey")
    }
}

/// Makes a key that may do what the actor may, until its end. Only somebody who is signed in and knows the password
/// makes one: not a program with a key, nor whoever finds an unlocked computer. The owner is told by mail.
///
/// # Errors
/// [`Error::PermissionDenied`]; [`Invalid::SessionRequired`] for an API key; [`Error::Refused`] for name and days;
/// [`Error::Unfit`] for the password; [`Error::TooManyAttempts`]; [`Conflict::ListFull`] with [`LIVE_LIMIT`] keys.
pub async fn create_api_key(
    ports: &(impl CountAttempts + ReadCredential + ListApiKeys + SaveApiKey),
    actor: &Actor,
    wanted: &WantedKey,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<NewApiKey> {
    actor.require(Permission::ApiKeysWrite)?;
    if actor.via.session().is_none() {
        return Err(Invalid::SessionRequired.into());
    }
    let (name, days) = acceptable(wanted)?;
    let password = wanted.password.as_deref().unwrap_or_default();
    require_own_password(ports, actor, "password", password, origin.now).await?;
    let keys = ports.api_keys_of(actor.id()).await?;
    if keys.iter().filter(|key| key.is_live(&actor.user, origin.now)).count() >= LIVE_LIMIT {
        return Err(Conflict::ListFull.into());
    }
    let new = NewApiKey::new(&actor.user, name, days, origin.now, randomness);
    let mail = DueMail::api_key_created(&new.api_key);
    ports.save_api_key(&new, &new.event(origin, &actor.user), &mail).await?;
    Ok(new)
}

fn acceptable(wanted: &WantedKey) -> Result<(String, u16)> {
    let mut refusals = Vec::new();
    let mut refuse = |field: &str, code: &str, detail: String| {
        refusals.push(Refusal { field: field.to_owned(), code: code.to_owned(), detail });
    };
    let name = wanted.name.trim();
    if !(1..=NAME_LIMIT).contains(&name.chars().count()) || name.chars().any(char::is_control) {
        refuse("name", "name_not_valid", format!("give the key a name of 1 to {NAME_LIMIT} characters"));
    }
    let days = wanted.days.map_or(Some(DEFAULT_DAYS), |days| u16::try_from(days).ok());
    let days = days.filter(|days| (1..=MOST_DAYS).contains(days));
    if days.is_none() {
        refuse("expires_in_days", "out_of_range", format!("a key is good for 1 to {MOST_DAYS} days"));
    }
    if wanted.password.as_deref().unwrap_or_default().is_empty() {
        refuse("password", "password_missing", "give the password of your account".to_owned());
    }
    match days {
        Some(days) if refusals.is_empty() => Ok((name.to_owned(), days)),
        _ => Err(Error::Refused(refusals)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        access::Via,
        ids::SessionId,
        operations::{
            fake::{Fake, PASSWORD, after, at, code_of, now, run},
            list_api_keys::list_api_keys,
        },
        outbox::MailSubject,
        random::SystemRandomness,
        roles::RoleId,
    };

    fn administrator() -> (Fake, Actor) {
        let (fake, ana) = Fake::with_ana();
        fake.change(&ana, |user, _| user.roles = RoleId::parse("organization_admin").into_iter().collect());
        let id = SessionId::random(&SystemRandomness);
        let via = Via::Session { id, expires_at: after(1000), idle_until: after(1000) };
        let actor = Actor::new(fake.user(&ana).into(), via).unwrap();
        (fake, actor)
    }

    fn wanted(name: &str, days: Option<i64>, password: Option<&str>) -> WantedKey {
        WantedKey { name: name.into(), days, password: password.map(Into::into) }
    }

    fn make(fake: &Fake, actor: &Actor, wanted: &WantedKey, at_second: i64) -> Result<NewApiKey> {
        run(create_api_key(fake, actor, wanted, &at(after(at_second)), &SystemRandomness))
    }

    #[test]
    fn a_key_takes_a_session_a_password_a_name_and_an_end() {
        let (fake, mut actor) = administrator();
        for (name, wanted, code) in [
            ("no password", wanted("n", None, None), "row_refused"),
            ("an empty password", wanted("n", None, Some("")), "row_refused"),
            ("another password", wanted("n", None, Some("not it at all")), "password_wrong"),
            ("no name", wanted(" ", None, Some(PASSWORD)), "row_refused"),
            ("no time", wanted("n", Some(0), Some(PASSWORD)), "row_refused"),
            ("more than a year", wanted("n", Some(366), Some(PASSWORD)), "row_refused"),
            ("beyond a number of days", wanted("n", Some(i64::MAX), Some(PASSWORD)), "row_refused"),
            ("a day", wanted("n", Some(1), Some(PASSWORD)), "ok"),
            ("a year", wanted("n", Some(365), Some(PASSWORD)), "ok"),
        ] {
            assert_eq!(code_of(make(&fake, &actor, &wanted, 0)), code, "{name}");
        }
        actor.via = Via::ApiKey;
        let by_key = make(&fake, &actor, &wanted("n", None, Some(PASSWORD)), 0);
        assert_eq!(code_of(by_key), "session_required", "a key makes no key, whatever it knows");
    }

    #[test]
    fn a_key_ends_its_owner_is_told_and_no_more_than_twenty_are_good_at_once() {
        let (fake, actor) = administrator();
        for (wanted, days) in
            [(wanted("for a day", Some(1), Some(PASSWORD)), 1), (wanted("nightly", None, Some(PASSWORD)), DEFAULT_DAYS)]
        {
            let new = make(&fake, &actor, &wanted, 0).unwrap();
            let end = later(now(), days);
            assert_eq!(new.api_key.ends_at(), end);
            assert!(new.api_key.is_live(&actor.user, end - SignedDuration::from_millis(1)));
            assert!(!new.api_key.is_live(&actor.user, end));
            let listed = |moment: Timestamp| {
                run(list_api_keys(&fake, &actor, moment)).unwrap().iter().any(|key| key.id == new.api_key.id)
            };
            let listed_until = later(end, LISTED_DAYS);
            assert!(listed(listed_until - SignedDuration::from_millis(1)) && !listed(listed_until), "for a month");
        }
        let told =
            |mail: &DueMail| matches!(&mail.subject, MailSubject::ApiKeyCreated { name, .. } if name == "nightly");
        assert!(fake.mails.borrow().len() == 2 && told(&fake.mails.borrow()[1]));
        let another = fake.api_keys.borrow()[1].clone();
        fake.api_keys.borrow_mut().resize(LIVE_LIMIT, another);
        let one_more = wanted("one more", None, Some(PASSWORD));
        assert_eq!(code_of(make(&fake, &actor, &one_more, 0)), "list_full");
        assert_eq!(code_of(make(&fake, &actor, &one_more, 24 * 3600)), "ok", "the first has ended");
    }

    #[test]
    fn a_key_from_before_there_were_ends_is_good_for_a_year_and_under_its_epoch() {
        let (fake, actor) = administrator();
        let mut key = make(&fake, &actor, &wanted("old", Some(1), Some(PASSWORD)), 0).unwrap().api_key;
        key.expires_at = None;
        let year = SignedDuration::from_hours(24 * 365);
        assert!(key.is_live(&actor.user, now() + year - SignedDuration::from_secs(1)));
        assert!(!key.is_live(&actor.user, now() + year));
        let mut owner = actor.user.clone();
        owner.end_everything();
        assert!(!key.is_live(&owner, now()));
    }
}
