//! Reports in answers: of several chunks one, and of a large one a page.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use super::{ServerIssue, undo::Stayed};
use crate::{Error, Result};

/// Most bytes of a report in one answer. Lambda hands over 6 MB of JSON in which the answer is a text, its
/// quotes escaped.
pub const ANSWER_LIMIT: usize = 3 * 1024 * 1024;
/// What an issue of the server takes in an answer, at most.
const ISSUE_BYTES: usize = 240;
/// The same of somebody who stayed.
const STAYED_BYTES: usize = 120;

/// What the validator and the server say of rows: all of it, or a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportPage {
    /// The validator's part, JSON. Of a sheet that came in one piece, and fits, the very bytes of `rollcall check`.
    pub report: String,
    /// The server's part, by row.
    pub issues: Vec<ServerIssue>,
    /// Who stayed when the import was undone, by row.
    pub stayed: Vec<Stayed>,
    /// The row at which the next page begins.
    pub next_row: Option<u32>,
}

/// Both parts from a row on, as much as fits in one answer.
///
/// # Errors
/// When a report is not JSON, which would be a bug.
pub fn page(reports: Vec<String>, issues: Vec<ServerIssue>, stayed: Vec<Stayed>, from_row: u32) -> Result<ReportPage> {
    page_of(reports, issues, stayed, from_row, ANSWER_LIMIT)
}

fn page_of(
    mut reports: Vec<String>,
    mut issues: Vec<ServerIssue>,
    mut stayed: Vec<Stayed>,
    from_row: u32,
    limit: usize,
) -> Result<ReportPage> {
    stayed.sort_unstable();
    issues.sort_by(|a, b| (a.row, &a.field, &a.code).cmp(&(b.row, &b.field, &b.code)));
    issues.dedup();
    let size =
        reports.iter().map(String::len).sum::<usize>() + issues.len() * ISSUE_BYTES + stayed.len() * STAYED_BYTES;
    if reports.len() == 1 && size <= limit && from_row == 0 {
        return Ok(ReportPage { report: reports.remove(0), issues, stayed, next_row: None });
    }
    let (mut merged, mut rows) = merged(&reports)?;
    rows.retain(|row| number(row) >= from_row);
    rows.sort_by_key(number);
    issues.retain(|issue| issue.row >= from_row);
    stayed.retain(|one| one.row >= from_row);
    let mut sizes: BTreeMap<u32, usize> = BTreeMap::new();
    for row in &rows {
        *sizes.entry(number(row)).or_default() += row.to_string().len() + 1;
    }
    for issue in &issues {
        *sizes.entry(issue.row).or_default() += ISSUE_BYTES;
    }
    for one in &stayed {
        *sizes.entry(one.row).or_default() += STAYED_BYTES;
    }
    // Whole rows, and at least one: every page gets on.
    let mut sum = 0;
    let next_row = sizes.iter().enumerate().find_map(|(position, (row, size))| {
        sum += size;
        (sum > limit && position > 0).then_some(*row)
    });
    if let Some(next) = next_row {
        rows.retain(|row| number(row) < next);
        issues.retain(|issue| issue.row < next);
        stayed.retain(|one| one.row < next);
    }
    merged["rows"] = Value::Array(rows);
    Ok(ReportPage { report: merged.to_string(), issues, stayed, next_row })
}

/// One report of those of the chunks, and its rows.
fn merged(reports: &[String]) -> Result<(Value, Vec<Value>)> {
    let mut merged = json!({"verdict": "accepted", "counts": {}, "issues": [], "rows": []});
    let mut rows: Vec<Value> = Vec::new();
    for text in reports {
        let mut report: Value = serde_json::from_str(text).map_err(Error::internal)?;
        for name in ["profile", "source"] {
            if merged[name].is_null() {
                merged[name] = report[name].take();
            }
        }
        if severity(&report["verdict"]) > severity(&merged["verdict"]) {
            merged["verdict"] = report["verdict"].take();
        }
        for (name, count) in report["counts"].as_object().into_iter().flatten() {
            let sum = merged["counts"][name].as_u64().unwrap_or(0) + count.as_u64().unwrap_or(0);
            merged["counts"][name] = Value::from(sum);
        }
        if let (Some(all), Value::Array(more)) = (merged["issues"].as_array_mut(), report["issues"].take()) {
            all.extend(more);
        }
        if let Value::Array(more) = report["rows"].take() {
            rows.extend(more);
        }
    }
    Ok((merged, rows))
}

fn severity(verdict: &Value) -> u8 {
    match verdict.as_str() {
        Some("refused") => 2,
        Some("corrected") => 1,
        _ => 0,
    }
}

fn number(row: &Value) -> u32 {
    row["row"].as_u64().and_then(|row| u32::try_from(row).ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::import::Severity;

    fn report(verdict: &str, rows: &[u32]) -> String {
        json!({
            "verdict": verdict,
            "profile": {"id": "technician"},
            "source": {"format": "text"},
            "counts": {"rows": rows.len(), "refused": 0},
            "issues": [],
            "rows": rows.iter().map(|row| json!({"row": row})).collect::<Vec<_>>(),
        })
        .to_string()
    }

    fn issue(row: u32) -> ServerIssue {
        ServerIssue {
            row,
            field: "email".into(),
            code: "email_taken".into(),
            severity: Severity::Error,
            other_row: None,
        }
    }

    fn stayed(row: u32) -> Stayed {
        Stayed { row, user_id: crate::ids::UserId::derived(&["ana"]), reason: "registered".into() }
    }

    #[test]
    fn a_single_report_that_fits_keeps_its_bytes() {
        let text = report("accepted", &[2, 1]);
        let page = page(vec![text.clone()], vec![issue(3)], vec![stayed(4)], 0).unwrap();
        let wanted = ReportPage { report: text, issues: vec![issue(3)], stayed: vec![stayed(4)], next_row: None };
        assert_eq!(page, wanted);
    }

    #[test]
    fn the_reports_of_chunks_are_one_report_in_the_order_of_rows() {
        let reports = vec![report("corrected", &[3, 4]), report("accepted", &[1, 2])];
        let page = page(reports, vec![], vec![], 0).unwrap();
        let merged: Value = serde_json::from_str(&page.report).unwrap();
        assert_eq!(merged["verdict"], "corrected");
        assert_eq!(merged["counts"], json!({"rows": 4, "refused": 0}));
        assert_eq!(merged["rows"], json!([{"row": 1}, {"row": 2}, {"row": 3}, {"row": 4}]));
        assert_eq!(page.next_row, None);
    }

    #[test]
    fn pages_hold_every_row_and_issue_once() {
        let (mut from, mut rows, mut issues, mut stays) = (0, Vec::new(), Vec::new(), Vec::new());
        loop {
            let reports = vec![report("accepted", &[1, 2, 3, 4, 5, 5, 6])];
            let page = page_of(reports, vec![issue(2), issue(9)], vec![stayed(9), stayed(3)], from, 20).unwrap();
            let report: Value = serde_json::from_str(&page.report).unwrap();
            rows.extend(report["rows"].as_array().unwrap().iter().map(number));
            issues.extend(page.issues.iter().map(|issue| issue.row));
            stays.extend(page.stayed.iter().map(|one| one.row));
            match page.next_row {
                Some(next) => from = next,
                None => break,
            }
        }
        assert_eq!(rows, [1, 2, 3, 4, 5, 5, 6]);
        assert_eq!((issues, stays), (vec![2, 9], vec![3, 9]));
    }
}
