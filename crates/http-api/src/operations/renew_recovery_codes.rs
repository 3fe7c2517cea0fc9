//! POST /v1/me/mfa/recovery-codes

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    attempts::CountAttempts,
    operations::{
        edits::{EditUsers, ReadCredential},
        renew_recovery_codes::renew_recovery_codes as use_case,
    },
    random::SystemRandomness,
};

use crate::{
    Answer, Call, Reply,
    representations::me::{OwnPasswordRequest, RecoveryCodesResponse},
};

/// New recovery codes, in place of whatever was left.
#[utoipa::path(
    post,
    path = "/v1/me/mfa/recovery-codes",
    operation_id = "renew-recovery-codes",
    tag = "Own account",
    request_body = OwnPasswordRequest,
    responses(
        (status = 200, description = "The new ones", body = RecoveryCodesResponse),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`origin_not_allowed`"),
        (status = 409, description = "`mfa_not_enrolled`"),
        (status = 422, description = "`password_wrong`"),
        (status = 429, description = "`too_many_attempts`",
            headers(("Retry-After" = String, description = "Seconds until the next attempt is heard"))),
    )
)]
pub async fn renew_recovery_codes(
    ports: &(impl Authenticator + CountAttempts + ReadCredential + EditUsers),
    call: Call,
) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let request: OwnPasswordRequest = call.json()?;
    let recovery_codes = use_case(ports, &actor, &request.password, &origin, &SystemRandomness).await?;
    Reply::json(StatusCode::OK, &RecoveryCodesResponse { recovery_codes })
}
