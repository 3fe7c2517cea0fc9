//! Records what the mail service reports of an invitation's mail, and tells whoever sent it of bad news.

use jiff::{SignedDuration, Timestamp};

use crate::{
    Error, Result,
    ids::{InvitationId, OrganizationId, UserId},
    invitation::Delivery,
    outbox::{DueMail, Event, Lane, NAMED, Undelivered},
    user::User,
};

/// One report, of one mailing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Whose invitation.
    pub user_id: UserId,
    /// Which.
    pub invitation_id: InvitationId,
    /// Of which generation.
    pub generation: u32,
    /// What happened.
    pub delivery: Delivery,
    /// When.
    pub at: Timestamp,
}

/// The growing notice to an inviter of whom they did not reach, as it waits in the outbox.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Waiting {
    /// There is none of that name.
    None,
    /// It waits, with so many people.
    For {
        /// The first of them.
        people: Vec<Undelivered>,
        /// How many.
        total: usize,
    },
    /// It is on its way: nothing can be added.
    Sent,
}

/// What became of a report that is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportWritten {
    /// It is written, and the notice with it.
    Done,
    /// Nothing is: the user is another than the one that was read.
    UserChanged,
    /// Nothing is: the notice is another than the one that was read.
    NoticeChanged,
}

/// Writes reports.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait RecordDelivery {
    /// Writes a report onto the invitation if it is still of this generation and its delivery is one of
    /// `from`; `false` if not.
    async fn write_report(&self, report: &Report, from: &[Delivery]) -> Result<bool>;
    /// Who is reported on, if they count.
    async fn reported_user(&self, id: &UserId) -> Result<Option<User>>;
    /// What waits under the name of a notice.
    async fn waiting_notice(&self, id: &str) -> Result<Waiting>;
    /// Writes a report of trouble over the user and the notice that were read, with what finds the user by it and
    /// the notice of it, due at `due`, in one transaction.
    async fn write_told_report(
        &self,
        user: &User,
        report: &Report,
        from: &[Delivery],
        read: &Waiting,
        notice: &DueMail,
        due: Timestamp,
    ) -> Result<ReportWritten>;
}

/// What a report may follow on. Reports come in any order and more than once; a complaint or a bounce is
/// never taken back by a delivery that is reported later.
fn predecessors(delivery: Delivery) -> &'static [Delivery] {
    use Delivery::{Bounced, Complained, Delivered, Queued, Sent, Suppressed};
    match delivery {
        Queued => &[],
        Sent => &[Queued],
        Delivered | Suppressed => &[Queued, Sent],
        // A bounce can follow on an acceptance by the first server of several.
        Bounced => &[Queued, Sent, Delivered],
        Complained => &[Queued, Sent, Delivered, Bounced, Suppressed],
    }
}

/// How long what did not arrive is gathered into one notice.
const GATHERED: SignedDuration = SignedDuration::from_mins(10);
/// Times that a report starts over because others added to the same notice.
const TRIES: u32 = 20;

/// Records a report. One of an older generation, or that says nothing new, changes nothing. Whoever sent an
/// invitation that did not arrive is told, of all of some minutes at once.
///
/// # Errors
/// Those of the store; also when others added to the same notice every time.
pub async fn record_delivery(ports: &impl RecordDelivery, report: &Report, now: Timestamp) -> Result<bool> {
    let from = predecessors(report.delivery);
    if !report.delivery.is_trouble() {
        return ports.write_report(report, from).await;
    }
    let mut part = 0;
    for _ in 0..TRIES {
        let Some(user) = ports.reported_user(&report.user_id).await? else { return Ok(false) };
        let Some(invitation) = user.invitation.as_ref().filter(|invitation| {
            invitation.id == report.invitation_id
                && invitation.generation == report.generation
                && from.contains(&invitation.delivery)
        }) else {
            return Ok(false);
        };
        let (id, due) = notice_id(&invitation.invited_by, user.organization_id.as_ref(), part, now);
        let read = ports.waiting_notice(&id).await?;
        let (mut people, total) = match &read {
            Waiting::None => (Vec::new(), 0),
            Waiting::For { people, total } => (people.clone(), *total),
            Waiting::Sent => {
                part += 1;
                continue;
            }
        };
        let known = people.iter().position(|person| person.user_id == user.id);
        let total = total + usize::from(known.is_none());
        match known {
            Some(place) => people[place].delivery = report.delivery,
            None if people.len() < NAMED => {
                people.push(Undelivered { user_id: user.id.clone(), delivery: report.delivery });
            }
            None => {}
        }
        let event = Event::InvitationsUndelivered { organization_id: user.organization_id.clone(), people, total };
        let notice = DueMail::notice(id, &invitation.invited_by, event, Lane::Bulk, now);
        match ports.write_told_report(&user, report, from, &read, &notice, due).await? {
            ReportWritten::Done => return Ok(true),
            ReportWritten::UserChanged | ReportWritten::NoticeChanged => {}
        }
    }
    Err(Error::internal("others changed the user or added to the same notice every time"))
}

/// The name of the notice to an inviter at a moment, and when it is sent: at the end of the minutes it is of.
fn notice_id(
    inviter: &UserId,
    organization: Option<&OrganizationId>,
    part: u32,
    now: Timestamp,
) -> (String, Timestamp) {
    let scope = organization.map_or("@technicians", OrganizationId::as_str);
    let window = now.as_second().div_euclid(GATHERED.as_secs());
    let end = Timestamp::from_second((window + 1).saturating_mul(GATHERED.as_secs())).unwrap_or(Timestamp::MAX);
    (format!("undelivered#{inviter}#{scope}#{window}#{part}"), end)
}

#[cfg(test)]
mod tests {
    use std::{cell::RefCell, collections::BTreeMap};

    use super::*;
    use crate::{invitation::Invitation, operations::fake::run, outbox::MailSubject, user::UserKind};

    #[test]
    fn bad_news_is_not_overwritten_by_good() {
        for (report, over, changes) in [
            (Delivery::Delivered, Delivery::Sent, true),
            (Delivery::Delivered, Delivery::Queued, true),
            (Delivery::Delivered, Delivery::Bounced, false),
            (Delivery::Delivered, Delivery::Complained, false),
            (Delivery::Delivered, Delivery::Delivered, false),
            (Delivery::Bounced, Delivery::Delivered, true),
            (Delivery::Bounced, Delivery::Complained, false),
            (Delivery::Complained, Delivery::Delivered, true),
            (Delivery::Suppressed, Delivery::Sent, true),
        ] {
            assert_eq!(predecessors(report).contains(&over), changes, "{report:?} over {over:?}");
        }
    }

    /// People who were invited by one person, and what waits in the outbox.
    #[derive(Default)]
    struct Table {
        users: RefCell<BTreeMap<UserId, User>>,
        notices: RefCell<BTreeMap<String, (DueMail, Timestamp, bool)>>,
    }

    impl Table {
        fn invite(&self, name: &str) -> Report {
            let id = UserId::derived(&[name]);
            let inviter = UserId::derived(&["inviter"]);
            let mut invitation =
                Invitation::queued(InvitationId::derived(&[name]), 24, inviter.clone(), Timestamp::UNIX_EPOCH);
            invitation.delivery = Delivery::Sent;
            let report = Report {
                user_id: id.clone(),
                invitation_id: invitation.id.clone(),
                generation: 1,
                delivery: Delivery::Bounced,
                at: Timestamp::UNIX_EPOCH,
            };
            let user = User {
                invitation: Some(invitation),
                ..User::new(id.clone(), UserKind::Technician, None, "technician", inviter, Timestamp::UNIX_EPOCH)
            };
            self.users.borrow_mut().insert(id, user);
            report
        }

        fn totals(&self) -> Vec<usize> {
            let total = |mail: &DueMail| match &mail.subject {
                MailSubject::Notice { event: Event::InvitationsUndelivered { people, total, .. }, .. } => {
                    assert_eq!(people.len(), (*total).min(NAMED));
                    *total
                }
                other => panic!("{other:?}"),
            };
            self.notices.borrow().values().map(|(mail, ..)| total(mail)).collect()
        }
    }

    impl RecordDelivery for Table {
        async fn write_report(&self, report: &Report, from: &[Delivery]) -> Result<bool> {
            let mut users = self.users.borrow_mut();
            let invitation = users.get_mut(&report.user_id).and_then(|user| user.invitation.as_mut());
            let fits = invitation
                .filter(|invitation| invitation.generation == report.generation && from.contains(&invitation.delivery));
            Ok(fits.map(|invitation| invitation.delivery = report.delivery).is_some())
        }

        async fn reported_user(&self, id: &UserId) -> Result<Option<User>> {
            Ok(self.users.borrow().get(id).cloned())
        }

        async fn waiting_notice(&self, id: &str) -> Result<Waiting> {
            Ok(match self.notices.borrow().get(id) {
                None => Waiting::None,
                Some((_, _, true)) => Waiting::Sent,
                Some((mail, ..)) => match &mail.subject {
                    MailSubject::Notice { event: Event::InvitationsUndelivered { people, total, .. }, .. } => {
                        Waiting::For { people: people.clone(), total: *total }
                    }
                    other => panic!("{other:?}"),
                },
            })
        }

        async fn write_told_report(
            &self,
            _: &User,
            report: &Report,
            from: &[Delivery],
            _: &Waiting,
            notice: &DueMail,
            due: Timestamp,
        ) -> Result<ReportWritten> {
            if !self.write_report(report, from).await? {
                return Ok(ReportWritten::UserChanged);
            }
            self.notices.borrow_mut().insert(notice.id.clone(), (notice.clone(), due, false));
            Ok(ReportWritten::Done)
        }
    }

    #[test]
    fn bad_news_of_some_minutes_is_one_notice() {
        let table = Table::default();
        let second = |second| Timestamp::from_second(second).unwrap();
        let record = |report: &Report, at| run(record_delivery(&table, report, second(at))).unwrap();
        let bounced = table.invite("a");
        assert!(record(&bounced, 30));
        assert!(!record(&bounced, 31), "the same report again is none");
        assert!(record(&Report { delivery: Delivery::Complained, ..bounced }, 32), "worse news of the same person");
        assert_eq!(table.totals(), [1]);
        for n in 0..NAMED {
            assert!(record(&table.invite(&n.to_string()), 40));
        }
        assert_eq!(table.totals(), [NAMED + 1], "more than are named");
        assert!(table.notices.borrow().values().all(|(_, due, _)| *due == second(600)));
        assert!(record(&table.invite("later"), 600));
        assert_eq!(table.totals(), [NAMED + 1, 1], "the next minutes have their own");
        table.notices.borrow_mut().values_mut().for_each(|(_, _, sent)| *sent = true);
        assert!(record(&table.invite("late"), 601));
        assert_eq!(table.totals().len(), 3, "what is on its way is not added to");
        assert!(record(&Report { delivery: Delivery::Delivered, ..table.invite("good") }, 602));
        assert_eq!(table.totals().len(), 3, "good news is none");
    }
}
