//! What becomes of mails: plays the mail service's own events to the functions whose rules take them.

use std::{sync::Arc, time::Duration};

use jiff::Timestamp;
use serde_json::{Value, json};
use tokio::sync::{Semaphore, mpsc::UnboundedReceiver};

use crate::{
    clock::Clock,
    dead_letters::{DeadLetter, DeadLetters},
    faults::Dice,
    functions::Functions,
    outbox::{MailEvent, MailEventKind, Message, MessageKind, Outbox, OutboxError},
    random::{hex_id, uuid},
    ses::address_of,
    template::{ACCOUNT, MailSpec, REGION, Rule},
};

/// Calls going on at once.
const AT_ONCE: usize = 16;

/// Plays events. Clones share everything.
#[derive(Debug, Clone)]
pub(crate) struct MailEvents {
    inner: Arc<Inner>,
}

#[derive(Debug)]
pub(crate) struct Inner {
    pub(crate) clock: Clock,
    pub(crate) outbox: Outbox,
    pub(crate) functions: Functions,
    pub(crate) rules: Vec<(String, Rule)>,
    pub(crate) spec: MailSpec,
    pub(crate) dice: Arc<Dice>,
    pub(crate) dead_letters: DeadLetters,
    /// Real time between a mail and its event.
    pub(crate) delay: Duration,
}

impl MailEvents {
    pub(crate) fn new(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// Plays an event by itself for each mail that was taken, those of an earlier run first.
    pub(crate) fn start(&self, mut taken: UnboundedReceiver<String>) -> tokio::task::JoinHandle<()> {
        let events = self.clone();
        tokio::spawn(async move {
            let at_once = Arc::new(Semaphore::new(AT_ONCE));
            let earlier = events.inner.outbox.without_events().unwrap_or_else(|error| {
                tracing::error!(%error, "earlier mails get no events");
                Vec::new()
            });
            let mut earlier = earlier.into_iter();
            loop {
                let next = match earlier.next() {
                    Some(id) => Some(id),
                    None => taken.recv().await,
                };
                let Some(id) = next else { return };
                let due = tokio::time::Instant::now() + events.inner.delay;
                let Ok(permit) = Arc::clone(&at_once).acquire_owned().await else {
                    return;
                };
                let events = events.clone();
                tokio::spawn(async move {
                    tokio::time::sleep_until(due).await;
                    if let Err(error) = events.play_what_follows(&id).await {
                        tracing::error!(%error, "an event was not played");
                    }
                    drop(permit);
                });
            }
        })
    }

    async fn play_what_follows(&self, id: &str) -> Result<(), OutboxError> {
        let Some(message) = self.inner.outbox.get(id)? else {
            return Ok(());
        };
        // Someone was faster by hand.
        if !message.events.is_empty() {
            return Ok(());
        }
        let kind =
            if self.inner.outbox.is_suppressed(&message.to)? { MailEventKind::Suppressed } else { usual(&message.to) };
        self.play_for(&message, kind).await
    }

    /// Plays one event. Answers whether there is such a mail, once the functions have recorded the event.
    pub(crate) async fn play(&self, id: &str, kind: MailEventKind) -> Result<bool, OutboxError> {
        let Some(message) = self.inner.outbox.get(id)?.filter(|message| message.kind == MessageKind::Mail) else {
            return Ok(false);
        };
        self.play_for(&message, kind).await?;
        Ok(true)
    }

    async fn play_for(&self, message: &Message, kind: MailEventKind) -> Result<(), OutboxError> {
        let at = self.inner.clock.now();
        self.inner.outbox.happened(&message.id, &MailEvent { kind, at })?;
        let Some(set) = &message.configuration_set else {
            return Ok(());
        };
        let (event_type, _, _) = names(kind);
        let reasons = self.inner.spec.suppressed_reasons.get(set);
        if matches!(kind, MailEventKind::Bounced | MailEventKind::Complained)
            && reasons.is_some_and(|reasons| reasons.iter().any(|reason| reason == event_type))
        {
            self.inner.outbox.suppress(&message.to)?;
        }
        let published = self.inner.spec.configuration_sets.get(set);
        if !published.is_some_and(|types| types.iter().any(|published| published == event_type)) {
            return Ok(());
        }
        let event = event(message, kind, at);
        for (function, rule) in &self.inner.rules {
            if rule.pattern.matches(&event) {
                self.deliver(function, rule, &event, &message.id).await;
                if self.inner.dice.duplicates() {
                    self.deliver(function, rule, &event, &message.id).await;
                }
            }
        }
        Ok(())
    }

    async fn deliver(&self, function: &str, rule: &Rule, event: &Value, message: &str) {
        let mut left = rule.retries;
        let mut backoff = Duration::from_millis(100);
        loop {
            let Err(error) = self.inner.functions.invoke(function, event.clone()).await else {
                return;
            };
            if left == 0 {
                self.inner.dead_letters.put(DeadLetter {
                    queue: rule.failure_destination.clone(),
                    function: function.to_owned(),
                    reason: error.to_string(),
                    detail: json!({ "message": message }),
                });
                return;
            }
            left -= 1;
            tokio::time::sleep(backoff).await;
            backoff = (backoff * 2).min(Duration::from_secs(5));
        }
    }
}

/// What becomes of a mail by itself: it arrives, unless its address asks for something else.
fn usual(to: &str) -> MailEventKind {
    let address = address_of(to).to_lowercase();
    for (start, kind) in [
        ("bounce", MailEventKind::Bounced),
        ("complain", MailEventKind::Complained),
        ("suppress", MailEventKind::Suppressed),
    ] {
        if address.starts_with(start) {
            return kind;
        }
    }
    MailEventKind::Delivered
}

/// The type in a configuration set, the `eventType` in the event, and EventBridge's detail type.
fn names(kind: MailEventKind) -> (&'static str, &'static str, &'static str) {
    match kind {
        MailEventKind::Delivered => ("DELIVERY", "Delivery", "Email Delivered"),
        MailEventKind::Bounced | MailEventKind::Suppressed => ("BOUNCE", "Bounce", "Email Bounced"),
        MailEventKind::Complained => ("COMPLAINT", "Complaint", "Email Complaint Received"),
    }
}

fn event(message: &Message, kind: MailEventKind, at: Timestamp) -> Value {
    let (_, event_type, detail_type) = names(kind);
    let set = message.configuration_set.as_deref().unwrap_or_default();
    let mut tags = json!({
        "ses:configuration-set": [set],
        "ses:operation": ["SendEmail"],
        "ses:from-domain": [address_of(&message.from).rsplit('@').next().unwrap_or_default()],
    });
    if let Some(tags) = tags.as_object_mut() {
        for (name, value) in &message.tags {
            tags.insert(name.clone(), json!([value]));
        }
    }
    let recipient = address_of(&message.to);
    let at = at.to_string();
    let mut detail = json!({
        "eventType": event_type,
        "mail": {
            "timestamp": message.sent_at.to_string(),
            "source": message.from,
            "sendingAccountId": ACCOUNT,
            "messageId": message.id,
            "destination": [message.to],
            "headersTruncated": false,
            "headers": [],
            "commonHeaders": {
                "from": [message.from],
                "to": [message.to],
                "messageId": message.id,
                "subject": message.subject,
            },
            "tags": tags,
        },
    });
    let (section, body) = match kind {
        MailEventKind::Delivered => (
            "delivery",
            json!({
                "timestamp": at,
                "processingTimeMillis": 500,
                "recipients": [recipient],
                "smtpResponse": "250 2.6.0 Message received",
                "reportingMTA": "local",
            }),
        ),
        MailEventKind::Bounced => (
            "bounce",
            json!({
                "feedbackId": hex_id(),
                "bounceType": "Permanent",
                "bounceSubType": "General",
                "bouncedRecipients": [{
                    "emailAddress": recipient,
                    "action": "failed",
                    "status": "5.1.1",
                    "diagnosticCode": "smtp; 550 5.1.1 user unknown",
                }],
                "timestamp": at,
                "reportingMTA": "dns; local",
            }),
        ),
        MailEventKind::Suppressed => (
            "bounce",
            json!({
                "feedbackId": hex_id(),
                "bounceType": "Permanent",
                "bounceSubType": "OnAccountSuppressionList",
                "bouncedRecipients": [{"emailAddress": recipient}],
                "timestamp": at,
                "reportingMTA": "dns; local",
            }),
        ),
        MailEventKind::Complained => (
            "complaint",
            json!({
                "feedbackId": hex_id(),
                "complaintSubType": null,
                "complainedRecipients": [{"emailAddress": recipient}],
                "timestamp": at,
                "complaintFeedbackType": "abuse",
            }),
        ),
    };
    if let Some(detail) = detail.as_object_mut() {
        detail.insert(section.to_owned(), body);
    }
    json!({
        "version": "0",
        "id": uuid(),
        "detail-type": detail_type,
        "source": "aws.ses",
        "account": ACCOUNT,
        "time": at,
        "region": REGION,
        "resources": [format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{set}")],
        "detail": detail,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    #[test]
    fn addresses_say_what_becomes_of_their_mail() {
        for (to, kind) in [
            ("ana@x.example", MailEventKind::Delivered),
            ("bounce@x.example", MailEventKind::Bounced),
            ("Bounce+1@x.example", MailEventKind::Bounced),
            ("A B <complain.1@x.example>", MailEventKind::Complained),
            ("suppressed@x.example", MailEventKind::Suppressed),
            ("no-bounce@x.example", MailEventKind::Delivered),
        ] {
            assert_eq!(usual(to), kind, "{to}");
        }
    }

    #[test]
    fn an_event_carries_the_mails_tags_and_its_recipient() {
        let message = Message {
            kind: MessageKind::Mail,
            id: "m-1".into(),
            to: "ana@x.example".into(),
            from: "Rollcall <no-reply@rollcall.example>".into(),
            subject: "s".into(),
            text: String::new(),
            html: String::new(),
            links: Vec::new(),
            sent_at: Timestamp::UNIX_EPOCH,
            tags: BTreeMap::from([("invitation".to_owned(), "i1".to_owned())]),
            configuration_set: Some("rollcall-dev".into()),
            events: Vec::new(),
        };
        for (kind, detail_type, section) in [
            (MailEventKind::Delivered, "Email Delivered", "/detail/delivery/recipients/0"),
            (MailEventKind::Bounced, "Email Bounced", "/detail/bounce/bouncedRecipients/0/emailAddress"),
            (MailEventKind::Suppressed, "Email Bounced", "/detail/bounce/bouncedRecipients/0/emailAddress"),
            (
                MailEventKind::Complained,
                "Email Complaint Received",
                "/detail/complaint/complainedRecipients/0/emailAddress",
            ),
        ] {
            let event = event(&message, kind, Timestamp::UNIX_EPOCH);
            assert_eq!(event["detail-type"], detail_type);
            assert_eq!(event.pointer(section), Some(&json!("ana@x.example")), "{kind:?}");
            assert_eq!(event["detail"]["mail"]["tags"]["invitation"], json!(["i1"]));
            assert_eq!(event["detail"]["mail"]["tags"]["ses:configuration-set"], json!(["rollcall-dev"]));
        }
    }
}
