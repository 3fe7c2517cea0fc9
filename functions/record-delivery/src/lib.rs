//! The record-delivery function: the mail service's own events, by EventBridge.

use std::time::Duration;

use rollcall_accounts::{
    Timestamp,
    ids::{InvitationId, UserId},
    invitation::Delivery,
    operations::record_delivery::{Report, record_delivery},
};
use rollcall_lambda::{Environment, Error, Function};
use rollcall_store_dynamodb::Store;
use serde_json::{Value, json};

/// Less than the function's timeout.
const LONGEST: Duration = Duration::from_secs(25);

/// The operation as a function.
///
/// # Errors
/// When a variable is missing.
pub fn service(environment: &Environment) -> Result<Function, Error> {
    let store = Store::new(&environment.sdk, environment.var("ROLLCALL_TABLE")?);
    let metrics = environment.metrics();
    Ok(rollcall_lambda::worker(environment, LONGEST, move |invocation| {
        let (store, metrics) = (store.clone(), metrics.clone());
        async move {
            let recorded = match report(&invocation.event, invocation.now()) {
                Some(report) => {
                    let recorded = record_delivery(&store, &report, invocation.now())
                        .await
                        .map_err(|error| Error::from(format!("{error:?}")))?;
                    tracing::info!(delivery = report.delivery.name(), recorded, "the mail service reported");
                    metrics.count(&[(counted(report.delivery), u64::from(recorded))]);
                    recorded
                }
                None => false,
            };
            Ok::<Value, Error>(json!({"recorded": recorded}))
        }
    }))
}

/// What a report counts as.
fn counted(delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Queued | Delivery::Sent => "InvitationsSent",
        Delivery::Delivered => "InvitationsDelivered",
        Delivery::Bounced => "InvitationsBounced",
        Delivery::Complained => "InvitationsComplained",
        Delivery::Suppressed => "InvitationsSuppressed",
    }
}

/// What an event says of an invitation; `None` for other mail, and for what is not final.
fn report(event: &Value, now: Timestamp) -> Option<Report> {
    let detail = &event["detail"];
    let tag = |name: &str| detail["mail"]["tags"][name][0].as_str();
    let (delivery, part) = match event["detail-type"].as_str()? {
        "Email Delivered" => (Delivery::Delivered, "delivery"),
        "Email Bounced" => (bounce(&detail["bounce"])?, "bounce"),
        "Email Complaint Received" => (Delivery::Complained, "complaint"),
        "Email Rejected" => (Delivery::Suppressed, "reject"),
        _ => return None,
    };
    Some(Report {
        user_id: UserId::parse(tag("user")?).ok()?,
        invitation_id: InvitationId::parse(tag("invitation")?).ok()?,
        generation: tag("generation")?.parse().ok()?,
        delivery,
        at: detail[part]["timestamp"].as_str().and_then(|at| at.parse().ok()).unwrap_or(now),
    })
}

/// A bounce for good. A transient one (mailbox full, out of office) says nothing yet: the mail service goes
/// on trying. An address on a suppression list was never tried.
fn bounce(bounce: &Value) -> Option<Delivery> {
    if bounce["bounceType"].as_str()? == "Transient" {
        return None;
    }
    match bounce["bounceSubType"].as_str() {
        Some("Suppressed" | "OnAccountSuppressionList") => Some(Delivery::Suppressed),
        _ => Some(Delivery::Bounced),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(kind: &str, part: &str, body: Value) -> Value {
        json!({
            "source": "aws.ses",
            "detail-type": kind,
            "detail": {
                "mail": {"tags": {
                    "invitation": [InvitationId::derived(&["1"]).as_str()],
                    "user": [UserId::derived(&["1"]).as_str()],
                    "generation": ["3"],
                }},
                part: body,
            },
        })
    }

    #[test]
    fn events_are_read_row_by_row() {
        let bounced = |kind: &str, sub: &str| json!({"bounceType": kind, "bounceSubType": sub});
        for (name, event, wanted) in [
            ("delivered", event("Email Delivered", "delivery", json!({})), Some(Delivery::Delivered)),
            (
                "no such mailbox",
                event("Email Bounced", "bounce", bounced("Permanent", "General")),
                Some(Delivery::Bounced),
            ),
            (
                "of unknown cause",
                event("Email Bounced", "bounce", bounced("Undetermined", "Undetermined")),
                Some(Delivery::Bounced),
            ),
            ("mailbox full", event("Email Bounced", "bounce", bounced("Transient", "MailboxFull")), None),
            (
                "on the account's list",
                event("Email Bounced", "bounce", bounced("Permanent", "OnAccountSuppressionList")),
                Some(Delivery::Suppressed),
            ),
            (
                "on the service's list",
                event("Email Bounced", "bounce", bounced("Permanent", "Suppressed")),
                Some(Delivery::Suppressed),
            ),
            ("spam", event("Email Complaint Received", "complaint", json!({})), Some(Delivery::Complained)),
            (
                "rejected",
                event("Email Rejected", "reject", json!({"reason": "Bad content"})),
                Some(Delivery::Suppressed),
            ),
            ("opened", event("Email Opened", "open", json!({})), None),
            ("of another mail", json!({"detail-type": "Email Delivered", "detail": {"mail": {"tags": {}}}}), None),
        ] {
            let report = report(&event, Timestamp::UNIX_EPOCH);
            assert_eq!(report.as_ref().map(|report| report.delivery), wanted, "{name}");
            assert!(report.is_none_or(|report| report.generation == 3), "{name}");
        }
    }

    #[test]
    fn the_time_is_the_mail_services() {
        let event = event("Email Delivered", "delivery", json!({"timestamp": "2026-11-21T18:03:00.000Z"}));
        let report = report(&event, Timestamp::UNIX_EPOCH).unwrap();
        assert_eq!(report.at.to_string(), "2026-11-21T18:03:00Z");
    }
}
