//! The report that is printed: the validator's, and what the server says beside it.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};
use serde_json::{Value, value::RawValue};

/// A page of a report, as far as only the server knows it.
#[derive(Debug, Deserialize)]
pub(super) struct Page {
    pub(super) server: ServerPart,
    #[serde(default)]
    pub(super) next_row: Option<u32>,
}

#[derive(Debug, Default, Deserialize)]
pub(super) struct ServerPart {
    issues: Vec<ServerIssue>,
}

/// What only the server knows of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct ServerIssue {
    pub(super) row: u32,
    pub(super) field: String,
    code: String,
    severity: String,
    pub(super) detail: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    other_row: Option<u32>,
}

/// What only the server knows of the rows.
#[derive(Debug, Default)]
pub(super) struct ServerIssues(Vec<ServerIssue>);

impl ServerIssues {
    pub(super) fn add(&mut self, part: ServerPart) {
        self.0.extend(part.issues);
        self.0.sort_by_key(|issue| issue.row);
    }

    pub(super) fn errors(&self) -> impl Iterator<Item = &ServerIssue> {
        self.0.iter().filter(|issue| issue.severity == "error")
    }

    /// The rows that the server refuses.
    pub(super) fn refused_rows(&self) -> BTreeSet<u32> {
        self.errors().map(|issue| issue.row).collect()
    }

    /// The rows about people who are there already.
    pub(super) fn rows_of_people_here(&self) -> BTreeSet<u32> {
        let here = self.0.iter().filter(|issue| matches!(issue.code.as_str(), "already_exists" | "email_taken"));
        here.map(|issue| issue.row).collect()
    }

    /// `{"issues":[…]}`, canonical.
    pub(super) fn to_json(&self) -> String {
        canonical(&serde_json::json!({"issues": self.0}))
    }
}

/// The validator's report with sections of the server's; still canonical.
pub(super) fn printed(report: &str, sections: &[(&str, String)]) -> String {
    let Ok(mut members) = serde_json::from_str::<BTreeMap<String, Box<RawValue>>>(report) else {
        return report.to_owned();
    };
    for (name, json) in sections {
        if let Ok(section) = RawValue::from_string(json.clone()) {
            members.insert((*name).to_owned(), section);
        }
    }
    // Texts and JSON: this cannot fail.
    serde_json::to_string(&members).unwrap_or_default()
}

/// Keys sorted, no spaces, whatever the order of maps in this build.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let sorted: BTreeMap<&str, Box<RawValue>> = members
                .iter()
                .filter_map(|(name, value)| Some((name.as_str(), RawValue::from_string(canonical(value)).ok()?)))
                .collect();
            serde_json::to_string(&sorted).unwrap_or_default()
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(json: &str) -> ServerPart {
        serde_json::from_str(json).unwrap()
    }

    #[test]
    fn the_servers_sections_stand_among_the_validators_and_its_bytes_stay() {
        let mut issues = ServerIssues::default();
        issues.add(part(
            r#"{"issues":[{"row":9,"field":"email","code":"email_taken","severity":"error","detail":"taken"}]}"#,
        ));
        issues.add(part(
            r#"{"issues":[{"row":2,"field":"email","code":"already_exists","severity":"skipped","detail":"here"}]}"#,
        ));
        let report = r#"{"counts":{"rows":9},"rows":[{"a":"\u0001é"}],"verdict":"accepted"}"#;
        let import = canonical(&serde_json::json!({"status": "finished", "id": "imp_1"}));
        assert_eq!(
            printed(report, &[("server", issues.to_json()), ("import", import)]),
            concat!(
                r#"{"counts":{"rows":9},"import":{"id":"imp_1","status":"finished"},"rows":[{"a":"\u0001é"}],"#,
                r#""server":{"issues":[{"code":"already_exists","detail":"here","field":"email","row":2,"#,
                r#""severity":"skipped"},{"code":"email_taken","detail":"taken","field":"email","row":9,"#,
                r#""severity":"error"}]},"verdict":"accepted"}"#
            )
        );
        assert_eq!(
            (issues.refused_rows(), issues.rows_of_people_here()),
            (BTreeSet::from([9]), BTreeSet::from([2, 9]))
        );
    }
}
