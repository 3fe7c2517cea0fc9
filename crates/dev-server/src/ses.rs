//! SES v2 on the loopback interface: the calls that Rollcall makes, with the service's own limits and errors.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use axum::{
    Json, Router,
    body::Bytes,
    extract::{DefaultBodyLimit, State},
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use serde::Deserialize;
use serde_json::json;
use tokio::sync::mpsc::UnboundedSender;

use crate::{
    access::{AccessControl, Refusal},
    clock::Clock,
    outbox::{Message, MessageKind, Outbox, links},
    policy::Access,
    random::hex_id,
    template::{ACCOUNT, MailSpec, REGION},
};

/// The service's own limit on a message.
const LARGEST_MESSAGE: usize = 40 * 1024 * 1024;

/// The mail service.
pub(crate) struct Ses {
    pub(crate) access: Arc<AccessControl>,
    pub(crate) clock: Clock,
    pub(crate) outbox: Outbox,
    pub(crate) spec: MailSpec,
    /// The verified identity: a domain or an address.
    pub(crate) identity: String,
    pub(crate) rate: SendRate,
    pub(crate) account: MailAccount,
    /// Ids of the mails that were taken, for whoever plays their events.
    pub(crate) taken: UnboundedSender<String>,
}

/// What the account may send at present, as the service would decide it. Clones share it.
#[derive(Debug, Clone, Default)]
pub struct MailAccount {
    state: Arc<Mutex<AccountState>>,
}

#[derive(Debug, Default)]
struct AccountState {
    /// In the sandbox: who mail may be sent to.
    verified: Option<BTreeSet<String>>,
    /// What every sending is answered with.
    refusal: Option<(u16, &'static str, String)>,
}

impl MailAccount {
    /// In the sandbox: mail goes to these addresses only.
    pub fn sandbox(&self, verified: &[&str]) {
        self.lock().verified = Some(verified.iter().map(|address| (*address).to_owned()).collect());
    }

    /// Out of the sandbox.
    pub fn production(&self) {
        self.lock().verified = None;
    }

    /// From now on every sending is answered by this error (status, type, message), until [`Self::takes`].
    pub fn refuses(&self, status: u16, kind: &'static str, message: &str) {
        self.lock().refusal = Some((status, kind, message.to_owned()));
    }

    /// Sendings are answered as usual.
    pub fn takes(&self) {
        self.lock().refusal = None;
    }

    fn lock(&self) -> MutexGuard<'_, AccountState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn is_in_production(&self) -> bool {
        self.lock().verified.is_none()
    }

    fn check(&self, recipients: &[String]) -> Result<(), Failure> {
        let state = self.lock();
        if let Some((status, kind, message)) = &state.refusal {
            let status = StatusCode::from_u16(*status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            return Err(Failure::new(status, kind, message.clone()));
        }
        let strangers: Vec<&str> = match &state.verified {
            None => Vec::new(),
            Some(verified) => {
                recipients.iter().map(|to| address_of(to)).filter(|address| !verified.contains(*address)).collect()
            }
        };
        if strangers.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            StatusCode::BAD_REQUEST,
            "MessageRejected",
            format!(
                "Email address is not verified. The following identities failed the check in region {}: {}",
                REGION.to_uppercase(),
                strangers.join(", ")
            ),
        ))
    }
}

/// So many mails a second, with a burst of one second's worth.
pub(crate) struct SendRate {
    per_second: f64,
    state: Mutex<(f64, Instant)>,
}

impl SendRate {
    pub(crate) fn new(per_second: u32) -> Self {
        let per_second = f64::from(per_second.max(1));
        Self { per_second, state: Mutex::new((per_second, Instant::now())) }
    }

    fn take(&self, now: Instant) -> bool {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let (left, at) = *state;
        let left = (left + now.saturating_duration_since(at).as_secs_f64() * self.per_second).min(self.per_second);
        let allowed = left >= 1.0;
        *state = (if allowed { left - 1.0 } else { left }, now);
        allowed
    }
}

pub(crate) fn router(service: Arc<Ses>) -> Router {
    Router::new()
        .route("/v2/email/outbound-emails", post(send))
        .route("/v2/email/account", get(account))
        .layer(DefaultBodyLimit::max(LARGEST_MESSAGE))
        .with_state(service)
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct SendEmail {
    from_email_address: Option<String>,
    #[serde(default)]
    destination: Destination,
    content: Content,
    #[serde(default)]
    email_tags: Vec<Tag>,
    configuration_set_name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "PascalCase", default)]
struct Destination {
    to_addresses: Vec<String>,
    cc_addresses: Vec<String>,
    bcc_addresses: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Content {
    simple: Option<Simple>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Simple {
    subject: Text,
    body: Body,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    text: Option<Text>,
    html: Option<Text>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Text {
    data: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Tag {
    name: String,
    value: String,
}

struct Failure {
    status: StatusCode,
    kind: &'static str,
    message: String,
}

impl Failure {
    fn new(status: StatusCode, kind: &'static str, message: impl Into<String>) -> Self {
        Self { status, kind, message: message.into() }
    }

    fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "BadRequestException", message)
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(json!({ "message": self.message }))).into_response();
        response.headers_mut().insert(HeaderName::from_static("x-amzn-errortype"), HeaderValue::from_static(self.kind));
        response
    }
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::UnknownCaller => Self::new(
                StatusCode::FORBIDDEN,
                "UnrecognizedClientException",
                "The security token included in the request is invalid.",
            ),
            Refusal::Denied(message) => Self::new(StatusCode::FORBIDDEN, "AccessDeniedException", message),
        }
    }
}

async fn account(State(service): State<Arc<Ses>>, headers: HeaderMap) -> Result<Response, Failure> {
    service.access.check(&headers, &[Access::new("ses:GetAccount", "*")])?;
    Ok(Json(json!({
        "DedicatedIpAutoWarmupEnabled": false,
        "EnforcementStatus": "HEALTHY",
        "ProductionAccessEnabled": service.account.is_in_production(),
        "SendQuota": {"Max24HourSend": 1_000_000.0, "MaxSendRate": service.rate.per_second, "SentLast24Hours": 0.0},
        "SendingEnabled": true,
    }))
    .into_response())
}

async fn send(State(service): State<Arc<Ses>>, headers: HeaderMap, body: Bytes) -> Result<Response, Failure> {
    let request: SendEmail =
        serde_json::from_slice(&body).map_err(|_| Failure::bad_request("the request is not understood"))?;
    service.send(&headers, request).map(|id| Json(json!({ "MessageId": id })).into_response())
}

impl Ses {
    fn send(&self, headers: &HeaderMap, request: SendEmail) -> Result<String, Failure> {
        let from = request.from_email_address.ok_or_else(|| Failure::bad_request("FromEmailAddress is missing"))?;
        let set = request.configuration_set_name;
        self.authorize(headers, &from, set.as_deref())?;
        let Some(simple) = request.content.simple else {
            return Err(Failure::bad_request("only simple content is served here"));
        };
        let destination = request.destination;
        let mut recipients = [destination.to_addresses, destination.cc_addresses, destination.bcc_addresses].concat();
        if recipients.is_empty() || recipients.len() > 50 {
            return Err(Failure::bad_request("a message has 1 to 50 recipients"));
        }
        if recipients.iter().any(|recipient| !is_address(recipient)) {
            return Err(Failure::bad_request("Invalid email address"));
        }
        if simple.subject.data.contains(['\r', '\n']) {
            return Err(Failure::bad_request("the subject holds a line break"));
        }
        if let Some(set) = &set
            && !self.spec.configuration_sets.contains_key(set)
        {
            return Err(Failure::new(
                StatusCode::NOT_FOUND,
                "NotFoundException",
                format!("Configuration set <{set}> does not exist."),
            ));
        }
        let mut tags = BTreeMap::new();
        for tag in request.email_tags {
            if ![&tag.name, &tag.value].into_iter().all(|part| is_tag(part)) {
                return Err(Failure::bad_request("a tag's name and value hold 1 to 256 of A-Z a-z 0-9 _ and -"));
            }
            tags.insert(tag.name, tag.value);
        }
        self.account.check(&recipients)?;
        if !self.rate.take(Instant::now()) {
            return Err(Failure::new(
                StatusCode::TOO_MANY_REQUESTS,
                "TooManyRequestsException",
                "Maximum sending rate exceeded.",
            ));
        }
        let text = simple.body.text.map(|text| text.data).unwrap_or_default();
        let html = simple.body.html.map(|html| html.data).unwrap_or_default();
        let message = Message {
            kind: MessageKind::Mail,
            id: format!("{}-000000", hex_id()),
            to: recipients.swap_remove(0),
            from,
            subject: simple.subject.data,
            links: links(&text, &html),
            text,
            html,
            sent_at: self.clock.now(),
            tags,
            configuration_set: set,
            events: Vec::new(),
        };
        self.outbox.add(&message).map_err(|error| {
            tracing::error!(%error, "a mail could not be kept");
            Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "InternalFailure", "not kept")
        })?;
        // Nobody listens any more only while the server stops; the events are played at the next start.
        let _ = self.taken.send(message.id.clone());
        Ok(message.id)
    }

    fn authorize(&self, headers: &HeaderMap, from: &str, set: Option<&str>) -> Result<(), Failure> {
        let address = address_of(from);
        let domain = address.rsplit('@').next().unwrap_or_default();
        let identity = &self.identity;
        let verified = identity.eq_ignore_ascii_case(address)
            || identity.eq_ignore_ascii_case(domain)
            || domain.to_lowercase().ends_with(&format!(".{}", identity.to_lowercase()));
        if !verified {
            return Err(Failure::new(
                StatusCode::BAD_REQUEST,
                "MessageRejected",
                "Email address is not verified: the sender does not belong to the identity",
            ));
        }
        let access = |resource: String| Access {
            from_address: Some(address.to_owned()),
            ..Access::new("ses:SendEmail", resource)
        };
        let mut accesses = vec![access(format!("arn:aws:ses:{REGION}:{ACCOUNT}:identity/{identity}"))];
        if let Some(set) = set {
            accesses.push(access(format!("arn:aws:ses:{REGION}:{ACCOUNT}:configuration-set/{set}")));
        }
        Ok(self.access.check(headers, &accesses)?)
    }
}

/// The address in `Name <address>`.
pub(crate) fn address_of(header: &str) -> &str {
    match (header.rfind('<'), header.rfind('>')) {
        (Some(start), Some(end)) if start < end => &header[start + 1..end],
        _ => header.trim(),
    }
}

fn is_address(text: &str) -> bool {
    let address = address_of(text);
    !text.chars().any(char::is_control)
        && !address.contains(char::is_whitespace)
        && address.rsplit_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
}

fn is_tag(part: &str) -> bool {
    (1..=256).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-')
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_rate_allows_a_second_in_advance_and_no_more() {
        let rate = SendRate::new(10);
        let start = Instant::now();
        let taken = (0..50).filter(|_| rate.take(start)).count();
        assert_eq!(taken, 10);
        let later = start + Duration::from_millis(500);
        assert_eq!((0..50).filter(|_| rate.take(later)).count(), 5);
    }

    #[test]
    fn addresses_and_tags() {
        for (name, text, ok) in [
            ("plain", "a@b.example", true),
            ("with a name", "A B <a@b.example>", true),
            ("no domain", "a@", false),
            ("a line break", "a@b.example\r\nBcc: c@d.example", false),
            ("nothing", "", false),
        ] {
            assert_eq!(is_address(text), ok, "{name}");
        }
        for (text, ok) in [("invitation_1-a", true), ("", false), ("a:b", false), ("ä", false)] {
            assert_eq!(is_tag(text), ok, "{text}");
        }
    }
}
