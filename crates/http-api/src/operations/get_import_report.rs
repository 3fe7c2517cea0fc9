//! `GET /v1/imports/{id}/report`.

use http::{HeaderName, StatusCode, header};
use rollcall_accounts::{
    Error, Result,
    access::Authenticator,
    error::Invalid,
    import::{ports::ReadReports, report::ReportPage},
    operations::get_import_report::get_import_report as get,
};
use serde::Deserialize;
use serde_json::Value;

use super::{stage_chunk::import_id, start_import::from_row};
use crate::{
    Answer, Call, Reply,
    representations::{import::ImportReportResponse, problem::ProblemResponse},
    table::inert,
};

/// Where the next page of a CSV report begins.
const NEXT_ROW: HeaderName = HeaderName::from_static("x-next-row");

/// What validator and server said of the rows, as JSON or CSV.
#[utoipa::path(
    get,
    path = "/v1/imports/{id}/report",
    operation_id = "get-import-report",
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The import"),
        ("format" = Option<String>, Query, description = "`json` (default) or `csv`"),
        ("from_row" = Option<u32>, Query, description = "The `next_row` (in CSV the header `X-Next-Row`) of the page before"),
    ),
    responses(
        (status = 200, description = "The report", content(
            (ImportReportResponse = "application/json"),
            (String = "text/csv"),
        )),
        (status = 400, description = "`parameter_not_valid`, `parameter_not_supported`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`import_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn get_import_report<P: Authenticator + ReadReports>(ports: &P, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let csv = match call.query("format") {
        None | Some("json") => false,
        Some("csv") => true,
        Some("xlsx") => {
            return Err(Invalid::ParameterNotSupported { name: "format", detail: "use json or csv".into() }.into());
        }
        Some(_) => return Err(Invalid::Parameter { name: "format", expected: "json or csv".into() }.into()),
    };
    let told = get(ports, &actor, &import_id(&call)?, from_row(&call)?).await?;
    if !csv {
        return Reply::json(StatusCode::OK, &ImportReportResponse::of(told)?);
    }
    let report = told.page;
    let next = report.next_row;
    let reply = Reply::bytes(StatusCode::OK, "text/csv; charset=utf-8", lines(&report)?)
        .with(header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}-report.csv\"", call.param("id")));
    Ok(match next {
        Some(row) => reply.with(NEXT_ROW, row.to_string()),
        None => reply,
    })
}

#[derive(Deserialize)]
struct ReportText {
    rows: Vec<RowText>,
    issues: Vec<IssueText>,
}

#[derive(Deserialize)]
struct RowText {
    row: u32,
    issues: Vec<IssueText>,
}

#[derive(Deserialize)]
struct IssueText {
    #[serde(default)]
    field: Option<String>,
    code: String,
    severity: String,
    #[serde(default)]
    params: Value,
}

/// One line per issue, by row; those of the whole file first, without a row.
fn lines(report: &ReportPage) -> Result<Vec<u8>> {
    let said: ReportText = serde_json::from_str(&report.report).map_err(Error::internal)?;
    let mut lines: Vec<(u32, [String; 4])> = Vec::new();
    let line = |issue: &IssueText| {
        [
            issue.field.clone().unwrap_or_default(),
            issue.severity.clone(),
            issue.code.clone(),
            rollcall_validation::message_in_report(&issue.code, &issue.params),
        ]
    };
    lines.extend(said.issues.iter().map(|issue| (0, line(issue))));
    for row in &said.rows {
        lines.extend(row.issues.iter().map(|issue| (row.row, line(issue))));
    }
    lines.extend(report.issues.iter().map(|issue| {
        (issue.row, [issue.field.clone(), issue.severity.name().to_owned(), issue.code.clone(), issue.detail()])
    }));
    lines.sort_by_key(|(row, _)| *row);
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(["row", "field", "severity", "code", "message"]).map_err(Error::internal)?;
    for (row, cells) in lines {
        let row = if row == 0 { String::new() } else { row.to_string() };
        writer.write_record(std::iter::once(row).chain(cells.map(|cell| inert(&cell)))).map_err(Error::internal)?;
    }
    writer.into_inner().map_err(Error::internal)
}
