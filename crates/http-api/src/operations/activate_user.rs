//! POST /v1/users/{id}/activate

use rollcall_accounts::{
    access::Authenticator,
    operations::{activate_user::activate_user as use_case, edits::EditUsers},
    roles::ReadRoles,
};

use crate::{Answer, Call, Reply, representations::user::UserResponse};

/// Switches a deactivated account on again: a link to choose a new password is mailed, and the second factor is set
/// up anew. An account that was never finished is `created` again and can be invited.
#[utoipa::path(
    post,
    path = "/v1/users/{id}/activate",
    operation_id = "activate-user",
    tag = "Users",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "The user as it is now", body = UserResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `users.write` and `credentials.write`, or for somebody who may do more than oneself"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`not_deactivated`, `own_account`, `root_master`, `import_unfinished`"),
    )
)]
pub async fn activate_user(ports: &(impl Authenticator + EditUsers + ReadRoles), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let user = use_case(ports, &actor, call.param("id"), &origin).await?;
    Reply::user(&user, call.now)
}
