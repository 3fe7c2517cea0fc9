//! The whole system in this process, spoken to over HTTP as a program or a browser would.

use std::{
    collections::BTreeMap,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use rollcall_dev_server::{Config, DevServer, MailFilter};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// The password of everybody here but the first administrator.
pub const PASSWORD: &str = "a long enough phrase";

/// A running system.
#[derive(Debug)]
pub struct System {
    /// The dev server.
    pub server: DevServer,
    people: AtomicU64,
}

/// Who asks.
#[derive(Debug, Clone)]
pub enum Caller {
    /// Nobody.
    Nobody,
    /// A program with an API key.
    Key(String),
    /// A browser with a session's token.
    Session(String),
}

/// What was answered.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Status.
    pub status: u16,
    /// Headers by lower-case name; several of a name are joined by newlines.
    pub headers: BTreeMap<String, String>,
    /// The body as text.
    pub text: String,
    /// The body as JSON; null when it is none.
    pub json: Value,
}

impl Answer {
    /// The problem's code, or nothing.
    #[must_use]
    pub fn code(&self) -> &str {
        self.json["code"].as_str().unwrap_or_default()
    }

    /// Status and code, for comparing in one go.
    #[must_use]
    pub fn outcome(&self) -> (u16, &str) {
        (self.status, self.code())
    }

    /// The text of a member of the body.
    ///
    /// # Panics
    /// When there is none.
    #[must_use]
    pub fn text_of(&self, name: &str) -> String {
        match self.json[name].as_str() {
            Some(text) => text.to_owned(),
            None => panic!("no {name} in {self:?}"),
        }
    }

    /// The value of the cookie by which the browser is known from now on.
    #[must_use]
    pub fn device(&self) -> Option<String> {
        let cookies = self.headers.get("set-cookie")?;
        let value = cookies.lines().find_map(|cookie| cookie.strip_prefix("__Host-device="))?;
        Some(value.split(';').next()?.to_owned())
    }

    /// The session's token in the cookie that this answer sets.
    #[must_use]
    pub fn session(&self) -> Option<Caller> {
        let cookie = self.headers.get("set-cookie")?;
        let token = cookie.strip_prefix("__Host-session=")?.split(';').next()?;
        Some(Caller::Session(token.to_owned()))
    }
}

/// A request under construction.
#[derive(Debug, Clone)]
pub struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    /// A request without a body.
    #[must_use]
    pub fn new(method: &str, path: impl Into<String>) -> Self {
        Self { method: method.to_owned(), path: path.into(), headers: Vec::new(), body: Vec::new() }
    }

    /// Its path and query.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// With a header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    /// With a JSON body.
    #[must_use]
    pub fn json(self, body: &Value) -> Self {
        self.body("application/json", body.to_string())
    }

    /// With any body.
    #[must_use]
    pub fn body(mut self, media_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self.header("content-type", media_type)
    }
}

/// A person who has finished their account.
#[derive(Debug, Clone)]
pub struct Person {
    /// Identifier.
    pub id: String,
    /// Email address.
    pub email: String,
    /// Their browser.
    pub caller: Caller,
}

impl System {
    /// A system with the first administrator and the organization Acme; what goes wrong is decided by `seed`.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(seed: u64) -> Self {
        Self::start_with(Config::for_tests(seed)).await
    }

    /// A system that is as `config` says.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start_with(config: Config) -> Self {
        match DevServer::start(config).await {
            Ok(server) => Self::of(server),
            Err(error) => panic!("the system does not start: {error}"),
        }
    }

    /// A system of a server that was started otherwise.
    #[must_use]
    pub fn of(server: DevServer) -> Self {
        Self { server, people: AtomicU64::new(0) }
    }

    /// The first administrator's API key.
    #[must_use]
    pub fn root(&self) -> Caller {
        Caller::Key(self.server.account().api_key.clone())
    }

    /// The first administrator, signed in; once in half a minute, as their code is good once. An API key may less.
    ///
    /// # Panics
    /// When they are not let in.
    pub async fn root_session(&self) -> Caller {
        let account = self.server.account();
        let credentials = json!({"email": account.email, "password": account.password});
        let waiting = self.post(&Caller::Nobody, "/v1/sessions", credentials).await;
        let code = json!({"code": self.totp_code(&account.totp_secret)});
        let done = match waiting.session() {
            Some(caller) => self.post(&caller, "/v1/sessions/mfa", code).await,
            None => waiting,
        };
        match done.session() {
            Some(caller) => caller,
            None => panic!("no session in {done:?}"),
        }
    }

    /// A new API key of somebody who is signed in and whose password is [`PASSWORD`].
    pub async fn key_of(&self, caller: &Caller) -> Caller {
        let made = self.post(caller, "/v1/api-keys", json!({"name": "theirs", "password": PASSWORD})).await;
        assert_eq!(made.status, 201, "{made:?}");
        Caller::Key(made.text_of("key"))
    }

    /// Sends a request as somebody and reads the answer.
    ///
    /// # Panics
    /// When the server does not answer in HTTP.
    pub async fn send(&self, caller: &Caller, request: Request) -> Answer {
        match exchange(self.server.url(), caller, &request).await {
            Ok(answer) => {
                described(&answer);
                answer
            }
            Err(error) => panic!("{} {}: {error}", request.method, request.path),
        }
    }

    /// GET as somebody.
    pub async fn get(&self, caller: &Caller, path: impl Into<String>) -> Answer {
        self.send(caller, Request::new("GET", path)).await
    }

    /// POST of JSON as somebody.
    pub async fn post(&self, caller: &Caller, path: impl Into<String>, body: Value) -> Answer {
        self.send(caller, Request::new("POST", path).json(&body)).await
    }

    /// The identifier of a new organization.
    pub async fn organization(&self, name: &str) -> String {
        let answer = self.post(&self.root(), "/v1/organizations", json!({"name": name})).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer.text_of("id")
    }

    /// The identifier of a new user, invited, whose name and address are made up where none are given.
    pub async fn user(&self, body: Value) -> Answer {
        let n = self.people.fetch_add(1, Ordering::Relaxed);
        let letters: String = n.to_string().bytes().map(|digit| char::from(digit - b'0' + b'a')).collect();
        let mut whole = json!({
            "first_name": "Person",
            "last_name": format!("Number{letters}"),
            "email": format!("person{n}@example.org"),
        });
        for (name, value) in body.as_object().into_iter().flatten() {
            whole[name] = value.clone();
        }
        let answer = self.post(&self.root(), "/v1/users", whole).await;
        assert_eq!(answer.status, 201, "{answer:?}");
        answer
    }

    /// A person who went all the way from invitation to being signed in.
    pub async fn person(&self, body: Value) -> Person {
        let user = self.user(body).await;
        let email = user.text_of("email");
        let link = self.invitation_path(&email).await;
        let password = json!({"password": PASSWORD, "phone": "+4915112345678"});
        let accepted = self.post(&Caller::Nobody, format!("{link}/accept"), password).await;
        assert_eq!(accepted.status, 200, "{accepted:?}");
        let done = match accepted.json["totp_secret"].as_str() {
            Some(secret) => {
                let code = self.totp_code(secret);
                self.post(&Caller::Nobody, format!("{link}/verify"), json!({"code": code})).await
            }
            None => accepted,
        };
        assert_eq!(done.status, 200, "{done:?}");
        match done.session() {
            Some(caller) => Person { id: user.text_of("id"), email, caller },
            None => panic!("no session in {done:?}"),
        }
    }

    /// The present code of an authenticator with that secret.
    #[must_use]
    pub fn totp_code(&self, secret: &str) -> String {
        match rollcall_accounts::totp::TotpSecret::parse(secret) {
            Ok(secret) => secret.code(self.server.clock().now()),
            Err(error) => panic!("{error}"),
        }
    }

    /// The API path of the newest invitation mailed to an address, waited for.
    pub async fn invitation_path(&self, email: &str) -> String {
        let found = self
            .eventually(async || {
                let mails = self.server.outbox().list(&MailFilter::default()).unwrap_or_default();
                let mail = mails.into_iter().rev().find(|mail| mail.to == email)?;
                let link = mail.links.iter().find_map(|link| link.split_once("/invitations/"))?;
                Some(format!("/v1/invitations/{}", link.1))
            })
            .await;
        match found {
            Some(path) => path,
            None => panic!("no invitation was mailed"),
        }
    }

    /// The newest code that was sent to a phone as a text message, waited for; `besides` is an older one.
    pub async fn text_code(&self, phone: &str, besides: Option<&str>) -> String {
        let found = self
            .eventually(async || {
                let filter = MailFilter { to: Some(phone.to_owned()), ..MailFilter::default() };
                let message = self.server.outbox().list(&filter).ok()?.pop()?;
                let code = message.text.split(|c: char| !c.is_ascii_digit()).find(|digits| digits.len() == 6)?;
                (besides != Some(code)).then(|| code.to_owned())
            })
            .await;
        match found {
            Some(code) => code,
            None => panic!("no code was sent"),
        }
    }

    /// What `probe` finds. Ends as soon as it finds something; that nothing comes is known after two minutes, for
    /// machines that are busy.
    pub async fn eventually<T>(&self, mut probe: impl AsyncFnMut() -> Option<T>) -> Option<T> {
        for _ in 0..6000 {
            if let Some(found) = probe().await {
                return Some(found);
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        None
    }
}

/// Every code that any test meets is one that the description of the API lists.
fn described(answer: &Answer) {
    let listed = |schema: &str, code: &Value| {
        let codes =
            &rollcall_http_api::openapi::document()["components"]["schemas"][schema]["properties"]["code"]["enum"];
        assert!(
            codes.as_array().is_some_and(|codes| codes.contains(code)),
            "name {code} in crates/accounts/src/error.rs, OWN_CODES or REFUSALS: {answer:?}"
        );
    };
    let kind = answer.headers.get("content-type").map_or("", String::as_str);
    // HEAD answers without a body.
    if !kind.starts_with("application/problem+json") || answer.text.is_empty() {
        return;
    }
    listed("Problem", &answer.json["code"]);
    for refused in answer.json["errors"].as_array().into_iter().flatten() {
        listed("FieldProblem", &refused["code"]);
    }
}

async fn exchange(url: &str, caller: &Caller, request: &Request) -> Result<Answer, String> {
    let host = url.strip_prefix("http://").ok_or("not http")?;
    let mut head = format!("{} {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n", request.method, request.path);
    let own = match caller {
        Caller::Nobody => None,
        Caller::Key(key) => Some(("authorization", format!("Bearer {key}"))),
        Caller::Session(token) => Some(("cookie", format!("__Host-session={token}"))),
    };
    // What a browser says of requests that its own page makes.
    let names_site = request.headers.iter().any(|(name, _)| name == "origin" || name == "sec-fetch-site");
    let site = matches!(caller, Caller::Session(_)) && !names_site;
    let all = request
        .headers
        .iter()
        .map(|(name, value)| (name.as_str(), value.as_str()))
        .chain(own.as_ref().map(|(name, value)| (*name, value.as_str())))
        .chain(site.then_some(("sec-fetch-site", "same-origin")));
    for (name, value) in all {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    head.push_str(&format!("content-length: {}\r\n\r\n", request.body.len()));

    let mut stream = TcpStream::connect(host).await.map_err(|error| error.to_string())?;
    stream.write_all(head.as_bytes()).await.map_err(|error| error.to_string())?;
    // A server that refuses early may stop reading; what it said still counts.
    let _ = stream.write_all(&request.body).await;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.map_err(|error| error.to_string())?;
    parse(&bytes).ok_or_else(|| "not an HTTP answer".to_owned())
}

fn parse(bytes: &[u8]) -> Option<Answer> {
    let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
    let head = std::str::from_utf8(&bytes[..end]).ok()?;
    let mut lines = head.split("\r\n");
    let status = lines.next()?.split(' ').nth(1)?.parse().ok()?;
    let mut headers = BTreeMap::<String, String>::new();
    for line in lines {
        let (name, value) = line.split_once(':')?;
        let joined = headers.entry(name.trim().to_ascii_lowercase()).or_default();
        if !joined.is_empty() {
            joined.push('\n');
        }
        joined.push_str(value.trim());
    }
    let mut body = bytes[end + 4..].to_vec();
    if headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked") {
        body = unchunk(&body)?;
    }
    let text = String::from_utf8_lossy(&body).into_owned();
    let json = serde_json::from_str(&text).unwrap_or(Value::Null);
    Some(Answer { status, headers, text, json })
}

fn unchunk(mut bytes: &[u8]) -> Option<Vec<u8>> {
    let mut whole = Vec::new();
    loop {
        let end = bytes.windows(2).position(|window| window == b"\r\n")?;
        let size = usize::from_str_radix(std::str::from_utf8(&bytes[..end]).ok()?.trim(), 16).ok()?;
        if size == 0 {
            return Some(whole);
        }
        whole.extend_from_slice(bytes.get(end + 2..end + 2 + size)?);
        bytes = bytes.get(end + 2 + size + 2..)?;
    }
}
