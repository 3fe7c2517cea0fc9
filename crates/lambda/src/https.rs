//! How functions reach AWS: hyper over rustls with ring. HTTP/1.1 alone, which is what the endpoints of the table and of
//! the mail service speak; no proxies. What the SDK's own client brings besides (HTTP/2, proxies, pools of several
//! kinds) would be a fifth of every function (ADR 0007).

use std::{
    error::Error as StdError,
    future::Future,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use aws_smithy_runtime_api::{
    box_error::BoxError,
    client::{
        connection::{CaptureSmithyConnection, ConnectionMetadata},
        http::{HttpClient, HttpConnector, HttpConnectorFuture, HttpConnectorSettings, SharedHttpConnector},
        orchestrator::{HttpRequest, HttpResponse},
        result::ConnectorError,
        runtime_components::RuntimeComponents,
    },
};
use aws_smithy_types::{body::SdkBody, retry::ErrorKind};
use http::Uri;
use hyper_rustls::{HttpsConnector, HttpsConnectorBuilder, MaybeHttpsStream};
use hyper_util::{
    client::legacy::{
        Client,
        connect::{CaptureConnection, HttpConnector as Tcp, capture_connection},
    },
    rt::{TokioExecutor, TokioIo, TokioTimer},
};
use rustls::{
    ClientConfig, RootCertStore,
    pki_types::{CertificateDer, pem::PemObject as _},
};
use tokio::net::TcpStream;
use tower::Service;

use crate::{Error, tls, traces::Daemon};

/// How long TCP and TLS together may take: the SDK's own default.
pub(crate) const CONNECT: Duration = Duration::from_millis(3100);

/// A client for the SDK, with one pool of connections. Cheap to clone.
#[derive(Debug, Clone)]
pub(crate) struct Https {
    client: Client<Connector, SdkBody>,
    daemon: Option<Daemon>,
}

impl Https {
    /// A client that trusts these certificates (PEM) and no others, and tells of its calls where somebody wants to know.
    pub(crate) fn new(roots: &[u8], daemon: Option<Daemon>) -> Result<Self, Error> {
        let mut store = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(roots) {
            store.add(certificate.map_err(|error| error.to_string())?)?;
        }
        let mut tcp = Tcp::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        let https = HttpsConnectorBuilder::new().with_tls_config(configuration(store)?);
        // Plain HTTP is for emulators, whose endpoint a variable names.
        let https = https.https_or_http().enable_http1().wrap_connector(tcp);
        let client = Client::builder(TokioExecutor::new()).pool_timer(TokioTimer::new()).build(Connector(https));
        Ok(Self { client, daemon })
    }
}

fn configuration(roots: RootCertStore) -> Result<ClientConfig, rustls::Error> {
    let builder =
        ClientConfig::builder_with_provider(Arc::new(tls::provider())).with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

impl HttpClient for Https {
    fn http_connector(&self, settings: &HttpConnectorSettings, _: &RuntimeComponents) -> SharedHttpConnector {
        let (client, daemon) = (self.client.clone(), self.daemon.clone());
        SharedHttpConnector::new(Requests { client, daemon, longest: settings.read_timeout() })
    }
}

/// TCP and, by the scheme, TLS; all within [`CONNECT`].
#[derive(Debug, Clone)]
struct Connector(HttpsConnector<Tcp>);

impl Service<Uri> for Connector {
    type Response = MaybeHttpsStream<TokioIo<TcpStream>>;
    type Error = BoxError;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, BoxError>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), BoxError>> {
        self.0.poll_ready(context)
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let connected = self.0.call(uri);
        Box::pin(async move { tokio::time::timeout(CONNECT, connected).await.map_err(|_| TookTooLong)? })
    }
}

/// One client's requests, under the SDK's settings.
#[derive(Debug)]
struct Requests {
    client: Client<Connector, SdkBody>,
    daemon: Option<Daemon>,
    longest: Option<Duration>,
}

impl HttpConnector for Requests {
    fn call(&self, request: HttpRequest) -> HttpConnectorFuture {
        let mut request = match request.try_into_http1x() {
            Ok(request) => request,
            Err(error) => return HttpConnectorFuture::ready(Err(ConnectorError::user(error.into()))),
        };
        let mut told = self.daemon.as_ref().and_then(|daemon| daemon.call(&request));
        let connection = capture_connection(&mut request);
        if let Some(capture) = request.extensions().get::<CaptureSmithyConnection>() {
            capture.set_connection_retriever(move || metadata(&connection));
        }
        let (answer, longest) = (self.client.request(request), self.longest);
        HttpConnectorFuture::new(async move {
            let answer = match longest {
                Some(longest) => match tokio::time::timeout(longest, answer).await {
                    Ok(answer) => answer,
                    Err(_) => return Err(ConnectorError::timeout(TookTooLong.into())),
                },
                None => answer.await,
            };
            let answer = answer.map_err(|error| failure(error.into()))?;
            if let Some(told) = &mut told {
                told.answered(answer.status());
            }
            HttpResponse::try_from(answer.map(SdkBody::from_body_1_x))
                .map_err(|error| ConnectorError::other(error.into(), None))
        })
    }
}

/// The connection that a request went over: the SDK gives it up after a failure that may be the connection's.
fn metadata(connection: &CaptureConnection) -> Option<ConnectionMetadata> {
    connection.connection_metadata().as_ref()?;
    let connection = connection.clone();
    let poison = move || {
        if let Some(connected) = connection.connection_metadata().as_ref() {
            connected.poison();
        }
    };
    Some(ConnectionMetadata::builder().proxied(false).poison_fn(poison).build())
}

/// A connection that was not there in time.
#[derive(Debug, thiserror::Error)]
#[error("the connection took too long")]
struct TookTooLong;

/// What kind of failure it was, by which the SDK decides whether to try again.
fn failure(error: BoxError) -> ConnectorError {
    if within::<TookTooLong>(error.as_ref()).is_some() {
        return ConnectorError::timeout(error);
    }
    if let Some(cause) = within::<hyper::Error>(error.as_ref()) {
        if cause.is_timeout() {
            return ConnectorError::timeout(error);
        }
        if cause.is_user() {
            return ConnectorError::user(error);
        }
        if cause.is_incomplete_message() {
            return ConnectorError::other(error, Some(ErrorKind::TransientError));
        }
        if cause.is_closed() || cause.is_canceled() || within::<std::io::Error>(cause).is_some() {
            return ConnectorError::io(error);
        }
        return ConnectorError::other(error, None);
    }
    let connecting = within::<hyper_util::client::legacy::Error>(error.as_ref())
        .is_some_and(hyper_util::client::legacy::Error::is_connect);
    if connecting || within::<std::io::Error>(error.as_ref()).is_some() {
        return ConnectorError::io(error);
    }
    ConnectorError::other(error, None)
}

/// The first error of a kind, along the causes.
fn within<'e, E: StdError + 'static>(mut error: &'e (dyn StdError + 'static)) -> Option<&'e E> {
    loop {
        if let Some(found) = error.downcast_ref() {
            return Some(found);
        }
        error = error.source()?;
    }
}

#[cfg(test)]
mod tests;
