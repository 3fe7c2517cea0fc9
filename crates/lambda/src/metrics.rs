//! Numbers for alarms and the dashboard, in CloudWatch's embedded metric format: one line of JSON in the log, which
//! CloudWatch counts ([specification]). No call, no permission, nothing to wait for.
//!
//! [specification]: https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html

use std::{io::Write as _, sync::Arc};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::Clock;

/// The namespace of everything that Rollcall counts.
const NAMESPACE: &str = "Rollcall";

/// Counts things, by the deployment's stage. Where there is no stage (the dev server, tests) nobody asks, and nothing is
/// written.
#[derive(Debug, Clone)]
pub struct Metrics {
    stage: Option<Arc<str>>,
    clock: Clock,
}

impl Metrics {
    pub(crate) fn new(stage: Option<&str>, clock: Clock) -> Self {
        Self { stage: stage.map(Into::into), clock }
    }

    /// Counts some of each; what is zero is left out.
    pub fn count(&self, counts: &[(&'static str, u64)]) {
        let Some(stage) = &self.stage else { return };
        if let Some(line) = line(stage, self.clock.now(), counts) {
            // A log that cannot be written cannot be complained about either.
            let _ = writeln!(std::io::stdout().lock(), "{line}");
        }
    }
}

fn line(stage: &str, now: Timestamp, counts: &[(&'static str, u64)]) -> Option<String> {
    let counts: Vec<_> = counts.iter().filter(|(_, number)| *number > 0).collect();
    if counts.is_empty() {
        return None;
    }
    let metrics: Vec<Value> = counts.iter().map(|(name, _)| json!({"Name": name, "Unit": "Count"})).collect();
    let mut line = Map::new();
    line.insert(
        "_aws".to_owned(),
        json!({
            "Timestamp": now.as_millisecond(),
            "CloudWatchMetrics": [{"Namespace": NAMESPACE, "Dimensions": [["Stage"]], "Metrics": metrics}],
        }),
    );
    line.insert("Stage".to_owned(), json!(stage));
    line.extend(counts.iter().map(|(name, number)| ((*name).to_owned(), json!(number))));
    Some(Value::Object(line).to_string())
}

/// What an answer of the API counts as, beside the gateway's own numbers.
pub(crate) fn of_answer<B>(operation: &str, response: &http::Response<B>) -> Option<&'static str> {
    if !response.status().is_success() {
        return None;
    }
    match operation {
        // Only the step that completes the account signs in.
        "accept-invitation" | "verify-acceptance" if response.headers().contains_key(http::header::SET_COOKIE) => {
            Some("InvitationsRegistered")
        }
        "revoke-invitation" => Some("InvitationsRevoked"),
        "start-import" | "commit-import" if response.status() == http::StatusCode::ACCEPTED => Some("ImportsStarted"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_in_the_embedded_metric_format() {
        let now = Timestamp::from_second(1_795_000_000).unwrap_or_default();
        let written = line("prod", now, &[("MailsSent", 3), ("MailsRefused", 0)]);
        let read: Value = serde_json::from_str(&written.unwrap_or_default()).unwrap_or_default();
        let expected = json!({
            "_aws": {
                "Timestamp": 1_795_000_000_000_i64,
                "CloudWatchMetrics": [{
                    "Namespace": "Rollcall",
                    "Dimensions": [["Stage"]],
                    "Metrics": [{"Name": "MailsSent", "Unit": "Count"}],
                }],
            },
            "Stage": "prod",
            "MailsSent": 3,
        });
        assert_eq!(read, expected);
        assert_eq!(line("prod", now, &[("MailsSent", 0)]), None, "nothing to say");
    }

    #[test]
    fn answers_count_as_what_they_bring_about() {
        let answer = |status: u16, signs_in: bool| {
            let builder = http::Response::builder().status(status);
            let builder = if signs_in { builder.header("set-cookie", "__Host-session=x") } else { builder };
            builder.body(()).unwrap_or_default()
        };
        for (operation, status, signs_in, counted) in [
            ("accept-invitation", 200, false, None),
            ("accept-invitation", 200, true, Some("InvitationsRegistered")),
            ("verify-acceptance", 200, true, Some("InvitationsRegistered")),
            ("verify-acceptance", 422, false, None),
            ("revoke-invitation", 200, false, Some("InvitationsRevoked")),
            ("start-import", 202, false, Some("ImportsStarted")),
            ("start-import", 200, false, None),
            ("sign-in", 200, true, None),
        ] {
            assert_eq!(of_answer(operation, &answer(status, signs_in)), counted, "{operation} {status}");
        }
    }
}
