//! Rows that became nobody: kept as they came, to be given back, repaired and sent again (requirements.md, "Fix and
//! return").

use std::collections::{BTreeMap, BTreeSet};

use rollcall_validation::{Field, Profile, RefusedTable, SourceColumn, Value, Values, message_in_report};
use serde::{Deserialize, Serialize};

use super::{
    ServerIssue, Severity,
    rows::{FieldValue, StagedRow},
};
use crate::{Error, Result};

/// A row that the validator accepted and that was refused all the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FailedRow {
    /// The sheet's row.
    pub row: u32,
    /// Its values by field; of empty cells none.
    pub values: BTreeMap<String, FieldValue>,
}

impl FailedRow {
    /// What is kept of a row.
    #[must_use]
    pub fn of(row: &StagedRow) -> Self {
        let given = row.values.iter().filter(|(field, _)| !row.by_default.contains(*field));
        Self { row: row.row, values: given.map(|(field, value)| (field.clone(), value.clone())).collect() }
    }
}

/// The rows that failed, or as many of them as one answer holds.
#[derive(Debug)]
pub struct FailedRows {
    /// As a person repairs them.
    pub table: RefusedTable,
    /// The row at which the next part begins.
    pub next_row: Option<u32>,
}

/// What the validator's report has that is needed here.
#[derive(Deserialize)]
struct Reported {
    source: ReportedSource,
    rows: Vec<ReportedRow>,
}

#[derive(Deserialize)]
struct ReportedSource {
    format: String,
    columns: Vec<ReportedColumn>,
}

#[derive(Deserialize)]
struct ReportedColumn {
    title: String,
    field: Option<String>,
}

#[derive(Deserialize)]
struct ReportedRow {
    row: u32,
    values: BTreeMap<String, FieldValue>,
    issues: Vec<ReportedIssue>,
}

#[derive(Deserialize)]
struct ReportedIssue {
    #[serde(default)]
    field: Option<String>,
    code: String,
    severity: String,
    #[serde(default)]
    params: serde_json::Value,
}

/// A row on its way into the table.
#[derive(Default)]
struct Returned {
    values: Vec<(Field, Value)>,
    errors: Vec<String>,
}

/// The failed rows of an import from a row on, up to about so many bytes: those that the validator refused, with what
/// its reports say, and those that the server refused.
///
/// # Errors
/// When a report is not of its shape, which would be a bug.
pub fn failed_rows(
    profile: &Profile,
    reports: &[String],
    failed: &[FailedRow],
    issues: &[ServerIssue],
    from_row: u32,
    limit: usize,
) -> Result<FailedRows> {
    let titles: BTreeMap<Field, &str> = profile.sheet_columns().map(|column| (column.field, column.title)).collect();
    let told = |field: Option<Field>, message: String| match field.and_then(|field| titles.get(&field)) {
        Some(title) => format!("{title}: {message}"),
        None => message,
    };
    let mut columns: Vec<SourceColumn> = Vec::new();
    let mut rows: BTreeMap<u32, Returned> = BTreeMap::new();
    for report in reports {
        let report: Reported = serde_json::from_str(report).map_err(Error::internal)?;
        let own_titles = report.source.format != "json";
        for column in report.source.columns {
            let field = column.field.as_deref().and_then(Field::parse);
            if field.is_some() && columns.iter().all(|known| known.field != field) {
                let index = u32::try_from(columns.len()).map_err(Error::internal)?;
                let title = if own_titles { column.title } else { String::new() };
                columns.push(SourceColumn { index, title, field });
            }
        }
        for row in report.rows.into_iter().filter(|row| row.row >= from_row) {
            let errors = row.issues.iter().filter(|issue| issue.severity == "error");
            let errors: Vec<String> = errors
                .map(|issue| {
                    let field = issue.field.as_deref().and_then(Field::parse);
                    told(field, message_in_report(&issue.code, &issue.params))
                })
                .collect();
            if !errors.is_empty() {
                let returned = rows.entry(row.row).or_default();
                returned.values = values(profile, &row.values);
                returned.errors.extend(errors);
            }
        }
    }
    for row in failed.iter().filter(|row| row.row >= from_row) {
        rows.entry(row.row).or_default().values = values(profile, &row.values);
    }
    for issue in issues.iter().filter(|issue| issue.severity == Severity::Error && issue.row >= from_row) {
        let text = told(column_of(profile, &issue.field), issue.detail());
        rows.entry(issue.row).or_default().errors.push(text);
    }
    let given: BTreeSet<Field> = rows.values().flat_map(|row| row.values.iter().map(|(field, _)| *field)).collect();
    for field in given {
        if columns.iter().all(|column| column.field != Some(field)) {
            let index = u32::try_from(columns.len()).map_err(Error::internal)?;
            columns.push(SourceColumn { index, title: String::new(), field: Some(field) });
        }
    }
    let mut table = RefusedTable::new(profile, &columns);
    let mut bytes = 0;
    let mut next_row = None;
    for (row, Returned { values, errors }) in rows {
        bytes += errors.iter().map(String::len).sum::<usize>();
        bytes += values.iter().map(|(_, value)| value.to_text().len() + 4).sum::<usize>();
        if bytes > limit && !table.is_empty() {
            next_row = Some(row);
            break;
        }
        table.push(row, &values.into_iter().collect::<Values>(), &errors);
    }
    Ok(FailedRows { table, next_row })
}

/// The profile's column in which a field of people stands.
fn column_of(profile: &Profile, field: &str) -> Option<Field> {
    let field = Field::parse(field)?;
    let of_roles = profile.role().column.filter(|_| field == Field::Role);
    Some(of_roles.unwrap_or(field))
}

fn values(profile: &Profile, values: &BTreeMap<String, FieldValue>) -> Vec<(Field, Value)> {
    let value = |value: &FieldValue| match value {
        FieldValue::Text(text) => Value::Text(text.clone()),
        FieldValue::List(list) => Value::List(list.clone()),
    };
    // What is hidden in a report is nobody's password.
    let given = values.iter().filter(|(field, _)| *field != Field::Password.as_str());
    given.filter_map(|(field, held)| Some((column_of(profile, field)?, value(held)))).collect()
}

#[cfg(test)]
mod tests {
    use rollcall_validation::{Rows, check};

    use super::*;

    fn issue(row: u32, field: &str, code: &str, severity: Severity) -> ServerIssue {
        ServerIssue { row, field: field.into(), code: code.into(), severity, other_row: None }
    }

    fn staged(row: u32, first_name: &str, email: &str) -> FailedRow {
        let values = serde_json::json!({"first_name": first_name, "email": email});
        FailedRow { row, values: serde_json::from_value(values).unwrap() }
    }

    #[test]
    fn what_validator_and_server_refused_is_one_table_in_the_sheets_own_columns() {
        let profile = Profile::built_in("modern").unwrap();
        let sheet = "Vorname;E-Mail;Rolle\nAna;ana@example.com;\nBo;bo@;\nCy;cy@example.com;\nDi;di@example.com;\n";
        let report = check(sheet.as_bytes(), &profile).to_json(Rows::Issues);
        let issues = [
            issue(1, "email", "already_exists", Severity::Skipped),
            issue(3, "email", "already_exists", Severity::Error),
        ];
        let failed = [staged(3, "Cy", "cy@example.com")];
        let rows = failed_rows(&profile, &[report], &failed, &issues, 0, 10_000).unwrap();
        assert_eq!(rows.next_row, None);
        assert_eq!(rows.table.titles()[..2], ["Vorname", "E-Mail"]);
        let told: Vec<String> = rows.table.rows().iter().map(|row| row.join("|")).collect();
        assert_eq!(told.len(), 2, "{told:?}");
        assert!(told[0].starts_with("Bo|bo@|") && told[0].contains("|2|Email"), "{told:?}");
        assert!(told[1].starts_with("Cy|cy@example.com|") && told[1].contains("here already"), "{told:?}");
    }

    #[test]
    fn parts_hold_every_row_once() {
        let profile = Profile::built_in("modern").unwrap();
        let failed: Vec<FailedRow> = (1..=5).map(|row| staged(row, "Ana", &format!("a{row}@example.com"))).collect();
        let issues: Vec<ServerIssue> = (1..=5).map(|row| issue(row, "email", "email_taken", Severity::Error)).collect();
        let (mut from, mut seen) = (0, Vec::new());
        loop {
            let part = failed_rows(&profile, &[], &failed, &issues, from, 150).unwrap();
            seen.extend(part.table.rows().iter().map(|row| row[row.len() - 2].clone()));
            match part.next_row {
                Some(next) => from = next,
                None => break,
            }
        }
        assert_eq!(seen, ["1", "2", "3", "4", "5"]);
    }
}
