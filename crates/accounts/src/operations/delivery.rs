//! Handing one due mail to the mail service: what both ways out have in common.
//!
//! A mail is claimed by moving its due time past a lease, so no two workers have it at once and none is
//! forgotten when a worker dies. It is rendered when it is sent, so it never tells old news and states when
//! the link ends; what it states is stored once the mail service has taken it. It is taken from the outbox in
//! the transaction that records this. So a mail is sent twice only when the mail service's answer was lost.

use jiff::{SignedDuration, Timestamp};
use tracing::Instrument as _;

use super::{
    edits::EditUsers,
    letters::{After, Desk, Letter, TextMessage, Written},
    request_password_reset::{FindAccount, begin_password_reset},
};
use crate::{
    Error, Result,
    audit::Origin,
    correlation::Correlation,
    ids::{InvitationId, UserId},
    invitation::InvitationStatus,
    operations::create_user::ReadOrganization,
    outbox::{DueMail, Lane},
    user::User,
};

/// How long a claim stands: longer than the longest-running worker's function timeout and its clients' together.
pub const LEASE: SignedDuration = SignedDuration::from_secs(180);

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
    /// The request that it goes back to.
    pub correlation: Option<Correlation>,
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

impl Handed {
    /// Whether this is still the mailing that the user's invitation waits with.
    #[must_use]
    pub fn is_of(&self, user: &User) -> bool {
        user.invitation.as_ref().is_some_and(|invitation| {
            invitation.id == self.invitation_id
                && invitation.generation == self.generation
                && invitation.status == InvitationStatus::Pending
        })
    }
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
    /// Takes a claimed mail out of the outbox and puts another in, in one transaction.
    async fn replace_mail(&self, claimed: &Claimed, next: &DueMail) -> Result<()>;
    /// Takes a claimed mail out of the outbox and, in the same transaction, records on its invitation what
    /// became of it, if that is still of this generation. What the mail service has reported meanwhile
    /// (delivered, bounced) stays.
    async fn record_handed(&self, claimed: &Claimed, handed: &Handed) -> Result<()>;
}

/// Reads users for what mails say about them.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait ReadPeople {
    /// The user, if it counts. An error when its record cannot be read.
    async fn read_person(&self, id: &UserId) -> Result<Option<User>>;
    /// Those users of these that count, in that order, for naming them beside others: one whose record cannot be read
    /// is left out and told of in the log.
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

/// The text message service.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait TextSender {
    /// Hands a text message over.
    async fn send_text(&self, text: &TextMessage) -> Result<(), SendFailure>;
}

/// What delivering needs of the store.
pub trait DeliveryPorts: Outbox + ReadOrganization + ReadPeople + FindAccount + EditUsers {}

impl<T: Outbox + ReadOrganization + ReadPeople + FindAccount + EditUsers> DeliveryPorts for T {}

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

/// Delivers one mail or text message, if it is ours to deliver now.
///
/// # Errors
/// Those of the store. The mail becomes due again when its lease ends.
pub async fn deliver_one(
    ports: &impl DeliveryPorts,
    senders: &(impl Mailer + TextSender),
    desk: &Desk,
    id: &str,
    now: Timestamp,
) -> Result<Outcome> {
    let until = now.saturating_add(LEASE).unwrap_or(Timestamp::MAX);
    let Some(claimed) = ports.claim_mail(id, now, until).await? else {
        return Ok(Outcome::NotOurs);
    };
    let correlation = claimed.correlation.clone();
    // On every level that is logged at all: an error without it would be hard to follow.
    let span = tracing::error_span!("message", correlation = correlation.as_ref().map(Correlation::as_str));
    let work = async {
        let outcome = hand_over(ports, senders, desk, claimed, now).await?;
        tracing::info!(?outcome, "worked off a message");
        Ok(outcome)
    };
    Correlation::within(correlation, work.instrument(span)).await
}

async fn hand_over(
    ports: &impl DeliveryPorts,
    senders: &(impl Mailer + TextSender),
    desk: &Desk,
    claimed: Claimed,
    now: Timestamp,
) -> Result<Outcome> {
    let (sent, after) = match desk.write(ports, &claimed).await? {
        Written::Letter(mut letter, after) => {
            // What the mail service reports of a letter that has tags comes back with this one.
            let correlation = claimed.correlation.as_ref().filter(|_| !letter.tags.is_empty());
            letter.tags.extend(correlation.map(|correlation| ("correlation", correlation.as_str().to_owned())));
            (senders.send(&letter).await, after)
        }
        Written::Text(text) => (senders.send_text(&text).await, After::Nothing),
        Written::Recorded(handed) => {
            ports.record_handed(&claimed, &handed).await?;
            return Ok(Outcome::Dropped);
        }
        Written::Later(at) => {
            ports.postpone_mail(&claimed, at).await?;
            return Ok(Outcome::Postponed);
        }
        Written::Nothing(instead) => {
            leave(ports, &claimed, instead.map_or(After::Nothing, After::Then)).await?;
            return Ok(Outcome::Dropped);
        }
        Written::Reset { login, source } => {
            let origin = Origin { actor: None, source, now: claimed.mail.queued_at };
            begin_password_reset(ports, &login, &origin).await?;
            ports.drop_mail(&claimed).await?;
            return Ok(Outcome::Dropped);
        }
    };
    match sent {
        Ok(()) => {
            leave(ports, &claimed, after).await?;
            Ok(Outcome::Sent)
        }
        Err(SendFailure::Refused) => {
            let after = match after {
                After::Record(handed) => {
                    After::Record(Handed { outcome: HandedOutcome::Refused { at: now }, ..handed })
                }
                other => other,
            };
            leave(ports, &claimed, after).await?;
            Ok(Outcome::Refused)
        }
        Err(SendFailure::Throttled) => {
            ports.postpone_mail(&claimed, later(now, claimed.attempts)).await?;
            Ok(Outcome::Throttled)
        }
        Err(SendFailure::Failed(cause)) => {
            // Never the id: that of a request follows from what somebody typed.
            tracing::error!(attempts = claimed.attempts, cause, "a message could not be handed over");
            ports.postpone_mail(&claimed, later(now, claimed.attempts)).await?;
            Ok(Outcome::Postponed)
        }
    }
}

/// A message leaves the outbox, with what follows on it in the same transaction.
async fn leave(ports: &impl Outbox, claimed: &Claimed, after: After) -> Result<()> {
    match after {
        After::Nothing => ports.drop_mail(claimed).await,
        After::Record(handed) => ports.record_handed(claimed, &handed).await,
        After::Then(next) => ports.replace_mail(claimed, &next).await,
    }
}

/// When to try again: 5 seconds after the first attempt, then twice as long each time, at most 15 minutes.
/// Never given up: an invitation is not lost because the mail service was out of order for a day.
fn later(now: Timestamp, attempts: u32) -> Timestamp {
    let seconds = 5_i64.saturating_mul(1_i64 << attempts.saturating_sub(1).min(20)).min(900);
    now.saturating_add(SignedDuration::from_secs(seconds)).unwrap_or(Timestamp::MAX)
}

/// Mails that the store fails for in one run before the store is taken to be at fault, not the mails.
pub const FAILURES: usize = 10;

/// How a run ended. What was done stands and is counted, whatever failed beside it.
#[derive(Debug)]
pub struct Run {
    /// What was done.
    pub tally: Tally,
    /// The first failure of the store, if there was one: the run is then to be reported as failed.
    pub failure: Option<Error>,
}

impl Run {
    /// A run that ends with this.
    #[must_use]
    pub fn ended(tally: Tally, failures: Vec<Error>) -> Self {
        Self { tally, failure: failures.into_iter().next() }
    }
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

    /// The numbers by the names under which a deployment counts them.
    #[must_use]
    pub fn counts(&self) -> [(&'static str, u64); 4] {
        [
            ("MailsSent", self.sent.into()),
            ("MailsDropped", self.dropped.into()),
            ("MailsRefused", self.refused.into()),
            ("MailsPostponed", self.postponed.into()),
        ]
    }
}

#[cfg(test)]
mod tests {
    use std::{
        collections::BTreeSet,
        sync::Mutex,
        task::{Context, Poll, Waker},
    };

    use super::*;
    use crate::{
        access::OrganizationScope,
        error::StoreError,
        ids::{ImportId, OrganizationId},
        invitation::{Delivery, Invitation, InvitationStatus},
        operations::{
            edits::{Edit, Written as EditWritten},
            letters::Content,
        },
        organization::Organization,
        outbox::Event,
        random::SystemRandomness,
        roles::RoleId,
        settings::{Priority, Schedule, Severity, Threshold},
        token::TokenKeys,
        user::{UserKind, UserStatus},
    };
    use rollcall_validation::identity::IdentityKey;

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
        texts: Mutex<Vec<TextMessage>>,
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
                texts: Mutex::default(),
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
            Ok(Some(Claimed { mail: mail.clone(), attempts: *attempts, at: now, before, correlation: None }))
        }

        async fn postpone_mail(&self, _: &Claimed, due: Timestamp) -> Result<()> {
            self.mail.lock().unwrap().as_mut().unwrap().1 = due;
            Ok(())
        }

        async fn drop_mail(&self, _: &Claimed) -> Result<()> {
            *self.mail.lock().unwrap() = None;
            Ok(())
        }

        async fn replace_mail(&self, _: &Claimed, next: &DueMail) -> Result<()> {
            *self.mail.lock().unwrap() = Some((next.clone(), next.queued_at, 0, None));
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
        async fn read_person(&self, id: &UserId) -> Result<Option<User>> {
            Ok(self.read_people(std::slice::from_ref(id)).await?.pop())
        }

        async fn read_people(&self, ids: &[UserId]) -> Result<Vec<User>> {
            Ok(ids.iter().filter(|id| **id == self.user().id).map(|_| self.user()).collect())
        }
    }

    impl FindAccount for Office {
        async fn account_of(&self, _: &IdentityKey) -> Result<Option<User>> {
            Ok(None)
        }
    }

    impl EditUsers for Office {
        async fn user_to_edit(&self, _: &UserId) -> Result<Option<User>> {
            Ok(None)
        }

        async fn write_edit(&self, _: &User, _: &Edit) -> Result<EditWritten> {
            Ok(EditWritten::Changed)
        }
    }

    impl TextSender for Office {
        async fn send_text(&self, text: &TextMessage) -> Result<(), SendFailure> {
            self.texts.lock().unwrap().push(text.clone());
            self.answer.lock().unwrap().clone()
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
            other => panic!("{other:?}"),
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

    /// What a row of a table does to the person.
    type Change<'a> = &'a dyn Fn(&mut User);

    fn import_ended() -> Event {
        Event::ImportEnded {
            organization_id: None,
            import_id: ImportId::derived(&["1"]),
            rejected: false,
            imported: 2,
            skipped: 0,
            failed: 0,
        }
    }

    #[test]
    fn a_notice_goes_the_ways_that_the_person_has_set() {
        let everything = Some(Threshold { severity: Severity::Info, priority: Priority::Low });
        let serious = Some(Threshold { severity: Severity::Critical, priority: Priority::Low });
        // 1970 begins on a Thursday.
        let friday = Some(Schedule { days: [5].into(), from_minute: 480, to_minute: 1080 });
        type Row<'a> = (&'a str, Change<'a>, Outcome, (usize, usize), Option<Timestamp>);
        let rows: [Row<'_>; 9] = [
            ("by mail, if nothing is set", &|_| {}, Outcome::Sent, (1, 0), None),
            ("to nobody without duties", &|user| user.roles.clear(), Outcome::Dropped, (0, 0), None),
            ("to nobody switched off", &|user| user.status = UserStatus::Deactivated, Outcome::Dropped, (0, 0), None),
            ("not at all", &|user| user.settings.notifications.mail = None, Outcome::Dropped, (0, 0), None),
            (
                "only what is serious",
                &|user| user.settings.notifications.mail = serious,
                Outcome::Dropped,
                (0, 0),
                None,
            ),
            ("both ways", &|user| user.settings.notifications.text = everything, Outcome::Sent, (1, 1), None),
            (
                "by text message alone",
                &|user| {
                    user.settings.notifications.mail = None;
                    user.settings.notifications.text = everything;
                },
                Outcome::Dropped,
                (0, 1),
                None,
            ),
            (
                "by text message, without a number",
                &|user| {
                    user.phone = None;
                    user.settings.notifications.text = everything;
                },
                Outcome::Sent,
                (1, 0),
                None,
            ),
            (
                "not before the schedule begins",
                &|user| user.settings.notifications.schedule = friday.clone(),
                Outcome::Postponed,
                (0, 0),
                Some(at(32 * 3600)),
            ),
        ];
        for (name, change, outcome, messages, due) in rows {
            let office = Office::new();
            {
                let mut user = office.user.lock().unwrap();
                user.status = UserStatus::Active;
                user.roles = RoleId::parse("technician").into_iter().collect();
                user.phone = Some("+4915112345678".into());
                change(&mut user);
                let notice = DueMail::notice("imp_1#ended".into(), &user.id, import_ended(), Lane::Now, at(0));
                *office.mail.lock().unwrap() = Some((notice, at(0), 0, None));
            }
            assert_eq!(office.deliver(10).unwrap(), outcome, "{name}");
            let left = office.mail.lock().unwrap().as_ref().map(|mail| (mail.0.id.clone(), mail.1));
            let is_text = left.as_ref().is_some_and(|(id, _)| id == "imp_1#ended#text");
            if is_text {
                assert_eq!(office.deliver(11).unwrap(), Outcome::Sent, "{name}");
                assert!(!office.is_in_outbox(), "{name}");
            } else {
                assert_eq!(left.map(|(_, due)| due), due, "{name}");
            }
            let sent = (office.letters().len(), office.texts.lock().unwrap().len());
            assert_eq!(sent, messages, "{name}");
        }
    }

    #[test]
    fn a_first_password_is_mailed_while_it_is_the_persons_only_way_in() {
        let invited = |user: &mut User| {
            let by = UserId::derived(&["inviter"]);
            user.invitation = Some(Invitation::queued(InvitationId::derived(&["1"]), 24, by, at(0)));
        };
        let rows: [(&str, Change<'_>, i64, Outcome); 4] = [
            ("waits", &|_| {}, 10, Outcome::Sent),
            ("has a password of their own", &|user| user.status = UserStatus::Active, 10, Outcome::Dropped),
            ("was invited instead", &invited, 10, Outcome::Dropped),
            ("its time has passed", &|_| {}, 1000, Outcome::Dropped),
        ];
        for (name, change, second, outcome) in rows {
            let office = Office::new();
            let keys = TokenKeys::parse("a:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA").unwrap();
            {
                let mut user = office.user.lock().unwrap();
                user.invitation = None;
                change(&mut user);
                let mail = DueMail::first_credentials(&user.id, "k7Qm", at(1000), at(0), &keys, &SystemRandomness);
                *office.mail.lock().unwrap() = Some((mail, at(0), 0, None));
            }
            assert_eq!(office.deliver(second).unwrap(), outcome, "{name}");
            assert!(!office.is_in_outbox(), "{name}: sealed or not, it is gone");
            assert_eq!(office.letters().len(), usize::from(outcome == Outcome::Sent), "{name}");
            for letter in office.letters() {
                assert!(matches!(&letter.content, Content::FirstCredentials { password, .. } if password == "k7Qm"));
                assert!(!format!("{letter:?}").contains("k7Qm"), "nothing for a log");
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
