//! The steps of a sign-in: what is still missing from it, and how it comes to its end. Each step gives a new token,
//! and the former one is good for nothing any more.

use futures_util::future::try_join;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use crate::{
    Error, Result,
    access::secret_hash,
    attempts::{CountAttempts, Counted, Counter, LockedOut, WINDOW},
    audit::{AuditEvent, Origin},
    credential::Credential,
    device::Device,
    ids::UserId,
    invitation::InvitationStatus,
    operations::{
        create_user::ReadOrganization,
        edits::{Edit, EditUsers, ReadCredential, modify_account},
        rules::mfa_required,
        sessions::{FindSession, OpenSession, OpenSessions, Session, Stage},
    },
    organization::{LOCKOUT_MINUTES, Organization, PasswordPolicy},
    random::Randomness,
    token::TokenKeys,
    user::{User, UserStatus},
};

/// A second factor, or what stands in for one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// A code of an authenticator app.
    Totp,
    /// A code sent as a text message.
    Text,
    /// A recovery code.
    Recovery,
}

impl Method {
    /// Its name in the API.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Totp => "totp",
            Self::Text => "text",
            Self::Recovery => "recovery",
        }
    }

    /// The method of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Totp, Self::Text, Self::Recovery].into_iter().find(|method| method.name() == name)
    }
}

/// What comes next in a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Next {
    /// The step; [`Stage::Complete`] when none is left.
    pub stage: Stage,
    /// Before a code: how it may be had. Before a setting-up: what may be set up.
    pub methods: Vec<Method>,
    /// Before a new password: what it must be.
    pub password_policy: Option<PasswordPolicy>,
}

/// A step that was taken.
#[derive(Debug)]
pub struct Proceeded {
    /// The session under its new token.
    pub session: OpenSession,
    /// What comes next.
    pub next: Next,
    /// Once the sign-in is complete: the cookie by which the browser is known from now on.
    pub device: Option<String>,
}

/// Somebody who wants to sign in, with what decides on the steps.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) user: User,
    pub(crate) credential: Credential,
    pub(crate) organization: Option<Organization>,
}

impl Person {
    /// Whether the right password opens anything: active accounts, and those that were given a first password
    /// which is still good or was changed.
    pub(crate) fn may_sign_in(&self, now: Timestamp) -> bool {
        let fresh = self.credential.first_password_until.is_none_or(|end| now < end);
        let status = matches!(self.user.status, UserStatus::Active | UserStatus::Invited);
        status && fresh && self.credential.password_hash.is_some() && self.user.import_mark.is_none()
    }

    pub(crate) fn policy(&self) -> PasswordPolicy {
        self.organization.as_ref().map(|organization| organization.password_policy.clone()).unwrap_or_default()
    }

    /// The first step that is left. `verified`: a code was given.
    pub(crate) fn stage(&self, verified: bool) -> Stage {
        let credential = &self.credential;
        if credential.has_mfa() && !verified {
            Stage::VerifyMfa
        } else if credential.must_change() {
            Stage::ChangePassword
        } else if credential.must_enrol || !credential.has_mfa() && mfa_required(&self.user, self.organization.as_ref())
        {
            Stage::EnrolMfa
        } else {
            Stage::Complete
        }
    }

    /// How a code may be had.
    pub(crate) fn methods(&self) -> Vec<Method> {
        let credential = &self.credential;
        [
            (Method::Totp, credential.totp_secret.is_some()),
            (Method::Text, credential.text_codes && self.user.phone.is_some()),
            (Method::Recovery, !credential.recovery_codes.is_empty()),
        ]
        .into_iter()
        .filter_map(|(method, has)| has.then_some(method))
        .collect()
    }

    pub(crate) fn next(&self, stage: Stage) -> Next {
        Next {
            stage,
            methods: match stage {
                Stage::VerifyMfa => self.methods(),
                Stage::EnrolMfa => vec![Method::Totp, Method::Text],
                Stage::ChangePassword | Stage::Complete => Vec::new(),
            },
            password_policy: (stage == Stage::ChangePassword).then(|| self.policy()),
        }
    }
}

/// A sign-in that waits for a step.
#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) token_hash: String,
    pub(crate) session: Session,
    pub(crate) person: Person,
}

/// The sign-in that waits for that step under a token.
///
/// # Errors
/// [`Error::NotAuthenticated`] when there is none (any more).
pub(crate) async fn waiting(
    ports: &(impl FindSession + EditUsers + ReadCredential + ReadOrganization),
    token: &str,
    stage: Stage,
    now: Timestamp,
) -> Result<Waiting> {
    let token_hash = secret_hash(token);
    let session = ports.find_session(&token_hash).await?;
    let session = session.filter(|session| session.stage == stage && session.is_alive(now));
    let session = session.ok_or(Error::NotAuthenticated)?;
    let (user, credential) =
        try_join(ports.user_to_edit(&session.user_id), ports.credential_to_edit(&session.user_id)).await?;
    let (Some(user), Some(credential)) = (user, credential) else { return Err(Error::NotAuthenticated) };
    let organization = match &user.organization_id {
        Some(id) => ports.read_organization(id).await?,
        None => None,
    };
    let person = Person { user, credential, organization };
    if session.epoch != person.user.session_epoch || !person.may_sign_in(now) {
        return Err(Error::NotAuthenticated);
    }
    Ok(Waiting { token_hash, session, person })
}

/// The cookie that makes a browser known, once a sign-in is complete.
pub(crate) fn device_cookie(session: &Session, keys: &TokenKeys, randomness: &impl Randomness) -> Option<String> {
    (session.stage == Stage::Complete).then(|| {
        let device = session.known_device.clone().unwrap_or_else(|| Device::random(randomness));
        device.cookie(keys, &session.user_id)
    })
}

/// Ends a step that changed nothing of the user's: the next session begins. An account whose sign-in this completes
/// for the first time becomes active.
pub(crate) async fn proceed(
    ports: &(impl OpenSessions + EditUsers + ReadCredential),
    keys: &TokenKeys,
    waiting: &Waiting,
    origin: &Origin,
    randomness: &impl Randomness,
) -> Result<Proceeded> {
    let person = &waiting.person;
    let stage = person.stage(true);
    let open = if stage == Stage::Complete && person.user.status == UserStatus::Invited {
        settle(ports, waiting, origin, randomness, |user, credential| {
            Ok(Taken { user, credential, event: None, stage })
        })
        .await?
    } else {
        let open = OpenSession::new(&person.user, stage, &waiting.session.browser(), origin.now, randomness);
        if !ports.open_session(&open, Some(&waiting.token_hash)).await? {
            return Err(Error::NotAuthenticated);
        }
        open
    };
    Ok(proceeded(person, open, keys, randomness))
}

/// What the caller is told of a step that was taken.
pub(crate) fn proceeded(
    person: &Person,
    session: OpenSession,
    keys: &TokenKeys,
    randomness: &impl Randomness,
) -> Proceeded {
    Proceeded {
        next: person.next(session.session.stage),
        device: device_cookie(&session.session, keys, randomness),
        session,
    }
}

/// What a step changes.
#[derive(Debug)]
pub(crate) struct Taken {
    /// The user.
    pub(crate) user: User,
    /// Their secrets.
    pub(crate) credential: Credential,
    /// The audit event; none when nothing is to be said but that the person has registered.
    pub(crate) event: Option<AuditEvent>,
    /// What the session that follows lacks.
    pub(crate) stage: Stage,
}

/// Writes what a step changes: the user, their secrets, the session that follows in place of the one that waited,
/// and the audit event. Where that session is complete the person is signed in, and registered if they were not.
pub(crate) async fn settle(
    ports: &(impl EditUsers + ReadCredential),
    waiting: &Waiting,
    origin: &Origin,
    randomness: &impl Randomness,
    mut change: impl FnMut(User, Credential) -> Result<Taken>,
) -> Result<OpenSession> {
    let mut opened = None;
    modify_account(ports, &waiting.session.user_id, |user, credential| {
        let person = Person { user, credential, organization: None };
        // What ended the sessions meanwhile ended this one too.
        if person.user.session_epoch != waiting.session.epoch || !person.may_sign_in(origin.now) {
            return Err(Error::NotAuthenticated);
        }
        let registers = person.user.status == UserStatus::Invited;
        let Taken { mut user, credential, mut event, stage } = change(person.user, person.credential)?;
        if stage == Stage::Complete {
            user.last_sign_in_at = Some(origin.now);
            if registers {
                event = Some(registered(&mut user, origin));
            }
        }
        // Nothing to tell: the same step was taken by another request, which has registered the person.
        let event = event.ok_or(Error::NotAuthenticated)?;
        let open = OpenSession::new(&user, stage, &waiting.session.browser(), origin.now, randomness);
        let mut edit = Edit::new(user, event).with_credential(credential);
        edit.session = Some(open.clone());
        edit.former_session = Some(waiting.token_hash.clone());
        opened = Some(open);
        Ok(edit)
    })
    .await?;
    opened.ok_or_else(|| Error::internal("an edit was written that was never made"))
}

/// A person who was given a first password has finished the account.
fn registered(user: &mut User, origin: &Origin) -> AuditEvent {
    user.status = UserStatus::Active;
    if let Some(invitation) = &mut user.invitation {
        invitation.status = InvitationStatus::Registered;
        invitation.registered_at = Some(origin.now);
    }
    by(&user.id, origin).event(
        "user.registered",
        user.organization_id.as_ref(),
        user.id.as_str(),
        json!({"status": UserStatus::Invited.name()}),
        json!({"status": UserStatus::Active.name(), "mfa_enrolled": user.mfa_enrolled}),
    )
}

/// The same origin, with that user as the one who acts.
pub(crate) fn by(user: &UserId, origin: &Origin) -> Origin {
    Origin { actor: Some(user.clone()), ..origin.clone() }
}

/// An attempt at an account that was counted and may be tried.
#[derive(Debug)]
pub(crate) struct Counting {
    pub(crate) counter: Counter,
    pub(crate) counted: Counted,
}

impl Counting {
    /// Counts an attempt.
    pub(crate) async fn begin(ports: &impl CountAttempts, counter: Counter, now: Timestamp) -> Result<Self> {
        let counted = ports.count_attempt(&counter, now, WINDOW).await?;
        Ok(Self { counter, counted })
    }

    /// Lets the attempt pass that is within the policy's limit.
    ///
    /// # Errors
    /// [`Error::TooManyAttempts`].
    pub(crate) fn check(&self, policy: &PasswordPolicy, now: Timestamp) -> Result<()> {
        self.counted.within(u32::from(policy.lockout_attempts), now)
    }

    /// The attempt was wrong. The last one that the policy allows closes the counter and, if it was a stranger's,
    /// locks the account, once.
    pub(crate) async fn failed(
        self,
        ports: &impl CountAttempts,
        policy: &PasswordPolicy,
        user: Option<&User>,
        origin: &Origin,
    ) -> Result<()> {
        if self.counted.count != u32::from(policy.lockout_attempts) {
            return Ok(());
        }
        // Once fewer minutes could be said.
        let minutes = policy.lockout_minutes.max(*LOCKOUT_MINUTES.start());
        let lasts = SignedDuration::from_mins(i64::from(minutes));
        let until = origin.now.saturating_add(lasts).unwrap_or(Timestamp::MAX);
        let locked = user
            .filter(|user| user.status == UserStatus::Active && self.counter == Counter::account(&user.id))
            .map(|user| LockedOut { user: user.id.clone(), event: locked_out(user, until, origin) });
        ports.close_counter(&self.counter, until, locked.as_ref()).await
    }
}

fn locked_out(user: &User, until: Timestamp, origin: &Origin) -> AuditEvent {
    Origin { actor: None, ..origin.clone() }.event(
        "user.locked_out",
        user.organization_id.as_ref(),
        user.id.as_str(),
        json!({"status": UserStatus::Active.name()}),
        json!({"status": UserStatus::LockedOut.name(), "locked_until": crate::time::iso(until)}),
    )
}
