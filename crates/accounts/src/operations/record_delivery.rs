//! Records what the mail service reports of an invitation's mail.

use jiff::Timestamp;

use crate::{
    Result,
    ids::{InvitationId, UserId},
    invitation::Delivery,
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

/// Writes reports.
#[expect(async_fn_in_trait, reason = "used with static dispatch only; functions require Send where they spawn")]
pub trait RecordDelivery {
    /// Writes a report onto the invitation if it is still of this generation and its delivery is one of
    /// `from`; `false` if not.
    async fn write_report(&self, report: &Report, from: &[Delivery]) -> Result<bool>;
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

/// Records a report. One of an older generation, or that says nothing new, changes nothing.
///
/// # Errors
/// Those of the store.
pub async fn record_delivery(ports: &impl RecordDelivery, report: &Report) -> Result<bool> {
    ports.write_report(report, predecessors(report.delivery)).await
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
