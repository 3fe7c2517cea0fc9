//! A request as an operation sees it.

use std::collections::BTreeMap;

use bytes::Bytes;
use http::{HeaderMap, Method, header};
use jiff::Timestamp;
use rollcall_accounts::{
    Error,
    audit::Origin,
    error::{Invalid, Missing},
    ids::UserId,
};
use serde::de::DeserializeOwned;

use crate::routes::Route;

/// Most bytes of a body that Lambda hands over once base64 and the event around it are counted
/// (6 MB payload, design.md: 4 MiB).
pub const BODY_LIMIT: usize = 4 * 1024 * 1024;
/// Most bytes of a body of an operation on one thing: a user with everything that there may be takes less.
pub const SMALL_BODY_LIMIT: usize = 64 * 1024;

/// Most bytes of an operation's body. `start-import` says itself that larger sheets come in chunks.
fn body_limit(operation: &str) -> usize {
    match operation {
        "start-import" => usize::MAX,
        "stage-chunk"
        | "stage-source"
        | "create-import-profile"
        | "update-import-profile"
        | "preview-import-profile" => BODY_LIMIT,
        _ => SMALL_BODY_LIMIT,
    }
}

/// One request: its operation's path parameters, query, headers and body, when and from where it came.
#[derive(Debug, Clone)]
pub struct Call {
    /// The operation's name.
    pub operation: &'static str,
    /// Method.
    pub method: Method,
    /// Headers.
    pub headers: HeaderMap,
    /// Body.
    pub body: Bytes,
    /// Source address as the gateway saw it.
    pub source: Option<String>,
    /// The gateway's identifier of this request.
    pub request_id: String,
    /// The moment it is answered at.
    pub now: Timestamp,
    params: BTreeMap<&'static str, String>,
    query: Vec<(String, String)>,
}

/// What the gateway knows of a request beside the request itself.
#[derive(Debug, Clone)]
pub struct Arrival {
    /// Source address.
    pub source: Option<String>,
    /// Identifier of the request.
    pub request_id: String,
    /// The moment it is answered at.
    pub now: Timestamp,
}

impl Call {
    /// Reads a request to the operation of a route.
    ///
    /// # Errors
    /// [`Missing::Route`] when path or method are not the route's; [`Invalid::BodyTooLarge`].
    pub fn new(route: &Route, request: http::Request<Bytes>, arrival: Arrival) -> Result<Self, Error> {
        let (parts, body) = request.into_parts();
        let params = route.match_path(parts.uri.path()).ok_or(Error::NotFound(Missing::Route))?;
        if parts.method != route.method {
            return Err(Error::NotFound(Missing::Route));
        }
        let limit = body_limit(route.operation);
        if body.len() > limit {
            return Err(Invalid::BodyTooLarge { limit }.into());
        }
        Ok(Self {
            operation: route.operation,
            method: parts.method,
            headers: parts.headers,
            body,
            source: arrival.source,
            request_id: arrival.request_id,
            now: arrival.now,
            params,
            query: parse_query(parts.uri.query().unwrap_or_default()),
        })
    }

    /// A path parameter, percent-decoded; empty when the route has none of that name.
    #[must_use]
    pub fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// A query parameter's last value; empty ones count as absent.
    #[must_use]
    pub fn query(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str()).filter(|v| !v.is_empty())
    }

    /// A query parameter that is a number or one of a few values: an empty one is none of these.
    fn typed_query(&self, name: &str) -> Option<&str> {
        self.query.iter().rev().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// A header as text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// What tells this request from another one to the same operation: parameters, query, media type, body.
    #[must_use]
    pub(crate) fn fingerprint(&self) -> String {
        let media_type = self.media_type();
        let pairs = self
            .params
            .iter()
            .map(|(key, value)| (*key, value.as_str()))
            .chain(self.query.iter().map(|(k, v)| (k.as_str(), v.as_str())))
            .flat_map(|(key, value)| [key.as_bytes(), value.as_bytes()]);
        rollcall_accounts::idempotency::fingerprint(pairs.chain([media_type.as_bytes(), &self.body[..]]))
    }

    /// The query without what moves through a listing: what is listed.
    pub(crate) fn filters(&self) -> Vec<(&str, &str)> {
        self.query
            .iter()
            .map(|(key, value)| (key.as_str(), value.as_str()))
            .filter(|(key, _)| !matches!(*key, "cursor" | "limit"))
            .collect()
    }

    /// A query parameter that has one of a few values, read by `parse`.
    ///
    /// # Errors
    /// [`Invalid::Parameter`] with the text that says which.
    pub fn choice<T>(
        &self,
        name: &'static str,
        expected: &str,
        parse: impl FnOnce(&str) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        match self.typed_query(name) {
            None => Ok(None),
            Some(text) => match parse(text) {
                Some(value) => Ok(Some(value)),
                None => Err(Invalid::Parameter { name, expected: expected.to_owned() }.into()),
            },
        }
    }

    /// The media type of the body, lower case, without parameters.
    #[must_use]
    pub fn media_type(&self) -> String {
        self.header(header::CONTENT_TYPE.as_str())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase()
    }

    /// The body as JSON of a documented shape.
    ///
    /// # Errors
    /// [`Invalid::MediaType`], [`Invalid::Body`] naming line and column, never the content.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        if self.media_type() != "application/json" {
            return Err(Invalid::MediaType { expected: "application/json" }.into());
        }
        serde_json::from_slice(&self.body).map_err(|error| {
            let what = match error.classify() {
                serde_json::error::Category::Data => {
                    format!("not of the documented shape at line {}, column {}", error.line(), error.column())
                }
                _ => format!("not JSON at line {}, column {}", error.line(), error.column()),
            };
            Invalid::Body(what).into()
        })
    }

    /// `?limit=`, 1 to 100, 50 when absent.
    ///
    /// # Errors
    /// [`Invalid::Parameter`].
    pub fn limit(&self) -> Result<usize, Error> {
        match self.typed_query("limit") {
            None => Ok(50),
            Some(text) => match text.parse() {
                Ok(limit) if (1..=100).contains(&limit) => Ok(limit),
                _ => Err(Invalid::Parameter { name: "limit", expected: "a number from 1 to 100".into() }.into()),
            },
        }
    }

    /// The version that `If-Match` names.
    ///
    /// # Errors
    /// [`Invalid::PreconditionRequired`] without the header; [`Error::VersionConflict`] when it is no
    /// version of ours.
    pub fn if_match(&self) -> Result<u64, Error> {
        let value = self.header("if-match").ok_or(Invalid::PreconditionRequired)?;
        value.trim().trim_start_matches("W/").trim_matches('"').parse().map_err(|_| Error::VersionConflict)
    }

    /// The same where `*`, whatever version there is, may be said: then there is none.
    ///
    /// # Errors
    /// As [`Call::if_match`].
    pub fn if_match_or_any(&self) -> Result<Option<u64>, Error> {
        match self.header("if-match").map(str::trim) {
            Some("*") => Ok(None),
            _ => self.if_match().map(Some),
        }
    }

    /// The version that `If-Match` names, where the header need not be there.
    ///
    /// # Errors
    /// [`Error::VersionConflict`] when it is no version of ours.
    pub fn if_match_if_any(&self) -> Result<Option<u64>, Error> {
        match self.header("if-match") {
            Some(_) => self.if_match_or_any(),
            None => Ok(None),
        }
    }

    /// The origin of the changes that this call makes, for the audit trail.
    #[must_use]
    pub fn origin(&self, actor: Option<&UserId>) -> Origin {
        Origin { actor: actor.cloned(), source: self.source.clone(), now: self.now }
    }
}

impl From<Invalid> for crate::Problem {
    fn from(invalid: Invalid) -> Self {
        Error::from(invalid).into()
    }
}

/// The parameters by name, repeated ones in their order. Gateways hand them over in an order of their own, which must not
/// make two requests of one.
fn parse_query(text: &str) -> Vec<(String, String)> {
    let mut pairs: Vec<(String, String)> = text
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (percent_decode(key, true), percent_decode(value, true))
        })
        .collect();
    pairs.sort_by(|left, right| left.0.cmp(&right.0));
    pairs
}

/// Percent-decoding (RFC 3986 section 2.1); in queries `+` is a blank. Malformed escapes stay as they are.
pub(crate) fn percent_decode(text: &str, plus_is_blank: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        match bytes[i] {
            b'%' => {
                let hex = bytes.get(i + 1..i + 3).and_then(|hex| std::str::from_utf8(hex).ok());
                if let Some(byte) = hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
                    out.push(byte);
                    i += 3;
                    continue;
                }
                out.push(b'%');
            }
            b'+' if plus_is_blank => out.push(b' '),
            byte => out.push(byte),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_have_the_limit_of_their_operation() {
        let arrival = || Arrival { source: None, request_id: "r".into(), now: Timestamp::UNIX_EPOCH };
        for (operation, path, bytes, fits) in [
            ("sign-in", "/v1/sessions", SMALL_BODY_LIMIT, true),
            ("sign-in", "/v1/sessions", SMALL_BODY_LIMIT + 1, false),
            ("stage-chunk", "/v1/imports/imp_1/chunks/0", BODY_LIMIT, true),
            ("stage-chunk", "/v1/imports/imp_1/chunks/0", BODY_LIMIT + 1, false),
            ("preview-import-profile", "/v1/import-profiles/preview", SMALL_BODY_LIMIT + 1, true),
            ("start-import", "/v1/imports", BODY_LIMIT + 1, true),
        ] {
            let route = Route::of(operation).unwrap();
            let request = http::Request::builder().method(route.method.clone()).uri(path);
            let call = Call::new(route, request.body(Bytes::from(vec![b' '; bytes])).unwrap(), arrival());
            assert_eq!(call.is_ok(), fits, "{operation} {bytes}");
        }
    }

    #[test]
    fn queries_are_decoded_and_come_by_name() {
        assert_eq!(
            parse_query("q=J%C3%BCrgen+M&a=1&a=2&bad=%zz&flag"),
            [("a", "1"), ("a", "2"), ("bad", "%zz"), ("flag", ""), ("q", "Jürgen M")]
                .map(|(k, v)| (k.to_owned(), v.to_owned()))
        );
    }
}
