//! Imports as tests make and follow them.

use std::time::{Duration, Instant};

use serde_json::Value;

use crate::system::{Answer, Request, System};

/// Posts a sheet as the first administrator.
pub async fn paste(system: &System, query: &str, text: impl Into<Vec<u8>>) -> Answer {
    let request = Request::new("POST", format!("/v1/imports?{query}")).body("text/tab-separated-values", text);
    system.send(&system.root(), request).await
}

/// The import when nothing is left to do.
///
/// # Panics
/// When it does not end within ten minutes: busy machines take their time for thousands.
pub async fn settled(system: &System, id: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(600);
    loop {
        let import = system.get(&system.root(), format!("/v1/imports/{id}")).await.json;
        if !import["finished_at"].is_null() {
            return import;
        }
        assert!(Instant::now() < deadline, "the import does not end: {import}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// Starts an import that must be taken, and waits for its end.
///
/// # Panics
/// When it is refused or does not end.
pub async fn imported(system: &System, query: &str, text: impl Into<Vec<u8>>) -> Value {
    let started = paste(system, query, text).await;
    assert_eq!(started.status, 202, "{started:?}");
    assert_eq!(started.headers["location"], format!("/v1/imports/{}", started.text_of("id")));
    settled(system, &started.text_of("id")).await
}

/// The report of an import.
///
/// # Panics
/// When there is none.
pub async fn report(system: &System, id: &str) -> Value {
    let report = system.get(&system.root(), format!("/v1/imports/{id}/report")).await;
    assert_eq!(report.status, 200, "{report:?}");
    report.json
}

/// What the server says of rows: row, field, code.
///
/// # Panics
/// When the report has no such part.
#[must_use]
pub fn server_issues(report: &Value) -> Vec<(u64, String, String)> {
    let issues = report["server"]["issues"].as_array().expect("issues");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    issues
        .iter()
        .map(|issue| (issue["row"].as_u64().unwrap_or(0), text(&issue["field"]), text(&issue["code"])))
        .collect()
}

/// All users of a listing.
///
/// # Panics
/// When it is refused.
pub async fn users(system: &System, query: &str) -> Vec<Value> {
    let (mut all, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = system.get(&system.root(), format!("/v1/users?limit=100&{query}{cursor}")).await;
        assert_eq!(page.status, 200, "{page:?}");
        all.extend(page.json["items"].as_array().cloned().unwrap_or_default());
        match page.json["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return all,
        }
    }
}
