//! The only crate that names `lambda_http` and `lambda_runtime`: configuration, logging, and running an
//! operation as a function, the same in the cloud and in the dev server.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::Arc,
    time::{Duration, UNIX_EPOCH},
};

pub use aws_config::SdkConfig;
use aws_smithy_http_client::{
    Builder,
    tls::{Provider, rustls_provider::CryptoMode},
};
use bytes::Bytes;
use futures_util::future::BoxFuture;
use jiff::Timestamp;
use lambda_http::{
    Adapter, Body, LambdaEvent, RequestExt, Service,
    request::{LambdaRequest, RequestContext},
};
pub use lambda_runtime::{Context, Error};
use rollcall_http_api::{Answer, Call, Problem, Route, call::Arrival};
use serde_json::Value;
use tower::{ServiceExt, service_fn, util::BoxCloneSyncService};

/// Time left to a worker below which it starts nothing new.
pub const MARGIN: Duration = Duration::from_secs(5);

/// What a function finds around it: the SDK's configuration (endpoints, credentials, clock) and its own
/// environment variables.
#[derive(Debug, Clone)]
pub struct Environment {
    /// The SDK's configuration. Its time source is the function's clock.
    pub sdk: SdkConfig,
    vars: BTreeMap<String, String>,
}

impl Environment {
    /// An environment from its parts, as the dev server makes it.
    #[must_use]
    pub fn new(sdk: SdkConfig, vars: BTreeMap<String, String>) -> Self {
        Self { sdk, vars }
    }

    /// The environment of this process, as Lambda makes it. TLS by ring.
    pub async fn of_process() -> Self {
        let http = Builder::new().tls_provider(Provider::Rustls(CryptoMode::Ring)).build_https();
        let sdk = aws_config::defaults(aws_config::BehaviorVersion::latest()).http_client(http).load().await;
        Self { sdk, vars: std::env::vars().collect() }
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
        self.0.clone().oneshot(LambdaEvent { payload, context }).await
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
    let clock = environment.clock();
    let service = service_fn(move |request: lambda_http::Request| {
        let (handler, now) = (Arc::clone(&handler), clock.now());
        async move { Ok::<_, Error>(answer(route, request, now, handler).await) }
    });
    Ok(Function(BoxCloneSyncService::new(service_fn(move |event: LambdaEvent<Value>| {
        let mut adapter = Adapter::from(service.clone());
        async move {
            let request: LambdaRequest = serde_json::from_value(event.payload)?;
            let response = adapter.call(LambdaEvent { payload: request, context: event.context }).await?;
            Ok(serde_json::to_value(response)?)
        }
    }))))
}

async fn answer(
    route: &'static Route,
    request: lambda_http::Request,
    now: Timestamp,
    handler: Handler,
) -> http::Response<Body> {
    let arrival = arrival(&request, now);
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
    // Text where it is text, so that the gateway needs no list of binary types.
    reply.into_response().map(|body| match String::from_utf8(body.to_vec()) {
        Ok(text) => Body::Text(keep_mark(text)),
        Err(error) => Body::Binary(error.into_bytes()),
    })
}

/// A text that begins with a byte order mark, which `lambda_http` takes off as it decodes the body by its charset,
/// begins with two: one arrives.
fn keep_mark(text: String) -> String {
    if text.starts_with('\u{feff}') { format!("\u{feff}{text}") } else { text }
}

fn arrival(request: &lambda_http::Request, now: Timestamp) -> Arrival {
    match request.request_context_ref() {
        Some(RequestContext::ApiGatewayV1(context)) => Arrival {
            source: context.identity.source_ip.clone(),
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
            let invocation = Invocation {
                event: event.payload,
                request_id: event.context.request_id,
                clock,
                started: tokio::time::Instant::now(),
                budget: left.saturating_sub(MARGIN).min(longest),
            };
            work(invocation).await
        }
    })))
}

/// Runs a function under the Lambda runtime until it is stopped: the whole `main` of every operation.
///
/// # Errors
/// When the environment is incomplete or the runtime API is gone.
pub fn run(service: fn(&Environment) -> Result<Function, Error>) -> Result<(), Error> {
    init_logging();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(async {
        let function = Arc::new(service(&Environment::of_process().await)?);
        lambda_runtime::run(lambda_runtime::service_fn(move |event: LambdaEvent<Value>| {
            let function = Arc::clone(&function);
            async move { function.call(event.payload, event.context).await }
        }))
        .await
    })
}

fn init_logging() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("ROLLCALL_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info"));
    // A second call in one process keeps the first subscriber.
    let _ = tracing_subscriber::fmt().json().with_env_filter(filter).with_current_span(false).without_time().try_init();
}
