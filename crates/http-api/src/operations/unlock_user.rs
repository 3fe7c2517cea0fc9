//! POST /v1/users/{id}/unlock

use rollcall_accounts::{
    access::Authenticator,
    operations::{edits::EditUsers, unlock_user::unlock_user as use_case},
    roles::ReadRoles,
};

use crate::{Answer, Call, Reply, representations::user::UserResponse};

/// Lifts the lock that too many failed sign-ins have put on an account, at once.
#[utoipa::path(
    post,
    path = "/v1/users/{id}/unlock",
    operation_id = "unlock-user",
    tag = "Users",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "The user as it is now", body = UserResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `credentials.write`, or for somebody who may do more than oneself"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`not_locked`, `own_account`, `root_master`, `import_unfinished`"),
    )
)]
pub async fn unlock_user(ports: &(impl Authenticator + EditUsers + ReadRoles), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let user = use_case(ports, &actor, call.param("id"), &origin).await?;
    Reply::user(&user, call.now)
}
