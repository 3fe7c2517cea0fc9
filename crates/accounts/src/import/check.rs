//! Sheets and rows through the validator, as imports need its answer.

use rollcall_validation::{Profile, Record, Report, Rows, Status, Value, Verdict};

use super::rows::{FieldValue, Given, StagedRow};

/// What the validator says.
#[derive(Debug, Clone)]
pub struct Checked {
    /// The report: canonical JSON, the very bytes of `rollcall check`.
    pub report: String,
    /// Whether the file as a whole is refused, whatever its rows.
    pub file_refused: bool,
    /// The rows that can be imported.
    pub accepted: Vec<StagedRow>,
    /// How many cannot.
    pub refused: u32,
}

impl Checked {
    /// Rows altogether.
    #[must_use]
    pub fn total(&self) -> u32 {
        u32::try_from(self.accepted.len()).unwrap_or(u32::MAX) + self.refused
    }
}

/// Checks a sheet's bytes.
#[must_use]
pub fn sheet(bytes: &[u8], profile: &Profile) -> Checked {
    checked(&rollcall_validation::check(bytes, profile))
}

/// Checks rows that were read already. A row that brings its number from the sheet keeps it.
#[must_use]
pub fn records(records: &[Record], profile: &Profile) -> Checked {
    checked(&rollcall_validation::check_rows(records, profile))
}

fn checked(report: &Report) -> Checked {
    let mut accepted = Vec::new();
    let mut refused = 0;
    for row in report.rows() {
        if row.status == Status::Refused {
            refused += 1;
            continue;
        }
        let values = row
            .values
            .iter()
            .map(|(field, value)| {
                let value = match value {
                    Value::Text(text) => FieldValue::Text(text.clone()),
                    Value::List(list) => FieldValue::List(list.clone()),
                };
                (field.as_str().to_owned(), value)
            })
            .collect();
        accepted.push(StagedRow { row: row.row, values, scope: Vec::new(), given: Given::default() });
    }
    Checked {
        report: report.to_json(Rows::Issues),
        file_refused: report.verdict() == Verdict::Refused && !report.issues().is_empty(),
        accepted,
        refused,
    }
}
