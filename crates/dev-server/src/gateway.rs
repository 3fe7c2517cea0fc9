//! API Gateway (REST): finds the route in the template, makes the proxy event, calls the function and renders its
//! answer.

use std::{collections::BTreeMap, pin::Pin, sync::Arc};

use axum::{
    body::{Body, HttpBody as _},
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::fmt::rfc2822::DateTimePrinter;
use percent_encoding::percent_decode_str;
use serde_json::{Map, Value, json};

use crate::{
    clock::Clock,
    functions::{Functions, InvokeError},
    random::uuid,
    template::{ACCOUNT, Api, Route},
};

/// What API Gateway takes.
const LARGEST_BODY: usize = 10 * 1024 * 1024;
/// A body that is too large is still read to its end, up to here: a client that is cut off in the middle never
/// sees the answer.
const LARGEST_DISCARDED: usize = 1024 * 1024 * 1024;
/// Everything listens on the loopback interface.
const SOURCE_IP: &str = "127.0.0.1";

/// The API.
pub(crate) struct Gateway {
    pub(crate) api: Api,
    pub(crate) routes: Vec<(String, Route)>,
    pub(crate) functions: Functions,
    pub(crate) clock: Clock,
}

/// A request that has a route.
struct Arrival<'a> {
    function: &'a str,
    route: &'a Route,
    parameters: BTreeMap<String, String>,
    parts: Parts,
    request_id: String,
}

impl Gateway {
    pub(crate) async fn handle(self: Arc<Self>, request: Request) -> Response {
        let request_id = uuid();
        let (parts, body) = request.into_parts();
        let Some((function, route, parameters)) = self.find(parts.method.as_str(), parts.uri.path()) else {
            // A method that a path does not have is no route either, as in the cloud.
            return self.own("MISSING_AUTHENTICATION_TOKEN", StatusCode::FORBIDDEN, &request_id);
        };
        let arrival = Arrival { function, route, parameters, parts, request_id };
        let mut response = match read(&arrival.parts.headers, body).await {
            Ok(Some(body)) => self.call(&arrival, &body).await,
            Ok(None) => self.own("REQUEST_TOO_LARGE", StatusCode::PAYLOAD_TOO_LARGE, &arrival.request_id),
            Err(error) => {
                tracing::debug!(%error, "the client went away");
                self.own("BAD_REQUEST_BODY", StatusCode::BAD_REQUEST, &arrival.request_id)
            }
        };
        // The console counts "expires in 3 h" from this, so it must be the clock by which things expire.
        let date = DateTimePrinter::new().timestamp_to_rfc9110_string(&self.clock.now());
        if let Some(date) = date.ok().and_then(|date| HeaderValue::from_str(&date).ok()) {
            response.headers_mut().insert(header::DATE, date);
        }
        tracing::debug!(
            method = %arrival.route.method,
            route = arrival.route.path,
            status = response.status().as_u16(),
            request_id = arrival.request_id,
            "answered"
        );
        response
    }

    /// The route of the most specific resource that the path fits, if that has the method: where one segment is
    /// static and another a parameter, the static one counts, as in the cloud, and nothing falls back from it.
    fn find(&self, method: &str, path: &str) -> Option<(&str, &Route, BTreeMap<String, String>)> {
        let fitting = || self.routes.iter().filter(|(_, route)| match_path(&route.path, path).is_some());
        let resource =
            fitting().map(|(_, route)| route.path.as_str()).min_by_key(|template| parameters_at(template))?;
        let (function, route) =
            fitting().find(|(_, route)| route.path == resource && (route.method == method || route.method == "ANY"))?;
        Some((function.as_str(), route, match_path(&route.path, path)?))
    }

    async fn call(&self, arrival: &Arrival<'_>, body: &[u8]) -> Response {
        let event = self.event(arrival, body);
        match self.functions.invoke(arrival.function, event).await {
            Ok(answer) => render(&answer, self.takes_bytes(&arrival.parts.headers)).unwrap_or_else(|| {
                tracing::error!(function = arrival.function, "malformed proxy response");
                self.own("DEFAULT_5XX", StatusCode::BAD_GATEWAY, &arrival.request_id)
            }),
            Err(InvokeError::EventTooLarge) => {
                self.own("REQUEST_TOO_LARGE", StatusCode::PAYLOAD_TOO_LARGE, &arrival.request_id)
            }
            Err(InvokeError::TimedOut(_)) => self.own("DEFAULT_5XX", StatusCode::GATEWAY_TIMEOUT, &arrival.request_id),
            Err(_) => self.own("DEFAULT_5XX", StatusCode::BAD_GATEWAY, &arrival.request_id),
        }
    }

    /// What the gateway itself answers, as the template words it.
    fn own(&self, kind: &str, status: StatusCode, request_id: &str) -> Response {
        let class = if status.is_server_error() { "DEFAULT_5XX" } else { "DEFAULT_4XX" };
        let Some(wording) = self.api.responses.get(kind).or_else(|| self.api.responses.get(class)) else {
            return status.into_response();
        };
        let status = wording.status.and_then(|status| StatusCode::from_u16(status).ok()).unwrap_or(status);
        let body = wording.body.replace("$context.requestId", request_id);
        let mut response = (status, body).into_response();
        for (name, value) in &wording.headers {
            if let (Ok(name), Ok(value)) = (name.parse::<HeaderName>(), HeaderValue::from_str(value)) {
                response.headers_mut().insert(name, value);
            }
        }
        response
    }

    fn event(&self, arrival: &Arrival<'_>, body: &[u8]) -> Value {
        let Arrival { route, parameters, parts, request_id, .. } = arrival;
        let (headers, multi_headers) = headers(&parts.headers);
        let (query, multi_query) = query(parts.uri.query().unwrap_or_default());
        let path = parts.uri.path();
        let host = parts.headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let stage = &self.api.stage;
        let (body, encoded) = self.body(&parts.headers, body);
        let now = self.clock.now();
        json!({
            "resource": route.path,
            "path": path,
            "httpMethod": parts.method.as_str(),
            "headers": headers,
            "multiValueHeaders": multi_headers,
            "queryStringParameters": or_null(query),
            "multiValueQueryStringParameters": or_null(multi_query),
            "pathParameters": if parameters.is_empty() { Value::Null } else { json!(parameters) },
            "stageVariables": null,
            "requestContext": {
                "accountId": ACCOUNT,
                "apiId": "local",
                "resourceId": "local",
                "resourcePath": route.path,
                "operationName": null,
                "httpMethod": parts.method.as_str(),
                "path": format!("/{stage}{path}"),
                "stage": stage,
                "requestId": request_id,
                "extendedRequestId": request_id,
                "requestTime": now.strftime("%d/%b/%Y:%H:%M:%S +0000").to_string(),
                "requestTimeEpoch": now.as_millisecond(),
                "protocol": "HTTP/1.1",
                "domainName": host,
                "identity": {
                    "sourceIp": SOURCE_IP,
                    "userAgent": parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok()),
                },
            },
            "body": body,
            "isBase64Encoded": encoded,
        })
    }

    /// Whether base64 in an answer is decoded: for who accepts, first of all, a media type that the template calls
    /// binary. Everybody else gets the base64.
    fn takes_bytes(&self, headers: &HeaderMap) -> bool {
        let accepted = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let first = accepted.split([',', ';']).next().unwrap_or_default().trim();
        self.api.binary_media_types.iter().any(|binary| binary == "*/*" || binary.eq_ignore_ascii_case(first))
    }

    /// The body as text, or base64 for the media types that the template calls binary.
    fn body(&self, headers: &HeaderMap, body: &[u8]) -> (Option<String>, bool) {
        if body.is_empty() {
            return (None, false);
        }
        let media_type = headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .and_then(|value| value.split(';').next())
            .unwrap_or_default()
            .trim()
            .to_ascii_lowercase();
        let binary = self
            .api
            .binary_media_types
            .iter()
            .any(|binary| binary == "*/*" || binary.eq_ignore_ascii_case(&media_type));
        if binary {
            (Some(STANDARD.encode(body)), true)
        } else {
            // What is no text is damaged on its way, as in the cloud.
            (Some(String::from_utf8_lossy(body).into_owned()), false)
        }
    }
}

/// Which segments of a template are parameters: the less is the more specific.
fn parameters_at(template: &str) -> Vec<bool> {
    template.split('/').map(|segment| segment.starts_with('{')).collect()
}

/// The path parameters, decoded, when the path fits.
fn match_path(template: &str, path: &str) -> Option<BTreeMap<String, String>> {
    let mut parameters = BTreeMap::new();
    let mut given = path.split('/');
    let mut wanted = template.split('/');
    loop {
        match (wanted.next(), given.next()) {
            (None, None) => return Some(parameters),
            (Some(wanted), Some(given)) => match wanted.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(_) if given.is_empty() => return None,
                Some(name) => {
                    parameters.insert(name.to_owned(), decode(given));
                }
                None if wanted == given => {}
                None => return None,
            },
            _ => return None,
        }
    }
}

fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// Each header's last value, and all values.
fn headers(given: &HeaderMap) -> (Map<String, Value>, Map<String, Value>) {
    let mut single = Map::new();
    let mut multi: Map<String, Value> = Map::new();
    let mut add = |name: &str, value: &str| {
        single.insert(name.to_owned(), json!(value));
        if let Value::Array(values) = multi.entry(name).or_insert_with(|| json!([])) {
            values.push(json!(value));
        }
    };
    for (name, value) in given {
        add(name.as_str(), &String::from_utf8_lossy(value.as_bytes()));
    }
    // What a caller says of itself comes first, what the gateway knows last.
    add("x-forwarded-for", SOURCE_IP);
    add("x-forwarded-proto", "http");
    (single, multi)
}

/// Each parameter's last value, and all values.
fn query(query: &str) -> (Map<String, Value>, Map<String, Value>) {
    let mut single = Map::new();
    let mut multi: Map<String, Value> = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let name = decode(&name.replace('+', " "));
        let value = decode(&value.replace('+', " "));
        single.insert(name.clone(), json!(value));
        if let Value::Array(values) = multi.entry(name).or_insert_with(|| json!([])) {
            values.push(json!(value));
        }
    }
    (single, multi)
}

fn or_null(map: Map<String, Value>) -> Value {
    if map.is_empty() { Value::Null } else { Value::Object(map) }
}

/// The body, or nothing when it is too large.
async fn read(headers: &HeaderMap, mut body: Body) -> Result<Option<Vec<u8>>, axum::Error> {
    let announced = headers
        .get(header::CONTENT_LENGTH)
        .and_then(|length| length.to_str().ok())
        .and_then(|length| length.parse::<usize>().ok());
    // Who asks before sending is told before sending.
    if announced.is_some_and(|length| length > LARGEST_BODY) && headers.contains_key(header::EXPECT) {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    let mut length = 0_usize;
    while let Some(frame) = std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        let Ok(data) = frame?.into_data() else { continue };
        length = length.saturating_add(data.len());
        if length <= LARGEST_BODY {
            bytes.extend_from_slice(&data);
        } else {
            bytes = Vec::new();
            if length > LARGEST_DISCARDED {
                break;
            }
        }
    }
    Ok((length <= LARGEST_BODY).then_some(bytes))
}

/// The function's answer; `None` when it is not what a proxy integration must give.
fn render(answer: &Value, takes_bytes: bool) -> Option<Response> {
    let status = answer.get("statusCode")?.as_u64()?;
    let status = StatusCode::from_u16(u16::try_from(status).ok()?).ok()?;
    let text = match answer.get("body") {
        None | Some(Value::Null) => "",
        Some(Value::String(text)) => text,
        Some(_) => return None,
    };
    let encoded = answer.get("isBase64Encoded").and_then(Value::as_bool) == Some(true);
    let body =
        if encoded && takes_bytes { Body::from(STANDARD.decode(text).ok()?) } else { Body::from(text.to_owned()) };
    let mut headers = HeaderMap::new();
    let multi = answer.get("multiValueHeaders").and_then(Value::as_object);
    for (name, values) in multi.into_iter().flatten() {
        for value in values.as_array()? {
            headers.append(name.parse::<HeaderName>().ok()?, value.as_str()?.parse().ok()?);
        }
    }
    // Values in both are merged: a single one counts unless the list has that header.
    let single = answer.get("headers").and_then(Value::as_object);
    for (name, value) in single.into_iter().flatten() {
        let name = name.parse::<HeaderName>().ok()?;
        if !headers.contains_key(&name) {
            headers.insert(name, value.as_str()?.parse().ok()?);
        }
    }
    let mut response = Response::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Some(response)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_match_their_template_and_parameters_are_decoded() {
        for (name, template, path, expected) in [
            ("plain", "/v1/users", "/v1/users", Some(vec![])),
            ("a parameter", "/v1/users/{id}", "/v1/users/a%20b", Some(vec![("id", "a b")])),
            ("two", "/v1/imports/{id}/chunks/{n}", "/v1/imports/x/chunks/3", Some(vec![("id", "x"), ("n", "3")])),
            ("longer", "/v1/users", "/v1/users/x", None),
            ("shorter", "/v1/users/{id}", "/v1/users", None),
            ("an empty parameter", "/v1/users/{id}", "/v1/users/", None),
            ("a slash at the end", "/v1/users", "/v1/users/", None),
        ] {
            let expected: Option<BTreeMap<String, String>> =
                expected.map(|pairs| pairs.into_iter().map(|(name, value)| (name.into(), value.into())).collect());
            assert_eq!(match_path(template, path), expected, "{name}");
        }
    }

    #[test]
    fn static_segments_are_more_specific_than_parameters() {
        for (name, path, expected) in [
            ("a list", "/v1/groups", "/v1/{list}"),
            ("a static one", "/v1/users", "/v1/users"),
            ("a static last segment", "/v1/users/export", "/v1/users/export"),
            ("a static first segment", "/v1/users/x", "/v1/users/{id}"),
            ("two parameters", "/v1/groups/x", "/v1/{list}/{id}"),
        ] {
            let templates = ["/v1/{list}/{id}", "/v1/{list}", "/v1/users/{id}", "/v1/users/export", "/v1/users"];
            let fitting = templates.into_iter().filter(|template| match_path(template, path).is_some());
            assert_eq!(fitting.min_by_key(|template| parameters_at(template)), Some(expected), "{name}");
        }
    }

    #[test]
    fn a_query_keeps_every_value() {
        let (single, multi) = query("q=a+b&role=x&role=y%26z&flag");
        assert_eq!(json!(single), json!({"q": "a b", "role": "y&z", "flag": ""}));
        assert_eq!(json!(multi), json!({"q": ["a b"], "role": ["x", "y&z"], "flag": [""]}));
    }

    #[test]
    fn an_answer_is_rendered_with_all_its_headers() {
        let answer = json!({
            "statusCode": 201,
            "headers": {"location": "/v1/x"},
            "multiValueHeaders": {"set-cookie": ["a=1", "b=2"]},
            "body": "eA==",
            "isBase64Encoded": true,
        });
        let response = render(&answer, true).unwrap();
        assert_eq!(response.status(), 201);
        assert_eq!(response.headers()["location"], "/v1/x");
        assert_eq!(response.headers().get_all("set-cookie").iter().count(), 2);
        for (name, answer) in [
            ("no status", json!({"body": "x"})),
            ("a body that is no text", json!({"statusCode": 200, "body": {}})),
            ("broken base64", json!({"statusCode": 200, "body": "%", "isBase64Encoded": true})),
        ] {
            assert!(render(&answer, true).is_none(), "{name}");
        }
    }
}
