//! GET /v1/users/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    operations::{edits::EditUsers, get_user::get_user as use_case},
};

use crate::{Answer, Call, Reply, representations::user::UserResponse};

/// One user.
#[utoipa::path(
    get,
    path = "/v1/users/{id}",
    operation_id = "get-user",
    tag = "Users",
    params(("id" = String, Path, description = "The user")),
    responses(
        (status = 200, description = "The user", body = UserResponse,
            headers(("ETag" = String, description = "Its version"))),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `users.read`"),
        (status = 404, description = "`user_not_found`, also for users of other organizations"),
    )
)]
pub async fn get_user(ports: &(impl Authenticator + EditUsers), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let user = use_case(ports, &actor, call.param("id")).await?;
    Ok(Reply::json(StatusCode::OK, &UserResponse::new(&user, call.now))?.with_version(user.version))
}
