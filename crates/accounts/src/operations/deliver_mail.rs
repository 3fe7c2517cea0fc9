//! Sends the mail that a person is waiting for, as soon as the stream tells of it.

use jiff::Timestamp;

use crate::{
    Result,
    operations::{
        delivery::{DeliveryPorts, Mailer, Outcome, TextSender, deliver_one},
        letters::Desk,
    },
};

/// Delivers the mail of one stream record. A repeated or late record finds the mail claimed or gone; what the
/// mail service does not take now is found by `sweep-mail`.
///
/// # Errors
/// Those of the store: the record is to be delivered again.
pub async fn deliver_mail(
    ports: &impl DeliveryPorts,
    senders: &(impl Mailer + TextSender),
    desk: &Desk,
    id: &str,
    now: Timestamp,
) -> Result<Outcome> {
    deliver_one(ports, senders, desk, id, now).await
}
