//! A server, spoken to as the holder of an API key.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde::de::DeserializeOwned;
use serde_json::Value;
use ureq::{
    Agent, Body,
    http::{HeaderMap, Response},
    tls::{RootCerts, TlsConfig},
};

use crate::{Usage, arguments::Arguments};

/// How often a request is made whose failure may pass.
const ATTEMPTS: u32 = 5;
/// The pause after the first failure; each next one is twice as long.
const PAUSE: Duration = Duration::from_millis(250);
/// The longest pause that a server may ask for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Most bytes of an answer: an effective profile with every list full is far below.
const ANSWER_LIMIT: u64 = 64 * 1024 * 1024;

/// A deployment and who speaks to it.
#[derive(Debug, Clone)]
pub(crate) struct Server {
    agent: Agent,
    url: String,
    authorization: String,
    /// Whether it has answered before: who never did is not waited for.
    reached: Arc<AtomicBool>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answer {
    /// The body.
    pub(crate) body: Vec<u8>,
    /// Whether it was given to an earlier request of the same idempotency key.
    pub(crate) replayed: bool,
}

impl Answer {
    /// The body as JSON.
    pub(crate) fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        serde_json::from_slice(&self.body).map_err(|error| Failure::NotUnderstood(error.to_string()))
    }
}

/// Why there is no answer to work with.
#[derive(Debug)]
pub(crate) enum Failure {
    /// Nobody answers.
    NotReached { url: String, why: String },
    /// Who answers is no Rollcall.
    NotRollcall { url: String, status: u16 },
    /// An answer that this program does not understand.
    NotUnderstood(String),
    /// It was refused, and why.
    Refused(Box<Refusal>),
}

/// A problem (RFC 9457).
#[derive(Debug)]
pub(crate) struct Refusal {
    /// Stable.
    pub(crate) code: String,
    /// For a person.
    pub(crate) detail: String,
    /// All of it.
    pub(crate) problem: Value,
    /// Whether it was given to an earlier request of the same idempotency key.
    pub(crate) replayed: bool,
}

impl Failure {
    /// The code of a refusal.
    pub(crate) fn code(&self) -> &str {
        match self {
            Self::Refused(refusal) => &refusal.code,
            _ => "",
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotReached { url, why } => write!(f, "{url} does not answer: {why}"),
            Self::NotRollcall { url, status } => {
                write!(f, "what answers at {url} (status {status}) is no Rollcall; is --url right?")
            }
            Self::NotUnderstood(why) => {
                write!(f, "the server's answer is not understood; is this program as new as the server? ({why})")
            }
            Self::Refused(refusal) => match refusal.code.as_str() {
                "not_authenticated" => f.write_str("the server does not know this API key; was it deleted?"),
                "rules_changed" => f.write_str(
                    "the profile's rules or lists were changed since the sheet was checked; nothing was imported. \
                     Run the command again",
                ),
                "organization_required" => f.write_str("this profile needs an organization: say --organization ID"),
                "route_not_found" => f.write_str("there is no such operation on this server; is --url right?"),
                code => write!(f, "{} ({code})", refusal.detail),
            },
        }
    }
}

impl Server {
    /// The options by which a server is named.
    pub(crate) const OPTIONS: [&'static str; 2] = ["--url", "--api-key"];

    /// The server of `--url` and `--api-key`, or of the environment.
    pub(crate) fn of(given: &Arguments) -> Result<Self, Usage> {
        let either = |option: &str, variable: &str| {
            let found = given.value(option).or_else(|| std::env::var(variable).ok()).filter(|text| !text.is_empty());
            found.ok_or_else(|| Usage(format!("{option} is missing; the variable {variable} does as well")))
        };
        Self::new(&either("--url", "ROLLCALL_URL")?, &either("--api-key", "ROLLCALL_API_KEY")?)
    }

    fn new(url: &str, key: &str) -> Result<Self, Usage> {
        let url = url.trim_end_matches('/');
        if !is_private(url) {
            return Err(Usage(format!(
                "--url must begin with https://, or the API key would travel in the clear, not {url}"
            )));
        }
        if key.chars().any(|c| !c.is_ascii_graphic()) {
            return Err(Usage("the API key has characters in it that no key has".into()));
        }
        // The machine's own trust, as a company's proxy may need it.
        let tls = TlsConfig::builder().root_certs(RootCerts::PlatformVerifier).build();
        let agent = Agent::config_builder()
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .timeout_recv_response(Some(Duration::from_secs(60)))
            .timeout_recv_body(Some(Duration::from_secs(60)))
            .user_agent(concat!("rollcall/", env!("CARGO_PKG_VERSION")))
            .tls_config(tls)
            .build()
            .new_agent();
        Ok(Self { agent, url: url.to_owned(), authorization: format!("Bearer {key}"), reached: Arc::default() })
    }

    /// GET; `accept` says what is wanted.
    pub(crate) fn get(&self, path: &str, accept: &str) -> Result<Answer, Failure> {
        self.patiently(|| {
            let request = self.agent.get(format!("{}{path}", self.url));
            request.header("authorization", &self.authorization).header("accept", accept).call()
        })
    }

    /// POST of JSON; with a key, repeating it is safe.
    pub(crate) fn post(&self, path: &str, key: Option<&str>, body: &str) -> Result<Answer, Failure> {
        self.patiently(|| {
            let request = self.agent.post(format!("{}{path}", self.url)).header("content-type", "application/json");
            let request = request.header("authorization", &self.authorization);
            match key {
                Some(key) => request.header("idempotency-key", key).send(body),
                None => request.send(body),
            }
        })
    }

    /// PUT of JSON.
    pub(crate) fn put(&self, path: &str, body: &str) -> Result<Answer, Failure> {
        self.patiently(|| {
            let request = self.agent.put(format!("{}{path}", self.url)).header("content-type", "application/json");
            request.header("authorization", &self.authorization).send(body)
        })
    }

    /// Makes a request until it is answered for good. Every request here may be repeated.
    fn patiently(&self, send: impl Fn() -> Result<Response<Body>, ureq::Error>) -> Result<Answer, Failure> {
        let mut attempt = 0;
        loop {
            let (outcome, wanted) = self.read(send());
            attempt += 1;
            match wanted {
                Some(wanted) if attempt < ATTEMPTS => {
                    thread::sleep(wanted.unwrap_or(PAUSE * 2_u32.pow(attempt - 1)).min(LONGEST_PAUSE));
                }
                _ => return outcome,
            }
        }
    }

    /// The outcome; where it may be another one a little later also the pause that the server wants before that.
    fn read(
        &self,
        answered: Result<Response<Body>, ureq::Error>,
    ) -> (Result<Answer, Failure>, Option<Option<Duration>>) {
        let not_reached = |why: ureq::Error| {
            let passes = self.reached.load(Ordering::Relaxed);
            (Err(Failure::NotReached { url: self.url.clone(), why: reason(&why) }), passes.then_some(None))
        };
        let response = match answered {
            Ok(response) => response,
            Err(error) => return not_reached(error),
        };
        self.reached.store(true, Ordering::Relaxed);
        let (parts, body) = response.into_parts();
        let body = match body.into_with_config().limit(ANSWER_LIMIT).read_to_vec() {
            Ok(body) => body,
            Err(error) => return not_reached(error),
        };
        let status = parts.status.as_u16();
        let replayed = header(&parts.headers, "idempotent-replayed") == Some("true");
        if parts.status.is_success() {
            return (Ok(Answer { body, replayed }), None);
        }
        let problem: Value = serde_json::from_slice(&body).unwrap_or_default();
        let text = |name: &str| problem[name].as_str().map(str::to_owned);
        let refusal = match (text("code"), text("detail")) {
            (Some(code), Some(detail)) => Refusal { code, detail, problem, replayed },
            // A gateway in front of the server that has a moment of weakness says nothing of ours.
            _ => {
                return (
                    Err(Failure::NotRollcall { url: self.url.clone(), status }),
                    matches!(status, 429 | 500..=504).then_some(None),
                );
            }
        };
        let passes = matches!(status, 429 | 500..=599) || refusal.code == "request_in_progress";
        let pause = header(&parts.headers, "retry-after").and_then(|seconds| seconds.parse().ok());
        (Err(Failure::Refused(Box::new(refusal))), passes.then_some(pause.map(Duration::from_secs)))
    }
}

/// Whether nobody on the way can read what is sent there: by TLS, or because it does not leave this machine.
fn is_private(url: &str) -> bool {
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = match authority.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => authority.split(':').next().unwrap_or_default(),
    };
    let here = host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|address| address.is_loopback());
    !host.is_empty() && !authority.contains('@') && (scheme == "https" || scheme == "http" && here)
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

/// The innermost reason, which is the one that helps.
fn reason(error: &ureq::Error) -> String {
    let mut reason: &dyn std::error::Error = error;
    while let Some(source) = reason.source() {
        reason = source;
    }
    reason.to_string()
}

/// A path's segment, or a query's value.
pub(crate) fn escaped(text: &str) -> impl fmt::Display + '_ {
    utf8_percent_encode(text, NON_ALPHANUMERIC)
}

/// A query of the parameters that have a value.
pub(crate) fn query(parameters: &[(&str, Option<&str>)]) -> String {
    let given = parameters.iter().filter_map(|(name, value)| Some(format!("{name}={}", escaped((*value)?))));
    let query = given.collect::<Vec<_>>().join("&");
    if query.is_empty() { query } else { format!("?{query}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_travels_by_tls_or_not_at_all() {
        for url in [
            "https://rollcall.example",
            "https://10.0.0.1:8443/prod",
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:80",
        ] {
            assert!(is_private(url), "{url}");
        }
        for url in [
            "http://rollcall.example",
            "http://127.0.0.1.example",
            "http://localhost@rollcall.example",
            "http://10.0.0.1",
            "rollcall.example",
            "ftp://localhost",
            "https://",
            "",
        ] {
            assert!(!is_private(url), "{url}");
        }
        let Usage(said) = Server::new("http://rollcall.example", "rk_x").map(|_| ()).unwrap_err();
        assert!(said.contains("https://"), "{said}");
        assert!(Server::new("https://rollcall.example/", "rk_x\n").is_err());
    }

    #[test]
    fn queries_are_escaped() {
        let query = query(&[("organization", Some("a b&c")), ("mode", None), ("role", Some("Ärztin"))]);
        assert_eq!(query, "?organization=a%20b%26c&role=%C3%84rztin");
        assert_eq!(super::query(&[("mode", None)]), "");
    }

    #[test]
    fn where_nobody_listens_is_said() {
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        let server = Server::new(&url, "rk_x").unwrap();
        let look = || server.read(server.agent.get(format!("{url}/v1/me")).call());
        let (outcome, passes) = look();
        let said = outcome.unwrap_err().to_string();
        assert!(said.starts_with(&format!("{url} does not answer: ")), "{said}");
        assert_eq!(passes, None, "who never answered is not waited for");
        server.reached.store(true, Ordering::Relaxed);
        assert_eq!(look().1, Some(None), "who did may do so again");
    }
}
