//! `DELETE /v1/import-profiles/{id}`.

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator, import::custom::DeleteProfiles,
    operations::delete_import_profile::delete_import_profile as delete,
};

use crate::{Answer, Call, Reply, representations::problem::ProblemResponse};

/// Deletes a custom profile. Its versions can still be read; people whom it made keep its rules.
#[utoipa::path(
    delete,
    path = "/v1/import-profiles/{id}",
    operation_id = "delete-import-profile",
    tag = "Imports",
    params(
        ("id" = String, Path, description = "The custom profile"),
        ("If-Match" = Option<String>, Header, description = "The ETag that was read: delete only this version"),
    ),
    responses(
        (status = 204, description = "Deleted"),
        (status = 403, description = "`permission_denied` without `organizations.write` there", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 404, description = "`profile_not_found`", body = ProblemResponse, content_type = "application/problem+json"),
        (status = 412, description = "`version_conflict`: changed since it was read", body = ProblemResponse, content_type = "application/problem+json"),
    ),
)]
pub async fn delete_import_profile<P: Authenticator + DeleteProfiles>(ports: &P, call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let version = call.if_match_if_any()?;
    delete(ports, &actor, call.param("id"), version, &origin).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT))
}
