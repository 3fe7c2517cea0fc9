//! An answer.

use bytes::Bytes;
use http::{HeaderName, HeaderValue, StatusCode, header};
use jiff::Timestamp;
use rollcall_accounts::user::User;
use serde::Serialize;

use crate::{Problem, representations::user::UserResponse};

/// What every answer says; infra/template.yaml says as much for those that the gateway gives by itself.
const SECURITY: [(HeaderName, &str); 4] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::STRICT_TRANSPORT_SECURITY, "max-age=63072000; includeSubDomains"),
];

/// An operation's answer: status, headers, body.
#[derive(Debug, Clone)]
pub struct Reply {
    status: StatusCode,
    headers: Vec<(HeaderName, String)>,
    body: Bytes,
}

impl Reply {
    /// A JSON body.
    ///
    /// # Errors
    /// An internal problem when the value cannot be written as JSON, which would be a bug.
    pub fn json(status: StatusCode, value: &impl Serialize) -> Result<Self, Problem> {
        let body = serde_json::to_vec(value).map_err(rollcall_accounts::Error::internal)?;
        Ok(Self::bytes(status, "application/json", body))
    }

    /// A user as it is at `now`, with its version: the answer of every operation on one user.
    ///
    /// # Errors
    /// As [`Reply::json`].
    pub fn user(user: &User, now: Timestamp) -> Result<Self, Problem> {
        Ok(Self::json(StatusCode::OK, &UserResponse::new(user, now))?.with_version(user.version))
    }

    /// Any body.
    #[must_use]
    pub fn bytes(status: StatusCode, media_type: &str, body: impl Into<Bytes>) -> Self {
        Self { status, headers: vec![(header::CONTENT_TYPE, media_type.to_owned())], body: body.into() }
    }

    /// A file that is saved under that name.
    #[must_use]
    pub fn download(name: &str, media_type: &str, file: impl Into<Bytes>) -> Self {
        Self::bytes(StatusCode::OK, media_type, file)
            .with(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))
    }

    /// A body whose headers follow with [`Reply::with`].
    #[must_use]
    pub(crate) fn raw(status: StatusCode, body: impl Into<Bytes>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// No body.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: Vec::new(), body: Bytes::new() }
    }

    /// With one more header.
    #[must_use]
    pub fn with(mut self, name: HeaderName, value: impl Into<String>) -> Self {
        self.headers.push((name, value.into()));
        self
    }

    /// With the ETag of a version.
    #[must_use]
    pub fn with_version(self, version: u64) -> Self {
        self.with(header::ETAG, format!("\"{version}\""))
    }

    /// Status.
    #[must_use]
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// Body.
    #[must_use]
    pub fn body(&self) -> &Bytes {
        &self.body
    }

    /// A header's value.
    #[must_use]
    pub fn header(&self, name: &HeaderName) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// The response. Nothing of the API is to be kept by caches, run by a browser or shown inside another page.
    #[must_use]
    pub fn into_response(self) -> http::Response<Bytes> {
        let mut response = http::Response::new(self.body);
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        for (name, value) in SECURITY {
            headers.insert(name, HeaderValue::from_static(value));
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                headers.append(name, value);
            }
        }
        response
    }
}
