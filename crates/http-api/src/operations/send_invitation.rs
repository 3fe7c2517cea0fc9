//! POST /v1/users/{id}/send-invitation

use rollcall_accounts::{
    access::Authenticator,
    operations::{edits::EditUsers, send_invitation::send_invitation as use_case},
    random::SystemRandomness,
    roles::ReadRoles,
};

use crate::{Answer, Call, Reply, representations::user::UserResponse};

/// Invites a user who has no invitation, or whose invitation was withdrawn.
#[utoipa::path(
    post,
    path = "/v1/users/{id}/send-invitation",
    operation_id = "send-invitation",
    tag = "Users",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "The user as it is now", body = UserResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `invitations.write`, or for somebody who may do more than oneself"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`already_invited`, `already_registered`, `import_unfinished`"),
    )
)]
pub async fn send_invitation(ports: &(impl Authenticator + EditUsers + ReadRoles), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let user = use_case(ports, &actor, call.param("id"), &origin, &SystemRandomness).await?;
    Reply::user(&user, call.now)
}
