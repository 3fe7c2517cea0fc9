//! `GET /v1/import-profiles/{id}/template`.

use rollcall_accounts::{
    Error, access::Authenticator, import::ports::ImportOrganizations,
    operations::get_import_profile::get_import_profile as get,
};
use rollcall_templates::{Format, file_name, template};

use super::start_import::organization;
use crate::{Answer, Call, Reply, representations::problem::ProblemResponse};

/// The sheet to fill in for a profile: its titles, with the organization's lists to choose from where the format can
/// hold them, and in the archive a README. It has no people in it.
///
/// Ask for a workbook or an archive with its media type in `Accept`: API Gateway gives bytes to who accepts them first.
#[utoipa::path(
    get,
    path = "/v1/import-profiles/{id}/template",
    operation_id = "get-import-template",
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The profile"),
        ("organization" = Option<String>, Query, description = "Required unless the profile makes technicians"),
        ("format" = Option<String>, Query, description = "`csv` (default), `xlsx` or `zip`"),
    ),
    responses(
        (status = 200, description = "The template", content(
            (String = "text/csv"),
            (Vec<u8> = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
            (Vec<u8> = "application/zip"),
        )),
        (status = 400, description = "`parameter_not_valid`, `organization_required`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`profile_not_found`, `organization_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn get_import_template<P: Authenticator + ImportOrganizations>(ports: &P, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let format = call.choice("format", "csv, xlsx or zip", Format::parse)?.unwrap_or(Format::Csv);
    let profile = get(ports, &actor, call.param("id"), organization(&call)?.as_ref()).await?.profile;
    let file = template(&profile, format).map_err(Error::internal)?;
    Ok(Reply::download(&file_name(&profile, format), format.media_type(), file))
}
