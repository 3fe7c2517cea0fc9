//! `GET /v1/imports/{id}/report`.

use http::{HeaderName, StatusCode};
use rollcall_accounts::{
    access::Authenticator,
    import::ports::{ImportOrganizations, ReadReports},
    operations::get_import_report::{get_failed_rows, get_import_report as get},
};

use super::{stage_chunk::import_id, start_import::from_row};
use crate::{
    Answer, Call, Reply,
    representations::{import::ImportReportResponse, problem::ProblemResponse},
    table::Format,
};

/// Where the next part of the failed rows begins.
const NEXT_ROW: HeaderName = HeaderName::from_static("x-next-row");

/// What validator and server said of the rows as JSON; or as a file the rows that failed, in the sheet's own columns,
/// to be repaired and sent again: `Rollcall row` gives each its number back, `Rollcall errors` says what is wrong.
#[utoipa::path(
    get,
    path = "/v1/imports/{id}/report",
    operation_id = "get-import-report",
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The import"),
        ("format" = Option<String>, Query, description = "`json` (default), `csv` or `xlsx`"),
        ("from_row" = Option<u32>, Query, description = "The `next_row` (of files the header `X-Next-Row`) of the part before"),
    ),
    responses(
        (status = 200, description = "The report, or the failed rows", content(
            (ImportReportResponse = "application/json"),
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ), headers(("X-Next-Row" = u32, description = "Of files: where the next part begins; absent at the end"))),
        (status = 400, description = "`parameter_not_valid`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`import_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn get_import_report<P>(ports: &P, call: Call) -> Answer
where
    P: Authenticator + ReadReports + ImportOrganizations,
{
    let actor = call.actor(ports).await?;
    let parse = |text: &str| match text {
        "json" => Some(None),
        "csv" => Some(Some(Format::Csv)),
        "xlsx" => Some(Some(Format::Xlsx)),
        _ => None,
    };
    let format = call.choice("format", "json, csv or xlsx", parse)?.flatten();
    let (id, from_row) = (import_id(&call)?, from_row(&call)?);
    let Some(format) = format else {
        let told = get(ports, &actor, &id, from_row).await?;
        return Reply::json(StatusCode::OK, &ImportReportResponse::of(told)?);
    };
    let failed = get_failed_rows(ports, &actor, &id, from_row).await?;
    let file = match format {
        Format::Csv => failed.table.to_csv(),
        Format::Xlsx => failed.table.to_xlsx(),
    };
    let reply = Reply::download(&format!("{id}-failed.{}", format.extension()), format.media_type(), file);
    Ok(match failed.next_row {
        Some(row) => reply.with(NEXT_ROW, row.to_string()),
        None => reply,
    })
}
