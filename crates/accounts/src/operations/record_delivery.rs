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
    use super::*;

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
}
