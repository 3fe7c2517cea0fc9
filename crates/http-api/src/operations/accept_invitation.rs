//! POST /v1/invitations/{token}/accept

use http::StatusCode;
use rollcall_accounts::{
    operations::{
        accept_invitation::{Accepted, Choice, KeepPending, accept_invitation as use_case},
        create_user::ReadOrganization,
        edits::EditUsers,
        links::FindInvited,
    },
    random::SystemRandomness,
    token::TokenKeys,
};

use crate::{
    Answer, Call, Reply,
    representations::invitation::{AcceptRequest, AcceptResponse},
};

/// Finishes an account: password, and a phone number where none is known.
///
/// Where a second factor is wanted its secret comes back, and `verify` completes; the link is spent only then.
#[utoipa::path(
    post,
    path = "/v1/invitations/{token}/accept",
    operation_id = "accept-invitation",
    tag = "Invitations",
    security(()),
    params(("token" = String, Path, description = "The end of the mailed link")),
    request_body = AcceptRequest,
    responses(
        (status = 200, description = "`next` is `enrol_mfa`, or null when the account is finished and signed in", body = AcceptResponse),
        (status = 400, description = "`body_not_json`"),
        (status = 404, description = "`invitation_not_found`"),
        (status = 410, description = "`invitation_expired`, `invitation_replaced`, `invitation_used`, `invitation_revoked`, `address_changed`"),
        (status = 422, description = "`password_too_short`, `password_too_long`, `password_too_common`, `phone_required` or what is wrong with the phone number; all of it under `errors`"),
    )
)]
pub async fn accept_invitation(
    ports: &(impl FindInvited + ReadOrganization + KeepPending + EditUsers),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let request: AcceptRequest = call.json()?;
    let accepted = use_case(
        ports,
        keys,
        call.param("token"),
        Choice { password: &request.password, phone: request.phone.as_deref() },
        &call.origin(None),
        call.device().as_deref(),
        &SystemRandomness,
    )
    .await?;
    let reply = Reply::json(StatusCode::OK, &AcceptResponse::new(&accepted, call.now))?;
    Ok(match accepted {
        Accepted::EnrolMfa { .. } => reply,
        Accepted::Finished { session, .. } => reply.with_session(&session).with_new_device(keys, &session),
    })
}
