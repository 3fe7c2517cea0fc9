//! The only crate that names `lambda_http` and `lambda_runtime`: configuration, logging, and running an
//! operation as a function, the same in the cloud and in the dev server.

mod aws;
mod https;
mod metrics;
mod tls;
mod traces;

use std::{
    collections::BTreeMap,
    future::Future,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

pub use aws_types::SdkConfig;
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use lambda_http::{
    Body, LambdaEvent, RequestExt,
    request::{LambdaRequest, RequestContext},
};
pub use lambda_runtime::{Context, Error};
pub use metrics::Metrics;
use rollcall_accounts::correlation::Correlation;
use rollcall_http_api::{Answer, Call, Problem, Route, call::Arrival};
use serde_json::{Value, json};
use subtle::ConstantTimeEq as _;
use tower::{ServiceExt, service_fn, util::BoxCloneSyncService};
use tracing::Instrument as _;
use tracing_subscriber::{
    filter::{LevelFilter, Targets},
    layer::SubscriberExt as _,
    util::SubscriberInitExt as _,
};

/// Time left to a worker below which it starts nothing new.
pub const MARGIN: Duration = Duration::from_secs(5);

/// What a function finds around it: the SDK's configuration (endpoints, credentials, clock) and its own
/// environment variables.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The SDK's configuration. Its time source is the function's clock.
    pub sdk: SdkConfig,
    vars: BTreeMap<String, String>,
    counts: bool,
}

impl Environment {
    /// An environment from its parts, as the dev server makes it.
    #[must_use]
    pub fn new(sdk: SdkConfig, vars: BTreeMap<String, String>) -> Self {
        Self { sdk, vars, counts: false }
    }

    /// The environment of this process, as Lambda makes it: credentials, region and endpoints by the standard
    /// variables. TLS by ring; trusted are Amazon's roots, or those in the file that `AWS_CA_BUNDLE` names.
    ///
    /// # Errors
    /// When that file cannot be read or holds something else, or there are no credentials.
    pub fn of_process() -> Result<Self, Error> {
        let vars: BTreeMap<String, String> = std::env::vars().collect();
        Ok(Self { sdk: aws::configuration(&vars)?, vars, counts: true })
    }

    /// The environment of someone who works at a terminal: credentials from wherever the SDK finds them.
    ///
    /// # Errors
    /// When the file that `AWS_CA_BUNDLE` names cannot be read or holds something else.
    #[cfg(feature = "operator")]
    pub async fn of_operator() -> Result<Self, Error> {
        let vars: BTreeMap<String, String> = std::env::vars().collect();
        let sdk = aws_config::defaults(aws_config::BehaviorVersion::latest()).http_client(aws::https(&vars)?);
        Ok(Self { sdk: sdk.load().await, vars, counts: true })
    }

    /// A variable that the template must give.
    ///
    /// # Errors
    /// When it is missing, which stops the function at start.
    pub fn var(&self, name: &str) -> Result<&str, Error> {
        self.vars
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| format!("the environment variable {name} is not set").into())
    }

    /// The clock.
    #[must_use]
    pub fn clock(&self) -> Clock {
        Clock(self.sdk.time_source())
    }

    /// What counts things, for the stage that the template names. Only a process of its own has a log to count in.
    #[must_use]
    pub fn metrics(&self) -> Metrics {
        let stage = self.vars.get("ROLLCALL_STAGE").filter(|_| self.counts);
        Metrics::new(stage.map(String::as_str), self.clock())
    }
}

/// The function's clock: the SDK's time source, which the dev server can move.
#[derive(Debug, Clone)]
pub struct Clock(Option<aws_smithy_async::time::SharedTimeSource>);

impl Clock {
    /// The moment, to the millisecond.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        let source = self.0.clone().unwrap_or_default();
        let since = source.now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis())
            .ok()
            .and_then(|ms| Timestamp::from_millisecond(ms).ok())
            .unwrap_or(Timestamp::MAX)
    }
}

/// An operation as a function: an event in, an answer out. Cheap to clone, callable concurrently.
#[derive(Clone)]
pub struct Function(BoxCloneSyncService<LambdaEvent<Value>, Value, Error>);

impl std::fmt::Debug for Function {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Function")
    }
}

impl Function {
    /// Calls the function once, as Lambda would.
    ///
    /// # Errors
    /// Those of the function; Lambda would count the invocation as failed.
    pub async fn call(&self, payload: Value, context: Context) -> Result<Value, Error> {
        let header = context.xray_trace_id.clone();
        traces::within(header.as_deref(), self.0.clone().oneshot(LambdaEvent { payload, context })).await
    }
}

/// An operation, its future boxed: what is below is then compiled once, here, and not in every function.
type Handler = Arc<dyn Fn(Call) -> BoxFuture<'static, Answer> + Send + Sync>;

/// The function of an HTTP operation behind an API Gateway REST proxy integration.
///
/// # Errors
/// When `operation` is not in the route table.
pub fn http<H, F>(environment: &Environment, operation: &'static str, handler: H) -> Result<Function, Error>
where
    H: Fn(Call) -> F + Send + Sync + 'static,
    F: Future<Output = Answer> + Send + 'static,
{
    http_function(environment, operation, Arc::new(move |call| Box::pin(handler(call))))
}

fn http_function(environment: &Environment, operation: &'static str, handler: Handler) -> Result<Function, Error> {
    let route = Route::of(operation).ok_or_else(|| format!("{operation} has no route"))?;
    let (clock, metrics) = (environment.clock(), environment.metrics());
    let edge: Option<Arc<str>> = environment.vars.get("ROLLCALL_EDGE_KEY").map(|key| key.as_str().into());
    let service = move |request: lambda_http::Request| {
        let (handler, metrics, arrival) =
            (Arc::clone(&handler), metrics.clone(), arrival(&request, clock.now(), edge.as_deref()));
        let correlation = Correlation::parse(&arrival.request_id);
        let span = tracing::error_span!("request", correlation = correlation.as_ref().map(Correlation::as_str));
        async move {
            let work = answer(route, request, arrival, handler);
            let response = Correlation::within(correlation, work.instrument(span)).await;
            if let Some(what) = metrics::of_answer(route.operation, &response) {
                metrics.count(&[(what, 1)]);
            }
            response
        }
    };
    Ok(Function(BoxCloneSyncService::new(service_fn(move |event: LambdaEvent<Value>| {
        let service = service.clone();
        async move {
            let request = serde_json::from_value::<LambdaRequest>(event.payload)?;
            Ok(proxied(service(request.into()).await))
        }
    }))))
}

async fn answer(
    route: &'static Route,
    request: lambda_http::Request,
    arrival: Arrival,
    handler: Handler,
) -> http::Response<Bytes> {
    let request_id = arrival.request_id.clone();
    let path = request.raw_http_path().to_owned();
    let (mut parts, body) = request.into_parts();
    // uri() holds the stage; the raw path is what the caller asked for.
    let path_and_query = match parts.uri.query() {
        Some(query) => format!("{path}?{query}"),
        None => path,
    };
    if let Ok(uri) = path_and_query.parse() {
        parts.uri = uri;
    }
    let bytes = match body {
        Body::Text(text) => Bytes::from(text),
        Body::Binary(bytes) => Bytes::from(bytes),
        _ => Bytes::new(),
    };
    let outcome = match Call::new(route, http::Request::from_parts(parts, bytes), arrival) {
        Ok(call) => handler(call).await,
        Err(error) => Err(Problem::from(error)),
    };
    let reply = outcome.unwrap_or_else(|problem| problem.into_reply(route.operation, &request_id));
    tracing::info!(
        operation = route.operation,
        route = route.path,
        status = reply.status().as_u16(),
        request_id,
        "answered"
    );
    reply.into_response()
}

/// A response as API Gateway's proxy integration takes it. (Not by `lambda_http`, which would decode texts by their
/// charset, with the tables of every charset there is, and take a byte order mark off.)
fn proxied(response: http::Response<Bytes>) -> Value {
    let (parts, body) = response.into_parts();
    let headers = parts.headers.keys().map(|name| {
        let values = parts.headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
        (name.as_str().to_owned(), values.collect::<Vec<_>>().into())
    });
    // Text where it is text, so that the gateway needs no list of binary types.
    let (body, encoded) = match String::from_utf8(body.into()) {
        Ok(text) => (text, false),
        Err(error) => (BASE64.encode(error.as_bytes()), true),
    };
    json!({
        "statusCode": parts.status.as_u16(),
        "multiValueHeaders": headers.collect::<serde_json::Map<_, _>>(),
        "body": body,
        "isBase64Encoded": encoded,
    })
}

/// The header by which the content delivery network shows that a request came through it.
const EDGE_HEADER: &str = "x-rollcall-edge";

/// Who asks, from where. Through the content delivery network (which shows the key that only it and the functions
/// have) the gateway sees that network's address; the caller's stands before it, put there by the network itself.
fn arrival(request: &lambda_http::Request, now: Timestamp, edge: Option<&str>) -> Arrival {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let through_edge = matches!((edge, header(EDGE_HEADER)), (Some(key), Some(shown))
        if !key.is_empty() && bool::from(key.as_bytes().ct_eq(shown.as_bytes())));
    let forwarded = || header("x-forwarded-for")?.rsplit(',').nth(1).map(|address| address.trim().to_owned());
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV1(context)) => Arrival {
            source: through_edge.then(forwarded).flatten().or_else(|| context.identity.source_ip.clone()),
            request_id: context.request_id.clone().unwrap_or_default(),
            now,
        },
        _ => Arrival { source: None, request_id: String::new(), now },
    }
}

/// One invocation of a worker: when it runs and how long it may.
#[derive(Debug, Clone)]
pub struct Invocation {
    /// The event.
    pub event: Value,
    /// The invocation's identifier.
    pub request_id: String,
    clock: Clock,
    started: tokio::time::Instant,
    budget: Duration,
}

impl Invocation {
    /// The moment by the function's clock.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// The function's clock.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Real time left before the function is stopped, less [`MARGIN`].
    #[must_use]
    pub fn time_left(&self) -> Duration {
        self.budget.saturating_sub(self.started.elapsed())
    }
}

/// A worker, its future boxed as a [`Handler`]'s is.
type Work = Arc<dyn Fn(Invocation) -> BoxFuture<'static, Result<Value, Error>> + Send + Sync>;

/// The function of a worker: off the stream, a schedule or the mail service. `longest` bounds one slice of
/// work whatever the function's timeout.
pub fn worker<H, F>(environment: &Environment, longest: Duration, handler: H) -> Function
where
    H: Fn(Invocation) -> F + Send + Sync + 'static,
    F: Future<Output = Result<Value, Error>> + Send + 'static,
{
    worker_function(environment, longest, Arc::new(move |invocation| Box::pin(handler(invocation))))
}

fn worker_function(environment: &Environment, longest: Duration, work: Work) -> Function {
    let clock = environment.clock();
    Function(BoxCloneSyncService::new(service_fn(move |event: LambdaEvent<Value>| {
        let (work, clock) = (Arc::clone(&work), clock.clone());
        async move {
            let real_deadline = UNIX_EPOCH + Duration::from_millis(event.context.deadline);
            let now = aws_smithy_async::time::SharedTimeSource::default().now();
            // Without a deadline (a test's or the dev server's call) the slice's own length is the bound.
            let left = if event.context.deadline == 0 {
                longest + MARGIN
            } else {
                real_deadline.duration_since(now).unwrap_or_default()
            };
            let correlation = correlation(&event.payload).or_else(|| Correlation::parse(&event.context.request_id));
            let span = tracing::error_span!("work", correlation = correlation.as_ref().map(Correlation::as_str));
            let invocation = Invocation {
                event: event.payload,
                request_id: event.context.request_id,
                clock,
                started: tokio::time::Instant::now(),
                budget: left.saturating_sub(MARGIN).min(longest),
            };
            Correlation::within(correlation, work(invocation).instrument(span)).await
        }
    })))
}

/// The request that an event goes back to: by the one item of a stream's event, or by the mail that the mail service
/// reports of. An event of several items has none; each of them is worked off under its own.
fn correlation(event: &Value) -> Option<Correlation> {
    let records = event["Records"].as_array().map(Vec::as_slice).unwrap_or_default();
    let carried = match records {
        [record] => &record["dynamodb"]["NewImage"]["correlation"]["S"],
        _ => &event["detail"]["mail"]["tags"]["correlation"][0],
    };
    Correlation::parse(carried.as_str()?)
}

/// Runs a function under the Lambda runtime until it is stopped: the whole `main` of every operation.
///
/// # Errors
/// When the environment is incomplete or the runtime API is gone.
pub fn run(service: fn(&Environment) -> Result<Function, Error>) -> Result<(), Error> {
    init_logging();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let function = Arc::new(service(&Environment::of_process()?)?);
        lambda_runtime::run(lambda_runtime::service_fn(move |event: LambdaEvent<Value>| {
            let function = Arc::clone(&function);
            async move { function.call(event.payload, event.context).await }
        }))
        .await
    })
}

/// Levels, one for all or by module (`info,rollcall_mail=debug`). No patterns: what matches them would be a tenth of
/// every function.
fn init_logging() {
    let levels = std::env::var("ROLLCALL_LOG").ok().and_then(|levels| levels.parse().ok());
    let levels = levels.unwrap_or_else(|| Targets::new().with_default(LevelFilter::INFO));
    let format = tracing_subscriber::fmt::layer().json().with_span_list(false).without_time();
    // A second call in one process keeps the first subscriber.
    let _ = tracing_subscriber::registry().with(format).with(levels).try_init();
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(headers: &[(&str, &str)], key: Option<&str>) -> Option<String> {
        let mut request = http::Request::new(Body::Empty);
        for (name, value) in headers {
            let name: http::HeaderName = name.parse().unwrap_or(http::header::FROM);
            request
                .headers_mut()
                .insert(name, http::HeaderValue::from_str(value).unwrap_or(http::HeaderValue::from_static("")));
        }
        let mut context = lambda_http::aws_lambda_events::apigw::ApiGatewayProxyRequestContext::default();
        context.identity.source_ip = Some("198.51.100.7".to_owned());
        let request = request.with_request_context(RequestContext::ApiGatewayV1(context));
        arrival(&request, Timestamp::UNIX_EPOCH, key).source
    }

    #[test]
    fn the_callers_address_is_the_networks_word_only_where_the_network_shows_its_key() {
        let through = ("x-forwarded-for", "203.0.113.9, 198.51.100.7");
        let forged = ("x-forwarded-for", "192.0.2.1, 203.0.113.9, 198.51.100.7");
        for (name, headers, key, expected) in [
            ("through the network", vec![through, ("x-rollcall-edge", "key")], Some("key"), "203.0.113.9"),
            (
                "what the caller put before it does not count",
                vec![forged, ("x-rollcall-edge", "key")],
                Some("key"),
                "203.0.113.9",
            ),
            ("with another key", vec![through, ("x-rollcall-edge", "kez")], Some("key"), "198.51.100.7"),
            ("without a key", vec![through], Some("key"), "198.51.100.7"),
            ("where there is no network", vec![through, ("x-rollcall-edge", "")], Some(""), "198.51.100.7"),
            ("nor a variable", vec![through, ("x-rollcall-edge", "key")], None, "198.51.100.7"),
            ("and the header is missing", vec![("x-rollcall-edge", "key")], Some("key"), "198.51.100.7"),
        ] {
            assert_eq!(source(&headers, key).as_deref(), Some(expected), "{name}");
        }
    }

    #[test]
    fn responses_are_told_to_the_gateway_byte_for_byte() {
        for (name, body, told, encoded) in [
            ("text", b"{}".as_slice(), "{}", false),
            ("a byte order mark", b"\xef\xbb\xbfa".as_slice(), "\u{feff}a", false),
            ("nothing", b"".as_slice(), "", false),
            ("what is no text", b"PK\xff".as_slice(), "UEv/", true),
        ] {
            let mut response = http::Response::new(Bytes::copy_from_slice(body));
            for cookie in ["a=1", "b=2"] {
                response.headers_mut().append("set-cookie", http::HeaderValue::from_static(cookie));
            }
            let headers = json!({"set-cookie": ["a=1", "b=2"]});
            let expected =
                json!({"statusCode": 200, "multiValueHeaders": headers, "body": told, "isBase64Encoded": encoded});
            assert_eq!(proxied(response), expected, "{name}");
        }
    }

    #[test]
    fn events_say_which_request_they_go_back_to() {
        let record = |id: &str| json!({"dynamodb": {"NewImage": {"correlation": {"S": id}}}});
        for (name, event, expected) in [
            ("one item", json!({"Records": [record("r-1")]}), Some("r-1")),
            ("several items", json!({"Records": [record("r-1"), record("r-2")]}), None),
            ("a mail", json!({"detail": {"mail": {"tags": {"correlation": ["r-3"]}}}}), Some("r-3")),
            ("a schedule", json!({}), None),
            ("what is none", json!({"Records": [record("ana@example.org")]}), None),
        ] {
            assert_eq!(correlation(&event).as_ref().map(Correlation::as_str), expected, "{name}");
        }
    }
}
