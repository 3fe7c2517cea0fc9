//! `GET /v1/imports`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator, import::ports::ListImports, operations::list_imports::list_imports as list,
};

use super::start_import::organization;
use crate::{
    Answer, Call, Reply,
    representations::{import::ImportResponse, page::Page, problem::ProblemResponse},
};

/// Imports, newest first.
#[utoipa::path(
    get,
    path = "/v1/imports",
    operation_id = "list-imports",
    tag = "Imports",
    params(
        ("organization" = Option<String>, Query, description = "Only those of this organization"),
        ("cursor" = Option<String>, Query, description = "The `next_cursor` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 100, 50 when absent"),
    ),
    responses(
        (status = 200, description = "A page", body = Page<ImportResponse>),
        (status = 400, description = "`parameter_not_valid`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 403, description = "`permission_denied`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`organization_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn list_imports<P: Authenticator + ListImports>(ports: &P, call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let after: Option<String> = call.cursor(actor.id())?;
    let page = list(ports, &actor, organization(&call)?.as_ref(), after.as_deref(), call.limit()?).await?;
    let next_cursor = page.next.map(|position| call.next_cursor(actor.id(), &position)).transpose()?;
    let items = page.imports.iter().map(|import| ImportResponse::new(import, call.now)).collect();
    Reply::json(StatusCode::OK, &Page { items, next_cursor })
}
