//! Where the time of an invocation goes: every call of AWS as a subsegment of X-Ray, told to the daemon that Lambda runs
//! beside the function ([documents]). One datagram a call, which nothing waits for; one that cannot be sent is lost.
//! Where there is no daemon, or Lambda does not sample the invocation, nothing is done at all.
//!
//! What is told of a call: service, operation, table, status, how often it was tried before, from when to when. No keys,
//! no addresses, no URLs.
//!
//! [documents]: https://docs.aws.amazon.com/xray/latest/devguide/xray-api-segmentdocuments.html

use std::{
    collections::BTreeMap,
    future::Future,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket},
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

use aws_smithy_async::time::SharedTimeSource;
use aws_smithy_types::body::SdkBody;
use serde_json::{Value, json};

/// Calls told of one invocation, the first ones: a slice of an import makes thousands. A trace may have 500 KB, a call
/// takes 400 bytes.
const MOST: u32 = 100;

/// What the daemon wants before each document.
const HEADER: &str = "{\"format\": \"json\", \"version\": 1}\n";

tokio::task_local! {
    static TRACE: Arc<Trace>;
}

/// The trace that an invocation belongs to.
#[derive(Debug)]
struct Trace {
    id: String,
    parent: String,
    told: AtomicU32,
}

impl Trace {
    /// By the header that Lambda gives, if the invocation is sampled.
    fn parse(header: &str) -> Option<Self> {
        let part = |name: &str| {
            header
                .split(';')
                .filter_map(|part| part.trim().split_once('='))
                .find(|part| part.0 == name)
                .map(|part| part.1)
        };
        if part("Sampled") != Some("1") {
            return None;
        }
        Some(Self { id: part("Root")?.to_owned(), parent: part("Parent")?.to_owned(), told: AtomicU32::new(0) })
    }
}

/// Does an invocation's work under the trace that its header names. Not handed on to other tasks that it starts.
pub(crate) async fn within<F: Future>(header: Option<&str>, work: F) -> F::Output {
    match header.and_then(Trace::parse) {
        Some(trace) => TRACE.scope(Arc::new(trace), work).await,
        None => work.await,
    }
}

/// The daemon. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Daemon {
    socket: Arc<UdpSocket>,
    table: Option<Arc<str>>,
}

impl Daemon {
    /// The daemon that Lambda names, if it does.
    pub(crate) fn of(vars: &BTreeMap<String, String>) -> Option<Self> {
        let address: SocketAddr = vars.get("AWS_XRAY_DAEMON_ADDRESS")?.parse().ok()?;
        let any: IpAddr = if address.is_ipv4() { Ipv4Addr::UNSPECIFIED.into() } else { Ipv6Addr::UNSPECIFIED.into() };
        let socket = UdpSocket::bind((any, 0)).ok()?;
        socket.set_nonblocking(true).ok()?;
        socket.connect(address).ok()?;
        Some(Self { socket: Arc::new(socket), table: vars.get("ROLLCALL_TABLE").map(|table| table.as_str().into()) })
    }

    /// A call that begins now. `None` if it belongs to no trace that is sampled, or too many of it were told.
    pub(crate) fn call(&self, request: &http::Request<SdkBody>) -> Option<Call> {
        let trace = TRACE.try_with(Arc::clone).ok()?;
        let (service, operation) = name(request)?;
        if trace.told.fetch_add(1, Ordering::Relaxed) >= MOST {
            return None;
        }
        let mut aws = json!({"operation": operation, "retries": earlier_attempts(request)});
        if let Some(table) = self.table.as_deref().filter(|_| service == "DynamoDB") {
            aws["table_name"] = table.into();
        }
        let service = service.to_owned();
        Some(Call { socket: Arc::clone(&self.socket), trace, service, aws, began: now(), status: None })
    }
}

/// One attempt at a call. Told of when it is dropped, so that one that was given up is, too.
pub(crate) struct Call {
    socket: Arc<UdpSocket>,
    trace: Arc<Trace>,
    service: String,
    aws: Value,
    began: SystemTime,
    status: Option<u16>,
}

impl Call {
    /// The service answered.
    pub(crate) fn answered(&mut self, status: http::StatusCode) {
        self.status = Some(status.as_u16());
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let Ok(id) = getrandom::u64() else { return };
        let mut document = json!({
            "type": "subsegment",
            "trace_id": self.trace.id,
            "parent_id": self.trace.parent,
            "id": format!("{id:016x}"),
            "name": self.service,
            "namespace": "aws",
            "start_time": seconds(self.began),
            "end_time": seconds(now()),
            "aws": self.aws.take(),
        });
        match self.status {
            Some(status) => {
                document["http"] = json!({"response": {"status": status}});
                let class = match status {
                    429 => Some("throttle"),
                    400..500 => Some("error"),
                    500.. => Some("fault"),
                    _ => None,
                };
                if let Some(class) = class {
                    document[class] = true.into();
                }
            }
            None => document["fault"] = true.into(),
        }
        let _ = self.socket.send(format!("{HEADER}{document}").as_bytes());
    }
}

/// Service and operation: by a header where the protocol is JSON, by method and path for the mail service.
fn name(request: &http::Request<SdkBody>) -> Option<(&str, &str)> {
    if let Some(target) = request.headers().get("x-amz-target") {
        let (service, operation) = target.to_str().ok()?.split_once('.')?;
        // "DynamoDB_20120810"
        return Some((service.split_once('_').map_or(service, |(service, _)| service), operation));
    }
    match (request.method(), request.uri().path()) {
        (&http::Method::POST, "/v2/email/outbound-emails") => Some(("SESv2", "SendEmail")),
        (&http::Method::GET, "/v2/email/account") => Some(("SESv2", "GetAccount")),
        _ => None,
    }
}

/// How often the SDK tried before, by its header: `attempt=2; max=3`.
fn earlier_attempts(request: &http::Request<SdkBody>) -> u32 {
    let header = request.headers().get("amz-sdk-request").and_then(|header| header.to_str().ok()).unwrap_or_default();
    let attempt = header.split(';').find_map(|part| part.trim().strip_prefix("attempt=")?.parse::<u32>().ok());
    attempt.unwrap_or(1).saturating_sub(1)
}

/// Real time, whatever the function's clock says.
fn now() -> SystemTime {
    SharedTimeSource::default().now()
}

fn seconds(moment: SystemTime) -> f64 {
    moment.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}

#[cfg(test)]
mod tests {
    use std::{
        io::{BufRead as _, BufReader, Read as _, Write as _},
        net::TcpListener,
        sync::mpsc::{Receiver, channel},
        thread,
        time::Duration,
    };

    use aws_sdk_dynamodb::types::AttributeValue;
    use aws_smithy_types::retry::RetryConfig;

    use super::*;
    use crate::{Context, Environment, Function, aws, worker};

    /// The header as Lambda gives it.
    const SAMPLED: &str =
        "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1;Lineage=a87bd80c:1";

    /// An AWS that answers with these statuses, one request after the other.
    fn service(statuses: &'static [u16]) -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        thread::spawn(move || {
            for status in statuses {
                let (mut stream, _) = listener.accept().unwrap();
                let mut input = BufReader::new(stream.try_clone().unwrap());
                let mut length = 0;
                loop {
                    let mut line = String::new();
                    input.read_line(&mut line).unwrap();
                    if line.trim().is_empty() {
                        break;
                    }
                    if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
                        length = value.trim().parse().unwrap();
                    }
                }
                input.read_exact(&mut vec![0; length]).unwrap();
                let head = "Content-Type: application/x-amz-json-1.0\r\nConnection: close";
                write!(stream, "HTTP/1.1 {status} .\r\n{head}\r\nContent-Length: 2\r\n\r\n{{}}").unwrap();
            }
        });
        url
    }

    /// A daemon on loopback, and what it was told since the last time it was asked.
    struct Heard {
        address: SocketAddr,
        datagrams: Receiver<String>,
    }

    impl Heard {
        fn new() -> Self {
            let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
            let (address, (sender, datagrams)) = (socket.local_addr().unwrap(), channel());
            thread::spawn(move || {
                let mut datagram = vec![0; 65_536];
                while let Ok(length) = socket.recv(&mut datagram) {
                    if sender.send(String::from_utf8(datagram[..length].to_vec()).unwrap()).is_err() {
                        return;
                    }
                }
            });
            Self { address, datagrams }
        }

        /// Datagrams arrive in their order here: a last one of our own says that there is no other.
        fn all(&self) -> Vec<Value> {
            UdpSocket::bind("127.0.0.1:0").unwrap().send_to(b"end", self.address).unwrap();
            let told = self.datagrams.iter().take_while(|datagram| datagram != "end");
            told.map(|datagram| serde_json::from_str(datagram.strip_prefix(HEADER).unwrap()).unwrap()).collect()
        }
    }

    fn environment(url: &str, daemon: Option<&Heard>) -> Environment {
        let mut vars: BTreeMap<String, String> = [
            ("AWS_REGION", "eu-central-1"),
            ("AWS_ACCESS_KEY_ID", "A"),
            ("AWS_SECRET_ACCESS_KEY", "s"),
            ("AWS_ENDPOINT_URL", url),
            ("ROLLCALL_TABLE", "people"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into();
        if let Some(daemon) = daemon {
            vars.insert("AWS_XRAY_DAEMON_ADDRESS".to_owned(), daemon.address.to_string());
        }
        Environment::new(aws::configuration(&vars).unwrap(), vars)
    }

    /// A function that asks the table and then the mail service for something that names a person, so many times.
    fn function(environment: &Environment, times: u32) -> Function {
        let table = aws_sdk_dynamodb::config::Builder::from(&environment.sdk)
            .retry_config(RetryConfig::standard().with_initial_backoff(Duration::from_millis(1)));
        let table = aws_sdk_dynamodb::Client::from_conf(table.build());
        let mail = aws_sdk_sesv2::config::Builder::from(&environment.sdk).retry_config(RetryConfig::disabled());
        let mail = aws_sdk_sesv2::Client::from_conf(mail.build());
        worker(environment, Duration::from_secs(60), move |_| {
            let (table, mail) = (table.clone(), mail.clone());
            async move {
                for _ in 0..times {
                    let key = AttributeValue::S("LOGIN#ana@example.org".to_owned());
                    let _ = table.get_item().table_name("people").key("pk", key).send().await;
                }
                let _ = mail.send_email().from_email_address("ana@example.org").send().await;
                Ok(Value::Null)
            }
        })
    }

    async fn invoke(function: &Function, header: Option<&str>) {
        let mut context = Context::default();
        context.xray_trace_id = header.map(str::to_owned);
        function.call(json!({}), context).await.unwrap();
    }

    #[tokio::test]
    async fn every_attempt_is_told_without_what_it_was_about() {
        let heard = Heard::new();
        let environment = environment(&service(&[500, 200, 429]), Some(&heard));
        invoke(&function(&environment, 1), Some(SAMPLED)).await;
        let told = heard.all();
        assert!(!format!("{told:?}").contains("ana@example.org"), "{told:?}");
        let mut ids = std::collections::BTreeSet::new();
        let seen: Vec<Value> = told
            .into_iter()
            .map(|mut call| {
                assert!(call["start_time"].as_f64() <= call["end_time"].as_f64() && call["start_time"].is_f64());
                let id = call["id"].as_str().unwrap().to_owned();
                assert!(id.len() == 16 && u64::from_str_radix(&id, 16).is_ok() && ids.insert(id), "{call}");
                for (name, value) in [
                    ("type", "subsegment"),
                    ("trace_id", "1-5759e988-bd862e3fe1be46a994272793"),
                    ("parent_id", "53995c3f42cd8ad8"),
                    ("namespace", "aws"),
                ] {
                    assert_eq!(call[name], value);
                    call.as_object_mut().unwrap().remove(name);
                }
                for name in ["id", "start_time", "end_time"] {
                    call.as_object_mut().unwrap().remove(name);
                }
                call
            })
            .collect();
        let table = |retries: u32| json!({"operation": "GetItem", "table_name": "people", "retries": retries});
        let http = |status: u16| json!({"response": {"status": status}});
        let expected = [
            json!({"name": "DynamoDB", "aws": table(0), "http": http(500), "fault": true}),
            json!({"name": "DynamoDB", "aws": table(1), "http": http(200)}),
            json!({"name": "SESv2", "aws": {"operation": "SendEmail", "retries": 0}, "http": http(429), "throttle": true}),
        ];
        assert_eq!(seen, expected);
    }

    #[tokio::test]
    async fn what_has_no_answer_is_a_fault() {
        let heard = Heard::new();
        // Nobody listens where somebody did.
        let url = format!("http://{}", TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap());
        invoke(&function(&environment(&url, Some(&heard)), 0), Some(SAMPLED)).await;
        let told = heard.all();
        assert_eq!(told.len(), 1, "{told:?}");
        assert_eq!((&told[0]["fault"], &told[0]["http"]), (&json!(true), &Value::Null));
    }

    #[tokio::test]
    async fn an_invocation_of_thousands_of_calls_tells_of_the_first() {
        let heard = Heard::new();
        let url = service(&[400; MOST as usize + 10]);
        invoke(&function(&environment(&url, Some(&heard)), MOST + 5), Some(SAMPLED)).await;
        assert_eq!(heard.all().len(), MOST as usize);
    }

    #[tokio::test]
    async fn nothing_is_told_where_nobody_asks() {
        let heard = Heard::new();
        for (name, daemon, header) in [
            (
                "not sampled",
                Some(&heard),
                Some("Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=0"),
            ),
            ("no header", Some(&heard), None),
            ("what is none", Some(&heard), Some("Sampled=1")),
            ("no daemon", None, Some(SAMPLED)),
        ] {
            let environment = environment(&service(&[200, 200]), daemon);
            invoke(&function(&environment, 1), header).await;
            assert_eq!(heard.all(), Vec::<Value>::new(), "{name}");
        }
    }
}
