//! The first step of a sign-in: email (or username) and password.

use std::fmt;

use futures_util::future::{try_join, try_join3};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Error, Result,
    access::secret_hash,
    attempts::{CountAttempts, Counter, SOURCE_LIMIT, SOURCE_WINDOW},
    audit::Origin,
    credential::Credential,
    device::Device,
    error::NotAccepted,
    ids::{OrganizationId, UserId},
    operations::{
        create_user::ReadOrganization,
        sessions::{Browser, EndSession, FindSession, OpenSession, OpenSessions, Stage},
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
    /// The token of the session that the browser is in so far, whoever's it is.
    pub former_session: Option<String>,
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
    /// The organization whose usernames have that domain.
    async fn organization_of_domain(&self, domain: &str) -> Result<Option<OrganizationId>>;
    /// A user with their secrets.
    async fn login(&self, user: &UserId) -> Result<Option<(User, Option<Credential>)>>;
}

/// Checks email and password and opens a session for whatever step comes next. Does the same, reading and writing
/// as much, for a name nobody holds as for a wrong password, whether or not the attempt still counts. The session that
/// the browser was in, whoever's it was, ends: its token is overwritten there and shall be good nowhere else.
///
/// # Errors
/// [`NotAccepted::Credentials`], which never says what was wrong; [`Error::TooManyAttempts`] when strangers have
/// failed at the account, or somebody at the source address has failed at any, too often.
pub async fn sign_in(
    ports: &(impl FindLogin + ReadOrganization + CountAttempts + OpenSessions + FindSession + EndSession),
    keys: &TokenKeys,
    attempt: &Attempt,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Proceeded> {
    let login = login_name(&attempt.login);
    let identity = IdentityKey::from_email(login);
    let domain = login.rsplit_once('@').map(|(_, domain)| domain).unwrap_or_default();
    let source = Counter::source(origin.source.as_deref());
    let (holder, of_domain, from_source) = try_join3(
        ports.holder_of(&identity),
        ports.organization_of_domain(domain),
        ports.count_attempt(&source, origin.now, SOURCE_WINDOW),
    )
    .await?;
    let known = attempt.device_cookie.as_deref().and_then(|cookie| Device::recognise(keys, cookie));
    let known = known.and_then(|(user, device)| (holder.as_ref() == Some(&user)).then_some(device));
    // Before the account counts it: who is not heard keeps nobody else out.
    if known.is_none() {
        from_source.within(SOURCE_LIMIT, origin.now)?;
    }
    let counter = match (&known, &holder) {
        (Some(device), _) => Counter::device(device),
        (None, Some(user)) => Counter::account(user),
        (None, None) => Counter::name(&identity),
    };

    // A name nobody holds takes the same reads, of a user nobody is.
    let id = holder.clone().unwrap_or_else(|| UserId::derived(&["nobody"]));
    let (found, counting) = try_join(ports.login(&id), Counting::begin(ports, counter, origin.now)).await?;
    let found = found.filter(|_| holder.is_some());
    // A name that nobody holds has the policy of the organization that such names belong to.
    let organization = match &found {
        Some((user, _)) => user.organization_id.clone(),
        None => of_domain,
    };
    let organization = organization.unwrap_or_else(|| OrganizationId::derived(&["nobody"]));
    let organization = ports.read_organization(&organization).await?;
    let policy = organization.as_ref().map(|organization| organization.password_policy.clone()).unwrap_or_default();
    let person = found.map(|(user, credential)| {
        let credential = credential.unwrap_or_else(|| Credential::empty(user.id.clone()));
        Person { user, credential, organization }
    });

    let stored = person.as_ref().and_then(|person| person.credential.password_hash.as_deref());
    let fits = password::verify(stored, &attempt.password);
    counting.check(&policy, origin.now)?;
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
    if let Some(token) = &attempt.former_session {
        let former = secret_hash(token);
        if let Some(session) = ports.find_session(&former).await? {
            ports.end_session(&former, &session).await?;
        }
    }
    Ok(proceeded(person, open, keys, randomness))
}

/// A sign-in name as somebody typed it. What is longer than any is nobody's, and the table takes no such key.
pub(crate) fn login_name(typed: &str) -> &str {
    Some(typed.trim()).filter(|login| login.chars().count() <= LOGIN_LIMIT).unwrap_or_default()
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

#[cfg(test)]
mod tests {
    use jiff::Timestamp;

    use super::*;
    use crate::{
        operations::fake::{Fake, PASSWORD, after, at, code_of, keys, now, run},
        random::SystemRandomness,
        totp::TotpSecret,
    };

    fn attempt(login: &str, password: &str, cookie: Option<&str>) -> Attempt {
        Attempt {
            login: login.into(),
            password: password.into(),
            device: Some("Firefox on Linux".into()),
            device_cookie: cookie.map(str::to_owned),
            former_session: None,
        }
    }

    fn try_at(fake: &Fake, login: &str, password: &str, cookie: Option<&str>, now: Timestamp) -> Result<Proceeded> {
        run(sign_in(fake, &keys(), &attempt(login, password, cookie), &at(now), &SystemRandomness))
    }

    #[test]
    fn who_may_sign_in_and_what_comes_next_row_by_row() {
        type Change = fn(&mut User, &mut Credential);
        let rows: [(&str, Change, &str); 11] = [
            ("nothing is missing", |_, _| {}, "complete"),
            (
                "an authenticator",
                |_, secrets| secrets.totp_secret = Some(TotpSecret::random(&SystemRandomness)),
                "verify_mfa",
            ),
            ("text messages", |_, secrets| secrets.text_codes = true, "verify_mfa"),
            ("a second factor was reset", |_, secrets| secrets.must_enrol = true, "enrol_mfa"),
            (
                "a first password",
                |user, secrets| {
                    user.status = UserStatus::Invited;
                    secrets.first_password_until = Some(after(1));
                },
                "change_password",
            ),
            (
                "a first password that is too old",
                |user, secrets| {
                    user.status = UserStatus::Invited;
                    secrets.first_password_until = Some(now());
                },
                "credentials_not_valid",
            ),
            ("a first password that was changed", |user, _| user.status = UserStatus::Invited, "change_password"),
            (
                "a first password and a second factor that is required",
                |user, secrets| {
                    user.status = UserStatus::Invited;
                    user.profile = "member".into();
                    user.user_kind = crate::user::UserKind::Member;
                    secrets.first_password_until = None;
                },
                "enrol_mfa",
            ),
            ("deactivated", |user, _| user.status = UserStatus::Deactivated, "credentials_not_valid"),
            ("never invited", |user, _| user.status = UserStatus::Created, "credentials_not_valid"),
            ("no password", |_, secrets| secrets.void_password(), "credentials_not_valid"),
        ];
        for (name, change, wanted) in rows {
            let (fake, ana) = Fake::with_ana();
            fake.change(&ana, change);
            let outcome = try_at(&fake, "ana@acme.example", PASSWORD, None, now());
            let got = match &outcome {
                Ok(proceeded) => proceeded.next.stage.name().unwrap_or("complete"),
                Err(error) => error.code(),
            };
            assert_eq!(got, wanted, "{name}");
            let cookie = outcome.ok().and_then(|proceeded| proceeded.device);
            assert_eq!(cookie.is_some(), wanted == "complete", "{name}: only a complete sign-in makes a browser known");
        }
    }

    #[test]
    fn one_signs_in_by_address_or_username_in_any_case() {
        for login in ["ana@acme.example", " ANA@Acme.Example ", "ana.silva", "Ana.Silva"] {
            let (fake, ana) = Fake::with_ana();
            assert_eq!(code_of(try_at(&fake, login, PASSWORD, None, now())), "ok", "{login}");
            assert_eq!(fake.user(&ana).last_sign_in_at, Some(now()), "{login}");
        }
        for login in ["", "ana", "bob@acme.example", &"a".repeat(300)] {
            let (fake, _) = Fake::with_ana();
            assert_eq!(code_of(try_at(&fake, login, PASSWORD, None, now())), "credentials_not_valid", "{login}");
        }
    }

    #[test]
    fn too_many_failures_lock_strangers_out_for_a_while_and_nobody_else() {
        let (fake, ana) = Fake::with_ana();
        let cookie = try_at(&fake, "ana@acme.example", PASSWORD, None, now()).unwrap().device.unwrap();
        for n in 1..=10 {
            assert_eq!(code_of(try_at(&fake, "ana.silva", "wrong", None, after(n))), "credentials_not_valid", "{n}");
        }
        let until = after(10 + 600);
        assert_eq!(fake.user(&ana).locked_until, Some(until));
        assert_eq!(fake.user(&ana).status_at(after(11)), UserStatus::LockedOut);
        for (name, password) in [("the right one", PASSWORD), ("a wrong one", "wrong")] {
            match try_at(&fake, "ana@acme.example", password, None, after(20)) {
                Err(Error::TooManyAttempts { retry_after_seconds }) => assert_eq!(retry_after_seconds, 590, "{name}"),
                other => panic!("{name}: {other:?}"),
            }
        }
        assert_eq!(fake.actions(), ["user.locked_out"], "once");
        assert_eq!(code_of(try_at(&fake, "ana.silva", PASSWORD, Some(&cookie), after(21))), "ok", "her own browser");
        assert_eq!(code_of(try_at(&fake, "ana.silva", PASSWORD, None, until)), "ok", "after the lock");
    }

    #[test]
    fn a_known_browser_has_a_limit_of_its_own_which_locks_nobody_out() {
        let (fake, ana) = Fake::with_ana();
        let cookie = try_at(&fake, "ana@acme.example", PASSWORD, None, now()).unwrap().device.unwrap();
        for _ in 0..10 {
            let outcome = try_at(&fake, "ana@acme.example", "wrong", Some(&cookie), after(1));
            assert_eq!(code_of(outcome), "credentials_not_valid");
        }
        assert_eq!(code_of(try_at(&fake, "ana@acme.example", PASSWORD, Some(&cookie), after(2))), "too_many_attempts");
        assert_eq!(fake.user(&ana).locked_until, None);
        assert_eq!(code_of(try_at(&fake, "ana@acme.example", PASSWORD, None, after(3))), "ok");

        let other = Device::random(&SystemRandomness).cookie(&keys(), &UserId::derived(&["bob"]));
        try_at(&fake, "ana@acme.example", "wrong", Some(&other), after(4)).unwrap_err();
        assert_eq!(fake.counters.borrow()[Counter::account(&ana).as_str()].0, 1, "another's cookie makes no friend");
    }

    #[test]
    fn a_source_that_fails_at_many_names_is_not_heard() {
        let (fake, ana) = Fake::with_ana();
        let cookie = try_at(&fake, "ana@acme.example", PASSWORD, None, now()).unwrap().device.unwrap();
        for n in 0..SOURCE_LIMIT {
            let name = format!("nobody{n}@acme.example");
            assert_eq!(code_of(try_at(&fake, &name, "wrong", None, now())), "credentials_not_valid", "{n}");
        }
        for _ in 0..20 {
            assert_eq!(code_of(try_at(&fake, "ana@acme.example", PASSWORD, None, now())), "too_many_attempts");
        }
        assert_eq!(code_of(try_at(&fake, "ana@acme.example", PASSWORD, Some(&cookie), now())), "ok");
        let outcome = try_at(&fake, "ana@acme.example", PASSWORD, None, after(600));
        assert_eq!(code_of(outcome), "ok", "what was not heard did not count against the account");
        assert_eq!(fake.user(&ana).locked_until, None);
    }

    /// What an attempt costs and says must not tell an account from a name that nobody holds.
    #[test]
    fn a_name_nobody_holds_is_treated_as_one_that_somebody_holds() {
        let attempts = |login: &str, change: fn(&mut User, &mut Credential)| -> Vec<(String, Vec<&'static str>)> {
            let (fake, ana) = Fake::with_ana();
            fake.change(&ana, change);
            (0..13)
                .map(|n| {
                    let code = match try_at(&fake, login, "wrong", None, after(n)) {
                        Err(error @ Error::TooManyAttempts { .. }) => error.to_string(),
                        outcome => code_of(outcome),
                    };
                    (code, fake.asked.take())
                })
                .collect()
        };
        let held = attempts("ana@acme.example", |_, _| {});
        assert_eq!(held[0].1.len(), 6, "{:?}", held[0]);
        assert_eq!(held[9].1.last(), Some(&"close_counter"));
        assert_eq!(held[10].0, "too many attempts; try again in 599 seconds");
        assert_eq!(attempts("nobody@acme.example", |_, _| {}), held);
        assert_eq!(attempts("ana@acme.example", |user, _| user.status = UserStatus::Deactivated), held, "deactivated");
        assert_eq!(attempts("ana@acme.example", |_, secrets| secrets.void_password()), held, "without a password");
    }

    #[test]
    fn the_policy_of_the_organization_counts() {
        let (fake, ana) = Fake::with_ana();
        fake.change_organization(|acme| {
            acme.password_policy.lockout_attempts = 3;
            acme.password_policy.lockout_minutes = 60;
        });
        for _ in 0..3 {
            assert_eq!(code_of(try_at(&fake, "ana@acme.example", "wrong", None, now())), "credentials_not_valid");
        }
        assert_eq!(code_of(try_at(&fake, "ana@acme.example", PASSWORD, None, after(3_599))), "too_many_attempts");
        assert_eq!(fake.user(&ana).locked_until, Some(after(3_600)));

        for _ in 0..3 {
            assert_eq!(code_of(try_at(&fake, "nobody@acme.example", "wrong", None, now())), "credentials_not_valid");
        }
        let nobody = try_at(&fake, "nobody@acme.example", "wrong", None, after(3_599));
        assert_eq!(code_of(nobody), "too_many_attempts", "and for names of its domain that nobody holds");
    }
}
