//! The whole system on localhost, nothing to install: the deployed functions, unchanged, against wire-compatible
//! local services inside one process.
//!
//! infra/template.yaml is the only source for table, routes, stream filters, schedules, environments and policies.
//!
//! ```no_run
//! # async fn example() -> Result<(), rollcall_dev_server::StartError> {
//! use rollcall_dev_server::{Config, DevServer};
//!
//! let server = DevServer::start(Config::for_tests(7)).await?;
//! println!("{}", server.url());
//! server.stop().await;
//! # Ok(()) }
//! ```

mod access;
mod bootstrap;
mod clock;
mod console;
mod crashes;
mod dead_letters;
mod dev_api;
mod dynamodb;
mod faults;
mod files;
mod functions;
mod gateway;
mod mail_events;
mod outbox;
mod pattern;
mod policy;
mod random;
mod reads;
mod schedules;
mod secrets;
mod ses;
mod streams;
mod template;
mod text_messages;

use std::{
    collections::BTreeMap,
    io,
    net::{Ipv4Addr, SocketAddr},
    os::unix::fs::DirBuilderExt as _,
    path::{Path, PathBuf},
    sync::Arc,
    thread::JoinHandle,
    time::Duration,
};

use axum::{
    Router,
    extract::{Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse as _, Response},
    routing::any,
    serve::ListenerExt as _,
};
use rollcall_lambda::SdkConfig;
use serde_json::{Value, json};
use tokio::{sync::watch, task::JoinHandle as Task};

pub use bootstrap::Account;
pub use clock::{Clock, ClockError};
pub use crashes::{Crash, Crashes};
pub use dead_letters::{DeadLetter, DeadLetters};
pub use faults::Faults;
pub use functions::{InvokeError, operations};
pub use outbox::{MailEvent, MailEventKind, MailFilter, Message, MessageKind, Outbox, OutboxError};
pub use reads::{Calls, Reads, Usage};
pub use ses::MailAccount;
pub use template::{
    Api, Deployment, FunctionSpec, MailSpec, Route, Rule, Schedule, Secrets, StreamSource, Table, TemplateError,
    Trigger, deploy, operation_of,
};

use crate::{
    access::{AccessControl, OPERATOR},
    console::Console,
    dev_api::DevApi,
    dynamodb::DynamoDb,
    faults::Dice,
    functions::{Functions, sdk_config},
    gateway::Gateway,
    mail_events::MailEvents,
    reads::Meter,
    schedules::Schedules,
    ses::{SendRate, Ses},
    streams::Streams,
    template::{ACCOUNT, REGION},
    text_messages::TextMessages,
};

/// The domain that local mail comes from.
const SENDER_IDENTITY: &str = "rollcall.example";

/// How to start.
#[derive(Debug, Clone)]
pub struct Config {
    /// Where everything is kept; `None` for a folder that is gone with the server.
    pub data: Option<PathBuf>,
    /// 0 for any free one.
    pub port: u16,
    /// infra/template.yaml.
    pub template: PathBuf,
    /// web/dist; may be missing, the pages are then not served.
    pub web: PathBuf,
    /// What goes wrong.
    pub faults: Faults,
    /// Mails a second that the mail service takes.
    pub mail_rate: u32,
    /// Real time between a mail and its delivery event.
    pub delivery_delay: Duration,
    /// Whether schedules run by themselves; else only when the clock is moved.
    pub schedules: bool,
    /// Where it is written down what policies grant and what is used of it.
    pub accesses: Option<PathBuf>,
}

impl Config {
    /// A server for a person to try things with.
    #[must_use]
    pub fn for_development(data: PathBuf, port: u16) -> Self {
        let repository = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        Self {
            data: Some(data),
            port,
            template: repository.join("infra/template.yaml"),
            web: repository.join("web/dist"),
            faults: Faults::none(),
            mail_rate: 200,
            delivery_delay: Duration::from_millis(800),
            schedules: true,
            accesses: None,
        }
    }

    /// A server for one test: any port, a folder of its own, faults by seed.
    #[must_use]
    pub fn for_tests(seed: u64) -> Self {
        Self {
            data: None,
            faults: Faults::seeded(seed),
            mail_rate: 10_000,
            delivery_delay: Duration::from_millis(20),
            // Set by `cargo verify`, which asks about all tests together.
            accesses: std::env::var_os("ROLLCALL_ACCESSES").map(PathBuf::from),
            ..Self::for_development(PathBuf::new(), 0)
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The data folder cannot be used.
    #[error("the data folder {} cannot be used", .0.display())]
    Data(PathBuf, #[source] io::Error),
    /// Another server runs on it.
    #[error("another server is running on the data folder {}", .0.display())]
    Busy(PathBuf),
    /// The port is taken.
    #[error("port {0} cannot be listened on")]
    Port(u16, #[source] io::Error),
    /// The template cannot be read.
    #[error("the template {} cannot be read", .0.display())]
    TemplateFile(PathBuf, #[source] io::Error),
    /// The template cannot be run here.
    #[error("the template cannot be run")]
    Template(#[from] TemplateError),
    /// The embedded database failed.
    #[error("the local database cannot be opened: {0}")]
    Database(String),
    /// The outbox failed.
    #[error(transparent)]
    Outbox(#[from] OutboxError),
    /// A thread could not be started.
    #[error("a thread cannot be started")]
    Thread(#[source] io::Error),
    /// A function did not start.
    #[error("function {function} does not start: {reason}")]
    Function {
        /// Its logical id.
        function: String,
        /// What it says.
        reason: String,
    },
    /// The first administrator was not made.
    #[error("the first administrator cannot be made: {0}")]
    Bootstrap(String),
}

/// A running system. Dropping it stops it at once, [`DevServer::stop`] lets requests finish.
#[derive(Debug)]
pub struct DevServer {
    url: String,
    data: PathBuf,
    clock: Clock,
    outbox: Outbox,
    mail_account: MailAccount,
    functions: Functions,
    crashes: Crashes,
    dead_letters: DeadLetters,
    schedules: Schedules,
    mail_events: MailEvents,
    account: Account,
    table: String,
    operator: SdkConfig,
    meter: Arc<Meter>,
    running: Running,
    // Last: the folder goes after everything in it is closed.
    _lock: std::fs::File,
    _temporary: Option<tempfile::TempDir>,
}

#[derive(Debug)]
struct Running {
    stop: watch::Sender<bool>,
    stop_services: watch::Sender<bool>,
    http: Option<Task<()>>,
    tasks: Vec<Task<()>>,
    threads: Vec<JoinHandle<()>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.stop.send(true);
        for task in &self.tasks {
            task.abort();
        }
        let _ = self.stop_services.send(true);
        for thread in self.threads.drain(..) {
            // A panic there was reported there.
            let _ = thread.join();
        }
    }
}

impl DevServer {
    /// Starts everything and makes the first administrator if there is none.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(config: Config) -> Result<Self, StartError> {
        let (data, temporary) = data_folder(config.data.as_deref())?;
        let data_error = |error| StartError::Data(data.clone(), error);
        let lock = std::fs::File::create(data.join("lock")).map_err(data_error)?;
        if lock.try_lock().is_err() {
            return Err(StartError::Busy(data));
        }
        let clock = Clock::open(&data).map_err(data_error)?;

        let http = listen(config.port).map_err(|error| StartError::Port(config.port, error))?;
        let port = http.local_addr().map_err(|error| StartError::Port(config.port, error))?.port();
        let url = format!("http://127.0.0.1:{port}");

        let deployment = read_template(&config.template, &url, &data)?;
        let outbox = Outbox::open(&data.join("mail.sqlite"))?;
        let dead_letters = DeadLetters::new(data.join("dead-letters.jsonl"));
        let dice = Arc::new(Dice::new(config.faults.clone()));
        let crashes = Crashes::default();
        let mail_account = MailAccount::default();
        let (stop, stopped) = watch::channel(false);
        let (stop_services, services_stopped) = watch::channel(false);

        // The services that functions call.
        let policies =
            deployment.functions.iter().map(|(id, function)| (id.clone(), function.policy.clone())).collect();
        let access = Arc::new(AccessControl::new(policies).recording(config.accesses.clone()));
        let database_file = data.join("dynamodb.sqlite");
        let database = dynamodb::open(&database_file, &deployment.table)
            .map_err(|error| StartError::Database(error.to_string()))?;
        let stream_connection =
            streams::connect(&database_file).map_err(|error| StartError::Database(error.to_string()))?;
        let meter = Arc::new(Meter::default());
        let (written, to_read) = std::sync::mpsc::sync_channel(1);
        let (taken, to_follow) = tokio::sync::mpsc::unbounded_channel();
        let texts =
            Arc::new(TextMessages { access: Arc::clone(&access), clock: clock.clone(), outbox: outbox.clone() });
        let services = dynamodb::router(Arc::new(DynamoDb {
            database,
            table: deployment.table.clone(),
            access: Arc::clone(&access),
            dice: Arc::clone(&dice),
            crashes: crashes.clone(),
            tokens: dynamodb::Tokens::default(),
            meter: Arc::clone(&meter),
            written,
        }))
        .merge(ses::router(Arc::new(Ses {
            access,
            clock: clock.clone(),
            outbox: outbox.clone(),
            spec: deployment.mail.clone(),
            identity: SENDER_IDENTITY.to_owned(),
            rate: SendRate::new(config.mail_rate),
            account: mail_account.clone(),
            taken,
        })));
        let services = text_messages::answer_first(texts, services);
        let loopback = listen(0).map_err(|error| StartError::Port(0, error))?;
        let endpoint = format!("http://{}", loopback.local_addr().map_err(|error| StartError::Port(0, error))?);
        let mut running = Running { stop, stop_services, http: None, tasks: Vec::new(), threads: Vec::new() };
        running.threads.push(serve_services(loopback, services, services_stopped).map_err(StartError::Thread)?);

        // The functions and what calls them.
        let functions = Functions::start(&deployment.functions, &endpoint, &clock, crashes.clone())
            .map_err(|(function, reason)| StartError::Function { function, reason: reason.to_string() })?;
        let Triggers { routes, sources, schedules, rules } = Triggers::of(&deployment.functions);
        let reader = Streams {
            table: deployment.table.name.clone(),
            sources,
            functions: functions.clone(),
            dice: Arc::clone(&dice),
            dead_letters: dead_letters.clone(),
            written: to_read,
        };
        running.threads.push(streams::start(stream_connection, reader).map_err(StartError::Thread)?);
        let mail_events = MailEvents::new(mail_events::Inner {
            clock: clock.clone(),
            outbox: outbox.clone(),
            functions: functions.clone(),
            rules,
            spec: deployment.mail.clone(),
            dice,
            dead_letters: dead_letters.clone(),
            delay: config.delivery_delay,
        });
        running.tasks.push(mail_events.start(to_follow));
        let schedules = Schedules::new(schedules, clock.clone(), functions.clone(), dead_letters.clone());
        if config.schedules {
            running.tasks.extend(schedules.start());
        }

        let operator = sdk_config(OPERATOR, &endpoint, &clock);
        let table = deployment.table.name.clone();
        let account = bootstrap::ensure(&data, &url, &operator, &table, &clock)
            .await
            .map_err(|error| StartError::Bootstrap(error.to_string()))?;

        // The front.
        let gateway =
            Arc::new(Gateway { api: deployment.api, routes, functions: functions.clone(), clock: clock.clone() });
        let dev_api = Arc::new(DevApi {
            outbox: outbox.clone(),
            clock: clock.clone(),
            schedules: schedules.clone(),
            mail_events: mail_events.clone(),
            account: account.clone(),
        });
        let front = front(gateway, dev_api, Console { root: config.web }, port);
        running.http = Some(serve_front(http, front, stopped).map_err(|error| StartError::Port(port, error))?);

        Ok(Self {
            url,
            data,
            clock,
            outbox,
            mail_account,
            functions,
            crashes,
            dead_letters,
            schedules,
            mail_events,
            account,
            table,
            operator,
            meter,
            running,
            _lock: lock,
            _temporary: temporary,
        })
    }

    /// `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Where everything is kept.
    #[must_use]
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// The first administrator, whose account is complete.
    #[must_use]
    pub fn account(&self) -> &Account {
        &self.account
    }

    /// The clock that everything believes.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Moves the clock and runs what became due, as `POST /dev/clock` does.
    ///
    /// # Errors
    /// [`ClockError`].
    pub async fn advance(&self, duration: &str) -> Result<jiff::Timestamp, ClockError> {
        self.clock.advance(Clock::duration(duration)?)?;
        self.schedules.run_due().await;
        Ok(self.clock.now())
    }

    /// The mails that were sent.
    #[must_use]
    pub fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    /// What the mail service's account may send.
    #[must_use]
    pub fn mail_account(&self) -> &MailAccount {
        &self.mail_account
    }

    /// Plays a mail event and waits until it is recorded. Says whether there is such a mail.
    ///
    /// # Errors
    /// [`OutboxError`].
    pub async fn play_mail_event(&self, id: &str, kind: MailEventKind) -> Result<bool, OutboxError> {
        self.mail_events.play(id, kind).await
    }

    /// What was given up after its last try.
    #[must_use]
    pub fn dead_letters(&self) -> &DeadLetters {
        &self.dead_letters
    }

    /// Lets functions die at a chosen step.
    #[must_use]
    pub fn crashes(&self) -> &Crashes {
        &self.crashes
    }

    /// Calls a function (by logical id) with an event, as its trigger would.
    ///
    /// # Errors
    /// [`InvokeError`].
    pub async fn invoke(&self, logical_id: &str, event: Value) -> Result<Value, InvokeError> {
        self.functions.invoke(logical_id, event).await
    }

    /// The table's name.
    #[must_use]
    pub fn table(&self) -> &str {
        &self.table
    }

    /// What the database was asked to read so far.
    #[must_use]
    pub fn reads(&self) -> Reads {
        self.meter.reads()
    }

    /// What the database was asked since the last call, with the capacity units that its answers name. The accounts are
    /// kept from the first call on.
    #[must_use]
    pub fn used(&self) -> Usage {
        self.meter.used()
    }

    /// An SDK configuration that may do everything on the local services, for looking into the table.
    #[must_use]
    pub fn operator(&self) -> &SdkConfig {
        &self.operator
    }

    /// An SDK configuration that may do what a function (by logical id) may.
    #[must_use]
    pub fn as_function(&self, logical_id: &str) -> SdkConfig {
        let endpoint = self.operator.endpoint_url().unwrap_or_default();
        sdk_config(logical_id, endpoint, &self.clock)
    }

    /// Stops: no new requests, running ones finish (for at most five seconds), then everything is closed.
    pub async fn stop(mut self) {
        let _ = self.running.stop.send(true);
        if let Some(http) = self.running.http.take()
            && tokio::time::timeout(Duration::from_secs(5), http).await.is_err()
        {
            tracing::warn!("requests were cut off");
        }
    }
}

fn data_folder(given: Option<&Path>) -> Result<(PathBuf, Option<tempfile::TempDir>), StartError> {
    let Some(path) = given else {
        let folder = tempfile::tempdir().map_err(|error| StartError::Data(std::env::temp_dir(), error))?;
        return Ok((folder.path().to_owned(), Some(folder)));
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(|error| StartError::Data(path.to_owned(), error))?;
    Ok((path.to_owned(), None))
}

fn read_template(file: &Path, url: &str, data: &Path) -> Result<Deployment, StartError> {
    let text = std::fs::read_to_string(file).map_err(|error| StartError::TemplateFile(file.to_owned(), error))?;
    let parameters = BTreeMap::from(
        [
            ("PublicUrl", url),
            ("Sender", "Rollcall <no-reply@rollcall.example>"),
            ("SenderIdentity", SENDER_IDENTITY),
            ("TextOrigination", &format!("arn:aws:sms-voice:{REGION}:{ACCOUNT}:phone-number/phone-local")),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let mut keys =
        secrets::TokenKeys::open(data.join("token-keys")).map_err(|error| StartError::Data(data.to_owned(), error))?;
    Ok(deploy(&text, &parameters, &mut keys)?)
}

/// The functions by what calls them.
#[derive(Default)]
struct Triggers {
    routes: Vec<(String, Route)>,
    sources: Vec<(String, StreamSource)>,
    schedules: Vec<(String, Schedule)>,
    rules: Vec<(String, Rule)>,
}

impl Triggers {
    fn of(functions: &BTreeMap<String, FunctionSpec>) -> Self {
        let mut triggers = Self::default();
        for (id, function) in functions {
            let id = id.clone();
            match &function.trigger {
                Trigger::Http(route) => triggers.routes.push((id, route.clone())),
                Trigger::Stream(source) => triggers.sources.push((id, source.clone())),
                Trigger::Schedule(schedule) => triggers.schedules.push((id, schedule.clone())),
                Trigger::Rule(rule) => triggers.rules.push((id, rule.clone())),
            }
        }
        // A literal segment is found before a parameter in its place.
        triggers.routes.sort_by_key(|(_, route)| route.path.replace('{', "~"));
        triggers
    }
}

fn listen(port: u16) -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn until(mut stopped: watch::Receiver<bool>) {
    // An error means that the server is gone, which also means: stop.
    let _ = stopped.wait_for(|stopped| *stopped).await;
}

/// The local services on a thread of their own: the database is one writer, and its work stalls nobody else.
fn serve_services(
    listener: std::net::TcpListener,
    services: Router,
    stopped: watch::Receiver<bool>,
) -> io::Result<JoinHandle<()>> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    std::thread::Builder::new().name("services".into()).spawn(move || {
        runtime.block_on(async move {
            let listener = match tokio::net::TcpListener::from_std(listener) {
                Ok(listener) => without_delay(listener),
                Err(error) => {
                    tracing::error!(%error, "the local services do not listen");
                    return;
                }
            };
            tokio::select! {
                served = axum::serve(listener, services) => {
                    if let Err(error) = served {
                        tracing::error!(%error, "the local services stopped");
                    }
                }
                () = until(stopped) => {}
            }
        });
    })
}

fn serve_front(listener: std::net::TcpListener, front: Router, stopped: watch::Receiver<bool>) -> io::Result<Task<()>> {
    let listener = without_delay(tokio::net::TcpListener::from_std(listener)?);
    Ok(tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, front).with_graceful_shutdown(until(stopped)).await {
            tracing::error!(%error, "the server stopped");
        }
    }))
}

/// Without this, small answers on the loopback interface wait for acknowledgements that come 40 ms later.
fn without_delay(
    listener: tokio::net::TcpListener,
) -> axum::serve::TapIo<tokio::net::TcpListener, impl FnMut(&mut tokio::net::TcpStream) + Send + 'static> {
    listener.tap_io(|stream| {
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "no TCP_NODELAY");
        }
    })
}

fn front(gateway: Arc<Gateway>, dev_api: Arc<DevApi>, console: Console, port: u16) -> Router {
    let api = any(move |request: Request| Arc::clone(&gateway).handle(request));
    let hosts = Arc::new(["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}")));
    Router::new()
        .route("/v1", api.clone())
        .route("/v1/{*rest}", api)
        .merge(dev_api::router(dev_api))
        .fallback(move |request: Request| {
            let console = console.clone();
            async move { console.serve(request.method(), request.uri().path()).await }
        })
        .layer(from_fn_with_state(hosts, only_local))
}

/// Refuses what a foreign page could make a browser send: another host name that leads here (DNS rebinding), and
/// writes to what only the dev server has.
async fn only_local(State(hosts): State<Arc<[String; 3]>>, request: Request, next: Next) -> Response {
    match foreign(&hosts, request.method(), request.uri().path(), request.headers()) {
        Some(refusal) => refusal,
        None => next.run(request).await,
    }
}

fn foreign(hosts: &[String; 3], method: &Method, path: &str, headers: &HeaderMap) -> Option<Response> {
    let header = |name| headers.get(name).and_then(|value| value.to_str().ok());
    let known = |host: &str| hosts.iter().any(|known| known.eq_ignore_ascii_case(host));
    if !header(header::HOST).is_some_and(known) {
        return Some(refuse("host_not_allowed", "this server answers only as 127.0.0.1 or localhost"));
    }
    let writes = !matches!(*method, Method::GET | Method::HEAD);
    let from_here = |origin: &str| origin.strip_prefix("http://").is_some_and(known);
    if writes && path.starts_with("/dev/") && header(header::ORIGIN).is_some_and(|origin| !from_here(origin)) {
        return Some(refuse("origin_not_allowed", "another site may not do this"));
    }
    None
}

fn refuse(code: &str, detail: &str) -> Response {
    let body = json!({
        "type": format!("urn:rollcall:problem:{code}"),
        "title": "Forbidden",
        "status": 403,
        "code": code,
        "detail": detail,
    });
    let kind = [(header::CONTENT_TYPE, "application/problem+json")];
    (StatusCode::FORBIDDEN, kind, body.to_string()).into_response()
}
