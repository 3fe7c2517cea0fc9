//! Makes the Root Master, the account that everything else starts from. Once per deployment.

use std::fmt;

use jiff::Timestamp;

use crate::{
    Result,
    access::{Actor, Via},
    audit::{AuditEvent, Origin},
    credential::Credential,
    error::{Conflict, Error},
    ids::UserId,
    operations::{create_api_key::NewApiKey, rules::Rules},
    organization::PasswordPolicy,
    password::NewPassword,
    random::Randomness,
    roles::{RoleBook, RoleId},
    totp::TotpSecret,
    user::{User, UserKind, UserStatus},
};

/// The person, and what they will sign in with.
#[derive(Clone)]
pub struct NewRootMaster {
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// Email address.
    pub email: String,
    /// Password; the rule for new ones holds.
    pub password: String,
    /// The enrolled authenticator's secret.
    pub totp_secret: TotpSecret,
    /// How long their API key is good for, in days.
    pub api_key_days: u16,
}

impl fmt::Debug for NewRootMaster {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("NewRootMaster")
    }
}

/// What bootstrapping did.
#[derive(Debug)]
pub enum Bootstrap {
    /// The Root Master was made.
    Done(Box<Bootstrapped>),
    /// The deployment has one; nothing was changed.
    AlreadyDone,
}

/// The new Root Master.
#[derive(Debug)]
pub struct Bootstrapped {
    /// The account, complete and active.
    pub user: User,
    /// Their API key.
    pub api_key: NewApiKey,
}

impl Bootstrapped {
    /// The Root Master's identifier.
    #[must_use]
    pub fn user_id(&self) -> &UserId {
        &self.user.id
    }

    /// The Root Master as an actor, to go on with (the first organization, …).
    #[must_use]
    pub fn actor(&self) -> Option<Actor> {
        Actor::new(self.user.clone().into(), Via::ApiKey)
    }
}

/// How saving the Root Master ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Saved {
    /// Stored.
    Done,
    /// The deployment has one; nothing stored.
    AlreadyDone,
    /// The address is another user's; nothing stored.
    EmailTaken,
}

/// Stores the Root Master.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait SaveRootMaster {
    /// Stores user, secrets, API key and events in one transaction, once per deployment.
    async fn save_root_master(
        &self,
        user: &User,
        credential: &Credential,
        api_key: &NewApiKey,
        events: &[AuditEvent],
    ) -> Result<Saved>;
}

/// Makes the Root Master and an API key of theirs, unless there is one.
///
/// # Errors
/// [`Error::Refused`] for names, address or password; [`Conflict::EmailTaken`].
pub async fn bootstrap(
    ports: &impl SaveRootMaster,
    new: NewRootMaster,
    now: Timestamp,
    randomness: &impl Randomness,
) -> Result<Bootstrap> {
    let rules = Rules::new(UserKind::Technician, None, None, RoleBook::default())?;
    let mut refusals = Vec::new();
    let first_name = rules.field("first_name", &new.first_name, &mut refusals);
    let last_name = rules.field("last_name", &new.last_name, &mut refusals);
    let email = rules.field("email", &new.email, &mut refusals);
    if !refusals.is_empty() {
        return Err(Error::Refused(refusals));
    }
    let names = [email.as_str(), &first_name, &last_name];
    let password = NewPassword::parse(&new.password, &names, &PasswordPolicy::default())
        .map_err(|refusal| Error::Refused(vec![refusal]))?;
    let id = UserId::random(randomness);
    let user = User {
        first_name,
        last_name,
        email,
        roles: RoleId::parse(RoleId::ROOT_MASTER).into_iter().collect(),
        all_module_access: true,
        status: UserStatus::Active,
        mfa_enrolled: true,
        ..User::new(id.clone(), UserKind::Technician, None, "technician", id.clone(), now)
    };
    let credential = Credential {
        password_hash: Some(password.hash()),
        totp_secret: Some(new.totp_secret),
        ..Credential::empty(id.clone())
    };
    let api_key = NewApiKey::new(&user, "bootstrap".into(), new.api_key_days, now, randomness);
    let origin = Origin { actor: Some(id.clone()), source: None, now };
    let events = [
        origin.event(
            "deployment.bootstrapped",
            None,
            id.as_str(),
            serde_json::Value::Null,
            serde_json::json!({"roles": user.roles}),
        ),
        api_key.event(&origin, &user),
    ];
    match ports.save_root_master(&user, &credential, &api_key, &events).await? {
        Saved::Done => Ok(Bootstrap::Done(Box::new(Bootstrapped { user, api_key }))),
        Saved::AlreadyDone => Ok(Bootstrap::AlreadyDone),
        Saved::EmailTaken => Err(Conflict::EmailTaken.into()),
    }
}
