//! POST /v1/invitations/{token}/verify

use http::StatusCode;
use rollcall_accounts::{
    operations::{
        accept_invitation::KeepPending, edits::EditUsers, links::FindInvited,
        verify_acceptance::verify_acceptance as use_case,
    },
    random::SystemRandomness,
    token::TokenKeys,
};

use crate::{
    Answer, Call, Reply,
    representations::invitation::{VerifyRequest, VerifyResponse},
};

/// Finishes an account: the first code of the authenticator. Completes, and signs in.
#[utoipa::path(
    post,
    path = "/v1/invitations/{token}/verify",
    operation_id = "verify-acceptance",
    tag = "Invitations",
    security(()),
    params(("token" = String, Path, description = "The end of the mailed link")),
    request_body = VerifyRequest,
    responses(
        (status = 200, description = "Finished; the recovery codes are shown this once", body = VerifyResponse,
            headers(("Set-Cookie" = String, description = "The `__Host-session` cookie"))),
        (status = 400, description = "`body_not_json`"),
        (status = 404, description = "`invitation_not_found`"),
        (status = 409, description = "`acceptance_not_begun`: the password comes first"),
        (status = 410, description = "`invitation_expired`, `invitation_replaced`, `invitation_used`, `invitation_revoked`, `address_changed`"),
        (status = 422, description = "`code_not_valid`"),
    )
)]
pub async fn verify_acceptance(
    ports: &(impl FindInvited + KeepPending + EditUsers),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let request: VerifyRequest = call.json()?;
    let (origin, device) = (call.origin(None), call.device());
    let token = call.param("token");
    let finished = use_case(ports, keys, token, &request.code, &origin, device.as_deref(), &SystemRandomness).await?;
    let body = VerifyResponse { next: None, recovery_codes: finished.recovery_codes };
    let reply = Reply::json(StatusCode::OK, &body)?.with_session(&finished.session);
    Ok(reply.with_new_device(keys, &finished.session))
}
