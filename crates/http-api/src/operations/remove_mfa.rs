//! DELETE /v1/me/mfa/{method}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    attempts::CountAttempts,
    operations::{
        create_user::ReadOrganization,
        edits::{EditUsers, ReadCredential},
        remove_mfa::remove_mfa as use_case,
    },
};

use crate::{Answer, Call, Reply, representations::me::OwnPasswordRequest};

/// Removes a second factor. Every session ends, this one included.
#[utoipa::path(
    delete,
    path = "/v1/me/mfa/{method}",
    operation_id = "remove-mfa",
    tag = "Own account",
    params(("method" = String, Path, description = "`totp` or `text`")),
    request_body = OwnPasswordRequest,
    responses(
        (status = 204, description = "Removed, and the recovery codes with the last one. Sign in again"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 404, description = "`method_not_found`: it is not set up"),
        (status = 409, description = "`mfa_required`: it is the last one, and one is required"),
        (status = 422, description = "`password_wrong`"),
        (status = 429, description = "`too_many_attempts`",
            headers(("Retry-After" = String, description = "Seconds until the next attempt is heard"))),
    )
)]
pub async fn remove_mfa(
    ports: &(impl Authenticator + CountAttempts + ReadCredential + ReadOrganization + EditUsers),
    call: Call,
) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let request: OwnPasswordRequest = call.json()?;
    use_case(ports, &actor, call.param("method"), &request.password, &origin).await?;
    Ok(Reply::empty(StatusCode::NO_CONTENT).without_session())
}
