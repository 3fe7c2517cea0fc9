//! `POST /v1/imports`.

use http::{StatusCode, header};
use rollcall_accounts::{
    Error, Result, Timestamp,
    access::Authenticator,
    error::{Invalid, Missing},
    idempotency::KeepAnswers,
    ids::{ImportId, OrganizationId},
    import::{
        OnExisting, Upload,
        ports::{
            ChangeImports, CreateImports, ImportOrganizations, KeepFailed, KeepReport, PeekGuards, ReadExisting,
            StageRows,
        },
    },
    operations::start_import::{Source, StartImport, Started, start_import as start},
    random::SystemRandomness,
    token::TokenKeys,
};

use crate::{
    Answer, Call, Problem, Reply,
    call::BODY_LIMIT,
    idempotency::idempotent,
    representations::{
        import::{ImportReportResponse, ImportResponse, StartImportRequest},
        problem::ProblemResponse,
    },
};

const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const MEDIA_TYPES: &str = "text/csv, text/tab-separated-values, text/plain, \
     application/vnd.openxmlformats-officedocument.spreadsheetml.sheet, application/octet-stream or application/json";

/// Imports a sheet, or opens an import whose rows follow in chunks.
#[utoipa::path(
    post,
    path = "/v1/imports",
    operation_id = "start-import",
    tag = "Imports",
    params(
        ("profile" = String, Query, description = "A built-in profile, or a custom one by its identifier"),
        ("organization" = Option<String>, Query, description = "Required unless the profile makes technicians"),
        ("mode" = Option<String>, Query, description = "`atomic` or `partial`, of those that the profile offers; its first when absent"),
        ("role" = Option<String>, Query, description = "Identifier or name of the role for rows without one"),
        ("on_existing" = Option<String>, Query, description = "`refuse` (default), `skip`, `update`, `invite` or `add_to_group`: what happens to people who are there already; a row of JSON may say otherwise in `on_existing`"),
        ("invite" = Option<bool>, Query, description = "Whether to invite, where the profile leaves it open"),
        ("credentials" = Option<String>, Query, description = "`link`, `generate_and_mail`, `specify_and_mail` or `specify_only`, of those that profile and organization offer; the profile's first when absent"),
        ("dry_run" = Option<bool>, Query, description = "Only say what would happen"),
        ("from_row" = Option<u32>, Query, description = "The `next_row` of the page before, of a dry run's report"),
        ("sheet" = Option<String>, Query, description = "The worksheet of a workbook; the one in which most rows are good when absent"),
        ("profile_hash" = Option<String>, Query, description = "The hash that the sheet was checked against"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with its key gives the first answer"),
    ),
    request_body(
        content(
            (StartImportRequest = "application/json"),
            (String = "text/csv"),
            (String = "text/tab-separated-values"),
            (String = "text/plain"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ),
        description = "A sheet or workbook of up to 4 MiB as it is, rows, or the announcement of chunks or of a file in pieces",
    ),
    responses(
        (status = 200, description = "A dry run's report", body = ImportReportResponse),
        (status = 201, description = "Open for its chunks", body = ImportResponse),
        (status = 202, description = "Running", body = ImportResponse),
        (status = 400, description = "`parameter_not_valid`, `parameter_not_supported`, `organization_required`, `body_not_json`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`profile_not_found`, `organization_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 409, description = "`rules_changed`, `request_in_progress`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 413, description = "`use_chunks`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 415, description = "`media_type_not_supported`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 422, description = "`import_refused` with the report, `role_required` with the rows, `credential_mode_not_allowed`, `credential_mode_unknown`, `idempotency_key_reused`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn start_import<P>(ports: &P, keys: &TokenKeys, call: Call) -> Answer
where
    P: Authenticator
        + KeepAnswers
        + ImportOrganizations
        + CreateImports
        + ChangeImports
        + StageRows
        + KeepReport
        + KeepFailed
        + PeekGuards
        + ReadExisting,
{
    let actor = call.actor(ports).await?;
    if call.body.len() > BODY_LIMIT {
        return Err(Invalid::UseChunks { limit: BODY_LIMIT }.into());
    }
    idempotent(ports, &call, actor.id(), || async {
        // The same request under the same key is the same import, even if its first answer was lost.
        let id = match call.header("idempotency-key") {
            Some(key) => ImportId::derived(&[actor.id().as_str(), key, &call.fingerprint()]),
            None => ImportId::random(&SystemRandomness),
        };
        let request = request(&call, id)?;
        let started = start(ports, keys, &actor, request, &call.origin(Some(actor.id()))).await?;
        reply(started, call.now)
    })
    .await
}

fn request(call: &Call, id: ImportId) -> Result<StartImport> {
    let (source, body_hash) = source(call)?;
    Ok(StartImport {
        profile: call
            .query("profile")
            .ok_or_else(|| parameter("profile", "the identifier of an import profile"))?
            .to_owned(),
        organization: organization(call)?,
        mode: call.query("mode").map(str::to_owned),
        role: call.query("role").map(str::to_owned),
        on_existing: on_existing(call)?,
        invite: flag(call, "invite")?,
        credentials: call.query("credentials").map(str::to_owned),
        dry_run: flag(call, "dry_run")?.unwrap_or(false),
        from_row: from_row(call)?,
        profile_hash: body_hash.or_else(|| call.query("profile_hash").map(str::to_owned)),
        id,
        source,
    })
}

fn source(call: &Call) -> Result<(Source, Option<String>)> {
    match call.media_type().as_str() {
        "text/csv" | "text/tab-separated-values" | "text/plain" | "application/octet-stream" | WORKBOOK => {
            Ok((Source::Sheet { bytes: call.body.to_vec(), sheet: call.query("sheet").map(str::to_owned) }, None))
        }
        "application/json" => {
            let body: StartImportRequest = call.json()?;
            let sizes = (body.chunks, body.total_rows, body.source_bytes, body.source_pieces);
            let source = match (body.rows, sizes) {
                (Some(rows), (None, None, None, None)) => Source::Rows(rows),
                (None, (Some(chunks), Some(total_rows), None, None)) => Source::Chunks { chunks, total_rows },
                (None, (None, None, Some(bytes), Some(pieces))) => {
                    Source::Pieces(Upload { bytes, pieces, sheet: call.query("sheet").map(str::to_owned) })
                }
                _ => {
                    let expected = "send either rows, or chunks and total_rows, or source_bytes and source_pieces";
                    return Err(Invalid::Body(expected.into()).into());
                }
            };
            Ok((source, body.profile_hash))
        }
        _ => Err(Invalid::MediaType { expected: MEDIA_TYPES }.into()),
    }
}

fn parameter(name: &'static str, expected: &str) -> Error {
    Invalid::Parameter { name, expected: expected.to_owned() }.into()
}

/// `?organization=`; what cannot be an identifier is an organization that is not there.
pub(super) fn organization(call: &Call) -> Result<Option<OrganizationId>> {
    call.query("organization").map(OrganizationId::parse).transpose().map_err(|_| Missing::Organization.into())
}

/// `?from_row=`: where the page of a large report begins.
pub(super) fn from_row(call: &Call) -> Result<u32> {
    match call.query("from_row") {
        None => Ok(0),
        Some(text) => text.parse().map_err(|_| parameter("from_row", "a row's number")),
    }
}

fn on_existing(call: &Call) -> Result<OnExisting> {
    let Some(name) = call.query("on_existing") else { return Ok(OnExisting::Refuse) };
    OnExisting::parse(name).ok_or_else(|| {
        let names: Vec<&str> = OnExisting::ALL.iter().map(|one| one.name()).collect();
        parameter("on_existing", &format!("one of {}", names.join(", ")))
    })
}

fn flag(call: &Call, name: &'static str) -> Result<Option<bool>> {
    match call.query(name) {
        None => Ok(None),
        Some("true") => Ok(Some(true)),
        Some("false") => Ok(Some(false)),
        Some(_) => Err(parameter(name, "true or false")),
    }
}

fn reply(started: Started, now: Timestamp) -> Answer {
    let (status, import) = match started {
        Started::DryRun(page) => {
            let body = ImportReportResponse::new(page).map_err(Problem::from)?;
            return Reply::json(StatusCode::OK, &body);
        }
        Started::Running(import) => (StatusCode::ACCEPTED, import),
        Started::Staged(import) => (StatusCode::CREATED, import),
    };
    let reply = Reply::json(status, &ImportResponse::new(&import, now))?;
    Ok(reply.with(header::LOCATION, format!("/v1/imports/{}", import.id)))
}
