//! POST /v1/users/{id}/reset-mfa

use rollcall_accounts::{
    access::Authenticator,
    operations::{
        edits::{EditUsers, ReadCredential},
        reset_mfa::reset_mfa as use_case,
    },
    roles::ReadRoles,
};

use crate::{Answer, Call, Reply, representations::user::UserResponse};

/// Forgets the second factor of somebody who lost it: signed out everywhere, set up at the next sign-in.
#[utoipa::path(
    post,
    path = "/v1/users/{id}/reset-mfa",
    operation_id = "reset-mfa",
    tag = "Users",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "The user as it is now", body = UserResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `credentials.write`, or for somebody who may do more than oneself"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`not_registered`, `status_not_fitting`, `own_account`, `root_master`, `import_unfinished`"),
    )
)]
pub async fn reset_mfa(ports: &(impl Authenticator + EditUsers + ReadCredential + ReadRoles), call: Call) -> Answer {
    let (actor, origin) = call.acting(ports).await?;
    let user = use_case(ports, &actor, call.param("id"), &origin).await?;
    Reply::user(&user, call.now)
}
