//! A store in memory, for the tests of what people do with their own accounts. It never waits, and notes what is
//! asked of it.

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet, HashMap},
    future::Future,
    pin::pin,
    sync::OnceLock,
    task::{Context, Poll, Waker},
};

use jiff::{SignedDuration, Timestamp};
use rollcall_validation::identity::IdentityKey;

use crate::{
    Result,
    access::{Actor, Via},
    attempts::{CountAttempts, Counted, Counter, LockedOut},
    audit::{AuditEvent, Origin},
    credential::Credential,
    ids::{OrganizationId, SessionId, UserId},
    operations::{
        assign::KnowOrganizations,
        create_api_key::{ApiKey, NewApiKey, SaveApiKey},
        create_user::ReadOrganization,
        edits::{Edit, EditUsers, ReadCredential, Written},
        list_api_keys::ListApiKeys,
        sessions::{
            Challenge, ContinueSession, EndListedSession, EndSession, Enrolment, FindSession, ListSessions,
            MAX_FAILED_CODES, OpenSession, OpenSessions, Session, Stage, TextSent, TryCodes,
        },
        sign_in::FindLogin,
        verify_mfa::UseCodes,
    },
    organization::{Organization, PasswordPolicy},
    outbox::{DueMail, MailSubject},
    password::NewPassword,
    token::TokenKeys,
    user::{User, UserKind, UserStatus},
};

/// The password of everybody here.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// What a future that never waits gives.
pub(crate) fn run<T>(future: impl Future<Output = T>) -> T {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(value) => value,
        Poll::Pending => panic!("a fake waited"),
    }
}

pub(crate) fn now() -> Timestamp {
    "2026-11-21T12:00:00Z".parse().unwrap()
}

/// `now` and so many seconds.
pub(crate) fn after(seconds: i64) -> Timestamp {
    now() + SignedDuration::from_secs(seconds)
}

pub(crate) fn at(now: Timestamp) -> Origin {
    Origin { actor: None, source: Some("198.51.100.7".into()), now }
}

pub(crate) fn keys() -> TokenKeys {
    TokenKeys::parse("a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap()
}

/// The hash of [`PASSWORD`], made once.
pub(crate) fn password_hash() -> String {
    static HASH: OnceLock<String> = OnceLock::new();
    HASH.get_or_init(|| NewPassword::parse(PASSWORD, &[], &PasswordPolicy::default()).unwrap().hash()).clone()
}

/// Error code, or `ok`.
pub(crate) fn code_of<T>(outcome: Result<T>) -> String {
    outcome.map_or_else(|error| error.code().to_owned(), |_| "ok".to_owned())
}

#[derive(Default)]
pub(crate) struct Fake {
    pub(crate) users: RefCell<BTreeMap<UserId, User>>,
    pub(crate) credentials: RefCell<BTreeMap<UserId, Credential>>,
    pub(crate) sessions: RefCell<HashMap<String, Session>>,
    pub(crate) organizations: RefCell<BTreeMap<OrganizationId, Organization>>,
    pub(crate) counters: RefCell<HashMap<String, (u32, Timestamp)>>,
    pub(crate) api_keys: RefCell<Vec<ApiKey>>,
    pub(crate) mails: RefCell<Vec<DueMail>>,
    pub(crate) events: RefCell<Vec<AuditEvent>>,
    /// What was asked for, by the names of the ports' functions.
    pub(crate) asked: RefCell<Vec<&'static str>>,
}

impl Fake {
    /// Ana, an active end user of Acme with [`PASSWORD`] and no second factor.
    pub(crate) fn with_ana() -> (Self, UserId) {
        let acme = Organization {
            id: OrganizationId::derived(&["acme"]),
            name: "Acme".into(),
            default_country: None,
            mfa_required: false,
            password_policy: PasswordPolicy::default(),
            credential_modes: BTreeSet::new(),
            domains: vec!["acme.example".into()],
            created_at: now(),
            version: 1,
        };
        let id = UserId::derived(&["ana"]);
        let user = User {
            first_name: "Ana".into(),
            last_name: "Silva".into(),
            email: "ana@acme.example".into(),
            username: Some("ana.silva".into()),
            status: UserStatus::Active,
            ..User::new(id.clone(), UserKind::EndUser, Some(acme.id.clone()), "end-user", id.clone(), now())
        };
        let credential = Credential { password_hash: Some(password_hash()), ..Credential::empty(id.clone()) };
        let fake = Self::default();
        fake.organizations.borrow_mut().insert(acme.id.clone(), acme);
        fake.users.borrow_mut().insert(id.clone(), user);
        fake.credentials.borrow_mut().insert(id.clone(), credential);
        (fake, id)
    }

    pub(crate) fn user(&self, id: &UserId) -> User {
        self.users.borrow()[id].clone()
    }

    pub(crate) fn credential(&self, id: &UserId) -> Credential {
        self.credentials.borrow()[id].clone()
    }

    pub(crate) fn change(&self, id: &UserId, change: impl FnOnce(&mut User, &mut Credential)) {
        let (mut users, mut credentials) = (self.users.borrow_mut(), self.credentials.borrow_mut());
        change(users.get_mut(id).unwrap(), credentials.get_mut(id).unwrap());
    }

    pub(crate) fn change_organization(&self, change: impl FnOnce(&mut Organization)) {
        change(self.organizations.borrow_mut().values_mut().next().unwrap());
    }

    /// The user acting in a session.
    pub(crate) fn actor(&self, id: &UserId, session: &Session) -> Actor {
        let via =
            Via::Session { id: session.id.clone(), expires_at: session.expires_at, idle_until: session.idle_until };
        Actor::new(self.user(id).into(), via).unwrap()
    }

    pub(crate) fn actions(&self) -> Vec<String> {
        self.events.borrow().iter().map(|event| event.action.clone()).collect()
    }

    /// The code of the newest text message, and where it goes.
    pub(crate) fn last_text(&self) -> Option<(String, String)> {
        self.mails.borrow().iter().rev().find_map(|mail| match &mail.subject {
            MailSubject::TextCode { challenge, number, phone, .. } => {
                Some((keys().text_code(challenge, *number), phone.clone()))
            }
            _ => None,
        })
    }

    fn ask(&self, what: &'static str) {
        self.asked.borrow_mut().push(what);
    }
}

impl FindLogin for Fake {
    async fn holder_of(&self, identity: &IdentityKey) -> Result<Option<UserId>> {
        self.ask("holder_of");
        let holds = |user: &&User| {
            *identity == IdentityKey::from_email(&user.email)
                || user.username.as_deref().map(IdentityKey::from_username).as_ref() == Some(identity)
        };
        Ok(self.users.borrow().values().find(holds).map(|user| user.id.clone()))
    }

    async fn organization_of_domain(&self, domain: &str) -> Result<Option<OrganizationId>> {
        self.ask("organization_of_domain");
        let has = |acme: &&Organization| acme.domains.iter().any(|own| own == domain);
        Ok(self.organizations.borrow().values().find(has).map(|acme| acme.id.clone()))
    }

    async fn login(&self, user: &UserId) -> Result<Option<(User, Option<Credential>)>> {
        self.ask("login");
        let found = self.users.borrow().get(user).cloned();
        Ok(found.map(|found| (found, self.credentials.borrow().get(user).cloned())))
    }
}

impl ReadOrganization for Fake {
    async fn read_organization(&self, id: &OrganizationId) -> Result<Option<Organization>> {
        self.ask("read_organization");
        Ok(self.organizations.borrow().get(id).cloned())
    }
}

impl KnowOrganizations for Fake {
    async fn organizations_there(&self, ids: &[OrganizationId]) -> Result<BTreeSet<OrganizationId>> {
        Ok(ids.iter().filter(|id| self.organizations.borrow().contains_key(id)).cloned().collect())
    }
}

impl CountAttempts for Fake {
    async fn count_attempt(&self, counter: &Counter, now: Timestamp, window: SignedDuration) -> Result<Counted> {
        self.ask("count_attempt");
        let mut counters = self.counters.borrow_mut();
        let (count, until) = counters.entry(counter.as_str().to_owned()).or_insert((0, now));
        if *until <= now {
            (*count, *until) = (0, now + window);
        }
        *count += 1;
        Ok(Counted { count: *count, until: *until })
    }

    async fn forgive_attempt(&self, counter: &Counter) -> Result<()> {
        self.ask("forgive_attempt");
        if let Some((count, _)) = self.counters.borrow_mut().get_mut(counter.as_str()) {
            *count = count.saturating_sub(1);
        }
        Ok(())
    }

    async fn close_counter(&self, counter: &Counter, until: Timestamp, locked: Option<&LockedOut>) -> Result<()> {
        self.ask("close_counter");
        self.counters.borrow_mut().get_mut(counter.as_str()).unwrap().1 = until;
        if let Some(locked) = locked {
            self.users.borrow_mut().get_mut(&locked.user).unwrap().locked_until = Some(until);
            self.events.borrow_mut().push(locked.event.clone());
        }
        Ok(())
    }
}

impl FindSession for Fake {
    async fn find_session(&self, token_hash: &str) -> Result<Option<Session>> {
        Ok(self.sessions.borrow().get(token_hash).cloned())
    }
}

impl OpenSessions for Fake {
    async fn open_session(&self, open: &OpenSession, former: Option<&str>) -> Result<bool> {
        self.ask("open_session");
        let mut sessions = self.sessions.borrow_mut();
        if former.is_some_and(|former| sessions.remove(former).is_none()) {
            return Ok(false);
        }
        sessions.insert(open.token_hash(), open.session.clone());
        if open.session.stage == Stage::Complete {
            let mut users = self.users.borrow_mut();
            users.get_mut(&open.session.user_id).unwrap().last_sign_in_at = Some(open.session.created_at);
        }
        Ok(true)
    }
}

impl EndSession for Fake {
    async fn end_session(&self, token_hash: &str, _session: &Session) -> Result<()> {
        self.sessions.borrow_mut().remove(token_hash);
        Ok(())
    }
}

impl TryCodes for Fake {
    async fn try_code(&self, token_hash: &str) -> Result<bool> {
        let mut sessions = self.sessions.borrow_mut();
        let Some(session) = sessions.get_mut(token_hash) else { return Ok(false) };
        if session.failed_codes >= MAX_FAILED_CODES {
            return Ok(false);
        }
        session.failed_codes += 1;
        Ok(true)
    }
}

impl Challenge for Fake {
    async fn keep_challenge(
        &self,
        token_hash: &str,
        read: &Session,
        enrolment: Option<&Enrolment>,
        text: Option<(&TextSent, &DueMail)>,
    ) -> Result<bool> {
        let mut sessions = self.sessions.borrow_mut();
        let Some(session) = sessions.get_mut(token_hash) else { return Ok(false) };
        if let Some((text, mail)) = text {
            if session.text != read.text {
                return Ok(false);
            }
            session.text = Some(text.clone());
            self.mails.borrow_mut().push(mail.clone());
        }
        if let Some(enrolment) = enrolment {
            session.enrolment = Some(enrolment.clone());
            session.failed_codes = 0;
        }
        Ok(true)
    }
}

impl ContinueSession for Fake {
    async fn continue_session(
        &self,
        token_hash: &str,
        _session: &SessionId,
        _user: &UserId,
        idle_until: Timestamp,
        now: Timestamp,
    ) -> Result<bool> {
        let mut sessions = self.sessions.borrow_mut();
        let Some(session) = sessions.get_mut(token_hash) else { return Ok(false) };
        (session.idle_until, session.last_seen_at) = (idle_until, now);
        Ok(true)
    }
}

impl ListSessions for Fake {
    async fn sessions_of(&self, user: &User) -> Result<Vec<Session>> {
        let sessions = self.sessions.borrow();
        let theirs = sessions.values().filter(|session| session.user_id == user.id && session.stage == Stage::Complete);
        Ok(theirs.cloned().collect())
    }
}

impl EndListedSession for Fake {
    async fn end_listed_session(&self, user: &UserId, session: &SessionId, event: &AuditEvent) -> Result<bool> {
        let mut sessions = self.sessions.borrow_mut();
        let before = sessions.len();
        sessions.retain(|_, other| other.user_id != *user || other.id != *session);
        let found = sessions.len() < before;
        if found {
            self.events.borrow_mut().push(event.clone());
        }
        Ok(found)
    }
}

impl UseCodes for Fake {
    async fn use_totp_step(&self, user: &UserId, step: u64) -> Result<bool> {
        let mut credentials = self.credentials.borrow_mut();
        let credential = credentials.get_mut(user).unwrap();
        let fresh = credential.totp_last_step.is_none_or(|last| last < step);
        credential.totp_last_step = credential.totp_last_step.max(Some(step));
        Ok(fresh)
    }

    async fn use_recovery_code(&self, read: &Credential, hash: &str, event: &AuditEvent) -> Result<bool> {
        let mut credentials = self.credentials.borrow_mut();
        let credential = credentials.get_mut(&read.user_id).unwrap();
        if credential.recovery_codes != read.recovery_codes {
            return Ok(false);
        }
        credential.recovery_codes.retain(|left| left != hash);
        self.events.borrow_mut().push(event.clone());
        Ok(true)
    }
}

impl EditUsers for Fake {
    async fn user_to_edit(&self, id: &UserId) -> Result<Option<User>> {
        Ok(self.users.borrow().get(id).cloned())
    }

    async fn write_edit(&self, read: &User, edit: &Edit) -> Result<Written> {
        let mut users = self.users.borrow_mut();
        let mut sessions = self.sessions.borrow_mut();
        if users.get(&read.id) != Some(read)
            || edit.former_session.as_ref().is_some_and(|former| sessions.remove(former).is_none())
        {
            return Ok(Written::Changed);
        }
        users.insert(read.id.clone(), edit.user.clone());
        if let Some(credential) = &edit.credential {
            self.credentials.borrow_mut().insert(read.id.clone(), credential.clone());
        }
        if let Some(open) = &edit.session {
            sessions.insert(open.token_hash(), open.session.clone());
        }
        self.mails.borrow_mut().extend(edit.mails.clone());
        self.events.borrow_mut().push(edit.event.clone());
        Ok(Written::Done)
    }
}

impl ListApiKeys for Fake {
    async fn api_keys_of(&self, user: &UserId) -> Result<Vec<ApiKey>> {
        Ok(self.api_keys.borrow().iter().filter(|key| key.user_id == *user).cloned().collect())
    }
}

impl SaveApiKey for Fake {
    async fn save_api_key(&self, new: &NewApiKey, event: &AuditEvent, mail: &DueMail) -> Result<()> {
        self.api_keys.borrow_mut().push(new.api_key.clone());
        self.events.borrow_mut().push(event.clone());
        self.mails.borrow_mut().push(mail.clone());
        Ok(())
    }
}

impl ReadCredential for Fake {
    async fn credential_to_edit(&self, id: &UserId) -> Result<Option<Credential>> {
        Ok(self.credentials.borrow().get(id).cloned())
    }
}
