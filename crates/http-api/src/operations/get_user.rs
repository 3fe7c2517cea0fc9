//! GET /v1/users/{id}

use http::StatusCode;
use rollcall_accounts::{
    access::Authenticator,
    lists::{ReadLists, modules_of},
    operations::{edits::EditUsers, get_user::get_user as use_case},
};

use crate::{Answer, Call, Reply, representations::user::UserResponse};

/// One user, with the modules that they have at this moment.
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
pub async fn get_user(ports: &(impl Authenticator + EditUsers + ReadLists), call: Call) -> Answer {
    let actor = call.actor(ports).await?;
    let user = use_case(ports, &actor, call.param("id")).await?;
    let body = UserResponse::new(&user, call.now).with_modules(modules_of(ports, &user).await?);
    Ok(Reply::json(StatusCode::OK, &body)?.with_version(user.version))
}
