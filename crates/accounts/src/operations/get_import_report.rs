//! What the validator and the server said of an import's rows.

use serde_json::{Value, json};

use super::stage_chunk::found;
use crate::{
    Error, Result,
    access::Actor,
    ids::ImportId,
    import::{RowCounts, ServerIssue, ports::ReadReports},
    roles::Permission,
};

/// Most bytes of one answer: what Lambda hands over, with room for JSON around it.
const ANSWER_LIMIT: usize = 4 * 1024 * 1024;

/// A report, or a page of a large one.
#[derive(Debug, Clone)]
pub struct ImportReport {
    /// The validator's part, JSON. Of a sheet that came in one piece the very bytes of `rollcall check`.
    pub report: String,
    /// The server's part, by row.
    pub issues: Vec<ServerIssue>,
    /// What became of the rows.
    pub results: RowCounts,
    /// The row at which the next page begins.
    pub next_row: Option<u32>,
}

/// The report, from a row on.
///
/// # Errors
/// [`crate::error::Missing::Import`], [`Error::PermissionDenied`].
pub async fn get_import_report(
    ports: &impl ReadReports,
    actor: &Actor,
    id: &ImportId,
    from_row: u32,
) -> Result<ImportReport> {
    let import = found(ports, actor, Permission::ImportsRead, id).await?;
    let mut reports = ports.reports(id).await?;
    let mut issues: Vec<ServerIssue> = ports.issues(id).await?.into_iter().map(|placed| placed.issue).collect();
    issues.sort_by(|a, b| (a.row, &a.field, &a.code).cmp(&(b.row, &b.field, &b.code)));
    issues.dedup();
    let results = import.counts;
    let small = reports.iter().map(String::len).sum::<usize>() + issues.len() * 160 <= ANSWER_LIMIT;
    if let ([_], true, 0) = (reports.as_slice(), small, from_row) {
        return Ok(ImportReport { report: reports.remove(0), issues, results, next_row: None });
    }
    let (report, next_row) = page(&reports, from_row, ANSWER_LIMIT)?;
    issues.retain(|issue| issue.row >= from_row && next_row.is_none_or(|next_row| issue.row < next_row));
    Ok(ImportReport { report, issues, results, next_row })
}

/// One report of those of the chunks, its rows from `from_row` on and no more than fit; and the row at which
/// the next page begins.
fn page(reports: &[String], from_row: u32, limit: usize) -> Result<(String, Option<u32>)> {
    let mut merged = json!({"verdict": "accepted", "counts": {}, "issues": [], "rows": []});
    let mut rows: Vec<Value> = Vec::new();
    for text in reports {
        let report: Value = serde_json::from_str(text).map_err(Error::internal)?;
        for name in ["profile", "source"] {
            if merged[name].is_null() {
                merged[name] = report[name].clone();
            }
        }
        if severity(&report["verdict"]) > severity(&merged["verdict"]) {
            merged["verdict"] = report["verdict"].clone();
        }
        for (name, count) in report["counts"].as_object().into_iter().flatten() {
            let sum = merged["counts"][name].as_u64().unwrap_or(0) + count.as_u64().unwrap_or(0);
            merged["counts"][name] = Value::from(sum);
        }
        if let (Some(all), Value::Array(more)) = (merged["issues"].as_array_mut(), &report["issues"]) {
            all.extend(more.iter().cloned());
        }
        if let Value::Array(more) = &report["rows"] {
            rows.extend(more.iter().filter(|row| number(row) >= from_row).cloned());
        }
    }
    rows.sort_by_key(number);
    let mut size = 0;
    let mut fits = 0;
    let mut last = None;
    for row in &rows {
        size += row.to_string().len() + 1;
        // A page never parts rows of the same number: the next one begins with a number.
        if size > limit && fits > 0 && last != Some(number(row)) {
            break;
        }
        last = Some(number(row));
        fits += 1;
    }
    let next_row = rows.get(fits).map(number);
    rows.truncate(fits);
    merged["rows"] = Value::Array(rows);
    Ok((merged.to_string(), next_row))
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

    #[test]
    fn the_reports_of_chunks_are_one_report_in_the_order_of_rows() {
        let reports = [report("corrected", &[3, 4]), report("accepted", &[1, 2])];
        let (merged, next) = page(&reports, 0, 1_000).unwrap();
        let merged: Value = serde_json::from_str(&merged).unwrap();
        assert_eq!(merged["verdict"], "corrected");
        assert_eq!(merged["counts"], json!({"rows": 4, "refused": 0}));
        assert_eq!(merged["rows"], json!([{"row": 1}, {"row": 2}, {"row": 3}, {"row": 4}]));
        assert_eq!(next, None);
    }

    #[test]
    fn pages_hold_every_row_once() {
        let reports = [report("accepted", &[1, 2, 3, 4, 5, 5, 6])];
        let (mut from, mut seen) = (0, Vec::new());
        loop {
            let (text, next) = page(&reports, from, 20).unwrap();
            let page: Value = serde_json::from_str(&text).unwrap();
            seen.extend(page["rows"].as_array().unwrap().iter().map(number));
            match next {
                Some(next) => from = next,
                None => break,
            }
        }
        assert_eq!(seen, [1, 2, 3, 4, 5, 5, 6]);
    }
}
