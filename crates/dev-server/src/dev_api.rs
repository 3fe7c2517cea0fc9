//! What only the dev server has: the outbox, the clock, mail events, the first account's code, a sample sheet.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::{Query, State, rejection::JsonRejection},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::{get, post},
};
use futures_core::Stream;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::{
    bootstrap::Account,
    clock::{Clock, ClockError},
    mail_events::MailEvents,
    outbox::{MailEventKind, MailFilter, Outbox, OutboxError},
    schedules::Schedules,
};

/// What a person can paste on the first screen: good rows, rows with every kind of small damage, and two to fix.
const SAMPLE: &str = include_str!("sample.tsv");

pub(crate) struct DevApi {
    pub(crate) outbox: Outbox,
    pub(crate) clock: Clock,
    pub(crate) schedules: Schedules,
    pub(crate) mail_events: MailEvents,
    pub(crate) account: Account,
}

pub(crate) fn router(api: Arc<DevApi>) -> Router {
    Router::new()
        .route("/dev/outbox", get(outbox))
        .route("/dev/clock", get(clock).post(advance))
        .route("/dev/mail-events", post(mail_event))
        .route("/dev/account", get(account))
        .route("/dev/sample", get(sample))
        .with_state(api)
}

struct Problem {
    status: StatusCode,
    code: &'static str,
    detail: String,
}

impl Problem {
    fn new(status: StatusCode, code: &'static str, detail: impl ToString) -> Self {
        Self { status, code, detail: detail.to_string() }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let body = json!({
            "type": format!("urn:rollcall:problem:{}", self.code),
            "title": self.status.canonical_reason().unwrap_or_default(),
            "status": self.status.as_u16(),
            "code": self.code,
            "detail": self.detail,
        });
        let kind = [(header::CONTENT_TYPE, "application/problem+json")];
        (self.status, kind, body.to_string()).into_response()
    }
}

impl From<OutboxError> for Problem {
    fn from(error: OutboxError) -> Self {
        tracing::error!(error = ?error, "the outbox failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", error)
    }
}

impl From<ClockError> for Problem {
    fn from(error: ClockError) -> Self {
        let status = match error {
            ClockError::NotKept(_) => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        Self::new(status, error.code(), error)
    }
}

impl From<JsonRejection> for Problem {
    fn from(_: JsonRejection) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "body_not_json", "the body must be JSON, with content-type application/json")
    }
}

/// The list as a stream of bytes: a hundred thousand mails are never in memory at once.
struct Listing {
    outbox: Outbox,
    filter: MailFilter,
    after: i64,
    state: ListingState,
}

#[derive(PartialEq)]
enum ListingState {
    Start,
    Middle,
    End,
}

impl Stream for Listing {
    type Item = Result<Bytes, OutboxError>;

    fn poll_next(mut self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.state == ListingState::End {
            return Poll::Ready(None);
        }
        let page = match self.outbox.page(&self.filter, self.after) {
            Ok(page) => page,
            Err(error) => {
                self.state = ListingState::End;
                return Poll::Ready(Some(Err(error)));
            }
        };
        let mut text = String::new();
        for (position, message) in &page {
            text.push(if self.state == ListingState::Start { '[' } else { ',' });
            self.state = ListingState::Middle;
            self.after = *position;
            text.push_str(&serde_json::to_string(message).unwrap_or_default());
        }
        if page.is_empty() {
            text.push_str(if self.state == ListingState::Start { "[]" } else { "]" });
            self.state = ListingState::End;
        }
        Poll::Ready(Some(Ok(Bytes::from(text))))
    }
}

async fn outbox(State(api): State<Arc<DevApi>>, Query(filter): Query<MailFilter>) -> Result<Response, Problem> {
    if filter.limit.is_some() {
        return Ok(Json(api.outbox.list(&filter)?).into_response());
    }
    let listing = Listing { outbox: api.outbox.clone(), filter, after: 0, state: ListingState::Start };
    let kind = [(header::CONTENT_TYPE, "application/json")];
    Ok((kind, Body::from_stream(listing)).into_response())
}

async fn clock(State(api): State<Arc<DevApi>>) -> Json<Value> {
    Json(json!({ "now": api.clock.now().to_string() }))
}

#[derive(Deserialize)]
struct Advance {
    advance: String,
}

async fn advance(
    State(api): State<Arc<DevApi>>,
    body: Result<Json<Advance>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(request) = body?;
    let by = Clock::duration(&request.advance)?;
    api.clock.advance(by)?;
    api.schedules.run_due().await;
    Ok(clock(State(api)).await)
}

#[derive(Deserialize)]
struct PlayEvent {
    id: String,
    #[serde(rename = "type")]
    kind: String,
}

async fn mail_event(
    State(api): State<Arc<DevApi>>,
    body: Result<Json<PlayEvent>, JsonRejection>,
) -> Result<Json<Value>, Problem> {
    let Json(request) = body?;
    let kind: MailEventKind = serde_json::from_value(Value::String(request.kind)).map_err(|_| {
        Problem::new(
            StatusCode::BAD_REQUEST,
            "type_not_valid",
            "the type is delivered, bounced, complained or suppressed",
        )
    })?;
    if !api.mail_events.play(&request.id, kind).await? {
        return Err(Problem::new(StatusCode::NOT_FOUND, "mail_not_found", "there is no such mail in the outbox"));
    }
    Ok(Json(json!({ "id": request.id, "type": kind })))
}

async fn account(State(api): State<Arc<DevApi>>) -> Result<Json<Value>, Problem> {
    let now = api.clock.now();
    let code = api.account.totp_code(now).ok_or_else(|| {
        Problem::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "the account's secret is not readable")
    })?;
    Ok(Json(json!({
        "email": api.account.email,
        "totp_code": code,
        "valid_for_seconds": 30 - now.as_second().rem_euclid(30),
        "now": now.to_string(),
    })))
}

async fn sample() -> Response {
    let kind = [(header::CONTENT_TYPE, "text/tab-separated-values; charset=utf-8")];
    (kind, SAMPLE).into_response()
}
