//! The first step of a sign-in: email (or username) and password.

use std::fmt;

use futures_util::future::{try_join, try_join3};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Error, Result,
    attempts::{CountAttempts, Counter, SOURCE_LIMIT, SOURCE_WINDOW},
    audit::Origin,
    credential::Credential,
    device::Device,
    error::NotAccepted,
    ids::{OrganizationId, UserId},
    operations::{
        create_user::ReadOrganization,
        sessions::{Browser, OpenSession, OpenSessions, Stage},
        steps::{Counting, Person, Proceeded, proceeded},
    },
    password,
    random::Randomness,
    token::TokenKeys,
    user::{User, UserStatus},
};

/// Most characters of a sign-in name: those of an email address.
const LOGIN_LIMIT: usize = 254;

/// What a person typed, and where.
#[derive(Clone)]
pub struct Attempt {
    /// Email address or username.
    pub login: String,
    /// Password.
    pub password: String,
    /// What the browser calls itself, short.
    pub device: Option<String>,
    /// The cookie by which a browser is known.
    pub device_cookie: Option<String>,
}

impl fmt::Debug for Attempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Attempt")
    }
}

/// Finds who a sign-in name belongs to.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait FindLogin {
    /// Who holds a sign-in name, whether or not they count.
    async fn holder_of(&self, identity: &IdentityKey) -> Result<Option<UserId>>;
    /// A user with their secrets.
    async fn login(&self, user: &UserId) -> Result<Option<(User, Option<Credential>)>>;
}

/// Checks email and password and opens a session for whatever step comes next. Does the same, reading and writing
/// as much, for a name nobody holds as for a wrong password, whether or not the attempt still counts.
///
/// # Errors
/// [`NotAccepted::Credentials`], which never says what was wrong; [`Error::TooManyAttempts`] when strangers have
/// failed at the account, or somebody at the source address has failed at any, too often.
pub async fn sign_in(
    ports: &(impl FindLogin + ReadOrganization + CountAttempts + OpenSessions),
    keys: &TokenKeys,
    attempt: &Attempt,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Proceeded> {
    // What is longer than any sign-in name is nobody's, and the table takes no such key.
    let login = Some(attempt.login.trim()).filter(|login| login.chars().count() <= LOGIN_LIMIT).unwrap_or_default();
    let identity = if login.contains('@') { IdentityKey::from_email(login) } else { IdentityKey::from_username(login) };
    let holder = ports.holder_of(&identity).await?;
    let known = attempt.device_cookie.as_deref().and_then(|cookie| Device::recognise(keys, cookie));
    let known = known.and_then(|(user, device)| (holder.as_ref() == Some(&user)).then_some(device));
    let counter = match (&known, &holder) {
        (Some(device), _) => Counter::device(device),
        (None, Some(user)) => Counter::account(user),
        (None, None) => Counter::name(&identity),
    };
    let source = Counter::source(origin.source.as_deref());

    // A name nobody holds takes the same reads, of a user nobody is.
    let id = holder.clone().unwrap_or_else(|| UserId::derived(&["nobody"]));
    let (found, counting, from_source) = try_join3(
        ports.login(&id),
        Counting::begin(ports, counter, origin.now),
        ports.count_attempt(&source, origin.now, SOURCE_WINDOW),
    )
    .await?;
    let found = found.filter(|_| holder.is_some());
    let organization = found.as_ref().and_then(|(user, _)| user.organization_id.clone());
    let organization = organization.unwrap_or_else(|| OrganizationId::derived(&["nobody"]));
    let organization = ports.read_organization(&organization).await?;
    let person = found.map(|(user, credential)| {
        let credential = credential.unwrap_or_else(|| Credential::empty(user.id.clone()));
        Person { user, credential, organization }
    });
    let policy = person.as_ref().map(Person::policy).unwrap_or_default();

    let stored = person.as_ref().and_then(|person| person.credential.password_hash.as_deref());
    let fits = password::verify(stored, &attempt.password);
    counting.check(&policy, origin.now)?;
    if known.is_none() {
        from_source.within(SOURCE_LIMIT, origin.now)?;
    }
    let Some(person) = person.as_ref().filter(|person| fits && person.may_sign_in(origin.now)) else {
        let user = person.as_ref().map(|person| &person.user);
        counting.failed(ports, &policy, user, origin).await?;
        return Err(NotAccepted::Credentials.into());
    };
    try_join(ports.forgive_attempt(&counting.counter), ports.forgive_attempt(&source)).await?;
    let browser = Browser { source: origin.source.clone(), device: attempt.device.clone(), known };
    let open = OpenSession::new(&person.user, first_stage(person), &browser, origin.now, randomness);
    if !ports.open_session(&open, None).await? {
        return Err(Error::internal("a session that takes no other's place was not opened"));
    }
    Ok(proceeded(person, open, keys, randomness))
}

/// The first step after the password. Only a step that changes something makes an account active, so one that was
/// never finished and lacks nothing any more (the organization stopped asking for a second factor) has its password
/// changed once again.
fn first_stage(person: &Person) -> Stage {
    match person.stage(false) {
        Stage::Complete if person.user.status == UserStatus::Invited => Stage::ChangePassword,
        stage => stage,
    }
}
