//! `cargo xtask bench-cold`: what a cold start costs, function by function, beside a function that does nothing and one
//! that is written in the plainest way for Node.
//!
//! Each program is started anew for every run, against a Runtime API and a DynamoDB over TLS on loopback. What is
//! measured: from exec to the first request for work, from exec to the first answer (with one call of DynamoDB in it),
//! and the most memory that was ever resident. Every invocation is sampled, so that ours tell X-Ray's daemon of the call.

use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::{Child, ExitCode, Stdio};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::process::{Call, Failure, Outcome, at, say};
use crate::{cargo, functions, required, root, target, tools};

/// Functions of different weight: one read, the validator, the mail service's client.
const FUNCTIONS: [&str; 3] = ["get-me", "start-import", "deliver-mail"];

/// Starts of each program. They take turns, so that what else the machine does meets all of them.
const RUNS: usize = 25;

/// How long one start may take.
const PATIENCE: Duration = Duration::from_secs(20);

/// Aims of the project's issue: the size of what is uploaded, and memory.
const ZIP_AIM: f64 = 2.2;
const PEAK_AIM: f64 = 10.0;
/// Beyond a function that does nothing, until the first request.
const START_AIM: f64 = 3.0;
/// Times quicker to the first answer than Node.
const NODE_AIM: f64 = 10.0;

/// What is compared.
struct Peer {
    name: String,
    call: Call,
    event: Value,
    zip: f64,
    runs: Vec<Run>,
}

/// One start.
#[derive(Clone, Copy)]
struct Run {
    first_request: f64,
    first_answer: f64,
    peak: f64,
}

pub(crate) fn run() -> Outcome<ExitCode> {
    let folder = target().join("bench-cold");
    at(&folder, fs::create_dir_all(&folder))?;
    say("building three functions as they are deployed, one that does nothing, and one for Node");
    if !functions::build(&FUNCTIONS, Path::new("/dev/stderr"))? {
        return Ok(ExitCode::FAILURE);
    }
    let bare = root().join("xtask/bench-cold/bare/Cargo.toml");
    cargo()
        .args(["build", "--quiet", "--release", "--manifest-path"])
        .arg(bare.as_os_str())
        .arg("--target-dir")
        .arg(folder.join("bare").as_os_str())
        .show()?;
    let node = node(&folder)?;
    let table = Table::start(&folder)?;
    let daemon = UdpSocket::bind("127.0.0.1:0")?;
    daemon.set_nonblocking(true)?;
    let traced = daemon.local_addr()?.to_string();

    let mut peers = Vec::new();
    for name in FUNCTIONS {
        let program = functions::program(name);
        let call = function(Call::new(&program), &table).env("AWS_XRAY_DAEMON_ADDRESS", &traced);
        peers.push(peer(name, call, event(name), &[&program], &folder)?);
    }
    let program = folder.join("bare/release/bare");
    let call = function(Call::new(&program), &table);
    peers.push(peer("a function that does nothing", call, event("get-me"), &[&program], &folder)?);
    let call = function(Call::new("node").arg(node.join("bootstrap.mjs").as_os_str()), &table)
        .env("NODE_EXTRA_CA_CERTS", table.authority.as_os_str());
    let parts = [node.join("bootstrap.mjs"), node.join("index.mjs"), node.join("node_modules")];
    let parts: Vec<&Path> = parts.iter().map(PathBuf::as_path).collect();
    peers.push(peer("get-me for Node 20, AWS SDK v3", call, event("get-me"), &parts, &folder)?);

    let mut told = 0;
    for turn in 0..=RUNS {
        for peer in &mut peers {
            let run = start(peer)?;
            while daemon.recv(&mut [0; 1024]).is_ok() {
                told += 1;
            }
            // The first of each finds its files on the disk, the others in memory: they are alike.
            if turn > 0 {
                peer.runs.push(run);
            }
        }
    }
    let (mut report, held) = report(&peers);
    let expected = FUNCTIONS.len() * (RUNS + 1);
    let _ = write!(report, "\ntold to X-Ray's daemon: {told} calls of {expected} starts of ours");
    say(&report);
    let file = folder.join("report.md");
    at(&file, fs::write(&file, report))?;
    Ok(if held { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn peer(name: &str, call: Call, event: Value, parts: &[&Path], folder: &Path) -> Outcome<Peer> {
    let archive = folder.join("size.zip");
    let zip = Call::new("python3").args(["-m", "zipfile", "-c"]).arg(archive.as_os_str());
    zip.args(parts.iter().map(|part| part.as_os_str())).read()?;
    let bytes = at(&archive, fs::metadata(&archive))?.len();
    Ok(Peer { name: name.to_owned(), call, event, zip: bytes as f64 / 1e6, runs: Vec::new() })
}

/// The Node function with its packages, in a scratch folder.
fn node(folder: &Path) -> Outcome<PathBuf> {
    let there = folder.join("node");
    at(&there, fs::create_dir_all(&there))?;
    for file in ["package.json", "index.mjs", "bootstrap.mjs"] {
        let from = root().join("xtask/bench-cold/node").join(file);
        at(&from, fs::copy(&from, there.join(file)))?;
    }
    let npm = required(tools::on_path("npm"), "npm is not installed: Node.js 20 is what is compared with")?;
    if !there.join("node_modules").exists() {
        let install = Call::new(npm).args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--omit=dev"]);
        install.directory(&there).read()?;
    }
    Ok(there)
}

/// What Lambda and the template give a function.
fn function(call: Call, table: &Table) -> Call {
    let variables = [
        ("AWS_REGION", "eu-central-1"),
        ("AWS_ACCESS_KEY_ID", "ASIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", "none"),
        ("AWS_SESSION_TOKEN", "none"),
        ("AWS_LAMBDA_FUNCTION_NAME", "bench"),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST"),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "256"),
        ("AWS_LAMBDA_LOG_GROUP_NAME", "bench"),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "bench"),
        ("ROLLCALL_LOG", "info"),
        ("ROLLCALL_TABLE", "bench"),
        ("ROLLCALL_URL", "https://rollcall.example.com"),
        ("ROLLCALL_SENDER", "Rollcall <no-reply@example.com>"),
        ("ROLLCALL_CONFIGURATION_SET", "bench"),
        ("ROLLCALL_TEXT_ORIGINATION", ""),
        ("ROLLCALL_TEXT_TYPE", "TRANSACTIONAL"),
        ("ROLLCALL_TOKEN_KEYS", "k1:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    ];
    let call = variables.iter().fold(call, |call, (name, value)| call.env(name, *value));
    call.env("AWS_ENDPOINT_URL", &table.url).env("AWS_CA_BUNDLE", table.authority.as_os_str())
}

/// An event that makes a function ask the table once, and answer.
fn event(function: &str) -> Value {
    if function == "deliver-mail" {
        let image = json!({"kind": {"S": "mail"}, "lane": {"S": "now"}});
        let change = json!({"Keys": {"pk": {"S": "MAIL#x"}}, "NewImage": image, "SequenceNumber": "1"});
        return json!({"Records": [{"eventID": "1", "eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change}]});
    }
    let (method, path) = if function == "get-me" { ("GET", "/v1/me") } else { ("POST", "/v1/imports") };
    let headers =
        json!({"Authorization": "Bearer rk_bench", "Content-Type": "text/csv", "Host": "rollcall.example.com"});
    let context = json!({
        "accountId": "000000000000", "apiId": "a", "httpMethod": method, "identity": {"sourceIp": "192.0.2.1"},
        "path": path, "protocol": "HTTP/1.1", "requestId": "r-1", "requestTimeEpoch": 0, "resourceId": "r",
        "resourcePath": path, "stage": "dev",
    });
    json!({
        "resource": path, "path": path, "httpMethod": method, "headers": headers, "multiValueHeaders": {},
        "queryStringParameters": {"profile": "technician"}, "multiValueQueryStringParameters": {"profile": ["technician"]},
        "pathParameters": null, "stageVariables": null, "requestContext": context,
        "body": if method == "POST" { json!("First Name,Last Name,Email\nAna,Diaz,ana@example.org\n") } else { Value::Null },
        "isBase64Encoded": false,
    })
}

/// A request of the program to the Runtime API.
enum Asked {
    Next,
    Answered,
    Failed(String),
}

/// Starts a program, gives it one event, and ends it when it has answered.
fn start(peer: &Peer) -> Outcome<Run> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?.to_string();
    let (sender, asked) = channel();
    let event = peer.event.to_string();
    thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let (sender, event) = (sender.clone(), event.clone());
            thread::spawn(move || serve(stream, &event, &sender));
        }
    });
    let call = peer.call.clone().env("AWS_LAMBDA_RUNTIME_API", &address);
    let started = Instant::now();
    let mut child = call.command().stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
    let outcome = watch(&asked, &child, started);
    let _ = child.kill();
    let _ = child.wait();
    // Lets the listener's thread see that it is not needed any more.
    let _ = TcpStream::connect(&address);
    outcome.map_err(|failure| Failure::new(format!("{}: {failure}", peer.name)))
}

fn watch(asked: &Receiver<(Asked, Instant)>, child: &Child, started: Instant) -> Outcome<Run> {
    let since = |moment: Instant| moment.duration_since(started).as_secs_f64() * 1e3;
    let mut first_request = None;
    loop {
        let left = PATIENCE.saturating_sub(started.elapsed());
        match asked.recv_timeout(left) {
            Ok((Asked::Next, moment)) => first_request = first_request.or(Some(since(moment))),
            Ok((Asked::Answered, moment)) => {
                let peak = peak_of(child.id())?;
                let first_request = required(first_request, "it answered before it asked")?;
                return Ok(Run { first_request, first_answer: since(moment), peak });
            }
            Ok((Asked::Failed(what), _)) => return Err(Failure::new(what)),
            Err(_) => return Err(Failure::new("it did not answer in time")),
        }
    }
}

/// The most memory that a process ever had, in MB.
fn peak_of(process: u32) -> Outcome<f64> {
    let file = PathBuf::from(format!("/proc/{process}/status"));
    let status = at(&file, fs::read_to_string(&file))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|line| line.split_whitespace().next()?.parse::<f64>().ok());
    required(kilobytes.map(|kilobytes| kilobytes * 1024.0 / 1e6), "the system does not say how much memory was used")
}

/// The Runtime API on one connection: the event to the first who asks, nothing to who asks again.
fn serve(stream: TcpStream, event: &str, sender: &Sender<(Asked, Instant)>) {
    let Ok(mut output) = stream.try_clone() else { return };
    let mut input = BufReader::new(stream);
    let mut given = false;
    loop {
        let Some((line, body)) = request(&mut input) else { return };
        let now = Instant::now();
        let answer = if line.starts_with("GET ") {
            let _ = sender.send((Asked::Next, now));
            if std::mem::replace(&mut given, true) {
                // There is no more work. Whoever loses the connection ends, and takes with it what its memory was.
                let _ = request(&mut input);
                return;
            }
            let deadline = u128::from(u32::MAX) * 1000;
            format!(
                "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nLambda-Runtime-Aws-Request-Id: r-1\r\n\
                 Lambda-Runtime-Deadline-Ms: {deadline}\r\n\
                 Lambda-Runtime-Trace-Id: Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1\r\n\
                 Lambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:eu-central-1:000000000000:function:bench\r\n\
                 Content-Length: {}\r\n\r\n{event}",
                event.len()
            )
        } else {
            let asked = if line.contains("/response ") { Asked::Answered } else { Asked::Failed(body) };
            let _ = sender.send((asked, now));
            "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n".to_owned()
        };
        if output.write_all(answer.as_bytes()).is_err() {
            return;
        }
    }
}

/// A request's first line and body; `None` at the connection's end.
fn request(input: &mut BufReader<TcpStream>) -> Option<(String, String)> {
    let mut first = String::new();
    let (mut length, mut chunked) = (0, false);
    loop {
        let mut line = String::new();
        if input.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let line = line.trim_end();
        if line.is_empty() {
            break;
        }
        if first.is_empty() {
            line.clone_into(&mut first);
            continue;
        }
        let (name, value) = line.split_once(':')?;
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.trim().parse().ok()?,
            "transfer-encoding" => chunked = value.trim() == "chunked",
            _ => {}
        }
    }
    let mut body = Vec::new();
    if chunked {
        loop {
            let mut size = String::new();
            input.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let mut part = vec![0; size + 2];
            input.read_exact(&mut part).ok()?;
            if size == 0 {
                break;
            }
            body.extend_from_slice(&part[..size]);
        }
    } else {
        body.resize(length, 0);
        input.read_exact(&mut body).ok()?;
    }
    Some((first, String::from_utf8_lossy(&body).into_owned()))
}

/// A DynamoDB over TLS with nothing in it; ends with the value.
struct Table {
    child: Child,
    url: String,
    authority: PathBuf,
}

impl Table {
    fn start(folder: &Path) -> Outcome<Self> {
        let file = |name: &str| folder.join(name).into_os_string();
        let names = folder.join("names");
        at(&names, fs::write(&names, "subjectAltName=IP:127.0.0.1\n"))?;
        let key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"];
        let openssl = |arguments: &[&str]| Call::new("openssl").args(arguments.iter().copied());
        let authority = openssl(&["req", "-x509", "-days", "2", "-subj", "/CN=bench"]).args(key);
        authority.arg("-keyout").arg(file("ca.key")).arg("-out").arg(file("ca.pem")).read()?;
        let wish = openssl(&["req", "-subj", "/CN=127.0.0.1"]).args(key);
        wish.arg("-keyout").arg(file("key.pem")).arg("-out").arg(file("wish.pem")).read()?;
        let sign = openssl(&["x509", "-req", "-days", "2", "-CAcreateserial"]).arg("-in").arg(file("wish.pem"));
        let sign = sign.arg("-CA").arg(file("ca.pem")).arg("-CAkey").arg(file("ca.key"));
        sign.arg("-extfile").arg(names.as_os_str()).arg("-out").arg(file("cert.pem")).read()?;
        let server = Call::new("node").arg(root().join("xtask/bench-cold/table.mjs").as_os_str());
        let server = server.arg(file("key.pem")).arg(file("cert.pem"));
        let mut child = server.command().stdout(Stdio::piped()).spawn()?;
        let output = required(child.stdout.take(), "the table has no output")?;
        let mut port = String::new();
        BufReader::new(output).read_line(&mut port)?;
        let url = format!("https://127.0.0.1:{}", port.trim());
        Ok(Self { child, url, authority: folder.join("ca.pem") })
    }
}

impl Drop for Table {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn median(runs: &[Run], of: fn(&Run) -> f64) -> f64 {
    let mut values: Vec<f64> = runs.iter().map(of).collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// What is said of one program.
struct Medians {
    zip: f64,
    first_request: f64,
    first_answer: f64,
    peak: f64,
}

/// The table, the aims, and whether they hold.
fn report(peers: &[Peer]) -> (String, bool) {
    let mut text = String::from(
        "| medians | zip | exec → first request | exec → first answer | peak memory |\n| --- | ---: | ---: | ---: | ---: |\n",
    );
    let measured: Vec<_> = peers
        .iter()
        .map(|peer| {
            let first_request = median(&peer.runs, |run| run.first_request);
            let first_answer = median(&peer.runs, |run| run.first_answer);
            let peak = median(&peer.runs, |run| run.peak);
            let _ = writeln!(
                text,
                "| {} | {:.2} MB | {first_request:.1} ms | {first_answer:.1} ms | {peak:.1} MB |",
                peer.name, peer.zip
            );
            Medians { zip: peer.zip, first_request, first_answer, peak }
        })
        .collect();
    let [ours @ .., bare, node] = measured.as_slice() else { return (text, false) };
    let worst = |of: fn(&Medians) -> f64| ours.iter().map(of).fold(0.0, f64::max);
    let (bare, node) = (bare.first_request, node.first_answer);
    let same = ours.first().map_or(f64::INFINITY, |get_me| get_me.first_answer);
    let aims = [
        (format!("zip at most {ZIP_AIM} MB"), worst(|one| one.zip), ZIP_AIM),
        (
            format!("first request at most {START_AIM} ms after a function that does nothing"),
            worst(|one| one.first_request) - bare,
            START_AIM,
        ),
        (format!("peak memory at most {PEAK_AIM} MB"), worst(|one| one.peak), PEAK_AIM),
        (format!("first answer at least {NODE_AIM} times as quick as Node's (1/x)"), same / node, 1.0 / NODE_AIM),
    ];
    let mut held = true;
    for (aim, value, bound) in aims {
        held &= value <= bound;
        let _ =
            write!(text, "\n{} {aim}: {value:.3}", if value <= bound { "holds:        " } else { "does not hold:" });
    }
    let _ = write!(text, "\nget-me answers {:.1} times as quickly as Node's", node / same);
    (text, held)
}
