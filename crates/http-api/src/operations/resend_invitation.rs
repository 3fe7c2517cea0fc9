//! POST /v1/users/{id}/resend-invitation

use rollcall_accounts::{
    access::Authenticator,
    operations::{edits::EditUsers, resend_invitation::resend_invitation as use_case},
    roles::ReadRoles,
};

use crate::{Answer, Call, Reply, representations::user::UserResponse};

/// Replaces a pending or expired invitation by a newer one: the older link dies.
#[utoipa::path(
    post,
    path = "/v1/users/{id}/resend-invitation",
    operation_id = "resend-invitation",
    tag = "Users",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "The user as it is now", body = UserResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `invitations.write`, or for somebody who may do more than oneself"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`invitation_not_pending`, `already_registered`, `import_unfinished`"),
    )
)]
pub async fn resend_invitation(ports: &(impl Authenticator + EditUsers + ReadRoles), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let user = use_case(ports, &actor, call.param("id"), &origin).await?;
    Reply::user(&user, call.now)
}
