//! GET /v1/invitations/{token}

use http::StatusCode;
use rollcall_accounts::{
    operations::{
        create_user::ReadOrganization, delivery::ReadPeople, get_invitation::get_invitation as use_case,
        links::FindInvited,
    },
    token::TokenKeys,
};

use crate::{Answer, Call, Reply, representations::invitation::InvitationLinkResponse};

/// Says what a mailed link is. Changes nothing, whoever fetches it.
#[utoipa::path(
    get,
    path = "/v1/invitations/{token}",
    operation_id = "get-invitation",
    tag = "Invitations",
    security(()),
    params(("token" = String, Path, description = "The end of the mailed link")),
    responses(
        (status = 200, description = "What the link is", body = InvitationLinkResponse),
        (status = 404, description = "`invitation_not_found`: not issued here"),
    )
)]
pub async fn get_invitation(
    ports: &(impl FindInvited + ReadOrganization + ReadPeople),
    keys: &TokenKeys,
    call: Call,
) -> Answer {
    let view = use_case(ports, keys, call.param("token"), call.now).await?;
    Reply::json(StatusCode::OK, &InvitationLinkResponse::new(&view))
}
