//! Handing one due mail to the mail service: what both ways out have in common.
//!
//! A mail is claimed by moving its due time past a lease, so no two workers have it at once and none is
//! forgotten when a worker dies. It is rendered when it is sent, so it never tells old news and states when
//! the link ends; what it states is stored once the mail service has taken it. It is taken from the outbox in
//! the transaction that records this. So a mail is sent twice only when the mail service's answer was lost.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use jiff::{SignedDuration, Timestamp};

use crate::{
    Result,
    ids::{InvitationId, OrganizationId, UserId},
    invitation::{Delivery, Invitation, InvitationStatus},
    operations::create_user::ReadOrganization,
    outbox::{DueMail, Lane, MailSubject},
    token::{Purpose, TokenKeys},
    user::{User, UserStatus},
};

/// How long a claim stands: longer than the longest-running worker's function timeout and its clients' together.
pub const LEASE: SignedDuration = SignedDuration::from_secs(180);
/// Names in a digest; the rest is a number.
pub const DIGEST_NAMES: usize = 50;

/// A mail that this worker alone has, for now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// The mail.
    pub mail: DueMail,
    /// How often it was claimed, this time included.
    pub attempts: u32,
    /// When it was claimed.
    pub at: Timestamp,
    /// When it was claimed the time before, if it was.
    pub before: Option<Timestamp>,
}

/// What becomes of an invitation whose mail has come to an end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handed {
    /// Whose.
    pub user_id: UserId,
    /// Which.
    pub invitation_id: InvitationId,
    /// Of which generation; any other stays as it is.
    pub generation: u32,
    /// What the mail service did.
    pub outcome: HandedOutcome,
}

/// What the mail service did with an invitation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HandedOutcome {
    /// Took it.
    Taken {
        /// When.
        sent_at: Timestamp,
        /// What the mail states.
        expires_at: Timestamp,
    },
    /// Will never take it.
    Refused {
        /// When.
        at: Timestamp,
    },
}

/// The outbox.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait Outbox {
    /// Mails of a lane that are due, at most about `limit`, oldest first within a shard. May name some that
    /// are not due any more.
    async fn due_mails(&self, lane: Lane, now: Timestamp, limit: usize) -> Result<Vec<String>>;
    /// Claims a mail that is due at `now` or was never claimed, until `until`; `None` when it is not there or another's.
    async fn claim_mail(&self, id: &str, now: Timestamp, until: Timestamp) -> Result<Option<Claimed>>;
    /// Makes a claimed mail due again at that time.
    async fn postpone_mail(&self, claimed: &Claimed, due: Timestamp) -> Result<()>;
    /// Takes a claimed mail out of the outbox.
    async fn drop_mail(&self, claimed: &Claimed) -> Result<()>;
    /// Takes a claimed mail out of the outbox and, in the same transaction, records on its invitation what
    /// became of it, if that is still of this generation. What the mail service has reported meanwhile
    /// (delivered, bounced) stays.
    async fn record_handed(&self, claimed: &Claimed, handed: &Handed) -> Result<()>;
}

/// Reads users for what mails say about them.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadPeople {
    /// Those users of these that count, in that order.
    async fn read_people(&self, ids: &[UserId]) -> Result<Vec<User>>;
}

/// The mail service.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait Mailer {
    /// Hands a letter over.
    async fn send(&self, letter: &Letter) -> Result<(), SendFailure>;
    /// How much may be sent.
    async fn allowance(&self) -> Result<Allowance>;
}

/// What the mail service allows this account.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Allowance {
    /// Mails a second.
    pub per_second: f64,
    /// Mails a day; `None` without limit.
    pub per_day: Option<f64>,
    /// Mails left of these.
    pub left_today: Option<f64>,
}

/// Why the mail service did not take a mail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendFailure {
    /// It never will.
    Refused,
    /// Too many at once.
    Throttled,
    /// It could not, this time. The text is for the log and holds no address.
    Failed(String),
}

/// A mail's content, before it is rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    /// Address.
    pub to: String,
    /// Where an answer goes, if somewhere.
    pub reply_to: Option<String>,
    /// The recipient's language, BCP 47.
    pub language: Option<String>,
    /// Names and values that come back with the mail service's events.
    pub tags: Vec<(&'static str, String)>,
    /// What it says.
    pub content: Content,
}

/// What a mail says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Content {
    /// An invitation.
    Invitation {
        /// The invited person.
        name: String,
        /// Into which organization; none for technicians.
        organization: Option<String>,
        /// Who invited.
        inviter: Option<String>,
        /// The inviter's address.
        inviter_email: Option<String>,
        /// The link.
        link: String,
        /// When it ends.
        expires_at: Timestamp,
        /// Whether it replaces an earlier one.
        replaces: bool,
    },
    /// To an inviter: whose invitations expired.
    ExpiryDigest {
        /// The inviter.
        name: String,
        /// Names and addresses, at most [`DIGEST_NAMES`].
        people: Vec<(String, String)>,
        /// How many there are in all.
        total: usize,
        /// Where they can be resent.
        link: String,
    },
}

/// What letters are written with: the deployment's address and keys, and names that many letters of one run share.
#[derive(Debug)]
pub struct Desk {
    url: String,
    keys: TokenKeys,
    names: Mutex<Names>,
}

#[derive(Debug, Default)]
struct Names {
    organizations: HashMap<OrganizationId, Option<String>>,
    inviters: HashMap<UserId, Option<(String, String)>>,
}

/// What became of a mail that was to be delivered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The mail service took it.
    Sent,
    /// Another worker has it, or it is gone.
    NotOurs,
    /// There is no reason to send it any more.
    Dropped,
    /// The mail service will never take it.
    Refused,
    /// Too many at once; later.
    Throttled,
    /// The mail service could not take it; later.
    Postponed,
}

enum Written {
    Letter(Box<Letter>, Option<Handed>),
    /// Sent before; only the record is missing.
    Recorded(Handed),
    Nothing,
}

impl Desk {
    /// A desk of the deployment whose pages are at `url`.
    #[must_use]
    pub fn new(url: &str, keys: TokenKeys) -> Self {
        Self { url: url.trim_end_matches('/').to_owned(), keys, names: Mutex::default() }
    }

    async fn organization(&self, ports: &impl ReadOrganization, id: Option<&OrganizationId>) -> Result<Option<String>> {
        let Some(id) = id else { return Ok(None) };
        let known = self.names(|names| names.organizations.get(id).cloned());
        if let Some(name) = known {
            return Ok(name);
        }
        let name = ports.read_organization(id).await?.map(|organization| organization.name);
        self.names(|names| names.organizations.insert(id.clone(), name.clone()));
        Ok(name)
    }

    async fn inviter(&self, ports: &impl ReadPeople, id: &UserId) -> Result<Option<(String, String)>> {
        let known = self.names(|names| names.inviters.get(id).cloned());
        if let Some(inviter) = known {
            return Ok(inviter);
        }
        let person = ports.read_people(std::slice::from_ref(id)).await?.pop();
        let inviter = person.map(|user| (user.name(), user.email));
        self.names(|names| names.inviters.insert(id.clone(), inviter.clone()));
        Ok(inviter)
    }

    fn names<T>(&self, take: impl FnOnce(&mut Names) -> T) -> T {
        take(&mut self.names.lock().unwrap_or_else(PoisonError::into_inner))
    }

    async fn write(&self, ports: &(impl ReadOrganization + ReadPeople), claimed: &Claimed) -> Result<Written> {
        match &claimed.mail.subject {
            MailSubject::Invitation { user_id, invitation_id, generation } => {
                let user = ports.read_people(std::slice::from_ref(user_id)).await?.pop();
                let current = user.as_ref().and_then(|user| user.invitation.as_ref());
                match (&user, current) {
                    (Some(user), Some(invitation))
                        if invitation.id == *invitation_id
                            && invitation.generation == *generation
                            && invitation.status == InvitationStatus::Pending
                            && invitation.sent_at.is_none() =>
                    {
                        self.invitation(ports, claimed, user, invitation).await
                    }
                    // A newer generation has its own mail; revoked, finished and recorded ones need none.
                    _ => Ok(Written::Nothing),
                }
            }
            MailSubject::PasswordReset { .. } => Ok(Written::Nothing),
            // Text messages go another way out.
            MailSubject::TextCode { .. } => Ok(Written::Nothing),
            MailSubject::ExpiryDigest { user_id, expired, total } => {
                let inviter = ports.read_people(std::slice::from_ref(user_id)).await?.pop();
                let Some(inviter) = inviter.filter(|inviter| inviter.status == UserStatus::Active) else {
                    return Ok(Written::Nothing);
                };
                let named = &expired[..expired.len().min(DIGEST_NAMES)];
                let people = ports.read_people(named).await?;
                let letter = Letter {
                    to: inviter.email.clone(),
                    reply_to: None,
                    language: inviter.language.clone(),
                    tags: vec![("user", user_id.to_string())],
                    content: Content::ExpiryDigest {
                        name: inviter.name(),
                        people: people.into_iter().map(|user| (user.name(), user.email)).collect(),
                        total: *total,
                        link: format!("{}/users?invitation=expired", self.url),
                    },
                };
                Ok(Written::Letter(Box::new(letter), None))
            }
        }
    }

    async fn invitation(
        &self,
        ports: &(impl ReadOrganization + ReadPeople),
        claimed: &Claimed,
        user: &User,
        invitation: &Invitation,
    ) -> Result<Written> {
        let valid = SignedDuration::from_hours(i64::from(invitation.valid_hours));
        let ends = |sent_at: Timestamp| sent_at.saturating_add(valid).unwrap_or(Timestamp::MAX);
        let handed = |sent_at| Handed {
            user_id: user.id.clone(),
            invitation_id: invitation.id.clone(),
            generation: invitation.generation,
            outcome: HandedOutcome::Taken { sent_at, expires_at: ends(sent_at) },
        };
        if invitation.delivery != Delivery::Queued {
            // The mail service has reported on it: it was sent, by the worker before us, which then died.
            return Ok(Written::Recorded(handed(claimed.before.unwrap_or(claimed.at))));
        }
        let organization = self.organization(ports, user.organization_id.as_ref()).await?;
        let (inviter, inviter_email) = self.inviter(ports, &invitation.invited_by).await?.unzip();
        let token = self.keys.issue(Purpose::Invitation, invitation.id.as_str(), invitation.generation);
        let letter = Letter {
            to: user.email.clone(),
            reply_to: inviter_email.clone(),
            language: user.language.clone(),
            tags: vec![
                ("invitation", invitation.id.to_string()),
                ("generation", invitation.generation.to_string()),
                ("user", user.id.to_string()),
            ],
            content: Content::Invitation {
                name: user.name(),
                organization,
                inviter,
                inviter_email,
                link: format!("{}/invitations/{token}", self.url),
                expires_at: ends(claimed.at),
                replaces: invitation.generation > 1,
            },
        };
        Ok(Written::Letter(Box::new(letter), Some(handed(claimed.at))))
    }
}

/// Delivers one mail, if it is ours to deliver now.
///
/// # Errors
/// Those of the store. The mail becomes due again when its lease ends.
pub async fn deliver_one(
    ports: &(impl Outbox + ReadOrganization + ReadPeople),
    mailer: &impl Mailer,
    desk: &Desk,
    id: &str,
    now: Timestamp,
) -> Result<Outcome> {
    let until = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
    let Some(claimed) = ports.claim_mail(id, now, until).await? else {
        return Ok(Outcome::NotOurs);
    };
    let (letter, handed) = match desk.write(ports, &claimed).await? {
        Written::Letter(letter, handed) => (letter, handed),
        Written::Recorded(handed) => {
            ports.record_handed(&claimed, &handed).await?;
            return Ok(Outcome::Dropped);
        }
        Written::Nothing => {
            ports.drop_mail(&claimed).await?;
            return Ok(Outcome::Dropped);
        }
    };
    match (mailer.send(&letter).await, handed) {
        (Ok(()), Some(handed)) => {
            ports.record_handed(&claimed, &handed).await?;
            Ok(Outcome::Sent)
        }
        (Ok(()), None) => {
            ports.drop_mail(&claimed).await?;
            Ok(Outcome::Sent)
        }
        (Err(SendFailure::Refused), Some(handed)) => {
            let refused = Handed { outcome: HandedOutcome::Refused { at: now }, ..handed };
            ports.record_handed(&claimed, &refused).await?;
            Ok(Outcome::Refused)
        }
        (Err(SendFailure::Refused), None) => {
            ports.drop_mail(&claimed).await?;
            Ok(Outcome::Refused)
        }
        (Err(SendFailure::Throttled), _) => {
            ports.postpone_mail(&claimed, later(now, claimed.attempts)).await?;
            Ok(Outcome::Throttled)
        }
        (Err(SendFailure::Failed(cause)), _) => {
            tracing::error!(mail = id, attempts = claimed.attempts, cause, "a mail could not be handed over");
            ports.postpone_mail(&claimed, later(now, claimed.attempts)).await?;
            Ok(Outcome::Postponed)
        }
    }
}

/// When to try again: 5 seconds after the first attempt, then twice as long each time, at most 15 minutes.
/// Never given up: an invitation is not lost because the mail service was out of order for a day.
fn later(now: Timestamp, attempts: u32) -> Timestamp {
    let seconds = 5_i64.saturating_mul(1_i64 << attempts.saturating_sub(1).min(20)).min(900);
    now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// How many mails came to what end.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Tally {
    /// Taken by the mail service.
    pub sent: u32,
    /// Not needed any more.
    pub dropped: u32,
    /// Never to be taken.
    pub refused: u32,
    /// Due again later.
    pub postponed: u32,
    /// Of another worker.
    pub not_ours: u32,
}

impl Tally {
    /// Counts one.
    pub fn note(&mut self, outcome: Outcome) {
        let number = match outcome {
            Outcome::Sent => &mut self.sent,
            Outcome::Dropped => &mut self.dropped,
            Outcome::Refused => &mut self.refused,
            Outcome::Throttled | Outcome::Postponed => &mut self.postponed,
            Outcome::NotOurs => &mut self.not_ours,
        };
        *number += 1;
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        task::{Context, Poll, Waker},
    };

    use super::*;
    use crate::{access::OrganizationScope, error::StoreError, organization::Organization, user::UserKind};

    /// Runs what never waits.
    fn now_or_never<T>(future: impl Future<Output = T>) -> T {
        match std::pin::pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
            Poll::Ready(value) => value,
            Poll::Pending => panic!("a fake waits for nothing"),
        }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(second).unwrap()
    }

    /// A mail with its due time, attempts and last claim.
    type Stored = (DueMail, Timestamp, u32, Option<Timestamp>);

    /// One person, one mail, and a mail service that answers as told.
    struct Office {
        user: Mutex<User>,
        mail: Mutex<Option<Stored>>,
        answer: Mutex<Result<(), SendFailure>>,
        sent: Mutex<Vec<Letter>>,
        /// Whether the table is gone when an end is to be recorded.
        dies_at_record: Mutex<bool>,
    }

    impl Office {
        fn new() -> Self {
            let id = UserId::derived(&["invited"]);
            let invitation =
                Invitation::queued(InvitationId::derived(&["1"]), 24, UserId::derived(&["inviter"]), at(0));
            let mail = DueMail::invitation(&id, &invitation, Lane::Now);
            let inviter = UserId::derived(&["inviter"]);
            let user = User {
                scope: OrganizationScope::Selected(BTreeSet::new()),
                first_name: "Ana".into(),
                last_name: "Silva".into(),
                email: "ana@example.org".into(),
                status: UserStatus::Invited,
                invitation: Some(invitation),
                ..User::new(id, UserKind::Technician, None, "technician", inviter, at(0))
            };
            Self {
                user: Mutex::new(user),
                mail: Mutex::new(Some((mail, at(0), 0, None))),
                answer: Mutex::new(Ok(())),
                sent: Mutex::default(),
                dies_at_record: Mutex::new(false),
            }
        }

        fn deliver(&self, second: i64) -> Result<Outcome> {
            let keys = TokenKeys::parse("a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
            let desk = Desk::new("https://rollcall.example/", keys);
            let id = DueMail::invitation(&self.user().id, &Office::new().invitation(), Lane::Now).id;
            now_or_never(deliver_one(self, self, &desk, &id, at(second)))
        }

        fn user(&self) -> User {
            self.user.lock().unwrap().clone()
        }

        fn invitation(&self) -> Invitation {
            self.user().invitation.unwrap()
        }

        fn change(&self, change: impl FnOnce(&mut Invitation)) {
            change(self.user.lock().unwrap().invitation.as_mut().unwrap());
        }

        fn answers(&self, answer: Result<(), SendFailure>) {
            *self.answer.lock().unwrap() = answer;
        }

        fn letters(&self) -> Vec<Letter> {
            self.sent.lock().unwrap().clone()
        }

        fn is_in_outbox(&self) -> bool {
            self.mail.lock().unwrap().is_some()
        }
    }

    impl Outbox for Office {
        async fn due_mails(&self, _: Lane, now: Timestamp, _: usize) -> Result<Vec<String>> {
            let mail = self.mail.lock().unwrap();
            Ok(mail.iter().filter(|mail| mail.1 <= now).map(|mail| mail.0.id.clone()).collect())
        }

        async fn claim_mail(&self, _: &str, now: Timestamp, until: Timestamp) -> Result<Option<Claimed>> {
            let mut mail = self.mail.lock().unwrap();
            let Some((mail, due, attempts, claimed)) = mail.as_mut().filter(|mail| mail.1 <= now || mail.2 == 0) else {
                return Ok(None);
            };
            *attempts += 1;
            *due = until;
            let before = claimed.replace(now);
            Ok(Some(Claimed { mail: mail.clone(), attempts: *attempts, at: now, before }))
        }

        async fn postpone_mail(&self, _: &Claimed, due: Timestamp) -> Result<()> {
            self.mail.lock().unwrap().as_mut().unwrap().1 = due;
            Ok(())
        }

        async fn drop_mail(&self, _: &Claimed) -> Result<()> {
            *self.mail.lock().unwrap() = None;
            Ok(())
        }

        async fn record_handed(&self, _: &Claimed, handed: &Handed) -> Result<()> {
            if std::mem::take(&mut *self.dies_at_record.lock().unwrap()) {
                return Err(StoreError("gone".into()).into());
            }
            *self.mail.lock().unwrap() = None;
            self.change(|invitation| {
                let queued = invitation.delivery == Delivery::Queued;
                match handed.outcome {
                    HandedOutcome::Taken { sent_at, expires_at } => {
                        invitation.sent_at = Some(sent_at);
                        invitation.expires_at = Some(expires_at);
                        if queued {
                            invitation.delivery = Delivery::Sent;
                        }
                    }
                    HandedOutcome::Refused { .. } => invitation.delivery = Delivery::Suppressed,
                }
            });
            Ok(())
        }
    }

    impl ReadPeople for Office {
        async fn read_people(&self, ids: &[UserId]) -> Result<Vec<User>> {
            Ok(ids.iter().filter(|id| **id == self.user().id).map(|_| self.user()).collect())
        }
    }

    impl ReadOrganization for Office {
        async fn read_organization(&self, _: &OrganizationId) -> Result<Option<Organization>> {
            Ok(None)
        }
    }

    impl Mailer for Office {
        async fn send(&self, letter: &Letter) -> Result<(), SendFailure> {
            let answer = self.answer.lock().unwrap().clone();
            if answer.is_ok() {
                self.sent.lock().unwrap().push(letter.clone());
            }
            answer
        }

        async fn allowance(&self) -> Result<Allowance> {
            Ok(Allowance { per_second: 1.0, per_day: None, left_today: None })
        }
    }

    #[test]
    fn what_the_mail_states_is_what_is_stored_and_it_is_sent_once() {
        let office = Office::new();
        assert_eq!(office.deliver(100).unwrap(), Outcome::Sent);
        let invitation = office.invitation();
        assert_eq!((invitation.delivery, invitation.sent_at), (Delivery::Sent, Some(at(100))));
        let stated = office.letters().pop().map(|letter| match letter.content {
            Content::Invitation { expires_at, .. } => expires_at,
            Content::ExpiryDigest { .. } => at(0),
        });
        assert_eq!(stated, invitation.expires_at);
        assert_eq!(stated, Some(at(100 + 24 * 3600)));
        assert_eq!(office.deliver(100_000).unwrap(), Outcome::NotOurs);
        assert_eq!(office.letters().len(), 1);
    }

    #[test]
    fn a_mail_on_its_way_is_nobody_elses_until_the_lease_ends() {
        let office = Office::new();
        *office.dies_at_record.lock().unwrap() = true;
        assert!(office.deliver(0).is_err(), "the worker dies between the mail service's answer and its record");
        assert_eq!(office.deliver(LEASE.as_secs() - 1).unwrap(), Outcome::NotOurs);
        assert_eq!(office.letters().len(), 1);
    }

    #[test]
    fn after_a_death_a_report_of_the_mail_service_saves_the_second_mail() {
        let office = Office::new();
        *office.dies_at_record.lock().unwrap() = true;
        assert!(office.deliver(7).is_err());
        office.change(|invitation| invitation.delivery = Delivery::Delivered);
        assert_eq!(office.deliver(10_000).unwrap(), Outcome::Dropped);
        let invitation = office.invitation();
        assert_eq!(office.letters().len(), 1, "it was sent before");
        assert_eq!(invitation.delivery, Delivery::Delivered);
        assert_eq!(invitation.expires_at, Some(at(7 + 24 * 3600)), "as the mail that was sent states");
    }

    #[test]
    fn news_that_is_old_is_not_sent() {
        for (name, change) in [
            ("a newer generation", (|invitation| invitation.generation += 1) as fn(&mut Invitation)),
            ("revoked", |invitation| invitation.status = InvitationStatus::Revoked),
            ("finished", |invitation| invitation.status = InvitationStatus::Registered),
        ] {
            let office = Office::new();
            office.change(change);
            assert_eq!(office.deliver(1).unwrap(), Outcome::Dropped, "{name}");
            assert!(office.letters().is_empty() && !office.is_in_outbox(), "{name}");
        }
    }

    #[test]
    fn what_the_mail_service_says_decides_on_trying_again() {
        for (answer, outcome, stays, delivery) in [
            (SendFailure::Refused, Outcome::Refused, false, Delivery::Suppressed),
            (SendFailure::Throttled, Outcome::Throttled, true, Delivery::Queued),
            (SendFailure::Failed("out of order".into()), Outcome::Postponed, true, Delivery::Queued),
        ] {
            let office = Office::new();
            office.answers(Err(answer));
            assert_eq!(office.deliver(0).unwrap(), outcome);
            assert_eq!(office.is_in_outbox(), stays, "{outcome:?}");
            let invitation = office.invitation();
            assert_eq!((invitation.delivery, invitation.sent_at), (delivery, None), "{outcome:?}");
            if stays {
                assert_eq!(office.deliver(4).unwrap(), Outcome::NotOurs, "{outcome:?}: not before its time");
                office.answers(Ok(()));
                assert_eq!(office.deliver(5).unwrap(), Outcome::Sent, "{outcome:?}");
                assert_eq!(office.invitation().expires_at, Some(at(5 + 24 * 3600)), "time begins with the sending");
            }
        }
    }

    #[test]
    fn waiting_grows_and_has_an_end() {
        let now = Timestamp::UNIX_EPOCH;
        for (attempts, seconds) in [(1, 5), (2, 10), (4, 40), (8, 640), (9, 900), (200, 900)] {
            assert_eq!(later(now, attempts).as_second(), seconds, "{attempts}");
        }
    }
}
