//! AWS End User Messaging SMS on the loopback interface: the one call that Rollcall makes, with the service's own
//! limits and errors. What it takes stands in the outbox beside the mails.

use std::{collections::BTreeMap, sync::Arc};

use axum::{
    Router,
    body::{Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::json;

use crate::{
    access::{AccessControl, Refusal},
    clock::Clock,
    outbox::{Message, MessageKind, Outbox, links},
    policy::Access,
    random::uuid,
};

/// What the service takes in one call.
const LARGEST_BODY: usize = 1024 * 1024;
/// Characters of the longest message: ten parts.
const LONGEST_TEXT: usize = 1600;

/// The text message service.
pub(crate) struct TextMessages {
    pub(crate) access: Arc<AccessControl>,
    pub(crate) clock: Clock,
    pub(crate) outbox: Outbox,
}

/// Answers what is meant for this service; like DynamoDB it is called by `POST /` and told apart by its target.
pub(crate) fn answer_first(service: Arc<TextMessages>, others: Router) -> Router {
    others.layer(from_fn_with_state(service, handle))
}

async fn handle(State(service): State<Arc<TextMessages>>, request: Request, next: Next) -> Response {
    let target = request.headers().get("x-amz-target").and_then(|target| target.to_str().ok());
    let Some(operation) = target.and_then(|target| target.strip_prefix("PinpointSMSVoiceV2.")) else {
        return next.run(request).await;
    };
    let operation = operation.to_owned();
    let (parts, body) = request.into_parts();
    let outcome = match to_bytes(body, LARGEST_BODY).await {
        Ok(body) => service.answer(&operation, &parts.headers, &body),
        Err(_) => Err(Failure::new("ValidationException", "the request is too large")),
    };
    match outcome {
        Ok(id) => respond(StatusCode::OK, json!({ "MessageId": id }).to_string()),
        Err(failure) => failure.into_response(),
    }
}

fn respond(status: StatusCode, body: String) -> Response {
    (status, [(CONTENT_TYPE, "application/x-amz-json-1.0")], body).into_response()
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendTextMessage {
    destination_phone_number: String,
    #[serde(default)]
    origination_identity: Option<String>,
    #[serde(default)]
    message_body: Option<String>,
    #[serde(default)]
    message_type: Option<String>,
}

#[derive(Debug)]
struct Failure {
    kind: &'static str,
    message: String,
}

impl Failure {
    fn new(kind: &'static str, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }

    fn invalid(message: &str) -> Self {
        Self::new("ValidationException", message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut body = json!({"__type": self.kind, "Message": self.message});
        if self.kind == "ValidationException" {
            body["Reason"] = "INVALID_PARAMETER".into();
        }
        respond(StatusCode::BAD_REQUEST, body.to_string())
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownCaller => {
                Self::new("UnrecognizedClientException", "The security token included in the request is invalid.")
            }
            Refusal::Denied(message) => Self::new("AccessDeniedException", message),
        }
    }
}

impl TextMessages {
    fn answer(&self, operation: &str, headers: &HeaderMap, body: &Bytes) -> Result<String, Failure> {
        if operation != "SendTextMessage" {
            return Err(Failure::new("UnknownOperationException", "only SendTextMessage is served here"));
        }
        let request: SendTextMessage =
            serde_json::from_slice(body).map_err(|_| Failure::new("SerializationException", "not understood"))?;
        let from = request.origination_identity.unwrap_or_default();
        self.access.check(headers, &[Access::new("sms-voice:SendTextMessage", from.clone())])?;
        if !is_phone(&request.destination_phone_number) {
            return Err(Failure::invalid("DestinationPhoneNumber is no number in E.164 format"));
        }
        let text = request.message_body.unwrap_or_default();
        if !(1..=LONGEST_TEXT).contains(&text.chars().count()) {
            return Err(Failure::invalid("MessageBody has 1 to 1600 characters"));
        }
        if !matches!(request.message_type.as_deref(), Some("TRANSACTIONAL" | "PROMOTIONAL")) {
            return Err(Failure::invalid("MessageType is TRANSACTIONAL or PROMOTIONAL"));
        }
        let message = Message {
            kind: MessageKind::Text,
            id: uuid(),
            to: request.destination_phone_number,
            from,
            subject: String::new(),
            links: links(&text, ""),
            text,
            html: String::new(),
            sent_at: self.clock.now(),
            tags: BTreeMap::new(),
            configuration_set: None,
            events: Vec::new(),
        };
        self.outbox.add(&message).map_err(|error| {
            tracing::error!(%error, "a text message was not kept");
            Failure::new("InternalServerException", "the outbox cannot be written")
        })?;
        Ok(message.id)
    }
}

fn is_phone(text: &str) -> bool {
    text.strip_prefix('+').is_some_and(|digits| {
        (5..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit()) && !digits.starts_with('0')
    })
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::{outbox::MailFilter, policy::Policy};

    fn service(outbox: Outbox, clock: Clock) -> TextMessages {
        let policy = json!([{"Statement": [
            {"Effect": "Allow", "Action": "sms-voice:SendTextMessage", "Resource": "arn:one"}
        ]}]);
        let policies = BTreeMap::from([("Sender".to_owned(), Policy::parse(&policy).unwrap())]);
        TextMessages { access: Arc::new(AccessControl::new(policies)), clock, outbox }
    }

    #[test]
    fn messages_are_taken_or_refused_as_the_service_would() {
        let dir = tempfile::tempdir().unwrap();
        let outbox = Outbox::open(&dir.path().join("mail.sqlite")).unwrap();
        let service = service(outbox.clone(), Clock::open(dir.path()).unwrap());
        let good = json!({
            "DestinationPhoneNumber": "+4915112345678",
            "OriginationIdentity": "arn:one",
            "MessageBody": "123456 is your code",
            "MessageType": "TRANSACTIONAL",
        });
        let with = |name: &str, value: Value| {
            let mut body = good.clone();
            body[name] = value;
            body
        };
        for (name, caller, body, outcome) in [
            ("good", "Sender", good.clone(), Ok(())),
            ("not a number", "Sender", with("DestinationPhoneNumber", json!("0151")), Err("ValidationException")),
            ("nothing to say", "Sender", with("MessageBody", json!("")), Err("ValidationException")),
            ("too much to say", "Sender", with("MessageBody", json!("x".repeat(1601))), Err("ValidationException")),
            ("of no type", "Sender", with("MessageType", json!("VOICE")), Err("ValidationException")),
            (
                "from another number",
                "Sender",
                with("OriginationIdentity", json!("arn:two")),
                Err("AccessDeniedException"),
            ),
            ("by another function", "Other", good.clone(), Err("UnrecognizedClientException")),
        ] {
            let mut headers = HeaderMap::new();
            let signed = format!("AWS4-HMAC-SHA256 Credential={caller}/20261121/eu-central-1/sms-voice/aws4_request");
            headers.insert("authorization", signed.parse().unwrap());
            let found = service.answer("SendTextMessage", &headers, &Bytes::from(body.to_string()));
            assert_eq!(found.map(|_| ()).map_err(|failure| failure.kind), outcome, "{name}");
        }
        let kept = outbox.list(&MailFilter { to: Some("+4915112345678".into()), limit: None }).unwrap();
        assert_eq!(kept.len(), 1);
        assert_eq!((kept[0].kind, kept[0].text.as_str()), (MessageKind::Text, "123456 is your code"));
        assert!(outbox.without_events().unwrap().is_empty(), "the mail service knows nothing of it");
    }
}
