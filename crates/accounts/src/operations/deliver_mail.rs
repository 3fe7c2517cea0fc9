//! Sends the mail that a person is waiting for, as soon as the stream tells of it.

use jiff::Timestamp;

use crate::{
    Result,
    operations::{
        create_user::ReadOrganization,
        delivery::{Desk, Mailer, Outbox, Outcome, ReadPeople, deliver_one},
    },
};

/// Delivers the mail of one stream record. A repeated or late record finds the mail claimed or gone; what the
/// mail service does not take now is found by `sweep-mail`.
///
/// # Errors
/// Those of the store: the record is to be delivered again.
pub async fn deliver_mail(
    ports: &(impl Outbox + ReadOrganization + ReadPeople),
    mailer: &impl Mailer,
    desk: &Desk,
    id: &str,
    now: Timestamp,
) -> Result<Outcome> {
    deliver_one(ports, mailer, desk, id, now).await
}
