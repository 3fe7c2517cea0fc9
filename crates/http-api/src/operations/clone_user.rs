//! POST /v1/users/{id}/clone

use http::{StatusCode, header};
use rollcall_accounts::{
    access::Authenticator,
    idempotency::KeepAnswers,
    lists::ReadLists,
    operations::{
        assign::KnowOrganizations,
        clone_user::clone_user as use_case,
        create_user::{CreateUsers, ReadOrganization},
        edits::EditUsers,
    },
    random::SystemRandomness,
    roles::ReadRoles,
};

use crate::{
    Answer, Call, Reply,
    idempotency::idempotent,
    representations::user::{CloneUserRequest, UserResponse},
};

/// Creates a user like another one: roles, permissions, organizations, groups, site, courses, services, properties,
/// language and time zone are the other's.
#[utoipa::path(
    post,
    path = "/v1/users/{id}/clone",
    operation_id = "clone-user",
    tag = "Users",
    params(
        ("id" = String, Path, description = "The user that the new one shall be like"),
        ("Idempotency-Key" = Option<String>, Header, description = "Repeating the request with it gives the first answer"),
    ),
    request_body = CloneUserRequest,
    responses(
        (status = 201, description = "Created", body = UserResponse,
            headers(("Location" = String, description = "Where it is"), ("ETag" = String, description = "Its version"))),
        (status = 400, description = "`body_not_json`"),
        (status = 401, description = "`not_authenticated`"),
        (status = 403, description = "`permission_denied` without `users.write`, or for somebody who may do more than oneself"),
        (status = 404, description = "`user_not_found`"),
        (status = 409, description = "`email_taken`, `email_reserved`, `username_taken`, `root_master`, `import_unfinished`, `lists_changed`, `request_in_progress`"),
        (status = 422, description = "`row_refused` with every value that is refused, `idempotency_key_reused`"),
    )
)]
pub async fn clone_user(
    ports: &(
         impl Authenticator
         + KeepAnswers
         + EditUsers
         + CreateUsers
         + ReadOrganization
         + ReadRoles
         + ReadLists
         + KnowOrganizations
     ),
    call: Call,
) -> Answer {
    let actor = call.actor(ports).await?;
    idempotent(ports, &call, actor.id(), || async {
        let new = call.json::<CloneUserRequest>()?.into_clone();
        let origin = call.origin(Some(actor.id()));
        let user = use_case(ports, &actor, call.param("id"), new, &origin, &SystemRandomness).await?;
        Ok(Reply::json(StatusCode::CREATED, &UserResponse::new(&user, call.now))?
            .with(header::LOCATION, format!("/v1/users/{}", user.id))
            .with_version(user.version))
    })
    .await
}
