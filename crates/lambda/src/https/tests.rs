//! What the client trusts, how long it waits, and what it calls a failure: against servers on loopback.

use std::{
    io::{BufRead as _, BufReader, Read, Write},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use aws_smithy_runtime_api::client::orchestrator::HttpRequest;
use aws_smithy_types::{body::SdkBody, byte_stream::ByteStream, retry::ErrorKind};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::{
    ServerConfig, ServerConnection, StreamOwned,
    crypto::ring,
    pki_types::{CertificateDer, PrivateKeyDer},
};

use super::*;

/// An authority, and what it says in PEM.
fn authority() -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::new(Vec::new()).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// What a server says of itself: that it has this name, which that authority signed.
fn certified(authority: &CertifiedIssuer<'static, KeyPair>, name: &str) -> Arc<ServerConfig> {
    let key = KeyPair::generate().unwrap();
    let certificate = CertificateParams::new([name.to_owned()]).unwrap().signed_by(&key, authority).unwrap();
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let config = config.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    Arc::new(config.with_single_cert(chain, key).unwrap())
}

/// Reads one request with its body and answers what came. `None` at the end of the connection.
fn echo(stream: &mut (impl Read + Write)) -> Option<()> {
    let mut reader = BufReader::new(stream);
    let (mut line, mut length) = (String::new(), 0);
    loop {
        line.clear();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        if line == "\r\n" {
            break;
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).ok()?;
    let stream = reader.into_inner();
    write!(stream, "HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n").ok()?;
    stream.write_all(&body).ok()?;
    stream.flush().ok()
}

/// A server that does so with each connection; how many there were.
fn server(serve: impl Fn(TcpStream) + Clone + Send + 'static) -> (SocketAddr, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let (address, connections) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
    let counted = Arc::clone(&connections);
    thread::spawn(move || {
        for stream in listener.incoming() {
            counted.fetch_add(1, Ordering::SeqCst);
            let serve = serve.clone();
            thread::spawn(move || serve(stream.unwrap()));
        }
    });
    (address, connections)
}

/// A server that echoes over TLS.
fn over_tls(config: Arc<ServerConfig>) -> (SocketAddr, Arc<AtomicUsize>) {
    server(move |stream| {
        let mut stream = StreamOwned::new(ServerConnection::new(Arc::clone(&config)).unwrap(), stream);
        while echo(&mut stream).is_some() {}
    })
}

fn client(roots: &str, longest: Option<Duration>) -> Requests {
    Requests { client: Https::new(roots.as_bytes(), None).unwrap().client, daemon: None, longest }
}

fn request(uri: String) -> HttpRequest {
    let request = http::Request::post(uri).body(SdkBody::from("a wish")).unwrap();
    HttpRequest::try_from(request).unwrap()
}

async fn whole(answer: HttpResponse) -> Vec<u8> {
    ByteStream::new(answer.into_body()).collect().await.unwrap().to_vec()
}

/// Asks, and answers with the status and the whole body.
async fn ask(client: &Requests, uri: String) -> Result<(u16, Vec<u8>), ConnectorError> {
    let answer = client.call(request(uri)).await?;
    let status = answer.status().as_u16();
    Ok((status, whole(answer).await))
}

#[tokio::test]
async fn who_is_certified_by_a_trusted_authority_is_asked_over_one_connection() {
    let authority = authority();
    let (address, connections) = over_tls(certified(&authority, "127.0.0.1"));
    let client = client(&authority.pem(), None);
    for _ in 0..3 {
        assert_eq!(ask(&client, format!("https://{address}/")).await.unwrap(), (200, b"a wish".to_vec()));
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn nobody_else_is_asked() {
    let (trusted, stranger) = (authority(), authority());
    for (case, config) in [
        ("another authority", certified(&stranger, "127.0.0.1")),
        ("another name", certified(&trusted, "dynamodb.example")),
    ] {
        let (address, _) = over_tls(config);
        let failed = ask(&client(&trusted.pem(), None), format!("https://{address}/")).await.unwrap_err();
        assert!(failed.is_io(), "{case}: {failed:?}");
        assert!(format!("{failed:?}").contains("InvalidCertificate"), "{case}: {failed:?}");
    }
}

#[tokio::test]
async fn failures_are_told_apart() {
    let closed = {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.local_addr().unwrap()
    };
    let failed = ask(&client("", None), format!("http://{closed}/")).await.unwrap_err();
    assert!(failed.is_io(), "nobody listens: {failed:?}");

    // It takes the request and goes.
    let (gone, _) = server(|mut stream| {
        let mut some = [0; 16];
        let _ = stream.read(&mut some);
    });
    let failed = ask(&client("", None), format!("http://{gone}/")).await.unwrap_err();
    let transient = failed.as_other() == Some(ErrorKind::TransientError);
    assert!(failed.is_io() || transient, "no answer: {failed:?}");

    // It takes the request and says nothing.
    let (silent, _) = server(|mut stream| {
        let mut all = Vec::new();
        let _ = stream.read_to_end(&mut all);
    });
    let failed = ask(&client("", Some(Duration::from_millis(50))), format!("http://{silent}/")).await.unwrap_err();
    assert!(failed.is_timeout(), "silence: {failed:?}");

    // It takes the connection and never says who it is.
    let failed = ask(&client("", None), format!("https://{silent}/")).await.unwrap_err();
    assert!(failed.is_timeout(), "no handshake: {failed:?}");
}

#[tokio::test]
async fn a_connection_that_was_given_up_is_not_used_again() {
    let (address, connections) = server(|mut stream| while echo(&mut stream).is_some() {});
    let client = client("", None);
    let mut first = request(format!("http://{address}/"));
    let capture = CaptureSmithyConnection::new();
    first.add_extension(capture.clone());
    let answer = client.call(first).await.unwrap();
    whole(answer).await;
    capture.get().unwrap().poison();
    ask(&client, format!("http://{address}/")).await.unwrap();
    assert_eq!(connections.load(Ordering::SeqCst), 2);
}

#[test]
fn what_is_no_certificate_is_refused_at_start() {
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    assert!(Https::new(broken.as_bytes(), None).is_err());
}
